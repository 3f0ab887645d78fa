"""Definitions: custom fields of Case made, added to and removed over the Tooling API, each look-before-you-leap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from escsync.adapter import Ambiguous, Denied, Rejected, TrackerError, Vanished

from ..answers import Answer, Refusal, failure
from ..connection import Connection
from . import blueprint
from .stock import Custom, customs

_PATH = "tooling/sobjects/CustomField"
_LOOK = "looking at a custom field"
_KEYS = "JSON_PARSER_ERROR"
"""How this version refuses a key that it does not know."""
DENIED = (
    "give escsync's account Customize Application, Manage Profiles and Permission Sets and Assign Permission Sets while "
    "provisioning (Setup > Permission Sets > System Permissions), or run it once with an administrator's session_id"
)


class Definitions:
    """The set-up of Case's fields."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> dict[str, Custom]:
        """Every custom field, hidden ones too; Denied where this account may not see the set-up."""
        found = customs(self._connection)
        if found is None:
            raise Denied("escsync's account may not look at the set-up of Case", remedy=DENIED)
        return found

    def named(self, developer: str) -> Custom | None:
        """Case's field of this developer name."""
        wanted = developer.casefold()
        return next(
            (one for one in self.all().values() if one.kind == "Case" and one.developer.casefold() == wanted),
            None,
        )

    def metadata(self, custom: Custom) -> dict[str, Any] | None:
        """The field's metadata; None where it may not be seen, or is gone."""
        answer = self._connection.get(f"{_PATH}/{custom.id}", what=_LOOK, refused=(400, 403, 404))
        told = answer.mapping().get("Metadata") if answer.ok else None
        return told if isinstance(told, dict) else None

    def make(self, name: str, developer: str, metadata: Mapping[str, Any]) -> Custom:
        """The field of this developer name, made unless it is there; Rejected where that is somebody else's."""
        lost: Ambiguous | None = None
        made = False
        try:
            made = self._posted(developer, dict(metadata))
        except Ambiguous as error:
            lost = error
        there = self.named(developer)
        if there is None:
            raise lost or Ambiguous(f"making {developer}__c: Salesforce took it, and does not show it yet")
        if not made and blueprint.marked((self.metadata(there) or {}).get("description")) != name:
            raise Rejected(
                f"making {developer}__c: there is a field of this name, which is not escsync's",
                field=name,
                remedy=f"map fields.{name} to a field of your choice",
            )
        return there

    def _posted(self, developer: str, metadata: dict[str, Any]) -> bool:
        """Make it; False where there is one of this name. What this org does not understand or allow is left out."""
        what = f"making {developer}__c"
        form = dict(metadata)
        while True:
            body = {"FullName": f"Case.{developer}__c", "Metadata": form}
            answer = self._connection.post(_PATH, body, what=what, safe=False, refused=(400, 403))
            code = "" if answer.ok else Refusal.of(answer.body).code
            if answer.ok or code == "DUPLICATE_DEVELOPER_NAME":
                return answer.ok
            other = blueprint.renamed(metadata)
            if code == _KEYS and other != metadata and form.get("valueSet") != other["valueSet"]:
                form = {**form, "valueSet": other["valueSet"]}
            elif answer.status == 400 and form.get("trackHistory") is True:
                # History may be off for the whole object, or used up: the field matters more.
                form = {**form, "trackHistory": False}
            else:
                raise _refusal(answer, what)

    def change(self, api: str, edited: Any) -> None:
        """Give the field the metadata that *edited* makes of what it is now: nothing of it is dropped."""
        what = f"changing {api}"
        custom = self.all().get(f"Case.{api}".casefold())
        told = None if custom is None else self.metadata(custom)
        if custom is None or told is None:
            raise Vanished(f"{what}: the field is gone, or its definition may not be seen")
        new = edited(told)
        if new == told:
            return
        answer = self._connection.change(
            "PATCH", f"{_PATH}/{custom.id}", {"Metadata": new}, what=what, refused=(400, 403)
        )
        if not answer.ok:
            raise _refusal(answer, what)

    def remove(self, api: str) -> None:
        """Delete the field, if it is ours; Rejected where something in the org uses it."""
        what = f"deleting {api}"
        custom = self.all().get(f"Case.{api}".casefold())
        if custom is None:
            raise Vanished(f"{what}: Case has no custom field of this name")
        if not blueprint.marked((self.metadata(custom) or {}).get("description")):
            raise Rejected(
                f"{what}: it does not carry escsync's mark",
                remedy="delete it in Setup, if it is yours to delete",
            )
        answer = self._connection.change("DELETE", f"{_PATH}/{custom.id}", what=what, refused=(400, 403, 404))
        if not answer.ok and answer.status != 404:
            raise _refusal(answer, what)


def offered(labels: tuple[str, ...]) -> Any:
    """The edit that adds these values to a picklist; those that are there stay, switched off ones too."""

    def edited(told: Mapping[str, Any]) -> dict[str, Any]:
        found = told.get("valueSet")
        definition = found.get("valueSetDefinition") if isinstance(found, dict) else None
        if not isinstance(found, dict) or not isinstance(definition, dict):
            raise Rejected(
                "its values come from a global value set",
                remedy=f"Setup > Picklist Value Sets: add {', '.join(labels)}",
            )
        there = [dict(one) for one in definition.get("value") or () if isinstance(one, dict)]
        key = next((key for one in there for key in ("valueName", "fullName") if key in one), "fullName")
        known = {str(one.get(key)).casefold(): one for one in there}
        for label in labels:
            if (one := known.get(label.casefold())) is not None:
                one["isActive"] = True
            else:
                there.append({key: label, "label": label, "default": False})
        return {**told, "valueSet": {**found, "valueSetDefinition": {**definition, "value": there}}}

    return edited


def tracked(told: Mapping[str, Any]) -> dict[str, Any]:
    """The edit that has a field's history kept."""
    return {**told, "trackHistory": True}


def _refusal(answer: Answer, what: str) -> TrackerError:
    refusal = Refusal.of(answer.body)
    if answer.status == 403:
        return Denied(
            f"{what}: escsync's account may not set up the org ({refusal.code or 403})", remedy=DENIED
        )
    error = failure(answer.status, answer.body, what=what)
    if isinstance(error, Rejected) and refusal.code == "DEPENDENCY_EXISTS":
        return Rejected(
            error.message, remedy="Setup > Object Manager > Case > the field > Where is this used?"
        )
    return error

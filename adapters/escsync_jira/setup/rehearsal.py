"""A ticket to try things on: made in scope, full of what its form insists on, and deleted again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from escsync.adapter import Ambiguous, Denied, Rejected, TicketRef

from .. import encode, instants
from ..answers import Refusal
from ..connection import Connection
from ..creation import ORIGIN, Creation
from ..creation import mark as label_of
from ..discovery import Discovery
from ..forms import Forms, called, entries
from .rights import Rights

_BEGINNING = "escsync test "
_SUMMARY = _BEGINNING + "{mark}: made by `escsync doctor --write-test`, may be deleted"
_WORDS = "escsync test"
_DELETING = "DELETE_ISSUES"
_GIVEN = ("project", "issuetype", "summary", "labels", "reporter")


class Rehearsal:
    """Makes and deletes test tickets."""

    def __init__(self, connection: Connection, discovery: Discovery, creation: Creation) -> None:
        self._connection = connection
        self._discovery = discovery
        self._creation = creation

    def scratch(self, mark: str, now: datetime) -> TicketRef:
        """A new ticket that `find` finds by *mark*."""
        project, scope = self._discovery.project, self._discovery.settings.scope
        if not project or not scope.issue_type:
            raise Rejected(
                "no project and issue type are named to create a test ticket in",
                remedy="set scope.project and scope.issue_type",
            )
        if made := next(iter(self._creation.find([mark])), None):
            return made.ref
        self._deletable(str(project["key"]))
        form, kind = self._form(str(project["key"]))
        fields: dict[str, Any] = {
            "project": {"key": project["key"]},
            "issuetype": {"id": kind},
            "summary": _SUMMARY.format(mark=mark),
            **{id: self._filling(id, meta, now) for id, meta in form.items() if _asks(id, meta)},
            "labels": [*scope.labels, label_of(mark)],
        }
        body = {"fields": fields, "properties": [{"key": ORIGIN, "value": {"key": mark}}]}
        try:
            answer = self._connection.post(
                "issue", body, what="creating the test ticket", safe=False, refused=(400,)
            )
        except Ambiguous:
            if made := next(iter(self._creation.find([mark])), None):
                return made.ref
            raise
        if answer.status == 400:
            said = Refusal.of(answer.body).words
            raise Rejected(
                f"creating the test ticket: refused: {said}"[:200],
                remedy="make these fields optional on the create screen, or test with a ticket made by hand",
            )
        made_now = answer.mapping()
        return TicketRef(str(made_now.get("id") or ""), str(made_now.get("key") or ""))

    def discard(self, ref: TicketRef) -> None:
        """Delete it; that it is gone already is fine."""
        # Which Jira it is decides the address.
        _ = self._discovery.cloud
        ticket, what = f"issue/{self._discovery.address(ref)}", "deleting the test ticket"
        answer = self._connection.get(ticket, what=what, refused=(404,), fields="summary,labels")
        if answer.status == 404:
            return
        told = answer.mapping().get("fields")
        fields: Mapping[str, Any] = told if isinstance(told, dict) else {}
        ours = any(str(one).startswith("escsync-") for one in fields.get("labels") or ())
        if not ours or not str(fields.get("summary") or "").startswith(_BEGINNING):
            raise Rejected(f"{what}: {ref.key or ref.id} is no test ticket of escsync's, and is left alone")
        remedy = (
            f"delete {ref.key or ref.id} by hand: open it, then ... > Delete; its summary says what it is"
        )
        try:
            self._connection.delete(ticket, what=what)
        except Denied as error:
            raise Denied(error.message, remedy=remedy) from None
        except Rejected as error:
            raise Rejected(error.message, remedy=remedy) from None

    def _deletable(self, key: str) -> None:
        """What cannot be taken away again is not made."""
        held = Rights(self._connection, self._discovery).held(key, [_DELETING]) or {}
        if held.get(_DELETING) is False:
            raise Denied(
                "the test ticket could not be deleted again, so it is not made: Delete issues is not granted",
                remedy=f"grant escsync's account Delete issues in {key} for the time of this test: Project settings > "
                "Permissions",
            )

    def _form(self, key: str) -> tuple[Mapping[str, Mapping[str, Any]], str]:
        forms = Forms(self._connection, cloud=self._discovery.cloud)
        wanted = self._discovery.settings.scope.issue_type
        types = entries(forms.project(key), "issueTypes")
        kind = next((str(one.get("id")) for one in types if called(one, wanted)), "")
        if not kind:
            raise Rejected(f"the project {key} has no issue type {wanted!r}", remedy="check scope.issue_type")
        return forms.form(key, kind), kind

    def _filling(self, id: str, meta: Mapping[str, Any], now: datetime) -> Any:
        """Something that a required field takes."""
        told = meta.get("schema")
        schema: Mapping[str, Any] = told if isinstance(told, dict) else {}
        kind = str(schema.get("type") or "")
        if options := entries(meta, "allowedValues"):
            one: Any = {"id": options[0].get("id")}
            return [one] if kind == "array" else one
        match kind:
            case "string" if id in ("description", "environment") or str(schema.get("custom")).endswith(
                ":textarea"
            ):
                return encode.rich(_WORDS, self._discovery.schema)
            case "string":
                return _WORDS
            case "number":
                return 0
            case "date":
                return now.date().isoformat()
            case "datetime":
                return instants.written(now)
            case "user":
                me = self._discovery.schema.me
                return {"accountId": me} if self._discovery.cloud else {"name": me}
            case "array" if schema.get("items") == "string":
                return [_WORDS.replace(" ", "-")]
        name = str(meta.get("name") or id)
        raise Rejected(
            f"a new ticket asks for {name!r} ({id}), and escsync does not know what to put there"[:200],
            remedy="make it optional on the create screen, or give it a default",
        )


def _asks(id: str, meta: Mapping[str, Any]) -> bool:
    return id not in _GIVEN and meta.get("required") is True and meta.get("hasDefaultValue") is not True

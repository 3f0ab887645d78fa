"""The blueprint: what a field of ours looks like where it has to be made in Salesforce."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from escsync.adapter import Field, FieldKind
from escsync.offers import Wish

MOST_LABEL = 40
_LONG = ("findings_summary", "resolution_links")
_MARK = re.compile(r"\[escsync:([a-z_.]+)\]")
_API = re.compile(r"(?:[A-Za-z][A-Za-z0-9]*__)?([A-Za-z](?:[A-Za-z0-9]|_(?!_))*)__c")
EVIDENCE = (
    *("tone", "is_technical", "checklist.history_reviewed", "checklist.csm_spoken"),
    *("checklist.eng_product_consulted", "committed_at", "implemented_at", "exception.requested_at"),
    *("exception.decided_at", "exception.authorizer", "exception.outcome", "root_cause"),
    *("follow_up.scheduled_for", "follow_up.held_at", "follow_up.outcome", "severity", "breakdown_point"),
    "entry_point",
)
"""The fields whose history verdicts depend on, those first that decide most; with owner and
status, which come before all of them, they are as many as can be tracked."""


def mark(name: str) -> str:
    """What a field's description carries, so that it is known as ours without any record here."""
    return f"[escsync:{name}]"


def marked(description: object) -> str:
    """The canonical field whose mark a description carries; "" where it is none of ours."""
    found = _MARK.search(description) if isinstance(description, str) else None
    return found[1] if found else ""


def developer_name(spelling: str) -> str:
    """The developer name that goes with a label, or with an API name: `Root cause` is Root_Cause."""
    if found := _API.fullmatch(spelling.strip()):
        return found[1][:MOST_LABEL].rstrip("_")
    words = re.findall(r"[A-Za-z0-9]+", spelling)
    name = "_".join(word[:1].upper() + word[1:] for word in words)
    name = name if name[:1].isalpha() else f"Escsync_{name}"
    return name[:MOST_LABEL].rstrip("_")


def is_api_name(spelling: str) -> bool:
    """Is it the API name of a custom field rather than a label?"""
    return _API.fullmatch(spelling.strip()) is not None


def tracks(field: Field) -> bool:
    """Would a history of it hold its values, and does a verdict depend on them?"""
    return field.name in EVIDENCE and field.kind is not FieldKind.CHOICES and field.name not in _LONG


def kind(field: Field) -> str:
    """The type that the field is made with, as Setup calls it."""
    match field.kind:
        case FieldKind.PEOPLE:
            return "Lookup(User)"
        case FieldKind.INSTANT:
            return "Date/Time"
        case FieldKind.DAY:
            return "Date"
        case FieldKind.NUMBER:
            return "Number(16, 2)"
        case FieldKind.CHOICES:
            return "Picklist (Multi-Select)"
        case FieldKind.CHOICE | FieldKind.FLAG | FieldKind.CHECK:
            return "Picklist"
    return "Long Text Area(32768)" if field.name in _LONG else "Text(255)"


def metadata(wish: Wish, label: str, developer: str, *, tracked: bool) -> dict[str, Any]:
    """The Tooling API's metadata of the field that meets *wish*."""
    field = wish.wanted
    who = (
        "Written by escsync; edits are overwritten."
        if field.own
        else "Filled in by who works on the escalation."
    )
    base = {"label": label[:MOST_LABEL], "description": f"{who} {mark(field.name)}", "trackHistory": tracked}
    return base | _form(field, developer, wish.choices)


def flag(label: str, *, tracked: bool) -> dict[str, Any]:
    """The metadata of the checkbox that makes a case an escalation."""
    who = "Tick it where an executive has escalated the case."
    told = {
        "label": label[:MOST_LABEL],
        "description": f"{who} {mark('scope.flag')}",
        "trackHistory": tracked,
    }
    return {**told, "type": "Checkbox", "defaultValue": "false"}


def values(labels: Iterable[str]) -> list[dict[str, Any]]:
    """New picklist values of these names."""
    return [{"fullName": label, "label": label, "default": False} for label in labels]


def renamed(told: Mapping[str, Any]) -> dict[str, Any]:
    """The same metadata for versions that call a picklist value's name differently."""
    found = told.get("valueSet")
    if not isinstance(found, dict) or not isinstance(found.get("valueSetDefinition"), dict):
        return dict(told)
    definition = found["valueSetDefinition"]
    turned = [
        {
            {"fullName": "valueName", "valueName": "fullName"}.get(key, key): value
            for key, value in one.items()
        }
        for one in definition.get("value") or ()
    ]
    return {**told, "valueSet": {**found, "valueSetDefinition": {**definition, "value": turned}}}


def _form(field: Field, developer: str, choices: Mapping[str, str]) -> dict[str, Any]:
    match field.kind:
        case FieldKind.PEOPLE:
            # The children of a user must not have the name of another lookup's.
            relation = {"relationshipName": f"{developer[:34]}_Cases", "relationshipLabel": "Cases"}
            return {"type": "Lookup", "referenceTo": "User", "deleteConstraint": "SetNull", **relation}
        case FieldKind.INSTANT:
            return {"type": "DateTime"}
        case FieldKind.DAY:
            return {"type": "Date"}
        case FieldKind.NUMBER:
            # Not Currency: where an org has several, that would take the case's own.
            return {"type": "Number", "precision": 18, "scale": 2}
        case FieldKind.CHOICES:
            return {"type": "MultiselectPicklist", "visibleLines": 4, "valueSet": _value_set(choices)}
        case FieldKind.CHOICE | FieldKind.FLAG | FieldKind.CHECK:
            return {"type": "Picklist", "valueSet": _value_set(choices)}
    if field.name in _LONG:
        return {"type": "LongTextArea", "length": 32768, "visibleLines": 5}
    return {"type": "Text", "length": 255}


def _value_set(choices: Mapping[str, str]) -> dict[str, Any]:
    return {"restricted": True, "valueSetDefinition": {"sorted": False, "value": values(choices.values())}}

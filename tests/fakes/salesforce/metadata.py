"""Custom fields as the Tooling API has them: metadata on one side, a field of the org on the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .record import Refused
from .schema import Choice, Field

TYPES = {
    "Text": "string",
    "LongTextArea": "textarea",
    "Checkbox": "boolean",
    "Date": "date",
    "DateTime": "datetime",
    "Number": "double",
    "Currency": "currency",
    "Picklist": "picklist",
    "MultiselectPicklist": "multipicklist",
    "Lookup": "reference",
}
"""The types that escsync may make."""
NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9]|_(?!_))*(?<!_)")
NEEDED = {
    "Text": ("length",),
    "LongTextArea": ("length", "visibleLines"),
    "Number": ("precision", "scale"),
    "Currency": ("precision", "scale"),
    "Picklist": ("valueSet",),
    "MultiselectPicklist": ("valueSet", "visibleLines"),
    "Lookup": ("referenceTo", "relationshipName"),
    "Checkbox": ("defaultValue",),
}


def field_of(name: str, told: Mapping[str, Any]) -> Field:
    """The field that *told* describes; or the refusal that it earns."""
    kind, label = told.get("type"), told.get("label")
    if kind not in TYPES:
        raise Refused("INVALID_TYPE", f"Unknown field type: {kind}", ["Metadata"])
    if not isinstance(label, str) or not 0 < len(label) <= 40:
        raise Refused("STRING_TOO_LONG", "Label: data value too large or missing (max length=40)", ["label"])
    for key in NEEDED.get(str(kind), ()):
        if told.get(key) in (None, ""):
            raise Refused("FIELD_INTEGRITY_EXCEPTION", f"Can not specify '{key}' as null for a {kind}", [key])
    if len(str(told.get("description") or "")) > 1000:
        raise Refused(
            "STRING_TOO_LONG", "Description: data value too large (max length=1000)", ["description"]
        )
    made = Field(name, TYPES[str(kind)], _length(kind, told), label)
    made.description = str(told.get("description") or "")
    made.scale = int(told.get("scale") or 0)
    made.restricted = _set(told).get("restricted") is True
    made.choices = tuple(map(_choice, _values(told)))
    if kind == "Lookup":
        made.refers = (str(told["referenceTo"]),)
        made.relationship = name.removesuffix("__c") + "__r"
        made.children = str(told["relationshipName"]) + "__r"
    if kind == "Checkbox":
        made.nillable, made.default = False, False
    return made


def changed(field: Field, told: Mapping[str, Any]) -> None:
    """Take over new metadata. Values that are not named any more stay on, switched off, as the real one does."""
    new = field_of(field.name, told)
    if new.type != field.type:
        raise Refused("FIELD_INTEGRITY_EXCEPTION", "Cannot change the type of a field", ["type"])
    kept = {choice.value for choice in new.choices}
    off = tuple(Choice(c.value, c.label, active=False) for c in field.choices if c.value not in kept)
    field.label, field.description = new.label, new.description
    field.length, field.scale = new.length, new.scale
    field.choices, field.restricted = (*new.choices, *off), new.restricted


def metadata(field: Field, *, tracked: bool, key: str = "") -> dict[str, Any]:
    """A field's metadata, with everything that nobody set as null; *key* is what a value's name is called."""
    kind = next(name for name, type_ in TYPES.items() if type_ == field.type)
    told: dict[str, Any] = {
        "label": field.label,
        "type": kind,
        "description": field.description or None,
        "trackHistory": tracked,
        "required": False,
        "inlineHelpText": None,
        "securityClassification": None,
    }
    if kind in ("Text", "LongTextArea"):
        told |= {"length": field.length, "visibleLines": 5 if kind == "LongTextArea" else None}
    if kind in ("Number", "Currency"):
        told |= {"precision": 18, "scale": field.scale}
    if kind in ("Picklist", "MultiselectPicklist"):
        values = [
            {
                key or "valueName": c.value,
                "label": c.label or c.value,
                "default": c.default,
                "isActive": c.active,
            }
            for c in field.choices
        ]
        told["valueSet"] = {
            "controllingField": None,
            "restricted": field.restricted,
            "valueSetDefinition": {"sorted": False, "value": values},
            "valueSetName": None,
            "valueSettings": [],
        }
        told["visibleLines"] = 4 if kind == "MultiselectPicklist" else None
    if kind == "Lookup":
        told |= {"referenceTo": field.refers[0], "relationshipName": field.children.removesuffix("__r")}
        told |= {"deleteConstraint": "SetNull"}
    if kind == "Checkbox":
        told["defaultValue"] = "false"
    return told


def _set(told: Mapping[str, Any]) -> Mapping[str, Any]:
    found = told.get("valueSet")
    return found if isinstance(found, Mapping) else {}


def _values(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    definition = _set(told).get("valueSetDefinition")
    found = definition.get("value") if isinstance(definition, Mapping) else None
    return list(found or ())


def _choice(told: Mapping[str, Any]) -> Choice:
    name = told.get("valueName", told.get("fullName"))
    if not isinstance(name, str) or not name or ";" in name:
        raise Refused("INVALID_FIELD", "A picklist value needs a name, without a semicolon", ["valueSet"])
    return Choice(
        name,
        str(told.get("label") or name),
        told.get("default") is True,
        active=told.get("isActive") is not False,
    )


def _length(kind: object, told: Mapping[str, Any]) -> int:
    match kind:
        case "Text" | "LongTextArea":
            return int(told["length"])
        case "Picklist":
            return 255
        case "MultiselectPicklist":
            return 4099
        case "Lookup":
            return 18
    return 0

"""Describes: an object's fields as the API tells them, found by API name, by label, or along a path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from escsync.adapter import FIELDS, FieldKind

from .schema import Column
from .soql import PATH

Describe = Mapping[str, Any]
_PERSON = ("Id", "Name", "Email", "Username")
"""What stands for a person at the end of a path."""
_MOST_OPTIONS = 1000


class Unknown(ValueError):
    """A field that cannot be told; its text says why."""


def fields_of(describe: Describe) -> dict[str, dict[str, Any]]:
    """An object's fields by API name."""
    told = describe.get("fields")
    listed = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return {str(one["name"]): one for one in listed if isinstance(one.get("name"), str)}


def children_of(describe: Describe) -> dict[str, str]:
    """Child object -> the name of its relationship; the first of several is the plain one."""
    told = describe.get("childRelationships")
    found: dict[str, str] = {}
    for one in told if isinstance(told, list) else ():
        if isinstance(one, dict) and isinstance(one.get("relationshipName"), str):
            found.setdefault(f"{one.get('childSObject')}.{one.get('field')}", one["relationshipName"])
    return found


def column(canonical: str, spelling: str, case: Describe, other: Callable[[str], Describe | None]) -> Column:
    """The column that *spelling* means: a field of Case, or a path to a field of another object."""
    wanted = spelling.strip()
    here = fields_of(case)
    *steps, last = wanted.split(".") if "." in wanted and PATH.fullmatch(wanted) else [wanted]
    relations: list[str] = []
    parent: str = "Case"
    for at, step in enumerate(steps):
        lookup = _by_relation(here, step)
        if lookup is None:
            raise Unknown(f"{parent} has no relationship {step!r}, or escsync's account may not see it")
        relations.append(str(lookup.get("relationshipName")))
        targets = _targets(lookup)
        if at == len(steps) - 1 and last in _PERSON and _holds_people(canonical) and "User" in targets:
            return _made(lookup, relations[:-1])
        parent = targets[0] if len(targets) == 1 else ""
        described = other(parent) if parent else None
        if described is None:
            # Nobody tells what is there: the query itself will say whether the path holds.
            return Column(last, ".".join([*relations, *steps[at + 1 :], last]), writable=False)
        here = fields_of(described)
    found = _named(here, last, parent)
    return _made(found, relations)


def _holds_people(canonical: str) -> bool:
    return FIELDS[canonical].kind is FieldKind.PEOPLE


def _named(here: Mapping[str, dict[str, Any]], wanted: str, parent: str) -> dict[str, Any]:
    if wanted in here:
        return here[wanted]
    folded = wanted.casefold()
    found = [one for name, one in here.items() if name.casefold() == folded]
    found = found or [one for one in here.values() if str(one.get("label")).casefold() == folded]
    if len(found) > 1:
        names = ", ".join(str(one["name"]) for one in found)
        raise Unknown(f"{wanted!r} is the label of several fields ({names}): map one by its API name")
    if not found:
        raise Unknown(f"{parent} has no field {wanted!r}, or escsync's account may not see it")
    return found[0]


def _by_relation(here: Mapping[str, dict[str, Any]], step: str) -> dict[str, Any] | None:
    folded = step.casefold()
    return next((one for one in here.values() if str(one.get("relationshipName")).casefold() == folded), None)


def _made(raw: Mapping[str, Any], relations: list[str]) -> Column:
    name, relation = str(raw["name"]), raw.get("relationshipName")
    kind = str(raw.get("type") or "string")
    return Column(
        name,
        ".".join([*relations, name]),
        str(raw.get("label") or name),
        kind,
        ".".join([*relations, relation]) if isinstance(relation, str) and kind == "reference" else "",
        _targets(raw),
        options(raw),
        raw.get("restrictedPicklist") is True,
        raw.get("updateable") is True and not relations,
        _number(raw.get("length")),
        _number(raw.get("scale")),
        required(raw),
    )


def required(raw: Mapping[str, Any]) -> bool | None:
    """Must whoever opens a record fill it in? None where the describe does not say."""
    told = [raw.get(key) for key in ("nillable", "createable", "defaultedOnCreate")]
    if not all(isinstance(one, bool) for one in told):
        return None
    return told == [False, True, False] and raw.get("type") != "boolean"


def options(raw: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """A picklist's active values: API name and label."""
    told = raw.get("picklistValues")
    found = []
    for one in told[:_MOST_OPTIONS] if isinstance(told, list) else ():
        if isinstance(one, dict) and one.get("active") is not False and isinstance(one.get("value"), str):
            found.append((one["value"], str(one.get("label") or one["value"])))
    return tuple(found)


def _targets(raw: Mapping[str, Any]) -> tuple[str, ...]:
    told = raw.get("referenceTo")
    return tuple(str(one) for one in told) if isinstance(told, list) else ()


def _number(raw: object) -> int:
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else 0

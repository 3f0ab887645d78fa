"""The scope: is a case an executive escalation, and since when by Salesforce's own record?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from escsync.adapter import Evidence

from . import ids, values
from .history import Row, Rows
from .schema import Schema

_RECORD_TYPE = ("recordtype", "recordtypeid")


def contains(row: Mapping[str, Any], schema: Schema) -> bool:
    """Do record type and flag match? A further `where` is only for Salesforce to judge."""
    if schema.record_type and ids.long(row.get("RecordTypeId")) != schema.record_type:
        return False
    return schema.flag is None or values.reach(row, schema.flag.path) is True


def entered_at(row: Mapping[str, Any], rows: Rows, schema: Schema) -> Evidence | None:
    """When record type and flag first matched at once; None where they did from the start, or nobody recorded it."""
    tracks: list[tuple[list[Row], Callable[[Any], bool], bool]] = []
    if schema.record_type:
        found = [one for name in _RECORD_TYPE for one in rows.by_field.get(name, ()) if not one.empty]
        tracks.append(
            (
                found,
                lambda side: _names(side, schema),
                ids.long(row.get("RecordTypeId")) == schema.record_type,
            )
        )
    if schema.flag is not None:
        flagged = [one for one in rows.of(schema.flag, schema) if not one.empty]
        tracks.append((flagged, _ticked, values.reach(row, schema.flag.path) is True))
    held = [matches(found[0].old) if found else now for found, matches, now in tracks]
    if all(held):
        return None
    steps = sorted(
        ((one, number) for number, (found, _, _) in enumerate(tracks) for one in found),
        key=lambda step: step[0].at,
    )
    for one, number in steps:
        held[number] = tracks[number][1](one.new)
        if all(held):
            return Evidence(one.at, source=f"history:{one.id}")
    return None


def _ticked(side: Any) -> bool:
    return side is True or (isinstance(side, str) and side.casefold() in ("true", "1"))


def _names(side: Any, schema: Schema) -> bool:
    """Does one side of a record type's two rows name ours, by id or by name?"""
    if not isinstance(side, str):
        return False
    return ids.long(side) == schema.record_type or side.casefold() in (
        n.casefold() for n in schema.record_type_names
    )

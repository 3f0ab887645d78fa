"""Field history: rows of tracked fields, shaped as an org shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .schema import Field
from .values import shown

if TYPE_CHECKING:
    from .record import Row
    from .world import Org

MOST = 20
"""So many fields of an object can be tracked."""
KINDS = {
    "picklist": "DynamicEnum",
    "multipicklist": "MultiEnum",
    "boolean": "Boolean",
    "datetime": "DateTime",
    "date": "DateOnly",
    "currency": "Currency",
    "double": "Double",
    "textarea": "TextArea",
    "email": "Email",
}


def told(field: Field, old: Any, new: Any, org: Org) -> Iterator[Mapping[str, Any]]:
    """The row, or for a reference both rows (names, ids), that a change leaves."""
    if field.type == "reference":
        yield entry(field.tracked_as, "Text", org.named(old), org.named(new))
        yield entry(field.tracked_as, "EntityId", old, new)
    elif field.long or field.type == "multipicklist":
        yield entry(field.tracked_as, KINDS[field.type], None, None)
    else:
        yield entry(field.tracked_as, KINDS.get(field.type, "Text"), _short(field, old), _short(field, new))


def entry(name: str, kind: str, old: Any = None, new: Any = None) -> Mapping[str, Any]:
    return {"Field": name, "DataType": kind, "OldValue": old, "NewValue": new}


def changed(org: Org, row: Row, changes: Mapping[str, tuple[Any, Any]]) -> list[Mapping[str, Any]]:
    """What all *changes* leave, for the fields that are tracked."""
    wanted = org.tracked.get(row.type, set())
    fields = org.objects[row.type].fields
    return [
        one
        for name, (old, new) in changes.items()
        if name in wanted
        for one in told(fields[name.casefold()], old, new, org)
    ]


def _short(field: Field, value: Any) -> Any:
    value = shown(field, value)
    return value[:255] if isinstance(value, str) else value

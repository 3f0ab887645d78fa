"""Raw field values of Salesforce -> our values; rubbish is handed on as its text, never a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from escsync.adapter import FIELDS, FieldKind, PersonRef, Status, Value
from escsync.spelling import number, people, yes

from . import ids, instants
from .schema import Column, Schema

_LONGEST_NUMBER = 40


def reach(row: Mapping[str, Any], path: str) -> Any:
    """What stands at the end of *path*; None where a lookup on the way is empty."""
    if "." not in path:
        return row.get(path)
    value: Any = row
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def told(row: Mapping[str, Any], path: str) -> bool:
    """Does the row tell this field at all? An empty lookup on the way tells that it is empty."""
    if "." not in path:
        return path in row
    value: Any = row
    for step in path.split("."):
        if value is None:
            return True
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True


def of(name: str, columns: tuple[Column, ...], row: Mapping[str, Any], schema: Schema) -> Value:
    """The value of the canonical field *name* on a row; people of several columns together."""
    found = [decode(name, column, reach(row, column.path), schema, _named(column, row)) for column in columns]
    return found[0] if len(found) == 1 else joined(found)


def _named(column: Column, row: Mapping[str, Any]) -> Mapping[str, Any]:
    shown = reach(row, column.relation) if column.relation else None
    return shown if isinstance(shown, dict) else {}


def decode(
    name: str, column: Column, raw: Any, schema: Schema, shown: Mapping[str, Any] | None = None
) -> Value:
    """The value of the canonical field *name* that *raw* is; *shown* is what a lookup leads to."""
    if column.type in ("string", "textarea", "email", "phone", "url", "picklist") and isinstance(raw, str):
        raw = raw.strip() or None
    if raw is None:
        return None
    match FIELDS[name].kind:
        case FieldKind.TEXT:
            return _text(name, column, raw, shown or {})
        case FieldKind.PEOPLE:
            return tuple(_people(name, column, raw, schema, shown or {})) or None
        case FieldKind.INSTANT:
            return instants.moment(raw) or instants.day(raw) or _words(raw)
        case FieldKind.DAY:
            moment = instants.moment(raw)
            return instants.day(raw) or (moment.astimezone(schema.zone).date() if moment else _words(raw))
        case FieldKind.NUMBER:
            found = number(raw)
            return found if found is not None else _words(raw)
        case FieldKind.CHOICE:
            return _choice(name, column, raw, schema)
        case FieldKind.CHOICES:
            chosen = [_choice(name, column, one, schema) for one in _items(raw)]
            return tuple(dict.fromkeys(value for value in chosen if value)) or None
        case FieldKind.FLAG:
            return _flag(name, column, raw, schema)
        case FieldKind.CHECK:
            return _check(name, column, raw, schema)
        case FieldKind.STAGE:
            return schema.status(str(raw)) if isinstance(raw, str) else None


def spellings(column: Column, raw: Any) -> tuple[str, ...]:
    """An option's API name and label, the name first: orders may rename a label, or translate it."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal | float):
        return ()
    word = str(raw).strip()
    labels = [label for value, label in column.options if value == word]
    names = [value for value, label in column.options if label == word]
    return tuple(dict.fromkeys(filter(None, [*names, *labels, word])))


def joined(held: list[Value]) -> Value:
    """The value of a field that is kept in several: all people of all of them."""
    people: dict[str, PersonRef] = {}
    for value in held:
        for ref in value if isinstance(value, tuple) else ():
            if isinstance(ref, PersonRef):
                people.setdefault(ref.id or ref.email.casefold() or ref.name.casefold(), ref)
    return tuple(people.values()) or None


def core(value: Value) -> object:
    """What makes two values the same, though one may know more about a person."""
    match value:
        case Status():
            return value.id or value.name
        case tuple():
            return [v if isinstance(v, str) else (v.id or v.email or v.name) for v in value]
        case datetime():
            return value.timestamp()
        case str():
            return value.strip()
        case _:
            return value


def _text(name: str, column: Column, raw: Any, shown: Mapping[str, Any]) -> str | None:
    if column.type == "reference":
        if name.endswith(".id"):
            return ids.long(raw) or str(raw)
        label = shown.get("Name")
        return label.strip() or None if isinstance(label, str) else ids.long(raw) or str(raw)
    if column.type == "id":
        return ids.long(raw) or str(raw)
    return _words(raw)


def _words(raw: Any) -> str | None:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Decimal | float | int):
        found = number(raw)
        return format(found, "f") if found is not None else str(raw)
    if isinstance(raw, str):
        return raw.replace("\r\n", "\n").strip() or None
    return None


def _people(
    name: str, column: Column, raw: Any, schema: Schema, shown: Mapping[str, Any]
) -> Iterator[PersonRef]:
    if not isinstance(raw, str):
        return
    if column.type in ("reference", "id") or ids.is_person(raw):
        if (ref := schema.person(raw, shown)) is not None:
            yield ref
        return
    # Only an owner's text may name several (decision 13).
    found = {(ref.email or ref.name).casefold(): ref for ref in people(raw, several=name == "owner")}
    yield from found.values()


def _items(raw: Any) -> list[Any]:
    return [part for part in re.split(r"[;\n]", raw) if part.strip()] if isinstance(raw, str) else [raw]


def _choice(name: str, column: Column, raw: Any, schema: Schema) -> str | None:
    if isinstance(raw, bool):
        return schema.choice(name, ("true" if raw else "false",))
    words = spellings(column, raw)
    return schema.choice(name, words) or None if words else None


def _flag(name: str, column: Column, raw: Any, schema: Schema) -> Value:
    if isinstance(raw, bool):
        return raw
    said = yes(_choice(name, column, raw, schema) or "")
    return said if said is not None else _words(raw)


def _check(name: str, column: Column, raw: Any, schema: Schema) -> Value:
    if isinstance(raw, bool):
        return "done" if raw else "open"
    word = _choice(name, column, raw, schema) or ""
    if word in FIELDS[name].choices:
        return word
    said = yes(word)
    return word or None if said is None else "done" if said else "open"


def fitted(column: Column, value: Value, schema: Schema) -> Value:
    """*value* as Salesforce will show it: trimmed, to the second, to the day, to the number's scale."""
    match value:
        case str():
            return value.replace("\r\n", "\n").strip() or None
        case datetime():
            return (
                value.astimezone(schema.zone).date()
                if column.type == "date"
                else value.replace(microsecond=0)
            )
        case date() if column.type == "datetime":
            return datetime(value.year, value.month, value.day, tzinfo=schema.zone).astimezone(UTC)
        case Decimal() if column.type in ("double", "currency", "percent", "int"):
            # Not rounded where the org does not say how many digits it keeps.
            scale = 0 if column.type == "int" else column.scale
            rounded = (
                value.quantize(Decimal(1).scaleb(-scale))
                if abs(value.adjusted()) < _LONGEST_NUMBER
                else value
            )
            return number(rounded)
        case tuple():
            return value or None
        case _:
            return value

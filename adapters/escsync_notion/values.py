"""Raw property values of Notion -> our values; rubbish is handed on as its text, never a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from escsync.adapter import FIELDS, FieldKind, PersonRef, Status, Value
from escsync.spelling import number, people, yes

from . import instants, richtext
from .columns import Column
from .schema import Schema


def decode(name: str, column: Column, raw: Mapping[str, Any], schema: Schema) -> Value:
    """The value of the canonical field *name* that the property value *raw* holds."""
    told = bare(raw)
    if (told is None or told == []) and not column.box:
        return None
    match FIELDS[name].kind:
        case FieldKind.TEXT:
            return text(told) or None
        case FieldKind.PEOPLE:
            return _people(name, told, schema)
        case FieldKind.INSTANT | FieldKind.DAY as kind:
            return _dated(told, day_only=kind is FieldKind.DAY)
        case FieldKind.NUMBER:
            found = number(told if isinstance(told, int | float) else text(told))
            return found if found is not None else text(told).strip() or None
        case FieldKind.CHOICE:
            return next(iter(_choices(name, told, schema)), None)
        case FieldKind.CHOICES:
            return tuple(dict.fromkeys(_choices(name, told, schema))) or None
        case FieldKind.FLAG:
            return _flag(name, column, told, schema)
        case FieldKind.CHECK:
            return _check(name, column, told, schema)
        case FieldKind.STAGE:
            return _status(told, schema)


def bare(raw: Mapping[str, Any]) -> Any:
    """What a property value holds: formulas and rollups are looked through, a list of people or options is a list."""
    kind = raw.get("type")
    told = raw.get(kind) if isinstance(kind, str) else None
    if kind in ("formula", "rollup") and isinstance(told, dict):
        return bare(told)
    if kind == "array" and isinstance(told, list):
        entries = (bare(one) for one in told if isinstance(one, dict))
        return [item for one in entries for item in (one if isinstance(one, list) else [one])]
    return told


def text(told: Any) -> str:
    """*told* in plain lines, whatever it is."""
    match told:
        case str():
            return told
        case bool():
            return "true" if told else "false"
        case int() | float():
            found = number(told)
            return format(found, "f") if found is not None else str(told)
        case list() if any(isinstance(one, dict) and ("plain_text" in one or "text" in one) for one in told):
            return richtext.plain(told)
        case list():
            return ", ".join(word for word in map(text, told) if word)
        case {"start": str() as start}:
            return start
        case {"number": int() as unique, **rest}:
            prefix = rest.get("prefix")
            return f"{prefix}-{unique}" if isinstance(prefix, str) and prefix else str(unique)
        case {"name": str() as name}:
            return name
        case _:
            return ""


def joined(values: list[Value]) -> Value:
    """Several columns as one value: all the people or options named in them, else the first that is filled."""
    filled = [value for value in values if value not in (None, ())]
    if filled and all(isinstance(value, tuple) for value in filled):
        told: dict[str, Any] = {}
        for value in filled:
            for one in value if isinstance(value, tuple) else ():
                told.setdefault(
                    one if isinstance(one, str) else one.id or one.email or one.name.casefold(), one
                )
        return tuple(told.values())
    distinct = list(dict.fromkeys(filled))
    if len(distinct) > 1 and all(isinstance(value, str) for value in distinct):
        return ", ".join(str(value) for value in distinct)
    return distinct[0] if distinct else None


def key(raw: Mapping[str, Any]) -> str:
    """The number that a page has by its unique id property; "" where it has none."""
    told = raw.get("unique_id")
    return text(told) if isinstance(told, dict) and isinstance(told.get("number"), int) else ""


def _words(told: Any) -> tuple[str, ...]:
    """An option's id and name, or what a text says."""
    if isinstance(told, dict):
        found = (told.get("id"), told.get("name"))
        return tuple(word.strip() for word in found if isinstance(word, str) and word.strip())
    word = text(told).strip()
    return (word,) if word else ()


def _items(told: Any) -> list[Any]:
    if isinstance(told, list):
        return told
    if isinstance(told, dict):
        return [told]
    return [part.strip() for part in re.split(r"[,;\n]", text(told)) if part.strip()]


def _choices(name: str, told: Any, schema: Schema) -> Iterator[str]:
    if isinstance(told, list) and any(isinstance(one, dict) and "plain_text" in one for one in told):
        told = richtext.plain(told)
    several = isinstance(told, list) or FIELDS[name].kind is FieldKind.CHOICES
    for one in _items(told) if several else [told]:
        words = _words(one)
        if words and (chosen := schema.choice(name, words)):
            yield chosen


def _people(name: str, told: Any, schema: Schema) -> tuple[PersonRef, ...] | None:
    found: dict[str, PersonRef] = {}
    for ref in _named(name, told, schema):
        found.setdefault(ref.id or ref.email.casefold() or ref.name.casefold(), ref)
    return tuple(found.values()) or None


def _named(name: str, told: Any, schema: Schema) -> Iterator[PersonRef]:
    entries = told if isinstance(told, list) else [told]
    users = [one for one in entries if isinstance(one, dict) and one.get("object") in ("user", "group")]
    if users:
        yield from (schema.person(one) for one in users if isinstance(one.get("id"), str))
        return
    word = text(told)
    # Only an owner's text may name several (decision 13).
    yield from people(word, several=name == "owner")


def _dated(told: Any, *, day_only: bool) -> Value:
    """An instant, or a day where only a day is known: a day has no midnight, in no zone."""
    zone = told.get("time_zone") if isinstance(told, dict) else None
    word = text(told).strip()
    found: date | datetime | None = instants.day(word) or instants.moment(word, zone)
    if day_only and isinstance(found, datetime):
        # The day as it stands there, not the one that it is in Greenwich at that hour.
        found = instants.day(word[:10]) or found.date()
    return found or word or None


def _ticked(column: Column, told: Any) -> bool:
    wanted = column.box.casefold()
    return any(wanted in (word.casefold() for word in _words(one)) for one in _items(told))


def _flag(name: str, column: Column, told: Any, schema: Schema) -> Value:
    if column.box:
        # An empty box says "not technical" as little as an untouched field does.
        return True if _ticked(column, told) else None
    if isinstance(told, bool):
        return told
    word = next(_choices(name, told, schema), "")
    said = yes(word)
    return said if said is not None else word or None


def _check(name: str, column: Column, told: Any, schema: Schema) -> Value:
    if column.box:
        return "done" if _ticked(column, told) else "open"
    if isinstance(told, bool):
        return "done" if told else "open"
    word = next(_choices(name, told, schema), "")
    if word in FIELDS[name].choices:
        return word
    said = yes(word)
    return word or None if said is None else "done" if said else "open"


def _status(told: Any, schema: Schema) -> Status | None:
    if not isinstance(told, dict):
        return None
    id, name = told.get("id"), told.get("name")
    if not isinstance(id, str) and not isinstance(name, str):
        return None
    return schema.status(id if isinstance(id, str) else "", name if isinstance(name, str) else "")

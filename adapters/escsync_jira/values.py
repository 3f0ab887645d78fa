"""Raw field values of Jira -> our values; rubbish is handed on as its text, never a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from escsync.adapter import FIELDS, FieldKind, PersonRef, Status, Value
from escsync.spelling import number, people, yes

from . import adf, instants, wiki
from .schema import Column, Schema

_EMPTY: tuple[object, ...] = (None, "", [], {})


def decode(name: str, column: Column, raw: Any, schema: Schema) -> Value:
    """The value of the canonical field *name* that *raw* is."""
    kind = FIELDS[name].kind
    if raw is None and kind is not FieldKind.CHECK:
        return None
    match kind:
        case FieldKind.TEXT:
            return text(column, raw) or None
        case FieldKind.PEOPLE:
            return _people(name, column, raw, schema)
        case FieldKind.INSTANT:
            return _instant(column, raw, schema)
        case FieldKind.DAY:
            return instants.day(raw, schema.zone) or _words(column, raw)
        case FieldKind.NUMBER:
            found = number(raw)
            return found if found is not None else _words(column, raw)
        case FieldKind.CHOICE:
            return _choice(name, raw, schema)
        case FieldKind.CHOICES:
            chosen = [_choice(name, one, schema) for one in _items(raw)]
            return tuple(dict.fromkeys(value for value in chosen if value)) or None
        case FieldKind.FLAG:
            return _flag(name, column, raw, schema)
        case FieldKind.CHECK:
            return _check(name, column, raw, schema)
        case FieldKind.STAGE:
            return _status(raw, schema)


def text(column: Column, raw: Any) -> str:
    """*raw* in plain lines, whatever it is."""
    match raw:
        case str():
            return wiki.plain(raw) if column.rich else raw
        case bool():
            return "true" if raw else "false"
        case int() | float():
            found = number(raw)
            return format(found, "f") if found is not None else str(raw)
        case dict() if raw.get("type") == "doc":
            return adf.plain(raw)
        case dict():
            return next((word for word in reversed(spellings(raw)) if word), "")
        case list():
            return ", ".join(filter(None, (text(column, item) for item in raw)))
        case _:
            return ""


def spellings(raw: Any) -> tuple[str, ...]:
    """An option's id and its names, the most telling last."""
    if not isinstance(raw, dict):
        return (str(raw).strip(),) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else ()
    child = raw.get("child")
    found = [raw.get("id")]
    if isinstance(child, dict):
        found += [child.get("id"), child.get("value"), child.get("name")]
    found += [raw.get(key) for key in ("key", "displayName", "name", "value")]
    return tuple(
        str(one).strip() for one in found if isinstance(one, str | int) and not isinstance(one, bool)
    )


def empty(raw: Any) -> bool:
    """Is there nothing in it?"""
    return any(raw is none or (type(raw) is type(none) and raw == none) for none in _EMPTY) or (
        isinstance(raw, str) and not raw.strip()
    )


def _words(column: Column, raw: Any) -> str | None:
    return None if empty(raw) else (text(column, raw).strip() or None)


def _people(name: str, column: Column, raw: Any, schema: Schema) -> tuple[PersonRef, ...] | None:
    found: dict[str, PersonRef] = {}
    for ref in _named(name, column, raw, schema):
        found.setdefault(ref.id or ref.email.casefold() or ref.name.casefold(), ref)
    return tuple(found.values()) or None


def _named(name: str, column: Column, raw: Any, schema: Schema) -> Iterator[PersonRef]:
    for one in raw if isinstance(raw, list) else [raw]:
        if isinstance(one, dict) and one.get("type") == "doc":
            yield from _named(name, column, adf.plain(one), schema)
        elif isinstance(one, dict) and (
            "value" in one or not {"accountId", "name", "key", "title"} & set(one)
        ):
            yield from _named(name, column, str(one.get("value") or ""), schema)
        elif isinstance(one, dict):
            yield schema.group(one) if column.collective else schema.person(one)
        elif isinstance(one, str):
            # Only an owner's text may name several (decision 13).
            yield from people(one, several=name == "owner")


def _instant(column: Column, raw: Any, schema: Schema) -> Value:
    if empty(raw):
        return None
    if column.dated or instants.is_day(raw):
        return instants.day(raw, schema.zone) or _words(column, raw)
    return instants.moment(raw, schema.zone) or _words(column, raw)


def _items(raw: Any) -> list[Any]:
    if isinstance(raw, list):
        return raw
    if isinstance(raw, str):
        return [part for part in re.split(r"[,;\n]", raw) if part.strip()]
    return [] if empty(raw) else [raw]


def _choice(name: str, raw: Any, schema: Schema) -> str | None:
    if isinstance(raw, list):
        raw = raw[0] if raw else None
    if isinstance(raw, dict) and raw.get("type") == "doc":
        raw = adf.plain(raw)
    if isinstance(raw, bool):
        raw = "true" if raw else "false"
    words = spellings(raw)
    return schema.choice(name, words) or None if any(words) else None


def ticked(column: Column, raw: Any) -> bool:
    """Is the box of *column*'s option ticked?"""
    wanted = column.option.casefold()
    return any(wanted in (word.casefold() for word in spellings(one)) for one in _items(raw))


def _flag(name: str, column: Column, raw: Any, schema: Schema) -> Value:
    if column.option:
        # An empty box says "not technical" as little as an untouched field does.
        return True if ticked(column, raw) else None
    if isinstance(raw, bool) or empty(raw):
        return raw if isinstance(raw, bool) else None
    word = _choice(name, raw, schema) or ""
    said = yes(word)
    return said if said is not None else word or None


def _check(name: str, column: Column, raw: Any, schema: Schema) -> Value:
    if column.option:
        return "done" if ticked(column, raw) else "open"
    if isinstance(raw, bool):
        return "done" if raw else "open"
    if empty(raw):
        return "open" if column.many else None
    word = _choice(name, raw, schema) or ""
    if word in FIELDS[name].choices:
        return word
    said = yes(word)
    if said is not None:
        return "done" if said else "open"
    # A checkbox field with one box, whatever the box is called.
    return "done" if column.many else word or None


def _status(raw: Any, schema: Schema) -> Status | None:
    if not isinstance(raw, dict):
        return None
    category = raw.get("statusCategory")
    key = category.get("key") if isinstance(category, dict) else ""
    return schema.status(str(raw.get("id") or ""), str(raw.get("name") or ""), str(key or ""))


def same(one: Value, other: Value) -> bool:
    """Do both say the same, though one may know more about a person?"""
    return _core(one) == _core(other)


def _core(value: Value) -> object:
    match value:
        case Status():
            return value.id or value.name
        case tuple():
            return [v if isinstance(v, str) else (v.id or v.email or v.name) for v in value]
        case datetime():
            return value.timestamp()
        case _:
            return value

"""Changelogs: what a field held since when, rebuilt from Jira's record of every change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from escsync.adapter import Evidence, Fact, History, PersonRef, Value

from . import instants, values
from .schema import Column, Schema

_SLACK = timedelta(seconds=2)
"""A change and the ticket's `updated` are stamped one after the other."""
_NAMED = re.compile(r"(.*?)\s*\(([^()]+)\)")


class Unintelligible(ValueError):
    """A ticket that cannot be read; the others can."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of one change: *field* is the id where Jira tells it, else the name it had then."""

    at: datetime
    source: str
    actor: PersonRef | None
    field: str
    item: Mapping[str, Any]

    def side(self, which: str) -> tuple[str, str]:
        """The id and the name on the side `from` or `to`."""
        raw, shown = self.item.get(which), self.item.get(f"{which}String")
        return _text(raw), _text(shown)


class Changes:
    """All changes of one ticket, oldest first, by field."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.by_field: dict[str, list[Entry]] = {}
        self.all = tuple(entries)
        self._nameless = True
        for entry in self.all:
            self.by_field.setdefault(entry.field, []).append(entry)
            self._nameless = self._nameless and not entry.field.startswith("name:")

    def of(self, column: Column) -> list[Entry]:
        """The changes of one field: by its id, and by its name where the record knows no ids."""
        if self._nameless:
            return self.by_field.get(column.id, [])
        names = dict.fromkeys(f"name:{name.casefold()}" for name in (column.id, column.name) if name)
        found = [self.by_field[name] for name in (column.id, *names) if name in self.by_field]
        if len(found) < 2:
            return found[0] if found else []
        return sorted((entry for some in found for entry in some), key=lambda entry: entry.at)


def read(histories: Iterable[Mapping[str, Any]], schema: Schema) -> Changes:
    """Jira's histories in any order, each once."""
    known: dict[str, tuple[datetime, int, Mapping[str, Any]]] = {}
    for number, history in enumerate(histories):
        id = _text(history.get("id")) or f"#{number}"
        if id in known:
            continue
        at = instants.moment(history.get("created"), schema.zone)
        if at is None:
            raise Unintelligible("a change without a readable time")
        known[id] = (at, int(id) if id.isdecimal() else number, history)
    ordered = sorted(known.values(), key=lambda one: one[:2])
    return Changes(entry for at, _, history in ordered for entry in _entries(at, history, schema))


@dataclass(frozen=True, slots=True)
class Past:
    """One ticket's past: *born* when and made by whom, and what was changed.

    *until* is when the ticket was read as it is, where its changelog was read later and may know more.
    """

    fields: Mapping[str, Any]
    changes: Changes
    born: Evidence
    maker: PersonRef | None
    until: datetime | None

    def of(self, name: str, current: Value, schema: Schema) -> History:
        """The whole past of the canonical field *name*, its value at creation included."""
        columns = schema.columns[name]
        entries = [self.changes.of(column) for column in columns]
        if not any(entries):
            return (Fact(self.born, current, self.maker),)
        tracks = [
            _track(name, column, self.fields.get(column.id), some, schema, self.until)
            for column, some in zip(columns, entries, strict=True)
        ]
        held = [first for first, _ in tracks]
        facts = [Fact(self.born, joined(held), self.maker)]
        for entry, number, value in self._steps([later for _, later in tracks]):
            held[number] = value
            told = joined(held)
            if not values.same(told, facts[-1].value):
                # A clock that ran backwards must not date a change before the ticket was.
                when = Evidence(max(entry.at, self.born.at), source=entry.source)
                facts.append(Fact(when, told, entry.actor))
        # The ticket itself tells its value of today better than the record of the change does.
        facts[-1] = Fact(facts[-1].when, current, facts[-1].actor)
        return tuple(facts)

    def _steps(self, tracks: Sequence[Sequence[tuple[Entry, Value]]]) -> Iterator[tuple[Entry, int, Value]]:
        """The steps of several columns in the record's own order, which knows more than its times, rounded as they are."""
        if len(tracks) == 1:
            yield from ((entry, 0, value) for entry, value in tracks[0])
            return
        places = {id(entry): (number, value) for number, later in enumerate(tracks) for entry, value in later}
        for entry in self.changes.all:
            if id(entry) in places:
                yield entry, *places[id(entry)]


def _track(
    name: str, column: Column, raw: Any, entries: Sequence[Entry], schema: Schema, until: datetime | None
) -> tuple[Value, list[tuple[Entry, Value]]]:
    """The value at creation, and each later one with the change that brought it."""
    now = values.decode(name, column, raw, schema)
    later = [(entry, side(name, column, entry.side("to"), schema)) for entry in entries]
    while later and until and later[-1][0].at > until + _SLACK and not values.same(later[-1][1], now):
        later.pop()
    first = side(name, column, entries[0].side("from"), schema) if entries else now
    return first, later


def side(name: str, column: Column, told: tuple[str, str], schema: Schema) -> Value:
    """The value that one side of a change names, by id and by what a user saw."""
    raw = _as_value(column, *told, schema)
    if isinstance(raw, PersonRef):
        return (raw,)
    if isinstance(raw, list) and raw and isinstance(raw[0], PersonRef):
        return tuple(dict.fromkeys(raw))
    if column.type == "status":
        return schema.status(*told) if any(told) else None
    return values.decode(name, column, raw, schema)


def _as_value(column: Column, id: str, shown: str, schema: Schema) -> Any:
    """What the field's own value would have looked like."""
    if not id.strip("[] ") and not shown:
        return None
    match column.type, column.items:
        case "user", _:
            return schema.named(id, shown) if id else shown
        case "array", "user":
            return _several_users(id, shown, schema)
        case "array", "string":
            return shown.split() if column.id == "labels" else _listed(shown)
        case "array", _:
            ids, names = _listed(id), _listed(shown)
            if len(ids) == len(names):
                return [{"id": one, "value": name} for one, name in zip(ids, names, strict=True)]
            return [{"id": one} for one in ids] if ids else [{"value": name} for name in names]
        case (("date" | "datetime"), _):
            zoned = [raw for raw in (id, shown) if instants.moment(raw, schema.zone) is not None]
            return zoned[0] if zoned else shown or id
        case (("number" | "string" | "any"), _):
            return shown or id
        case _:
            return {"id": id, "value": shown} if id else {"value": shown}


def _several_users(id: str, shown: str, schema: Schema) -> Any:
    ids, names = _listed(id), _listed(shown)
    pairs = [_NAMED.fullmatch(one) for one in ids or names]
    if pairs and all(pairs):
        return [schema.named(pair[2], pair[1]) for pair in pairs if pair]
    if not ids:
        return names
    if len(ids) != len(names):
        names = [""] * len(ids)
    return [schema.named(one, name) for one, name in zip(ids, names, strict=True)]


def _listed(raw: str) -> list[str]:
    text = raw.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    return [part.strip() for part in text.split(",") if part.strip()]


def joined(held: Sequence[Value]) -> Value:
    """The value of a field that is kept in several: all people of all of them."""
    if len(held) == 1:
        return held[0]
    people: dict[str, PersonRef] = {}
    for value in held:
        for ref in value if isinstance(value, tuple) else ():
            if isinstance(ref, PersonRef):
                people.setdefault(ref.id or ref.email.casefold() or ref.name.casefold(), ref)
    return tuple(people.values()) or None


def _entries(at: datetime, history: Mapping[str, Any], schema: Schema) -> Iterable[Entry]:
    items = history.get("items")
    author = history.get("author")
    actor = schema.person(author) if isinstance(author, dict) else None
    source = f"changelog:{_text(history.get('id'))}"
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            field = _text(item.get("fieldId")) or f"name:{_text(item.get('field')).casefold()}"
            yield Entry(at, source, actor, field, item)


def _text(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    return str(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) else ""

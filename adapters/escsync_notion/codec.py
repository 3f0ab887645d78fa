"""Raw JSON of a Notion page -> Ticket."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from escsync.adapter import Message, NoteSeen, Ticket, TicketRef, Value

from . import instants, richtext, values
from .columns import PAGE, Column, plain, unfit
from .schema import Schema, by_id
from .settings import dashes, identified

Raw = dict[str, Any]
Related = Mapping[str, Mapping[str, Any]]
"""Pages of other data sources by their id; an empty one is not shared with the connection."""
_WITH_PEOPLE = ("people", "created_by", "last_edited_by")
CUT = 25
"""From so many people, relations or mentions on a page may not tell them all."""
PART = "\U0001f4cc"
"""The icon of a page that escsync made beside an escalation: such a page is none itself."""


class Unintelligible(Exception):
    """A page in no form that Notion documents."""


MALFORMED = (Unintelligible, TypeError, ValueError, KeyError, AttributeError, RecursionError)
"""However a page or what belongs to it is malformed, it is one page."""


class _Unreadable(Exception):
    """One value of a page that cannot be told."""


def reference(raw: Mapping[str, Any], schema: Schema | None = None) -> TicketRef:
    """How to name a page, whatever else is wrong with it."""
    told = raw.get("id")
    id = identified(told) if isinstance(told, str) else ""
    unique = schema.unique if schema else None
    number = values.key(by_id(raw).get(plain(unique.id), {})) if unique else ""
    return TicketRef(id or str(told or ""), number or id[:8])


def ticket(
    raw: Mapping[str, Any],
    schema: Schema,
    related: Related,
    said: tuple[tuple[Message, ...], NoteSeen | None] | None = None,
) -> Ticket:
    """One page in our vocabulary. *said*: its messages and its note, None where nobody has asked for them.

    It has no history: Notion keeps none, and what escsync observes itself is kept by the core.
    """
    ref = reference(raw, schema)
    if raw.get("object") != "page" or not identified(ref.id) or not isinstance(raw.get("properties"), dict):
        raise Unintelligible("no page, no id or no properties")
    created = instants.moment(raw.get("created_time"))
    if created is None:
        raise Unintelligible("no readable time of creation")
    told: dict[str, Value] = {}
    unreadable = dict(schema.lost)
    at_home = is_home(raw, schema)
    found = by_id(raw)
    for name, columns in schema.columns.items():
        try:
            several = [
                value for column in columns for value in _values(name, column, raw, found, schema, related)
            ]
            told[name] = several[0] if len(several) == 1 else values.joined(several)
        except _Unreadable as error:
            unreadable[name] = str(error) if at_home else "the page was moved to another database"
    messages, note = said if said is not None else ((), None)
    url, editor = raw.get("url"), raw.get("last_edited_by")
    return Ticket(
        id=ref.id,
        key=ref.key,
        url=url if isinstance(url, str) and url.startswith(("https://", "http://")) else "",
        created_at=created,
        values=told,
        updated_at=instants.moment(raw.get("last_edited_time")),
        in_scope=at_home and not is_trashed(raw),
        messages=messages,
        note=note,
        unreadable=unreadable,
        apart=True,
        heard=said is not None,
        updated_by=schema.person(editor) if isinstance(editor, dict) and editor.get("id") else None,
    )


def is_home(raw: Mapping[str, Any], schema: Schema) -> bool:
    """Is the page one of the data source's?"""
    parent = raw.get("parent")
    told = parent.get("data_source_id") if isinstance(parent, dict) else None
    return isinstance(told, str) and dashes(told) == schema.source


def is_trashed(raw: Mapping[str, Any]) -> bool:
    """Did somebody delete it? It stays readable for thirty days."""
    return raw.get("in_trash") is True


def is_part(raw: Mapping[str, Any], schema: Schema) -> bool:
    """Is it a page that escsync itself made beside an escalation? Only who made it cannot be changed by others."""
    maker, icon = raw.get("created_by"), raw.get("icon")
    ours = isinstance(maker, dict) and maker.get("id") == schema.me
    return ours and isinstance(icon, dict) and icon.get("emoji") == PART


def is_unlike(raw: Mapping[str, Any], schema: Schema) -> bool:
    """Does the page show other properties than the schema has? Then somebody changed the database."""
    found = by_id(raw)
    for column in schema.every():
        if column.via:
            if found.get(plain(column.via), {}).get("type") != "relation":
                return True
            continue
        if column.id in PAGE:
            continue
        entry = found.get(plain(column.id))
        if entry is None or entry.get("type") != column.type:
            return True
        chosen = entry.get(column.type)
        if column.type == "status" and isinstance(chosen, dict) and column.options:
            id = chosen.get("id")
            if isinstance(id, str) and column.option(id) is None:
                return True
    return False


def cut(raw: Mapping[str, Any], schema: Schema) -> list[Column]:
    """The columns whose values the page may not tell in full."""
    found = by_id(raw)
    wanted = {column.via or column.id: column for column in schema.every() if column.id not in PAGE}
    return [column for id, column in wanted.items() if _is_cut(found.get(plain(id), {}))]


def strangers(raw: Mapping[str, Any], schema: Schema) -> Iterator[str]:
    """The people of the page of whom it tells nothing but an id."""
    found = by_id(raw)
    for column in schema.every():
        if column.type in _WITH_PEOPLE:
            told = _entry(column, raw, found).get(column.type)
            for one in told if isinstance(told, list) else [told]:
                if isinstance(one, dict) and schema.is_stranger(one):
                    yield str(one["id"])


def relations(raw: Mapping[str, Any], column: Column) -> list[str]:
    """The ids of the pages that the relation before *column* names."""
    told = by_id(raw).get(plain(column.via), {}).get("relation")
    entries = told if isinstance(told, list) else []
    ids = (identified(str(one.get("id"))) for one in entries if isinstance(one, dict))
    return [id for id in ids if id]


def look(raw: Mapping[str, Any], schema: Schema) -> None:
    """Raise what a malformed page raises, before others are read together with it."""
    list(strangers(raw, schema))
    for column in schema.every():
        if column.via:
            relations(raw, column)


def mark(raw: Mapping[str, Any], schema: Schema) -> str:
    """A hash of what is read of a page, before anything is completed: equal ones mean that nothing relevant changed."""
    found = by_id(raw)
    told: list[object] = [raw.get("in_trash"), reference(raw, schema).key]
    for column in schema.every():
        entry = found.get(plain(column.via or column.id), {})
        bare = values.bare(_entry(column, raw, found) if not column.via else entry)
        told.append([_core(one) for one in bare] if isinstance(bare, list) else _core(bare))
    return hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=9).hexdigest()


def _core(one: Any) -> Any:
    """What counts of an entry: pictures, colours and how a text is split do not."""
    if not isinstance(one, dict):
        return one
    if "plain_text" in one:
        return one["plain_text"]
    # A user without a type has left, or can no longer be seen.
    return [one.get(key) for key in ("id", "name", "type", "start", "end", "number", "prefix")]


def _entry(
    column: Column, raw: Mapping[str, Any], found: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    if column.id in PAGE:
        return {"type": column.type, column.type: raw.get(column.id)}
    return found.get(plain(column.id), {})


def _values(
    name: str,
    column: Column,
    raw: Mapping[str, Any],
    found: Mapping[str, Mapping[str, Any]],
    schema: Schema,
    related: Related,
) -> Sequence[Value]:
    if not column.via:
        entry = _entry(column, raw, found)
        if not entry:
            raise _Unreadable("the page does not show this property")
        return [_value(name, column, entry, schema)]
    told: list[Value] = []
    for id in relations(raw, column):
        page = related.get(id) or {}
        entry = by_id(page).get(plain(column.id), {})
        if not entry:
            raise _Unreadable("the related page is not shared with the connection")
        told.append(_value(name, column, entry, schema))
    return told


def _value(name: str, column: Column, entry: Mapping[str, Any], schema: Schema) -> Value:
    """What the property holds, unless it was given a type meanwhile that cannot hold the field."""
    kind = entry.get("type")
    if kind != column.type and (why := unfit(name, replace(column, type=str(kind)))):
        raise _Unreadable(why)
    return values.decode(name, column, entry, schema)


def _is_cut(entry: Mapping[str, Any]) -> bool:
    kind = entry.get("type")
    told = entry.get(kind) if isinstance(kind, str) else None
    match kind:
        case "relation":
            return entry.get("has_more") is True
        case "people":
            return isinstance(told, list) and len(told) >= CUT
        case "title" | "rich_text":
            return richtext.mentions(told) >= CUT
        case _:
            return False

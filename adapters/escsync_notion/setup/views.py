"""The two views of a database that escsync made: a board by status, and what is overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from escsync.adapter import Vocabulary

from ..codec import Raw
from ..columns import Column, plain
from .essentials import column_of
from .ground import Ground

BOARD, OVERDUE = "board", "overdue"
_ON_CARDS = ("owner", "computed_priority", "account.name", "health", "due_at")
"""What a card shows besides its title."""
NAMES = {BOARD: "Board", OVERDUE: "Overdue"}
ABOUT = {BOARD: {"stage"}, OVERDUE: {"health", "due_at"}}
_CLICKS = {
    BOARD: "in Notion, click + beside the database's views > Board, and group it by the status property",
    OVERDUE: "in Notion, click + beside the database's views > Table, call it Overdue, and filter it: "
    "escalation health is Breached, or next deadline is before today",
}


def clicks(kind: str) -> str:
    """How a person makes it."""
    return _CLICKS[kind]


def body(kind: str, ground: Ground, vocabulary: Vocabulary) -> dict[str, Any] | None:
    """What makes the view; None where the properties that it is about are not there."""
    told = _board(ground, vocabulary) if kind == BOARD else _overdue(ground, vocabulary)
    if told is None:
        return None
    return {"database_id": ground.database, "data_source_id": ground.source, "name": NAMES[kind], **told}


def standing(kind: str, ground: Ground, vocabulary: Vocabulary, known: Sequence[Raw]) -> Raw | None:
    """A view that shows the same already, whoever made it and whatever it is called."""
    if kind == BOARD:
        column = column_of(ground, vocabulary, "stage")
        wanted = [column] if column else []
        boards = [raw for raw in known if raw.get("type") == "board"]
        return next((raw for raw in boards if _tells(raw.get("configuration"), wanted)), None)
    wanted = _due(ground, vocabulary)
    return next((raw for raw in known if _tells(raw.get("filter"), wanted)), None)


def is_ours(raw: Mapping[str, Any], me: str) -> bool:
    """Did our account make it, under one of our names?"""
    maker = raw.get("created_by")
    return raw.get("name") in NAMES.values() and isinstance(maker, dict) and maker.get("id") == me


def _board(ground: Ground, vocabulary: Vocabulary) -> dict[str, Any] | None:
    column = column_of(ground, vocabulary, "stage")
    if column is None or column.type not in ("status", "select"):
        return None
    grouping: dict[str, Any] = {"type": column.type, "property_id": column.id, "sort": {"type": "manual"}}
    if column.type == "status":
        grouping["group_by"] = "option"
    found = (column_of(ground, vocabulary, name) for name in _ON_CARDS)
    shown = [{"property_id": one.id, "visible": True} for one in found if one is not None]
    return {"type": "board", "configuration": {"type": "board", "group_by": grouping, "properties": shown}}


def _overdue(ground: Ground, vocabulary: Vocabulary) -> dict[str, Any] | None:
    conditions, due = list[dict[str, Any]](), None
    for column in _due(ground, vocabulary):
        if column.type == "date":
            due = column
            conditions.append({"property": column.id, "date": {"before": "today"}})
        elif column.type == "select":
            breached = [o for o in column.options if vocabulary.choice("health", o.id, o.name) == "breached"]
            conditions += [{"property": column.id, "select": {"equals": o.name}} for o in breached]
    if not conditions:
        return None
    sorts = [{"property": due.id, "direction": "ascending"}] if due else []
    filter = conditions[0] if len(conditions) == 1 else {"or": conditions}
    return {"type": "table", "filter": filter, **({"sorts": sorts} if sorts else {})}


def _due(ground: Ground, vocabulary: Vocabulary) -> list[Column]:
    found = (column_of(ground, vocabulary, name) for name in ("health", "due_at"))
    return [column for column in found if column is not None]


def _tells(raw: object, columns: Sequence[Column]) -> bool:
    """Does a filter or a configuration speak of one of these properties, by its id in either spelling?"""
    ids = {one for column in columns for one in (column.id, plain(column.id))}
    return bool(ids & _words(raw))


def _words(raw: object) -> set[str]:
    if isinstance(raw, dict):
        return {word for value in raw.values() for word in _words(value)}
    if isinstance(raw, list):
        return {word for value in raw for word in _words(value)}
    return {raw} if isinstance(raw, str) else set()

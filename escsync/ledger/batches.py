"""Many rows at once: statements that every database takes, however many rows there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Table, and_, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

_T = TypeVar("_T")
CHUNK = 500
"""Ids per statement."""


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Update the rows with these primary keys, in one statement for all that name the same columns."""
    keys = [column.name for column in table.primary_key]
    by_shape: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_shape[tuple(sorted(row.keys() - set(keys)))].append({f"b_{k}": v for k, v in row.items()})
    for names, found in by_shape.items():
        statement = update(table).where(and_(*(table.c[key] == bindparam(f"b_{key}") for key in keys)))
        connection.execute(statement.values({name: bindparam(f"b_{name}") for name in names}), found)


def put_missing(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert *row* unless its key is there, or another program is just putting it there."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(dict(row)).on_conflict_do_nothing())


def chunks(items: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """*items* in pieces."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def rows_of(table: Table, column: Any, tracker: str, ids: Collection[str]) -> Select[Any]:
    """The rows of one tracker whose *column* is one of *ids*."""
    return select(table).where(table.c.tracker == tracker, column.in_(list(ids)))

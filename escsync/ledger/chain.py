"""The chain: what each transaction wrote of a tracker's history, as hashes, linked to all that came before."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, Table, insert, select, type_coerce, update

from .batches import CHUNK, chunks
from .codec import dumps
from .database import clock
from .schema import (
    CHAIN,
    EFFECTS,
    EPOCH,
    MESSAGES,
    OBSERVATIONS,
    PINS,
    RECEIPTS,
    TICK,
    TICKETS,
    TRACKERS,
    Instant,
)

_DERIVED = {"ended", "next_wake", "account", "identified_at", "source", "gist"}
"""What every judgement finds out anew, and no history."""
COVERED: Mapping[str, Table] = {
    table.name: table for table in (TICKETS, OBSERVATIONS, MESSAGES, PINS, EFFECTS, RECEIPTS)
}
"""The tables that are history."""
EVIDENCE = ("tickets", "observations", "messages")
"""Those of them that a rebuild makes anew."""
REBUILT = "rebuilt"
"""In an entry's body: the tables whose rows count from here on only."""
_SLOT = "escsync_touched"

Key = tuple[Any, ...]
"""A row's primary key, with its ticket in the place of its tracker."""


def lasting(table: Table) -> tuple[str, ...]:
    """The columns whose content is history, in the order in which they are hashed."""
    return tuple(c.name for c in table.columns if table is not TICKETS or c.name not in _DERIVED)


_KEYS = {
    name: tuple(column.name for column in table.primary_key if column.name != "tracker")
    for name, table in COVERED.items()
} | {"effects": ("ticket", "key")}
"""What tells the rows of one tracker apart, the ticket first."""
_LASTING = {name: lasting(table) for name, table in COVERED.items()}


@dataclass(slots=True)
class Touched:
    """What one transaction has written so far: the hash of each row, None where it has to be read back."""

    rows: dict[str, dict[Key, str | None]] = field(default_factory=lambda: defaultdict(dict))


@contextmanager
def recorded(
    connection: Connection, tracker: str, pass_id: str = "", at: datetime | None = None
) -> Iterator[None]:
    """Whatever history this transaction writes of *tracker* becomes one entry of its chain, before it commits.

    *at* is the pass's instant; without a pass it is the database's clock.
    """
    held = connection.info[_SLOT] = Touched()
    try:
        yield
        body = _hashed(connection, tracker, held)
        if body:
            append(connection, tracker, body, pass_id, at or clock(connection))
    finally:
        # A connection that was lost has nothing to forget, and hides no other error.
        if not connection.invalidated:
            del connection.info[_SLOT]


def touched(
    connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]], *, new: bool = False
) -> None:
    """Note that these rows are written; *new* ones are told whole, of others the key is enough."""
    if table.name not in COVERED:
        return
    held: Touched = connection.info[_SLOT]
    mine, keys = held.rows[table.name], _KEYS[table.name]
    for row in rows:
        mine[tuple([row[name] for name in keys])] = _told(table, row) if new else None


def adopt(connection: Connection) -> None:
    """Chain what older versions kept: the history of each tracker that has no chain yet begins with what is there."""
    for row in connection.execute(select(TRACKERS).where(TRACKERS.c.chain_n == 0)).all():
        take(connection, row.name, COVERED, at=row.polled_at)


def take(
    connection: Connection,
    tracker: str,
    tables: Iterable[str],
    *,
    pass_id: str = "",
    at: datetime | None = None,
    mark: Mapping[str, Any] | None = None,
) -> None:
    """Append all rows of *tables* as they are now, some thousand to an entry; *mark* stands in the first one."""
    when = at or clock(connection)
    body: dict[str, Any] = dict(mark or {})
    count = 0
    for name in tables:
        for key, digest in rows(connection, COVERED[name], tracker):
            body.setdefault(name, []).append([*key, digest])
            count += 1
            if count % (CHUNK * 20) == 0:
                append(connection, tracker, body, pass_id, when)
                body = {}
    if body:
        append(connection, tracker, body, pass_id, when)


def append(connection: Connection, tracker: str, body: Mapping[str, Any], pass_id: str, at: datetime) -> None:
    """One entry more, and the head moved to it."""
    of = TRACKERS.c.name == tracker
    head = connection.execute(select(TRACKERS.c.chain_n, TRACKERS.c.chain_link).where(of)).one()
    n, told = head.chain_n + 1, dumps(body)
    this = link(head.chain_link, tracker, n, _micros(at), pass_id, told)
    entry = {"tracker": tracker, "n": n, "at": at, "pass_id": pass_id, "body": told, "link": this}
    connection.execute(insert(CHAIN), [entry])
    connection.execute(update(TRACKERS).where(of).values(chain_n=n, chain_link=this))


def link(before: str, tracker: str, n: int, at: int, pass_id: str, body: str) -> str:
    """What stands for an entry and for everything before it; *at* in microseconds, as it is stored."""
    return fingerprint([before, tracker, n, at, pass_id, body])


def rows(connection: Connection, table: Table, tracker: str) -> Iterator[tuple[Key, str]]:
    """The key and the hash of every row of one tracker, as they are now."""
    statement = _columns(table).where(table.c.tracker == tracker).order_by(*table.primary_key.columns)
    width = len(_KEYS[table.name])
    for row in connection.execute(statement.execution_options(yield_per=CHUNK)):
        yield tuple(row[:width]), fingerprint(row[width:])


def _hashed(connection: Connection, tracker: str, held: Touched) -> dict[str, list[list[Any]]]:
    """The entry's body: each row's key and its hash as it stands now."""
    body: dict[str, list[list[Any]]] = {}
    for name, found in held.rows.items():
        unread = [key for key, digest in found.items() if digest is None]
        if unread:
            found.update(_read(connection, COVERED[name], tracker, unread))
        told = [[*key, digest] for key, digest in found.items() if digest is not None]
        if told:
            body[name] = told
    return body


def _read(
    connection: Connection, table: Table, tracker: str, keys: Sequence[Key]
) -> Iterator[tuple[Key, str]]:
    first = table.c[_KEYS[table.name][0]]
    wanted, width = set(keys), len(_KEYS[table.name])
    for batch in chunks(list(dict.fromkeys(key[0] for key in keys))):
        for row in connection.execute(_columns(table).where(table.c.tracker == tracker, first.in_(batch))):
            key = tuple(row[:width])
            if key in wanted:
                yield key, fingerprint(row[width:])


def _columns(table: Table) -> Select[Any]:
    """A row's key, then its lasting columns as the database holds them."""
    held = [table.c[name] for name in (*_KEYS[table.name], *_LASTING[table.name])]
    # Labels, because a key stands here twice.
    return select(
        *(
            (type_coerce(c, BigInteger) if isinstance(c.type, Instant) else c).label(f"c{n}")
            for n, c in enumerate(held)
        )
    )


def _told(table: Table, row: Mapping[str, Any]) -> str | None:
    """The hash of a new row; None where the database may hold a text otherwise than it was told."""
    values = [
        _micros(value) if isinstance(value, datetime) else value
        for value in map(row.get, _LASTING[table.name])
    ]
    try:
        return (
            None if any("\0" in value for value in values if isinstance(value, str)) else fingerprint(values)
        )
    except UnicodeEncodeError:
        return None


def _micros(at: datetime) -> int:
    return (at - EPOCH) // TICK


def fingerprint(values: Iterable[Any]) -> str:
    """What stands for these *values*: each with its kind and its length, so that none can pass for another."""
    told = []
    for value in values:
        if isinstance(value, str):
            told.append(f"s{len(value)}:{value}")
        else:
            # Whoever alters a ledger may put anything in, such as bytes.
            told.append(f"{value!r};")
    return hashlib.sha256("".join(told).encode()).hexdigest()

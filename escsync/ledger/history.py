"""History: does the chain hold, and is everything that it tells of still there and as it was?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, select, type_coerce

from .batches import CHUNK
from .chain import COVERED, REBUILT, Key, link, rows
from .schema import CHAIN, EPOCH, TICK, TRACKERS

_HEAD = (TRACKERS.c.chain_n, TRACKERS.c.chain_link)
_AT = type_coerce(CHAIN.c.at, BigInteger)  # as it is stored, whatever somebody put there
_WHAT = {
    "tickets": "the ticket",
    "observations": "an observation of {0}",
    "messages": "message {0}",
    "pins": "the pinned policy of cycle {0}",
    "effects": "the write {0:.12}",
    "receipts": "the receipt of {0}",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a tracker's history: whoever notes it can prove later that nothing before it was rewritten.

    *rebuilt*: the entries at which the tracker's evidence was read anew.
    """

    tracker: str
    n: int
    link: str
    rebuilt: tuple[tuple[int, datetime], ...] = ()

    def __str__(self) -> str:
        return f"{self.tracker}:{self.n}:{self.link}"


def heads(connection: Connection) -> list[Head]:
    """Where each tracker's history stands."""
    found = []
    known = select(TRACKERS.c.name, *_HEAD).where(TRACKERS.c.chain_n > 0).order_by(TRACKERS.c.name)
    for row in connection.execute(known).all():
        told = CHAIN.c.body.contains(f'"{REBUILT}":', autoescape=True)
        marked = (
            select(CHAIN.c.n, _AT, CHAIN.c.body).where(CHAIN.c.tracker == row.name, told).order_by(CHAIN.c.n)
        )
        anew = tuple(
            (n, EPOCH + at * TICK)
            for n, at, body in connection.execute(marked)
            if isinstance(at, int) and REBUILT in _readable(body)
        )
        found.append(Head(row.name, row.chain_n, row.chain_link, anew))
    return found


def contradicted(connection: Connection, noted: Head) -> str | None:
    """What is wrong with a head *noted* earlier, whose link may be shortened; None where it is still part of the
    history."""
    place = (CHAIN.c.tracker == noted.tracker, CHAIN.c.n == noted.n)
    held = connection.execute(select(CHAIN.c.link).where(*place)).scalar()
    if held is None:
        return f"{noted.tracker}: its history has no entry {noted.n}, whose link was noted earlier"
    if not str(held).startswith(noted.link):
        return (
            f"{noted.tracker}: its history was rewritten: entry {noted.n} has another link than the one noted"
        )
    return None


def problems(connection: Connection) -> Iterator[str]:
    """Every break of a chain, and every row that is not what its chain tells, one sentence each."""
    known = {row.name: row for row in connection.execute(select(TRACKERS.c.name, *_HEAD))}
    names = set(known) | set(connection.execute(select(CHAIN.c.tracker).distinct()).scalars())
    for table in COVERED.values():
        names |= set(connection.execute(select(table.c.tracker).distinct()).scalars())
    for name in sorted(names, key=str):
        walk = _Walk(name)
        yield from walk.along(connection)
        yield from walk.end(known.get(name))
        yield from walk.compared(connection)


@dataclass(slots=True)
class _Walk:
    """A way along one tracker's chain: the last entry's *n* and *link*, and the last hash told of each row."""

    tracker: str
    n: int = 0
    link: str = ""
    told: dict[tuple[str, Key], str] = field(default_factory=dict)

    def along(self, connection: Connection) -> Iterator[str]:
        """Every entry, in order."""
        held = (CHAIN.c.n, _AT, CHAIN.c.pass_id, CHAIN.c.body, CHAIN.c.link)
        statement = select(*held).where(CHAIN.c.tracker == self.tracker).order_by(CHAIN.c.n)
        for n, at, pass_id, body, told in connection.execute(statement.execution_options(yield_per=CHUNK)):
            if not isinstance(n, int):
                yield f"{self.tracker}: an entry of its history has no number"
                continue
            if n != self.n + 1:
                missing = f"entry {self.n + 1}" if n == self.n + 2 else f"entries {self.n + 1} to {n - 1}"
                yield f"{self.tracker}: {missing} of its history {'is' if n == self.n + 2 else 'are'} missing"
            elif link(self.link, self.tracker, n, at, pass_id, body) != told:
                yield f"{self.tracker}: entry {n} of its history was altered"
            self.n, self.link = n, told
            try:
                self.take(_body(body))
            except (ValueError, TypeError, AttributeError, IndexError):
                yield f"{self.tracker}: entry {n} of its history cannot be read"

    def take(self, body: dict[str, Any]) -> None:
        """What an entry tells of each row."""
        anew = body.get(REBUILT, ())
        if anew:
            self.told = {place: digest for place, digest in self.told.items() if place[0] not in anew}
        for name in COVERED:
            for *key, digest in body.get(name, ()):
                self.told[name, tuple(key)] = digest

    def end(self, head: Any) -> Iterator[str]:
        """The tracker's own word of where its history ends."""
        if head is None:
            yield f"{self.tracker}: the tracker's own entry is missing"
        elif head.chain_n != self.n:
            yield f"{self.tracker}: its history ends with entry {self.n}, and should end with entry {head.chain_n}"
        elif head.chain_link != self.link:
            yield f"{self.tracker}: the last entry of its history is not the one that was recorded"

    def compared(self, connection: Connection) -> Iterator[str]:
        """Every row against what was told of it last."""
        for name, table in COVERED.items():
            for key, digest in rows(connection, table, self.tracker):
                told = self.told.pop((name, key), None)
                if told is None:
                    yield f"{self._named(name, key)} is not in the history: escsync did not write it"
                elif told != digest:
                    yield f"{self._named(name, key)} was altered after it was recorded"
        for name, key in self.told:
            yield f"{self._named(name, key)} was recorded and is missing"

    def _named(self, table: str, key: Key) -> str:
        what = _WHAT[table].format(*map(str, key[1:])) if len(key) > 1 else _WHAT[table]
        return f"{self.tracker}:{key[0]}: {what}"


def _readable(text: Any) -> dict[str, Any]:
    try:
        return _body(text)
    except (ValueError, TypeError):
        return {}


def _body(text: Any) -> dict[str, Any]:
    found = json.loads(text)
    if isinstance(found, dict):
        return found
    raise ValueError("an entry is an object")

"""A poll: one look at a tracker, and the rows that it adds to the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert

from escsync.domain.communication import Message, Reading
from escsync.domain.ticket import Ticket

from .batches import put
from .chain import touched

Reader = Callable[[Ticket, Message], Reading]


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at a tracker: *now*, when the *last* one was, and how to *read* a message seen for the first time.

    *ours* is escsync's own account, *by_us* the (ticket, field) pairs that it has just written. *by_id* are tickets
    that were asked for by id: that they came does not prove that they are in scope. *renew*: read known messages
    again whose text is still the one first seen. *text*: keep customers' words.
    """

    tracker: str
    now: datetime
    last: datetime | None
    read: Reader
    ours: str = ""
    by_us: frozenset[tuple[str, str]] = frozenset()
    by_id: frozenset[str] = frozenset()
    renew: bool = False
    text: bool = False


@dataclass(slots=True)
class Observed:
    """Which tickets were *changed*, and which *failed* to be understood, each with where the error arose."""

    changed: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """What one ticket adds to the tables."""

    inserts: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    updates: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def __bool__(self) -> bool:
        return any(self.inserts.values()) or any(self.updates.values())

    def add(self, other: Rows) -> None:
        """Take over what *other* holds."""
        for table, found in other.inserts.items():
            self.inserts[table].extend(found)
        for table, found in other.updates.items():
            self.updates[table].extend(found)

    def write(self, connection: Connection) -> None:
        """Put them into the tables."""
        for table, found in self.inserts.items():
            connection.execute(insert(table), found)
            touched(connection, table, found, new=True)
        for table, found in self.updates.items():
            put(connection, table, found)
            touched(connection, table, found)

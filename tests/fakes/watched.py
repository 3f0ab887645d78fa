"""A ledger's database in memory that tells of its transactions before they begin and once they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from escsync.ledger.database import Database

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86400.0
_JULIAN = 2440587.5
"""1970 began on this day of SQLite's count."""


class Watcher(Protocol):
    """Whoever wants to know."""

    def begins(self, *, writes: bool) -> None:
        """A transaction is about to begin."""

    def kept(self) -> None:
        """One that wrote has been kept."""


class WatchedDatabase(Database):
    """A database whose clock is *now*: nobody else has it, so that its content can be put back."""

    watcher: Watcher | None = None

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__("sqlite:///:memory:")
        with self.engine.connect() as connection:
            self.raw: Any = connection.connection.driver_connection
        self.raw.create_function("julianday", 1, lambda _: (now() - _EPOCH).total_seconds() / _DAY + _JULIAN)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write."""
        if self.watcher is not None:
            self.watcher.begins(writes=True)
        with super().write() as connection:
            yield connection
        if self.watcher is not None:
            self.watcher.kept()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One that only reads."""
        if self.watcher is not None:
            self.watcher.begins(writes=False)
        with super().read() as connection:
            yield connection

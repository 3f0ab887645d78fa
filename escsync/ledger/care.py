"""Care: what is done about the ledger itself: checked, copied, told whole, and made anew from the trackers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from . import history, renewal, soundness, transfer
from .database import Database, clock, lossy
from .history import Head


class Care:
    """The verbs of `escsync ledger`; *write* opens a transaction about one tracker."""

    def __init__(
        self, database: Database, write: Callable[[str], AbstractContextManager[Connection]]
    ) -> None:
        self._database = database
        self._write = write

    @property
    def file(self) -> Path | None:
        """The file that holds the ledger, where it is one."""
        return self._database.path

    def check(self) -> list[str]:
        """What is wrong with the ledger, one sentence each."""
        with self._database.read() as connection:
            return list(soundness.problems(connection))

    def time(self) -> datetime | None:
        """What a database server's clock says; None where the ledger is a file, which has this machine's."""
        if self.file is not None or self._database.url.get_backend_name() == "sqlite":
            return None
        with self._database.read() as connection:
            return clock(connection)

    def forgetful(self) -> list[str]:
        """The settings of a database server by which it may forget what it has confirmed."""
        if self._database.url.get_backend_name() == "sqlite":
            return []
        with self._database.read() as connection:
            return lossy(connection)

    def heads(self) -> list[Head]:
        """Where each tracker's history stands."""
        with self._database.read() as connection:
            return history.heads(connection)

    def contradicted(self, noted: Head) -> str | None:
        """What is wrong with a head that was *noted* earlier; None where it is still part of the history."""
        with self._database.read() as connection:
            return history.contradicted(connection, noted)

    def backup(self, path: Path) -> None:
        """Write a complete copy to *path*, an SQLite file, while passes go on."""
        transfer.backup(self._database, path)

    def export(self, *, text: bool) -> Iterator[str]:
        """Every row as one line of JSON, all as of one instant; *text*: with customers' words, where they are kept."""
        with self._database.read() as connection:
            yield from transfer.lines(connection, text=text)

    def seed(self, new: Care, tracker: str) -> None:
        """Give the empty ledger *new* what only this one knows of *tracker*, and no look at the tracker would tell."""
        with self._database.read() as reading, new._database.write() as writing:
            renewal.seed(reading, writing, tracker)

    def renew(self, new: Care, tracker: str, pass_id: str, at: datetime) -> None:
        """Replace the evidence of *tracker* by what *new* holds, in one transaction."""
        with new._database.read() as reading, self._write(tracker) as writing:
            renewal.renew(reading, writing, tracker, pass_id, at)

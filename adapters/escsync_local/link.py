"""The connection to a local tracker's file, shared by everything that the adapter does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from escsync.adapter import Binding, Denied, Unavailable

from .admin import Admin
from .codec import Codec
from .store import NotATracker, Store
from .tracker import LocalTracker

_T = TypeVar("_T")


class Link:
    """Opens the file when it is first needed: looking what is missing makes none."""

    def __init__(self, binding: Binding) -> None:
        self._binding = binding
        self._calls = 0
        if self.path.exists():
            _ = self._tracker

    @property
    def path(self) -> Path:
        """Where the file is, or will be."""
        path: Path = self._binding.settings.connection.path
        return path

    @property
    def calls(self) -> int:
        """How many transactions were made."""
        return self._calls

    @property
    def time(self) -> datetime | None:
        """The file's clock is the one of this machine; None before it was asked."""
        return self._tracker.clock() if self._calls else None

    def close(self) -> None:
        """Close the file."""
        if "_tracker" in self.__dict__:
            self._tracker.close()

    @cached_property
    def _tracker(self) -> LocalTracker:
        with our_errors(self.path.name):
            return LocalTracker(self.path, self._binding.clock)

    @property
    def _store(self) -> Store:
        return self._tracker.store

    @property
    def _admin(self) -> Admin:
        return Admin(self._store)

    def _call(self, operation: Callable[[], _T], *, safe: bool) -> _T:
        def once() -> _T:
            self._calls += 1
            with our_errors(self.path.name):
                return operation()

        result: _T = self._binding.retry(once, safe=safe)
        return result

    def _codec(self) -> Codec:
        people = self._store.rows("SELECT * FROM people")
        statuses = self._store.rows("SELECT * FROM statuses ORDER BY place")
        return Codec.over(people, statuses, self._binding.vocabulary, self._store.path.resolve().as_uri())


@contextmanager
def our_errors(file: str) -> Iterator[None]:
    """What goes wrong with a file, as one of our errors."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise Unavailable(f"{file}: another program holds the file", executed=False) from error
        raise Denied(
            f"{file}: cannot be used ({error.sqlite_errorname})",
            remedy="look at its permissions and its disk",
        ) from error
    except (sqlite3.DatabaseError, NotATracker) as error:
        raise Denied(
            f"{file}: is not a local tracker", remedy="correct connection.path, or move the file away"
        ) from error

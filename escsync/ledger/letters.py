"""The letterbox: dead letters, kept until what they are about succeeds or is no longer wanted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import fields

from sqlalchemy import Connection, Delete, delete, insert, select

from escsync.domain.letter import Letter

from .batches import put
from .database import Database
from .schema import LETTERS

_COLUMNS = [LETTERS.c[field.name] for field in fields(Letter)]


class Letterbox:
    """The letters of all trackers; *write* is a transaction about one of them."""

    def __init__(
        self, database: Database, write: Callable[[str], AbstractContextManager[Connection]]
    ) -> None:
        self._database = database
        self._write = write

    def of(self, tracker: str) -> list[Letter]:
        """The letters of *tracker*, the oldest first."""
        order = (LETTERS.c.since, LETTERS.c.ticket, LETTERS.c.step)
        statement = select(*_COLUMNS).where(LETTERS.c.tracker == tracker).order_by(*order)
        with self._database.read() as connection:
            return [Letter(*row) for row in connection.execute(statement)]

    def put(self, tracker: str, letters: Collection[Letter], gone: Collection[tuple[str, str]] = ()) -> None:
        """Keep *letters*, each in place of the one before it, and forget those at the places *gone*."""
        if not letters and not gone:
            return
        with self._write(tracker) as connection:
            for place in (*gone, *(letter.place for letter in letters)):
                connection.execute(_at(tracker, place))
            if letters:
                connection.execute(insert(LETTERS), [dict(_row(letter)) for letter in letters])

    def replay(self, tracker: str, letters: Collection[Letter]) -> None:
        """Have the next pass try these again; no tracker is asked now."""
        rows = [{"tracker": tracker, "ticket": one.ticket, "step": one.step, "basis": ""} for one in letters]
        with self._write(tracker) as connection:
            put(connection, LETTERS, rows)


def _at(tracker: str, place: tuple[str, str]) -> Delete:
    ticket, step = place
    return delete(LETTERS).where(
        LETTERS.c.tracker == tracker, LETTERS.c.ticket == ticket, LETTERS.c.step == step
    )


def _row(letter: Letter) -> Iterator[tuple[str, object]]:
    return ((field.name, getattr(letter, field.name)) for field in fields(letter))

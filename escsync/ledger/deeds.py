"""Deeds: the ledger's verbs for what is done to trackers, and its one way of writing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from escsync.domain.effect import Effect

from . import chain, journal, leases
from .database import Database
from .leases import Leases
from .schema import EFFECTS, RECEIPTS


class Deeds:
    """Every effect on a tracker, from its intent to its fate."""

    def __init__(self, database: Database, leases: Leases) -> None:
        self._database = database
        self._leases = leases
        self._passing: dict[str, tuple[str, datetime]] = {}

    @contextmanager
    def _write(self, tracker: str) -> Iterator[Connection]:
        """A transaction about *tracker*: a pass that was overtaken writes nothing."""
        with (
            self._leases.write(tracker) as connection,
            chain.recorded(connection, tracker, *self._passing.get(tracker, ())),
        ):
            yield connection

    def _now(self, tracker: str) -> datetime | None:
        """The instant of the pass under way: what it did is dated by its own clock (decision 1)."""
        return self._passing[tracker][1] if tracker in self._passing else None

    def unfinished(self, tracker: str) -> list[Effect]:
        """The effects of earlier passes whose fate nobody knows."""
        with self._database.read() as connection:
            return list(journal.unfinished(connection, tracker))

    def late(self, tracker: str, now: datetime) -> list[Effect]:
        """The effects that were given up and may still come about."""
        with self._database.read() as connection:
            return list(journal.late(connection, tracker, now))

    def counted(self, tracker: str, tickets: Collection[str]) -> dict[tuple[str, str], int]:
        """How many effects each (ticket, step) has had so far."""
        with self._database.read() as connection:
            return journal.counted(connection, tracker, tickets)

    def troubled(self, tracker: str) -> dict[tuple[str, str], Effect]:
        """Per (ticket, step), the last effect where it did not come about."""
        with self._database.read() as connection:
            return journal.troubled(connection, tracker)

    def claim(self, tracker: str, effects: Sequence[Effect], pass_id: str) -> None:
        """Record, for good, that these are about to be sent."""
        with self._write(tracker) as connection:
            fence = self._leases.fence(tracker)
            journal.claim(connection, effects, pass_id, fence, self._now(tracker))
            _written(connection, effects)

    def settle(self, tracker: str, effects: Iterable[Effect]) -> None:
        """Record what became of them."""
        with self._write(tracker) as connection:
            known = list(effects)
            journal.settle(connection, known, self._now(tracker))
            _written(connection, known)

    def created(self, tracker: str) -> Mapping[str, str]:
        """The records that escsync created: key -> native id."""
        with self._database.read() as connection:
            return journal.created(connection, tracker)

    def receipt(self, tracker: str, key: str, remote_id: str) -> None:
        """Record which record the tracker said it made for *key*, even where another pass has taken over."""
        with self._database.write() as connection:
            leases.take(connection, tracker)
            with chain.recorded(connection, tracker, *self._passing.get(tracker, ())):
                journal.receipt(connection, tracker, key, remote_id, self._leases.fence(tracker))
                chain.touched(connection, RECEIPTS, [{"key": key, "remote_id": remote_id}])

    def receipts(self, tracker: str) -> Mapping[str, tuple[str, ...]]:
        """Per key, the records that the tracker said it made, the first one first."""
        with self._database.read() as connection:
            return journal.receipts(connection, tracker)

    def effects(self, tracker: str, ticket: str) -> list[Effect]:
        """Everything that was done to one ticket, oldest first."""
        with self._database.read() as connection:
            return list(journal.of_ticket(connection, tracker, ticket))


def _written(connection: Connection, effects: Sequence[Effect]) -> None:
    rows = ({"ticket": effect.purpose.ticket, "key": effect.key} for effect in effects)
    chain.touched(connection, EFFECTS, rows)

"""Leases: one pass per tracker at a time, with a number that tells a paused pass that it was overtaken."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BigInteger, ColumnElement, Connection, or_, select, type_coerce, update

from .batches import put_missing
from .database import Database, present
from .errors import Busy, Held, LedgerError, LostLease, Unsure
from .holder import here, known
from .schema import TRACKERS

TTL = timedelta(seconds=60)
"""How long a lease lasts after the last sign of life."""
SPARE = timedelta(seconds=15)
"""How much of a lease is left at least when a request is sent: longer than the request may take."""


@dataclass(slots=True)
class _Lease:
    """A lease that this program has; *until* is by the machine's clock, None where it has none."""

    fence: int
    ttl: timedelta
    until: float | None

    @property
    def spare(self) -> float:
        """The seconds that are to be left: a short lease leaves less."""
        return min(SPARE, self.ttl / 4).total_seconds()


class Leases:
    """The leases that one program has. *clock* is the machine's, in seconds that only go forward: by it alone a lease
    is trusted without asking the database, and where there is none the database is asked each time."""

    def __init__(self, database: Database, clock: Callable[[], float] | None) -> None:
        self._database = database
        self._clock = clock
        self._held: dict[str, _Lease] = {}
        self._renewing = threading.Lock()

    @contextmanager
    def lease(self, tracker: str, pass_id: str, ttl: timedelta) -> Iterator[int]:
        """Have *tracker* alone; Held where a living pass has it."""
        begun = self._now()
        with self._transaction(tracker) as connection:
            fence = acquire(connection, tracker, here(pass_id, os.getpid()).written(), ttl)
        self._held[tracker] = _Lease(fence, ttl, _after(begun, ttl))
        try:
            yield fence
        except BaseException:
            # What ended the pass is to be told, not that the lease has to run out by itself.
            with suppress(LedgerError):
                self._give_back(tracker, fence)
            raise
        self._give_back(tracker, fence)

    @contextmanager
    def write(self, tracker: str) -> Iterator[Connection]:
        """A transaction about *tracker*: its row is taken first, so that no two wait for each other; LostLease where
        this pass was overtaken."""
        begun = self._now()
        held = self._held.get(tracker)
        with self._transaction(tracker) as connection:
            if held is None:
                take(connection, tracker)
            else:
                renew(connection, tracker, held.fence, held.ttl)
            yield connection
        if held is not None:
            held.until = _after(begun, held.ttl)

    def alive(self, tracker: str) -> None:
        """See that the lease outlasts a request that is about to be sent; LostLease where another pass has it, Unsure
        where nobody can tell."""
        held = self._held.get(tracker)
        if held is None:
            return
        with self._renewing:
            now = self._now()
            if now is None or held.until is None or held.until - now < held.spare:
                try:
                    with self.write(tracker):
                        pass
                except LostLease:
                    raise
                except LedgerError as error:
                    raise Unsure(error.message, remedy=error.remedy) from None

    def fence(self, tracker: str) -> int:
        """The number of the lease; 0 without one."""
        held = self._held.get(tracker)
        return held.fence if held is not None else 0

    def _give_back(self, tracker: str, fence: int) -> None:
        del self._held[tracker]
        with self._database.write() as connection:
            release(connection, tracker, fence)

    @contextmanager
    def _transaction(self, tracker: str) -> Iterator[Connection]:
        """One that waits for another program in vain, or is taken from one that was paused in it, has lost its turn."""
        try:
            with self._database.write() as connection:
                yield connection
        except (Held, Unsure):
            raise
        except Busy:
            lost = LostLease if tracker in self._held else Held
            raise lost(tracker, "in the middle of a write") from None
        except LedgerError as error:
            try:
                self._still_ours(tracker)
            except LostLease as lost:
                raise lost from None
            except LedgerError:
                raise error from None
            raise

    def _still_ours(self, tracker: str) -> None:
        """A server may have ended the connection because we were paused for so long: LostLease where we were."""
        held = self._held.get(tracker)
        if held is not None:
            columns = select(TRACKERS.c.fence, TRACKERS.c.holder).where(TRACKERS.c.name == tracker)
            with self._database.read() as connection:
                row = connection.execute(columns).one()
            if row.fence != held.fence:
                raise LostLease(tracker, _named(row.holder))

    def _now(self) -> float | None:
        return self._clock() if self._clock is not None else None


def acquire(connection: Connection, tracker: str, who: str, ttl: timedelta) -> int:
    """Take the lease and return its fencing number; Held where a living pass has it."""
    put_missing(connection, TRACKERS, {"name": tracker})
    mine = TRACKERS.c.name == tracker
    found = connection.execute(select(TRACKERS.c.holder, TRACKERS.c.fence).where(mine)).one()
    free = or_(TRACKERS.c.lease_until.is_(None), TRACKERS.c.lease_until <= present())
    before = known(found.holder)
    if before is not None and before.dead:
        free = or_(free, TRACKERS.c.fence == found.fence)
    taken = connection.execute(
        update(TRACKERS)
        .where(mine, free)
        .values(fence=TRACKERS.c.fence + 1, holder=who, lease_until=_until(ttl))
    )
    row = connection.execute(
        select(TRACKERS.c.holder, TRACKERS.c.fence, TRACKERS.c.lease_until).where(mine)
    ).one()
    if taken.rowcount != 1:
        raise Held(tracker, _named(row.holder), row.lease_until)
    return int(row.fence)


def renew(connection: Connection, tracker: str, fence: int, ttl: timedelta) -> None:
    """Show life; LostLease where another pass has taken over. It is the first statement of every transaction."""
    kept = connection.execute(
        update(TRACKERS)
        .where(TRACKERS.c.name == tracker, TRACKERS.c.fence == fence)
        .values(lease_until=_until(ttl))
    )
    if kept.rowcount != 1:
        who = connection.execute(select(TRACKERS.c.holder).where(TRACKERS.c.name == tracker)).scalar()
        raise LostLease(tracker, _named(who or ""))


def release(connection: Connection, tracker: str, fence: int) -> None:
    """Give the lease back, unless it is another's by now."""
    connection.execute(
        update(TRACKERS)
        .where(TRACKERS.c.name == tracker, TRACKERS.c.fence == fence)
        .values(lease_until=None, holder="")
    )


def take(connection: Connection, tracker: str) -> None:
    """See that the tracker has its row, and let nobody else write about it until this transaction ends."""
    put_missing(connection, TRACKERS, {"name": tracker})
    connection.execute(select(TRACKERS.c.name).where(TRACKERS.c.name == tracker).with_for_update())


def _until(ttl: timedelta) -> ColumnElement[int]:
    return type_coerce(present(), BigInteger) + ttl // timedelta(microseconds=1)


def _after(begun: float | None, ttl: timedelta) -> float | None:
    return None if begun is None else begun + ttl.total_seconds()


def _named(written: str) -> str:
    """A holder as a person is told of it."""
    return str(known(written) or written or "unknown")

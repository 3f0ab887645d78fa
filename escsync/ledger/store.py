"""The ledger, open: one resource with a verb for each thing that a pass or a command needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from escsync.domain.escalation import Record
from escsync.domain.policy import Policy
from escsync.domain.ticket import Heard, Ticket, TicketRef
from escsync.domain.twins import Marks

from . import archive, decisions, outlines, passes, trackers
from .archive import Entry
from .batches import chunks
from .care import Care
from .database import Database
from .decisions import Judgement
from .deeds import Deeds
from .errors import LookBack
from .hearing import hear
from .leases import TTL, Leases
from .letters import Letterbox
from .observation import observe
from .outlines import Outline
from .passes import PassRow
from .poll import Observed, Poll
from .trackers import Sweep, TrackerState


class Ledger(Deeds):
    """What escsync has seen, decided and done. It belongs to one thread, but for `alive`; *text* keeps customers' words.

    *clock* is the machine's, in seconds that only go forward, *ttl* how long a lease lasts after a sign of life.
    """

    def __init__(
        self,
        database: Database,
        *,
        text: bool = False,
        clock: Callable[[], float] | None = None,
        ttl: timedelta = TTL,
    ) -> None:
        super().__init__(database, Leases(database, clock))
        self._ttl = ttl
        self._policies: dict[str, Policy] = {}
        self.letters = Letterbox(database, self._write)
        self.care = Care(database, self._write)
        self.text = text

    @classmethod
    def open(
        cls, url: str, *, text: bool = False, clock: Callable[[], float] | None = None, ttl: timedelta = TTL
    ) -> Self:
        """Open the ledger at *url*, creating it or bringing it up to date."""
        return cls(Database(url), text=text, clock=clock, ttl=ttl)

    def close(self) -> None:
        """Give the connection back."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @contextmanager
    def lease(self, tracker: str, pass_id: str, *, ttl: timedelta | None = None) -> Iterator[int]:
        """Work on *tracker* alone, and yield the fencing number; Held where another pass does."""
        with self._leases.lease(tracker, pass_id, self._ttl if ttl is None else ttl) as fence:
            yield fence

    def alive(self, tracker: str) -> None:
        """See that the lease outlasts the request that is about to be sent; LostLease where another pass has it.

        Any thread may ask; most often no database is.
        """
        self._leases.alive(tracker)

    def state(self, tracker: str) -> TrackerState:
        """What is known of *tracker* as a whole; empty where it was never polled."""
        with self._database.read() as connection:
            return trackers.state(connection, tracker)

    def cursor(self, tracker: str) -> Mapping[str, Any] | None:
        """Where the next incremental pull starts."""
        return self.state(tracker).cursor

    def discovery(self, tracker: str) -> Mapping[str, Any]:
        """What the adapter learnt of the tracker, for `Binding.discovery`."""
        return self.state(tracker).discovery

    def last_pass(self, tracker: str) -> datetime | None:
        """The instant of the last complete poll; a pass at an earlier one is refused."""
        return self.state(tracker).polled_at

    def pause(self, tracker: str, until: datetime | None, why: str = "") -> None:
        """Note until when *tracker* asked to be left alone; a complete poll forgets it, and so does None."""
        with self._write(tracker) as connection:
            trackers.paused(connection, tracker, until, why)

    def discovered(self, tracker: str, discovery: Mapping[str, Any], ours: str) -> None:
        """Keep what the adapter learnt, where it is news."""
        state = self.state(tracker)
        if (dict(state.discovery), state.ours) != (dict(discovery), ours):
            with self._write(tracker) as connection:
                trackers.discovered(connection, tracker, discovery, ours)

    def outline(self, tracker: str) -> Outline | None:
        """The schema of *tracker* as it was last accepted."""
        with self._database.read() as connection:
            return outlines.accepted(connection, tracker)

    def accept(self, tracker: str, parts: Sequence[Any], at: datetime) -> None:
        """Keep *parts*, plain JSON, as the schema that is well as it is."""
        with self._write(tracker) as connection:
            outlines.accept(connection, tracker, parts, at)

    def swept(self, tracker: str, now: datetime, sweep: Sweep) -> None:
        """Note what is gone and what left the scope, before anything is judged."""
        with self._write(tracker) as connection:
            trackers.swept(connection, tracker, now, sweep)

    def polled(self, tracker: str, cursor: Mapping[str, Any] | None, now: datetime, sweep: Sweep) -> None:
        """Close a complete poll, the cursor last."""
        with self._write(tracker) as connection:
            trackers.polled(connection, tracker, cursor, now, sweep)

    def watch(self, tracker: str) -> list[TicketRef]:
        """One open ticket per owner, so that a deactivation is seen, and the open ones outside the scope."""
        with self._database.read() as connection:
            return trackers.watch(connection, tracker)

    def refs(self, tracker: str, *, open_only: bool = True, outside: bool | None = None) -> list[TicketRef]:
        """The tickets that are known and not gone; *outside*: only those outside (or inside) the scope."""
        with self._database.read() as connection:
            return trackers.known(connection, tracker, open_only=open_only, outside=outside)

    def observe(self, poll: Poll, tickets: Sequence[Ticket]) -> Observed:
        """Keep a page of tickets, in one transaction; an unchanged ticket writes no row."""
        with self._write(poll.tracker) as connection:
            return observe(connection, replace(poll, text=self.text), tickets)

    def hear(self, poll: Poll, heard: Sequence[Heard]) -> Observed:
        """Keep the messages that tickets were asked for, in one transaction."""
        with self._write(poll.tracker) as connection:
            return hear(connection, replace(poll, text=self.text), heard)

    def entries(
        self, tracker: str | None = None, *, ids: Collection[str] | None = None, open_only: bool = False
    ) -> Iterator[Entry]:
        """Records with what was concluded of them; with *open_only* the *ids* come beside the open ones."""
        with self._database.read() as connection:
            found = archive.keys(connection, tracker, ids=ids, open_only=open_only)
        by_tracker: dict[str, list[str]] = defaultdict(list)
        for name, ticket in found:
            by_tracker[name].append(ticket)
        for name, tickets in by_tracker.items():
            for batch in chunks(tickets, archive.PAGE):
                yield from self._page(name, batch)

    def _page(self, tracker: str, ids: Sequence[str]) -> list[Entry]:
        with self._database.read() as connection:

            def pinned(version: str) -> Policy:
                if version not in self._policies:
                    self._policies[version] = decisions.policy(connection, version)
                return self._policies[version]

            return list(archive.entries(connection, tracker, ids, pinned))

    def records(self, tracker: str | None = None, *, ids: Collection[str] | None = None) -> Iterator[Record]:
        """What list, status, show and explain assess; no tracker is asked."""
        for entry in self.entries(tracker, ids=ids):
            yield entry.record

    def earlier(self) -> Mapping[str, tuple[tuple[datetime, str], ...]]:
        """Per account, when its escalations were identified, each with its id: for `World.earlier`."""
        with self._database.read() as connection:
            return decisions.earlier(connection)

    def marks(self) -> Marks:
        """What tells the known escalations apart: for `World.marks`."""
        with self._database.read() as connection:
            return decisions.marks(connection)

    def judged(self, tracker: str, policy: Policy, now: datetime, judgements: Sequence[Judgement]) -> None:
        """Keep what assessments mean, and *policy* for each cycle that is new."""
        if judgements:
            with self._write(tracker) as connection:
                decisions.keep(connection, tracker, policy, now, judgements)

    def begin(self, tracker: str, pass_id: str, kind: str, at: datetime) -> None:
        """Record that a pass starts; LookBack where *at* lies before the last poll."""
        last = self.last_pass(tracker)
        if last is not None and at < last:
            raise LookBack(tracker, at, last)
        self._passing[tracker] = (pass_id, at)
        with self._write(tracker) as connection:
            passes.begin(connection, tracker, pass_id, kind, at)

    def finish(
        self,
        tracker: str,
        pass_id: str,
        *,
        ok: bool,
        counts: Mapping[str, int],
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """Record how a pass ended."""
        with self._write(tracker) as connection:
            passes.finish(connection, tracker, pass_id, ok, counts, errors)

    def passes(self, tracker: str, *, limit: int = 10) -> list[PassRow]:
        """The last passes, newest first."""
        with self._database.read() as connection:
            return passes.last(connection, tracker, limit)

    def check(self) -> list[str]:
        """What is wrong with the ledger, one sentence each."""
        return self.care.check()

    def backup(self, path: Path) -> None:
        """Write a complete copy to *path* while passes go on."""
        self.care.backup(path)

"""Gathering: pulling what changed into the ledger, and finding out what became of what did not come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from escsync.adapter import (
    Cursor,
    Denied,
    Level,
    Problem,
    Rejected,
    Scoped,
    Ticket,
    TicketRef,
    TrackerError,
    Vanished,
)
from escsync.domain.effect import Effect
from escsync.ledger.trackers import Sweep, TrackerState

from .looking import fingerprint, observe, read
from .outcome import Failure, Pass, failure_of
from .recovering import doubtful, ours, settle

_SWEPT_EVERY = timedelta(hours=24)
"""How often everything is looked at: increments do not show what left the scope, or was deleted."""
_WHOLE = {"owner", "stage", "scope"}
"""Without these nothing can be judged: the tracker fails as a whole (decision 78)."""


@dataclass(slots=True)
class Gathered:
    """What a pull brought: *pulled* ids, the *unreadable* ones, and whether the tracker is *lost* as a whole. *unseen*
    are tickets that an earlier pass could not read, and that have not changed since.

    *live* are the pulled tickets as they stand, kept only where reading them again costs a call each. *swept*:
    everything was looked at; *renew*: what is known is to be read anew. *poll* is how the poll is to be closed.
    """

    pulled: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    errors: list[Failure] = field(default_factory=list)
    unseen: set[str] = field(default_factory=set)
    lost: bool = False
    live: dict[str, Ticket] = field(default_factory=dict)
    swept: bool = False
    renew: bool = False
    poll: tuple[Cursor | None, Sweep] | None = None

    def close(self, one: Pass) -> None:
        """Save the cursor, last of all: what broke off before it is made again."""
        if self.poll is not None and not self.lost:
            cursor, sweep = self.poll
            one.ledger.polled(one.tracker, cursor, one.now, sweep)

    def lose(self, code: str, message: str, remedy: str) -> None:
        """Nothing can be said about the tracker now."""
        self.lost = True
        self.errors.append(Failure("", "", code, message, remedy))


def gather(one: Pass, *, full: bool) -> Gathered:
    """Pull into the ledger; the caller closes the poll when all that hangs on it is done."""
    state = one.ledger.state(one.tracker)
    mark = fingerprint(one)
    renew = bool(state.fingerprint) and state.fingerprint != mark
    stale = state.swept_at is None or one.now - state.swept_at >= _SWEPT_EVERY
    cursor = None if full or renew or stale else state.cursor
    watch = () if cursor is None else tuple(one.ledger.watch(one.tracker))
    gathered = Gathered(swept=cursor is None, renew=renew)
    watched = frozenset(ref.id for ref in watch)
    open_effects = one.ledger.unfinished(one.tracker), one.ledger.late(one.tracker, one.now)
    look = _Look(one, gathered, state, renew, watched, *open_effects)
    try:
        after = look.pull(cursor, watch)
        if gathered.lost:
            return gathered
        one.ledger.discovered(one.tracker, one.adapter.discovery, one.adapter.me)
        gone = look.follow(swept=cursor is None)
    except (Denied, Vanished) as error:
        gathered.lose(error.code or "PERMISSION_LOST", error.message, error.remedy or _REMEDY)
        return gathered
    except TrackerError as error:
        gathered.lost = True
        gathered.errors.append(failure_of(error))
        return gathered
    if not gathered.lost:
        if gone or look.left:
            one.ledger.swept(one.tracker, one.now, Sweep(gone=gone, left=sorted(look.left)))
        gathered.poll = (after if after is not None else cursor, Sweep(mark, cursor is None))
    return gathered


_REMEDY = "give escsync's account the right to see the tickets again; nothing known of them is lost"


@dataclass(slots=True)
class _Look:
    """One look at the tracker under way. *left* are tickets that are there and no longer in scope, *deleted* those
    that the tracker itself calls so."""

    one: Pass
    gathered: Gathered
    state: TrackerState
    renew: bool
    watched: frozenset[str]
    unsettled: Sequence[Effect] = ()
    late: Sequence[Effect] = ()
    seen: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef]) -> Cursor | None:
        """Observe each page in a transaction of its own; where to go on after the last."""
        last: Cursor | None = None
        for page in self.one.adapter.pull(cursor, watch):
            # What is believed of a ticket hangs on whether its fields are still what they were.
            for problem in page.problems:
                self.drift(problem)
            if self.gathered.lost:
                return None
            self.keep(page.tickets, by_id=self.watched)
            for bad in page.unreadable:
                self.fail(
                    Failure(
                        f"{self.one.tracker}:{bad.ref.id}", bad.ref.key, "UNREADABLE", bad.message, bad.remedy
                    )
                )
                self.gathered.unreadable.add(bad.ref.id)
            self.deleted |= {ref.id for ref in page.gone}
            if self.one.adapter.capabilities.read_batch == 1:
                self.gathered.live |= {ticket.id: ticket for ticket in page.tickets}
            last = page.cursor
            self.one.progress("reading", len(self.seen))
        return last

    def keep(self, tickets: Sequence[Ticket], *, by_id: Iterable[str] | None = None) -> None:
        """Observe tickets; one that was only watched and has not changed does not count as pulled."""
        # What a pass that died had written is ours, whoever sees it first: nobody else's change, and no reopening.
        possible = [*self.unsettled, *self.late]
        by_us = ours(possible, tickets) if possible else frozenset()
        changed, failures = observe(self.one, tickets, by_us=by_us, by_id=by_id, renew=self.renew)
        for ticket in tickets:
            self.seen.add(ticket.id)
            if ticket.id in changed or ticket.id not in self.watched:
                self.gathered.pulled.add(ticket.id)
        for failure in failures:
            self.fail(failure)
            self.gathered.unreadable.add(failure.id.partition(":")[2])

    def fail(self, failure: Failure) -> None:
        """Note a failure once."""
        if failure not in self.gathered.errors:
            self.gathered.errors.append(failure)

    def drift(self, problem: Problem) -> None:
        """A part of the tracker's schema is gone: what still holds is used, unless it is what everything hangs on."""
        if problem.level is not Level.FAIL:
            return
        self.fail(
            Failure("", "", problem.code or "DRIFT", f"{problem.subject}: {problem.message}", problem.remedy)
        )
        name = problem.subject.removeprefix("fields.")
        if problem.code == "DRIFT" and (name in _WHOLE or name.startswith("scope.")):
            self.gathered.lost = True

    def follow(self, *, swept: bool) -> list[str]:
        """Read by id what did not come although something hangs on it; the ids that no longer exist.

        Only reading by id proves that a ticket is gone, and only where the tracker still shows others.
        """
        known = {ref.id: ref for ref in self.one.ledger.refs(self.one.tracker)}
        deleted = self.deleted & known.keys() - self.seen
        missing = {i: ref for i, ref in self.missing(known, swept).items() if i not in deleted}
        wanted = [known[i] for i in sorted(missing)]
        wanted += [known.get(i, TicketRef(i)) for i in sorted(doubtful(self.unsettled) - missing.keys())]
        live, errors = read(self.one, wanted)
        for native, error in errors.items():
            if not isinstance(error, Rejected):
                raise error
            ref = known.get(native, TicketRef(native))
            self.fail(
                Failure(f"{self.one.tracker}:{native}", ref.key, "UNREADABLE", error.message, error.remedy)
            )
            self.gathered.unreadable.add(native)
        self.keep(list(live.values()))
        gone = [i for i in missing if i not in live and i not in errors]
        if (
            gone
            and not live
            and not (self.seen or deleted or self.gathered.unreadable)
            and self.blind(len(known))
        ):
            self.gathered.lose("PERMISSION_LOST", "none of the known tickets can be seen any more", _REMEDY)
            return []
        if swept:
            self.left |= self.outside([ref for i, ref in missing.items() if i in live])
        settle(self.one, self.unsettled, live)
        return [*gone, *sorted(deleted)]

    def outside(self, refs: Sequence[TicketRef]) -> set[str]:
        """Which of these, that a sweep did not bring, have left the scope, rather than been missed by a search."""
        absent, adapter = {ref.id for ref in refs}, self.one.adapter
        return absent - set(adapter.inside(refs)) if refs and isinstance(adapter, Scoped) else absent

    def missing(self, known: dict[str, TicketRef], swept: bool) -> dict[str, TicketRef]:
        """Open tickets that should have come: all of them in a sweep, else those outside the scope."""
        came = self.seen | self.gathered.unreadable
        if swept:
            return {i: ref for i, ref in known.items() if i not in came}
        outside = self.one.ledger.refs(self.one.tracker, outside=True)
        return {ref.id: ref for ref in outside if ref.id not in came}

    def blind(self, known: int) -> bool:
        """Everything is gone at once: is that the permission? One single ticket may be deleted; then we ask."""
        return known > 1 or any(problem.level is Level.FAIL for problem in self.one.adapter.check())

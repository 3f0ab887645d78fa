"""Rebuilding: a tracker read anew into an empty ledger, and what is no longer known because of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from escsync.adapter import Rejected, TicketRef
from escsync.domain.assess import assess
from escsync.domain.assessment import Assessment
from escsync.domain.escalation import Record, World, escalations
from escsync.domain.plan import Plan
from escsync.domain.policy import Policy
from escsync.ledger.trackers import Sweep

from .gathering import Gathered, gather
from .looking import observe, read
from .outcome import Outcome, Pass, failure_of

if TYPE_CHECKING:
    from escsync.ledger import Ledger

_REMEDY = "give escsync's account the right to see the tickets again, or see that this is the right tracker"

Proof: TypeAlias = tuple[str, str]
"""A clock's verdict and the grade of its evidence."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A clock that is judged otherwise by what the tracker still tells; None where one of the two does not have it."""

    id: str
    key: str
    clock: str
    cycle: int
    before: Proof | None
    after: Proof | None


@dataclass(frozen=True, slots=True)
class Before:
    """What the ledger before says of a tracker: its escalations, and the ids of those it could not say."""

    found: Mapping[str, Assessment]
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it. *before* is None where the ledger before could not be read at all; *history*: the tracker
    records who changed what and when."""

    outcome: Outcome
    now: Mapping[str, Assessment]
    before: Before | None
    history: bool = True

    @property
    def whole(self) -> bool:
        """Did the tracker show all that it has? One ticket that cannot be read stops no other."""
        return not self.outcome.lost and all(error.id for error in self.outcome.errors)

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """The clocks whose verdict or grade is another one."""
        return tuple(_shifts(self.before.found, self.now)) if self.before else ()

    @property
    def gone(self) -> tuple[Assessment, ...]:
        """The escalations that the tracker does not show any more."""
        found = self.before.found if self.before else {}
        return tuple(one for id, one in found.items() if id not in self.now)


def rebuild(one: Pass, known: Sequence[TicketRef] = ()) -> Outcome:
    """Read the whole tracker into the pass's ledger, which is empty, and judge it; nothing is written to the tracker.

    Tickets *known* before that do not come by themselves are asked for by id.
    """
    from . import _judged, _passed

    def work(outcome: Outcome) -> None:
        gathered = gather(one, full=True)
        if not gathered.lost:
            _follow(one, gathered, known)
        _judged(one, gathered, outcome)
        outcome.plan = Plan()

    return _passed(one, "rebuild", work)


def said(ledger: Ledger, tracker: str, world: World, policy: Policy, now: datetime) -> Before:
    """What *ledger* says of every escalation of *tracker*; what is damaged there hides nothing else."""
    found: dict[str, Assessment] = {}
    unreadable: list[str] = []

    def judge(records: Iterable[Record]) -> None:
        for record in records:
            for escalation in escalations(record, world, policy, now):
                assessed = assess(escalation, policy, now)
                found[assessed.id] = assessed

    try:
        judge(ledger.records(tracker))
    except Exception:  # noqa: BLE001  whatever is wrong in it: then each is tried by itself
        for ref in ledger.refs(tracker, open_only=False):
            try:
                judge(ledger.records(tracker, ids=[ref.id]))
            except Exception:  # noqa: BLE001  as above; it is named
                unreadable.append(f"{tracker}:{ref.id}")
    return Before(found, tuple(unreadable))


def _follow(one: Pass, gathered: Gathered, known: Sequence[TicketRef]) -> None:
    """What is open and left the scope is followed all the same; its leaving is dated by this pass."""
    missing = [ref for ref in known if ref.id not in gathered.pulled | gathered.unreadable]
    live, errors = read(one, missing)
    for ref in missing:
        error = errors.get(ref.id)
        if error is not None and not isinstance(error, Rejected):
            raise error
        if error is not None:
            gathered.errors.append(failure_of(error, f"{one.tracker}:{ref.id}", ref.key))
            gathered.unreadable.add(ref.id)
    if known and not (live or gathered.pulled or gathered.unreadable):
        gathered.lose("PERMISSION_LOST", "none of the known tickets can be seen any more", _REMEDY)
    if live:
        _, failures = observe(one, list(live.values()))
        gathered.errors += failures
        gathered.pulled |= live.keys()
        one.ledger.swept(one.tracker, one.now, Sweep(left=sorted(live)))


def _shifts(before: Mapping[str, Assessment], now: Mapping[str, Assessment]) -> Iterator[Shift]:
    for id, old in before.items():
        new = now.get(id)
        if new is None:
            continue
        was, is_now = _proofs(old), _proofs(new)
        for clock, cycle in {**was, **is_now}:
            pair = was.get((clock, cycle)), is_now.get((clock, cycle))
            if pair[0] != pair[1]:
                yield Shift(id, new.key, clock, cycle, *pair)


def _proofs(found: Assessment) -> dict[tuple[str, int], Proof]:
    return {
        (clock.name, clock.cycle): (clock.verdict.value, clock.grade.value if clock.grade else "")
        for clock in found.clocks
    }

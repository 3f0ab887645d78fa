"""Cycles: an escalation begins when it is identified, and again whenever it is reopened (D3, D21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .evidence import Evidence, Grade, moment, whole_day
from .fields import Stage
from .people import end_of_day
from .policy import Policy
from .record import Record
from .ticket import Fact, History, Status


@dataclass(frozen=True, slots=True)
class Cycle:
    """One run through the five steps, from *start* to *end* (None: still going on).

    *number* counts within the escalation, *ordinal* over the ticket's whole life (policies are pinned by it).
    *closed* is the status change that closed it, *slips* are moves undone at once by the same person.
    """

    number: int
    ordinal: int
    start: Evidence
    end: datetime | None = None
    closed: Fact | None = None
    reopened: Fact | None = None
    undone: tuple[Fact, ...] = ()
    """Closings that escsync itself took back (CLO-6)."""
    slips: tuple[Fact, ...] = ()


def is_closed(status: object) -> bool:
    """Is this status a closing one: mapped to `closed`, or unmapped and done by the tracker's own word?"""
    if not isinstance(status, Status):
        return False
    return status.stage is Stage.CLOSED or (status.stage is None and status.done)


def identified(record: Record, history: Mapping[str, History], policy: Policy) -> Evidence:
    """When anybody in the company identified it: the earliest of entry into scope, confirmation and a typed
    instant; a typed later one is ignored (D3, decision 23)."""
    base = record.ticket.entered_at or Evidence(record.ticket.created_at, source="created")
    stages = history.get("stage", ())
    if stages and isinstance(stages[0].value, Status) and stages[0].value.stage is Stage.CANDIDATE:
        confirmed = next(
            (f for f in stages if isinstance(f.value, Status) and f.value.stage is not Stage.CANDIDATE), None
        )
        if confirmed is not None and confirmed.when.at > base.at:
            base = confirmed.when
    for fact in history.get("identified_at", ()):
        typed = typed_instant(fact, policy)
        if typed is not None and typed < base.at:
            base = Evidence(typed, None, Grade.C, "identified_at")
    return base


def typed_instant(fact: Fact, policy: Policy) -> datetime | None:
    """The instant a typed field names; a bare day means its last second in the policy zone."""
    day = whole_day(fact.value)
    return moment(fact.value) if day is None else end_of_day(day, policy.zone)


def ruling(record: Record, policy: Policy, ordinal: int) -> Policy:
    """The policy that judges the cycle: the one pinned when it began, unless all follow the current one (D23)."""
    pinned = record.pins.get(ordinal)
    return policy if pinned is None or policy.apply_to == "all" else pinned


def chapters(
    record: Record, history: Mapping[str, History], policy: Policy, now: datetime
) -> tuple[tuple[Cycle, ...], ...]:
    """The ticket's cycles, grouped by escalation: a reopening after the window begins a new group.

    Each cycle ends as the policy says under which it began, so that a new policy never moves an old border.
    """
    rules = ruling(record, policy, 1)
    walk = _Walk(identified(record, history, rules))
    facts = history.get("stage", ())
    slip = -1
    for i, fact in enumerate(facts):
        if i == slip:
            walk.slips.append(fact)
        elif _slipped(facts, i, rules):
            slip = i + 1
        elif is_closed(fact.value):
            walk.closed = walk.closed or fact
        elif walk.closed is None or fact.when.at <= walk.start.at:
            walk.closed = None
        elif isinstance(fact.value, Status) and fact.value.stage in (Stage.REJECTED, Stage.DUPLICATE):
            continue  # a closed one that is set aside is not reopened
        elif fact.actor is not None and record.ours and fact.actor.id == record.ours:
            walk.undone.append(walk.closed)
            walk.closed = None
        else:
            walk.reopen(fact, fact.when.at - walk.closed.when.at > rules.lifecycle.reopen_window.elapsed)
            rules = ruling(record, policy, walk.ordinal)
    walk.groups[-1].append(walk.cycle(None))
    return tuple(tuple(group) for group in walk.groups)


@dataclass(slots=True)
class _Walk:
    """Where a walk along the status changes stands."""

    start: Evidence
    groups: list[list[Cycle]] = field(default_factory=lambda: [[]])
    closed: Fact | None = None
    reopened: Fact | None = None
    undone: list[Fact] = field(default_factory=list)
    slips: list[Fact] = field(default_factory=list)
    ordinal: int = 1

    def cycle(self, end: datetime | None) -> Cycle:
        """The cycle under way, ended at *end*."""
        undone, slips = tuple(self.undone), tuple(self.slips)
        number = len(self.groups[-1]) + 1
        return Cycle(number, self.ordinal, self.start, end, self.closed, self.reopened, undone, slips)

    def reopen(self, fact: Fact, anew: bool) -> None:
        """End the cycle and begin the next, of the same escalation or *anew*."""
        self.groups[-1].append(self.cycle(fact.when.at))
        if anew:
            self.groups.append([])
        self.start, self.closed, self.reopened = fact.when, None, fact
        self.undone, self.slips = [], []
        self.ordinal += 1


def ordinals(record: Record, policy: Policy, now: datetime) -> tuple[int, ...]:
    """The ordinals of the cycles that have begun by *now*: what the ledger pins policies for."""
    history = {
        name: tuple(f for f in record.ticket.history.get(name, ()) if f.when.at <= now)
        for name in ("stage", "identified_at")
    }
    return tuple(cycle.ordinal for group in chapters(record, history, policy, now) for cycle in group)


def _slipped(facts: History, i: int, rules: Policy) -> bool:
    """Do the facts *i* and *i + 1* undo each other: closed and reopened, or reopened and closed again, by the same
    person within minutes? (decision 64)"""
    if not 0 < i < len(facts) - 1:
        return False
    before, fact, after = facts[i - 1], facts[i], facts[i + 1]
    crosses = is_closed(before.value) != is_closed(fact.value) != is_closed(after.value)
    same = fact.actor is not None and after.actor is not None and fact.actor.id == after.actor.id
    return crosses and same and after.when.at - fact.when.at <= rules.lifecycle.slip.elapsed

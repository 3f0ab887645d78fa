"""Cycles: an escalation begins when it is identified, and again whenever it is reopened (D3, D21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from .evidence import Evidence, Grade
from .fields import Stage
from .people import end_of_day
from .policy import Policy
from .ticket import Fact, History, Status

if TYPE_CHECKING:
    from .escalation import Record


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
    match fact.value:
        case datetime():
            return fact.value
        case date():
            return end_of_day(fact.value, policy.zone)
        case _:
            return None


def chapters(
    record: Record, history: Mapping[str, History], policy: Policy, now: datetime
) -> tuple[tuple[Cycle, ...], ...]:
    """The ticket's cycles, grouped by escalation: a reopening after the window begins a new group."""
    start = identified(record, history, policy)
    groups: list[list[Cycle]] = [[]]
    closed: Fact | None = None
    undone: list[Fact] = []
    slips: list[Fact] = []
    reopened: Fact | None = None
    ordinal = 1
    for fact, slip in _moves(history.get("stage", ()), policy):
        if slip:
            slips.append(fact)
            continue
        if is_closed(fact.value):
            closed = closed or fact
            continue
        if closed is None or fact.when.at <= start.at:
            closed = None
            continue
        if fact.actor is not None and record.ours and fact.actor.id == record.ours:
            undone.append(closed)
            closed = None
            continue
        groups[-1].append(
            Cycle(
                len(groups[-1]) + 1,
                ordinal,
                start,
                fact.when.at,
                closed,
                reopened,
                tuple(undone),
                tuple(slips),
            )
        )
        if fact.when.at - closed.when.at > policy.lifecycle.reopen_window.elapsed:
            groups.append([])
        start, closed, undone, slips, reopened = fact.when, None, [], [], fact
        ordinal += 1
    groups[-1].append(
        Cycle(len(groups[-1]) + 1, ordinal, start, None, closed, reopened, tuple(undone), tuple(slips))
    )
    return tuple(tuple(group) for group in groups)


def ordinals(record: Record, policy: Policy, now: datetime) -> tuple[int, ...]:
    """The ordinals of the cycles that have begun by *now*: what the ledger pins policies for."""
    history = {"stage": tuple(f for f in record.ticket.history.get("stage", ()) if f.when.at <= now)}
    return tuple(cycle.ordinal for group in chapters(record, history, policy, now) for cycle in group)


def _moves(facts: History, policy: Policy) -> list[tuple[Fact, bool]]:
    """Each status fact, and whether it is half of a slip: closed and reopened, or reopened and closed again, by
    the same person within minutes (decision 64)."""
    limit = policy.lifecycle.slip.elapsed
    slipped: set[int] = set()
    for i in range(1, len(facts) - 1):
        before, fact, after = facts[i - 1], facts[i], facts[i + 1]
        crosses = is_closed(before.value) != is_closed(fact.value) != is_closed(after.value)
        same = fact.actor is not None and after.actor is not None and fact.actor.id == after.actor.id
        quick = after.when.at - fact.when.at <= limit
        if crosses and same and quick and i not in slipped:
            slipped |= {i, i + 1}
    return [(fact, i in slipped) for i, fact in enumerate(facts)]

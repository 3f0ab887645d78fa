"""Judging a clock: a deadline against the evidence, inclusive and only by what is proven (D22, D25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from .assessment import Clock, Segment, Verdict
from .calendar import add, add_days
from .case import Case, Typed
from .duration import Duration, spoken
from .evidence import Evidence, Grade
from .fields import ENDED, Stage
from .people import end_of_day
from .timing import ClockRule

PROCESS, DERIVED = "process", "derived"
_SIDE_EXITS = frozenset({Stage.REJECTED, Stage.DUPLICATE, Stage.WITHDRAWN})
_STRADDLES = "first seen in an interval that contains the deadline"


@dataclass(frozen=True, slots=True)
class Met:
    """What stopped a clock: the record *when*, in words *what*, and for a typed instant its *typed* value and
    *field*."""

    when: Evidence
    what: str
    typed: Typed | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What started a clock, in words, and whether the process or we named its time."""

    when: Evidence
    what: str
    source: str = PROCESS


def timed(
    case: Case,
    name: str,
    rule: ClockRule,
    anchor: Anchor,
    met: Met | None,
    *,
    within: Duration | None = None,
    cap: datetime | None = None,
    needs: tuple[str, ...] = (),
) -> Clock:
    """A clock that runs for its rule's time (or *within*) from its anchor, and no later than *cap*."""
    length, start = within or rule.within or Duration(), anchor.when.at
    if length.days or length.months:
        due = add_days(start, length, case.zone)
        segments: tuple[Segment, ...] = (Segment(start, due, True, f"calendar days in {case.zone.key}"),)
    else:
        due, segments = add(start, length, rule.calendar, case.policy.calendars)
    if cap is not None and cap < due:
        due, segments = cap, (Segment(start, max(cap, start), True, "no later than the deadline before it"),)
    return dated(case, name, rule, anchor, met, due, segments, needs)


def dated(
    case: Case,
    name: str,
    rule: ClockRule,
    anchor: Anchor,
    met: Met | None,
    due: datetime,
    segments: tuple[Segment, ...],
    needs: tuple[str, ...] = (),
) -> Clock:
    """A clock with a given deadline, judged. *needs* are the fields without which nobody can say it is late."""
    waiver = case.escalation.waiver(name, case.cycle.number)
    at, evidence, grade = None, "", anchor.when.grade
    if met is None:
        verdict, detail = _open(case, due, needs)
    else:
        verdict, at, detail = _closed(case, due, met)
        evidence = f"{met.what} ({met.when.source})" if met.when.source else met.what
        # A typed identification only ever shortens our own time, so it does not weaken what is proven.
        grade = met.when.grade if grade is Grade.C else max(grade, met.when.grade)
    return Clock(
        name=name,
        cycle=case.cycle.number,
        anchor_at=anchor.when.at,
        due_at=due,
        verdict=Verdict.WAIVED if waiver else verdict,
        source=anchor.source,
        anchor=anchor.what,
        met_at=at,
        grade=grade,
        evidence=evidence,
        detail=waiver or detail,
        soon_at=_soon(anchor.when.at, due, rule),
        segments=segments,
        policy_version=case.policy.version,
    )


def _soon(start: datetime, due: datetime, rule: ClockRule) -> datetime:
    """When the last part of the time begins (decision 29)."""
    share, lead = _lead(rule.due_soon)
    before = (due - start) * share if lead is None else lead
    return (due - max(before, timedelta())).replace(microsecond=0)


@lru_cache(maxsize=64)
def _lead(text: str) -> tuple[float, timedelta | None]:
    bare = text.strip()
    return (float(bare[:-1]) / 100, None) if bare.endswith("%") else (0.0, Duration.parse(bare).elapsed)


def _open(case: Case, due: datetime, needs: tuple[str, ...]) -> tuple[Verdict, str]:
    """How a clock stands that nothing has stopped."""
    if case.now <= due:
        over = not case.current or case.status.stage in ENDED
        return (Verdict.NOT_APPLICABLE if over else Verdict.RUNNING), ""
    if case.status.stage in _SIDE_EXITS:
        return Verdict.NOT_APPLICABLE, ""
    hidden = [name for name in needs if not case.escalation.readable(name)]
    if hidden:
        return Verdict.INDETERMINATE, f"{', '.join(hidden)} cannot be read"
    return Verdict.BREACHED, f"overdue by {spoken(case.now - due)}"


def _closed(case: Case, due: datetime, met: Met) -> tuple[Verdict, datetime, str]:
    """How a clock stands that something stopped; an interval that straddles the deadline proves nothing (D5)."""
    when, typed = met.when, met.typed
    at = when.at if typed is None else typed.value
    if typed is not None and typed.day:  # a bare day is compared by day, inclusive (D2)
        due = max(due, end_of_day(due.astimezone(case.zone).date(), case.zone))
    if at <= due < when.at:
        if when.after is not None and when.after < due:
            return Verdict.INDETERMINATE, at, _STRADDLES
        first = case.in_time(met.field, due)
        if first is None:
            return Verdict.UNPROVEN, at, "typed before the deadline, recorded after it"
        at = first.value
    if typed is None and when.after is not None and when.after < due < at:
        return Verdict.INDETERMINATE, at, _STRADDLES
    if at > due:
        return Verdict.BREACHED, at, f"late by {spoken(at - due)}"
    if when.grade.rank > case.policy.evidence.min_grade.rank:
        return Verdict.UNPROVEN, at, f"only grade {when.grade} evidence"
    return Verdict.MET, at, f"with {spoken(due - at)} to spare"

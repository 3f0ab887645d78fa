"""CLO and LRN-1..LRN-9: closing personally, checking in, and what was learnt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from ..assessment import Clock, Verdict
from ..case import Case
from ..catalogue import finding
from ..communication import MessageKind
from ..contacts import Contacts
from ..evidence import moment, whole_day
from ..fields import BREAKDOWN_POINTS, ROOT_CAUSES, STEPS, Stage
from ..findings import Finding
from ..missing import blank
from ..people import Role
from ..stage import unmet
from ..ticket import Status
from ..timeline import show


def closing(case: Case, told: Contacts, clocks: dict[str, Clock]) -> Iterator[Finding]:
    """CLO-1, CLO-2 and LRN-1..LRN-9."""
    cycle, closed = case.cycle.number, case.closed
    implemented = case.typed("implemented_at")
    for contact in told.human:
        if contact.kind is not MessageKind.CLOSURE:
            continue
        if implemented is None or contact.at < implemented.value:
            yield finding(
                "CLOSURE_COMM_EARLY", cycle, contact.at, "sent before the resolution was implemented"
            )
        if not contact.personal:
            yield finding(
                "CLOSURE_IMPERSONAL", cycle, contact.at, "signed by a team, or a slot left unfilled"
            )
    cause = case.fact("root_cause")
    if cause is not None and cause.value not in ROOT_CAUSES:
        yield finding("ROOT_CAUSE_INVALID", cycle, cause.when.at, "none of the six causes")
    if closed is None:
        return
    since = closed.when.at
    if case.escalation.readable("implemented_at") and (implemented is None or implemented.value > since):
        yield finding("CLOSED_NOT_IMPLEMENTED", cycle, since, "closed before implementation was recorded")
    said = told.closure(implemented.value if implemented else None)
    if said is None and case.escalation.readable("messages"):
        unsure = any(c.kind is MessageKind.CLOSURE and c.closure_lacks for c in told.human)
        detail = (
            "the closure message does not confirm completion" if unsure else "no closure message on record"
        )
        yield finding("CLOSURE_COMM_MISSING", cycle, since, detail)
    yield from _learnt(case, since)
    if case.cycle.undone and (implemented is None or any(unmet(case, told, clocks, s) for s in STEPS[:4])):
        yield finding("ENFORCEMENT_DISPUTED", cycle, since, "closed again by a person")


def _learnt(case: Case, closed: datetime) -> Iterator[Finding]:
    cycle = case.cycle.number
    cause, where = case.fact("root_cause"), case.text("breakdown_point")
    owed = case.policy.root_cause.primary_required and case.escalation.readable("root_cause")
    if cause is None and owed:
        detail = "not confirmed since it was reopened" if case.renewed else "root_cause is blank"
        yield finding("CLOSED_WITHOUT_ROOT_CAUSE", cycle, closed, detail)
    if where not in BREAKDOWN_POINTS and case.escalation.readable("breakdown_point"):
        yield finding(
            "BREAKDOWN_UNCLASSIFIED", cycle, closed, "breakdown_point is blank or not one of the four"
        )
    facts = case.facts("root_cause")
    for before, after in pairwise(facts):
        if after.when.at > closed and not blank(before.value) and show(after.value) != show(before.value):
            yield finding("ROOT_CAUSE_CHANGED_AFTER_CLOSE", cycle, after.when.at, f"was {show(before.value)}")


def checking_in(case: Case, clocks: dict[str, Clock]) -> Iterator[Finding]:
    """CLO-3..CLO-5 and DEF-2."""
    cycle = case.cycle.number
    booking, visit = clocks.get("follow_up_schedule"), clocks.get("follow_up")
    booked, held = case.fact("follow_up.scheduled_for"), case.typed("follow_up.held_at")
    readable = case.escalation.readable("follow_up.scheduled_for")
    if booking is not None and booking.verdict is Verdict.BREACHED and booking.met_at is None and readable:
        yield finding("FOLLOW_UP_NOT_SCHEDULED", cycle, booking.due_at, "no check-in on record")
    if booked is not None:
        named = case.people("follow_up.scheduled_by")
        by = named[0] if named else case.by(booked)
        csm = case.csm
        wrong = by is not None and (
            by.id != csm.id if csm is not None else by.known and Role.CSM not in by.roles(booked.when.at)
        )
        if wrong and by is not None:
            yield finding("FOLLOW_UP_NOT_BY_CSM", cycle, booked.when.at, f"scheduled by {by.name}")
        if visit is not None and _after(case, booked.value, visit.due_at):
            yield finding(
                "FOLLOW_UP_TOO_LATE", cycle, booked.when.at, f"due {visit.due_at:%Y-%m-%d %H:%M} UTC"
            )
    if visit is not None and visit.verdict is Verdict.BREACHED:
        yield finding("FOLLOW_UP_MISSED", cycle, visit.due_at, visit.detail)
    outcome = case.text("follow_up.outcome")
    if held is not None and not outcome and case.escalation.readable("follow_up.outcome"):
        yield finding(
            "FOLLOW_UP_OUTCOME_MISSING", cycle, held.value, "the check-in was held, its outcome is blank"
        )
    if outcome == "not_improved":
        fact = case.fact("follow_up.outcome")
        yield finding(
            "NOT_IMPROVED", cycle, fact.when.at if fact else case.now, "the customer says not improved"
        )
    if held is not None and outcome and case.closed is not None:
        lacking = [
            what
            for what, there in (
                ("an acknowledgement", _over(clocks.get("ack"))),
                ("the full account", _over(clocks.get("update"))),
                ("a root cause", case.text("root_cause") in ROOT_CAUSES),
            )
            if not there
        ]
        if lacking:
            yield finding(
                "COMPLETE_WITHOUT_OUTCOME", cycle, held.value, f"never on record: {', '.join(lacking)}"
            )


def _over(clock: Clock | None) -> bool:
    """Done, or waived by name and reason (DEF-2)."""
    return clock is not None and (clock.met_at is not None or clock.verdict is Verdict.WAIVED)


def _after(case: Case, value: object, due: datetime) -> bool:
    """Is a booking after *due*? A bare day is compared by day, inclusive (D2, decision 60)."""
    day, at = whole_day(value), moment(value)
    if day is not None:
        return day > due.astimezone(case.zone).date()
    return at is not None and at > due


_LABELS = (*STEPS, Stage.CLOSED)


def order(case: Case, told: Contacts, clocks: dict[str, Clock]) -> Iterator[Finding]:
    """CLO-6: one finding per step that the status went past while its duties are open."""
    label = case.status.stage or (Stage.CLOSED if case.status.done else None)
    if label not in _LABELS:
        return
    for step in STEPS[: _LABELS.index(label)]:
        if step is Stage.RESOLUTION_PENDING:
            continue
        open_duties = unmet(case, told, clocks, step)
        if open_duties:
            yield finding(
                f"STEP_SKIPPED:{step}",
                case.cycle.number,
                _passed(case, step),
                f"open: {', '.join(open_duties)}",
            )


def _passed(case: Case, step: Stage) -> datetime:
    """When the status last went past *step*."""
    since = case.start
    beyond = False
    for fact in case.facts("stage"):
        value = fact.value
        if not isinstance(value, Status):
            continue
        label = value.stage or (Stage.CLOSED if value.done else None)
        past = label in _LABELS and _LABELS.index(label) > STEPS.index(step)
        if past and not beyond:
            since = max(fact.when.at, case.start)
        beyond = past
    return since

"""How instants, deadlines, owners and findings are called in front of people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from escsync.domain.assessment import Assessment, Clock, Verdict
from escsync.domain.duration import spoken
from escsync.domain.evidence import instant
from escsync.domain.fields import ENDED, STEPS, Stage
from escsync.domain.findings import Finding, Severity
from escsync.report.display import shown

CLOCK_WORDS = {
    "ack": "ACK",
    "immediate": "immediate response",
    "owner": "owner",
    "investigation": "investigation",
    "authorization": "authorization",
    "update": "update",
    "commitment": "committed date",
    "closure_comm": "closure message",
    "follow_up_schedule": "scheduling the check-in",
    "follow_up": "check-in",
}
STYLES = {
    "breached": "bold red",
    "due_soon": "yellow",
    "ok": "green",
    Severity.ERROR.value: "bold red",
    Severity.WARNING.value: "yellow",
    Severity.INFO.value: "cyan",
}
"""Colours by health and by severity; shown on a terminal only."""


def when(at: datetime | None, zone: ZoneInfo) -> str:
    """*at* in *zone* and in UTC: `2026-03-03 12:00 CET (11:00Z)`."""
    if at is None:
        return "-"
    utc = instant(at)
    local = utc.astimezone(zone)
    clock = "%H:%M:%S" if utc.second else "%H:%M"
    if local.utcoffset() == timedelta(0):
        return utc.strftime(f"%Y-%m-%d {clock}Z")
    day = "" if local.date() == utc.date() else "%Y-%m-%d "
    return f"{local.strftime(f'%Y-%m-%d {clock} %Z')} ({utc.strftime(f'{day}{clock}Z')})"


def step(stage: Stage) -> str:
    """`2 of 5 investigation`: how far an escalation is."""
    name = stage.value.replace("_", " ")
    if stage in STEPS:
        return f"{STEPS.index(stage) + 1} of {len(STEPS)} {name}"
    return f"{len(STEPS)} of {len(STEPS)} {name}" if stage is Stage.CLOSED_FOLLOW_UP_DUE else name


def clock_name(clock: Clock) -> str:
    """A clock in words, with its cycle after the first."""
    name = CLOCK_WORDS.get(clock.name, clock.name.replace("_", " "))
    return name if clock.cycle == 1 else f"{name} (cycle {clock.cycle})"


def deadline(clock: Clock, now: datetime) -> str:
    """`ACK overdue 1 h 15 min` or `update in 42 min`."""
    name = CLOCK_WORDS.get(clock.name, clock.name)
    left = clock.due_at - now
    return f"{name} overdue {spoken(left)}" if left < timedelta(0) else f"{name} in {spoken(left)}"


def next_clock(assessment: Assessment) -> Clock | None:
    """The open clock that is due first, overdue ones before all others."""
    return min(assessment.running, key=lambda clock: clock.due_at, default=None)


def next_deadline(assessment: Assessment) -> str:
    """The nearest open deadline in words."""
    clock = next_clock(assessment)
    if clock is not None:
        return deadline(clock, assessment.now)
    return "-" if assessment.stage in ENDED else "nothing running"


def judgement(clock: Clock, now: datetime) -> str:
    """A verdict in words: `met with 20 min left`, `breached, late by 1 h 15 min`, `running, 42 min left`."""
    match clock.verdict:
        case Verdict.RUNNING:
            return f"running, {spoken(clock.due_at - now)} left"
        case Verdict.BREACHED if clock.met_at is not None:
            return f"breached, late by {spoken(clock.met_at - clock.due_at)}"
        case Verdict.BREACHED:
            return f"breached, overdue {spoken(now - clock.due_at)}"
        case Verdict.MET if clock.met_at is not None:
            return f"met with {spoken(clock.due_at - clock.met_at)} left"
        case verdict:
            return verdict.value.replace("_", " ")


def owner(assessment: Assessment) -> str:
    """Who owns it, or that nobody or too many do."""
    if assessment.owner is not None:
        name = shown(assessment.owner.name, 30)
        return name if assessment.owner.human else f"{name} ({assessment.owner.kind.value})"
    return " / ".join(shown(person.name, 30) for person in assessment.owners) or "nobody"


def account(assessment: Assessment) -> str:
    """The account's name, else its id."""
    return shown(assessment.account.name or assessment.account.id or "-", 30)


def brief(base: str, subjects: Sequence[str]) -> str:
    """A code in a few words: `ack breached`, `account.arr missing`, `checklist incomplete (3)`."""
    if base == "FIELD_MISSING":
        return f"{shown(subjects[0])} missing" if len(subjects) == 1 else f"{len(subjects)} fields missing"
    words = base.replace("_", " ").lower()
    if len(subjects) == 1:
        return f"{words}: {shown(subjects[0])}"
    return f"{words} ({len(subjects)})" if subjects else words


def pressing(assessment: Assessment) -> list[Finding]:
    """This cycle's errors and warnings, the worst and oldest first."""
    asked = (
        f for f in assessment.findings if f.cycle == assessment.cycle and f.severity is not Severity.INFO
    )
    return sorted(asked, key=lambda f: (f.severity.rank, f.since, f.code))


def missing(assessment: Assessment, most: int = 3) -> str:
    """What it lacks, the worst first, *most* at the most and the rest counted."""
    found: dict[str, list[str]] = {}
    for finding in pressing(assessment):
        subject = finding.code.partition(":")[2]
        found.setdefault(finding.base, []).extend([subject] if subject else [])
    told = [brief(base, subjects) for base, subjects in found.items()]
    return ", ".join(told[:most] + ([f"+{len(told) - most}"] if len(told) > most else []))

"""The living note: one internal note per ticket that says what is missing, who owes it and by when.

Its text depends on the clocks and findings only, never on the time of writing, so that an unchanged escalation
needs no write; minutes left are for the board (decision 12).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from .assessment import Assessment, Clock, Verdict
from .fields import STEPS, Stage
from .findings import Finding, Severity

_TITLES = {
    "ack": "Personal acknowledgement",
    "immediate": "Immediate response",
    "owner": "One owner",
    "investigation": "Investigation",
    "authorization": "Authorization request",
    "update": "Personal, full account",
    "commitment": "Committed date",
    "closure_comm": "Closure message",
    "follow_up_schedule": "Check-in scheduled",
    "follow_up": "Check-in held",
}
_SIGNS = {
    Verdict.MET: "done",
    Verdict.BREACHED: "LATE",
    Verdict.RUNNING: "due",
    Verdict.INDETERMINATE: "unclear",
    Verdict.UNPROVEN: "unproven",
    Verdict.WAIVED: "waived",
    Verdict.NOT_APPLICABLE: "not applicable",
}
_MOST = 25
"""Findings listed in a note; more are counted."""


def render(assessment: Assessment) -> tuple[str, str]:
    """The note's text in plain lines, and the digest of its content."""
    text = "\n".join(_lines(assessment))
    return text, hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def _lines(assessment: Assessment) -> Iterator[str]:
    yield f"escsync: {step(assessment.stage)}, priority {assessment.priority}"
    yield "Internal note, kept up to date by escsync; edits here are overwritten."
    owner = assessment.owner
    yield f"Owner: {owner.name if owner else 'nobody' if not assessment.owners else 'more than one person'}"
    zone = owner.zone if owner else ZoneInfo("UTC")
    current = [clock for clock in assessment.clocks if clock.cycle == assessment.cycle]
    if current:
        yield ""
        yield "Deadlines"
        for clock in current:
            yield f"- {_clock(clock, zone)}"
    listed = [
        f for f in assessment.findings if f.cycle == assessment.cycle and f.severity is not Severity.INFO
    ]
    if listed:
        yield ""
        yield "What is missing"
        for finding in listed[:_MOST]:
            yield f"- {_finding(finding)}"
        if len(listed) > _MOST:
            yield f"- and {len(listed) - _MOST} more: escsync show {assessment.id}"
    hints = [f for f in assessment.findings if f.cycle == assessment.cycle and f.severity is Severity.INFO]
    if hints:
        yield ""
        yield "Good to know"
        for finding in hints[:_MOST]:
            yield f"- {finding.code}: {_stable(finding)}"


def step(stage: Stage) -> str:
    """The stage for people: `step 2 of 5 (investigation)`."""
    order = {**{s: n for n, s in enumerate(STEPS, start=1)}, Stage.CLOSED_FOLLOW_UP_DUE: 5}
    name = stage.value.replace("_", " ")
    return f"step {order[stage]} of 5 ({name})" if stage in order else name


def _clock(clock: Clock, zone: ZoneInfo) -> str:
    local = clock.due_at.astimezone(zone)
    due = f"{clock.due_at:%Y-%m-%d %H:%M} UTC"
    if str(zone) != "UTC":
        due += f" ({local:%H:%M} {zone.key.rpartition('/')[2].replace('_', ' ')})"
    derived = "" if clock.source == "process" else ", derived"
    met = f", {clock.met_at:%Y-%m-%d %H:%M} UTC" if clock.met_at else ""
    return f"{_TITLES[clock.name]}: {_SIGNS[clock.verdict]}{met}; limit {due}{derived}"


def _finding(finding: Finding) -> str:
    return f"{finding.code} since {finding.since:%Y-%m-%d %H:%M} UTC: {_stable(finding)}. {finding.remedy}"


def _stable(finding: Finding) -> str:
    """The detail, unless it counts minutes: those change with every pass."""
    return "overdue" if finding.detail.startswith("overdue by") else finding.detail

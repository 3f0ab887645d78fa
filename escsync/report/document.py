"""The JSON documents that programs read: one shape everywhere, versioned by "schema"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from escsync.domain.assessment import Assessment, Clock, TimelineEntry
from escsync.domain.effect import Effect
from escsync.domain.evidence import iso
from escsync.domain.findings import Finding

if TYPE_CHECKING:
    from escsync.sync import Outcome

SCHEMA = 1
"""The version of every document's shape."""
JSON = dict[str, Any]


def escalation(found: Assessment) -> JSON:
    """One escalation, E of the interface."""
    return {
        "id": found.id,
        "key": found.key,
        "url": found.url,
        "tracker": found.tracker,
        "account": {"id": found.account.id, "name": found.account.name, "tier": found.account.tier},
        "summary": found.summary,
        "entry_point": found.entry_point,
        "stage": found.stage.value,
        "tracker_status": found.tracker_status,
        "cycle": found.cycle,
        "priority": found.priority,
        "priority_reasons": list(found.priority_reasons),
        "churn_signal": found.churn_signal,
        "owner": None if found.owner is None else {"id": found.owner.id, "name": found.owner.name},
        "ownership_gap_minutes": found.ownership_gap_minutes,
        "policy_version": found.policy_version,
        "identified_at": iso(found.identified_at),
        "received_at": iso(found.received_at),
        "linked": found.linked,
        "clocks": [_clock(clock) for clock in found.clocks],
        "findings": [_finding(finding) for finding in found.findings],
    }


def listing(found: Iterable[Assessment], at: datetime) -> JSON:
    """What `list` answers."""
    return {"schema": SCHEMA, "at": iso(at), "escalations": [escalation(one) for one in found]}


def whole(found: Assessment, writes: Iterable[Effect] = ()) -> JSON:
    """What `show` answers: E with its timeline, and what escsync wrote to it."""
    return {
        "schema": SCHEMA,
        "at": iso(found.now),
        **escalation(found),
        "timeline": [_entry(entry) for entry in found.timeline],
        "writes": [_write(effect) for effect in writes],
    }


def arithmetic(found: Assessment, clocks: Iterable[Clock]) -> JSON:
    """What `explain` answers: each clock with its anchor, its evidence and its segments."""
    return {
        "schema": SCHEMA,
        "at": iso(found.now),
        "id": found.id,
        "key": found.key,
        "tracker": found.tracker,
        "policy_version": found.policy_version,
        "clocks": [
            {
                **_clock(clock),
                "anchor": clock.anchor,
                "evidence": clock.evidence,
                "detail": clock.detail,
                "soon_at": iso(clock.soon_at),
                "policy_version": clock.policy_version or found.policy_version,
                "segments": [
                    {"start": iso(part.start), "end": iso(part.end), "counted": part.counted, "why": part.why}
                    for part in clock.segments
                ],
            }
            for clock in clocks
        ],
    }


def passed(pass_id: str, outcomes: Iterable[Outcome]) -> JSON:
    """What `sync` and `apply` answer: counts in edits, and every record that failed."""
    return {
        "schema": SCHEMA,
        "pass": pass_id,
        "trackers": {
            outcome.tracker: {**counts(outcome), "errors": [failure(error) for error in outcome.errors]}
            for outcome in outcomes
        },
    }


def counts(outcome: Outcome) -> dict[str, int]:
    """A pass's counters by name, in the interface's order."""
    return {field.name: getattr(outcome.counts, field.name) for field in fields(outcome.counts)}


def failure(error: Any) -> dict[str, str]:
    """One record that failed, or what a tracker as a whole did not do."""
    names = ("id", "key", "code", "message", "remedy")
    return {name: getattr(error, name) for name in names}


def lines(rows: Iterable[Mapping[str, Any]], name: str) -> JSON:
    """A document that is a list of plain rows under *name*."""
    return {"schema": SCHEMA, name: [dict(row) for row in rows]}


def _clock(clock: Clock) -> JSON:
    return {
        "name": clock.name,
        "cycle": clock.cycle,
        "anchor_at": iso(clock.anchor_at),
        "due_at": iso(clock.due_at),
        "met_at": iso(clock.met_at),
        "verdict": clock.verdict.value,
        "grade": None if clock.grade is None else clock.grade.value,
        "source": clock.source,
    }


def _finding(finding: Finding) -> JSON:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "cycle": finding.cycle,
        "since": iso(finding.since),
        "detail": finding.detail,
        "remedy": finding.remedy,
    }


def _entry(entry: TimelineEntry) -> JSON:
    return {
        "at": iso(entry.at),
        "until": iso(entry.until),
        "kind": entry.kind,
        "detail": entry.detail,
        "grade": entry.grade.value,
        "actor": entry.actor,
        "source": entry.source,
        "cycle": entry.cycle,
    }


def _write(effect: Effect) -> JSON:
    """One write to a tracker as the journal holds it: its values as hashes only."""
    return {
        "at": iso(effect.at),
        "step": effect.purpose.step,
        "cycle": effect.purpose.episode,
        "because": list(effect.because),
        "result": effect.state.value,
        "error": effect.error,
        "pass": effect.pass_id,
        "policy_version": effect.policy,
        "attempt": effect.attempt,
        "old": effect.old,
        "new": effect.new,
        "created": effect.remote_id,
    }

"""Ownership: who owned an escalation when, and when nobody did (INT-6..INT-9)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from .evidence import Evidence
from .missing import blank
from .people import Person, PersonRef
from .ticket import Fact

if TYPE_CHECKING:
    from .escalation import Escalation


class Ownership(StrEnum):
    """How well an escalation is owned; each but the first is a finding."""

    VALID = "valid"
    NONE = "OWNER_MISSING"
    QUEUE = "OWNER_IS_QUEUE"
    AMBIGUOUS = "OWNER_AMBIGUOUS"
    INACTIVE = "OWNER_INACTIVE"


@dataclass(frozen=True, slots=True)
class Span:
    """From *start* until *end* (None: still) these *people* were named as owner."""

    start: Evidence
    end: datetime | None
    people: tuple[Person, ...]
    state: Ownership

    @property
    def owner(self) -> Person | None:
        """The one valid owner."""
        return self.people[0] if self.state is Ownership.VALID else None


def spans(escalation: Escalation) -> tuple[Span, ...]:
    """Every stretch of ownership, oldest first; a deactivation ends a valid one (decision 37)."""
    facts = escalation.history.get("owner", ())
    created = escalation.ticket.created_at
    if not facts or facts[0].when.at > created:
        facts = (Fact(Evidence(created), ()), *facts)
    found: list[Span] = []
    for i, fact in enumerate(facts):
        end = facts[i + 1].when.at if i + 1 < len(facts) else None
        if end is not None and end <= fact.when.at:
            continue
        found.extend(_split(escalation, fact, end))
    return tuple(_joined(found))


def _split(escalation: Escalation, fact: Fact, end: datetime | None) -> list[Span]:
    refs = (
        tuple(ref for ref in fact.value if isinstance(ref, PersonRef))
        if isinstance(fact.value, tuple)
        else ()
    )
    refs = tuple(ref for ref in refs if ref.id or ref.email or not blank(ref.name))
    people = tuple({p.id: p for p in map(escalation.person, refs)}.values())
    state = _state(people)
    whole = Span(fact.when, end, people, state)
    if state is not Ownership.VALID:
        return [whole]
    left = _left(escalation.record.inactive, refs, escalation.now)
    if left is None and end is None and (not people[0].active or refs[0].active is False):
        # Nobody says since when: what this person owned before stays owned, only the present is in doubt.
        return [Span(fact.when, end, people, Ownership.INACTIVE)]
    if left is None or (end is not None and left.at >= end):
        return [whole]
    if left.at <= fact.when.at:
        return [Span(fact.when, end, people, Ownership.INACTIVE)]
    return [
        Span(fact.when, left.at, people, Ownership.VALID),
        Span(left, end, people, Ownership.INACTIVE),
    ]


def _left(inactive: Mapping[str, Evidence], refs: tuple[PersonRef, ...], now: datetime) -> Evidence | None:
    seen = [inactive[ref.id] for ref in refs if ref.id in inactive and inactive[ref.id].at <= now]
    return min(seen, key=lambda evidence: evidence.at) if seen else None


def _state(people: tuple[Person, ...]) -> Ownership:
    if not people:
        return Ownership.NONE
    if len(people) > 1:
        return Ownership.AMBIGUOUS
    return Ownership.VALID if people[0].human else Ownership.QUEUE


def _joined(found: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in found:
        last = joined[-1] if joined else None
        if last and last.people == span.people and last.state is span.state:
            joined[-1] = Span(last.start, span.end, last.people, last.state)
        else:
            joined.append(span)
    return joined


def at(all_spans: tuple[Span, ...], when: datetime) -> Span | None:
    """The span that covers *when*; a change in the same second comes first (decision 93)."""
    found = None
    for span in all_spans:
        if span.start.at <= when and (span.end is None or when < span.end):
            found = span
    return found


def owned_by(all_spans: tuple[Span, ...], person_id: str, when: datetime) -> bool:
    """Was this person the one valid owner at *when*, or may have been, where only an interval is known?"""
    for span in all_spans:
        if span.state is Ownership.VALID and span.people[0].id == person_id:
            begun = span.start.at <= when or (span.start.after is not None and span.start.after < when)
            if begun and (span.end is None or when < span.end):
                return True
    return False


def gap(all_spans: tuple[Span, ...], start: datetime, end: datetime) -> int:
    """Whole minutes between *start* and *end* without exactly one valid human owner (decision 36)."""
    owned = timedelta()
    for span in all_spans:
        if span.state is Ownership.VALID:
            first, last = max(span.start.at, start), min(span.end or end, end)
            owned += max(last - first, timedelta())
    return int(max(end - start - owned, timedelta()).total_seconds() // 60)


def hand_offs(all_spans: tuple[Span, ...], start: datetime) -> int:
    """How often the escalation went from one valid owner to another since *start*."""
    ids = [
        span.people[0].id
        for span in all_spans
        if span.state is Ownership.VALID and (span.end is None or span.end > start)
    ]
    return sum(1 for a, b in itertools.pairwise(ids) if a != b)

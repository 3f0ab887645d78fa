"""The record itself: statuses, options, people, messages and typed instants that do not add up (D25, X-2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ..assessment import Clock, Verdict
from ..case import Case
from ..catalogue import finding
from ..contacts import Contacts
from ..cycles import identified, typed_instant
from ..fields import FIELDS, PRIORITIES, FieldKind
from ..findings import Finding

_OWN_FINDING = ("root_cause", "priority", "breakdown_point")
_THREATS = ("public", "linkedin", "twitter", "the press", "öffentlich", "público")


def keeping(case: Case, told: Contacts) -> Iterator[Finding]:
    """What is odd about the record as such."""
    escalation, cycle = case.escalation, case.cycle.number
    record = escalation.record
    if record.vanished is not None and record.vanished.at <= case.now:
        yield finding("RECORD_VANISHED", cycle, record.vanished.at, "the tracker no longer shows it")
    if not record.ticket.in_scope:
        yield finding(
            "SCOPE_LEFT", cycle, record.ticket.updated_at or case.start, "outside the configured scope"
        )
    facts = case.facts("stage")
    status = case.status
    if facts and status.stage is None and (status.id or status.name):
        yield finding(
            f"STATUS_UNMAPPED:{status.name or status.id}", cycle, facts[-1].when.at, "maps to no stage"
        )
    yield from _unreadable(case)
    for spoken in escalation.spoken:
        if spoken.deleted is not None:
            yield finding("MESSAGE_DELETED", cycle, spoken.deleted.at, f"a message of {spoken.sender.name}")
        edited, first = spoken.message.edited_at, record.first_seen
        if edited is not None and first is not None and spoken.message.when.at < edited <= case.now:
            yield finding("MESSAGE_EDITED", cycle, edited, f"a message of {spoken.sender.name}")
    for inbound in told.inbound:
        hits = inbound.reading.hits
        if hits:
            threat = any(word in hit for hit in hits for word in _THREATS)
            code = "THREAT_LANGUAGE" if threat else "ESCALATION_LANGUAGE_FOUND"
            yield finding(code, cycle, inbound.at, f"phrases: {', '.join(hits)}")
    unknown = {c.spoken.sender.name: c for c in reversed(told.human) if not c.spoken.sender.known}
    for name, contact in unknown.items():
        yield finding("PERSON_UNKNOWN", cycle, contact.at, f"the sender {name} is not in people.yaml")


def _unreadable(case: Case) -> Iterator[Finding]:
    cycle = case.cycle.number
    for name in sorted(case.escalation.ticket.values):
        field, fact = FIELDS.get(name), case.fact(name)
        if field is None or fact is None or field.own or not field.choices and field.kind is FieldKind.TEXT:
            continue
        value, since = fact.value, max(fact.when.at, case.start)
        if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES) and name not in _OWN_FINDING:
            values = value if isinstance(value, tuple) else (value,)
            if any(isinstance(v, str) and v not in field.choices for v in values):
                yield finding(
                    f"OPTION_UNMAPPED:{name}", cycle, since, "an option that maps to no canonical value"
                )
        wrong = isinstance(value, str) and field.kind in (
            FieldKind.INSTANT,
            FieldKind.DAY,
            FieldKind.NUMBER,
            FieldKind.FLAG,
        )
        if wrong or (field.kind is FieldKind.CHECK and value not in field.choices):
            yield finding(f"VALUE_UNREADABLE:{name}", cycle, since, f"not a valid {field.kind}")
        if field.kind is FieldKind.PEOPLE and name != "owner":
            for person in case.people(name):
                if not person.known:
                    yield finding(
                        "PERSON_UNKNOWN", cycle, since, f"{name} names {person.name}, not in people.yaml"
                    )


def typed(case: Case, clocks: dict[str, Clock]) -> Iterator[Finding]:
    """BACKDATED and IDENTIFIED_LATER_IGNORED (decisions 22, 23)."""
    cycle = case.cycle.number
    for clock, name in (
        ("authorization", "exception.requested_at"),
        ("commitment", "implemented_at"),
        ("follow_up", "follow_up.held_at"),
    ):
        fact = case.fact(name)
        if clock in clocks and clocks[clock].verdict is Verdict.UNPROVEN and fact is not None:
            yield finding(
                "BACKDATED",
                cycle,
                fact.when.at,
                f"{name} was typed after the deadline it names a time before",
            )
    if case.cycle.number == 1 and not case.escalation.linked:
        base = identified(case.escalation.record, {"stage": case.facts("stage")}, case.policy)
        fact = case.fact("identified_at")
        at = typed_instant(fact, case.policy) if fact is not None else None
        whole_day = fact is not None and isinstance(fact.value, date) and not isinstance(fact.value, datetime)
        if fact is not None and at is not None and at > base.at and not whole_day:
            yield finding(
                "IDENTIFIED_LATER_IGNORED", cycle, fact.when.at, f"{base.at:%Y-%m-%d %H:%M} UTC counts"
            )


def priority_drift(case: Case, computed: str) -> Iterator[Finding]:
    """PRI-9: the tracker's own priority, where it is one of ours, against the computed one (decision 90)."""
    fact = case.fact("priority")
    if fact is not None and fact.value in PRIORITIES and fact.value != computed:
        since = max(fact.when.at, case.start)
        yield finding(
            "PRIORITY_DRIFT", case.cycle.number, since, f"{fact.value} in the tracker, {computed} computed"
        )

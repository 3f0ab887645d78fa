"""The record itself: statuses, options, people, messages and typed instants that do not add up (D25, X-2)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..assessment import Clock, Verdict
from ..case import Case
from ..catalogue import finding
from ..contacts import Contacts
from ..cycles import identified, typed_instant
from ..evidence import moment, whole_day
from ..fields import CHECKS, FIELDS, PRIORITIES, FieldKind
from ..findings import Finding
from ..people import PersonRef
from ..ticket import Status, Value

_OWN_FINDING = ("root_cause", "priority", "breakdown_point")
_THREATS = ("public", "linkedin", "twitter", "the press", "öffentlich", "público")


def keeping(case: Case, told: Contacts) -> Iterator[Finding]:
    """What is odd about the record as such."""
    escalation, cycle = case.escalation, case.cycle.number
    record = escalation.record
    if record.vanished is not None and record.vanished.at <= case.now:
        yield finding("RECORD_VANISHED", cycle, record.vanished.at, "the tracker no longer shows it")
    left = record.left.at if record.left else record.ticket.updated_at or case.start
    if not record.ticket.in_scope and left <= case.now:
        yield finding("SCOPE_LEFT", cycle, left, "outside the configured scope")
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
        claimed = spoken.message.claimed
        if claimed is not None and claimed < spoken.at:
            detail = f"a message of {spoken.sender.name} says {claimed:%Y-%m-%d %H:%M} UTC"
            yield finding("BACKDATED", cycle, spoken.at, detail)
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
        if field is None or fact is None or field.own:
            continue
        value, since = fact.value, max(fact.when.at, case.start)
        if not _understood(field.kind, value):
            yield finding(f"VALUE_UNREADABLE:{name}", cycle, since, f"not a valid {field.kind}")
        elif field.kind in (FieldKind.CHOICE, FieldKind.CHOICES) and name not in _OWN_FINDING:
            values = value if isinstance(value, tuple) else (value,)
            if any(each not in field.choices for each in values):
                detail = "an option that maps to no canonical value"
                yield finding(f"OPTION_UNMAPPED:{name}", cycle, since, detail)
        elif field.kind is FieldKind.PEOPLE and name != "owner":
            for person in case.people(name):
                if not person.known:
                    detail = f"{name} names {person.name}, not in people.yaml"
                    yield finding("PERSON_UNKNOWN", cycle, since, detail)


def _understood(kind: FieldKind, value: Value) -> bool:
    """Has the value the form of its kind, and one that people can mean?"""
    match kind:
        case FieldKind.TEXT | FieldKind.CHOICE:
            return isinstance(value, str)
        case FieldKind.CHOICES:
            return isinstance(value, str) or _all(value, str)
        case FieldKind.PEOPLE:
            return _all(value, PersonRef)
        case FieldKind.INSTANT:
            return moment(value) is not None or whole_day(value) is not None
        case FieldKind.DAY:
            return moment(value) is not None or whole_day(value) is not None
        case FieldKind.NUMBER:
            return isinstance(value, Decimal) and value.is_finite()
        case FieldKind.FLAG:
            return isinstance(value, bool)
        case FieldKind.CHECK:
            return isinstance(value, str) and value in CHECKS
        case FieldKind.STAGE:
            return isinstance(value, Status)


def _all(value: Value, kind: type) -> bool:
    return isinstance(value, tuple) and all(isinstance(each, kind) for each in value)


def typed(case: Case, clocks: dict[str, Clock]) -> Iterator[Finding]:
    """BACKDATED and IDENTIFIED_LATER_IGNORED (decisions 22, 23)."""
    cycle = case.cycle.number
    for clock, name in (
        ("authorization", "exception.requested_at"),
        ("commitment", "implemented_at"),
        ("follow_up", "follow_up.held_at"),
    ):
        fact, due = case.fact(name), clocks[clock].due_at if clock in clocks else None
        told = case.read_typed(fact) if fact is not None else None
        unproven = due is not None and clocks[clock].verdict is Verdict.UNPROVEN
        if unproven and due is not None and told is not None and told.value <= due < told.when.at:
            detail = f"{name} was typed after the deadline it names a time before"
            yield finding("BACKDATED", cycle, told.when.at, detail)
    if case.cycle.number == 1 and not case.escalation.linked:
        base = identified(case.escalation.record, {"stage": case.facts("stage")}, case.policy)
        fact = case.fact("identified_at")
        at = typed_instant(fact, case.policy) if fact is not None else None
        if fact is not None and at is not None and at > base.at and whole_day(fact.value) is None:
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

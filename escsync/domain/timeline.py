"""The timeline: everything that happened to an escalation, in order, for `show`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .assessment import TimelineEntry
from .contacts import Contacts
from .cycles import is_closed
from .escalation import Escalation
from .evidence import Evidence
from .fields import FIELDS, REQUIRED
from .missing import lacks
from .owners import Ownership, Span
from .ticket import Fact, Value, plain

_KINDS = {
    "stage": "status_changed",
    "owner": "owner_changed",
    "implemented_at": "implemented",
    "exception.requested_at": "authorization_requested",
    "exception.decided_at": "authorization_decided",
    "follow_up.scheduled_for": "follow_up_scheduled",
    "follow_up.held_at": "follow_up_held",
    "resolution_types": "decision",
}


def timeline(
    escalation: Escalation, owned: tuple[Span, ...], told: tuple[Contacts, ...]
) -> tuple[TimelineEntry, ...]:
    """Every event known by the escalation's instant, oldest first. Private texts are named, never shown."""
    entries = [
        *_marks(escalation),
        *_changes(escalation),
        *_gaps(escalation),
        *_owners(escalation, owned),
        *_messages(escalation, told),
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.at, entry.kind, entry.detail)))


def _marks(escalation: Escalation) -> Iterator[TimelineEntry]:
    created = escalation.ticket.created_at
    yield _entry(escalation, Evidence(created, source="created"), "note", "logged in the tracker")
    for cycle in escalation.cycles:
        kind, what = ("identified", "identified") if cycle.number == 1 else ("reopened", "reopened")
        yield _entry(escalation, cycle.start, kind, what)
        for slip in cycle.slips:
            yield _entry(escalation, slip.when, "note", "a slip, undone at once by the same person")
    gone = escalation.record.vanished
    if gone is not None and gone.at <= escalation.now:
        yield _entry(escalation, gone, "vanished", "the tracker no longer shows it")


def _changes(escalation: Escalation) -> Iterator[TimelineEntry]:
    for name, facts in escalation.history.items():
        field = FIELDS.get(name)
        if field is None or field.own or name == "owner":
            continue
        before: Value = None
        for i, fact in enumerate(facts):
            if i == 0 and fact.value in (None, ()):
                continue
            after = "…" if field.private and fact.value else show(fact.value)
            was = "…" if field.private and before else show(before)
            kind = (
                "closed" if name == "stage" and is_closed(fact.value) else _KINDS.get(name, "field_changed")
            )
            if name.startswith("checklist.") and fact.value in ("done", "na"):
                kind = "checklist_done"
            if name == "tone" and fact.value in ("public", "threat_public"):
                kind = "threat_raised"
            text = f"{name}: {after}" if i == 0 else f"{name}: {was} -> {after}"
            yield _entry(escalation, fact.when, kind, text, fact)
            before = fact.value


def _gaps(escalation: Escalation) -> Iterator[TimelineEntry]:
    """Required fields that were filled in later: findings since cleared live on here, from and to (decision 32)."""
    since = escalation.cycles[0].start
    for name in REQUIRED:
        facts = escalation.history.get(name, ())
        first = next((fact for fact in facts if not lacks(name, fact.value)), None)
        filled = first.when.at if first is not None else None
        # What the first look found may have been there all along.
        unseen = first is facts[0] and not first.when.exact if first is not None else False
        if filled is not None and filled > since.at and not unseen:
            entry = _entry(escalation, since, "note", f"FIELD_MISSING:{name}")
            yield replace(entry, until=filled)


def _owners(escalation: Escalation, owned: tuple[Span, ...]) -> Iterator[TimelineEntry]:
    for span in owned:
        names = ", ".join(person.name for person in span.people) or "nobody"
        code = "" if span.state is Ownership.VALID else f" ({span.state.value})"
        entry = _entry(escalation, span.start, "owner_changed", f"owner: {names}{code}")
        yield TimelineEntry(
            entry.at, entry.kind, entry.detail, entry.grade, "", entry.source, entry.cycle, span.end
        )


def _messages(escalation: Escalation, told: tuple[Contacts, ...]) -> Iterator[TimelineEntry]:
    kinds = {contact.spoken.message.id: contact for each in told for contact in each.human}
    for spoken in escalation.spoken:
        contact = kinds.get(spoken.message.id)
        marker = spoken.message.marker
        kind = contact.kind.value if contact else marker.value if marker else "message"
        way = "from the customer" if spoken.message.inbound else "to the customer"
        robot = ", automated" if spoken.message.automated else ""
        entry = _entry(escalation, spoken.message.when, "comm_sent", f"{kind} {way}{robot}")
        yield TimelineEntry(
            entry.at, entry.kind, entry.detail, entry.grade, spoken.sender.name, entry.source, entry.cycle
        )


def show(value: Value) -> str:
    """*value* in words; people by name."""
    if isinstance(value, tuple):
        return ", ".join(v if isinstance(v, str) else v.name or v.email or v.id for v in value) or "(empty)"
    told = plain(value)
    return "(empty)" if told is None else "yes" if told is True else "no" if told is False else str(told)


def _entry(
    escalation: Escalation, when: Evidence, kind: str, detail: str, fact: Fact | None = None
) -> TimelineEntry:
    actor = escalation.person(fact.actor).name if fact is not None and fact.actor is not None else ""
    cycle = next((c.number for c in reversed(escalation.cycles) if when.at >= c.start.at), 1)
    return TimelineEntry(when.at, kind, detail, when.grade, actor, when.source, cycle)

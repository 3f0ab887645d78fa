"""Foresight: a record as it will be once enforced edits have taken effect, so that the note tells the truth then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from escsync.domain.escalation import Record
from escsync.domain.evidence import Evidence, instant
from escsync.domain.fields import Stage
from escsync.domain.people import PersonRef
from escsync.domain.plan import Edit, Move, SetField
from escsync.domain.ticket import Fact, Status, Ticket, Value


def foreseen(
    record: Record, edits: Iterable[Edit], now: datetime, stages: Mapping[Stage, tuple[str, ...]]
) -> Record:
    """*record* with *edits* done at *now* by escsync's own account."""
    ticket = record.ticket
    for edit in edits:
        match edit:
            case SetField():
                ticket = _with(ticket, edit.field, edit.new, now, record.ours)
            case Move():
                name = next(iter(stages.get(edit.new, ())), edit.new.value)
                ticket = _with(ticket, "stage", Status("", name, edit.new), now, record.ours)
            case _:
                pass
    return replace(record, ticket=ticket)


def _with(ticket: Ticket, name: str, value: Value, now: datetime, ours: str) -> Ticket:
    past = ticket.history.get(name, ())
    when = max(instant(now), past[-1].when.at) if past else instant(now)
    fact = Fact(Evidence(when), value, PersonRef(ours) if ours else None)
    return replace(
        ticket, values={**ticket.values, name: value}, history={**ticket.history, name: (*past, fact)}
    )

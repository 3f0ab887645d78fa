"""A row of Case, with its children -> Ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from escsync.adapter import Evidence, History, Message, Ticket, TicketRef, Touch, Value

from . import activities, history, ids, instants, messages, scope, values
from .history import Unintelligible
from .schema import Schema

Raw: TypeAlias = dict[str, Any]
Children: TypeAlias = Mapping[str, Sequence[Raw]]
"""Child object -> the rows under one case; an object that is not there is not in it."""


def reference(row: Mapping[str, Any]) -> TicketRef:
    """How to name a case, whatever else is wrong with it."""
    return TicketRef(ids.long(row.get("Id")), str(row.get("CaseNumber") or ""))


def ticket(row: Mapping[str, Any], under: Children, schema: Schema, roots: Sequence[str] = ()) -> Ticket:
    """One case with what hangs on it, in our vocabulary; *roots* are objects whose own changes it shows."""
    ref = reference(row)
    created, stamp = instants.moment(row.get("CreatedDate")), instants.moment(row.get("SystemModstamp"))
    if not ref.id or created is None or stamp is None:
        raise Unintelligible("no id, no readable time of creation or of the last change")
    maker = schema.person(row.get("CreatedById"), _mapping(row.get("CreatedBy")))
    told, hidden = _values(row, schema)
    if told.get("stage") is None:
        raise Unintelligible("no status")
    born = Evidence(created, source="created")
    past: dict[str, History] = {}
    touched: dict[str, Touch] = {}
    entered = None
    if "CaseHistory" in under:
        rows = history.Rows(under["CaseHistory"], schema)
        history.learn(rows, schema)
        whole = history.Past(row, rows, born, maker)
        found = {name: whole.of(name, value, schema) for name, value in told.items()}
        past = {name: facts for name, facts in found.items() if facts is not None}
        dated = {name: whole.touch(name, schema) for name, facts in found.items() if facts is None}
        touched = {name: touch for name, touch in dated.items() if touch is not None}
        entered = scope.entered_at(row, rows, schema)
    if schema.vocabulary.follow_up == "task":
        booked = activities.follow_up(under.get("Task", ()), under.get("Event", ()), born, schema)
        told, past = told | booked[0], past | booked[1]
    comments = under.get("CaseComment", ())
    said = messages.of_comments(comments, schema)
    said += messages.of_mails(under.get("EmailMessage", ()), schema)
    return Ticket(
        id=ref.id,
        key=ref.key or ref.id,
        url=f"{schema.base}/{ref.id}",
        created_at=created,
        values=told,
        updated_at=_updated(row, stamp, roots),
        entered_at=entered,
        in_scope=scope.contains(row, schema),
        version=str(row.get("SystemModstamp")),
        history=past,
        messages=_ordered(said),
        note=messages.note_of(comments, schema),
        unreadable={**schema.lost, **hidden},
        updated_by=schema.person(row.get("LastModifiedById"), _mapping(row.get("LastModifiedBy"))),
        touched=touched,
    )


def _values(row: Mapping[str, Any], schema: Schema) -> tuple[dict[str, Value], dict[str, str]]:
    found: dict[str, Value] = {}
    hidden: dict[str, str] = {}
    for name, columns in schema.columns.items():
        if all(values.told(row, column.path) for column in columns):
            found[name] = values.of(name, columns, row, schema)
        else:
            hidden[name] = "Salesforce left it out of its answer"
    closed, status = row.get("IsClosed"), row.get("Status")
    if isinstance(status, str) and status:
        found["stage"] = schema.status(status, closed if isinstance(closed, bool) else None)
    return found, hidden


def _updated(row: Mapping[str, Any], stamp: datetime, roots: Sequence[str]) -> datetime:
    """Nothing that the ticket shows changed later than this."""
    others = (instants.moment(values.reach(row, f"{root}.SystemModstamp")) for root in roots)
    return max([stamp, *(other for other in others if other is not None)])


def _ordered(said: list[Message]) -> tuple[Message, ...]:
    return tuple(sorted(said, key=lambda message: (message.when.at, message.id)))


def _mapping(raw: object) -> Mapping[str, Any] | None:
    return raw if isinstance(raw, dict) else None

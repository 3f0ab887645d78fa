"""Activities: tasks and events that tell the follow-up, where the configuration asks for them (decision 61)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from escsync.adapter import Evidence, Fact, Grade, History, PersonRef, Value

from . import ids, instants
from .schema import Schema

Raw = Mapping[str, Any]
FIELDS = ("follow_up.scheduled_for", "follow_up.scheduled_by", "follow_up.held_at")
_SUBJECT = re.compile(r"\bfollow[\s-]?up\b", re.IGNORECASE)


def follow_up(
    tasks: Sequence[Raw], events: Sequence[Raw], born: Evidence, schema: Schema
) -> tuple[dict[str, Value], dict[str, History]]:
    """What a case's follow-up activities tell, for the fields that are not mapped otherwise.

    Escsync's own reminders book nothing: only a person's activity does.
    """
    bookings = [_booking(row, schema) for row in [*tasks, *events]]
    booked = sorted((one for one in bookings if one is not None), key=lambda one: one[0])
    completions = [_completion(row, schema) for row in tasks]
    held = sorted((one for one in completions if one is not None), key=lambda one: one[0])
    dates, people = _empty(born), _empty(born)
    for at, id, planned, actor in booked:
        when = Evidence(at, source=f"activity:{id}")
        dates.append(Fact(when, planned, actor))
        people.append(Fact(when, (actor,) if actor else None, actor))
    done = _empty(born)
    for at, id, exact in held[:1]:
        source = f"activity:{id}"
        when = Evidence(at, source=source) if exact else Evidence(at, born.at, Grade.B, source)
        done.append(Fact(when, at))
    told = dict(zip(FIELDS, (dates, people, done), strict=True))
    free = {
        name: facts for name, facts in told.items() if name not in schema.columns and name not in schema.lost
    }
    return {name: facts[-1].value for name, facts in free.items()}, {
        n: tuple(facts) for n, facts in free.items()
    }


def _empty(born: Evidence) -> list[Fact]:
    return [Fact(born, None)]


def _ours(row: Raw, schema: Schema) -> bool:
    subject = row.get("Subject")
    meant = isinstance(subject, str) and _SUBJECT.search(subject) is not None
    return meant and row.get("IsDeleted") is not True


def _booking(row: Raw, schema: Schema) -> tuple[datetime, str, Value, PersonRef | None] | None:
    at = instants.moment(row.get("CreatedDate"))
    planned = instants.moment(row.get("StartDateTime")) or instants.day(row.get("ActivityDate"))
    if at is None or planned is None or not _ours(row, schema):
        return None
    creator = row.get("CreatedBy")
    actor = schema.person(row.get("CreatedById"), creator if isinstance(creator, dict) else None)
    if actor is not None and actor.id == schema.me:
        return None
    return at, ids.long(row.get("Id")), planned, actor


def _completion(row: Raw, schema: Schema) -> tuple[datetime, str, bool] | None:
    """When a task was done: by the server's stamp, else no later than its last change."""
    if row.get("IsClosed") is not True or not _ours(row, schema):
        return None
    exact, changed = (
        instants.moment(row.get("CompletedDateTime")),
        instants.moment(row.get("LastModifiedDate")),
    )
    at = exact or changed
    return None if at is None else (at, ids.long(row.get("Id")), exact is not None)

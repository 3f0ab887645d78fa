"""Presence: who was seen active in a tracker and when, and since when somebody is deactivated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from escsync.domain.evidence import Evidence
from escsync.domain.people import PersonRef
from escsync.domain.ticket import Ticket

from .batches import chunks, put, rows_of
from .schema import PEOPLE


def interval(since: datetime | None, now: datetime, hint: datetime | None, *, floor: datetime) -> Evidence:
    """(since, now], its upper end brought forward to the tracker's own *hint* where that lies inside.

    A ticket last edited when it was created, at *floor*, shows what it showed then.
    """
    lower = max(since or floor, floor)
    upper = max(now, lower)
    if hint is not None and (lower < hint < upper or hint == lower == floor):
        upper = hint
    return Evidence(upper, lower if lower < upper else None)


def present(connection: Connection, tracker: str, now: datetime, tickets: Iterable[Ticket]) -> None:
    """Who is active; a deactivation lies between the last poll that saw the person active and this one."""
    active: set[str] = set()
    left: dict[str, datetime] = {}
    for ticket in tickets:
        for value in ticket.values.values():
            for ref in value if isinstance(value, tuple) else ():
                if isinstance(ref, PersonRef) and ref.id and ref.active is not None:
                    if ref.active:
                        active.add(ref.id)
                    else:
                        left[ref.id] = min(ticket.created_at, left.get(ref.id, ticket.created_at))
    for batch in chunks(sorted(active | left.keys())):
        held = {row.id: row for row in connection.execute(rows_of(PEOPLE, PEOPLE.c.id, tracker, batch))}
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for person in batch:
            place = {"tracker": tracker, "id": person}
            known = held.get(person)
            if person in left:
                if known is None or known.inactive_at is None:
                    last = known.active_at if known else None
                    when = interval(last, now, None, floor=last or left[person])
                    row = {**place, "inactive_after": when.after, "inactive_at": when.at}
                    (changed if known else new).append({"active_at": last, **row})
            elif known is None:
                new.append({**place, "active_at": now, "inactive_after": None, "inactive_at": None})
            elif known.active_at != now or known.inactive_at is not None:
                changed.append({**place, "active_at": now, "inactive_after": None, "inactive_at": None})
        if new:
            connection.execute(insert(PEOPLE), new)
        if changed:
            put(connection, PEOPLE, changed)

"""Trackers: what is known of each as a whole, and which of its tickets want looking after."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, false, func, or_, select, update

from escsync.domain.ticket import TicketRef

from .batches import chunks
from .chain import touched
from .codec import dumps
from .schema import PASSES, TICKETS, TRACKERS

_LONGEST_PAUSE = timedelta(days=1)
_WATCHED = 90
"""Owners looked after in each poll; of more, the next ones in the next poll."""


@dataclass(frozen=True, slots=True)
class TrackerState:
    """What is known of a tracker as a whole. *fingerprint* is of the configuration it was last read with.

    *not_before* is when the *pause* that it asked for ends, whose words say why; it may be long past.
    """

    cursor: Mapping[str, Any] | None = None
    discovery: Mapping[str, Any] = field(default_factory=dict)
    ours: str = ""
    fingerprint: str = ""
    polled_at: datetime | None = None
    swept_at: datetime | None = None
    not_before: datetime | None = None
    pause: str = ""

    def resting(self, now: datetime) -> bool:
        """Is *now* within the pause? One that ends later than in a day was noted by another clock, and is none."""
        return self.not_before is not None and timedelta() < self.not_before - now <= _LONGEST_PAUSE


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a complete poll found out beside the tickets: *gone* ids that no longer exist, and ids that *left* the
    scope. *full*: it looked at everything."""

    fingerprint: str = ""
    full: bool = False
    gone: Sequence[str] = ()
    left: Sequence[str] = ()


def state(connection: Connection, tracker: str) -> TrackerState:
    """What is known of *tracker*; empty where it was never polled."""
    row = connection.execute(select(TRACKERS).where(TRACKERS.c.name == tracker)).first()
    if row is None:
        return TrackerState()
    return TrackerState(
        json.loads(row.cursor) if row.cursor else None,
        json.loads(row.discovery),
        row.ours,
        row.fingerprint,
        row.polled_at,
        row.swept_at,
        row.not_before,
        row.pause,
    )


def discovered(connection: Connection, tracker: str, discovery: Mapping[str, Any], ours: str) -> None:
    """Keep what the adapter learnt."""
    values = {"discovery": dumps(dict(discovery)), "ours": ours}
    connection.execute(update(TRACKERS).where(TRACKERS.c.name == tracker).values(values))


def paused(connection: Connection, tracker: str, until: datetime | None, why: str) -> None:
    """Keep until when *tracker* is to be left alone, and why; None: it is not."""
    values = {"not_before": until, "pause": why if until is not None else ""}
    connection.execute(update(TRACKERS).where(TRACKERS.c.name == tracker).values(values))


def polled(
    connection: Connection, tracker: str, cursor: Mapping[str, Any] | None, now: datetime, sweep: Sweep
) -> None:
    """Close a complete poll, the cursor last; a tracker that answered it has no pause any more."""
    swept(connection, tracker, now, sweep)
    values: dict[str, Any] = {
        "cursor": dumps(dict(cursor)) if cursor is not None else None,
        "polled_at": now,
        "fingerprint": sweep.fingerprint,
        "not_before": None,
        "pause": "",
    }
    if sweep.full:
        values["swept_at"] = now
    connection.execute(update(TRACKERS).where(TRACKERS.c.name == tracker).values(values))


def swept(connection: Connection, tracker: str, now: datetime, sweep: Sweep) -> None:
    """Tombstones for what is gone, a mark for what left the scope."""
    of = TICKETS.c.tracker == tracker
    last = state(connection, tracker).polled_at
    touched(connection, TICKETS, ({"id": ticket} for ticket in (*sweep.gone, *sweep.left)))
    for batch in chunks(sweep.gone):
        gone = {"vanished_after": last if last and last < now else None, "vanished_at": now}
        connection.execute(update(TICKETS).where(of, TICKETS.c.id.in_(batch)).values(gone))
    for batch in chunks(sweep.left):
        when = {"left_after": last if last and last < now else None, "left_at": now}
        these = update(TICKETS).where(of, TICKETS.c.id.in_(batch))
        connection.execute(these.where(TICKETS.c.left_at.is_(None)).values(when))
        connection.execute(these.values(in_scope=False))


def watch(connection: Connection, tracker: str) -> list[TicketRef]:
    """One open ticket per owner, so that a deactivation is seen, and the open ones outside the scope."""
    shown = (TICKETS.c.tracker == tracker, TICKETS.c.ended == false(), TICKETS.c.vanished_at.is_(None))
    owners = list(
        connection.execute(
            select(func.max(TICKETS.c.id).label("id"))
            .where(*shown, TICKETS.c.owner != "")
            .group_by(TICKETS.c.owner)
            .order_by("id")
        ).scalars()
    )
    if len(owners) > _WATCHED:
        made = connection.execute(
            select(func.count()).select_from(PASSES).where(PASSES.c.tracker == tracker)
        ).scalar_one()
        first = made * _WATCHED % len(owners)
        owners = [*owners[first:], *owners[:first]][:_WATCHED]
    wanted = or_(TICKETS.c.id.in_(owners), TICKETS.c.in_scope == false())
    rows = connection.execute(select(TICKETS.c.id, TICKETS.c.key).where(*shown, wanted).order_by("id"))
    return [TicketRef(row.id, row.key) for row in rows]


def known(connection: Connection, tracker: str, *, open_only: bool, outside: bool | None) -> list[TicketRef]:
    """The tickets that are known and not gone; *outside*: only those outside (or inside) the scope."""
    wanted = [TICKETS.c.tracker == tracker, TICKETS.c.vanished_at.is_(None)]
    if open_only:
        wanted.append(TICKETS.c.ended == false())
    if outside is not None:
        wanted.append(TICKETS.c.in_scope == (not outside))
    rows = connection.execute(select(TICKETS.c.id, TICKETS.c.key).where(*wanted).order_by("id"))
    return [TicketRef(row.id, row.key) for row in rows]

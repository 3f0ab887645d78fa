"""Leases: one pass per tracker at a time, with a number that tells a paused pass that it was overtaken."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from sqlalchemy import Connection, insert, or_, select, update

from .database import clock
from .errors import Held, LostLease
from .schema import TRACKERS

TTL = timedelta(seconds=60)
"""How long a lease lasts after the last sign of life."""


def holder(pass_id: str) -> str:
    """Who a pass is: its machine and process, so that a dead one of the same machine is not waited for."""
    return f"{socket.gethostname()}/{os.getpid()}/{pass_id}"[:200]


def acquire(connection: Connection, tracker: str, who: str, ttl: timedelta) -> int:
    """Take the lease and return its fencing number; Held where a living pass has it."""
    register(connection, tracker)
    now = clock(connection)
    free = or_(TRACKERS.c.lease_until.is_(None), TRACKERS.c.lease_until <= now)
    row = connection.execute(select(TRACKERS).where(TRACKERS.c.name == tracker)).one()
    if row.holder and _dead(row.holder):
        free = or_(free, TRACKERS.c.holder == row.holder)
    taken = connection.execute(
        update(TRACKERS)
        .where(TRACKERS.c.name == tracker, free)
        .values(fence=TRACKERS.c.fence + 1, holder=who, lease_until=now + ttl)
    )
    if taken.rowcount != 1:
        raise Held(tracker, row.holder, row.lease_until)
    return int(connection.execute(select(TRACKERS.c.fence).where(TRACKERS.c.name == tracker)).scalar_one())


def renew(connection: Connection, tracker: str, fence: int, ttl: timedelta) -> None:
    """Show life; LostLease where another pass has taken over. It is the first statement of every transaction."""
    kept = connection.execute(
        update(TRACKERS)
        .where(TRACKERS.c.name == tracker, TRACKERS.c.fence == fence)
        .values(lease_until=clock(connection) + ttl)
    )
    if kept.rowcount != 1:
        who = connection.execute(select(TRACKERS.c.holder).where(TRACKERS.c.name == tracker)).scalar()
        raise LostLease(tracker, who or "unknown")


def release(connection: Connection, tracker: str, fence: int) -> None:
    """Give the lease back, unless it is another's by now."""
    connection.execute(
        update(TRACKERS)
        .where(TRACKERS.c.name == tracker, TRACKERS.c.fence == fence)
        .values(lease_until=None, holder="")
    )


def register(connection: Connection, tracker: str) -> None:
    """See that the tracker has its row."""
    if connection.execute(select(TRACKERS.c.name).where(TRACKERS.c.name == tracker)).first() is None:
        connection.execute(insert(TRACKERS).values(name=tracker))


def _dead(who: str) -> bool:
    """Was the holder a process of this machine that is no more?"""
    host, _, rest = who.partition("/")
    number = rest.partition("/")[0]
    if host != socket.gethostname() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False

"""Soundness: is the ledger whole, and do its parts agree?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection, and_, func, inspect, or_, select

from escsync.domain.policy import Policy

from .codec import to_message, to_reading, to_ticket, to_value
from .database import clock
from .history import problems as unchained
from .outlines import legible
from .policies import to_policy
from .schema import (
    EFFECTS,
    LETTERS,
    MESSAGES,
    OBSERVATIONS,
    OUTLINES,
    PASSES,
    PEOPLE,
    PINS,
    POLICIES,
    RECEIPTS,
    TICKETS,
    TRACKERS,
    metadata,
)

_TOLD = timedelta(days=30)
_RUBBISH = (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError)
"""What reading raises where somebody put something else in."""


def problems(connection: Connection) -> Iterator[str]:
    """Everything that is wrong, one sentence each; nothing where the ledger is whole."""
    if connection.dialect.name == "sqlite":
        for (told,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if told != "ok":
                yield f"the database file is damaged: {told}"
    lacking = sorted(metadata.tables.keys() - set(inspect(connection).get_table_names()))
    if lacking:
        yield from (f"the table {name} is missing" for name in lacking)
        return
    yield from _documents(connection)
    yield from _orphans(connection)
    yield from _policies(connection)
    yield from _order(connection)
    yield from _counts(connection)
    yield from unchained(connection)
    yield from _copies(connection)
    stuck = (
        select(EFFECTS.c.tracker, func.count())
        .join(TRACKERS, TRACKERS.c.name == EFFECTS.c.tracker)
        .where(EFFECTS.c.state == "sending")
        # Those of a pass that is at work this very moment are as they should be.
        .where(
            or_(
                TRACKERS.c.lease_until.is_(None),
                TRACKERS.c.lease_until <= clock(connection),
                TRACKERS.c.fence != EFFECTS.c.fence,
            )
        )
        .group_by(EFFECTS.c.tracker)
    )
    for tracker, count in connection.execute(stuck):
        yield f"{tracker}: {count} writes were begun and never settled; the next pass finds out about them"


def _copies(connection: Connection) -> Iterator[str]:
    """Records that two passes made for one purpose, as only a machine that froze in the wrong instant can do."""
    since = clock(connection) - _TOLD
    twice = (
        select(RECEIPTS.c.tracker, RECEIPTS.c.key)
        .group_by(RECEIPTS.c.tracker, RECEIPTS.c.key)
        .having(and_(func.count() > 1, func.max(RECEIPTS.c.at) >= since))
    )
    for tracker, key in connection.execute(twice).all():
        made = select(RECEIPTS.c.remote_id).where(RECEIPTS.c.key == key).order_by(RECEIPTS.c.at)
        ids = ", ".join(connection.execute(made).scalars())
        yield f"{tracker}: {ids} were created for one and the same purpose; keep one of them (said for 30 days)"


def _documents(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(*TICKETS.c["tracker", "id", "key", "doc"])):
        try:
            ticket = to_ticket(json.loads(row.doc))
        except _RUBBISH:
            yield f"{row.tracker}:{row.id}: the ticket cannot be read"
            continue
        if (ticket.id, ticket.key) != (row.id, row.key):
            yield f"{row.tracker}:{row.id}: the entry holds another ticket"
    for name, cursor, discovery in connection.execute(select(*TRACKERS.c["name", "cursor", "discovery"])):
        try:
            if not isinstance(json.loads(discovery), dict) or not isinstance(
                json.loads(cursor or "{}"), dict
            ):
                yield f"{name}: what was learnt of the tracker cannot be read"
        except _RUBBISH:
            yield f"{name}: what was learnt of the tracker cannot be read"
    for name, doc in connection.execute(select(*OUTLINES.c["tracker", "doc"])):
        if not legible(doc):
            yield f"{name}: the schema that was accepted cannot be read; look at it, then `escsync drift --accept`"
    for row in connection.execute(select(*MESSAGES.c["tracker", "ticket", "id", "doc", "reading"])):
        try:
            to_message(json.loads(row.doc))
            to_reading(json.loads(row.reading))
        except _RUBBISH:
            yield f"{row.tracker}:{row.ticket}: message {row.id} cannot be read"
    for row in connection.execute(select(*OBSERVATIONS.c["tracker", "ticket", "field", "value"])):
        try:
            to_value(json.loads(row.value))
        except _RUBBISH:
            yield f"{row.tracker}:{row.ticket}: an observation of {row.field} cannot be read"


def _orphans(connection: Connection) -> Iterator[str]:
    for table, what in ((MESSAGES, "messages"), (OBSERVATIONS, "observations")):
        known = and_(TICKETS.c.tracker == table.c.tracker, TICKETS.c.id == table.c.ticket)
        statement = (
            select(func.count()).select_from(table.outerjoin(TICKETS, known)).where(TICKETS.c.id.is_(None))
        )
        if count := connection.execute(statement).scalar():
            yield f"{count} {what} belong to no ticket"
    for table in (RECEIPTS, PASSES, PEOPLE, LETTERS, OUTLINES):
        strange = select(func.count()).where(table.c.tracker.not_in(select(TRACKERS.c.name)))
        if count := connection.execute(strange).scalar():
            yield f"{count} {table.name} belong to no tracker"
    claimed = select(EFFECTS.c.key)
    if count := connection.execute(select(func.count()).where(RECEIPTS.c.key.not_in(claimed))).scalar():
        yield f"{count} receipts belong to no write"


def _policies(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(*POLICIES.c["version", "content"])):
        try:
            found: Policy = to_policy(json.loads(row.content))
        except _RUBBISH:
            yield f"policy {row.version} cannot be read"
            continue
        if found.version != row.version:
            yield f"policy {row.version} was altered: its content is that of {found.version}"
    unknown = select(PINS.c.version).where(PINS.c.version.not_in(select(POLICIES.c.version))).distinct()
    for (version,) in connection.execute(unknown):
        yield f"policy {version} is pinned and missing"


def _order(connection: Connection) -> Iterator[str]:
    backwards = select(func.count()).where(OBSERVATIONS.c.after >= OBSERVATIONS.c.at)
    if count := connection.execute(backwards).scalar():
        yield f"{count} observations end before they begin"
    of = (OBSERVATIONS.c.tracker, OBSERVATIONS.c.ticket, OBSERVATIONS.c.field)
    gaps = select(*of).group_by(*of).having(func.max(OBSERVATIONS.c.n) != func.count() - 1)
    for tracker, ticket, field in connection.execute(gaps):
        yield f"{tracker}:{ticket}: an observation of {field} is missing"


def _counts(connection: Connection) -> Iterator[str]:
    shown = PASSES.c["tracker", "id", "kind", "counts", "errors"]
    for row in connection.execute(select(*shown).where(PASSES.c.ended.is_not(None))):
        try:
            n, _ = dict(json.loads(row.counts)), [dict(one) for one in json.loads(row.errors)]
        except _RUBBISH:
            yield f"{row.tracker}: what pass {row.id} did cannot be read"
            continue
        if n.get("seen", 0) != n.get("assessed", 0) + n.get("unreadable", 0):
            yield f"{row.tracker}: pass {row.id} saw {n.get('seen')} escalations and accounts for others"
        parts = ("applied", "stale", "ignored", "refused", "failed")
        if row.kind != "plan" and n.get("planned", 0) != sum(n.get(part, 0) for part in parts):
            yield f"{row.tracker}: pass {row.id} planned {n.get('planned')} edits and accounts for others"

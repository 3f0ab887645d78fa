"""Decisions: what assessments mean for the ledger, and which policy each cycle keeps."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from escsync.domain.policy import Policy
from escsync.domain.twins import Mark, Marks

from .batches import chunks, put, put_missing
from .chain import touched
from .errors import LedgerError
from .policies import from_policy, to_policy
from .schema import PINS, POLICIES, TICKETS


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an assessment means for the ledger: *pins* are the cycles that have begun."""

    ticket: str
    ended: bool
    next_wake: datetime | None
    account: str
    identified_at: datetime | None
    pins: tuple[int, ...] = ()
    source: str = ""
    gist: str = ""


def keep(
    connection: Connection, tracker: str, policy: Policy, now: datetime, judgements: Sequence[Judgement]
) -> None:
    """Keep when to look again, what counts for the account, and *policy* for each cycle that is new."""
    rows = [
        {
            "tracker": tracker,
            "id": judgement.ticket,
            "ended": judgement.ended,
            "next_wake": judgement.next_wake,
            "account": judgement.account,
            "identified_at": judgement.identified_at,
            "source": judgement.source,
            "gist": judgement.gist,
        }
        for judgement in judgements
    ]
    put(connection, TICKETS, rows)
    new = [
        {"tracker": tracker, "ticket": ticket, "cycle": cycle, "version": policy.version}
        for ticket, cycle in _unpinned(connection, tracker, judgements)
    ]
    if not new:
        return
    stored = select(POLICIES.c.version).where(POLICIES.c.version == policy.version)
    if connection.execute(stored).first() is None:
        content = {"version": policy.version, "content": from_policy(policy), "first_used": now}
        put_missing(connection, POLICIES, content)  # two trackers may be the first to use it at once
    connection.execute(insert(PINS), new)
    touched(connection, PINS, new, new=True)


def _unpinned(connection: Connection, tracker: str, judgements: Sequence[Judgement]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for batch in chunks([judgement for judgement in judgements if judgement.pins]):
        tickets = [judgement.ticket for judgement in batch]
        known = select(PINS.c.ticket, PINS.c.cycle).where(
            PINS.c.tracker == tracker, PINS.c.ticket.in_(tickets)
        )
        pinned = {(row.ticket, row.cycle) for row in connection.execute(known)}
        found.extend((j.ticket, cycle) for j in batch for cycle in j.pins if (j.ticket, cycle) not in pinned)
    return found


def policy(connection: Connection, version: str) -> Policy:
    """The policy of this version, as it was when it was pinned."""
    content = connection.execute(select(POLICIES.c.content).where(POLICIES.c.version == version)).scalar()
    try:
        return to_policy(json.loads(content or "null"))
    except ValueError as error:
        raise LedgerError(
            f"the pinned policy {version} cannot be read", remedy="run `escsync ledger check`"
        ) from error


def earlier(connection: Connection) -> Mapping[str, tuple[tuple[datetime, str], ...]]:
    """Per account, when its escalations were identified, each with its id."""
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    columns: tuple[Any, ...] = (TICKETS.c.tracker, TICKETS.c.id, TICKETS.c.account, TICKETS.c.identified_at)
    known = (TICKETS.c.account != "", TICKETS.c.identified_at.is_not(None))
    for row in connection.execute(select(*columns).where(*known)):
        found[row.account].append((row.identified_at, f"{row.tracker}:{row.id}"))
    return {account: tuple(sorted(told)) for account, told in found.items()}


def marks(connection: Connection) -> Marks:
    """Every escalation that counts, by what tells it apart."""
    columns: tuple[Any, ...] = (
        TICKETS.c.tracker,
        TICKETS.c.id,
        TICKETS.c.key,
        TICKETS.c.account,
        TICKETS.c.identified_at,
        TICKETS.c.source,
        TICKETS.c.gist,
        TICKETS.c.ended,
    )
    return Marks(
        Mark(
            f"{row.tracker}:{row.id}",
            row.key,
            row.account,
            row.identified_at,
            row.source,
            row.gist,
            row.ended,
        )
        for row in connection.execute(select(*columns).where(TICKETS.c.identified_at.is_not(None)))
    )

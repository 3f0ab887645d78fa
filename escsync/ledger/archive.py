"""Records: everything the ledger knows of a ticket, put together again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, false, or_, select, true

from escsync.domain.communication import Message
from escsync.domain.escalation import Record
from escsync.domain.evidence import Evidence, Grade
from escsync.domain.policy import Policy
from escsync.domain.ticket import Fact

from .codec import to_message, to_person, to_reading, to_ticket, to_value
from .errors import LedgerError
from .schema import MESSAGES, OBSERVATIONS, PEOPLE, PINS, TICKETS, TRACKERS

PAGE = 500
"""Entries put together at a time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A *record* with what the last pass concluded from it.

    *digest* is the ticket's own as last seen on the tracker: the record keeps no customer text, so its ticket's
    digest is another one. *pinned* are the cycles that have a policy.
    """

    record: Record
    digest: str
    ended: bool
    next_wake: datetime | None
    account: str
    identified_at: datetime | None
    source: str = ""
    gist: str = ""

    @property
    def id(self) -> str:
        """The ticket's native id."""
        return self.record.ticket.id


def keys(
    connection: Connection, tracker: str | None, *, ids: Collection[str] | None, open_only: bool
) -> list[tuple[str, str]]:
    """(tracker, native id) of the tickets asked for: those of *ids*, else all, or all that are open.

    With *open_only* the *ids* are added to the open ones.
    """
    wanted = [] if tracker is None else [TICKETS.c.tracker == tracker]
    listed = TICKETS.c.id.in_(list(ids)) if ids is not None and len(ids) <= PAGE else None
    statement = select(TICKETS.c.tracker, TICKETS.c.id).where(*wanted)
    if open_only:
        more = listed if listed is not None else (true() if ids is not None else false())
        statement = statement.where(or_(TICKETS.c.ended == false(), more))
    elif listed is not None:
        statement = statement.where(listed)
    rows = connection.execute(
        statement.add_columns(TICKETS.c.ended).order_by(TICKETS.c.tracker, TICKETS.c.id)
    )
    named = None if ids is None else frozenset(ids)
    return [
        (row.tracker, row.id)
        for row in rows
        if named is None or row.id in named or (open_only and not row.ended)
    ]


def entries(
    connection: Connection, tracker: str, ids: Collection[str], policy: Callable[[str], Policy]
) -> Iterator[Entry]:
    """The entries of these few tickets of one tracker, ordered by id; *policy* finds a policy by its version."""
    ours = connection.execute(select(TRACKERS.c.ours).where(TRACKERS.c.name == tracker)).scalar() or ""
    inactive = _inactive(connection, tracker)
    tickets = select(TICKETS).where(TICKETS.c.tracker == tracker, TICKETS.c.id.in_(list(ids)))
    messages = _grouped(connection, MESSAGES, tracker, ids)
    observed = _grouped(connection, OBSERVATIONS, tracker, ids)
    pins = _grouped(connection, PINS, tracker, ids)
    for row in sorted(connection.execute(tickets), key=lambda row: row.id):
        kept = messages[row.id]
        seen = to_ticket(_doc(row), _messages(kept), _history(observed[row.id]))
        ticket = seen if seen.in_scope == row.in_scope else replace(seen, in_scope=row.in_scope)
        record = Record(
            tracker,
            ticket,
            readings={m.id: to_reading(json.loads(m.reading)) for m in kept},
            gone={m.id: _seen(m.gone_after, m.gone_at) for m in kept if m.gone_at is not None},
            vanished=_seen(row.vanished_after, row.vanished_at) if row.vanished_at is not None else None,
            inactive=inactive,
            pins={pin.cycle: policy(pin.version) for pin in pins[row.id]},
            ours=ours,
            first_seen=row.first_seen,
            left=_seen(row.left_after, row.left_at) if row.left_at is not None else None,
        )
        yield Entry(
            record, row.digest, row.ended, row.next_wake, row.account, row.identified_at, row.source, row.gist
        )


def _doc(row: Row[Any]) -> Any:
    try:
        return json.loads(row.doc)
    except ValueError as error:
        raise LedgerError(
            f"the ledger's entry of {row.tracker}:{row.id} is damaged", remedy="run `escsync ledger check`"
        ) from error


def _grouped(
    connection: Connection, table: Any, tracker: str, ids: Collection[str]
) -> Mapping[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    where = and_(table.c.tracker == tracker, table.c.ticket.in_(list(ids)))
    for row in connection.execute(select(table).where(where).order_by(*table.primary_key.columns)):
        found[row.ticket].append(row)
    return found


def _history(rows: list[Row[Any]]) -> dict[str, tuple[Fact, ...]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for row in rows:
        actor = to_person(json.loads(row.actor)) if row.actor else None
        found[row.field].append(Fact(_seen(row.after, row.at), to_value(json.loads(row.value)), actor))
    return {name: tuple(facts) for name, facts in found.items()}


def _messages(rows: list[Row[Any]]) -> tuple[Message, ...]:
    told = (to_message(json.loads(row.doc)) for row in rows)
    return tuple(sorted(told, key=lambda message: (message.when.at, message.id)))


def _inactive(connection: Connection, tracker: str) -> Mapping[str, Evidence]:
    """Since when the deactivated people are so."""
    rows = connection.execute(
        select(PEOPLE).where(PEOPLE.c.tracker == tracker, PEOPLE.c.inactive_at.is_not(None))
    )
    return {row.id: _seen(row.inactive_after, row.inactive_at) for row in rows}


def _seen(after: datetime | None, at: datetime) -> Evidence:
    return Evidence(at, after, Grade.B, "poll")

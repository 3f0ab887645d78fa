"""Observing: what one poll saw, turned into evidence that is never rewritten."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, insert

from escsync.domain.communication import Message, Reading
from escsync.domain.fault import place
from escsync.domain.fields import FIELDS
from escsync.domain.people import PersonRef
from escsync.domain.ticket import Ticket, plain

from .batches import chunks, put, rows_of
from .codec import dumps, from_message, from_person, from_reading, from_ticket, from_value, to_value
from .discretion import discreet, wordless
from .presence import interval, present
from .schema import MESSAGES, OBSERVATIONS, TICKETS

Reader = Callable[[Ticket, Message], Reading]


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at a tracker: *now*, when the *last* one was, and how to *read* a message seen for the first time.

    *ours* is escsync's own account, *by_us* the (ticket, field) pairs that it has just written. *by_id* are tickets
    that were asked for by id: that they came does not prove that they are in scope. *renew*: read known messages
    again whose text is still the one first seen. *text*: keep customers' words.
    """

    tracker: str
    now: datetime
    last: datetime | None
    read: Reader
    ours: str = ""
    by_us: frozenset[tuple[str, str]] = frozenset()
    by_id: frozenset[str] = frozenset()
    renew: bool = False
    text: bool = False


@dataclass(slots=True)
class Observed:
    """Which tickets were *changed*, and which *failed* to be understood, each with where the error arose."""

    changed: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Rows:
    """What one ticket adds to the tables."""

    inserts: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    updates: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))


@dataclass(slots=True)
class _Known:
    """What the ledger holds of the tickets at hand."""

    tickets: dict[str, Row[Any]] = field(default_factory=dict)
    messages: dict[str, dict[str, Row[Any]]] = field(default_factory=lambda: defaultdict(dict))
    values: dict[str, dict[str, Row[Any]]] = field(default_factory=lambda: defaultdict(dict))


def observe(connection: Connection, poll: Poll, tickets: Sequence[Ticket]) -> Observed:
    """Keep what *tickets* show; an unchanged ticket writes no row."""
    result = Observed()
    for batch in chunks(list({ticket.id: ticket for ticket in tickets}.values())):
        _observe(connection, poll, batch, result)
        present(
            connection, poll.tracker, poll.now, [ticket for ticket in batch if ticket.id not in result.failed]
        )
    return result


def _observe(connection: Connection, poll: Poll, tickets: Sequence[Ticket], result: Observed) -> None:
    known = _Known()
    ids = [ticket.id for ticket in tickets]
    for row in connection.execute(rows_of(TICKETS, TICKETS.c.id, poll.tracker, ids)):
        known.tickets[row.id] = row
    moved: list[tuple[Ticket, str, str]] = []
    for ticket in tickets:
        try:
            digest = ticket.digest()
            doc = dumps(from_ticket(ticket if poll.text else discreet(ticket)))
        except Exception as error:  # noqa: BLE001  whatever one ticket holds, it must not stop the others
            result.failed[ticket.id] = place(error)
            continue
        held = known.tickets.get(ticket.id)
        same = held is not None and (held.doc, held.digest, held.vanished_at, held.in_scope) == (
            doc,
            digest,
            None,
            _inside(poll, ticket, held),
        )
        if not same or poll.renew:
            moved.append((ticket, doc, digest))
        if not same:
            result.changed.add(ticket.id)
    if not moved:
        return
    ids = [ticket.id for ticket, _, _ in moved]
    for row in connection.execute(rows_of(MESSAGES, MESSAGES.c.ticket, poll.tracker, ids)):
        known.messages[row.ticket][row.id] = row
    for row in connection.execute(
        rows_of(OBSERVATIONS, OBSERVATIONS.c.ticket, poll.tracker, ids).order_by("n")
    ):
        known.values[row.ticket][row.field] = row
    all_rows = _Rows()
    for ticket, doc, digest in moved:
        rows = _Rows()
        try:
            _ticket(rows, poll, ticket, doc, digest, known.tickets.get(ticket.id))
            _values(rows, poll, ticket, known.values[ticket.id])
            _messages(rows, poll, ticket, known.messages[ticket.id])
        except Exception as error:  # noqa: BLE001  as above: anybody may have written what is read here
            result.failed[ticket.id] = place(error)
            result.changed.discard(ticket.id)
            continue
        for table, found in rows.inserts.items():
            all_rows.inserts[table].extend(found)
        for table, found in rows.updates.items():
            all_rows.updates[table].extend(found)
    for table, found in all_rows.inserts.items():
        connection.execute(insert(table), found)
    for table, found in all_rows.updates.items():
        put(connection, table, found)


def _ticket(rows: _Rows, poll: Poll, ticket: Ticket, doc: str, digest: str, held: Row[Any] | None) -> None:
    owner = ticket.values.get("owner")
    refs = [ref.id for ref in owner if isinstance(ref, PersonRef)] if isinstance(owner, tuple) else []
    row = {
        "tracker": poll.tracker,
        "id": ticket.id,
        "key": ticket.key,
        "doc": doc,
        "digest": digest,
        "owner": " ".join(sorted(filter(None, refs))),
        "in_scope": _inside(poll, ticket, held),
        **_left(poll, ticket, held),
        "vanished_after": None,
        "vanished_at": None,
    }
    if held is None:
        rows.inserts[TICKETS].append({**row, "first_seen": poll.now})
    elif any(getattr(held, name) != value for name, value in row.items()):
        rows.updates[TICKETS].append(row)


def _inside(poll: Poll, ticket: Ticket, held: Row[Any] | None) -> bool:
    """What a sweep no longer found stays outside until a pull finds it: reading by id finds it anywhere."""
    return ticket.in_scope and (held is None or held.in_scope or ticket.id not in poll.by_id)


def _left(poll: Poll, ticket: Ticket, held: Row[Any] | None) -> dict[str, datetime | None]:
    """When it left the scope: between the poll that still found it there and this one."""
    if _inside(poll, ticket, held):
        return {"left_after": None, "left_at": None}
    if held is not None and held.left_at is not None:
        return {"left_after": held.left_after, "left_at": held.left_at}
    when = interval(poll.last, poll.now, ticket.updated_at, floor=ticket.created_at)
    return {"left_after": when.after, "left_at": when.at}


def _values(rows: _Rows, poll: Poll, ticket: Ticket, held: Mapping[str, Row[Any]]) -> None:
    """One observation per change of a field whose changes the tracker does not record (decisions 5 and 6)."""
    shown = ticket if poll.text else discreet(ticket)
    for name, value in shown.values.items():
        known = FIELDS.get(name)
        if known is None or known.own or name in ticket.history:
            continue
        place = {"tracker": poll.tracker, "ticket": ticket.id, "field": name}
        told = dumps(from_value(value))
        before = held.get(name)
        if before is not None and before.value == told:
            continue
        if before is not None and plain(to_value(json.loads(before.value))) == plain(value):
            # The same thing under a new name (a person renamed, a status mapped anew): no change of the ticket.
            rows.updates[OBSERVATIONS].append({**place, "n": before.n, "value": told})
            continue
        since = ticket.created_at if before is None else poll.last
        when = interval(since, poll.now, ticket.updated_at, floor=ticket.created_at)
        ours = poll.ours and (ticket.id, name) in poll.by_us
        rows.inserts[OBSERVATIONS].append(
            {
                **place,
                "n": 0 if before is None else before.n + 1,
                "value": told,
                "after": when.after,
                "at": when.at,
                "actor": dumps(from_person(PersonRef(poll.ours))) if ours else None,
            }
        )


def _messages(rows: _Rows, poll: Poll, ticket: Ticket, held: Mapping[str, Row[Any]]) -> None:
    """First sight counts for ever: later text never improves a verdict, a deletion takes nothing away."""
    shown = {message.id: message for message in ticket.messages}
    for message in shown.values():
        place = {"tracker": poll.tracker, "ticket": ticket.id, "id": message.id}
        known = held.get(message.id)
        if known is None:
            seen = first_sight(message)
            rows.inserts[MESSAGES].append(
                {
                    **place,
                    "doc": dumps(from_message(seen if poll.text else wordless(seen))),
                    "reading": dumps(from_reading(poll.read(ticket, message))),
                    "first_seen": poll.now,
                    "gone_after": None,
                    "gone_at": None,
                }
            )
            continue
        told = known.reading
        if poll.renew:
            again = poll.read(ticket, message)
            if again.digest == json.loads(known.reading)["digest"]:
                told = dumps(from_reading(again))
        if told != known.reading or known.gone_at is not None:
            rows.updates[MESSAGES].append({**place, "reading": told, "gone_after": None, "gone_at": None})
    if "messages" in ticket.unreadable:
        return
    for known in held.values():
        if known.id not in shown and known.gone_at is None:
            when = interval(poll.last, poll.now, None, floor=ticket.created_at)
            rows.updates[MESSAGES].append(
                {
                    "tracker": poll.tracker,
                    "ticket": ticket.id,
                    "id": known.id,
                    "reading": known.reading,
                    "gone_after": when.after,
                    "gone_at": when.at,
                }
            )


def first_sight(message: Message) -> Message:
    """A text that was edited before anybody read it counts from its edit (decision 43)."""
    edited = message.edited_at
    if edited is None or edited <= message.when.at:
        return message
    return replace(message, when=replace(message.when, at=edited, after=None))

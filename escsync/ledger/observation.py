"""Observing: what one poll saw, turned into evidence that is never rewritten."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from escsync.domain.fault import place
from escsync.domain.fields import FIELDS
from escsync.domain.people import PersonRef
from escsync.domain.ticket import Ticket, Touch, plain

from .batches import chunks, rows_of
from .codec import dumps, from_person, from_ticket, from_value, to_note, to_value
from .discretion import discreet
from .hearing import messages, of_tickets
from .poll import Observed, Poll, Rows
from .presence import interval, present
from .schema import OBSERVATIONS, TICKETS
from .words import findable, named_by


@dataclass(slots=True)
class _Known:
    """What the ledger holds of the tickets at hand."""

    tickets: dict[str, Row[Any]] = field(default_factory=dict)
    messages: Mapping[str, dict[str, Row[Any]]] = field(default_factory=dict)
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
        held = known.tickets.get(ticket.id)
        if held is None and not ticket.in_scope:
            continue  # it never was an escalation: a part of one, say
        try:
            findable(named_by(ticket))
            digest = ticket.digest()
            shown = _completed(ticket, held)
            doc = dumps(from_ticket(shown if poll.text else discreet(shown)))
        except Exception as error:  # noqa: BLE001  whatever one ticket holds, it must not stop the others
            result.failed[ticket.id] = place(error)
            continue
        same = held is not None and (held.doc, held.digest, held.vanished_at, held.in_scope) == (
            doc,
            digest,
            None,
            _inside(poll, ticket, held),
        )
        if not same or poll.renew or (ticket.apart and ticket.heard):
            moved.append((ticket, doc, digest))
        if not same:
            result.changed.add(ticket.id)
    if not moved:
        return
    ids = [ticket.id for ticket, _, _ in moved]
    known.messages = of_tickets(connection, poll.tracker, ids)
    for row in connection.execute(
        rows_of(OBSERVATIONS, OBSERVATIONS.c.ticket, poll.tracker, ids).order_by("n")
    ):
        known.values[row.ticket][row.field] = row
    all_rows = Rows()
    for ticket, doc, digest in moved:
        rows = Rows()
        try:
            _ticket(rows, poll, ticket, doc, digest, known.tickets.get(ticket.id))
            _values(rows, poll, ticket, known.values[ticket.id])
            if ticket.heard:
                messages(rows, poll, ticket, known.messages[ticket.id])
        except Exception as error:  # noqa: BLE001  as above: anybody may have written what is read here
            result.failed[ticket.id] = place(error)
            result.changed.discard(ticket.id)
            continue
        if rows and ticket.apart:
            result.changed.add(ticket.id)
        all_rows.add(rows)
    all_rows.write(connection)


def _completed(ticket: Ticket, held: Row[Any] | None) -> Ticket:
    """A ticket whose messages were not asked for this time keeps what was heard of it last."""
    if ticket.heard or held is None:
        return ticket
    last = json.loads(held.doc)
    note = ticket.note or to_note(last["note"])
    return replace(ticket, note=note, heard=last.get("heard", True))


def _ticket(rows: Rows, poll: Poll, ticket: Ticket, doc: str, digest: str, held: Row[Any] | None) -> None:
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


def _values(rows: Rows, poll: Poll, ticket: Ticket, held: Mapping[str, Row[Any]]) -> None:
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
        touch = ticket.touched.get(name) or Touch(ticket.updated_at or poll.now, ticket.updated_by)
        when = interval(since, poll.now, touch.at, floor=ticket.created_at)
        actor = _actor(poll, (ticket.id, name), touch.by)
        rows.inserts[OBSERVATIONS].append(
            {
                **place,
                "n": 0 if before is None else before.n + 1,
                "value": told,
                "after": when.after,
                "at": when.at,
                "actor": dumps(from_person(actor)) if actor else None,
            }
        )


def _actor(poll: Poll, place: tuple[str, str], last: PersonRef | None) -> PersonRef | None:
    """Who changed a field: we, where we have just written it; else whoever touched it last, unless that was we,
    whose write hides the person's before it."""
    if poll.ours and place in poll.by_us:
        return PersonRef(poll.ours)
    return None if last is None or last.id == poll.ours else last

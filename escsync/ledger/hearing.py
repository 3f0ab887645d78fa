"""Hearing: the messages of a ticket as they were first seen, whether they came with it or were asked for apart."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row

from escsync.domain.communication import Message
from escsync.domain.fault import place
from escsync.domain.ticket import Heard, Ticket

from .batches import chunks, rows_of
from .codec import dumps, from_message, from_reading, to_ticket
from .discretion import wordless
from .poll import Observed, Poll, Rows
from .presence import interval
from .schema import MESSAGES, TICKETS
from .words import findable


def hear(connection: Connection, poll: Poll, heard: Sequence[Heard]) -> Observed:
    """Keep what was *heard* of tickets that are known; what says nothing new writes no row."""
    result = Observed()
    for batch in chunks(list({one.ticket.id: one for one in heard}.values())):
        ids = [one.ticket.id for one in batch]
        tickets = {
            row.id: row for row in connection.execute(rows_of(TICKETS, TICKETS.c.id, poll.tracker, ids))
        }
        known = of_tickets(connection, poll.tracker, ids)
        rows = Rows()
        for one in batch:
            held = tickets.get(one.ticket.id)
            if held is None:
                continue
            news = Rows()
            try:
                findable(message.id for message in one.messages)
                _hear(news, poll, one, held, known[one.ticket.id])
            except Exception as error:  # noqa: BLE001  anybody may have written what is read here
                result.failed[one.ticket.id] = place(error)
                continue
            if news:
                result.changed.add(one.ticket.id)
                rows.add(news)
        rows.write(connection)
    return result


def _hear(rows: Rows, poll: Poll, one: Heard, held: Row[Any], known: Mapping[str, Row[Any]]) -> None:
    doc = json.loads(held.doc)
    ticket = to_ticket(doc, one.messages)
    told = {**doc, "heard": True, "note": one.note.plain() if one.note else None}
    if told != doc:
        rows.updates[TICKETS].append({"tracker": poll.tracker, "id": held.id, "doc": dumps(told)})
    messages(rows, poll, ticket, known)


def of_tickets(connection: Connection, tracker: str, ids: Sequence[str]) -> Mapping[str, dict[str, Row[Any]]]:
    """The messages known of these tickets, by ticket and by their own id."""
    found: dict[str, dict[str, Row[Any]]] = defaultdict(dict)
    for row in connection.execute(rows_of(MESSAGES, MESSAGES.c.ticket, tracker, ids)):
        found[row.ticket][row.id] = row
    return found


def messages(rows: Rows, poll: Poll, ticket: Ticket, held: Mapping[str, Row[Any]]) -> None:
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

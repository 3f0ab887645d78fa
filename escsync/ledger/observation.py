"""Observing: what one poll saw, turned into evidence that is never rewritten."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, and_, bindparam, insert, select, update

from escsync.domain.communication import Message, Reading
from escsync.domain.evidence import Evidence
from escsync.domain.fields import FIELDS
from escsync.domain.people import PersonRef
from escsync.domain.ticket import Ticket, plain

from .codec import dumps, from_message, from_person, from_reading, from_ticket, from_value, to_value
from .discretion import discreet, wordless
from .schema import MESSAGES, OBSERVATIONS, PEOPLE, TICKETS

_T = TypeVar("_T")
Reader = Callable[[Ticket, Message], Reading]
CHUNK = 500
"""Ids per statement: every database takes as many."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at a tracker: *now*, when the *last* one was, and how to *read* a message seen for the first time.

    *ours* is escsync's own account, *by_us* the (ticket, field) pairs that it has just written. *renew*: read known
    messages again whose text is still the one first seen. *text*: keep customers' words.
    """

    tracker: str
    now: datetime
    last: datetime | None
    read: Reader
    ours: str = ""
    by_us: frozenset[tuple[str, str]] = frozenset()
    renew: bool = False
    text: bool = False


@dataclass(slots=True)
class Observed:
    """Which tickets were *changed*, and which *failed* to be understood, each with the kind of error."""

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
        _people(connection, poll, [ticket for ticket in batch if ticket.id not in result.failed])
    return result


def _observe(connection: Connection, poll: Poll, tickets: Sequence[Ticket], result: Observed) -> None:
    known = _Known()
    ids = [ticket.id for ticket in tickets]
    for row in connection.execute(_of(TICKETS, TICKETS.c.id, poll.tracker, ids)):
        known.tickets[row.id] = row
    moved: list[tuple[Ticket, str, str]] = []
    for ticket in tickets:
        try:
            digest = ticket.digest()
            doc = dumps(from_ticket(ticket if poll.text else discreet(ticket)))
        except Exception as error:  # noqa: BLE001  whatever one ticket holds, it must not stop the others
            result.failed[ticket.id] = type(error).__name__
            continue
        held = known.tickets.get(ticket.id)
        same = held is not None and held.doc == doc and held.digest == digest and held.vanished_at is None
        if not same or poll.renew:
            moved.append((ticket, doc, digest))
        if not same:
            result.changed.add(ticket.id)
    if not moved:
        return
    ids = [ticket.id for ticket, _, _ in moved]
    for row in connection.execute(_of(MESSAGES, MESSAGES.c.ticket, poll.tracker, ids)):
        known.messages[row.ticket][row.id] = row
    for row in connection.execute(_of(OBSERVATIONS, OBSERVATIONS.c.ticket, poll.tracker, ids).order_by("n")):
        known.values[row.ticket][row.field] = row
    all_rows = _Rows()
    for ticket, doc, digest in moved:
        rows = _Rows()
        try:
            _ticket(rows, poll, ticket, doc, digest, known.tickets.get(ticket.id))
            _values(rows, poll, ticket, known.values[ticket.id])
            _messages(rows, poll, ticket, known.messages[ticket.id])
        except Exception as error:  # noqa: BLE001  as above: anybody may have written what is read here
            result.failed[ticket.id] = type(error).__name__
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
        "in_scope": ticket.in_scope,
        "vanished_after": None,
        "vanished_at": None,
    }
    if held is None:
        rows.inserts[TICKETS].append({**row, "first_seen": poll.now})
    elif (held.doc, held.digest, held.vanished_at) != (doc, digest, None):
        rows.updates[TICKETS].append(row)


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


def interval(since: datetime | None, now: datetime, hint: datetime | None, *, floor: datetime) -> Evidence:
    """(since, now], its upper end brought forward to the tracker's own *hint* where that lies inside.

    A ticket last edited when it was created, at *floor*, shows what it showed then.
    """
    lower = max(since or floor, floor)
    upper = max(now, lower)
    if hint is not None and (lower < hint < upper or hint == lower == floor):
        upper = hint
    return Evidence(upper, lower if lower < upper else None)


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


def _people(connection: Connection, poll: Poll, tickets: Iterable[Ticket]) -> None:
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
        held = {row.id: row for row in connection.execute(_of(PEOPLE, PEOPLE.c.id, poll.tracker, batch))}
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for person in batch:
            place = {"tracker": poll.tracker, "id": person}
            known = held.get(person)
            if person in left:
                if known is None or known.inactive_at is None:
                    last = known.active_at if known else None
                    when = interval(last, poll.now, None, floor=last or left[person])
                    row = {**place, "inactive_after": when.after, "inactive_at": when.at}
                    (changed if known else new).append({"active_at": last, **row})
            elif known is None:
                new.append({**place, "active_at": poll.now, "inactive_after": None, "inactive_at": None})
            elif known.active_at != poll.now or known.inactive_at is not None:
                changed.append({**place, "active_at": poll.now, "inactive_after": None, "inactive_at": None})
        if new:
            connection.execute(insert(PEOPLE), new)
        if changed:
            put(connection, PEOPLE, changed)


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Update the rows with these primary keys, in one statement for all that name the same columns."""
    keys = [column.name for column in table.primary_key]
    by_shape: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_shape[tuple(sorted(row.keys() - set(keys)))].append({f"b_{k}": v for k, v in row.items()})
    for names, found in by_shape.items():
        statement = update(table).where(and_(*(table.c[key] == bindparam(f"b_{key}") for key in keys)))
        connection.execute(statement.values({name: bindparam(f"b_{name}") for name in names}), found)


def chunks(items: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """*items* in pieces."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _of(table: Table, column: Any, tracker: str, ids: Collection[str]) -> Any:
    return select(table).where(table.c.tracker == tracker, column.in_(list(ids)))

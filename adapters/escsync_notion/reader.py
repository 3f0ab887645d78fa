"""Reading: raw pages in, tickets out; one that cannot be decoded never stops the others."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from escsync.adapter import (
    Cursor,
    Heard,
    Page,
    Problem,
    Rejected,
    Ticket,
    TicketRef,
    Unreadable,
    Vanished,
)

from . import codec, drift
from .codec import MALFORMED, Raw
from .comments import Said
from .completion import Completion
from .connection import Connection
from .conversation import Conversation, Unheard
from .discovery import Discovery
from .drift import Lost
from .overlap import Overlap
from .query import OVERLAP, Query
from .schema import Schema
from .settings import identified

_MOST_MET = 300


class Reader:
    """Tickets as they stand."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery
        self._completion = Completion(connection, discovery)
        self.conversation = Conversation(connection, discovery, self._completion)
        self.met: OrderedDict[str, Ticket] = OrderedDict()
        """The tickets that were read last, so that what was only just read is not read again."""

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef]) -> Iterator[Page]:
        """What changed since *cursor*; the last page carries the new one, so that a crash repeats the rest.

        Each page says what no longer holds, for none of its tickets is worth anything without that.
        """
        try:
            yield from self._pull(cursor, watch)
        except Lost as lost:
            yield Page((), dict(cursor or {}), problems=(lost.problem,))

    def _pull(self, cursor: Cursor | None, watch: Sequence[TicketRef]) -> Iterator[Page]:
        since, before = _since(cursor), dict(cursor or {})
        schema = self._discovery.current()
        if not _lost(before) <= schema.lost.keys():
            # What could not be read of pages that were edited meanwhile can be read now.
            since = None
        query, pages = self._question(since, watch)
        costly = any(column.via for column in schema.every())
        overlap = Overlap(before if since else {}, {ref.id for ref in watch}, costly=costly)
        waiting: Page | None = None
        for raw in pages:
            if waiting is not None:
                yield waiting
            elif self._is_to_find_out(raw, whole=since is None):
                self.conversation.find_out([*map(codec.reference, raw), *watch])
            waiting = self._page(raw, query, overlap, before)
        last = waiting or Page((), before, problems=self._problems())
        started = query.started or query.latest
        after = before
        if started is not None:
            after = {"v": 1, "since": int(started.timestamp()), **overlap.seen()}
            if lost := sorted(self._discovery.schema.lost):
                after["lost"] = lost
        yield replace(last, cursor=after, problems=self._problems())

    def _problems(self) -> tuple[Problem, ...]:
        schema = self._discovery.schema
        return (*self._discovery.problems(), *drift.dark(schema, self._completion.dark))

    def _is_to_find_out(self, raw: list[Raw], *, whole: bool) -> bool:
        """May comments be read? A refusal is asked about once in each pull, until it is lifted."""
        known = self._discovery.may("read")
        if known is None:
            return whole and self._discovery.asked and bool(raw)
        return known is False and not self.conversation.refused

    def _question(
        self, since: datetime | None, watch: Sequence[TicketRef]
    ) -> tuple[Query, Iterator[list[Raw]]]:
        """The query and its pages, the first of which has come: a property that is gone spoils it once."""
        schema = self._discovery.schema
        for _ in range(2):
            query = Query(self._connection, schema.source, schema.needed())
            pages = query.everything() if since is None else query.changed(since - OVERLAP, watch, schema)
            try:
                first = next(pages, [])
            except Rejected:
                renewed = self._discovery.renewed()
                if renewed is None:
                    raise
                schema = renewed
            else:
                return query, _again(first, pages)
        raise Rejected(
            "asking for changed pages: refused whatever is asked", remedy="escsync doctor tells more"
        )

    def _page(self, raw: list[Raw], query: Query, overlap: Overlap, before: Cursor) -> Page:
        schema = self._discovery.schema
        pages = [one for one in raw if one.get("object") not in ("data_source", "database")]
        if any(codec.is_home(one, schema) and _is_unlike(one, schema) for one in pages):
            schema = self._discovery.renewed() or schema
        pages = [one for one in pages if not codec.is_part(one, schema)]
        next_since = query.started - OVERLAP if query.started else None
        found = list(_new(overlap, pages, next_since, schema))
        page = self._decoded(found, schema, overlap)
        return replace(page, cursor=before, problems=self._problems())

    def _decoded(self, pages: list[Raw], schema: Schema, overlap: Overlap) -> Page:
        tickets: list[Ticket] = []
        unreadable: list[Unreadable] = []
        sound: list[Raw] = []
        for raw in pages:
            try:
                self._completion.lists(raw, schema)
                codec.look(raw, schema)
                sound.append(raw)
            except MALFORMED:
                unreadable.append(_unreadable(raw, schema, "it is in no form that Notion documents"))
        self._completion.complete(sound, schema)
        for raw in sound:
            try:
                tickets.append(self.keep(codec.ticket(raw, schema, self._completion.related)))
                if not self._completion.is_whole(raw, schema):
                    overlap.forget(codec.reference(raw).id)
            except MALFORMED as error:
                known = isinstance(error, codec.Unintelligible)
                why = str(error) if known else "it is in no form that Notion documents"
                unreadable.append(_unreadable(raw, schema, why))
        return Page(tuple(tickets), {}, tuple(unreadable))

    def keep(self, ticket: Ticket) -> Ticket:
        """Remember a ticket as it was just shown."""
        self.met.pop(ticket.id, None)
        self.met[ticket.id] = ticket
        while len(self.met) > _MOST_MET:
            self.met.popitem(last=False)
        return ticket

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """These tickets as they stand now, with what was said on them."""
        for ref in refs:
            # The page last: nothing may lie between it and the write that is based on it.
            known = self.met.get(ref.id)
            said = self._said(ref, known.url if known else "") if identified(ref.id) else None
            raw = self.raw(ref)
            if raw is not None:
                yield self.keep(self.ticket(raw, said))

    def _said(self, ref: TicketRef, url: str) -> Said | None:
        try:
            return self.conversation.hear(ref, url)
        except (Unheard, Vanished):
            # Whether the page is there the page itself tells: Notion is known to deny comments of pages that exist.
            return None

    def raw(self, ref: TicketRef) -> Raw | None:
        """One page; None where it is gone."""
        if not identified(ref.id):
            return None
        schema = self._discovery.schema
        try:
            raw = self._connection.get(f"pages/{ref.id}", what="reading a page").page()
        except Vanished:
            return None
        if codec.is_home(raw, schema) and _is_unlike(raw, schema):
            self._discovery.renewed()
        return None if codec.is_trashed(raw) else raw

    def ticket(self, raw: Raw, said: Said | None) -> Ticket:
        """One page, completed and decoded."""
        schema = self._discovery.schema
        try:
            self._completion.lists(raw, schema)
            self._completion.complete([raw], schema)
            return codec.ticket(raw, schema, self._completion.related, said)
        except MALFORMED as error:
            known = isinstance(error, codec.Unintelligible)
            why = str(error) if known else "it is in no form that Notion documents"
            raise Rejected(f"a page cannot be read: {codec.reference(raw).id}", remedy=why) from None

    def listen(self, refs: Sequence[TicketRef]) -> Iterator[Heard]:
        """What was said on these tickets: one call each."""
        for ref in refs:
            try:
                said = self.conversation.hear(ref, self.met[ref.id].url if ref.id in self.met else "")
            except Vanished:
                continue
            if said is not None:
                yield Heard(ref, *said)


def _new(overlap: Overlap, pages: list[Raw], since: datetime | None, schema: Schema) -> Iterator[Raw]:
    """One by one, for a malformed page must not hide the others."""
    for raw in pages:
        try:
            yield from overlap.new([raw], since, schema)
        except MALFORMED:
            yield raw


def _is_unlike(raw: Raw, schema: Schema) -> bool:
    try:
        return codec.is_unlike(raw, schema)
    except MALFORMED:
        return False


def _unreadable(raw: Raw, schema: Schema, why: str) -> Unreadable:
    try:
        ref = codec.reference(raw, schema)
    except MALFORMED:
        ref = codec.reference(raw)
    return Unreadable(ref, why, "open the page in Notion")


def _again(first: list[Raw], rest: Iterator[list[Raw]]) -> Iterator[list[Raw]]:
    yield first
    yield from rest


def _lost(cursor: Cursor) -> set[str]:
    """The fields that could not be told when the last pull ended."""
    told: Any = cursor.get("lost")
    return {name for name in told if isinstance(name, str)} if isinstance(told, list) else set()


def _since(cursor: Cursor | None) -> datetime | None:
    told: Any = cursor.get("since") if cursor else None
    if not isinstance(told, int) or isinstance(told, bool):
        return None
    try:
        return datetime.fromtimestamp(told, UTC)
    except (ValueError, OverflowError, OSError):
        return None

"""Reading: raw tickets in, tickets out; one that cannot be decoded never stops the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from escsync.adapter import Cursor, Page, Rejected, Ticket, TicketRef, Unreadable, Vanished

from . import codec
from .completion import CHANGELOGS, Completion, embedded, is_cut
from .connection import Connection
from .discovery import Discovery
from .overlap import Overlap
from .schema import Schema
from .search import PAGE, Raw, Search

_MOST_WATCHED = 100
MALFORMED = (codec.Unintelligible, TypeError, ValueError, KeyError, AttributeError, RecursionError)
"""However a ticket is malformed, it is one ticket."""


@dataclass
class _Batch:
    """Pages to be decoded together, so that one call completes them all."""

    pages: list[list[Raw]] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(map(len, self.pages))


@dataclass(frozen=True, slots=True)
class Met:
    """What a writer must know of a ticket: its *note*'s id, and whether customers see its comments."""

    note: str
    service_desk: bool


class Reader:
    """Tickets as they stand."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery
        self._completion = Completion(connection, discovery)
        self._met: dict[str, Met] = {}

    def met(self, ref: TicketRef) -> Met:
        """What was last read of a ticket; it is read if it was not."""
        if ref.id not in self._met:
            for _ in self.read([ref]):
                pass
        if ref.id not in self._met:
            raise Vanished("writing a ticket: not found, or not visible to escsync's account")
        return self._met[ref.id]

    def forget(self, ref: TicketRef) -> None:
        """Its note was written: what was read of it is out of date."""
        self._met.pop(ref.id, None)

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef]) -> Iterator[Page]:
        """What changed since *cursor*; the last page carries the new one, so that a crash repeats the rest."""
        since = _since(cursor)
        _ = self._discovery.schema
        search = Search(self._connection, self._discovery)
        before: Cursor = dict(cursor or {})
        overlap = Overlap(before.get("seen") if since else None, {ref.id for ref in watch})
        pages = search.changed(since, [ref.key or ref.id for ref in watch][:_MOST_WATCHED])
        waiting: Page | None = None
        found = 0
        for page in self._decoded(self._wanted(pages, search, overlap, watch)):
            found += len(page.tickets) + len(page.unreadable)
            if waiting is not None:
                yield waiting
            waiting = Page(page.tickets, before, page.unreadable, self._discovery.problems())
        if since is None and found == 0:
            self._surely_signed_in()
        last = waiting or Page((), before)
        after = before
        if search.complete and search.started is not None:
            after = {"v": 1, "since": int(search.started.timestamp() * 1000), "seen": overlap.seen()}
            self._discovery.pulled()
        yield Page(last.tickets, after, last.unreadable, self._discovery.problems())

    def _wanted(
        self, pages: Iterator[list[Raw]], search: Search, overlap: Overlap, watch: Sequence[TicketRef]
    ) -> Iterator[list[Raw]]:
        """Without what the last pull brought just so, and without sub-tasks: they are parts of a ticket."""
        scope, watched = self._discovery.settings.scope, {ref.id for ref in watch}
        for page in pages:
            new = overlap.new(page, search.started, search.next_since(), self._discovery.schema.zone)
            yield [raw for raw in new if str(raw.get("id")) in watched or not codec.is_part(raw, scope)]

    def _surely_signed_in(self) -> None:
        """Nothing at all in scope: an expired login looks just like it."""
        if not self._discovery.asked:
            self._discovery.refresh()

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """These tickets as they stand now, straight from the database where Jira offers that."""
        unreadable: list[Unreadable] = []
        for at in range(0, len(refs), PAGE):
            page = self._page(refs[at : at + PAGE])
            desks = {str(raw.get("id")): codec.is_customers(raw, self._discovery.schema) for raw in page}
            for decoded in self._decoded(iter([page])):
                for ticket in decoded.tickets:
                    self._met[ticket.id] = Met(ticket.note.id if ticket.note else "", desks[ticket.id])
                yield from decoded.tickets
                unreadable += decoded.unreadable
        if unreadable:
            names = ", ".join(one.ref.key or one.ref.id for one in unreadable[:5])
            raise Rejected(f"tickets that cannot be read: {names}", remedy=unreadable[0].message)

    def _page(self, refs: Sequence[TicketRef]) -> list[Raw]:
        schema = self._discovery.schema
        if not schema.cloud:
            # A ticket that moved is found by the key it had, and known again by its id.
            wanted = {ref.id: ref.key or ref.id for ref in refs}
            search = Search(self._connection, self._discovery)
            found = search.keyed(list(wanted.values()))
            came = {str(raw.get("id")) for raw in found}
            # A node's index may lag behind the others: only the ticket's own address proves that it is gone.
            found += search.alone([key for id, key in wanted.items() if id not in came])
            return [raw for raw in found if str(raw.get("id")) in wanted]
        body = {
            "issueIdsOrKeys": [ref.id for ref in refs],
            "fields": codec.needed(schema),
            "expand": ["changelog"],
        }
        answer = self._connection.post("issue/bulkfetch", body, what="reading tickets", safe=True)
        return answer.listing("issues")

    def _decoded(self, pages: Iterator[list[Raw]]) -> Iterator[Page]:
        batch = _Batch()
        for page in pages:
            batch.pages.append(page)
            batch.cut += [str(raw.get("id")) for raw in page if is_cut(raw)]
            if not batch.cut or batch.size + PAGE > CHANGELOGS:
                yield from self._whole(batch)
                batch = _Batch()
        if batch.pages:
            yield from self._whole(batch)

    def _whole(self, batch: _Batch) -> Iterator[Page]:
        schema = self._discovery.gone(
            raw["fields"] for page in batch.pages for raw in page if isinstance(raw.get("fields"), dict)
        )
        fetched = self._completion.changelogs(batch.cut) if schema.cloud and batch.cut else {}
        for page in batch.pages:
            if not schema.cloud:
                self._completion.people(page, schema)
            tickets: list[Ticket] = []
            unreadable: list[Unreadable] = []
            for raw in page:
                try:
                    tickets.append(self._ticket(raw, fetched, schema))
                except Vanished:
                    continue  # deleted while we read
                except Rejected as error:
                    unreadable.append(Unreadable(codec.reference(raw), error.message, error.remedy))
                except MALFORMED as error:
                    known = isinstance(error, codec.Unintelligible)
                    why = str(error) if known else "it is in no form that Jira documents"
                    unreadable.append(Unreadable(codec.reference(raw), why, "open the ticket in Jira"))
            yield Page(tuple(tickets), {}, tuple(unreadable))

    def _ticket(self, raw: Raw, fetched: Mapping[str, list[Raw]], schema: Schema) -> Ticket:
        histories = embedded(raw)
        if is_cut(raw) and schema.cloud:
            histories = [*fetched.get(str(raw.get("id")), []), *(histories or [])]
        elif is_cut(raw):
            histories = self._completion.changelog(raw)
        said: list[dict[str, Any]] = self._completion.comments(raw, schema)
        scope = self._discovery.settings.scope
        return codec.ticket(raw, histories, said, schema, scope, fetched=schema.cloud)


def _since(cursor: Cursor | None) -> datetime | None:
    told = cursor.get("since") if cursor else None
    return datetime.fromtimestamp(told / 1000, UTC) if isinstance(told, int) else None

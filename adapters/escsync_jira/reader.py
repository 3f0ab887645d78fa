"""Reading: raw tickets made whole with their changelogs and comments, then decoded one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from escsync.adapter import (
    Cursor,
    Page,
    Rejected,
    Ticket,
    TicketRef,
    Unavailable,
    Unreadable,
    Vanished,
)

from . import codec
from .connection import Connection
from .discovery import Discovery
from .schema import Schema
from .search import PAGE, Raw, Search

_CHANGELOGS = 1000
"""So many tickets' changelogs are fetched by one call."""
_MOST_WATCHED = 100
_MALFORMED = (codec.Unintelligible, TypeError, ValueError, KeyError, AttributeError, RecursionError)
"""However a ticket is malformed, it is one ticket."""


@dataclass
class _Batch:
    """Tickets to be decoded together, so that one call completes them all."""

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
        self._met: dict[str, Met] = {}

    def met(self, ref: TicketRef) -> Met:
        """What was last read of a ticket; it is read if it was not."""
        if ref.id not in self._met:
            for _ in self.read([ref]):
                pass
        if ref.id not in self._met:
            raise Vanished("writing a ticket: not found, or not visible to escsync's account")
        return self._met[ref.id]

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef]) -> Iterator[Page]:
        """What changed since *cursor*; the last page carries the new one, so that a crash repeats the rest."""
        since = _since(cursor)
        _ = self._discovery.schema
        search = Search(self._connection, self._discovery)
        before: Cursor = dict(cursor or {})
        watched = [ref.key or ref.id for ref in watch][:_MOST_WATCHED]
        waiting: Page | None = None
        found = 0
        for page in self._decoded(self._without_parts(search.changed(since, watched), watch)):
            found += len(page.tickets) + len(page.unreadable)
            if waiting is not None:
                yield waiting
            waiting = Page(page.tickets, before, page.unreadable)
        if since is None and found == 0:
            self._surely_signed_in()
        last = waiting or Page((), before)
        after = before
        if search.complete and search.started is not None:
            after = {"v": 1, "since": int(search.started.timestamp() * 1000)}
            self._discovery.pulled()
        yield Page(last.tickets, after, last.unreadable, self._discovery.problems())

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
            wanted = {ref.id for ref in refs}
            found = Search(self._connection, self._discovery).keyed([ref.key or ref.id for ref in refs])
            return [raw for raw in found if str(raw.get("id")) in wanted]
        body = {
            "issueIdsOrKeys": [ref.id for ref in refs],
            "fields": codec.needed(schema),
            "expand": ["changelog"],
        }
        return self._connection.post("issue/bulkfetch", body, what="reading tickets", safe=True).listing(
            "issues"
        )

    def _without_parts(self, pages: Iterator[list[Raw]], watch: Sequence[TicketRef]) -> Iterator[list[Raw]]:
        """Sub-tasks are parts of a ticket, not escalations of their own."""
        scope, watched = self._discovery.settings.scope, {ref.id for ref in watch}
        for page in pages:
            yield [raw for raw in page if raw.get("id") in watched or not codec.is_part(raw, scope)]

    def _surely_signed_in(self) -> None:
        """Nothing at all in scope: an expired login looks just like it."""
        if not self._discovery.asked:
            self._discovery.refresh()

    def _decoded(self, pages: Iterator[list[Raw]]) -> Iterator[Page]:
        batch = _Batch()
        for page in pages:
            batch.pages.append(page)
            batch.cut += [str(raw.get("id")) for raw in page if _cut(raw)]
            if not batch.cut or batch.size + PAGE > _CHANGELOGS:
                yield from self._whole(batch)
                batch = _Batch()
        if batch.pages:
            yield from self._whole(batch)

    def _whole(self, batch: _Batch) -> Iterator[Page]:
        schema = self._discovery.gone(
            raw["fields"] for page in batch.pages for raw in page if isinstance(raw.get("fields"), dict)
        )
        fetched = self._changelogs(batch.cut, schema) if schema.cloud and batch.cut else {}
        for page in batch.pages:
            tickets: list[Ticket] = []
            unreadable: list[Unreadable] = []
            for raw in page:
                try:
                    tickets.append(self._ticket(raw, fetched, schema))
                except Vanished:
                    continue  # deleted while we read
                except Rejected as error:
                    unreadable.append(Unreadable(codec.reference(raw), error.message, error.remedy))
                except _MALFORMED as error:
                    why = (
                        str(error)
                        if isinstance(error, codec.Unintelligible)
                        else "not in any form Jira documents"
                    )
                    unreadable.append(Unreadable(codec.reference(raw), why, "open the ticket in Jira"))
            yield Page(tuple(tickets), {}, tuple(unreadable))

    def _ticket(self, raw: Raw, fetched: Mapping[str, list[Raw]], schema: Schema) -> Ticket:
        id = str(raw.get("id"))
        histories = _embedded(raw)
        if _cut(raw) and not schema.cloud:
            histories = self._whole_changelog(raw)
        elif _cut(raw):
            histories = [*fetched.get(id, []), *(histories or [])]
        scope = self._discovery.settings.scope
        said = self._comments(raw, schema)
        return codec.ticket(raw, histories, said, schema, scope, fetched=schema.cloud)

    def _changelogs(self, ids: Sequence[str], schema: Schema) -> dict[str, list[Raw]]:
        """The whole changelogs of many tickets; one's histories may be spread over pages."""
        found: dict[str, list[Raw]] = {}
        wanted = list(dict.fromkeys(ids))
        for at in range(0, len(wanted), _CHANGELOGS):
            body: Raw = {"issueIdsOrKeys": wanted[at : at + _CHANGELOGS], "maxResults": 10_000}
            tokens: set[str] = set()
            while True:
                answer = self._connection.post(
                    "changelog/bulkfetch", body, what="reading changelogs", safe=True
                )
                for one in answer.listing("issueChangeLogs"):
                    told = one.get("changeHistories")
                    found.setdefault(str(one.get("issueId")), []).extend(
                        told if isinstance(told, list) else []
                    )
                token = answer.mapping().get("nextPageToken")
                if not isinstance(token, str) or not token:
                    break
                if token in tokens:
                    raise Unavailable("reading changelogs: Jira hands out the same page again and again")
                tokens.add(token)
                body["nextPageToken"] = token
        return found

    def _whole_changelog(self, raw: Raw) -> list[Raw] | None:
        """For a Data Center that leaves changelogs out of its search."""
        answer = self._connection.get(
            f"issue/{raw.get('key')}", what="reading a changelog", fields="updated", expand="changelog"
        )
        return _embedded(answer.mapping())

    def _comments(self, raw: Raw, schema: Schema) -> list[Raw]:
        fields = raw["fields"]
        told = fields.get("comment")
        some = told.get("comments") if isinstance(told, dict) else None
        if isinstance(some, list):
            comments = [one for one in some if isinstance(one, dict)]
            if len(some) >= _number(told.get("total")) and not self._visibility_unknown(
                comments, fields, schema
            ):
                return comments
        return self._all_comments(str(raw.get("id") if schema.cloud else raw.get("key")))

    def _visibility_unknown(self, comments: Sequence[Raw], fields: Mapping[str, Any], schema: Schema) -> bool:
        """Only a service desk has customers, and only the comment's own endpoint tells there who sees it."""
        return codec.service_desk(fields, schema) and any(
            "jsdPublic" not in comment and "properties" not in comment for comment in comments
        )

    def _all_comments(self, ticket: str) -> list[Raw]:
        comments: list[Raw] = []
        while True:
            answer = self._connection.get(
                f"issue/{ticket}/comment",
                what="reading comments",
                startAt=len(comments),
                maxResults=PAGE,
                orderBy="created",
                expand="properties",
                refused=(403,),
            )
            if answer.status == 403:
                raise codec.Unintelligible("escsync's account may not read its comments")
            page = answer.listing("comments")
            comments += page
            if not page or len(comments) >= _number(answer.mapping().get("total")):
                return comments


def _since(cursor: Cursor | None) -> datetime | None:
    told = cursor.get("since") if cursor else None
    return datetime.fromtimestamp(told / 1000, UTC) if isinstance(told, int) else None


def _embedded(raw: Mapping[str, Any]) -> list[Raw] | None:
    told = raw.get("changelog")
    histories = told.get("histories", told.get("values")) if isinstance(told, dict) else None
    return [one for one in histories if isinstance(one, dict)] if isinstance(histories, list) else None


def _cut(raw: Mapping[str, Any]) -> bool:
    """Does the changelog that came with the ticket lack something?"""
    told, histories = raw.get("changelog"), _embedded(raw)
    if histories is None or not isinstance(told, dict):
        return True
    return _number(told.get("total")) > len(histories)


def _number(raw: object) -> int:
    return raw if isinstance(raw, int) else 0

"""Jira's search: raw tickets page by page, on Cloud by tokens and on Data Center by offsets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from escsync.adapter import Denied, Unavailable

from . import codec, instants, jql
from .answers import Answer, Refusal
from .connection import Connection
from .discovery import Discovery
from .forms import Forms
from .nearness import strange_type

Raw: TypeAlias = dict[str, Any]

PAGE = 100
_OVERLAP = timedelta(minutes=5)
"""Jira's index lags: what was changed just before a pass may show only in the next."""
_DAY_OVERLAP = timedelta(days=1)
_WINDOW = 5000
"""Data Center refuses offsets beyond 10,000: from here on the question is put anew, from a later time."""
_TRIES = 3
_READING = "reading tickets"
_WHAT = "searching"
SCOPE = "check scope; try its project, type, labels and jql in Jira's own search"


class Search:
    """One question to Jira's search, and the answer's pages."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery
        self.started: datetime | None = None
        """The server's clock when it began to answer."""
        self._page = PAGE
        self.complete = True
        """Is it sure that nothing slipped through between two pages?"""

    def changed(self, since: datetime | None, watch: Sequence[str]) -> Iterator[list[Raw]]:
        """Pages of what is in scope and changed since, and of what is watched."""
        # What is only watched should not push what changed to another page.
        self._page = PAGE + len(watch)
        if self._discovery.cloud:
            yield from self._by_tokens(since, watch)
        else:
            yield from self._by_offsets(since, watch)

    def next_since(self) -> datetime | None:
        """From when on the next question will ask: what is older than that will not come again."""
        if self.started is None:
            return None
        return self.started - (_DAY_OVERLAP if self._discovery.recall("dates") == "day" else _OVERLAP)

    def keyed(self, keys: Sequence[str]) -> list[Raw]:
        """Up to a page of tickets by key on a Data Center, in scope or not; unknown keys are left out."""
        answer = self._connection.get(
            "search",
            what=_READING,
            jql=jql.keyed(keys),
            maxResults=PAGE,
            validateQuery="false",
            refused=(400,),
            **self._whole(),
        )
        # A key that is gone spoils the question where the server insists on valid ones: ask for each alone.
        return answer.listing("issues") if answer.status != 400 else []

    def alone(self, keys: Iterable[str]) -> list[Raw]:
        """Tickets by their own address, one call each; those that are gone are left out."""
        asked = (
            self._connection.get(f"issue/{key}", what=_READING, refused=(404,), **self._whole())
            for key in keys
        )
        return [one.mapping() for one in asked if one.status != 404]

    def _whole(self) -> dict[str, str]:
        return {"fields": ",".join(codec.needed(self._discovery.schema)), "expand": "changelog"}

    def _by_tokens(self, since: datetime | None, watch: Sequence[str]) -> Iterator[list[Raw]]:
        question, answer = self._first(since, watch)
        tokens: set[str] = set()
        while True:
            yield answer.listing("issues")
            told = answer.mapping()
            token = told.get("nextPageToken")
            if told.get("isLast") is True or not isinstance(token, str) or not token:
                return
            if token in tokens:
                raise Unavailable(f"{_WHAT}: Jira hands out the same page again and again")
            tokens.add(token)
            answer = self._connection.post(
                "search/jql", {**self._body(question), "nextPageToken": token}, what=_WHAT, safe=True
            )

    def _by_offsets(self, since: datetime | None, watch: Sequence[str]) -> Iterator[list[Raw]]:
        question, answer = self._first(since, watch)
        for _ in range(_TRIES):
            seen: set[str] = set()
            at, most, onward = 0, 0, None
            while True:
                page, total = answer.listing("issues"), _count(answer.mapping().get("total"))
                yield page
                seen |= {str(raw.get("id")) for raw in page}
                at, most = at + len(page), max(most, total)
                onward = self._onward(page, since) if at >= _WINDOW else None
                if not page or at >= total or onward is not None:
                    break
                answer = self._ask_offset(question, at)
            if len(seen) == at and total == most and (at >= total or onward is not None):
                if onward is not None and at < total:
                    yield from self._by_offsets(onward, watch)
                return
            # A ticket changed its place while the pages were turned, and another may have slipped through.
            answer = self._ask_offset(question, 0)
        self.complete = False

    def _onward(self, page: Sequence[Raw], since: datetime | None) -> datetime | None:
        """Where the next window starts; None while that would only be this window again."""
        fields = page[-1].get("fields") if page else None
        told = fields.get("updated") if isinstance(fields, dict) else None
        last = instants.moment(told, self._discovery.schema.zone)
        if last is None or (since is not None and last <= since + _DAY_OVERLAP):
            return None
        return last

    def _first(self, since: datetime | None, watch: Sequence[str]) -> tuple[str, Answer]:
        """The question in the form that this Jira understands, and its first answer."""
        for retried in (False, True):
            refusal = ""
            for dates, watched in self._forms(since, watch):
                question = jql.changed(self._discovery.settings.scope, self._since(since, dates), watched)
                answer = self._ask(question, refused=self._doubtful(since, dates))
                if answer.status < 300:
                    if since is not None:
                        self._discovery.remember("dates", dates)
                    self.started = self.started or self._server_time(answer)
                    return question, answer
                refusal = Refusal.of(answer.body).words
            if retried or (self._discovery.asked and not self._discovery.recent()):
                break
            # The project may be gone from our sight, or a ticket that we wrote: ask anew, without it.
            self._discovery.remember("recent", {})
            if not self._discovery.asked:
                self._discovery.refresh()
        # No right is lost where Jira only does not know a name.
        told = strange_type(
            Forms(self._connection, cloud=self._discovery.cloud), self._discovery.settings.scope
        )
        said, remedy = told or (f"Jira refuses the question: {refusal}", SCOPE)
        raise Denied(f"{_WHAT}: {said}"[:200], remedy=remedy, code="REJECTED")

    def _forms(self, since: datetime | None, watch: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
        """The ways to put the question: a watched ticket that is gone spoils it, and few know no instants."""
        known = self._discovery.recall("dates")
        unsure = since is not None and known is None and not self._discovery.cloud
        for dates in ("epoch", "day") if unsure else (known or "epoch",):
            yield dates, watch
            if watch:
                yield dates, ()

    def _doubtful(self, since: datetime | None, dates: str) -> tuple[int, ...]:
        unsure = since is not None and not self._discovery.cloud and self._discovery.recall("dates") is None
        return (400, 500) if unsure and dates == "epoch" else (400,)

    def _since(self, since: datetime | None, dates: str) -> str:
        if since is None:
            return ""
        if dates == "day":
            return jql.since_day(since - _DAY_OVERLAP, self._discovery.schema.zone)
        return jql.since_epoch(int((since - _OVERLAP).timestamp() * 1000))

    def _ask(self, question: str, refused: tuple[int, ...]) -> Answer:
        if self._discovery.cloud:
            return self._connection.post(
                "search/jql", self._body(question), what=_WHAT, safe=True, refused=refused
            )
        return self._ask_offset(question, 0, refused)

    def _body(self, question: str) -> Raw:
        body: Raw = {
            "jql": question,
            "fields": codec.needed(self._discovery.schema),
            "expand": "changelog",
            "maxResults": self._page,
        }
        if recent := self._discovery.recent():
            body["reconcileIssues"] = recent
        return body

    def _ask_offset(self, question: str, at: int, refused: tuple[int, ...] = ()) -> Answer:
        return self._connection.get(
            "search",
            what=_WHAT,
            jql=question,
            fields=",".join(codec.needed(self._discovery.schema)),
            expand="changelog",
            startAt=at,
            maxResults=self._page,
            refused=refused,
        )

    def _server_time(self, answer: Answer) -> datetime | None:
        if answer.date is not None:
            return answer.date
        told = self._connection.get("serverInfo", what="asking for the server's time").mapping()
        return instants.moment(told.get("serverTime"), UTC)


def _count(raw: object) -> int:
    return raw if isinstance(raw, int) else 0

"""Querying a data source: every page of the answer, or an error, but never a part that looks like the whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from escsync.adapter import Rejected, TicketRef, Unavailable, Vanished

from . import instants
from .codec import Raw
from .connection import Connection
from .failures import LATER, Answer, Overload
from .schema import Schema

PAGE = 100
LEAST = 10
OVERLAP = timedelta(minutes=5)
"""For a server's clock and its index that may not agree."""
_RESTARTS = 3
_MOST_WATCHED = 99
_LONGEST_URL = 6000
_WHAT = "asking for changed pages"


class Dead(Exception):
    """The way to the next page is gone: the window must be read again from its first page."""


class Query:
    """One question about one data source, asked until everything was told."""

    def __init__(self, connection: Connection, source: str, needed: Sequence[str], what: str = _WHAT) -> None:
        self._connection = connection
        self._path = f"data_sources/{source}/query"
        self._size = PAGE
        self._what = what
        short = sum(len(id) * 3 + len("&filter_properties=") for id in needed) <= _LONGEST_URL
        self._needed = list(needed) if short else []
        self._met: set[str] = set()
        self.started: datetime | None = None
        """The server's clock when it answered first."""
        self.latest: datetime | None = None
        """The latest edit that came."""

    def everything(self) -> Iterator[list[Raw]]:
        """All pages of the data source, in the order of their creation, which no edit changes."""
        yield from self._windows(None)

    def newest(self) -> list[Raw]:
        """The pages that were created last, as many as one answer holds."""
        return self._ask({"sorts": [_sorted("created_time", "descending")]}, PAGE).listing()

    def having(self, condition: Mapping[str, Any]) -> list[Raw]:
        """The pages that meet *condition*, as many as one answer holds."""
        return self._ask({"filter": dict(condition)}, PAGE).listing()

    def changed(self, since: datetime, watch: Sequence[TicketRef], schema: Schema) -> Iterator[list[Raw]]:
        """The pages edited *since*, the latest first, and behind them those of *watch*, as far as they fit.

        The latest first: a page that is edited meanwhile moves to where we have been, and pushes no other past us.
        """
        recent = _edited(since)
        condition: dict[str, Any] = recent
        if numbers := _numbers(watch, schema):
            assert schema.unique is not None
            equal = ({"property": schema.unique.id, "unique_id": {"equals": number}} for number in numbers)
            condition = {"or": [recent, *equal]}
        body = {"filter": condition, "sorts": [_sorted("last_edited_time", "descending")]}
        for _ in range(_RESTARTS):
            try:
                for page, whole in self._walk(body):
                    yield self._new(page)
                    if numbers and page and _is_behind(page[-1], since):
                        # Only watched pages are left, and they are not worth another call.
                        return
                    if not whole:
                        # Too many for one question: by windows, which need another order.
                        yield from self._windows(since)
                        return
            except Dead:
                continue
            return
        raise Unavailable(f"{self._what}: Notion keeps losing its place between two pages", remedy=LATER)

    def _windows(self, since: datetime | None) -> Iterator[list[Raw]]:
        """A question tells ten thousand pages at most; the next one begins where the last ended."""
        at: datetime | None = None
        restarts = 0
        while True:
            body: dict[str, Any] = {"sorts": [_sorted("created_time", "ascending")]}
            conditions = [_edited(since)] if since is not None else []
            if at is not None:
                conditions.append(_created(at))
            if conditions:
                body["filter"] = conditions[0] if len(conditions) == 1 else {"and": conditions}
            last: Raw | None = None
            try:
                for page, whole in self._walk(body):
                    last = page[-1] if page else last
                    yield self._new(page)
                    if not whole:
                        break
                else:
                    return
            except Dead:
                restarts += 1
                if restarts >= _RESTARTS:
                    raise Unavailable(
                        f"{self._what}: Notion keeps losing its place between two pages", remedy=LATER
                    ) from None
                continue
            onward = instants.moment(last.get("created_time")) if last else None
            if onward is None or (at is not None and onward <= at):
                raise Rejected(
                    f"{self._what}: more pages were created in one minute than Notion tells at all",
                    remedy="move some of them to another database; none was taken for gone",
                )
            at = onward

    def _walk(self, body: Mapping[str, Any]) -> Iterator[tuple[list[Raw], bool]]:
        """The pages of one question; False beside the last one where it is not the last there is."""
        cursor, cursors, here = "", set[str](), set[str]()
        while True:
            question = {**body, **({"start_cursor": cursor} if cursor else {})}
            try:
                answer = self._ask(question, self._size)
            except (Rejected, Vanished):
                if cursor:
                    # A cursor is good for a while only. Without it the question itself is judged.
                    raise Dead from None
                raise
            page, incomplete, onward = answer.listing(), _is_incomplete(answer), answer.onward()
            if self.started is None:
                self.started = answer.date
            ids = {str(raw.get("id")) for raw in page}
            if page and ids <= here:
                # An unknown cursor may begin again at the first page without a word.
                raise Dead
            here |= ids
            edits = (instants.moment(raw.get("last_edited_time")) for raw in page)
            self.latest = max(
                [*(one for one in edits if one), *([self.latest] if self.latest else [])], default=None
            )
            yield page, not incomplete
            if incomplete or not onward:
                return
            if onward in cursors:
                raise Dead
            cursors.add(onward)
            cursor = onward

    def _new(self, page: list[Raw]) -> list[Raw]:
        """Without what an earlier page or window brought."""
        fresh = [raw for raw in page if str(raw.get("id")) not in self._met]
        self._met |= {str(raw.get("id")) for raw in fresh}
        return fresh

    def _ask(self, question: Mapping[str, Any], size: int) -> Answer:
        """One answer; where Notion takes too long, half as much is asked for."""
        self._size = size

        def attempt() -> Answer:
            try:
                return self._connection.once(
                    "POST",
                    self._path,
                    what=self._what,
                    query={"filter_properties": self._needed} if self._needed else None,
                    body={**question, "page_size": self._size},
                    needs="read content",
                )
            except Overload:
                self._size = max(LEAST, self._size // 2)
                raise

        return self._connection.again(attempt)


def _is_incomplete(answer: Answer) -> bool:
    told = answer.mapping().get("request_status")
    return isinstance(told, dict) and told.get("type") == "incomplete"


def _is_behind(raw: Raw, since: datetime) -> bool:
    edited = instants.moment(raw.get("last_edited_time"))
    return edited is not None and edited < instants.minute(since)


def _numbers(watch: Sequence[TicketRef], schema: Schema) -> list[int]:
    """The pages' own numbers, by which alone several can be asked for."""
    if schema.unique is None:
        return []
    numbers = (ref.key.rpartition("-")[2] for ref in watch)
    return [int(number) for number in numbers if number.isascii() and number.isdecimal()][:_MOST_WATCHED]


def _sorted(timestamp: str, direction: str) -> dict[str, str]:
    return {"timestamp": timestamp, "direction": direction}


def _edited(since: datetime) -> dict[str, Any]:
    return {"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": instants.written(since)}}


def _created(since: datetime) -> dict[str, Any]:
    return {"timestamp": "created_time", "created_time": {"on_or_after": instants.written(since)}}

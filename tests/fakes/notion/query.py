"""The only bulk read: rows of a data source, filtered, sorted, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import total_ordering
from typing import Any

from fakes.http import Reply, Request

from .dates import floor, reach
from .filters import Filters
from .ids import uuid_of
from .page import Page
from .refusal import Refused, invalid
from .render import words
from .rest import Rest, route
from .schema import CHOICES, DataSource, Property

KEYS = {"filter", "sorts", "start_cursor", "page_size", "in_trash", "result_type"}
_LIMIT = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
_DIRECTIONS = ("ascending", "descending")


@total_ordering
class _Down:
    """Turns an order round."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Down) and self.value == other.value

    def __lt__(self, other: _Down) -> bool:
        return bool(other.value < self.value)


@dataclass
class _Session:
    """A query being paged: *served* rows so far, and the sort key of the first one to come."""

    id: str
    served: int
    key: Any


class QueryRoutes(Rest):
    """*result_limit*: so many rows a query gives at most. *paging*: a cursor goes on at the row it names ("row") or
    after as many rows as were served ("count"). *lost*: a cursor whose session is gone is refused ("refuse") or
    silently starts again ("restart"). *page_caps*: the next pages hold no more rows than these."""

    result_limit = 10_000
    paging = "row"
    lost = "refuse"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.page_caps: list[int] = []
        self._sessions: dict[str, _Session] = {}

    def drop_cursors(self) -> None:
        """Every cursor given so far is dead."""
        self._sessions.clear()

    @route("POST", "/data_sources/{id}/query")
    def query(self, request: Request, id: str) -> Reply:
        self.asked(request, {"filter_properties", "filter_properties[]"})
        body = self.body(request, KEYS)
        size = self._size(body.get("page_size", 100))
        if "filter" in body and not isinstance(body["filter"], dict):
            raise invalid("body.filter", "an object or `undefined`", body["filter"])
        self.may("read_content")
        return self._page(request, self.source(id), body, size)

    @route("POST", "/databases/{id}/query")
    def query_database(self, request: Request, id: str) -> Reply:
        """As it was before databases had data sources; only the oldest version has it."""
        database = self.database(id)
        if self.render.version != "2022-06-28":
            raise Refused(400, "Invalid request URL.", "invalid_request_url")
        self.single(database)
        body = self.body(request, KEYS)
        return self._page(request, database.sources[0], body, self._size(body.get("page_size", 100)))

    def single(self, database: Any) -> None:
        """The oldest version knows one table per database."""
        if len(database.sources) != 1:
            kind = "multiple_data_sources_for_database"
            raise Refused(400, "Databases with multiple data sources are not supported.", error_type=kind)

    def _size(self, raw: Any) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise invalid("body.page_size", "a number or `undefined`", raw)
        if raw < 1:
            raise invalid("body.page_size", "≥ `1`", raw)
        if raw != int(raw):
            raise invalid("body.page_size", "an integer", raw)
        return min(int(raw), 100)

    def _page(self, request: Request, source: DataSource, body: dict[str, Any], size: int) -> Reply:
        wanted = self._wanted(request, source)
        rows = self._rows(source, body)
        session, first = self._resume(body.get("start_cursor"), rows)
        size = min([size, *self.page_caps[:1]])
        del self.page_caps[:1]
        left = self.result_limit - session.served
        shown = [page for page, _ in rows[first : first + min(size, left)]]
        session.served += len(shown)
        following = rows[first + len(shown)] if len(rows) > first + len(shown) else None
        full = following is not None and session.served >= self.result_limit
        told: dict[str, Any] = {
            "object": "list",
            "results": [self.render.page(page, wanted) for page in shown],
            "next_cursor": None,
            "has_more": following is not None and not full,
            "type": "page_or_data_source",
            "page_or_data_source": {},
        }
        if full:
            told["request_status"] = _LIMIT
        elif following is not None:
            session.key = following[1]
            self._sessions[session.id] = session
            told["next_cursor"] = f"s:{session.id}:{following[0].id}"
        return Reply(200, told)

    def _wanted(self, request: Request, source: DataSource) -> list[Property] | None:
        given = request.query.get("filter_properties", []) + request.query.get("filter_properties[]", [])
        found = [source.find(name) for name in given]
        if None in found:
            raise Refused(
                400,
                f"The schema for the data source with the following ID is malformed: {source.id}. "
                f"The filter_properties query parameter contains an invalid attribute: {given[found.index(None)]}.",
            )
        return [held for held in found if held is not None] if given else None

    def _rows(self, source: DataSource, body: dict[str, Any]) -> list[tuple[Page, Any]]:
        """What the query finds, each row with its sort key."""
        trash = bool(body.get("in_trash", body.get("archived", False)))
        rows = [p for p in self.world.rows(source) if p.in_trash is trash and self.world.sees(p)]
        if "filter" in body:
            test = Filters(source, self.render, self.world.clock.now()).read(body["filter"])
            rows = [page for page in rows if test(page)]
        orders = [self._order(one, source, n) for n, one in enumerate(body.get("sorts") or ())]
        keyed = [(page, self._key(page, orders)) for page in rows]
        return sorted(keyed, key=lambda row: row[1])

    def _order(self, told: Any, source: DataSource, place: int) -> tuple[str | Property, bool]:
        where = f"body.sorts[{place}]"
        direction = told.get("direction")
        if direction not in _DIRECTIONS:
            raise invalid(f"{where}.direction", '`"ascending"` or `"descending"`', direction)
        if "timestamp" in told:
            if told["timestamp"] not in {"created_time", "last_edited_time"}:
                raise invalid(
                    f"{where}.timestamp", '`"created_time"` or `"last_edited_time"`', told["timestamp"]
                )
            return told["timestamp"], direction == "descending"
        held = source.find(told.get("property"))
        if held is None:
            raise Refused(400, f"Could not find sort property with name or id: {told.get('property')}")
        return held, direction == "descending"

    def _key(self, page: Page, orders: list[tuple[str | Property, bool]]) -> tuple[Any, ...]:
        """Empty cells come last; without an order the newest comes first."""
        if not orders:
            return (_Down((page.created_at, page.order)),)
        parts: list[Any] = []
        for by, down in orders:
            value = self._sorted(page, by)
            parts.append(value is None)
            parts.append(0 if value is None else _Down(value) if down else value)
        return (*parts, page.id)

    def _sorted(self, page: Page, by: str | Property) -> Any:
        kind = by if isinstance(by, str) else by.type
        if kind == "created_time":
            return floor(page.created_at)
        if kind == "last_edited_time":
            return floor(page.edited_at)
        assert isinstance(by, Property)
        if kind == "unique_id":
            return page.number
        raw = page.values.get(by.id)
        if raw in (None, []):
            return None
        if kind in CHOICES:
            first = raw[0] if isinstance(raw, list) else raw
            return next((n for n, option in enumerate(by.options) if option.id == first), None)
        if kind == "date":
            return reach(raw["start"])[0]
        return raw if kind in {"number", "checkbox"} else words(page, by).casefold()

    def _resume(self, cursor: Any, rows: list[tuple[Page, Any]]) -> tuple[_Session, int]:
        """The session that a cursor names, and the place in *rows* where it goes on."""
        fresh = _Session(uuid_of("session", self._requests), 0, None)
        if cursor is None:
            return fresh, 0
        if not isinstance(cursor, str):
            raise invalid("body.start_cursor", "a string or `undefined`", cursor)
        known = self._sessions.get(cursor.split(":")[1]) if cursor.count(":") == 2 else None
        if known is None:
            if self.lost == "restart":
                return fresh, 0
            raise Refused(400, f"The start_cursor provided is invalid: {cursor}")
        if self.paging == "count":
            return known, known.served
        first = next((n for n, (_, key) in enumerate(rows) if not key < known.key), len(rows))
        return known, first

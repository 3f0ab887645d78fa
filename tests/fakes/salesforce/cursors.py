"""Query locators: how an answer goes on after its page, and how that can end early."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .ids import made
from .record import Refused
from .soql_run import Result

if TYPE_CHECKING:
    from .world import Org

LIFE = timedelta(days=2)
OPEN = 10
"""So many cursors a user may have open; the oldest is dropped."""


@dataclass
class _Cursor:
    id: str
    user: str
    result: Result
    size: int
    born: datetime
    parent: str = ""


class Cursors:
    """*page* is how many rows a page has at most, *child_page* how many child rows come with their parent."""

    def __init__(self, org: Org, page: int = 2000, child_page: int = 200) -> None:
        self.org = org
        self.page = page
        self.child_page = child_page
        self._held: dict[str, _Cursor] = {}
        self._drawing = ""

    def size(self, result: Result, asked: int | None) -> int:
        """One long text halves the page; two of an organisation's own leave a tenth of it."""
        size = min(self.page, max(200, min(asked, 2000)) if asked else self.page)
        own = [field for field in result.longs if field.custom]
        if len(own) >= 2:
            return min(size, 200)
        return min(size, 1000) if result.longs else size

    def first(self, result: Result, root: str, user: str, asked: int | None = None) -> dict[str, Any]:
        """An answer's first page."""
        if result.total is not None:
            return {"totalSize": result.total, "done": True, "records": []}
        cursor = self._opened(result, user, self.size(result, asked))
        return self._page(cursor, 0, root)

    def children(self, result: Result, root: str, user: str) -> dict[str, Any]:
        """The child rows inside a parent, which have a locator of their own."""
        cursor = self._opened(result, user, self.child_page, parent=self._drawing)
        return self._page(cursor, 0, root, outer=False)

    def next(self, locator: str, root: str, user: str) -> dict[str, Any]:
        """The page that a locator names."""
        id_, _, offset = locator.partition("-")
        cursor = self._held.get(id_)
        if cursor is None or cursor.user != user or not offset.isdigit():
            raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator")
        if self.org.clock.now() - cursor.born > LIFE:
            del self._held[id_]
            raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator")
        for child in [one.id for one in self._held.values() if one.parent == id_]:
            del self._held[child]
        return self._page(cursor, int(offset), root)

    def cut(self) -> None:
        """All locators die."""
        self._held.clear()

    def _opened(self, result: Result, user: str, size: int, parent: str = "") -> _Cursor:
        id_ = made("0r8", self.org.number("cursors"))
        cursor = _Cursor(id_, user, result, size, self.org.clock.now(), parent)
        return cursor

    def _page(self, cursor: _Cursor, offset: int, root: str, *, outer: bool = True) -> dict[str, Any]:
        """Rows until the page is full; those of the children count."""
        if outer:
            self._drawing = cursor.id
        rows, told, weight = cursor.result.rows, [], 0
        while offset + len(told) < len(rows) and (not told or weight < cursor.size):
            drawn, weighs = cursor.result.draw(rows[offset + len(told)])
            told.append(drawn)
            weight += weighs
        end = offset + len(told)
        answer: dict[str, Any] = {"totalSize": len(rows), "done": end >= len(rows)}
        if end < len(rows):
            self._hold(cursor)
            answer["nextRecordsUrl"] = f"{root}/query/{cursor.id}-{end}"
        return answer | {"records": told}

    def _hold(self, cursor: _Cursor) -> None:
        self._held.setdefault(cursor.id, cursor)
        open_ = [one for one in self._held.values() if one.user == cursor.user and not one.parent]
        for oldest in open_[:-OPEN]:
            del self._held[oldest.id]

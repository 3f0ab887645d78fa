"""Blocks and search, as far as a checklist and a look for a database need them."""

from __future__ import annotations

from typing import Any

from fakes.http import Reply, Request

from .outline import NEWEST
from .page import Block, Page
from .query import QueryRoutes
from .refusal import Refused, invalid, surplus
from .rest import route
from .texts import accepted

_TEXTUAL = {
    "paragraph", "to_do", "bulleted_list_item", "numbered_list_item", "quote", "callout", "toggle",
    "heading_1", "heading_2", "heading_3",
}  # fmt: skip


class BlockRoutes(QueryRoutes):
    """A page is a block of its parent."""

    @route("GET", "/blocks/{id}/children")
    def get_children(self, request: Request, id: str) -> Reply:
        self.asked(request, {"page_size", "start_cursor"})
        self.may("read_content")
        page = self.page(id, "block_id")
        shown = [self.render.block(block, page.id) for block in page.blocks if not block.in_trash]
        below = (p for p in self.world.pages.values() if p.parent == page.id and not p.in_trash)
        shown += [self._as_block(p, "child_page", p.title, page.id, gone=False) for p in below]
        tables = (d for d in self.world.databases.values() if d.parent == page.id and not d.in_trash)
        shown += [self._as_block(d, "child_database", d.title, page.id, gone=False) for d in tables]
        return Reply(200, self.paged(request, shown, type="block", block={}))

    @route("PATCH", "/blocks/{id}/children")
    def append_children(self, request: Request, id: str) -> Reply:
        older = set() if self.render.version == NEWEST else {"after"}
        body = self.body(request, {"children", "position"} | older)
        children = body.get("children")
        if not isinstance(children, list):
            raise invalid("body.children", "defined")
        if len(children) > 100:
            raise invalid("body.children.length", "≤ `100`", len(children))
        self.may("insert_content")
        page = self.page(id, "block_id")
        if page.in_trash:
            raise Refused(
                400, "Can't edit block that is archived. You must unarchive the block before editing."
            )
        made = [self.new_block(told, n) for n, told in enumerate(children)]
        page.blocks += made
        shown = [self.render.block(block, page.id) for block in made]
        told = {"object": "list", "results": shown, "next_cursor": None, "has_more": False}
        return Reply(200, told | {"type": "block", "block": {}})

    @route("DELETE", "/blocks/{id}")
    def delete_block(self, request: Request, id: str) -> Reply:
        """A page goes to the trash, as does a block."""
        self.may("update_content")
        for page in self.world.pages.values():
            for block in page.blocks:
                if block.id == self.uuid("block_id", id):
                    block.in_trash = True
                    return Reply(200, self.render.block(block, page.id))
        database = self.world.databases.get(self.uuid("block_id", id))
        if database is not None:
            database.in_trash = True
            return Reply(200, self._as_block(database, "child_database", database.title, database.parent))
        page = self.page(id, "block_id")
        self.world.trash(page, self.world.me)
        children = self.world.contains(page)
        return Reply(200, self._as_block(page, "child_page", page.title, page.parent, children))

    def _as_block(
        self, what: Any, kind: str, title: str, parent: str, children: bool = False, gone: bool = True
    ) -> dict[str, Any]:
        """A page or a database, thrown away or there, as a block of its parent."""
        edited = what.edited_at if isinstance(what, Page) else what.created_at
        author = what.created_by if isinstance(what, Page) else self.world.me
        made = Block(what.id, kind, {"title": title}, what.created_at, author, edited, gone)
        return self.render.block(made, parent, children=children)

    def new_block(self, told: Any, place: int) -> Block:
        """A block of a request's children."""
        where = f"body.children[{place}]"
        if not isinstance(told, dict):
            raise invalid(where, "an object", told)
        kinds = told.keys() - {"object", "type"}
        if len(kinds) != 1 or not kinds <= _TEXTUAL:
            raise surplus(f"{where}.{next(iter(kinds), 'type')}", None)
        (kind,) = kinds
        raw = told[kind]
        content = {
            "rich_text": accepted(raw.get("rich_text", []), f"{where}.{kind}.rich_text", self.world.users.get)
        }
        content |= {"icon": None} if kind == "paragraph" else {}
        content |= {"checked": bool(raw.get("checked"))} if kind == "to_do" else {}
        now = self.world.clock.now()
        id_ = self.world.new_id("block")
        return Block(id_, kind, content | {"color": raw.get("color", "default")}, now, self.world.me, now)

    @route("POST", "/search")
    def search(self, request: Request) -> Reply:
        """By title only."""
        body = self.body(request, {"query", "sort", "filter", "start_cursor", "page_size"})
        words = str(body.get("query", "")).casefold()
        kind = (body.get("filter") or {}).get("value", "")
        pages = [p for p in self.world.pages.values() if self.world.sees(p) and not p.in_trash]
        found: list[dict[str, Any]] = []
        if kind in {"", "page"}:
            found += [self.render.page(p) for p in pages if words in p.title.casefold()]
        if kind in {"", "data_source"} and not self.world.blind:
            known = [
                s for s in self.world.sources.values() if not (s.hidden or s.in_trash or s.database.in_trash)
            ]
            found += [self.render.source(one) for one in known if words in one.title.casefold()]
        size, first = min(int(body.get("page_size", 100)), 100), 0
        if cursor := body.get("start_cursor"):
            first = [one["id"] for one in found].index(cursor)
        more = len(found) > first + size
        onward = found[first + size]["id"] if more else None
        shown = found[first : first + size]
        told = {"object": "list", "results": shown, "next_cursor": onward, "has_more": more}
        return Reply(200, told | {"type": "page_or_data_source", "page_or_data_source": {}})

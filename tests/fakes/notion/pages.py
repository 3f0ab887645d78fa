"""Pages: read, created, changed, one property at a time where it is long."""

from __future__ import annotations

from typing import Any

from fakes.http import Reply, Request

from .accept import MOST, Reader
from .blocks import BlockRoutes
from .page import Page
from .refusal import Refused, invalid
from .rest import route
from .schema import LONE_TITLE

WRITE = {"properties", "icon", "cover", "is_locked", "template", "erase_content", "in_trash"}
CREATE = {"parent", "properties", "icon", "cover", "content", "children", "markdown", "template", "position"}
LISTED = {"title", "rich_text", "people", "relation", "rollup"}
"""Types whose property items come as a list."""
TRASHED = "Can't edit block that is archived. You must unarchive the block before editing."


class PageRoutes(BlockRoutes):
    """PATCH answers the whole page, whatever was asked for."""

    @route("GET", "/pages/{id}")
    def get_page(self, request: Request, id: str) -> Reply:
        self.asked(request, {"filter_properties", "filter_properties[]"})
        self.may("read_content")
        page = self.page(id)
        given = request.query.get("filter_properties", []) + request.query.get("filter_properties[]", [])
        known = [page.source.find(name) for name in given] if page.source else []
        return Reply(200, self.render.page(page, [held for held in known if held] if given else None))

    @route("PATCH", "/pages/{id}")
    def patch_page(self, request: Request, id: str) -> Reply:
        self.asked(request, ())
        body = self.body(request, WRITE)
        self.may("update_content")
        page = self.page(id)
        trash = body.get("in_trash", body.get("archived"))
        if trash is not None and not isinstance(trash, bool):
            raise invalid("body.in_trash", "a boolean or `undefined`", trash)
        if page.in_trash and trash is not False:
            raise Refused(400, TRASHED)
        reader = Reader(self.world)
        reader.read(page, body.get("properties", {}))
        reader.commit(page)
        for name in ("icon", "cover"):
            if name in body:
                setattr(page, name, body[name])
        page.locked = bool(body.get("is_locked", page.locked))
        if trash is not None:
            page.in_trash = trash
        if body:
            self.world.touch(page, self.world.me)
        return Reply(200, self.render.page(page))

    @route("POST", "/pages")
    def post_page(self, request: Request) -> Reply:
        body = self.body(request, CREATE)
        if "parent" not in body:
            raise invalid("body.parent", "defined")
        children = body.get("children") or []
        if len(children) > MOST:
            raise invalid("body.children.length", f"≤ `{MOST}`", len(children))
        if body.get("template") and children:
            raise Refused(400, "Children cannot be provided together with a template.")
        self.may("insert_content")
        page = self._draft(body["parent"])
        reader = Reader(self.world)
        try:
            reader.read(page, body.get("properties", {}))
            blocks = [self.new_block(told, n) for n, told in enumerate(children)]
        except Refused:
            del self.world.pages[page.id]
            raise
        self.world.number(page)
        reader.commit(page)
        page.blocks += blocks
        page.icon, page.cover = body.get("icon"), body.get("cover")
        return Reply(200, self.render.page(page))

    def _draft(self, parent: Any) -> Page:
        """A new page under its parent, empty as yet."""
        if not isinstance(parent, dict):
            raise invalid("body.parent", "an object", parent)
        if "page_id" in parent:
            above = self.page(parent["page_id"], part="body.parent")
            return self.world.subpage(above.id, self.world.me)
        if "data_source_id" in parent:
            source = self.source(parent["data_source_id"], "body.parent")
        elif "database_id" in parent:
            database = self.database(parent["database_id"], "body.parent")
            self.single(database)
            source = database.sources[0]
        else:
            raise invalid("body.parent.data_source_id", "defined")
        return self.world.draft(source, self.world.me)

    @route("GET", "/pages/{id}/properties/{property}")
    def get_property(self, request: Request, id: str, property: str) -> Reply:
        self.asked(request, {"page_size", "start_cursor"})
        self.may("read_content")
        page = self.page(id)
        held = page.source.find(property) if page.source else LONE_TITLE
        if held is None or property not in {held.id, "title"}:
            raise Refused(404, f"Could not find property with ID: {property}.")
        told = {"object": "property_item", "type": held.type, "id": held.key}
        whole = self.render.content(page, held)
        if held.type not in LISTED:
            return Reply(200, told | {held.type: whole})
        array = whole.get("array", []) if held.type == "rollup" else whole
        if held.type == "rollup":
            items = [{"object": "property_item", "id": held.key, **one} for one in array]
            kind: Any = {key: value for key, value in whole.items() if key != "array"}
        else:
            items = [told | {held.type: one} for one in array]
            kind = {}
        head = {"id": held.key, "next_url": None, "type": held.type, held.type: kind}
        return Reply(200, self.paged(request, items, type="property_item", property_item=head))

"""Comments: a call per page, open threads only, and one's own to change."""

from __future__ import annotations

from typing import Any

from fakes.http import Reply, Request

from .ids import proper
from .page import Comment
from .pages import PageRoutes
from .refusal import Refused, invalid, restricted
from .rest import route
from .texts import accepted, typed


class CommentRoutes(PageRoutes):
    """Neither creating nor changing a comment touches its page."""

    @route("GET", "/comments")
    def get_comments(self, request: Request) -> Reply:
        self.asked(request, {"block_id", "page_size", "start_cursor"})
        if "block_id" not in request.query:
            raise invalid("query.block_id", "defined")
        self.may("read_comments")
        page = self.page(request.one("block_id"), "block_id", "query")
        if page.in_trash:
            raise self.missing("block", page.id)
        shown = [c for c in self.world.comments if c.page == page.id and not c.block]
        told = [self.render.comment(c) for c in shown if c.discussion not in self.world.resolved]
        return Reply(200, self.paged(request, told, type="comment", comment={}))

    @route("POST", "/comments")
    def post_comment(self, request: Request) -> Reply:
        known = {"parent", "discussion_id", "rich_text", "markdown", "attachments", "display_name"}
        body = self.body(request, known)
        runs = self._runs(body)
        self.may("insert_comments")
        if "discussion_id" in body:
            thread = self.uuid("discussion_id", body["discussion_id"], "body")
            above = next((c for c in self.world.comments if c.discussion == thread), None)
            if above is None or not self.world.sees(self.world.pages[above.page]):
                raise self.missing("discussion", thread)
            page = self.world.pages[above.page]
        elif isinstance(body.get("parent"), dict):
            thread = ""
            page = self.page(body["parent"].get("page_id"), part="body.parent")
        else:
            raise invalid("body.parent", "defined")
        if page.in_trash:
            raise Refused(
                400, "Can't edit block that is archived. You must unarchive the block before editing."
            )
        return Reply(200, self.render.comment(self.world.say(page, runs, self.world.me, thread)))

    @route("GET", "/comments/{id}")
    def get_comment(self, request: Request, id: str) -> Reply:
        self.may("read_comments")
        return Reply(200, self.render.comment(self._comment(id)))

    @route("PATCH", "/comments/{id}")
    def patch_comment(self, request: Request, id: str) -> Reply:
        runs = self._runs(self.body(request, {"rich_text", "markdown"}))
        comment = self._own(id)
        self.world.rewrite(comment, runs)
        return Reply(200, self.render.comment(comment))

    @route("DELETE", "/comments/{id}")
    def delete_comment(self, request: Request, id: str) -> Reply:
        comment = self._own(id)
        self.world.retract(comment)
        return Reply(200, self.render.comment(comment))

    def _runs(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        if "markdown" in body:
            return typed(str(body["markdown"]))
        if "rich_text" not in body:
            raise invalid("body.rich_text", "defined")
        runs = accepted(
            body["rich_text"], "body.rich_text", lambda raw: self.world.users.get(proper(raw) or "")
        )
        if not runs:
            raise invalid("body.rich_text.length", "≥ `1`", 0)
        return runs

    def _comment(self, raw: str) -> Comment:
        id_ = self.uuid("comment_id", raw)
        found = next((c for c in self.world.comments if c.id == id_), None)
        if found is None or not self.world.sees(self.world.pages[found.page]):
            raise self.missing("comment", id_)
        return found

    def _own(self, raw: str) -> Comment:
        self.may("insert_comments")
        found = self._comment(raw)
        if found.author != self.world.me:
            raise restricted()
        return found

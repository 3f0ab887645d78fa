"""Jira Data Center, REST v2."""

from __future__ import annotations

from typing import Any

from fakes.http import FakeServer, Reply, Request, basic

from .accept import Refused
from .admin_server import ServerAdminRoutes
from .comments import CommentRoutes
from .issue import Issue
from .jql import Order, Parser
from .rest import route
from .setup import SetupRoutes
from .transitions import TransitionRoutes
from .world import JiraWorld

TOKEN, USERNAME, PASSWORD = "data-center-pat", "escsync", "correct horse"


class DataCenter(ServerAdminRoutes, CommentRoutes, SetupRoutes, TransitionRoutes):
    """*page_cap* is the administrator's limit of a search page; *captcha*: too many bad logins; *epochs*: does
    JQL take milliseconds? *properties*: are comment properties stored (not so before a certain version)?"""

    cloud = False
    root = "/rest/api/2"
    page_limit = 10**6

    def __init__(self, world: JiraWorld, base: str) -> None:
        super().__init__(world, base, {f"Bearer {TOKEN}", basic(USERNAME, PASSWORD)})
        self.page_cap = 1000
        self.captcha = False
        self.epochs = True

    def handle(self, request: Request) -> Reply:
        if self.captcha:
            denied = {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}
            return Reply(403, raw=b"<html>CAPTCHA</html>", content="text/html", headers=denied)
        return super().handle(request)

    def nothing(self) -> dict[str, Any]:
        return {"startAt": 0, "maxResults": 50, "total": 0, "issues": []}

    @route("GET", "/search")
    def search(self, request: Request) -> Reply:
        return self.found(
            request.one("jql"),
            request.number("startAt", 0),
            request.number("maxResults", 50),
            request.many("fields"),
            request.many("expand"),
            lenient=request.one("validateQuery", "true").lower() in {"false", "none", "warn"},
        )

    @route("POST", "/search")
    def search_body(self, request: Request) -> Reply:
        body = request.body
        lenient = str(body.get("validateQuery", "true")).lower() in {"false", "none", "warn"}
        start, size = int(body.get("startAt") or 0), int(body.get("maxResults") or 50)
        fields, expand = list(body.get("fields") or ()), list(body.get("expand") or ())
        return self.found(body.get("jql", ""), start, size, fields, expand, lenient=lenient)

    def found(
        self, jql: str, start: int, size: int, fields: list[str], expand: list[str], *, lenient: bool
    ) -> Reply:
        query = Parser(self.world, jql, lenient=lenient, epochs=self.epochs).query()
        rows = [i for i in self.world.index.issues() if query.test is None or query.test(i)]
        for one in reversed((*query.order, Order("id"))):
            rows.sort(key=lambda issue, one=one: self._rank(issue, one.field), reverse=one.descending)
        size = min(size, self.page_cap)
        told = [
            self.shown(issue, fields or ["*navigable"], comments=None, changelog="changelog" in expand)
            for issue in rows[start : start + size]
        ]
        page = {"startAt": start, "maxResults": size, "total": len(rows), "issues": told}
        return Reply(200, {"expand": "schema,names"} | page)

    @staticmethod
    def _rank(issue: Issue, field: str) -> Any:
        if field in {"created", "updated"}:
            return getattr(issue, field)
        return int(issue.key.rsplit("-", 1)[1]) if field == "key" else int(issue.id)

    @route("GET", "/issue/{id}")
    def get_issue(self, request: Request, id: str) -> Reply:
        told = self.shown(
            self.issue(id),
            request.many("fields") or ["*all"],
            comments=None,
            changelog="changelog" in request.one("expand"),
            properties=request.many("properties"),
        )
        return Reply(200, told)

    @route("GET", "/user")
    def get_user(self, request: Request) -> Reply:
        name, key = request.one("username"), request.one("key")
        for user in self.world.users.values():
            if user.handle == name or (key and user.key == key):
                return Reply(200, self.render.user(user.handle))
        raise Refused(404, "The user does not exist")


def datacenter(world: JiraWorld) -> FakeServer:
    """A Data Center host over HTTP."""
    return FakeServer(lambda base: DataCenter(world, base))

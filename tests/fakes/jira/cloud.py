"""Jira Cloud, REST v3."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fakes.http import FakeServer, Reply, Request, basic
from fakes.openapi import DOCUMENT, official

from .accept import Refused
from .admin_cloud import CloudAdminRoutes
from .comments import CommentRoutes
from .issue import History, Issue
from .jql import UNBOUNDED, Order, Parser, Query
from .rest import route
from .setup import SetupRoutes
from .transitions import TransitionRoutes
from .world import JiraWorld

EMAIL, TOKEN = "bot@acme.example", "cloud-api-token"


class Cloud(CloudAdminRoutes, CommentRoutes, SetupRoutes, TransitionRoutes):
    """*page_cap*: how many issues a page with real fields holds at most; *embedded*: how many comments a search
    shows; *stamps*: how changelog/bulkfetch writes `created` ("iso", "s" or "ms"); *empty_pages*: so many
    pages come empty though they are not the last; *stuck*: every page names the first page's token again."""

    cloud = True
    root = "/rest/api/3"

    def __init__(self, world: JiraWorld, base: str) -> None:
        super().__init__(world, base, {basic(EMAIL, TOKEN), f"Bearer {TOKEN}"})
        self.page_cap = 100
        self.embedded = 20
        self.histories = 40
        self.stamps = "ms"
        self.empty_pages = 0
        self.stuck = False
        self._tokens: dict[str, tuple[str, tuple[Any, ...] | None]] = {}

    # -- search

    @route("POST", "/search/jql")
    def search(self, request: Request) -> Reply:
        body = request.body if isinstance(request.body, dict) else {}
        jql = str(body.get("jql", ""))
        query = Parser(self.world, jql).query()
        if query.test is None:
            raise Refused(400, UNBOUNDED)
        if len(query.order) > 7:
            raise Refused(400, "The maximum number of order by fields is 7.")
        if len(body.get("reconcileIssues") or ()) > 50:
            raise Refused(400, "The maximum number of reconcileIssues is 50.")
        after = self._after(body.get("nextPageToken"), jql)
        reconciled = {str(number) for number in body.get("reconcileIssues") or ()}
        rows = self.rows(query, reconciled, after)
        fields = list(body.get("fields") or ())
        size = min(int(body.get("maxResults") or 50), 5000 if set(fields) <= {"id", "key"} else self.page_cap)
        page = rows[:size]
        if self.empty_pages and after is None and rows:
            self.empty_pages -= 1
            page = []
        more = len(rows) > len(page)
        expand = str(body.get("expand") or "").split(",")
        told: dict[str, Any] = {
            "issues": [self._issue(i, fields, expand, list(body.get("properties") or ())) for i in page],
            "isLast": not more,
        }
        if more:
            told["nextPageToken"] = self._token(jql, query.order, page[-1] if page else None)
        return Reply(200, told)

    @route("POST", "/search/approximate-count")
    def count(self, request: Request) -> Reply:
        query = Parser(self.world, str(request.body["jql"])).query()
        return Reply(200, {"count": len(self.rows(query, set(), None))})

    def _issue(self, issue: Issue, fields: list[str], expand: list[str], properties: list[str]) -> Any:
        return self.shown(
            issue,
            fields,
            comments=self.embedded,
            histories=self.histories,
            changelog="changelog" in expand,
            properties=properties,
        )

    def rows(self, query: Query, reconciled: set[str], after: tuple[Any, ...] | None) -> list[Issue]:
        """The matches in their order, behind the row that the page before ended with."""
        assert query.test is not None
        found = [issue for issue in self.world.index.issues(reconciled) if query.test(issue)]
        found.sort(key=lambda issue: self.place(issue, query.order))
        return [i for i in found if after is None or self.place(i, query.order) > after]

    @staticmethod
    def place(issue: Issue, order: tuple[Order, ...]) -> tuple[Any, ...]:
        """Where a row stands; an issue that changes while pages are read moves."""
        parts: list[Any] = []
        for one in order or (Order("created", True),):
            if one.field in {"created", "updated"}:
                stamp = getattr(issue, one.field).timestamp()
                parts.append(-stamp if one.descending else stamp)
            else:
                number = int(issue.key.rsplit("-", 1)[1]) if one.field == "key" else 0
                parts.append(-number if one.descending else number)
        return (*parts, int(issue.id))

    def _token(self, jql: str, order: tuple[Order, ...], last: Issue | None) -> str:
        if self.stuck and self._tokens:
            return next(iter(self._tokens))
        token = f"Ch0{len(self._tokens):06d}"
        self._tokens[token] = (jql, None if last is None else self.place(last, order))
        return token

    def _after(self, token: str | None, jql: str) -> tuple[Any, ...] | None:
        if token is None:
            return None
        if self._tokens.get(token, ("", None))[0] != jql:
            raise Refused(400, "The provided next page token is invalid or expired.")
        return self._tokens[token][1] or (float("-inf"),)

    @route("GET", "/search")
    @route("POST", "/search")
    def gone(self, request: Request) -> Reply:
        raise Refused(
            410,
            "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
            "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
        )

    # -- reading in bulk, from the database

    @route("POST", "/issue/bulkfetch")
    def bulkfetch(self, request: Request) -> Reply:
        body = request.body
        asked = body["issueIdsOrKeys"]
        if not 1 <= len(asked) <= 100:
            raise Refused(400, "The number of issues must be between 1 and 100.")
        found = {issue.id: issue for key in asked if (issue := self.world.find(str(key))) is not None}
        expand = list(body.get("expand") or ())
        fields = list(body.get("fields") or ("*navigable",))
        told = [
            self._issue(issue, fields, expand, list(body.get("properties") or ()))
            for issue in sorted(found.values(), key=lambda issue: int(issue.id))
        ]
        return Reply(200, {"issues": told, "issueErrors": []})

    @route("POST", "/changelog/bulkfetch")
    def changelogs(self, request: Request) -> Reply:
        body = request.body
        issues = [i for key in body["issueIdsOrKeys"] if (i := self.world.find(str(key))) is not None]
        wanted = set(body.get("fieldIds") or ())
        rows: list[tuple[datetime, int, int, Issue, History]] = []
        for issue in {issue.id: issue for issue in issues}.values():
            for history in issue.histories:
                if not wanted or any(item.field in wanted for item in history.items):
                    rows.append((history.created, int(issue.id), history.id, issue, history))
        rows.sort(key=lambda row: row[:3])
        start = int(body.get("nextPageToken") or 0)
        size = int(body.get("maxResults") or 1000)
        logs: dict[str, list[dict[str, Any]]] = {}
        for _, _, _, issue, history in rows[start : start + size]:
            logs.setdefault(issue.id, []).append(self._stamped(history))
        told: dict[str, Any] = {
            "issueChangeLogs": [{"issueId": id_, "changeHistories": logs[id_]} for id_ in sorted(logs)]
        }
        if len(rows) > start + size:
            told["nextPageToken"] = str(start + size)
        return Reply(200, told)

    def _stamped(self, history: History) -> dict[str, Any]:
        seconds = history.created.timestamp()
        forms = {"s": int(seconds), "ms": int(seconds * 1000), "iso": self.render.instant(history.created)}
        return self.render.history(history) | {"created": forms[self.stamps]}

    # -- one issue

    @route("GET", "/issue/{id}")
    def get_issue(self, request: Request, id: str) -> Reply:
        fields = request.many("fields") or ["*all"]
        told = self.shown(
            self.issue(id),
            fields,
            comments=100,
            histories=100,
            changelog="changelog" in request.one("expand"),
            properties=request.many("properties"),
        )
        return Reply(200, told)

    @route("GET", "/issue/{id}/changelog")
    def get_changelog(self, request: Request, id: str) -> Reply:
        issue = self.issue(id)
        start, size = request.number("startAt", 0), min(request.number("maxResults", 100), 100)
        values = [self.render.history(history) for history in issue.histories[start : start + size]]
        page = {"startAt": start, "maxResults": size, "total": len(issue.histories), "values": values}
        return Reply(200, page | {"isLast": start + size >= len(issue.histories)})

    @route("GET", "/users/search")
    def all_users(self, request: Request) -> Reply:
        return self.page(request, list(self.world.users.values()))

    @route("GET", "/user/bulk")
    def users_bulk(self, request: Request) -> Reply:
        wanted = set(request.many("accountId"))
        told = [self.render.user(u.handle) for u in self.world.users.values() if u.account in wanted]
        page = {"maxResults": 50, "startAt": 0, "total": len(told), "isLast": True, "values": told}
        return Reply(200, page)


def cloud(world: JiraWorld) -> FakeServer:
    """A Cloud site over HTTP; where the official OpenAPI document is at hand, it judges every call."""
    contract = official(DOCUMENT) if DOCUMENT.exists() else None
    return FakeServer(lambda base: Cloud(world, base), contract)

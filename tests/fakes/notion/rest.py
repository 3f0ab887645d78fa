"""What every call to the API has in common: its checks in their order, the version, the rate, the shape of errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from fakes.http import Reply, Request

from .ids import proper, uuid_of
from .outline import MIDDLE, NEWEST, OLDEST
from .page import Page
from .refusal import Refused, invalid, restricted, surplus
from .render import Renderer
from .schema import Database, DataSource
from .trouble import limited
from .world import Workspace

Handler = Callable[..., Reply]
LARGEST = 512_000
NOT_SHARED = "Make sure the relevant pages and databases are shared with your integration"


def route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Mark a method as the handler of a path; `{name}` stands for one segment."""

    def mark(handler: Handler) -> Handler:
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        handler.routes = [*getattr(handler, "routes", []), (method, re.compile(expression))]  # type: ignore[attr-defined]
        return handler

    return mark


class Rest:
    """*instants* has the server's time of each call. *budget*: so many calls in so many seconds; more are refused."""

    def __init__(self, world: Workspace, base: str, tokens: set[str]) -> None:
        self.world = world
        self.base = base
        self.tokens = tokens
        self.render = Renderer(world)
        self.instants: list[datetime] = []
        self.budget: tuple[int, float] | None = None
        self._spent: list[datetime] = []
        self._requests = 0
        self.routes = [
            (method, pattern, getattr(self, name))
            for name in dir(type(self))
            for method, pattern in getattr(getattr(type(self), name), "routes", ())
        ]

    # -- one request

    def handle(self, request: Request) -> Reply:
        self._requests += 1
        request_id = uuid_of("request", self._requests)
        try:
            reply = self._limit() or self._serve(request)
        except Refused as refusal:
            reply = Reply(refusal.status, refusal.body)
        if isinstance(reply.body, dict) and "templates" not in reply.body and "errorId" not in reply.body:
            reply.body["request_id"] = request_id
        reply.headers = {**reply.headers, "x-notion-request-id": request_id}
        return reply

    def _limit(self) -> Reply | None:
        now = self.world.clock.now()
        self.instants.append(now)
        if self.budget is None:
            return None
        most, seconds = self.budget
        recent = [at for at in self._spent if now - at < timedelta(seconds=seconds)]
        if len(recent) < most:
            self._spent = [*recent, now]
            return None
        return limited(max(1, ceil(seconds - (now - recent[0]).total_seconds())))

    def _serve(self, request: Request) -> Reply:
        handler, parts = self._route(request)
        self._sign_in(request)
        self.render.version = self._version(request)
        if self.render.version == OLDEST and "/data_sources" in request.path:
            raise Refused(400, "Invalid request URL.", "invalid_request_url")
        if int(request.headers.get("content-length") or 0) > LARGEST:
            told = {"isNotionError": False, "errorId": uuid_of("error", self._requests)}
            told |= {"name": "PayloadTooLargeError", "message": "request entity too large", "code": 413}
            return Reply(413, told)
        if isinstance(request.body, bytes):
            raise Refused(400, "Error parsing JSON body.", "invalid_json")
        if request.method != "GET" and not request.path.endswith(("/query", "/search")):
            while self.world.before_write:
                self.world.before_write.pop(0)()
        return handler(request, **parts)

    def _route(self, request: Request) -> tuple[Handler, dict[str, str]]:
        for method, pattern, handler in self.routes:
            match = pattern.fullmatch(request.path.removeprefix("/v1"))
            if match and method == request.method and request.path.startswith("/v1/"):
                return handler, match.groupdict()
        raise Refused(400, "Invalid request URL.", "invalid_request_url")

    def _sign_in(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refused(401, 'Authorization header must use the format "Bearer <token>".')
        if token not in self.tokens:
            raise Refused(401, "API token is invalid.")

    def _version(self, request: Request) -> str:
        told = request.headers.get("notion-version")
        if told in {NEWEST, MIDDLE, OLDEST}:
            return told
        wanted = "defined" if told is None else "a version that was published"
        shown = invalid("Notion-Version header", wanted, told if told is not None else ...)
        raise Refused(400, shown.message, "missing_version")

    # -- what handlers ask for

    def may(self, capability: str) -> None:
        if capability not in self.world.can:
            raise restricted()

    def asked(self, request: Request, known: Collection[str]) -> None:
        """Only these stand in the query string."""
        for name in request.query.keys() - set(known):
            raise surplus(f"query.{name}", request.query[name][-1])

    def body(self, request: Request, known: Collection[str]) -> dict[str, Any]:
        """The body, in which only these keys stand."""
        told = {} if request.body is None else request.body
        if not isinstance(told, dict):
            raise invalid("body", "an object", told)
        for name in told.keys() - set(known) - ({"archived"} if self.render.version != NEWEST else set()):
            raise surplus(f"body.{name}", told[name])
        return told

    def paged(self, request: Request, rows: list[Any], **told: Any) -> dict[str, Any]:
        """One page of a list whose size and place stand in the query string."""
        raw = request.one("page_size", "100")
        size = int(raw) if raw.isdecimal() else 0
        if not 1 <= size <= 100:
            bound = "≤ `100`" if size > 100 else "≥ `1`"
            raise invalid("query.page_size", bound, raw)
        ids = [row["id"] for row in rows]
        cursor = request.one("start_cursor")
        if cursor and proper(cursor) not in ids and not cursor.isdecimal():
            raise Refused(400, f"The start_cursor provided is invalid: {cursor}")
        first = int(cursor) if cursor.isdecimal() else ids.index(proper(cursor)) if cursor else 0
        more = len(rows) > first + size
        unique = len(set(ids)) == len(ids)
        after = (ids[first + size] if unique else str(first + size)) if more else None
        return {
            "object": "list",
            "results": rows[first : first + size],
            "next_cursor": after,
            "has_more": more,
            **told,
        }

    def uuid(self, name: str, raw: Any, part: str = "path") -> str:
        made = proper(raw)
        if made is None:
            shown = invalid(f"{part}.{name}", "a valid uuid", raw).message
            raise Refused(400, shown.replace(f"`{raw}`", f'`"{raw}"`'))
        return made

    def page(self, raw: str, name: str = "page_id", part: str = "path") -> Page:
        """A page that the connection can see."""
        id_ = self.uuid(name, raw, part)
        page = self.world.pages.get(id_)
        if page is None or not self.world.sees(page):
            raise self.missing("page", id_)
        return page

    def source(self, raw: str, part: str = "path") -> DataSource:
        id_ = self.uuid("data_source_id", raw, part)
        source = self.world.sources.get(id_)
        if source is None or source.hidden or self.world.blind:
            raise self.missing("database", id_)
        return source

    def database(self, raw: str, part: str = "path") -> Database:
        id_ = self.uuid("database_id", raw, part)
        database = self.world.databases.get(id_)
        if database is None or database.hidden or self.world.blind:
            raise self.missing("database", id_)
        return database

    def missing(self, kind: str, id_: str, hint: str = "") -> Refused:
        """Not there, or not shared: Notion does not say which."""
        name = self.world.users[self.world.me].name
        told = hint or f'{NOT_SHARED} "{name}".'
        return Refused(404, f"Could not find {kind} with ID: {id_}. {told}", integration_id=self.world.me)

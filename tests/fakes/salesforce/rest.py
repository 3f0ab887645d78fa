"""The face of an org: who calls, how often, in which version; and to whom the call goes."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from fakes.http import Reply, Request

from .composite import Composite
from .cursors import Cursors
from .record import Refused
from .routes import Asked, route, routes
from .signin import SignIn
from .tooling import Tooling
from .world import Org

VERSION = re.compile(r"/services/data/v(\d+)\.\d+(/.*)?")
OLDEST, NEWEST = 31, 68
SEASONS = ("Winter", "Spring", "Summer")
LONGEST_ADDRESS = 16_384


class Face(Composite, Tooling):
    """*used* of *limit* calls were made in the last 24 hours; *signin* keeps the sessions."""

    def __init__(self, org: Org, base: str, run_as: str) -> None:
        self.world = self.org = org
        self.base = base
        self.signin = SignIn(org, base, run_as)
        self.cursors = Cursors(org)
        self.used = 0
        self.limit = 15_000
        self.oldest, self.newest = OLDEST, NEWEST
        self._routes = sorted(routes(self), key=lambda known: known[1].groups)

    # -- one request

    def handle(self, request: Request) -> Reply:
        path = request.path.rstrip("/")
        if path == "/services/oauth2/token" and request.method == "POST":
            return self.signin.token(request)
        if path == "/services/data" and request.method == "GET":
            return Reply(200, [self._version(n) for n in range(self.oldest, self.newest + 1)])
        token = request.headers.get("authorization", "").removeprefix("Bearer ").removeprefix("OAuth ")
        user = self.signin.user(token)
        if user is None:
            return Reply(401, [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
        if path == "/services/oauth2/userinfo":
            return self.signin.userinfo(user)
        return self._counted(request, user)

    def _counted(self, request: Request, user: str) -> Reply:
        told = self.used
        if self.used >= self.limit:
            refusal = Refused("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
            return Reply(403, refusal.body, self._usage(told))
        self.used += 1
        too_long = _too_long(request)
        if too_long:
            return Reply(too_long, raw=b"<html><body>URI Too Long</body></html>", content="text/html")
        if _writes(request):
            while self.org.before_write:
                self.org.before_write.pop(0)()
        root = "/".join(request.path.split("/")[:4])
        reply = self.answer(Asked(request, root, user))
        headers = dict(reply.headers) | (self._usage(told) if reply.status != 204 else {})
        return Reply(reply.status, reply.body, headers, reply.raw, reply.content)

    def answer(self, asked: Asked) -> Reply:
        """Carry out one request, of its own or inside another."""
        version = VERSION.fullmatch(asked.request.path)
        try:
            if version is None or int(version.group(1)) > self.newest:
                raise Refused("NOT_FOUND", "The requested resource does not exist", status=404)
            if int(version.group(1)) < self.oldest:
                raise Refused("UNSUPPORTED_API_VERSION", "The API version is retired", status=410)
            return self._dispatch(asked, version.group(2) or "/")
        except Refused as refusal:
            return Reply(refusal.status, refusal.body)

    def _dispatch(self, asked: Asked, path: str) -> Reply:
        known = False
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if method == asked.method:
                return handler(asked, **match.groupdict())
            known = True
        if known:
            message = f"HTTP Method '{asked.method}' not allowed. Allowed are other methods"
            raise Refused("METHOD_NOT_ALLOWED", message, status=405)
        raise Refused("NOT_FOUND", "The requested resource does not exist", status=404)

    # -- the org itself

    @route("GET", "/limits")
    def limits(self, asked: Asked) -> Reply:
        daily = {"Max": self.limit, "Remaining": max(0, self.limit - self.used)}
        return Reply(
            200, {"DailyApiRequests": daily, "DailyBulkApiBatches": {"Max": 15000, "Remaining": 15000}}
        )

    @route("GET", "/")
    def resources(self, asked: Asked) -> Reply:
        names = ("sobjects", "query", "queryAll", "composite", "limits", "tooling")
        return Reply(200, {name: f"{asked.root}/{name}" for name in names})

    def count(self, calls: int) -> None:
        self.used += calls

    def _usage(self, told: int) -> dict[str, str]:
        """The number trails behind."""
        return {"Sforce-Limit-Info": f"api-usage={told}/{self.limit}"}

    @staticmethod
    def _version(number: int) -> dict[str, str]:
        year = 15 + (number - 32) // 3
        label = f"{SEASONS[(number - 32) % 3]} '{year}"
        return {"label": label, "url": f"/services/data/v{number}.0", "version": f"{number}.0"}


def _too_long(request: Request) -> int:
    """414 for the address alone, 431 for it with the headers."""
    address = len(quote(request.path)) + len(urlencode(request.query, doseq=True))
    headers = sum(len(name) + len(str(value)) + 4 for name, value in request.headers.items())
    if address > LONGEST_ADDRESS:
        return 414
    return 431 if address + headers > LONGEST_ADDRESS else 0


def _writes(request: Request) -> bool:
    path = request.path.rstrip("/")
    if request.method in {"PATCH", "DELETE"}:
        return True
    if request.method != "POST":
        return False
    if path.endswith(("/composite", "/composite/batch")) and isinstance(request.body, dict):
        parts = [*request.body.get("compositeRequest", ()), *request.body.get("batchRequests", ())]
        return any(part.get("method") != "GET" for part in parts)
    return not re.search(r"/composite/sobjects/\w+$", path)

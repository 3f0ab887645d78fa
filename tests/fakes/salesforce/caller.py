"""Whoever calls the API by hand, as the tests of the fake itself do."""

from __future__ import annotations

from typing import Any

from fakes.http import FakeService, Reply, Request

from .signin import SESSION

VERSION = "/services/data/v66.0"


class Caller:
    """Calls *service* with *token*; paths go on from the API's version."""

    def __init__(self, service: FakeService, token: str = SESSION) -> None:
        self.service = service
        self.token = token

    def __call__(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: str
    ) -> Reply:
        told = {"authorization": f"Bearer {self.token}"} | {n.lower(): v for n, v in (headers or {}).items()}
        whole = path if path.startswith("/services") else VERSION + path
        asked = Request(method, whole, {name: [value] for name, value in query.items()}, body, told)
        return self.service.exchange(asked)[0]

    def query(self, soql: str, *, all_: bool = False, **headers: str) -> Any:
        """An answer's body; anything but 200 is a failure of the test."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = self("GET", "/queryAll" if all_ else "/query", None, told, q=soql)
        assert reply.status == 200, reply.body
        return reply.body

    def rows(self, soql: str, *, all_: bool = False) -> list[Any]:
        """All rows, page by page."""
        body = self.query(soql, all_=all_)
        found = list(body["records"])
        while not body["done"]:
            body = self("GET", body["nextRecordsUrl"]).body
            found += body["records"]
        return found

    def values(self, soql: str, *, all_: bool = False) -> list[Any]:
        """The first selected field of every row."""
        return [next(v for n, v in row.items() if n != "attributes") for row in self.rows(soql, all_=all_)]

    def refusal(self, soql: str) -> tuple[str, str]:
        """The code and the last line of what a query is refused with."""
        reply = self("GET", "/query", q=soql)
        assert reply.status == 400, reply.body
        (error,) = reply.body
        return error["errorCode"], error["message"].rpartition("\n")[2]

    def composite(self, *parts: dict[str, Any], **told: Any) -> list[dict[str, Any]]:
        """The answers to some sub-requests, which are numbered r0, r1, ..."""
        numbered = [{"referenceId": f"r{n}", "method": "GET", **part} for n, part in enumerate(parts)]
        reply = self("POST", "/composite", {"compositeRequest": numbered, **told})
        assert reply.status == 200, reply.body
        found: list[dict[str, Any]] = reply.body["compositeResponse"]
        return found

"""Calls the fake without a socket, for tests of the fake itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fakes.http import Reply, Request

from .outline import NEWEST
from .page import Page
from .service import TOKEN, socketless
from .site import Site


class Caller:
    """*headers* in place of the usual ones; None leaves one out."""

    def __init__(self, site: Site, version: str = NEWEST) -> None:
        self.site = site
        self.service = socketless(site.world)
        self.api: Any = self.service.face
        self.version = version

    def reply(self, method: str, path: str, body: Any = None, **headers: str | None) -> Reply:
        told = {"authorization": f"Bearer {TOKEN}", "notion-version": self.version}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}  # type: ignore[misc]
        parts = urlsplit(path)
        sent = {name: value for name, value in told.items() if value is not None}
        asked = Request(method, "/v1" + unquote(parts.path), parse_qs(parts.query), body, sent)
        return self.service.exchange(asked)[0]

    def __call__(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        reply = self.reply(method, path, body)
        assert reply.status == status, reply.body
        return reply.body

    def query(self, status: int = 200, *, only: str = "", **body: Any) -> Any:
        """Rows of the escalations."""
        return self("POST", f"/data_sources/{self.site.escalations.id}/query{only}", body, status)

    def titles(self, **body: Any) -> list[str]:
        """The titles of the rows that a query finds."""
        return [self.title(told) for told in self.query(**body)["results"]]

    @staticmethod
    def title(told: dict[str, Any]) -> str:
        return "".join(run["plain_text"] for run in told["properties"]["Name"]["title"])

    def patch(self, page: Page, status: int = 200, **properties: Any) -> Any:
        """Write properties by their names."""
        return self("PATCH", f"/pages/{page.id}", {"properties": properties}, status)

"""What Notion answers when it does not do what it was asked: each failure as one of the contract's errors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escsync.adapter import Denied, Rejected, TrackerError, Unavailable, Vanished
from escsync.web import retry_after

_UNFIT = re.compile(r"[^0-9A-Za-z_.-]")
LATER = "nothing is lost: the next pass goes on from here; Notion's status page tells whether more is known"
_STRANGE = "Notion answered with something that is not what its documentation promises"


class Overload(Unavailable):
    """Notion took too long over it: less at a time may do."""

    def __init__(self, message: str, *, retry_after: float | None = None, everywhere: bool = False) -> None:
        super().__init__(message, retry_after=retry_after, everywhere=everywhere, remedy=LATER)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: *body* is decoded JSON, *date* the server's clock."""

    body: Any
    date: datetime | None = None

    def mapping(self) -> dict[str, Any]:
        """The body as a JSON object."""
        if not isinstance(self.body, dict):
            raise Unavailable(_STRANGE, remedy=LATER)
        return self.body

    def page(self) -> dict[str, Any]:
        """The body as an object with an id: a page, a user, a data source."""
        body = self.mapping()
        if not isinstance(body.get("id"), str) or not body["id"]:
            raise Unavailable(_STRANGE, remedy=LATER)
        return body

    def listing(self) -> list[dict[str, Any]]:
        """The entries of a list; what is no object is left out."""
        found = self.mapping().get("results")
        if not isinstance(found, list):
            raise Unavailable(_STRANGE, remedy=LATER)
        return [entry for entry in found if isinstance(entry, dict)]

    def onward(self) -> str:
        """The cursor of the next page, "" after the last."""
        body = self.mapping()
        more, cursor = body.get("has_more"), body.get("next_cursor")
        if not isinstance(more, bool):
            raise Unavailable(_STRANGE, remedy=LATER)
        if more and (not isinstance(cursor, str) or not cursor):
            raise Unavailable(f"{_STRANGE}: there is more, and no way to it", remedy=LATER)
        return str(cursor) if more else ""


def failure(
    status: int, headers: Mapping[str, str], body: str, *, what: str, needs: str = ""
) -> TrackerError:
    """The error that an unsuccessful answer means. *needs* is the capability that the request takes.

    Its words are never repeated: they quote what was sent. Its code and the id of the request are.
    """
    code, request = _told(body, headers)
    known = f"{status}{' ' + code if code else ''}{', request ' + request if request else ''}"
    match status:
        case _ if 300 <= status < 400:
            return Denied(
                f"{what}: the address redirects elsewhere ({known})",
                remedy="remove connection.url, unless you know better than the public API",
            )
        case 401:
            return Denied(
                f"{what}: Notion does not accept the token ({known})",
                remedy="was the token renewed or the connection removed? Copy it again from the connection's page",
            )
        case 403:
            return Denied(
                f"{what}: the connection may not do this ({known})",
                remedy=f"give the connection the capability {needs!r}, and the page access it needs"
                if needs
                else "check the connection's capabilities; `escsync doctor` lists what is missing",
            )
        case 404:
            return Vanished(
                f"{what}: not there, or not shared with the connection ({known})",
                remedy="share the database with the connection: ... > Connections",
            )
        case 429 | 529:
            return Unavailable(
                f"{what}: Notion asks for a pause ({known})",
                retry_after=retry_after(headers),
                executed=False,
                everywhere=True,
                remedy="nothing is lost: the next pass goes on from here; let nothing else use the same token",
            )
        case 503 | 504:
            wait = retry_after(headers)
            return Overload(
                f"{what}: Notion takes too long or is out of order ({known})",
                retry_after=wait,
                everywhere=status == 503 and wait is not None,
            )
        case 408:
            return Unavailable(
                f"{what}: the connection was closed before Notion answered ({known})", remedy=LATER
            )
        case 409:
            return Unavailable(
                f"{what}: Notion was saving something else at that moment ({known})", remedy=LATER
            )
        case _ if status >= 500:
            return Unavailable(
                f"{what}: Notion is out of order at the moment ({known})",
                retry_after=retry_after(headers),
                remedy=LATER,
            )
        case 400 if code == "missing_version":
            return Denied(
                f"{what}: Notion no longer speaks this version of its API ({known})",
                remedy="set connection.version to the newest one that escsync knows, or upgrade escsync",
            )
        case _:
            return Rejected(f"{what}: refused ({known})")


def _told(body: str, headers: Mapping[str, str]) -> tuple[str, str]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    entry = told if isinstance(told, dict) else {}
    request = entry.get("request_id") or headers.get("x-notion-request-id", "")
    return _tidy(entry.get("code")), _tidy(request)


def _tidy(word: object) -> str:
    return _UNFIT.sub("", word)[:64] if isinstance(word, str) else ""

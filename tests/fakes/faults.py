"""Every way in which a call to a tracker fails, as data: what comes in place of an answer, and whether it was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from fakes.http import Fault, Reply, Request
from fakes.notion import trouble as notion
from fakes.salesforce import trouble as salesforce

from escsync.adapter import Unavailable

_READS = ("query", "search", "search/jql", "bulkfetch", "match", "composite", "token")
_LONG = 1800
"""A pause in seconds that no pass waits for."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to fail. *reply* is what a server says at this instant; without one the connection breaks.

    *after*: the work was done first. *cut*: only so many bytes arrive. *hang*: nothing comes. *writes*: it befalls
    writes only. *locked*: somebody else holds the record for a moment.
    """

    name: str
    reply: Callable[[datetime], Reply] | None = None
    after: bool = False
    cut: int | None = None
    hang: bool = False
    writes: bool = False
    locked: bool = False

    def strike(self, fault: Fault, now: datetime) -> None:
        """Make *fault* of this kind."""
        fault.reply = self.reply(now) if self.reply else None
        fault.after, fault.cut, fault.hang = self.after, self.cut, self.hang
        fault.reset = not (self.reply or self.hang or self.cut is not None)

    @property
    def error(self) -> Unavailable:
        """The same of a tracker that has no wire."""
        waits = {"429 for seconds": 7.0, "429 for long": float(_LONG)}
        wait = waits.get(self.name)
        return Unavailable(
            self.name, retry_after=wait, executed=False if wait else None, everywhere=bool(wait)
        )


def writes(request: Request) -> bool:
    """Does *request* change anything?"""
    return request.method != "GET" and not request.path.endswith(_READS)


def _limited(headers: Callable[[datetime], Mapping[str, str]]) -> Callable[[datetime], Reply]:
    return lambda now: Reply(429, {"errorMessages": ["Rate limit exceeded."]}, headers(now))


def _seconds(many: int) -> Callable[[datetime], Mapping[str, str]]:
    return lambda now: {"Retry-After": str(many)}


def _date(many: int) -> Callable[[datetime], Mapping[str, str]]:
    return lambda now: {"Retry-After": format_datetime(now + timedelta(seconds=many), usegmt=True)}


def _page(status: int) -> Callable[[datetime], Reply]:
    """What a proxy says: a page for people."""
    page = b"<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"
    return lambda now: Reply(status, raw=page, content="text/html")


def _told(status: int, message: str, **headers: str) -> Callable[[datetime], Reply]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda now: Reply(status, {"errorMessages": [message]}, named)


def _said(reply: Reply) -> Callable[[datetime], Reply]:
    return lambda now: reply


WIRE = (
    Kind("reset before"),
    Kind("reset after", after=True),
    Kind("truncated", cut=20),
    Kind("502 page", _page(502)),
    Kind("502 page after", _page(502), after=True),
    Kind("timeout before", hang=True),
    Kind("timeout after", hang=True, after=True),
)
"""What happens to any connection."""
JIRA = (
    *WIRE,
    Kind("429 for seconds", _limited(_seconds(7))),
    Kind("429 until a date", _limited(_date(20))),
    Kind("429 for long", _limited(_seconds(_LONG))),
    Kind("500", _told(500, "Internal server error")),
    Kind("500 after", _told(500, "Internal server error"), after=True),
    Kind("503", _told(503, "Service unavailable")),
    Kind("503 for seconds", _told(503, "Service unavailable", Retry_After="5")),
    Kind("409", _told(409, "Conflict"), writes=True),
)
SALESFORCE = (
    *WIRE,
    Kind("403 crowded", _said(salesforce.crowded())),
    Kind("403 exhausted", _said(salesforce.exhausted())),
    Kind("401 expired", _said(salesforce.expired())),
    Kind("500", _said(salesforce.broken())),
    Kind("500 after", _said(salesforce.broken()), after=True),
    Kind("503", _said(salesforce.busy())),
    Kind("503 page", _said(salesforce.maintenance())),
    Kind("420", _said(salesforce.edge())),
    Kind("row locked", writes=True, locked=True),
)
NOTION = (
    *WIRE,
    Kind("429 for seconds", lambda now: notion.limited(7)),
    Kind("429 for long", lambda now: notion.limited(_LONG)),
    Kind("429 unsaid", lambda now: notion.limited(None)),
    Kind("529", lambda now: notion.overloaded(9)),
    Kind("500", _said(notion.broken())),
    Kind("500 after", _said(notion.broken()), after=True),
    Kind("502 cloudflare", _said(notion.gateway())),
    Kind("503", _said(notion.unavailable())),
    Kind("504", _said(notion.slow())),
    Kind("409", _said(notion.conflict()), writes=True),
)
PLAIN = (
    Kind("reset before"),
    Kind("reset after", after=True),
    Kind("429 for seconds"),
    Kind("429 for long"),
)
"""Of a tracker that has no wire."""
KINDS: Mapping[str, tuple[Kind, ...]] = {
    "local": PLAIN,
    "memory": PLAIN,
    "jira-cloud": JIRA,
    "jira-datacenter": JIRA,
    "salesforce": SALESFORCE,
    "notion": NOTION,
}

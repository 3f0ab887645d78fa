"""One signed-in connection to Notion: every request is made, paced, counted and judged here."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias

import httpx
from notion_client import Client
from notion_client.errors import HTTPResponseError, NotionClientErrorBase, RequestTimeoutError

from escsync.adapter import Ambiguous, Denied, Rejected, Retry, TrackerError, Unavailable
from escsync.web import Veil, http_date, untrusted

from .failures import LATER, Answer, Overload, failure
from .settings import NotionConnection

RATE = 3.0
"""So many requests a second are what Notion grants a connection; whoever sends more is told to wait, and all wait."""

_PAGE = 100
_REACH = "check connection.url and the network"


Transport: TypeAlias = httpx.BaseTransport
"""Another way to Notion than the network."""


class Connection:
    """The `notion-client` package's client, with its retries and its logging off.

    It is never used as a context manager: that would throw away the HTTP client it was given. *transport* is
    another way to Notion than the network.
    """

    def __init__(self, settings: NotionConnection, retry: Retry, transport: Transport | None = None) -> None:
        self.calls = 0
        self.shut: TrackerError | None = None
        """Why nothing will be answered any more: a token that does not count, a pause for everybody."""
        self._retry = retry.paced(RATE)
        self._date: datetime | None = None
        self.time: datetime | None = None
        """Notion's clock at the last answer that told it."""
        self._veil = Veil([settings.token.get_secret_value()])
        self._client = Client(
            auth=settings.token.get_secret_value(),
            base_url=settings.url,
            notion_version=settings.version,
            timeout_ms=int(settings.timeout * 1000),
            retry=False,
            # Its own logger prints to stderr, and what it prints quotes customers.
            logger=logging.getLogger("escsync_notion.sdk"),
            log_level=logging.CRITICAL + 1,
            client=httpx.Client(
                transport=transport,
                # Plain http is loopback: reading the authorities' certificates would take longer than the pass.
                verify=settings.url.startswith("https:"),
                event_hooks={"response": [self._heard]},
            ),
        )

    def get(self, path: str, *, what: str, needs: str = "read content", **query: Any) -> Answer:
        """Read *path*."""
        return self.send("GET", path, what=what, query=query, safe=True, needs=needs)

    def listed(
        self, path: str, *, what: str, needs: str = "read content", **query: Any
    ) -> Iterator[list[dict[str, Any]]]:
        """Read a list, page after page, a hundred at a time, until its end."""
        cursors, cursor = set[str](), ""
        while True:
            onward = {"start_cursor": cursor} if cursor else {}
            answer = self.get(path, what=what, needs=needs, page_size=_PAGE, **query, **onward)
            yield answer.listing()
            cursor = answer.onward()
            if not cursor:
                return
            if cursor in cursors:
                raise Unavailable(f"{what}: Notion hands out the same page again and again", remedy=LATER)
            cursors.add(cursor)

    def post(
        self, path: str, body: Mapping[str, Any], *, what: str, safe: bool, needs: str = "", **query: Any
    ) -> Answer:
        """Post *body*; *safe* for questions, not for what makes something."""
        return self.send("POST", path, what=what, body=body, query=query, safe=safe, needs=needs)

    def patch(self, path: str, body: Mapping[str, Any], *, what: str, needs: str) -> Answer:
        """Change something; doing it twice is the same as doing it once."""
        return self.send("PATCH", path, what=what, body=body, safe=True, needs=needs)

    def delete(self, path: str, *, what: str, needs: str) -> Answer:
        """Delete *path*."""
        return self.send("DELETE", path, what=what, safe=True, needs=needs)

    def send(
        self,
        method: str,
        path: str,
        *,
        what: str,
        safe: bool,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        needs: str = "",
    ) -> Answer:
        """One request, tried again as *safe* allows. *what* names it in an error, *needs* the capability it takes."""
        try:
            answer: Answer = self._retry(
                lambda: self.once(method, path, what=what, query=query, body=body, needs=needs), safe=safe
            )
        except Ambiguous as error:
            remedy = "nothing is lost: the next pass looks whether it was done"
            raise Ambiguous(error.message, remedy=remedy) from error
        return answer

    def once(
        self,
        method: str,
        path: str,
        *,
        what: str,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        needs: str = "",
    ) -> Answer:
        """One request, tried once."""
        self.calls += 1
        self._date = None
        try:
            told = self._client.request(
                path=path,
                method=method,
                query=dict(query) if query else None,
                body=dict(body) if body is not None else None,
            )
        except HTTPResponseError as error:
            refused = failure(
                error.status, error.headers, self._veil.over(error.body), what=what, needs=needs
            )
            final = error.status == 401 or (isinstance(refused, Unavailable) and refused.everywhere)
            self.shut = refused if final else None
            raise refused from None
        except RequestTimeoutError as error:
            raise _late(error, what) from None
        except NotionClientErrorBase:
            raise Rejected(f"{what}: the address of the request cannot be written") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise _lost(error, what) from None
        except (ValueError, RecursionError):
            raise Unavailable(
                f"{what}: the answer is not readable as JSON; it was cut short or altered on the way",
                remedy=LATER,
            ) from None
        self.shut = None
        return Answer(told, self._date)

    def again(self, attempt: Any) -> Answer:
        """Run *attempt*, a question made of `once`, as patiently as any other."""
        answer: Answer = self._retry(attempt, safe=True)
        return answer

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def _heard(self, response: httpx.Response) -> None:
        self._date = http_date(response.headers.get("Date", ""))
        self.time = self._date or self.time


def _late(error: RequestTimeoutError, what: str) -> TrackerError:
    if isinstance(error.__context__, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Unavailable(f"{what}: Notion cannot be reached", executed=False, remedy=_REACH)
    return Overload(f"{what}: no answer came in time")


def _lost(error: Exception, what: str) -> TrackerError:
    """No whole answer came: may the request have been carried out?"""
    match error:
        case httpx.ConnectError() if untrusted(error):
            return Denied(
                f"{what}: the server's certificate is not trusted",
                remedy="name your certificate authority's file in the environment variable SSL_CERT_FILE",
            )
        case httpx.ConnectError() | httpx.ProxyError():
            return Unavailable(
                f"{what}: Notion cannot be reached",
                executed=False,
                remedy=_REACH,
            )
        case httpx.DecodingError():
            return Unavailable(f"{what}: the answer was damaged on the way", remedy=LATER)
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return Denied(f"{what}: the request could not be made", remedy="check connection.url")
        case _:
            return Unavailable(f"{what}: the connection broke off before Notion answered", remedy=LATER)

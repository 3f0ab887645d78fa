"""One signed-in HTTP connection to Salesforce: every request is made, counted and judged here."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import requests
from requests import exceptions as failures
from simple_salesforce.api import Salesforce

from escsync.adapter import Retry, TrackerError, Unavailable
from escsync.web import retry_after

from . import instants
from .answers import Answer, decoded, failure, is_final, refused
from .session import Session, lost
from .settings import SalesforceConnection

_CONNECT = 5.0
_NEVER_ASSIGN = {"Sforce-Auto-Assign": "FALSE"}
"""Without it every write of a case may run assignment rules and hand it to somebody."""


@dataclass(frozen=True, slots=True)
class Part:
    """One request within a composite one: *path* is relative to the API's version, or absolute."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Connection:
    """The client of simple-salesforce, whose own way to send is passed by.

    It would follow redirects, drop an answer's headers, and carry addresses and bodies into its errors; its own
    renewal of a session would repeat a conditional write without its condition.
    """

    def __init__(self, settings: SalesforceConnection, retry: Retry, clock: Callable[[], datetime]) -> None:
        self.calls = 0
        self.shut: TrackerError | None = None
        """Why nothing will be answered any more: credentials that do not count, a limit used up."""
        self.usage = (0, 0)
        """Requests of the last 24 hours and how many are allowed, as last told; it lags."""
        self.version = settings.api_version
        self.url = settings.url
        self._retry = retry
        self._timeout = (_CONNECT, settings.timeout)
        self._http = requests.Session()
        # A callable of our own, or an entry of ~/.netrc would take the place of the token.
        self._http.auth = _as_it_is
        self._http.verify = settings.verify if isinstance(settings.verify, bool) else str(settings.verify)
        self._session = Session(settings, self._raw, clock)
        self._client = self._signed(self._session)

    @property
    def identity(self) -> str:
        """The id of escsync's account as far as signing in told it."""
        return self._session.identity

    @property
    def time(self) -> datetime | None:
        """The server's clock as last told."""
        return self._session.seen

    def _signed(self, session: Session) -> Salesforce:
        client = Salesforce(
            session_id=session.token, instance_url=session.host, session=self._http, version=self.version
        )
        # The SDK knows https only; a rehearsal on loopback is plain http.
        client.base_url = f"{session.host}/services/data/v{self.version}/"
        return client

    def get(self, path: str, *, what: str, refused: Collection[int] = (), **params: Any) -> Answer:
        """Read *path*; statuses in *refused* are handed back rather than raised."""
        return self._tried("GET", path, what=what, params=params, safe=True, refused=refused)

    def post(self, path: str, body: Any, *, what: str, safe: bool, refused: Collection[int] = ()) -> Answer:
        """Post *body*; *safe* for questions, not for what makes something."""
        return self._tried("POST", path, what=what, body=body, safe=safe, refused=refused)

    def change(
        self, method: str, path: str, body: Any = None, *, what: str, refused: Collection[int] = ()
    ) -> Answer:
        """Write what may be written twice: a PATCH of the same values, a DELETE."""
        return self._tried(method, path, what=what, body=body, safe=True, refused=refused)

    def tooling(self, soql: str, *, what: str) -> list[dict[str, Any]] | None:
        """The rows of a question to the Tooling API; None where this account may not ask."""
        answer = self.get("tooling/query", what=what, refused=(400, 403, 404), q=soql)
        if not answer.ok:
            return None
        rows = answer.listing("records")
        while isinstance(onward := answer.mapping().get("nextRecordsUrl"), str) and onward:
            answer = self.get(onward, what=what)
            rows += answer.listing("records")
        return rows

    def composite(self, parts: Sequence[Part], *, what: str) -> list[Answer]:
        """All questions in one call; one that met an outage is asked again, with all the others."""

        def once() -> list[Answer]:
            found = self.together(parts, what=what)
            for one in found:
                error = None if one.ok else failure(one.status, one.body, what=what)
                if isinstance(error, Unavailable):
                    raise error
            return found

        found: list[Answer] = self._retry(once, safe=True)
        return found

    def together(self, parts: Sequence[Part], *, what: str) -> list[Answer]:
        """All *parts* in one call, tried once, each for itself: the outer 200 says nothing of them."""
        body = {"allOrNone": False, "compositeRequest": [self._part(n, one) for n, one in enumerate(parts)]}
        answer = self.once("POST", "composite", what=what, body=body)
        told = {str(one.get("referenceId")): one for one in answer.listing("compositeResponse")}
        found = []
        for number in range(len(parts)):
            one = told.get(f"part{number}", {})
            status, headers = one.get("httpStatusCode"), one.get("httpHeaders")
            if not isinstance(status, int) or isinstance(status, bool):
                raise Unavailable(f"{what}: a part of the answer is missing")
            heads = headers if isinstance(headers, dict) else {}
            said = one.get("body") if status < 300 else self._without_secrets(one.get("body"))
            found.append(Answer(status, heads, said, answer.date))
        return found

    def _without_secrets(self, body: Any) -> Any:
        return refused(self._session.veil.upon(json.dumps(body, default=_number).encode()))

    def patiently(self, operation: Callable[[], Any], *, safe: bool) -> Any:
        """Run *operation*, which calls `once`, as the pass's patience allows."""
        return self._retry(operation, safe=safe)

    def question(self, soql: str, *, deleted: bool = False) -> Part:
        """A query as part of a composite call, whose body has room for long ones."""
        return Part("GET", f"{'queryAll' if deleted else 'query'}?q={quote(soql, safe='')}")

    def _part(self, number: int, part: Part) -> dict[str, Any]:
        root = f"/services/data/v{self.version}/"
        made: dict[str, Any] = {
            "method": part.method,
            "url": part.path if part.path.startswith("/") else root + part.path,
            "referenceId": f"part{number}",
        }
        headers = dict(part.headers)
        if part.method != "GET":
            headers |= _NEVER_ASSIGN
        if headers:
            made["httpHeaders"] = headers
        if part.body is not None:
            made["body"] = part.body
        return made

    def _tried(self, method: str, path: str, *, safe: bool, **how: Any) -> Answer:
        answer: Answer = self._retry(lambda: self.once(method, path, **how), safe=safe)
        return answer

    def once(
        self,
        method: str,
        path: str,
        *,
        what: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        refused: Collection[int] = (),
    ) -> Answer:
        """One request, tried once; an expired token is renewed and the very same request made again, once."""
        if not self._session.token:
            self._renew()
        response = self._sent(method, path, what, params, body)
        if response.status_code == 401 and self._session.renewable:
            self._renew()
            response = self._sent(method, path, what, params, body)
        return self._judged(response, what, refused)

    def _renew(self) -> None:
        try:
            self._session.renew()
        except TrackerError as error:
            self.shut = error if not isinstance(error, Unavailable) or error.everywhere else None
            raise
        self._client = self._signed(self._session)

    def _sent(
        self, method: str, path: str, what: str, params: Mapping[str, Any] | None, body: Any
    ) -> requests.Response:
        self.calls += 1
        url = f"{self._session.host if path.startswith('/') else self._client.base_url}{path}"
        headers = {"Authorization": self._client.headers["Authorization"], "Content-Type": "application/json"}
        if method != "GET":
            headers |= _NEVER_ASSIGN
        data = None if body is None else json.dumps(body, default=_number).encode()
        try:
            response = self._raw(method, url, params=params, data=data, headers=headers)
        except failures.RequestException as error:
            raise lost(error, what) from None
        self._session.noted(response)
        self._gauge(response.headers.get("Sforce-Limit-Info", ""))
        return response

    def _raw(self, method: str, url: str, **how: Any) -> requests.Response:
        return self._http.request(method, url, timeout=self._timeout, allow_redirects=False, **how)

    def _judged(self, response: requests.Response, what: str, handed_back: Collection[int]) -> Answer:
        status = response.status_code
        date = instants.http(response.headers.get("Date", ""))
        if status >= 300:
            body = refused(self._session.veil.upon(response.content))
            error = failure(status, body, what=what, wait=retry_after(response.headers))
            if status not in handed_back or isinstance(error, Unavailable):
                self.shut = error if is_final(status, error) else None
                raise error
            return Answer(status, response.headers, body, date)
        self.shut = None
        kind = response.headers.get("Content-Type", "")
        return Answer(status, response.headers, decoded(status, response.content, kind, what=what), date)

    def _gauge(self, told: str) -> None:
        used, _, most = told.partition(";")[0].strip().removeprefix("api-usage=").partition("/")
        if used.isdecimal() and most.isdecimal():
            self.usage = (int(used), int(most))

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError("not JSON")


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request

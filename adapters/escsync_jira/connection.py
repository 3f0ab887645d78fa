"""One signed-in HTTP connection to Jira: every request is made, counted and judged here."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import requests
from jira import JIRA
from requests import exceptions as failures
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from escsync.adapter import Denied, Retry, TrackerError, Unavailable
from escsync.web import Veil, http_date, untrusted

from .answers import Answer, decoded, failure, is_final
from .settings import Deployment, JiraConnection

_CONNECT = 5.0


class Connection:
    """The `jira` package's session, with its retries off and a timeout on.

    Requests are made one by one: the package's own methods fetch twice, retry writes and hide error fields.
    """

    def __init__(self, settings: JiraConnection, retry: Retry) -> None:
        self.base = settings.url
        self.api = "2"
        self.calls = 0
        self.time: datetime | None = None
        """Jira's clock at its last answer."""
        self.shut: TrackerError | None = None
        """Why nothing will be answered any more: credentials that do not count, a pause for everybody."""
        self._retry = retry
        self._cloud = bool(settings.email) or settings.known is Deployment.CLOUD
        self._timeout = (_CONNECT, settings.timeout)
        verify = settings.verify if isinstance(settings.verify, bool) else str(settings.verify)
        credentials: dict[str, Any] = {}
        token = settings.token.get_secret_value()
        self._veil = Veil([token])
        if token and not settings.email:
            credentials["token_auth"] = token
        else:
            secret = token or settings.password.get_secret_value()
            # As bytes: the HTTP client would refuse characters beyond Latin-1.
            login = ((settings.email or settings.username).encode(), secret.encode())
            credentials["basic_auth"] = login
            self._veil.keep([secret, b64encode(b":".join(login)).decode()])
        self._client = JIRA(
            server=settings.url,
            options={"verify": verify, "check_update": False},
            max_retries=0,
            timeout=self._timeout,
            get_server_info=False,
            **credentials,
        )

    def get(self, path: str, *, what: str, refused: Collection[int] = (), **params: Any) -> Answer:
        """Read *path*; statuses in *refused* are handed back rather than raised."""
        return self.send("GET", path, what=what, params=params, safe=True, refused=refused)

    def post(
        self, path: str, body: object, *, what: str, safe: bool, refused: Collection[int] = ()
    ) -> Answer:
        """Post *body*; *safe* for questions, not for what makes something."""
        return self.send("POST", path, what=what, body=body, safe=safe, refused=refused)

    def put(self, path: str, body: object, *, what: str, safe: bool, refused: Collection[int] = ()) -> Answer:
        """Put *body*; *safe* where doing it twice is the same as doing it once."""
        return self.send("PUT", path, what=what, body=body, safe=safe, refused=refused)

    def delete(self, path: str, *, what: str) -> Answer:
        """Delete *path*."""
        return self.send("DELETE", path, what=what, safe=True, refused=(404,))

    def send(
        self,
        method: str,
        path: str,
        *,
        what: str,
        safe: bool,
        params: Mapping[str, Any] | None = None,
        body: object = None,
        refused: Collection[int] = (),
    ) -> Answer:
        """One request, tried again as *safe* allows. *what* names it in an error."""
        answer: Answer = self._retry(
            lambda: self.once(method, path, what=what, params=params, body=body, refused=refused), safe=safe
        )
        return answer

    def once(
        self,
        method: str,
        path: str,
        *,
        what: str,
        params: Mapping[str, Any] | None = None,
        body: object = None,
        refused: Collection[int] = (),
    ) -> Answer:
        """One request, tried once."""
        self.calls += 1
        try:
            # Not the session's own `request`: it would log, wrap and drop what the answer says.
            response = requests.Session.request(
                self._client._session,
                method,
                f"{self.base}/rest/api/{self.api}/{path}",
                params=params,
                data=None if body is None else json.dumps(body).encode(),
                headers={"Content-Type": "application/json"} if body is not None else None,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except failures.RequestException as error:
            raise _lost(error, what) from None
        self.time = _date(response) or self.time
        if response.status_code >= 300 and response.status_code not in refused:
            content = self._veil.upon(response.content)
            refused_by = failure(
                response.status_code, response.headers, content, what=what, cloud=self._cloud
            )
            self.shut = refused_by if is_final(response.status_code, refused_by) else None
            raise refused_by
        self.shut = None
        if response.headers.get("X-AUSERNAME") == "anonymous":
            raise Denied(
                f"{what}: Jira treats escsync as a visitor who is not signed in",
                remedy="has the token expired? Make a new one",
            )
        if response.status_code in refused:
            return _as_refused(response, self._veil.upon(response.content))
        kind = response.headers.get("Content-Type", "")
        body_read = decoded(response.status_code, response.content, kind, what=what)
        return Answer(response.status_code, response.headers, body_read, _date(response))

    def close(self) -> None:
        """Give the connection back."""
        self._client._session.close()


def _as_refused(response: requests.Response, content: bytes) -> Answer:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    return Answer(response.status_code, response.headers, body, _date(response))


def _date(response: requests.Response) -> datetime | None:
    return http_date(response.headers.get("Date", ""))


def _lost(error: failures.RequestException, what: str) -> TrackerError:
    """No whole answer came: may the request have been carried out?"""
    match error:
        case failures.SSLError() if untrusted(error):
            return Denied(
                f"{what}: the server's certificate is not trusted",
                remedy="name your certificate authority's file under connection.verify",
            )
        case failures.SSLError():
            return Unavailable(
                f"{what}: the encrypted connection broke off",
                remedy="if it happens again: does connection.url speak https?",
            )
        case failures.ConnectTimeout() | failures.ProxyError():
            return Unavailable(f"{what}: Jira cannot be reached", executed=False)
        case failures.ConnectionError() if _never_connected(error):
            return Unavailable(
                f"{what}: Jira cannot be reached",
                executed=False,
                remedy="check connection.url and the network",
            )
        case failures.ConnectionError() | failures.Timeout() | failures.ChunkedEncodingError():
            return Unavailable(f"{what}: the connection broke off before Jira answered")
        case failures.ContentDecodingError():
            return Unavailable(f"{what}: the answer was damaged on the way")
        case _:
            return Denied(
                f"{what}: the request could not be made", remedy="check connection.url and the credentials"
            )


def _never_connected(error: failures.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError | NameResolutionError)

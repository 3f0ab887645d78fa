"""Access tokens: got and renewed here, never by the SDK, whose repeated request would have lost its headers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from requests import exceptions as failures

from escsync.adapter import Denied, TrackerError, Unavailable
from escsync.web import Veil, loopback, retry_after, untrusted

from . import instants
from .answers import Refusal, decoded, failure, refused
from .settings import Grant, SalesforceConnection

_WHAT = "signing in"
_GOOD_FOR = timedelta(minutes=3)
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_DOMAINS = (".salesforce.com", ".salesforce.mil", ".force.com", ".sfcrmproducts.cn", ".sfcrmapps.cn")


class Session:
    """One access token and the host of the API that it is for."""

    def __init__(
        self,
        settings: SalesforceConnection,
        send: Callable[..., requests.Response],
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._send = send
        self._clock = clock
        self.token = settings.session_id.get_secret_value()
        self.veil = Veil(_confidential(self.token, settings.client_secret.get_secret_value()))
        """Hides what is sent in confidence, should an answer repeat it."""
        self.host = settings.url
        self.seen: datetime | None = None
        """The server's clock as last told."""
        self.identity = ""
        """The id of the user that the token is for, where the token's answer tells it."""

    @property
    def renewable(self) -> bool:
        """Can a new token be had?"""
        return self._settings.grant is not Grant.SESSION

    def renew(self) -> None:
        """Get a token; the old one is forgotten first."""
        self.token = ""
        body = self._asked()
        token = body.get("access_token")
        if not isinstance(token, str) or not token:
            raise Unavailable(f"{_WHAT}: Salesforce's answer holds no token", executed=False)
        self.veil.keep(_confidential(token))
        self.host = self._place(body.get("instance_url"))
        self.identity = str(body.get("id") or "").rpartition("/")[2]
        self.token = token

    def _asked(self) -> dict[str, Any]:
        settings = self._settings
        if settings.grant is Grant.JWT_BEARER:
            form = {"grant_type": _JWT_GRANT, "assertion": self._assertion()}
            self.veil.keep([form["assertion"]])
        else:
            form = {
                "grant_type": "client_credentials",
                "client_id": settings.client_id,
                "client_secret": settings.client_secret.get_secret_value(),
            }
        response = self._request("POST", f"{settings.url}/services/oauth2/token", data=form)
        if response.status_code >= 300:
            raise self._refused(response)
        kind = response.headers.get("Content-Type", "")
        try:
            body = decoded(response.status_code, response.content, kind, what=_WHAT)
        except Unavailable as error:
            raise Unavailable(error.message, executed=False, remedy=error.remedy) from None
        if not isinstance(body, dict):
            raise Unavailable(f"{_WHAT}: Salesforce's answer holds no token", executed=False)
        return body

    def _assertion(self) -> str:
        settings = self._settings
        claims = {
            "iss": settings.client_id,
            "sub": settings.username,
            "aud": settings.url,
            "exp": int((self._now() + _GOOD_FOR).timestamp()),
        }
        try:
            return jwt.encode(claims, settings.private_key.get_secret_value(), algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError):
            raise Denied(
                f"{_WHAT}: connection.private_key cannot sign",
                remedy="give an RSA key in PEM form, without a passphrase; its certificate stands in the app",
            ) from None

    def _now(self) -> datetime:
        """The server's clock: the pass's may be another instant, and this machine's may be wrong."""
        if self.seen is None:
            self._request("GET", f"{self._settings.url}/services/data")
        return self.seen or self._clock()

    def _request(self, method: str, url: str, **how: Any) -> requests.Response:
        try:
            response = self._send(method, url, **how)
        except failures.RequestException as error:
            raise lost(error, _WHAT, executed=False) from None
        self.noted(response)
        return response

    def noted(self, response: requests.Response) -> None:
        """Keep the server's clock in mind."""
        self.seen = instants.http(response.headers.get("Date", "")) or self.seen

    def _refused(self, response: requests.Response) -> TrackerError:
        body, wait = refused(self.veil.upon(response.content)), retry_after(response.headers)
        refusal, error = Refusal.of(body), failure(response.status_code, body, what=_WHAT, wait=wait)
        if isinstance(error, Unavailable):
            return Unavailable(
                error.message,
                retry_after=error.retry_after,
                executed=False,
                everywhere=error.everywhere,
                remedy=error.remedy,
            )
        if response.status_code in (400, 401, 403) and refusal.code:
            return Denied(
                f"{_WHAT}: Salesforce refuses a token: {refusal.why()}"[:200],
                remedy=_REMEDIES.get(refusal.code, "check connection.client_id and its secret or key"),
            )
        if isinstance(error, Denied):
            return error
        return Denied(
            f"{_WHAT}: there is no token to be had at connection.url ({response.status_code})",
            remedy="connection.url must be your My Domain: https://acme.my.salesforce.com",
        )

    def _place(self, told: object) -> str:
        """The host of the API: as the answer says, unless the token would leave Salesforce or travel readable."""
        parts = urlsplit(told) if isinstance(told, str) else urlsplit("")
        host, own = parts.hostname or "", urlsplit(self._settings.url).hostname or ""
        if not host or parts.username or parts.path.strip("/"):
            return self._settings.url
        safe = parts.scheme == "https" and (host == own or host.endswith(_DOMAINS))
        local = loopback(host) and loopback(own) and parts.scheme in ("http", "https")
        return f"{parts.scheme}://{parts.netloc}" if safe or local else self._settings.url


_REMEDIES = {
    "invalid_client_id": "connection.client_id is the consumer key of the External Client App",
    "invalid_client": "check connection.client_id and client_secret; the app needs the client credentials flow",
    "invalid_grant": "is escsync's user active and authorised for the app? Client credentials: set the Run As user",
    "invalid_app_access": "authorise escsync's user for the app (permission set)",
}


def _confidential(token: str, *others: str) -> list[str]:
    """What to hide: before its "!" a token has the organisation's id, which is no secret, and behind it all that is."""
    return [token, token.partition("!")[2], *others]


def lost(error: failures.RequestException, what: str, *, executed: bool | None = None) -> TrackerError:
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
                executed=executed,
                remedy="if it happens again: does connection.url speak https?",
            )
        case failures.ConnectTimeout() | failures.ProxyError():
            return Unavailable(f"{what}: Salesforce cannot be reached", executed=False)
        case failures.ConnectionError() if _never_connected(error):
            return Unavailable(
                f"{what}: Salesforce cannot be reached",
                executed=False,
                remedy="check connection.url and the network",
            )
        case failures.ConnectionError() | failures.Timeout() | failures.ChunkedEncodingError():
            return Unavailable(
                f"{what}: the connection broke off before Salesforce answered", executed=executed
            )
        case failures.ContentDecodingError():
            return Unavailable(f"{what}: the answer was damaged on the way", executed=executed)
        case _:
            return Denied(
                f"{what}: the request could not be made", remedy="check connection.url and the credentials"
            )


def _never_connected(error: failures.ConnectionError) -> bool:
    from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError | NameResolutionError)

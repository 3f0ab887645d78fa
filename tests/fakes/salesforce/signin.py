"""Signing in: tokens for a client's secret or a signed assertion, and the sessions that they open."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fakes.http import Reply, Request

if TYPE_CHECKING:
    from .world import Org

CLIENT_ID = "3MVG9fakeExternalClientApp"
SECRET = "0F1E2D3C4B5A"
SESSION = "00DdM0000000001!AQ.fixed.session"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
LONGEST = timedelta(minutes=5)
"""So long an assertion may live."""


@cache
def private_key() -> str:
    """The key whose public half the org knows, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@cache
def _public_key() -> Any:
    return serialization.load_pem_private_key(private_key().encode(), None).public_key()


@dataclass
class Session:
    """Ends *until*, pushed on with every use; None: never by itself."""

    user: str
    until: datetime | None


class SignIn:
    """*run_as* is the user whom the client works as; *approved* may be impersonated by an assertion."""

    def __init__(self, org: Org, base: str, run_as: str) -> None:
        self.org = org
        self.base = base
        self.run_as = run_as
        self.approved = {run_as}
        self.life = timedelta(hours=2)
        self.issued = 0
        self.sessions: dict[str, Session] = {SESSION: Session(run_as, None)}

    def user(self, token: str) -> str | None:
        """Whose session this is, if it has not ended."""
        session = self.sessions.get(token)
        if session is None or (session.until and session.until <= self.org.clock.now()):
            return None
        if session.until:
            session.until = self.org.clock.now() + self.life
        return session.user

    def end(self) -> None:
        """All sessions end now, whoever uses them."""
        self.sessions.clear()

    def token(self, request: Request) -> Reply:
        """POST /services/oauth2/token; errors are objects here, and no lists."""
        form = _form(request)
        match form.get("grant_type"):
            case "client_credentials":
                return self._by_secret(request, form)
            case kind if kind == BEARER:
                return self._by_assertion(form.get("assertion", ""))
            case None:
                return _refuse("invalid_request", "grant_type is required")
        return _refuse("unsupported_grant_type", "grant type not supported")

    def _by_secret(self, request: Request, form: Mapping[str, str]) -> Reply:
        client, secret = form.get("client_id"), form.get("client_secret")
        head = request.headers.get("authorization", "")
        if head.startswith("Basic "):
            client, _, secret = base64.b64decode(head[6:]).decode().partition(":")
        if client != CLIENT_ID:
            return _refuse("invalid_client_id", "client identifier invalid")
        if secret != SECRET:
            return _refuse("invalid_client", "invalid client credentials")
        return self._open(self.run_as)

    def _by_assertion(self, assertion: str) -> Reply:
        try:
            told = jwt.decode(
                assertion,
                _public_key(),
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_aud": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.PyJWTError:
            return _refuse("invalid_grant", "invalid assertion")
        now = self.org.clock.now().timestamp()
        audiences = told.get("aud") if isinstance(told.get("aud"), list) else [told.get("aud")]
        if told.get("iss") != CLIENT_ID:
            return _refuse("invalid_client_id", "client identifier invalid")
        if not {*AUDIENCES, self.base, f"{self.base}/services/oauth2/token"} & set(audiences or ()):
            return _refuse("invalid_grant", "audience is invalid")
        expiry = told.get("exp")
        if not isinstance(expiry, int | float) or not now < expiry <= now + LONGEST.total_seconds():
            return _refuse("invalid_grant", "assertion has expired")
        for id_ in self.approved:
            if self.org.row(id_).get("Username") == told.get("sub"):
                return self._open(id_)
        return _refuse("invalid_grant", "user hasn't approved this consumer")

    def _open(self, user: str) -> Reply:
        self.issued += 1
        token = f"{self.org.id[:15]}!AQ.{self.issued}.{secrets.token_hex(8)}"
        now = self.org.clock.now()
        self.sessions[token] = Session(user, now + self.life)
        return Reply(
            200,
            {
                "access_token": token,
                "signature": "fakeSignature=",
                "scope": "api",
                "instance_url": self.base,
                "id": f"https://login.salesforce.com/id/{self.org.id}/{user}",
                "token_type": "Bearer",
                "issued_at": str(int(now.timestamp() * 1000)),
                "api_instance_url": "https://api.salesforce.com",
            },
        )

    def userinfo(self, user: str) -> Reply:
        row = self.org.row(user)
        rest = f"{self.base}/services/data/v{{version}}/"
        return Reply(
            200,
            {
                "sub": f"https://login.salesforce.com/id/{self.org.id}/{user}",
                "user_id": user,
                "organization_id": self.org.id,
                "preferred_username": row.get("Username"),
                "nickname": row.get("Alias"),
                "name": row.get("Name"),
                "email": row.get("Email"),
                "email_verified": True,
                "given_name": row.get("FirstName"),
                "family_name": row.get("LastName"),
                "zoneinfo": row.get("TimeZoneSidKey"),
                "photos": {},
                "profile": f"{self.base}/{user}",
                "picture": f"{self.base}/profilephoto/005/F",
                "address": {},
                "is_salesforce_integration_user": False,
                "urls": {"rest": rest, "sobjects": rest + "sobjects/", "query": rest + "query/"},
                "active": row.get("IsActive"),
                "user_type": str(row.get("UserType")).upper(),
                "language": "en_US",
                "locale": "en_US",
                "utcOffset": 0,
                "updated_at": row.get("SystemModstamp").strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        )


def _form(request: Request) -> dict[str, str]:
    """What was posted, as a form or in the address."""
    body = request.body.decode() if isinstance(request.body, bytes) else ""
    return {name: values[-1] for name, values in {**request.query, **parse_qs(body)}.items()}


def _refuse(error: str, description: str) -> Reply:
    return Reply(400, {"error": error, "error_description": description})

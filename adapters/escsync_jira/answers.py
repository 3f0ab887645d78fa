"""What Jira answers when it does not do what it was asked: each failure as one of the contract's errors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from escsync.adapter import Conflict, Denied, Rejected, TrackerError, Unavailable, Vanished
from escsync.web import retry_after, tidy

_LOCAL_LIMITS = ("jira-burst-based", "jira-per-issue-on-write")
"""Limits of one endpoint or one ticket; any other reason, known or not, pauses the whole tracker."""

_NEW_TOKEN = (
    "has the token expired? Make a new one; a scoped token needs https://api.atlassian.com/ex/jira/CLOUDID"
)
_NEW_SERVER_TOKEN = (
    "has the personal access token expired? Make a new one (your profile > Personal Access Tokens) and give it as "
    "connection.token; without tokens check connection.username and password. On Jira Cloud set connection.email as well"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer: *body* is decoded JSON, None where there was none; *date* is the server's clock."""

    status: int
    headers: Mapping[str, str]
    body: Any
    date: datetime | None = None

    def mapping(self) -> dict[str, Any]:
        """The body as a JSON object."""
        if not isinstance(self.body, dict):
            raise Unavailable("Jira answered with something that is not what its documentation promises")
        return self.body

    def listing(self, key: str = "") -> list[dict[str, Any]]:
        """The JSON objects of a list: the body itself, or its entry *key*."""
        found = self.mapping().get(key) if key else self.body
        if not isinstance(found, list):
            raise Unavailable("Jira answered with something that is not what its documentation promises")
        return [item for item in found if isinstance(item, dict)]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refused request was refused for: *fields* by Jira's field id, and the *words* for all of it."""

    fields: Mapping[str, str]
    words: str

    @classmethod
    def of(cls, body: object) -> Refusal:
        """The refusal that an answer's body tells."""
        if not isinstance(body, dict):
            return cls({}, "")
        errors = body.get("errors")
        fields = (
            {str(name): tidy(str(text)) for name, text in errors.items()} if isinstance(errors, dict) else {}
        )
        said = body.get("errorMessages")
        messages = [str(text) for text in said] if isinstance(said, list) else []
        messages += [str(body[key]) for key in ("message", "errorMessage") if isinstance(body.get(key), str)]
        return cls(fields, tidy("; ".join([*messages, *(f"{k}: {v}" for k, v in fields.items())])))


def decoded(status: int, content: bytes, kind: str, *, what: str) -> Any:
    """The JSON of a successful answer; a page of HTML or broken JSON is an outage, not a result."""
    if status == 204 or not content.strip():
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        pass
    if "html" in kind.lower() or content.lstrip()[:1] == b"<":
        raise Unavailable(
            f"{what}: an HTML page came in place of JSON (a proxy, a login or a maintenance page)",
            remedy="open connection.url in a browser; it must be Jira itself",
        )
    raise Unavailable(f"{what}: the answer is not readable as JSON; it was cut short or altered on the way")


def failure(
    status: int, headers: Mapping[str, str], content: bytes, *, what: str, cloud: bool
) -> TrackerError:
    """The error that an unsuccessful answer means; *cloud* is how escsync signs in."""
    if 300 <= status < 400:
        return Denied(
            f"{what}: Jira redirects elsewhere ({status}), as a login page or a new address does",
            remedy="give connection.url as the browser shows it after signing in, without the part after the host",
        )
    refusal = Refusal.of(_quietly(content))
    match status:
        case 401 | 403:
            return _denied(status, headers, what, cloud=cloud)
        case 404:
            return Vanished(f"{what}: not found, or not visible to escsync's account (404)")
        case 409:
            return Conflict(f"{what}: somebody else changed it at the same moment (409)")
        case 410:
            return Denied(
                f"{what}: this Jira no longer offers that (410)",
                remedy="set connection.deployment to what this Jira is, or upgrade escsync",
            )
        case 429:
            return Unavailable(
                f"{what}: Jira asks for a pause (429{_reason(headers)})",
                retry_after=retry_after(headers),
                executed=False,
                everywhere=headers.get("RateLimit-Reason", "") not in _LOCAL_LIMITS,
            )
        case 408:
            return Unavailable(f"{what}: the connection was closed before Jira answered (408)")
        case _ if status >= 500:
            wait = retry_after(headers)
            return Unavailable(
                f"{what}: Jira is out of order at the moment ({status})",
                retry_after=wait,
                everywhere=status == 503 and wait is not None,
            )
        case _:
            said = f": {refusal.words}" if refusal.words else ""
            return Rejected(f"{what}: refused ({status}){said}"[:200])


def is_final(status: int, error: TrackerError) -> bool:
    """Is every other request bound to fail the same way? Asking on would only lock the account out."""
    return error.everywhere if isinstance(error, Unavailable) else status == 401


def _denied(status: int, headers: Mapping[str, str], what: str, *, cloud: bool) -> Denied:
    reason = f"{headers.get('X-Seraph-LoginReason', '')} {headers.get('X-Authentication-Denied-Reason', '')}"
    if "AUTHENTICATION_DENIED" in reason or "CAPTCHA" in reason:
        return Denied(
            f"{what}: Jira wants a CAPTCHA solved after too many failed logins ({status})",
            remedy="sign in once with a browser as escsync's account, then use a personal access token",
        )
    if status == 401:
        return Denied(
            f"{what}: Jira does not accept the credentials (401)",
            remedy=_NEW_TOKEN if cloud else _NEW_SERVER_TOKEN,
        )
    return Denied(
        f"{what}: escsync's account may not do this (403)",
        remedy="ask a Jira administrator for the permission; `escsync doctor` lists what is missing",
    )


def _reason(headers: Mapping[str, str]) -> str:
    reason = headers.get("RateLimit-Reason", "")
    return f", {tidy(reason)[:40]}" if reason else ""


def _quietly(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None

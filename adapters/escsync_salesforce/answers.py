"""What Salesforce answers when it does not do what it was asked: each failure as one of the contract's errors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from escsync.adapter import Conflict, Denied, Rejected, TrackerError, Unavailable, Vanished
from escsync.web import tidy

_CODE = re.compile(r"[A-Z][A-Z0-9_]{2,80}")
_QUARTER_HOUR = 900.0
"""The daily limit does not clear in seconds."""
_PROMISE = "Salesforce answered with something that is not what its documentation promises"
LOCKED = "UNABLE_TO_LOCK_ROW"
_DENIED = frozenset(
    [
        "INVALID_SESSION_ID",
        "INSUFFICIENT_ACCESS",
        "API_DISABLED_FOR_ORG",
        "API_CURRENTLY_DISABLED",
        "FUNCTIONALITY_NOT_ENABLED",
        "INVALID_AUTH_HEADER",
    ]
)
_ECHOES = frozenset(
    [
        "STRING_TOO_LONG",
        "INVALID_EMAIL_ADDRESS",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "JSON_PARSER_ERROR",
        "DUPLICATE_VALUE",
    ]
)
"""Their words repeat the value that was sent, which may be a customer's: the code and the field say enough."""
_GONE = frozenset(["NOT_FOUND", "ENTITY_IS_DELETED", "MALFORMED_ID", "INVALID_CROSS_REFERENCE_KEY"])
"""Of the record that is written itself."""
_BUSY = frozenset(
    [
        "SERVER_UNAVAILABLE",
        "UNKNOWN_EXCEPTION",
        "QUERY_TIMEOUT",
        "TXN_SECURITY_METERING_ERROR",
        "REQUEST_RUNNING_TOO_LONG",
        "REQUEST_LIMIT_EXCEEDED",
        "EXCEEDED_QUOTA",
        "CONNECTION_ERROR",
    ]
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, or one part of a composite one: *body* is decoded JSON; *date* the server's clock."""

    status: int
    headers: Mapping[str, str]
    body: Any
    date: datetime | None = None

    @property
    def ok(self) -> bool:
        """Was it done?"""
        return 200 <= self.status < 300

    def mapping(self) -> dict[str, Any]:
        """The body as a JSON object."""
        if not isinstance(self.body, dict):
            raise Unavailable(_PROMISE)
        return self.body

    def listing(self, key: str = "") -> list[dict[str, Any]]:
        """The JSON objects of a list: the body itself, or its entry *key*."""
        found = self.mapping().get(key) if key else self.body
        if not isinstance(found, list):
            raise Unavailable(_PROMISE)
        return [item for item in found if isinstance(item, dict)]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refused request was refused for: Salesforce's *code*, the *fields* by API name, and its *words*."""

    code: str = ""
    fields: tuple[str, ...] = ()
    words: str = ""

    @classmethod
    def of(cls, body: object) -> Refusal:
        """The refusal that an answer's body tells: a list of errors, an object of the token endpoint, or none."""
        errors = [one for one in body if isinstance(one, dict)] if isinstance(body, list) else []
        if isinstance(body, dict):
            told = body.get("errors")
            errors = (
                [one for one in told if isinstance(one, dict)] if isinstance(told, list) and told else [body]
            )
        if not errors:
            return cls()
        codes = [_code(one.get("errorCode", one.get("statusCode", one.get("error")))) for one in errors]
        fields = (name for one in errors for name in _names(one.get("fields")))
        said = (
            "" if code in _ECHOES else str(one.get("message") or one.get("error_description") or "")
            for one, code in zip(errors, codes, strict=True)
        )
        # Of several errors the one that explains the others.
        telling = [code for code in codes if code not in ("", "PROCESSING_HALTED")]
        return cls(
            next(iter(telling), codes[0]),
            tuple(dict.fromkeys(fields)),
            tidy("; ".join(filter(None, said))),
        )

    def why(self) -> str:
        """For a person: the code and the words."""
        return ": ".join(part for part in (self.code, self.words) if part)


def decoded(status: int, content: bytes, kind: str, *, what: str) -> Any:
    """The JSON of a successful answer; a page of HTML or broken JSON is an outage, not a result."""
    if status == 204:
        return None
    if not content.strip():
        raise Unavailable(f"{what}: the answer is empty")
    try:
        return json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError):
        pass
    if "html" in kind.lower() or content.lstrip()[:1] == b"<":
        raise Unavailable(
            f"{what}: an HTML page came in place of JSON (a proxy, a login or a maintenance page)",
            remedy="open connection.url in a browser; it must be your My Domain itself",
        )
    raise Unavailable(f"{what}: the answer is not readable as JSON; it was cut short or altered on the way")


def refused(content: bytes) -> Any:
    """The body of a failure, None where it is no JSON."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def failure(status: int, body: object, *, what: str, wait: float | None = None) -> TrackerError:
    """The error that an unsuccessful answer means, by status and error code.

    Salesforce itself names no time to *wait*; what stands before it may.
    """
    if 301 <= status < 400 and status != 304:
        return Denied(
            f"{what}: Salesforce redirects elsewhere ({status}), as a login page or a new address does",
            remedy="give connection.url as Setup > My Domain shows it",
        )
    refusal = Refusal.of(body)
    if refusal.code == "REQUEST_LIMIT_EXCEEDED":
        return _limit(body, what)
    if refusal.code == LOCKED:
        return Unavailable(f"{what}: somebody else holds the record ({LOCKED})", executed=False)
    if status == 410 or refusal.code == "UNSUPPORTED_API_VERSION":
        return Denied(
            f"{what}: Salesforce does not offer this version of the API any more ({status})",
            remedy="raise connection.api_version; /services/data at connection.url lists the versions there are",
        )
    if status == 401 or refusal.code in _DENIED:
        return _denied(status, refusal, what)
    match status:
        case 404:
            return Vanished(f"{what}: not found, or not visible to escsync's account (404)")
        case 412:
            return Conflict(f"{what}: somebody else changed it first (412)")
        case 403:
            return _denied(status, refusal, what)
        case 414 | 431:
            return Rejected(f"{what}: the request is too long for Salesforce ({status})")
        case 429:
            message = f"{what}: Salesforce's edge asks for a pause (429)"
            return Unavailable(message, retry_after=wait, executed=False, everywhere=True)
        case 406 | 408 | 420:
            return Unavailable(f"{what}: Salesforce's edge did not let the request through ({status})")
        case _ if status >= 500 or refusal.code in _BUSY:
            return Unavailable(
                f"{what}: Salesforce is out of order at the moment ({status})",
                retry_after=wait,
                everywhere=status == 503 and wait is not None,
            )
        case _:
            why = refusal.why()
            return Rejected(f"{what}: refused ({status}){': ' if why else ''}{why}"[:200])


def of_record(answer: Answer, *, what: str) -> TrackerError:
    """The error of one record in a composite or collection answer: what is not there has vanished."""
    refusal = Refusal.of(answer.body)
    if answer.status == 404 or (refusal.code in _GONE and not refusal.fields):
        return Vanished(f"{what}: not found, or not visible to escsync's account")
    return failure(answer.status, answer.body, what=what)


def is_final(status: int, error: TrackerError) -> bool:
    """Is every other request bound to fail the same way?"""
    return error.everywhere if isinstance(error, Unavailable) else status == 401


def _limit(body: object, what: str) -> Unavailable:
    # The code is the same for both limits: only the words tell the one that clears in moments.
    if "ConcurrentRequests" in Refusal.of(body).words.replace(" ", ""):
        return Unavailable(
            f"{what}: too many long requests at once (REQUEST_LIMIT_EXCEEDED)", retry_after=5, executed=False
        )
    return Unavailable(
        f"{what}: the org's daily limit of API requests is used up (REQUEST_LIMIT_EXCEEDED)",
        retry_after=_QUARTER_HOUR,
        executed=False,
        everywhere=True,
        remedy="see Setup > System Overview > API Requests; the limit is for the last 24 hours",
    )


def _denied(status: int, refusal: Refusal, what: str) -> Denied:
    if status == 401 or refusal.code == "INVALID_SESSION_ID":
        return Denied(
            f"{what}: Salesforce does not accept the credentials ({status})",
            remedy="has the session expired, or the app been blocked? Check connection",
        )
    said = f": {refusal.code}" if refusal.code else ""
    return Denied(
        f"{what}: escsync's account may not do that ({status}{said})",
        remedy="check its profile and permission sets: API Enabled, and access to the object and its fields",
    )


def _code(raw: object) -> str:
    if not isinstance(raw, str):
        return ""
    return raw if _CODE.fullmatch(raw) else tidy(raw)[:40]


def _names(raw: object) -> list[str]:
    return [str(one) for one in raw if isinstance(one, str)] if isinstance(raw, list) else []

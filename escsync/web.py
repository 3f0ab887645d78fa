"""The web: what adapters of web APIs share about addresses, secrets, a server's clock, waits and words."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from escsync.secrets import Veil

__all__ = ["Veil", "http_date", "loopback", "retry_after", "sendable", "tidy", "untrusted"]

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_LONG_QUOTE = re.compile(r"(['\"])(?:(?!\1).){40,}\1", re.DOTALL)
_LONGEST = 160
_DAY = 86_400.0


def loopback(host: str) -> bool:
    """Is *host* this machine? Only there may credentials travel by plain http."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def sendable(secret: str, *, ascii_only: bool = True) -> str:
    """*secret* as it is; ValueError where it cannot have been copied whole."""
    if secret != secret.strip() or not secret.isprintable() or (ascii_only and not secret.isascii()):
        raise ValueError("has white space around it or unprintable characters in it; was it copied whole?")
    return secret


def http_date(raw: str) -> datetime | None:
    """The instant of an HTTP header such as Date (RFC 9110); None where it is none."""
    try:
        found = parsedate_to_datetime(raw)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The least number of seconds to wait: given in seconds, or as a date, which counts from the server's own clock.

    More than a day is a server's mistake, and counts as a day.
    """
    raw = headers.get("Retry-After", "").strip()
    try:
        seconds = float(raw)
    except ValueError:
        until, now = http_date(raw), http_date(headers.get("Date", ""))
        if until is None or now is None:
            return None
        seconds = (until - now).total_seconds()
    return min(max(seconds, 0.0), _DAY) if isfinite(seconds) else None


def untrusted(error: BaseException) -> bool:
    """Does *error*, or anything that it was made of, say that the server's certificate is not trusted?

    Other failures of encryption tell nothing of trust, and may come after the request was carried out.
    """
    open_, seen = [error], set[int]()
    while open_:
        one = open_.pop()
        if isinstance(one, ssl.SSLCertVerificationError):
            return True
        if id(one) not in seen:
            seen.add(id(one))
            parts = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
            open_ += [part for part in parts if isinstance(part, BaseException)]
    return False


def tidy(text: str) -> str:
    """*text* of a server, fit for one line: short, printable, and without long quotations of anybody's text."""
    line = _LONG_QUOTE.sub(r"\1...\1", _UNPRINTABLE.sub(" ", text)).strip()
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."

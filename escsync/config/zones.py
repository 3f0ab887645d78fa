"""Time zones: IANA names only, since an offset is wrong for half of the year."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from .problem import nearest

_OFFSET = re.compile(r"(?:UTC|GMT|Z|Etc/GMT)?\s*[+-]?\d{1,2}(?::?\d{2})?|Z", re.IGNORECASE)
_ABBREVIATION = re.compile(r"[A-Z]{2,5}(?:\d[A-Z]{2,4})?")
_MEANT = {
    "CET": "Europe/Berlin",
    "CEST": "Europe/Berlin",
    "MET": "Europe/Berlin",
    "WET": "Europe/Lisbon",
    "EET": "Europe/Athens",
    "BST": "Europe/London",
    "GMT": "Europe/London",
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "EST5EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "CST6CDT": "America/Chicago",
    "MST": "America/Denver",
    "MDT": "America/Denver",
    "MST7MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "PST8PDT": "America/Los_Angeles",
    "JST": "Asia/Tokyo",
    "IST": "Asia/Kolkata",
    "AEST": "Australia/Sydney",
    "Z": "UTC",
    "UCT": "UTC",
}


class BadZone(ValueError):
    """No time zone that the process can be measured in."""

    def __init__(self, message: str, suggestion: str) -> None:
        super().__init__(message)
        self.suggestion = suggestion


def zone(text: str) -> ZoneInfo:
    """The zone that *text* names; BadZone for offsets, abbreviations and unknown names."""
    name = text.strip()
    if name == "UTC" or (name in _names() and not _ABBREVIATION.fullmatch(name)):
        return ZoneInfo(name)
    suggestion = _MEANT.get(name.upper(), "")
    if _OFFSET.fullmatch(name):
        raise BadZone(f"{text!r} is an offset; write an IANA zone such as Europe/Berlin", suggestion)
    if _ABBREVIATION.fullmatch(name):
        raise BadZone(f"{text!r} is an abbreviation; write an IANA zone such as Europe/Berlin", suggestion)
    raise BadZone(f"{text!r} is no IANA time zone", suggestion or _near(name))


def _near(name: str) -> str:
    city = "".join(ch for ch in name.casefold().rpartition("/")[2] if ch.isalnum())
    for known in sorted(_names()):
        if "/" in known and known.rpartition("/")[2].casefold().replace("_", "") == city:
            return known
    return nearest(name, sorted(_names()))


@cache
def _names() -> frozenset[str]:
    odd = ("Etc/GMT", "posix/", "right/", "SystemV/")
    fixed = {"GMT+0", "GMT-0", "GMT0", "Zulu", "Universal", "Greenwich", "posixrules", "Factory", "localtime"}
    return frozenset(n for n in available_timezones() if not n.startswith(odd) and n not in fixed)


def zone_or_utc(name: object) -> str:
    """*name* where it is a zone, else UTC: enough to go on with until the mistake is told."""
    try:
        return zone(name).key if isinstance(name, str) else "UTC"
    except BadZone:
        return "UTC"

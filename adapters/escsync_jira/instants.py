"""Jira's dates and times, in the many ways that its answers spell them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo

from escsync.adapter import instant

_EPOCH = re.compile(r"-?\d{9,14}")
_DISPLAYED = re.compile(
    r"(\d{1,2})[/ .-]([A-Za-z]{3})[a-z]*[/ .-](\d{4}|\d{2})(?:,?\s+(\d{1,2}):(\d\d)(?::\d\d)?\s*([AaPp][Mm])?)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MILLISECONDS = 10**11
"""From here on a number of seconds would be in the year 5138: it is milliseconds."""


def moment(raw: object, zone: tzinfo = UTC) -> datetime | None:
    """The instant that *raw* names, in UTC to the second; None where it names none.

    Jira writes ISO with an offset without a colon; the bulk changelog writes numbers (seconds or milliseconds);
    changelogs of Data Center write what a user sees, in *zone*.
    """
    try:
        found = _read(raw)
        return (
            None
            if found is None
            else instant(found if found.tzinfo is not None else found.replace(tzinfo=zone))
        )
    except (ValueError, OverflowError):
        return None


def day(raw: object, zone: tzinfo = UTC) -> date | None:
    """The day that *raw* names; an instant's day is that of *zone*."""
    if isinstance(raw, str) and (written := re.match(r"\d{4}-\d\d-\d\d", raw.strip())):
        rest = raw.strip()[10:]
        if not rest or re.fullmatch(r"[ T]00:00(:00(\.0+)?)?", rest):
            try:
                return date.fromisoformat(written[0])
            except ValueError:
                return None
    found = moment(raw, zone)
    return found.astimezone(zone).date() if found else None


def is_day(raw: object) -> bool:
    """Does *raw* name a day without a time?"""
    return isinstance(raw, str) and re.fullmatch(r"\s*\d{4}-\d\d-\d\d\s*", raw) is not None


def written(value: datetime) -> str:
    """An instant as Jira takes it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _read(raw: object) -> datetime | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return datetime.fromtimestamp(raw / 1000 if abs(raw) >= _MILLISECONDS else raw, UTC)
    if not isinstance(raw, str):
        return None
    text = raw.strip()
    try:
        if "-" in text:
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    if _EPOCH.fullmatch(text):
        return _read(int(text))
    shown = _DISPLAYED.fullmatch(text)
    if shown is None or shown[2].lower() not in _MONTHS:
        return None
    year = int(shown[3]) + (2000 if len(shown[3]) == 2 else 0)
    hour = int(shown[4] or 0)
    if shown[6]:
        hour = hour % 12 + (12 if shown[6].lower() == "pm" else 0)
    month = _MONTHS.index(shown[2].lower()) + 1
    return datetime(year, month, int(shown[1]), hour, int(shown[5] or 0))  # noqa: DTZ001 - the caller adds the zone

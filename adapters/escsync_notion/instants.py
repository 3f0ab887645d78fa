"""Notion's dates and times: several spellings to read, one to write, and never more than the minute."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from escsync.adapter import instant

_DAY = re.compile(r"\s*\d{4}-\d\d-\d\d\s*")


def moment(raw: object, zone: object = None) -> datetime | None:
    """The instant that *raw* names, in UTC to the second; None where it names none or a mere day.

    Where it says no offset, it is in *zone* (the name that a date property may carry), else in UTC.
    """
    if not isinstance(raw, str) or _DAY.fullmatch(raw):
        return None
    try:
        found = datetime.fromisoformat(raw.strip())
        return instant(found if found.tzinfo is not None else found.replace(tzinfo=_zone(zone)))
    except (ValueError, OverflowError):
        return None


def day(raw: object) -> date | None:
    """The day that *raw* names without a time."""
    if not isinstance(raw, str) or not _DAY.fullmatch(raw):
        return None
    try:
        return date.fromisoformat(raw.strip())
    except ValueError:
        return None


def minute(value: datetime) -> datetime:
    """*value* as Notion keeps it: seconds are lost."""
    return instant(value).replace(second=0)


def written(value: datetime) -> str:
    """An instant as it is written: in UTC, so that no zone can be misread, to the minute that will come back."""
    return minute(value).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(value: datetime) -> str:
    """An instant as a text property holds it, to the second."""
    return instant(value).strftime("%Y-%m-%dT%H:%M:%SZ")


def _zone(name: object) -> tzinfo:
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC

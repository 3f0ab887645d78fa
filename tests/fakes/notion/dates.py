"""Notion's dates: minutes at the finest, an offset but no zone, and windows around today."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
WINDOWS = {
    "past_week": (-7, 0),
    "next_week": (0, 7),
    "past_month": (-1, 0),
    "next_month": (0, 1),
    "past_year": (-12, 0),
    "next_year": (0, 12),
}
_RELATIVE = {
    "today": 0, "tomorrow": 1, "yesterday": -1, "one_week_ago": -7, "one_week_from_now": 7,
    "one_month_ago": -30, "one_month_from_now": 30,
}  # fmt: skip


def floor(at: datetime) -> datetime:
    """The minute in which *at* lies."""
    return at.replace(second=0, microsecond=0)


def stamp(at: datetime) -> str:
    """As pages, comments and data sources tell their times: whole minutes, in UTC."""
    return floor(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00.000Z")


def precise(at: datetime) -> str:
    """As databases tell their times: milliseconds and an offset."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def stored(raw: str, zone: str | None = None) -> str:
    """A date or an instant in the form it is kept in; ValueError where it is neither."""
    if _DAY.fullmatch(raw):
        return date.fromisoformat(raw).isoformat()
    at = datetime.fromisoformat(raw)
    if at.tzinfo is None:
        at = at.replace(tzinfo=_zone(zone))
    return floor(at).isoformat(timespec="milliseconds")


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except ZoneInfoNotFoundError as error:
        raise ValueError(name) from error


def told(value: datetime | date | str) -> dict[str, Any]:
    """What a person who picks *value* leaves in a date property."""
    raw = value if isinstance(value, str) else value.isoformat()
    return {"start": stored(raw), "end": None, "time_zone": None}


def reach(raw: str) -> tuple[datetime, datetime]:
    """The first instant of what *raw* names, and the first one after it: a whole day, or a minute."""
    if _DAY.fullmatch(raw):
        first = datetime.combine(date.fromisoformat(raw), time(), UTC)
        return first, first + timedelta(days=1)
    at = datetime.fromisoformat(raw)
    first = floor(at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC)
    return first, first + timedelta(minutes=1)


def relative(word: str, now: datetime) -> str:
    """*word* as a day, where it is one of the words for days around *now*."""
    if word not in _RELATIVE:
        return word
    return (now.date() + timedelta(days=_RELATIVE[word])).isoformat()


def window(name: str, today: date) -> tuple[date, date]:
    """The first and the last day of a named window."""
    if name == "this_week":
        first = today - timedelta(days=today.weekday())
        return first, first + timedelta(days=6)
    before, after = WINDOWS[name]
    if name.endswith("week"):
        return today + timedelta(days=before), today + timedelta(days=after)
    return _months(today, before), _months(today, after)


def _months(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))

"""Salesforce's dates and times."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.utils import format_datetime

from escsync.adapter import instant
from escsync.web import http_date


def moment(raw: object) -> datetime | None:
    """The instant that *raw* names, in UTC to the second; None where it names none.

    Salesforce writes `2026-05-01T07:25:37.000+0000`, always with an offset.
    """
    if not isinstance(raw, str) or "T" not in raw:
        return None
    try:
        found = datetime.fromisoformat(raw.strip())
        return instant(found if found.tzinfo is not None else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def day(raw: object) -> date | None:
    """The day that *raw* names, without a time."""
    if not isinstance(raw, str) or len(raw.strip()) != 10:
        return None
    try:
        return date.fromisoformat(raw.strip())
    except ValueError:
        return None


def written(value: datetime) -> str:
    """An instant as Salesforce takes it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def http(raw: str) -> datetime | None:
    """The instant of an HTTP header such as Date."""
    return http_date(raw)


def header(value: datetime) -> str:
    """An instant as HTTP headers have it."""
    return format_datetime(value.astimezone(UTC), usegmt=True)

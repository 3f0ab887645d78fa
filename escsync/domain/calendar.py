"""Calendars: when a clock's time counts. 24x7 unless a policy names business hours (D1, D2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from .assessment import Segment
from .duration import Duration
from .timing import BusinessHours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RANGE = re.compile(r"\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*")
_HORIZON = 3660
"""Days after which a calendar that never opens is given up."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours, ready for arithmetic: per weekday (0 is Monday) the open ranges in minutes of local time."""

    zone: ZoneInfo
    week: tuple[tuple[tuple[int, int], ...], ...]
    holidays: frozenset[date]

    @classmethod
    def of(cls, rule: BusinessHours) -> Hours:
        """From the policy; ValueError says which line is not understood."""
        week: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
        for days, ranges in rule.hours.items():
            for day in _days(days):
                week[day].extend(_ranges(ranges))
        if not any(week):
            raise ValueError('no opening hours at all; write for example mon-fri: "09:00-17:00"')
        closed = rule.holidays if isinstance(rule.holidays, list) else []
        return cls(ZoneInfo(rule.timezone), tuple(tuple(sorted(day)) for day in week), frozenset(closed))

    def opens(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open stretches from *start* on, in UTC: real instants, so a clock change neither adds nor loses."""
        day = start.astimezone(self.zone).date() - timedelta(days=1)
        for _ in range(_HORIZON):
            if day not in self.holidays:
                for first, last in self.week[day.weekday()]:
                    opening, closing = self._instant(day, first), self._instant(day, last)
                    if closing > start:
                        yield max(opening, start), closing
            day += timedelta(days=1)

    def _instant(self, day: date, minutes: int) -> datetime:
        midnight = datetime.combine(day, time())
        return (midnight + timedelta(minutes=minutes)).replace(tzinfo=self.zone).astimezone(UTC)


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first[:3] not in WEEKDAYS or (last and last[:3] not in WEEKDAYS):
            raise ValueError(f"{text!r} are no weekdays; write mon, tue-thu or sat,sun")
        i, j = WEEKDAYS.index(first[:3]), WEEKDAYS.index((last or first)[:3])
        days.extend((i + k) % 7 for k in range((j - i) % 7 + 1))
    return days


def _ranges(value: str | list[str]) -> list[tuple[int, int]]:
    found = []
    for text in [value] if isinstance(value, str) else value:
        for part in text.split(","):
            match = _RANGE.fullmatch(part)
            if not match:
                raise ValueError(f"{part!r} are no hours; write 09:00-17:00")
            a, b, c, d = map(int, match.groups())
            start, end = a * 60 + b, c * 60 + d
            if not 0 <= start < end <= 1440:
                raise ValueError(f"{part!r} does not end after it starts, within one day")
            found.append((start, end))
    return found


@lru_cache(maxsize=32)
def _hours(timezone: str, hours: tuple[tuple[str, str], ...], holidays: tuple[date, ...]) -> Hours:
    return Hours.of(BusinessHours(timezone, {k: v.split(",") for k, v in hours}, list(holidays)))


def add(
    start: datetime, within: Duration, calendar: str, calendars: Mapping[str, BusinessHours]
) -> tuple[datetime, tuple[Segment, ...]]:
    """*start* plus *within*, counted on *calendar*: the instant, and each stretch counted or skipped."""
    length = within.elapsed
    if calendar == "always":
        due = start + length
        return due, (Segment(start, due, True, "24x7"),)
    rule = calendars[calendar]
    hours = _hours(
        rule.timezone,
        tuple((k, v if isinstance(v, str) else ",".join(v)) for k, v in rule.hours.items()),
        tuple(rule.holidays) if isinstance(rule.holidays, list) else (),
    )
    segments: list[Segment] = []
    cursor, left = start, length
    for opening, closing in hours.opens(start):
        if opening > cursor:
            segments.append(Segment(cursor, opening, False, f"outside the hours of {calendar}"))
        used = min(closing - opening, left)
        segments.append(Segment(opening, opening + used, True, f"open on {calendar}"))
        cursor, left = opening + used, left - used
        if left <= timedelta():
            return cursor, tuple(segments)
        cursor = closing
    raise ValueError(f"the calendar {calendar} never opens long enough")


def add_days(start: datetime, within: Duration, zone: ZoneInfo) -> datetime:
    """*start* plus calendar days at the same local wall-clock time in *zone*, whatever the clock does (D2)."""
    local = start.astimezone(zone)
    day = add_months(local.date(), within.months) + timedelta(days=within.days)
    moved = datetime.combine(day, local.time(), zone)
    return moved.astimezone(UTC) + timedelta(seconds=within.seconds)


def add_months(day: date, months: int) -> date:
    """*day* some months later, on the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(f"no such month: {year}-{month + 1}")

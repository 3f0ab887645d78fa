"""Evidence: when something happened, and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum


class Grade(StrEnum):
    """How an instant is known (process rules, A.0 "Evidence grades")."""

    A = "A"
    """The tracker's own server-side record."""
    B = "B"
    """First seen by a poll of ours: known only as an interval."""
    C = "C"
    """A person typed it."""

    @property
    def rank(self) -> int:
        """0 is the best grade."""
        return "ABC".index(self.value)


_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Instants that people can mean: beyond them arithmetic runs out of years."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something happened later than *after* and no later than *at*; *after* None means exactly at *at*.

    A clock that is anchored on an interval starts at its upper end, *at* (decision 5).
    *source* names the tracker's record ("changelog:10233", "comment:991"); both instants are aware.
    """

    at: datetime
    after: datetime | None = None
    grade: Grade = Grade.A
    source: str = ""

    def __post_init__(self) -> None:
        # Whatever an adapter hands over is floored to the second and in UTC from here on (decision 80).
        if self.at.tzinfo is not UTC or self.at.microsecond or not _FIRST <= self.at <= _LAST:
            object.__setattr__(self, "at", bounded(self.at))
        if self.after is not None:
            object.__setattr__(self, "after", bounded(self.after))

    @property
    def exact(self) -> bool:
        """Is it an instant rather than an interval?"""
        return self.after is None


def instant(value: datetime) -> datetime:
    """*value* in UTC, floored to the second (decision 80)."""
    if value.tzinfo is None:
        raise ValueError(f"an instant without a time zone: {value!r}")
    return value.astimezone(UTC).replace(microsecond=0)


def bounded(value: datetime) -> datetime:
    """*value* in UTC, floored to the second, no earlier than 1900 and no later than 2200."""
    if not 1900 <= value.year < 2200:
        return _FIRST if value.year < 1900 else _LAST
    return instant(value)


def moment(value: object) -> datetime | None:
    """*value* in UTC where it is an instant that people can mean; None for rubbish such as the year 1."""
    if isinstance(value, datetime) and value.tzinfo is not None and 1900 <= value.year < 2200:
        return instant(value)
    return None


def whole_day(value: object) -> date | None:
    """*value* where it is a bare day that people can mean, no instant; None for anything else."""
    bare = isinstance(value, date) and not isinstance(value, datetime)
    return value if bare and isinstance(value, date) and 1900 <= value.year < 2200 else None


def iso(value: datetime | None) -> str | None:
    """*value* as every output writes it: UTC, seconds, `Z`."""
    return None if value is None else instant(value).strftime("%Y-%m-%dT%H:%M:%SZ")

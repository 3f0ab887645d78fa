"""Evidence: when something happened, and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
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
        for instant in (self.at, self.after):
            if instant is not None and instant.tzinfo is None:
                raise ValueError(f"an instant without a time zone: {instant!r}")

    @property
    def exact(self) -> bool:
        """Is it an instant rather than an interval?"""
        return self.after is None


def instant(value: datetime) -> datetime:
    """*value* in UTC, floored to the second (decision 80)."""
    if value.tzinfo is None:
        raise ValueError(f"an instant without a time zone: {value!r}")
    return value.astimezone(UTC).replace(microsecond=0)


def iso(value: datetime | None) -> str | None:
    """*value* as every output writes it: UTC, seconds, `Z`."""
    return None if value is None else instant(value).strftime("%Y-%m-%dT%H:%M:%SZ")

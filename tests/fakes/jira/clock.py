"""The server's clock: it moves only when a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def moment(value: str | datetime) -> datetime:
    """*value* as an aware instant in UTC."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    if at.tzinfo is None:
        raise ValueError(f"an instant without a time zone: {value!r}")
    return at.astimezone(UTC)


class Clock:
    """What time it is on the server."""

    def __init__(self, start: str | datetime = "2026-03-03T09:00:00+00:00") -> None:
        self._now = moment(start)

    def now(self) -> datetime:
        return self._now

    def set(self, value: str | datetime) -> None:
        self._now = moment(value)

    def advance(self, **delta: float) -> None:
        """`advance(minutes=5)`."""
        self._now += timedelta(**delta)

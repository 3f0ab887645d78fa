"""Durations as policies write them: `PT2H`, `P7D`, `P24M`, `90m`, `2h`, `7d`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

_ISO = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?"
)
_SHORT = re.compile(
    r"(?:(?P<W>\d+)w)?(?:(?P<D>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m(?:in)?)?(?:(?P<s>\d+)s)?"
)


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """Calendar *months* and *days*, and exact *seconds*: days are not 24 hours where the clock changes."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read ISO 8601 or `2h`, `90m`, `1d12h`; ValueError says what was expected."""
        raw = str(text).strip()
        match = _ISO.fullmatch(raw) if raw.startswith("P") else _SHORT.fullmatch(raw.replace(" ", "").lower())
        if not match or not any(match.groupdict().values()):
            raise ValueError(f"{raw!r} is not a duration; write 2h, 90m, 7d or ISO 8601 such as PT2H, P7D")
        if any(len(value or "") > 12 for value in match.groupdict().values()):
            raise ValueError(f"{raw[:40]!r} is longer than a hundred years")
        n = {key: int(value or 0) for key, value in match.groupdict().items()}
        return cls(
            months=n.get("Y", 0) * 12 + n.get("M", 0),
            days=n["W"] * 7 + n["D"],
            seconds=n["h"] * 3600 + n["m"] * 60 + n["s"],
        )

    @property
    def elapsed(self) -> timedelta:
        """As exact time, a day counted as 24 hours and a month as 30 days."""
        return timedelta(days=self.months * 30 + self.days, seconds=self.seconds)

    def __str__(self) -> str:
        date = (f"{self.months}M" if self.months else "") + (f"{self.days}D" if self.days else "")
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        time = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
        return f"P{date}{'T' + time if time else ''}" if date or time else "PT0S"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> dict[str, Any]:
        """How the configuration reads one; a plain mapping, so that this package needs no pydantic."""

        def read(value: object) -> Duration:
            return value if isinstance(value, Duration) else cls.parse(str(value))

        return {
            "type": "function-plain",
            "function": {"type": "no-info", "function": read},
            "json_schema_input_schema": {"type": "str"},
            "serialization": {"type": "to-string"},
        }


def spoken(delta: timedelta) -> str:
    """*delta* for people: `1 h 15 min`, `20 min`, `3 d 2 h`; its sign is dropped."""
    minutes = int(abs(delta).total_seconds() // 60)
    days, minutes = divmod(minutes, 1440)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{n} {unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if n]
    return " ".join(parts[:2]) or "0 min"

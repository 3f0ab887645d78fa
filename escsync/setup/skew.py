"""Clocks: do this machine, the tracker and the ledger mean the same by now?"""

from __future__ import annotations

from datetime import datetime, timedelta

from escsync.adapter import Level, Problem
from escsync.domain.duration import spoken
from escsync.domain.evidence import iso

_MUCH = timedelta(seconds=30)
_MEND = "let both machines follow a time server (NTP)"


def tracker(here: datetime, there: datetime) -> Problem:
    """The tracker's clock beside this machine's."""
    means = (
        "evidence is dated by the tracker and deadlines are judged by this machine: a verdict near its limit, "
        "or a duty that ends soon, may be wrong by that much"
    )
    return _beside("the tracker's clock", here, there, means)


def ledger(here: datetime, there: datetime) -> Problem:
    """The clock of the ledger's database beside this machine's."""
    means = "leases go by the database's clock and deadlines by this machine's: one of the two is wrong"
    return _beside("the clock of the ledger's database", here, there, means)


def backwards(here: datetime, last: datetime | None) -> Problem | None:
    """A last pass that lies in the future, before which none is made."""
    if last is None or last <= here:
        return None
    return Problem(
        Level.FAIL,
        "clock",
        f"the last pass is dated {iso(last)}, {_spoken(last - here)} from now: until then every pass is refused",
        "set this machine's clock right; if that pass ran with a wrong one or with --at, run `escsync ledger rebuild`",
    )


def _beside(whose: str, here: datetime, there: datetime, means: str) -> Problem:
    apart = there - here
    if abs(apart) <= _MUCH:
        return Problem(Level.OK, "clock", f"{whose} agrees with this machine's within {_MUCH.seconds} s")
    way = "ahead of" if apart > timedelta() else "behind"
    return Problem(
        Level.WARNING,
        "clock",
        f"{whose} is {_spoken(abs(apart))} {way} this machine's; {means}",
        _MEND,
        "SKEW",
    )


def _spoken(apart: timedelta) -> str:
    seconds = round(apart.total_seconds())
    return f"{seconds} s" if seconds < 120 else spoken(timedelta(seconds=seconds))

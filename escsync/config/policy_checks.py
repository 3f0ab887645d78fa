"""What a policy's shape cannot tell: values that contradict each other, name nothing, or have no effect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date

from escsync.domain.assessment import CLOCK_NAMES
from escsync.domain.calendar import Hours
from escsync.domain.duration import Duration
from escsync.domain.fields import ROOT_CAUSES, SEVERITIES, TIERS, TONES
from escsync.domain.people import Function
from escsync.domain.phrases import DEFAULT_PHRASES
from escsync.domain.policy import ClockRule, Policy

from .problem import Path, listed, nearest
from .zones import BadZone, zone

Check = tuple[Path, str, str] | tuple[Path, str, str, str]
"""Where, what is wrong, what was probably meant, and what to do where that is not to write another value."""

_TIMED_ELSEWHERE = {
    "immediate": "priority.immediate_response",
    "owner": "clocks.ack.within",
    "authorization": "solution.immediately",
    "commitment": "the date given to the customer",
    "follow_up_schedule": "clocks.follow_up.schedule_grace",
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS = (*(f"{_DAYS[i]}-{last}" for i in range(6) for last in _DAYS[i + 1 :][::-1]), *_DAYS)
_REMOVE = "Remove the line, and change what the message names instead."
_CURRENCY = re.compile(r"[A-Z]{3}")


def checks(policy: Policy) -> Iterator[Check]:
    """Everything that is wrong with *policy*."""
    yield from _zone(("timezone",), policy.timezone)
    yield from _zone(("analytics", "timezone"), policy.analytics.timezone or "UTC")
    yield from _calendars(policy)
    for each in fields(policy.clocks):
        yield from _clock(policy, each.name, getattr(policy.clocks, each.name))
    yield from _durations(policy)
    yield from _one(("priority", "highest_tier"), policy.priority.highest_tier, TIERS)
    yield from _each(("priority", "severe"), policy.priority.severe, SEVERITIES)
    yield from _each(("priority", "urgent_tones"), policy.priority.urgent_tones, TONES)
    for element in policy.comms.phrases:
        if element not in DEFAULT_PHRASES:
            known = listed(e.value for e in DEFAULT_PHRASES)
            yield ("comms", "phrases", element.value), f"is not recognised by phrases; known: {known}", ""
    if not 1 <= policy.analytics.fiscal_start_month <= 12:
        yield ("analytics", "fiscal_start_month"), "is no month; write 1 to 12", ""
    if policy.analytics.threshold < 1:
        yield ("analytics", "threshold"), "must be at least 1", ""
    for cause, function in policy.routing.items():
        yield from _one(("routing", cause), cause, ROOT_CAUSES)
        yield from _one(("routing", cause), function, [f.value for f in Function])
    yield from _money(policy)
    for i, waiver in enumerate(policy.waivers):
        yield from _one(("waivers", i, "clock"), waiver.clock, CLOCK_NAMES)
        if not waiver.reason.strip():
            yield ("waivers", i, "reason"), "is empty; a waiver says why", ""
        if waiver.cycle < 1:
            yield ("waivers", i, "cycle"), "must be at least 1", ""


def _calendars(policy: Policy) -> Iterator[Check]:
    for name, calendar in policy.calendars.items():
        path: Path = ("calendars", name)
        if name == "always":
            yield path, "is the name of the calendar that never closes; choose another", ""
        wrong = list(_zone((*path, "timezone"), calendar.timezone))
        yield from wrong
        if not wrong:
            try:
                Hours.of(calendar)
            except ValueError as error:
                odd = next((key for key in calendar.hours if not _weekdays(key)), "")
                yield (*path, "hours"), str(error), nearest(odd, _WEEKDAYS) if odd else ""


def _weekdays(text: str) -> bool:
    return all(day.strip()[:3].lower() in _DAYS for day in re.split("[,-]", text))


def _clock(policy: Policy, name: str, rule: ClockRule) -> Iterator[Check]:
    path: Path = ("clocks", name)
    known = ["always", *policy.calendars]
    if rule.calendar not in known:
        near = nearest(rule.calendar, known)
        yield (*path, "calendar"), f"{rule.calendar!r} is not defined; known: {listed(known)}", near
    if name in _TIMED_ELSEWHERE:
        if rule.within is not None:
            yield (
                (*path, "within"),
                f"has no effect: this clock's time is {_TIMED_ELSEWHERE[name]}",
                "",
                _REMOVE,
            )
    elif rule.within is None or rule.within == Duration():
        yield (*path, "within"), "must be longer than nothing", ""
    elif rule.calendar != "always" and (rule.within.days or rule.within.months):
        yield (
            (*path, "within"),
            f"counts calendar days; with the calendar {rule.calendar!r} write hours",
            "",
            "Write hours: `within: 8h`.",
        )
    try:
        share = rule.due_soon.strip()
        within = 0 <= float(share[:-1]) <= 100 if share.endswith("%") else bool(Duration.parse(share))
    except ValueError:
        within = False
    if not within:
        yield (
            (*path, "due_soon"),
            f"{rule.due_soon!r} is neither a share such as 25% nor a duration such as 30m",
            "",
        )


def _durations(policy: Policy) -> Iterator[Check]:
    tenure = policy.priority.long_tenure
    if not tenure.months or tenure.days or tenure.seconds:
        yield ("priority", "long_tenure"), "must be whole months or years, such as P24M", ""
    lookback = policy.priority.first_time_lookback
    if lookback != "all":
        try:
            Duration.parse(lookback)
        except ValueError:
            yield ("priority", "first_time_lookback"), f"{lookback!r} is neither `all` nor a duration", ""
    every: dict[Path, Duration | None] = {
        **{("clocks", name, "within"): getattr(policy.clocks, name).within for name in CLOCK_NAMES},
        ("clocks", "follow_up", "schedule_grace"): policy.clocks.follow_up.schedule_grace,
        ("priority", "immediate_response"): policy.priority.immediate_response,
        ("priority", "long_tenure"): tenure,
        ("solution", "immediately"): policy.solution.immediately,
        ("lifecycle", "reopen_window"): policy.lifecycle.reopen_window,
        ("lifecycle", "slip"): policy.lifecycle.slip,
    }
    for path, length in every.items():
        # Beyond this the arithmetic of dates has no year to answer with.
        if length and (length.months > 1200 or length.days > 36_500 or length.seconds > 3_000_000_000):
            yield path, "is longer than a hundred years", ""


def _money(policy: Policy) -> Iterator[Check]:
    money = policy.money
    if not _CURRENCY.fullmatch(money.reporting_currency):
        yield ("money", "reporting_currency"), f"{money.reporting_currency!r} is no currency; write USD", ""
    for day, table in money.rates.items():
        try:
            date.fromisoformat(day)
        except ValueError:
            yield ("money", "rates", day), f"{day!r} is no day; write 2026-03-31", ""
        for currency, rate in table.items():
            if not _CURRENCY.fullmatch(currency):
                yield ("money", "rates", day, currency), f"{currency!r} is no currency; write EUR", ""
            if not (rate.is_finite() and rate > 0):
                yield ("money", "rates", day, currency), "must be more than nothing", ""


def _zone(path: Path, text: str) -> Iterator[Check]:
    try:
        zone(text)
    except BadZone as error:
        yield path, str(error), error.suggestion


def _one(path: Path, value: str, known: Iterable[str]) -> Iterator[Check]:
    choices = list(known)
    if value not in choices:
        yield path, f"{value!r} is not one of {listed(choices)}", nearest(value, choices)


def _each(path: Path, values: Iterable[str], known: Iterable[str]) -> Iterator[Check]:
    for i, value in enumerate(values):
        yield from _one((*path, i), value, known)

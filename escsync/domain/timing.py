"""Timing: how each clock runs, as a policy writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from .duration import Duration

_HOURS = {n: Duration(seconds=n * 3600) for n in (2, 4, 8, 24)}
_WEEK = Duration(days=7)
_ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """A business calendar: open *hours* per weekday in *timezone*, closed on *holidays*."""

    timezone: str
    """An IANA zone."""
    hours: Mapping[str, str | list[str]]
    """`mon-fri: "09:00-17:00"`; a weekday may have several ranges."""
    holidays: str | list[date] | None = None
    """A country (`US`, `DE-BY`; needs the extra `holidays`) or a list of days."""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How one clock runs."""

    within: Duration | None = None
    """How long it may take."""
    calendar: str = _ALWAYS
    """`always` (24x7) or a name of `calendars`."""
    due_soon: str = "25%"
    """The last part of the time in which it counts as due soon: a share, or a duration."""


@dataclass(frozen=True, slots=True)
class AckRule(ClockRule):
    """The acknowledgement clock (ACK-1, D3)."""

    within: Duration | None = _HOURS[2]
    """How long it may take."""
    anchor: Literal["identified_at", "received_at"] = "identified_at"
    """Where it starts."""


@dataclass(frozen=True, slots=True)
class InvestigationRule(ClockRule):
    """The investigation clock (INV-1, D7)."""

    within: Duration | None = _HOURS[4]
    """How long it may take."""
    anchor: Literal["owner_assigned", "identified_at", "actual_ack"] = "owner_assigned"
    """Where it starts."""
    backstop: Literal["ack_due", "none"] = "ack_due"
    """Where it starts when nobody owns the escalation."""
    restart_on_reassign: bool = False
    """Does a new owner get the whole time again?"""


@dataclass(frozen=True, slots=True)
class UpdateRule(ClockRule):
    """The customer update clock (UPD-1, D9)."""

    within: Duration | None = _HOURS[8]
    """How long it may take."""
    anchor: Literal["actual_ack", "identified_at"] = "actual_ack"
    """Where it starts."""
    no_ack_anchor: Literal["ack_due", "none"] = "ack_due"
    """Where it starts when nobody acknowledged."""
    late_ack: Literal["literal", "capped"] = "literal"
    """`capped`: a late acknowledgement does not move the update beyond acknowledgement time + update time."""


@dataclass(frozen=True, slots=True)
class FollowUpRule(ClockRule):
    """The check-in clock (CLO-4, D2, D16)."""

    within: Duration | None = _WEEK
    """How long it may take."""
    unit: Literal["calendar_day", "elapsed"] = "calendar_day"
    """Calendar days in the account's zone, or exact time."""
    anchor: Literal["closure_comm", "closed_at"] = "closure_comm"
    """Where it starts."""
    schedule_grace: Duration = _HOURS[24]
    """How long after closure the check-in may still be unscheduled."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """One rule per clock."""

    ack: AckRule = AckRule()
    """Acknowledgement by a Support Manager or Director."""
    immediate: ClockRule = ClockRule()
    """Response to a public escalation or a threat; its time is priority.immediate_response. Derived."""
    owner: ClockRule = ClockRule()
    """One single human owner by the acknowledgement deadline. Derived."""
    investigation: InvestigationRule = InvestigationRule()
    """Understanding the facts."""
    authorization: ClockRule = ClockRule()
    """Asking for authority; its time is solution.immediately. Derived."""
    update: UpdateRule = UpdateRule()
    """The personal, full account."""
    commitment: ClockRule = ClockRule()
    """The date given to the customer. Derived."""
    closure_comm: ClockRule = ClockRule(within=_HOURS[24])
    """The personal closure message after implementation. Derived, advisory."""
    follow_up_schedule: ClockRule = ClockRule()
    """Scheduling the check-in; its time is follow_up.schedule_grace. Derived."""
    follow_up: FollowUpRule = FollowUpRule()
    """Holding the check-in."""


def strict(*rules: Any) -> None:
    """Let the configuration refuse unknown keys and read the docstrings of *rules*.

    pydantic looks for this when it validates a policy; a plain dict, so that nothing is imported here.
    """
    for rule in rules:
        rule.__pydantic_config__ = {
            "extra": "forbid",
            "arbitrary_types_allowed": True,
            "use_attribute_docstrings": True,
        }


strict(BusinessHours, ClockRule, AckRule, InvestigationRule, UpdateRule, FollowUpRule, Clocks)

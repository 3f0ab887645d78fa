"""The policy: every reading of the process as data. `config/policy.yaml` shows each key with its default."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from .communication import Element, MessageKind
from .duration import Duration
from .evidence import Grade
from .people import Role
from .phrases import DEFAULT_LEXICON, DEFAULT_PHRASES, DEFAULT_SUBSTANCE
from .timing import (
    AckRule,
    BusinessHours,
    ClockRule,
    Clocks,
    FollowUpRule,
    InvestigationRule,
    UpdateRule,
    strict,
)

__all__ = [
    "AckRule", "Analytics", "BusinessHours", "ClockRule", "Clocks", "Comms", "ContentRule", "Duplicates", "EvidenceRule",
    "FollowUpRule", "InvestigationRule", "Lifecycle", "MoneyRule", "Policy", "PriorityRule", "RolesRule",
    "RootCauseRule", "SolutionRule", "UpdateRule", "Waiver",
]  # fmt: skip

_TWO_YEARS, _THIRTY_DAYS, _THREE_DAYS = Duration(months=24), Duration(days=30), Duration(days=3)
_CLOCKS = Clocks()
_MINUTES = {n: Duration(seconds=n * 60) for n in (5, 15, 30)}


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """What counts as proof (D25)."""

    min_grade: Grade = Grade.B
    """The weakest grade that proves a deadline met."""


@dataclass(frozen=True, slots=True)
class RolesRule:
    """Who may do what."""

    may_acknowledge: tuple[Role, ...] = (Role.SUPPORT_MANAGER, Role.SUPPORT_DIRECTOR, Role.SUPPORT_VP)
    """Whose message is an acknowledgement (D4)."""


@dataclass(frozen=True, slots=True)
class ContentRule:
    """What one kind of message must contain."""

    must_contain: tuple[Element, ...] = ()
    """Every element that is required."""


@dataclass(frozen=True, slots=True)
class Comms:
    """Messages: what they must contain and how that is recognised (D5, decision 3)."""

    first_response: ContentRule = ContentRule(
        (
            Element.NAME,
            Element.TITLE,
            Element.COMPANY,
            Element.SPECIFIC_ISSUE,
            Element.PERSONAL_RESPONSIBILITY,
            Element.COMMITMENT,
        )
    )
    """The acknowledgement."""
    customer_update: ContentRule = ContentRule((Element.UNDERSTOOD, Element.ACTIONS, Element.TIMELINE))
    """The full account; add `name` to demand a signature in the text."""
    closure: ContentRule = ContentRule((Element.COMPLETION,))
    """The closure message; add `name` to demand a signature in the text."""
    handover_required: bool = True
    """Must the acknowledger hand over in writing to another owner? (D6)"""
    allowed_before_investigation: tuple[MessageKind, ...] = (
        MessageKind.ACKNOWLEDGEMENT,
        MessageKind.HOLDING,
        MessageKind.HANDOVER,
    )
    """What the customer may be told before the facts are understood (D8)."""
    phrases: Mapping[Element, tuple[str, ...]] = field(default_factory=lambda: dict(DEFAULT_PHRASES))
    """Phrases by which an element is recognised."""
    substance: tuple[str, ...] = DEFAULT_SUBSTANCE
    """Phrases that a mere holding message does not contain."""
    lexicon: tuple[str, ...] = DEFAULT_LEXICON
    """Escalation language in a customer's own words; only ever a proposal."""


@dataclass(frozen=True, slots=True)
class PriorityRule:
    """How P0..P2 is decided (D12-D15)."""

    immediate_response: Duration = _MINUTES[30]
    """Time to answer a public escalation or a threat."""
    long_tenure: Duration = _TWO_YEARS
    """From when on a customer is long-tenured."""
    first_time_lookback: str = "all"
    """How far back an earlier escalation counts: `all`, or a duration."""
    highest_tier: str = "enterprise"
    """The one tier that ranks highest."""
    severe: tuple[str, ...] = ("billing_dispute", "data_issue", "public_outage")
    """Severities that outrank the rest."""
    urgent_tones: tuple[str, ...] = ("public", "threat_public")
    """Tones that make it P0."""


@dataclass(frozen=True, slots=True)
class SolutionRule:
    """Solution design (D12)."""

    immediately: Duration = _MINUTES[15]
    """Time to ask for authority."""


@dataclass(frozen=True, slots=True)
class RootCauseRule:
    """Root causes (D17)."""

    primary_required: bool = True
    """Must every closed escalation carry one?"""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Reopening (D21, decision 64)."""

    reopen_window: Duration = _THIRTY_DAYS
    """Reopened later than this after closure, it is a new, linked escalation."""
    slip: Duration = _MINUTES[5]
    """A move and its undoing by the same person within this time is a slip."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """One complaint logged twice (ENT-8)."""

    window: Duration = _THREE_DAYS
    """How far apart two escalations of one account may be and still look like one."""
    similarity: int = 60
    """From which likeness of their summaries on, in percent, they look like one."""


@dataclass(frozen=True, slots=True)
class Analytics:
    """Quarters (D18)."""

    quarter_basis: Literal["identified_at", "closed_at"] = "identified_at"
    """Which instant puts an escalation into a quarter."""
    fiscal_start_month: int = 1
    """The month in which the year starts."""
    timezone: str | None = None
    """The zone of the quarters; by default the policy zone."""
    threshold: int = 5
    """Escalations of one cause in a quarter that make a systemic problem."""


@dataclass(frozen=True, slots=True)
class MoneyRule:
    """Currencies (D24)."""

    reporting_currency: str = "USD"
    """What ARR at risk is reported in."""
    rates: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    """A table per day: reporting-currency units per unit of each currency."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A deadline waived, by whom and why."""

    id: str
    """The escalation's id or key."""
    clock: str
    """The clock's name."""
    by: str
    """A people id."""
    reason: str
    """Why."""
    cycle: int = 1
    """Which cycle."""


@dataclass(frozen=True)
class Policy:
    """Every reading of the process. Equal content gives an equal *version*."""

    timezone: str = "UTC"
    """The policy zone; escsync.yaml's unless the policy says otherwise."""
    apply_to: Literal["new", "all"] = "new"
    """`new`: each escalation keeps, per cycle, the policy under which it began (D23)."""
    clocks: Clocks = _CLOCKS
    """Deadlines."""
    calendars: Mapping[str, BusinessHours] = field(default_factory=dict)
    """Business calendars by name."""
    evidence: EvidenceRule = EvidenceRule()
    """Proof."""
    roles: RolesRule = RolesRule()
    """Rights."""
    comms: Comms = field(default_factory=Comms)
    """Messages."""
    priority: PriorityRule = PriorityRule()
    """Priority."""
    solution: SolutionRule = SolutionRule()
    """Solution design."""
    root_cause: RootCauseRule = RootCauseRule()
    """Root causes."""
    lifecycle: Lifecycle = Lifecycle()
    """Reopening."""
    duplicates: Duplicates = Duplicates()
    """One complaint logged twice."""
    analytics: Analytics = Analytics()
    """Quarters."""
    routing: Mapping[str, str] = field(default_factory=dict)
    """Root cause -> function, where the process leaves it open (D19) or you decide otherwise."""
    money: MoneyRule = MoneyRule()
    """Currencies."""
    waivers: tuple[Waiver, ...] = ()
    """Deadlines waived; applied whatever policy is pinned, and no part of the version."""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The policy zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def version(self) -> str:
        """A short hash of the content (decision 86)."""
        content = json.dumps(asdict(replace(self, waivers=())), sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def to_json(self) -> dict[str, Any]:
        """The content as plain JSON; the configuration reads it back to an equal policy."""
        content: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return content


strict(
    EvidenceRule, RolesRule, ContentRule, Comms, PriorityRule, SolutionRule, RootCauseRule, Lifecycle, Duplicates, Analytics,
    MoneyRule, Waiver, Policy,
)  # fmt: skip

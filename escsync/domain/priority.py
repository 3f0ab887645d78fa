"""Priority: P0..P2 by rules that can be explained, and the churn signal (PRI, D13-D15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .calendar import add_months
from .case import Case
from .duration import Duration


@dataclass(frozen=True, slots=True)
class Priority:
    """The computed level, why, and whether the escalation is a churn signal (*churn* says why)."""

    level: str
    reasons: tuple[str, ...]
    churn: str = ""


def prioritize(case: Case) -> Priority:
    """The level and each of its reasons: tone before tier and severity, a churn signal one level up."""
    rule = case.policy.priority
    tone, tier, severity = case.text("tone"), case.account("tier"), case.text("severity")
    reasons = []
    level = 2
    if severity in rule.severe:
        level = 1
        reasons.append(f"severity:{severity}")
    if tier and tier == rule.highest_tier:
        level = 1
        reasons.insert(0, f"tier:{tier}")
    if tone in rule.urgent_tones:
        level = 0
        reasons.insert(0, f"tone:{tone}")
    churn = _churn(case)
    if churn:
        reasons.append("churn_signal")
        level = min(level, 1)
    return Priority(f"P{level}", tuple(reasons), churn)


def _churn(case: Case) -> str:
    """A long-tenured customer who escalates for the first time (PRI-7, D13, D14)."""
    since, first = case.customer_since, case.escalation.cycles[0].start.at
    if since is None or case.escalation.linked:
        return ""
    months = case.policy.priority.long_tenure
    today = first.astimezone(case.zone).date()
    if add_months(since, months.months) > today or _earlier(case, first):
        return ""
    age = (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
    return f"customer for {age} months, first escalation"


def _earlier(case: Case, first: datetime) -> bool:
    lookback = case.policy.priority.first_time_lookback
    horizon = None if lookback == "all" else first - Duration.parse(lookback).elapsed
    key = case.text("account.id") or case.account("name").casefold()
    others = case.escalation.world.earlier.get(key, ())
    return any(
        at < first and other != case.escalation.record.id and (horizon is None or at >= horizon)
        for at, other in others
    )

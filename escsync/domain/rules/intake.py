"""INT and PRI: what must be on record from the start, and who owns it."""

from __future__ import annotations

from collections.abc import Iterator

from ..assessment import Clock
from ..case import Case
from ..catalogue import finding
from ..fields import REQUIRED
from ..findings import Finding, Severity
from ..owners import Ownership, hand_offs
from ..people import local_midnight

_MOST_HAND_OFFS = 2


def required(case: Case) -> Iterator[Finding]:
    """INT-2..INT-5, ENT-7, PRI-1..PRI-6: fields that intake owes, each missing since identification."""
    cycle, since = case.cycle.number, case.escalation.cycles[0].start.at

    def missing(name: str) -> bool:
        return case.escalation.readable(name) and case.fact(name) is None

    for name in REQUIRED:
        known = name.startswith("account.") and case.account(name.removeprefix("account."))
        if missing(name) and not known:
            yield finding(f"FIELD_MISSING:{name}", cycle, since, f"{name} is blank")
    if missing("entry_point"):
        yield finding("ENTRY_POINT_MISSING", cycle, since, "entry_point is blank")
    if missing("source_url"):
        yield finding("ENTRY_EVIDENCE_MISSING", cycle, since, "source_url is blank")
    readable = case.escalation.readable
    if case.arr is None and readable("account.arr") and readable("account.currency"):
        yield finding("ARR_MISSING", cycle, since, "ARR or its currency is blank")
    if case.account("tier") in {"", "unknown"} and case.escalation.readable("account.tier"):
        yield finding("TIER_UNKNOWN", cycle, since, "the account's tier is blank")
    if case.text("severity") in {"", "unknown"} and case.escalation.readable("severity"):
        yield finding("SEVERITY_UNKNOWN", cycle, since, "severity is blank")
    if case.csm is None and case.escalation.readable("account.csm"):
        yield finding("NO_CSM", cycle, since, "the account has no CSM on record")
    if not case.account("name") and missing("entry_point") and not case.text("contact.email"):
        yield finding("SCOPE_UNCLEAR", cycle, since, "no account, contact or entry point on record")
    tone = case.fact("tone")
    public = tone is not None and tone.value == "public" and readable("brand_exposure")
    if public and tone is not None and case.text("brand_exposure") in {"", "unknown"}:
        yield finding("EXPOSURE_UNRATED", cycle, max(since, tone.when.at), "brand_exposure is blank")


def ownership(case: Case, clocks: dict[str, Clock]) -> Iterator[Finding]:
    """INT-6..INT-9: exactly one active human."""
    cycle, span = case.cycle.number, case.span
    if span is None:
        return
    since = max(span.start.at, case.start)
    names = ", ".join(person.name for person in span.people)
    match span.state:
        case Ownership.NONE:
            overdue = case.now > clocks["ack"].due_at
            yield finding(
                "OWNER_MISSING", cycle, since, "nobody owns it", severity=Severity.ERROR if overdue else None
            )
        case Ownership.QUEUE:
            yield finding("OWNER_IS_QUEUE", cycle, since, f"owned by {names} ({span.people[0].kind})")
        case Ownership.AMBIGUOUS:
            yield finding("OWNER_AMBIGUOUS", cycle, since, f"owned by {names}")
        case Ownership.INACTIVE:
            yield finding("OWNER_INACTIVE", cycle, since, f"{names} is deactivated")
        case Ownership.VALID:
            owner = span.people[0]
            absence = owner.absence(case.now)
            if absence is not None:
                away = max(since, local_midnight(absence.first, owner.zone))
                yield finding(
                    "OWNER_ABSENT", cycle, away, f"{owner.name} is away until {absence.last:%Y-%m-%d}"
                )
            if not owner.known:
                yield finding("PERSON_UNKNOWN", cycle, since, f"the owner {owner.name} is not in people.yaml")
    changes = hand_offs(case.spans, case.start)
    if changes > _MOST_HAND_OFFS:
        yield finding("OWNER_CHURN", cycle, since, f"{changes} hand-offs")

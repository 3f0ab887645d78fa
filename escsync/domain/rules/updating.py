"""UPD: the personal, full account, and the date that it commits to."""

from __future__ import annotations

from collections.abc import Iterator

from ..assessment import Clock, Verdict
from ..case import Case
from ..catalogue import finding
from ..clocks import Desk
from ..communication import MessageKind
from ..contacts import Contacts
from ..duration import spoken
from ..findings import Finding, Severity
from ..solution import commitment
from .acknowledgement import late


def updating(case: Case, told: Contacts, desk: Desk, clocks: dict[str, Clock]) -> Iterator[Finding]:
    """UPD-1..UPD-7."""
    cycle, clock, ack = case.cycle.number, clocks.get("update"), clocks["ack"]
    if clock is not None:
        yield from late(case, clock, "UPDATE")
        plan = desk.planned_update(ack)
        waived = Verdict.WAIVED in (ack.verdict, clock.verdict)
        if not waived and clock.due_at > plan and (clock.met_at or case.now) > plan:
            after = f"{spoken(clock.met_at - ack.anchor_at)} after identification, " if clock.met_at else ""
            yield finding("UPDATE_LATE_VS_PLAN", cycle, plan, f"{after}planned {plan:%Y-%m-%d %H:%M} UTC")
    yield from _attempts(case, told)
    if "commitment" in clocks:
        yield from late(case, clocks["commitment"], "COMMITMENT")
        given = commitment(case, told)
        if given is not None and given.silent is not None:
            yield finding(
                "COMMITMENT_MOVED_SILENTLY",
                cycle,
                given.silent.when.at,
                f"the customer was told {given.due:%Y-%m-%d %H:%M} UTC",
            )
    if (
        told.update is not None
        and case.fact("committed_at") is None
        and case.escalation.readable("committed_at")
    ):
        yield finding("FIELD_MISSING:committed_at", cycle, told.update.at, "committed_at is blank")
    if "immediate" in clocks:
        urgent = clocks["immediate"]
        yield from late(case, urgent, "IMMEDIATE_RESPONSE", soon=False)
        if urgent.verdict is Verdict.RUNNING:
            yield finding(
                "IMMEDIATE_RESPONSE_DUE", cycle, urgent.anchor_at, f"due {urgent.due_at:%Y-%m-%d %H:%M} UTC"
            )


def _attempts(case: Case, told: Contacts) -> Iterator[Finding]:
    """What is wrong with the updates sent until one counted."""
    cycle, good = case.cycle.number, told.update
    for contact in told.human:
        if good is not None and contact.at >= good.at:
            return
        if contact.kind is not MessageKind.CUSTOMER_UPDATE:
            continue
        name, at = contact.spoken.sender.name, contact.at
        softened = Severity.INFO if good else None
        if not contact.by_owner:
            owner = case.owner_at(at)
            owned = f"{owner.name} owned it" if owner else "nobody owned it"
            yield finding("UPDATE_NOT_BY_OWNER", cycle, at, f"sent by {name}; {owned}")
            continue
        for part in contact.update_lacks:
            yield finding(
                f"UPDATE_INCOMPLETE:{part}", cycle, at, f"{name}'s update lacks: {part}", severity=softened
            )
        if contact.spoken.reading.placeholder:
            yield finding(
                "TEMPLATE_PLACEHOLDER", cycle, at, f"{name} left a slot unfilled", severity=softened
            )
        elif not contact.personal:
            yield finding("UPDATE_IMPERSONAL", cycle, at, "signed by a team, not a person", severity=softened)

"""INV: understanding the facts before telling the customer anything of substance."""

from __future__ import annotations

from collections.abc import Iterator

from ..assessment import Clock
from ..case import Case
from ..catalogue import finding
from ..communication import MessageKind
from ..contacts import Contacts
from ..fields import CHECKLIST, Stage
from ..findings import Finding
from ..investigation import FINDINGS, Investigation, lacking
from .acknowledgement import late

_SUBSTANTIAL = (MessageKind.CUSTOMER_UPDATE, MessageKind.CLOSURE)


def investigating(
    case: Case, told: Contacts, inquiry: Investigation, clocks: dict[str, Clock], stage: Stage
) -> Iterator[Finding]:
    """INV-1..INV-6."""
    cycle = case.cycle.number
    clock = clocks.get("investigation")
    if clock is not None:
        yield from late(case, clock, "INVESTIGATION")
        if stage is not Stage.INTAKE:
            for item in inquiry.lacking:
                if item in CHECKLIST and case.escalation.readable(f"checklist.{item}"):
                    yield finding(f"CHECKLIST_INCOMPLETE:{item}", cycle, clock.anchor_at, f"{item} is open")
                if item == FINDINGS and case.escalation.readable(FINDINGS):
                    yield finding("FINDINGS_MISSING", cycle, clock.anchor_at, "findings_summary is blank")
            unset = case.fact("is_technical") is None and case.escalation.readable("is_technical")
            if unset:
                yield finding("FIELD_MISSING:is_technical", cycle, clock.anchor_at, "is_technical is blank")
    written = case.fact(FINDINGS)
    author = case.by(written) if written is not None else None
    if written is not None and author is not None:
        owner = case.owner_at(written.when.at)
        if owner is not None and owner.id != author.id:
            yield finding("FINDINGS_NOT_BY_OWNER", cycle, written.when.at, f"written by {author.name}")
    allowed = set(case.policy.comms.allowed_before_investigation)
    for contact in told.human:
        # A holding message that says something of substance is none (D8).
        more = contact.kind is MessageKind.HOLDING and contact.spoken.reading.substance
        if not more and (contact.kind not in _SUBSTANTIAL or contact.kind in allowed):
            continue
        if inquiry.met is None or contact.at < inquiry.met.at:
            items = ", ".join(lacking(case, contact.at)) or "the investigation of this cycle"
            yield finding(
                "UPDATE_BEFORE_INVESTIGATION",
                cycle,
                contact.at,
                f"{contact.spoken.sender.name} wrote while open: {items}",
            )

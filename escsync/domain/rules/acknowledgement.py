"""ACK: the personal acknowledgement by a Support Manager or Director."""

from __future__ import annotations

from collections.abc import Iterator

from ..assessment import Clock, Verdict
from ..case import Case
from ..catalogue import finding
from ..communication import Element, MessageKind
from ..contacts import Contact, Contacts
from ..findings import Finding, Severity
from ..people import Person, Role

_GROUPS = (
    ("FIRST_RESPONSE_IMPERSONAL", (Element.NAME, Element.TITLE, Element.COMPANY)),
    ("FIRST_RESPONSE_NO_ISSUE", (Element.SPECIFIC_ISSUE, Element.PERSONAL_RESPONSIBILITY)),
    ("FIRST_RESPONSE_NO_COMMITMENT", (Element.COMMITMENT,)),
)


def acknowledgement(case: Case, told: Contacts, clocks: dict[str, Clock]) -> Iterator[Finding]:
    """ACK-1..ACK-8."""
    cycle, first = case.cycle.number, told.ack
    yield from late(case, clocks["ack"], "ACK")
    for contact in told.human:
        if first is not None and contact.at >= first.at:
            break
        yield from _attempt(case, contact, first)
    if told.automated and not told.human:
        yield finding(
            "AUTO_REPLY_ONLY",
            cycle,
            told.automated[0].at,
            f"{len(told.automated)} automated, none by a person",
        )
    owner = case.owner
    if first is not None and owner is not None and case.policy.comms.handover_required:
        sender = first.spoken.sender
        if owner.id != sender.id and not any(_hands_over(c, first, owner) for c in told.human):
            span = case.span
            since = max(first.at, span.start.at) if span else first.at
            yield finding(
                "ACK_OWNER_MISMATCH", cycle, since, f"{sender.name} acknowledged, {owner.name} owns it"
            )


def _hands_over(contact: Contact, first: Contact, owner: Person) -> bool:
    """Does the message tell the customer who owns it now? A natively visible one needs no marker for that, where the
    acknowledger writes it."""
    spoken = contact.spoken
    if contact.kind is MessageKind.HANDOVER:
        return owner.id in spoken.reading.names or owner.id == spoken.sender.id
    plain = spoken.message.native and spoken.message.marker is None and contact is not first
    return plain and spoken.sender.id == first.spoken.sender.id and owner.id in spoken.reading.names


def _attempt(case: Case, contact: Contact, first: Contact | None) -> Iterator[Finding]:
    """What is wrong with a message that tried to acknowledge and does not count."""
    cycle, sender, at = case.cycle.number, contact.spoken.sender, contact.at
    if contact.kind is not MessageKind.ACKNOWLEDGEMENT:
        return
    if not contact.may_acknowledge:
        held = ", ".join(sorted(contact.roles)) or ("no role" if sender.known else "not in people.yaml")
        code = "ACK_BY_TIER1" if Role.TIER1_AGENT in contact.roles else "ACK_WRONG_ROLE"
        yield finding(code, cycle, at, f"{sender.name} ({held}) replied; clock not stopped")
    good = first is not None
    slot = contact.spoken.reading.placeholder
    if slot:
        yield finding(
            "TEMPLATE_PLACEHOLDER",
            cycle,
            at,
            f"{sender.name} left a slot unfilled; clock not stopped",
            severity=Severity.INFO if good else None,
        )
    if not contact.may_acknowledge or slot:
        return
    for code, group in _GROUPS:
        lacking = [element.value.replace("_", " ") for element in group if element in contact.ack_lacks]
        if lacking:
            yield finding(
                code,
                cycle,
                at,
                f"{sender.name}'s message lacks: {', '.join(lacking)}; clock not stopped",
                severity=Severity.INFO if good else None,
            )


def late(case: Case, clock: Clock, name: str, *, soon: bool = True) -> Iterator[Finding]:
    """`NAME_BREACHED` or `NAME_DUE_SOON` of a clock."""
    if clock.verdict is Verdict.BREACHED:
        yield finding(f"{name}_BREACHED", clock.cycle, clock.due_at, clock.detail)
    due_soon = clock.soon_at is not None and clock.soon_at <= case.now
    if soon and clock.verdict is Verdict.RUNNING and due_soon and clock.soon_at is not None:
        yield finding(
            f"{name}_DUE_SOON", clock.cycle, clock.soon_at, f"due {clock.due_at:%Y-%m-%d %H:%M} UTC"
        )

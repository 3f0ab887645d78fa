"""Contacts: what each message to the customer was, and whether it counts (ACK, UPD, CLO-2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from .case import Case
from .communication import Element, MessageKind, Spoken
from .evidence import Evidence
from .people import Role

_PARTS = (Element.UNDERSTOOD, Element.ACTIONS, Element.TIMELINE)


@dataclass(frozen=True, slots=True)
class Contact:
    """One human message to the customer: its *kind*, the sender's *roles* then, and what it lacks.

    *acknowledges*, *updates* and *confirms* say whether it stops the acknowledgement, update or closure clock.
    """

    spoken: Spoken
    kind: MessageKind
    roles: frozenset[Role]
    ack_lacks: tuple[Element, ...]
    update_lacks: tuple[Element, ...]
    closure_lacks: tuple[Element, ...]
    by_owner: bool
    may_acknowledge: bool

    @property
    def at(self) -> datetime:
        """When it was sent."""
        return self.spoken.at

    @property
    def personal(self) -> bool:
        """A named person wrote it: no template slot left open, no team's signature (UPD-6)."""
        return not self.spoken.reading.placeholder and not self.spoken.reading.team

    @property
    def acknowledges(self) -> bool:
        """Is it a qualifying acknowledgement, whatever its marker? (D4, D5, decision 83)"""
        return self.may_acknowledge and not self.ack_lacks and not self.spoken.reading.placeholder

    @property
    def updates(self) -> bool:
        """Is it the personal, full account by the owner? (decision 48)"""
        counts = self.kind is MessageKind.CUSTOMER_UPDATE and self.by_owner
        return counts and self.personal and not self.update_lacks

    @property
    def confirms(self) -> bool:
        """Does it personally confirm completion? (CLO-2)"""
        return self.kind is MessageKind.CLOSURE and self.personal and not self.closure_lacks


@dataclass(frozen=True, slots=True)
class Contacts:
    """All contacts of a cycle, oldest first, and the automated messages apart."""

    human: tuple[Contact, ...]
    automated: tuple[Spoken, ...]
    inbound: tuple[Spoken, ...]

    @property
    def ack(self) -> Contact | None:
        """The first qualifying acknowledgement."""
        return next((contact for contact in self.human if contact.acknowledges), None)

    @property
    def update(self) -> Contact | None:
        """The first qualifying update."""
        return next((contact for contact in self.human if contact.updates), None)

    def closure(self, implemented: datetime | None) -> Contact | None:
        """The first closure message after implementation."""
        return next(
            (c for c in self.human if c.confirms and implemented is not None and c.at >= implemented), None
        )


def contacts(case: Case) -> Contacts:
    """Read a cycle's messages as the process sees them."""
    told = tuple(_told(case))
    return Contacts(
        tuple(_human(case, tuple(spoken for spoken in told if spoken.human))),
        tuple(s for s in told if not s.message.inbound and not s.human),
        tuple(s for s in told if s.message.inbound),
    )


def _told(case: Case) -> Iterator[Spoken]:
    for spoken in case.escalation.spoken:
        early = case.renewed and spoken.at < case.start
        late = case.cycle.end is not None and spoken.at >= case.cycle.end
        if not early and not late:
            yield spoken


def _human(case: Case, told: tuple[Spoken, ...]) -> Iterator[Contact]:
    """The messages of people; what was said before it was identified owes nothing and counts only if it does."""
    for contact in _classed(case, told):
        if contact.at >= case.start or contact.acknowledges:
            yield contact


def _classed(case: Case, told: tuple[Spoken, ...]) -> Iterator[Contact]:
    comms = case.policy.comms
    allowed = frozenset(case.policy.roles.may_acknowledge)
    acknowledged = False
    for spoken in told:
        elements = spoken.reading.elements
        if Element.TIMELINE not in elements and _committed(case, spoken.at):
            elements = elements | {Element.TIMELINE}
        roles = spoken.sender.roles(spoken.at)
        may = spoken.sender.known and bool(roles & allowed)
        ack_lacks = tuple(e for e in comms.first_response.must_contain if e not in elements)
        first = may and not ack_lacks and not spoken.reading.placeholder and not acknowledged
        contact = Contact(
            spoken,
            _kind(case, spoken, elements, first, acknowledged),
            roles,
            ack_lacks,
            tuple(e for e in comms.customer_update.must_contain if e not in elements),
            tuple(e for e in comms.closure.must_contain if e not in elements),
            case.owned_by(spoken.sender, spoken.at),
            may,
        )
        acknowledged = acknowledged or contact.acknowledges
        yield contact


def _kind(
    case: Case, spoken: Spoken, elements: frozenset[Element], first: bool, acknowledged: bool
) -> MessageKind:
    """The marker decides; without one the elements do (interfaces, Messages)."""
    if spoken.message.marker is not None:
        return spoken.message.marker
    if first:
        return MessageKind.ACKNOWLEDGEMENT
    if elements.issuperset(_PARTS):
        return MessageKind.CUSTOMER_UPDATE
    implemented = case.typed("implemented_at")
    done = implemented is not None and implemented.value <= spoken.at
    if done and Element.COMPLETION in elements:
        return MessageKind.CLOSURE
    if not acknowledged and not spoken.reading.substance:
        return MessageKind.ACKNOWLEDGEMENT
    if spoken.reading.substance and not done:
        return MessageKind.CUSTOMER_UPDATE
    return MessageKind.HOLDING


def _committed(case: Case, when: datetime) -> bool:
    """Was a date committed at or before *when*? Then the message need not spell it out (decision 3)."""
    in_force = [fact for fact in case.facts("committed_at") if fact.when.at <= when]
    return bool(in_force) and isinstance(in_force[-1].value, date)


def sent(contact: Contact) -> Evidence:
    """A contact as evidence."""
    return contact.spoken.message.when

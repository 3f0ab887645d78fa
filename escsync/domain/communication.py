"""Messages: who said what to whom, when, and what a message contains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from .evidence import Evidence
from .people import Person, PersonRef


class MessageKind(StrEnum):
    """What a message to a customer is for (process data model, Communication)."""

    ACKNOWLEDGEMENT = "acknowledgement"
    HOLDING = "holding"
    HANDOVER = "handover"
    CUSTOMER_UPDATE = "customer_update"
    CLOSURE = "closure"
    FOLLOW_UP = "follow_up"
    OTHER = "other"


class Element(StrEnum):
    """A part that a personal message must or may contain (D5, UPD-3..5, CLO-2)."""

    NAME = "name"
    TITLE = "title"
    COMPANY = "company"
    SPECIFIC_ISSUE = "specific_issue"
    PERSONAL_RESPONSIBILITY = "personal_responsibility"
    COMMITMENT = "commitment"
    UNDERSTOOD = "understood"
    ACTIONS = "actions"
    TIMELINE = "timeline"
    COMPLETION = "completion"


DEFAULT_MARKERS: dict[MessageKind, tuple[str, ...]] = {
    MessageKind.ACKNOWLEDGEMENT: ("#ack",),
    MessageKind.HOLDING: ("#holding",),
    MessageKind.HANDOVER: ("#handover",),
    MessageKind.CUSTOMER_UPDATE: ("#update",),
    MessageKind.CLOSURE: ("#closure",),
    MessageKind.FOLLOW_UP: ("#followup",),
}
"""The marker that makes a tracker comment the record of a message; `communications.markers` replaces them."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a tracker shows it, text flattened to plain lines, the marker taken off.

    *native*: customer-visible by the tracker's own means. *marker*: the kind that a leading marker names.
    Only messages that are native or marked reach the core; everything else is an internal comment.
    *edited_at* is None where the text was never edited. *claimed* is when the message itself says that it was sent,
    where that lies far from the tracker's own record of it (decision 21).
    """

    id: str
    when: Evidence
    sender: PersonRef
    text: str
    marker: MessageKind | None = None
    native: bool = False
    inbound: bool = False
    automated: bool = False
    edited_at: datetime | None = None
    url: str = ""
    claimed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message's text was seen to contain when it was first seen; kept in place of the text.

    *names* are people ids named in the text; *dates* the absolute days in it; *digest* its sha256.
    *placeholder* is an unfilled template slot; *team* a team's signature; *substance* says something that
    a holding message must not; *hits* are the phrases of the escalation lexicon found.
    """

    elements: frozenset[Element] = frozenset()
    placeholder: str = ""
    team: bool = False
    substance: bool = False
    names: frozenset[str] = frozenset()
    dates: tuple[date, ...] = ()
    hits: tuple[str, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message read: its *sender* is a person of the directory, its text a *reading*."""

    message: Message
    sender: Person
    reading: Reading
    deleted: Evidence | None = None
    """When the message was seen to be gone; its evidence stays (decision 44)."""

    @property
    def at(self) -> datetime:
        """When it was sent."""
        return self.message.when.at

    @property
    def human(self) -> bool:
        """Did a person of ours send it to the customer?"""
        return not self.message.automated and not self.message.inbound and self.sender.human

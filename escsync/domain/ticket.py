"""A ticket: what a tracker shows, however wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from .communication import Message
from .evidence import Evidence, iso
from .fields import Stage
from .people import PersonRef


@dataclass(frozen=True, slots=True)
class Status:
    """A tracker's status: its own *id* and *name*, the *stage* it maps to, and whether the tracker calls it done."""

    id: str
    name: str
    stage: Stage | None = None
    done: bool = False


Value: TypeAlias = (
    None | str | bool | Decimal | datetime | date | Status | tuple[PersonRef, ...] | tuple[str, ...]
)
"""A field's value, in the form that fields.FieldKind names; None is empty."""


@dataclass(frozen=True, slots=True)
class Fact:
    """From *when* on a field held *value*, set by *actor* (None: nobody knows)."""

    when: Evidence
    value: Value
    actor: PersonRef | None = None


History: TypeAlias = tuple[Fact, ...]
"""A field's whole past, oldest first, the value at creation included."""


@dataclass(frozen=True, slots=True)
class NoteSeen:
    """The living note as found on a ticket: its native *id* and the *digest* in its marker line.

    *twins* are the ids of further notes of ours there, as a request that landed late leaves them: one too many.
    """

    id: str
    digest: str
    twins: tuple[str, ...] = ()

    def plain(self) -> list[object]:
        """As JSON shows it."""
        return [self.id, self.digest, *([list(self.twins)] if self.twins else ())]


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket's immutable native *id* and its *key* of today."""

    id: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Touch:
    """A field's last change: *at* and *by* whom, by the tracker's own record."""

    at: datetime
    by: PersonRef | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """A ticket's messages and its living note, as they stand now, asked for apart from it."""

    ticket: TicketRef
    messages: tuple[Message, ...] = ()
    note: NoteSeen | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket as a tracker shows it now, in our vocabulary.

    *values* has an entry for every mapped field that could be read, None where it is empty; what could not be
    read (a field that is gone, hidden or refused) stands in *unreadable* instead, with the reason.
    *history* holds the complete past of each field whose changes the tracker records; the other fields get
    theirs from our own observations. "stage" and "owner" are fields like the others.
    *entered_at* is when the ticket came into scope by the tracker's record, None where that is its creation.
    *version* is the tracker's own revision mark, used only for compare-and-set.
    *apart*: its messages and note do not come with it but have to be asked for, and so are no part of its digest;
    *heard*: they were, so that what is not there is not there.
    *updated_by* made the last change, as far as the tracker says: the best that can be known of who made one that only
    a poll saw (decision 59). *touched* are fields whose last change the tracker dates without telling the values.
    """

    id: str
    key: str
    url: str
    created_at: datetime
    values: Mapping[str, Value]
    updated_at: datetime | None = None
    entered_at: Evidence | None = None
    in_scope: bool = True
    version: str = ""
    history: Mapping[str, History] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    note: NoteSeen | None = None
    unreadable: Mapping[str, str] = field(default_factory=dict)
    apart: bool = False
    heard: bool = True
    updated_by: PersonRef | None = None
    touched: Mapping[str, Touch] = field(default_factory=dict)

    @property
    def ref(self) -> TicketRef:
        """How to ask for it again."""
        return TicketRef(self.id, self.key)

    @property
    def status(self) -> Status:
        """Its status now."""
        value = self.values.get("stage")
        return value if isinstance(value, Status) else Status("", "")

    def digest(self) -> str:
        """A hash of everything escsync reads: equal digests mean that nothing relevant changed."""
        told = {
            "values": {name: plain(value) for name, value in sorted(self.values.items())},
            **({} if self.apart else self._said()),
            "scope": self.in_scope,
            "unreadable": sorted(self.unreadable),
            "key": self.key,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]

    def _said(self) -> dict[str, object]:
        messages = (
            (m.id, iso(m.when.at), hashlib.sha256(m.text.encode(errors="surrogatepass")).hexdigest())
            for m in self.messages
        )
        note = None if self.note is None else self.note.plain()
        return {"messages": sorted(messages), "note": note}


def plain(value: Value) -> object:
    """*value* as JSON shows it: people by id or name, statuses by name, numbers and instants as text."""
    match value:
        case None | str() | bool():
            return value
        case datetime():
            return iso(value) if value.tzinfo is not None else value.isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f") if value.adjusted() < 40 else str(value)
        case Status():
            return value.name or value.id
        case tuple():
            return [item if isinstance(item, str) else (item.id or item.email or item.name) for item in value]

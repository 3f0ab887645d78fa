"""A brittle tracker: requests get lost, land late or are refused, as the test chooses at each of them.

It stands for the trackers on which nothing is easy: a note is one comment among others and is added blindly, a ticket
takes several requests to write, a created record is found by its mark only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from escsync.adapter import (
    Ambiguous,
    Conflict,
    Draft,
    Evidence,
    Fact,
    NoteSeen,
    PersonKind,
    PersonRef,
    Rejected,
    Stage,
    Status,
    Ticket,
    TicketRef,
    TrackerError,
    Unavailable,
    Value,
    Vanished,
)

US = "escsync"
BEGAN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
"""When everything was opened; the first pass is some time after it."""
LANDS_WITHIN = timedelta(seconds=50)
"""Until when a request that was given up lands, where it lands within the time that we wait for it."""
LANDS_AFTER = timedelta(seconds=60)
"""From when on one lands that is later than anybody waits for it."""
LANDS_BY = timedelta(seconds=100)


def status(stage: Stage) -> Status:
    """The status that stands for *stage*."""
    return Status(stage, stage.value, stage, stage in (Stage.CLOSED, Stage.REJECTED, Stage.DUPLICATE))


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket or a created record as the tracker holds it; *notes* are (id, digest), *key* the mark."""

    id: str
    values: Mapping[str, Value]
    history: Mapping[str, tuple[Fact, ...]]
    notes: tuple[tuple[str, str], ...] = ()
    key: str = ""
    parent: str = ""

    @property
    def version(self) -> str:
        """The same for the same content, whatever way led to it."""
        return hashlib.sha1(repr(self).encode(), usedforsecurity=False).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Request:
    """One request that writes: *verb* is set, move, add, change, delete or create."""

    verb: str
    ticket: str
    content: Any
    version: str = ""
    twin: str = ""
    """What it would bring about; two of the same are one too many."""

    @property
    def repeatable(self) -> bool:
        """Does the client repeat it by itself, because a repetition does no harm?"""
        return self.verb not in ("add", "create")


@dataclass(frozen=True, slots=True)
class Flight:
    """A request that was sent and not answered: it lands between *earliest* and *latest*."""

    request: Request
    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the tracker holds."""

    held: Mapping[str, Held]
    numbers: int
    flying: tuple[Flight, ...]
    most: tuple[tuple[str, int], ...]


class BrittleTracker:
    """What the tracker holds, and what it does with a request."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.remembers = True
        """Does it keep a history of its fields?"""
        self.people: dict[str, PersonRef] = {US: PersonRef(US, US, kind=PersonKind.BOT, active=True)}
        self.held: dict[str, Held] = {}
        self.flying: tuple[Flight, ...] = ()
        self.most: dict[str, int] = {}
        """How many copies of each note and created record were ever there at once."""
        self.numbers = 0
        self.changes = 0
        """How often anything changed, by anybody."""

    def hire(self, id: str, name: str, email: str) -> None:
        """Add a person."""
        self.people[id] = PersonRef(id, name, email, PersonKind.HUMAN, True)

    def snapshot(self) -> Snapshot:
        """As it is now, to come back to."""
        copies = tuple(sorted(one for one in self.most.items() if one[1] > 1))
        return Snapshot(dict(self.held), self.numbers, self.flying, copies)

    def restore(self, then: Snapshot) -> None:
        """As it was *then*."""
        self.held, self.numbers = dict(then.held), then.numbers
        self.flying, self.most = then.flying, dict(then.most)

    def open(self, values: Mapping[str, Value], by: str, *, key: str = "", parent: str = "") -> TicketRef:
        """A ticket that somebody opens, or a record that is created."""
        self.numbers += 1
        id = str(self.numbers)
        told = {
            name: (self._fact(value, by, 0),) for name, value in values.items() if name in ("owner", "stage")
        }
        self._keep(Held(id, dict(values), told, (), key, parent))
        if key:
            self._count(f"record {key}", sum(one.key == key for one in self.held.values()))
        return TicketRef(id, f"BR-{id}")

    def set(self, id: str, values: Mapping[str, Value], by: str) -> None:
        """Somebody gives fields other values."""
        held = self.held[id]
        history = dict(held.history)
        for name, value in values.items():
            if name in history and value != held.values[name]:  # what was so already is no change
                history[name] = (*history[name], self._fact(value, by, len(history[name])))
        self._keep(replace(held, values={**held.values, **values}, history=history))

    def carry_out(self, request: Request) -> TicketRef | str | None:
        """Do it: a new record's ref, or the ticket's new version."""
        if request.verb == "create":
            draft: Draft = request.content
            return self.open(draft.values, US, key=draft.key, parent=request.ticket)
        held = self.held.get(request.ticket)
        if held is None:
            raise Vanished("it is not there any more")
        if request.version and request.version != held.version:
            raise Conflict("somebody else changed it first")
        notes = dict(held.notes)
        match request.verb:
            case "set" | "move":
                self.set(held.id, request.content, US)
            case "add":
                self.numbers += 1
                notes[f"note-{self.numbers}"] = request.content
            case "change" | "delete" if request.twin not in notes:
                raise Vanished("this note is not there any more")
            case "change":
                notes[request.twin] = request.content
            case "delete":
                del notes[request.twin]
        if request.verb in ("add", "change", "delete"):
            self._keep(replace(held, notes=tuple(notes.items())))
            self._count(f"note {held.id}", len(notes))
        return self.held[held.id].version

    def land(self, flight: Flight) -> None:
        """It arrives; nobody hears what became of it."""
        self.flying = tuple(one for one in self.flying if one is not flight)
        try:
            self.carry_out(flight.request)
        except TrackerError:
            return

    def wait(self, until: datetime) -> None:
        """Time goes by, and what is due by then has landed."""
        for flight in self.flying:
            if flight.latest <= until:
                self.land(flight)
        self.now = until

    def shown(self, held: Held) -> Ticket:
        """A ticket as a reader sees it."""
        notes = [id for id, _ in held.notes]
        return Ticket(
            id=held.id,
            key=f"BR-{held.id}",
            url=f"brittle:{held.id}",
            created_at=BEGAN,
            updated_at=max(facts[-1].when.at for facts in held.history.values()),
            in_scope=not held.key,
            version=held.version,
            values=held.values,
            history=held.history if self.remembers else {},
            note=NoteSeen(notes[0], held.notes[0][1], tuple(notes[1:])) if notes else None,
        )

    def _keep(self, held: Held) -> None:
        self.changes += 1
        self.held[held.id] = held

    def _fact(self, value: Value, by: str, n: int) -> Fact:
        # The same instant for the same change, so that worlds are alike whenever it was made.
        return Fact(Evidence(BEGAN + timedelta(seconds=n), source="brittle"), value, self.people[by])

    def _count(self, what: str, copies: int) -> None:
        self.most[what] = max(copies, self.most.get(what, 0))


def lost(request: Request) -> TrackerError:
    """What a client says of a request whose answer never came."""
    if request.repeatable:
        return Unavailable("the connection broke off")
    return Ambiguous("the connection broke off")


def refused() -> TrackerError:
    """What it says of one that was surely not carried out."""
    return Unavailable("too many requests", executed=False)


def rejected() -> TrackerError:
    """What it says of one that the tracker does not want."""
    return Rejected("no")

"""What the write test tries on its ticket: escsync's own fields, the note, a move there and back, an owner."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from escsync.adapter import (
    FIELDS,
    Adapter,
    Ambiguous,
    Change,
    Conflict,
    Edit,
    FieldKind,
    Level,
    Listener,
    Move,
    NoteSeen,
    PersonRef,
    Problem,
    SetField,
    Stage,
    Ticket,
    TicketRef,
    TrackerError,
    Unavailable,
    Value,
    Vocabulary,
    WriteNote,
)
from escsync.domain.fields import OWN_FIELDS, STEPS

_NOTE = "escsync tries whether its internal note can be written{}. This ticket is a test and may be deleted."
_IGNORED = "it was accepted and does not show"
_SHOWN = "put the field where escsync's account may edit it, and see that no automation resets it"
AWAY = "UNREACHABLE"
UNKNOWN = "run it again: what became of it is not known"
_MOVES = 3
"""So many moves are tried before it is said that none is possible."""


@dataclass(frozen=True, slots=True)
class Trials:
    """Each trial is one line to *say*. *fallback* is who would be assigned, None where nobody is."""

    tracker: str
    adapter: Adapter
    vocabulary: Vocabulary
    fallback: PersonRef | None
    now: datetime
    say: Callable[[Problem], None]

    def own(self, ticket: Ticket) -> None:
        """Set the mapped ones, and see whether they show."""
        values = {name: self._value(name) for name in OWN_FIELDS if name in self.vocabulary.fields}
        if not values:
            self.line(Level.OK, "own fields", "none is mapped: the note alone tells what escsync knows")
            return
        edits = [SetField(name, ticket.values.get(name), value) for name, value in values.items()]
        failures = self._write(ticket, *edits)
        now = self.read(ticket.ref)
        wrong = 0
        for index, edit in enumerate(edits):
            error = failures.get(index)
            held = now.values.get(edit.field) if now else None
            if (error is None or isinstance(error, Ambiguous)) and held == self.adapter.fit(
                edit.field, edit.new
            ):
                continue
            wrong += 1
            message, remedy = (error.message, error.remedy) if error else (_IGNORED, "")
            if isinstance(error, Ambiguous):
                self.line(Level.FAIL, f"fields.{edit.field}", message, UNKNOWN, AWAY)
            else:
                self.line(Level.FAIL, f"fields.{edit.field}", message, remedy or _SHOWN)
        if not wrong:
            self.line(Level.OK, "own fields", f"{', '.join(values)}: set and read back")

    def note(self, ref: TicketRef) -> None:
        """Write it, find it once, and bring it up to date."""
        if not self.adapter.capabilities.note:
            self.line(Level.OK, "note", "none is written: this tracker cannot keep one from customers")
            return
        before = self._noted(ref)
        for word, again in (("written", ""), ("brought up to date", " and brought up to date")):
            ticket = self.read(ref)
            if ticket is None:
                return
            text = _NOTE.format(again)
            digest = hashlib.sha256(text.encode()).hexdigest()[:16]
            old, at = (before.digest, before.id) if before else (None, "")
            failures = self._write(ticket, WriteNote(text, digest, old, at))
            _raise(failures.get(0))
            before = self._noted(ref)
            if before is None or before.digest != digest or before.twins:
                _raise(failures.get(0), shown=False)
                said = "it stands there twice" if before and before.twins else _IGNORED
                remedy = "see that escsync's account may write and edit its own internal comments"
                self.line(Level.FAIL, "note", f"{word}, but {said}", remedy)
                return
        self.line(Level.OK, "note", "written, found once, and brought up to date in its place")

    def move(self, ref: TicketRef) -> None:
        """Move the ticket to the next stage that can be reached, and back."""
        ticket = self.read(ref)
        start = ticket.status.stage if ticket else None
        if ticket is None or start is None:
            where = ticket.status.name if ticket else ""
            remedy = "map it under `stages:`"
            self.line(
                Level.WARNING, "move", f"the status {where} of a new ticket is mapped to no stage", remedy
            )
            return
        after = STEPS[STEPS.index(start) + 1 :] if start in STEPS else STEPS
        others = [one for one in (*after, *STEPS) if one is not start and one in self.vocabulary.stages]
        tried: list[TrackerError | None] = []
        for target in list(dict.fromkeys(others))[:_MOVES]:
            error = self._moved(ref, target)
            if error is None:
                self._back(ref, start, target)
                return
            tried.append(error)
        if tried and (first := tried[0]):
            remedy = first.remedy or "an illegal jump cannot be undone before the workflow allows moves"
            self.line(Level.WARNING, "move", f"none is possible from {start}: {first.message}", remedy)
        else:
            self.line(Level.OK, "move", "not tried: no other stage is mapped")

    def _back(self, ref: TicketRef, start: Stage, target: Stage) -> None:
        error = self._moved(ref, start)
        if error is None:
            self.line(Level.OK, "move", f"from {start} to {target} and back")
            return
        message = f"from {start} to {target}, and not back: {error.message}"
        remedy = (
            error.remedy
            or f"allow the move from {target} to {start}: an illegal jump cannot be undone without it"
        )
        self.line(Level.WARNING, "move", message, remedy)

    def _moved(self, ref: TicketRef, target: Stage) -> TrackerError | None:
        """Move the ticket to *target*; why not, where it does not go."""
        ticket = self.read(ref)
        if ticket is None:
            return TrackerError("the ticket is gone")
        error = self._write(ticket, Move(ticket.status.name or ticket.status.id, target)).get(0)
        if error is not None and not isinstance(error, Ambiguous):
            return error
        now = self.read(ref)
        if now is not None and now.status.stage is target:
            return None
        if error is not None:
            raise error
        return TrackerError(_IGNORED)

    def owner(self, ref: TicketRef) -> None:
        """Assign the fallback owner."""
        ticket = self.read(ref)
        if ticket is None:
            return
        if self.fallback is None:
            remedy = "name `fallback_owner:` in people.yaml, with an id here"
            self.line(Level.WARNING, "owner", "not tried: there is no fallback owner with an id", remedy)
            return
        failures = self._write(ticket, SetField("owner", ticket.values.get("owner"), (self.fallback,)))
        _raise(failures.get(0))
        now = self.read(ref)
        owners = now.values.get("owner") if now else None
        shown = (
            [one.id for one in owners or () if isinstance(one, PersonRef)]
            if isinstance(owners, tuple)
            else []
        )
        if shown == [self.fallback.id]:
            self.line(Level.OK, "owner", f"{self.fallback.name} was assigned")
        else:
            _raise(failures.get(0), shown=False)
            remedy = (
                f"see that {self.fallback.name} can be assigned, and that no automation assigns somebody else"
            )
            self.line(Level.FAIL, "owner", _IGNORED, remedy)

    def read(self, ref: TicketRef) -> Ticket | None:
        """The ticket as it stands now."""
        return next(iter(self.adapter.read([ref])), None)

    def _noted(self, ref: TicketRef) -> NoteSeen | None:
        if self.adapter.capabilities.apart and isinstance(self.adapter, Listener):
            heard = next(iter(self.adapter.listen([ref])), None)
            return heard.note if heard else None
        ticket = self.read(ref)
        return ticket.note if ticket else None

    def _write(self, ticket: Ticket, *edits: Edit) -> dict[int, TrackerError]:
        """What failed; once more where an automation was faster, as one is that wakes up at each new ticket."""
        failures = self._sent(ticket, edits)
        if any(isinstance(error, Conflict) for error in failures.values()):
            now = self.read(ticket.ref)
            return failures if now is None else self._sent(now, edits)
        return failures

    def _sent(self, ticket: Ticket, edits: tuple[Edit, ...]) -> dict[int, TrackerError]:
        change = Change(self.tracker, ticket.ref, ticket.digest(), edits, ("WRITE_TEST",), ticket.version)
        failures = {i: error for one in self.adapter.write([change]) for i, error in one.failures.items()}
        away = next((error for error in failures.values() if isinstance(error, Unavailable)), None)
        if away is not None:
            raise away
        return failures

    def _value(self, name: str) -> Value:
        field = FIELDS[name]
        if field.kind is FieldKind.INSTANT:
            return (self.now + timedelta(hours=4)).replace(second=0, microsecond=0)
        return field.choices[1]

    def line(self, level: Level, step: str, message: str, remedy: str = "", code: str = "") -> None:
        """One line of the test."""
        self.say(Problem(level, f"write test, {step}", message, remedy, code))


def _raise(error: TrackerError | None, *, shown: bool | None = None) -> None:
    """What is surely not done is an error; of what was not answered, what is *shown* afterwards tells."""
    if error is not None and (shown is False or not isinstance(error, Ambiguous)):
        raise error

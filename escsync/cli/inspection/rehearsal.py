"""The write test: one whole round on a ticket that is made for it and deleted at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escsync.adapter import Ambiguous, Denied, Level, Problem, TicketRef, TrackerError
from escsync.cli.inspection.trials import Trials
from escsync.domain.plan import Mode

if TYPE_CHECKING:
    from escsync.offers import Rehearsed

_REMEDIES = {
    "reading": "let escsync's account see what it creates",
    "own fields": "let escsync's account edit tickets",
    "note": "let escsync's account write and edit its own internal comments",
    "move": "let escsync's account move tickets",
    "owner": "let escsync's account assign tickets, and the fallback owner be assigned",
}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One write test. *scratch* makes the ticket and discards it, *mark* finds it; *trials* are made on it as *mode* allows."""

    mode: Mode
    scratch: Rehearsed
    mark: str
    trials: Trials

    def play(self) -> None:
        """The round as far as the mode goes; whatever happens, the ticket is deleted, or it is said that it is not."""
        ref = self._made()
        if ref is None:
            return
        try:
            self._round(ref)
        finally:
            self._discard(ref)

    def _made(self) -> TicketRef | None:
        try:
            ref = self._create()
        except TrackerError as error:
            # Whoever only annotates never needs the right to create tickets: a pass does without it.
            needed = self.mode is Mode.ENFORCE or not isinstance(error, Denied)
            remedy = (
                error.remedy or "grant escsync's account the right to create and delete tickets for this test"
            )
            if isinstance(error, Ambiguous):
                remedy = f"run it again: it finds the ticket by its mark ({self.mark}) and deletes it"
            level = Level.FAIL if needed else Level.WARNING
            self.trials.line(level, "ticket", f"none could be made: {error.message}", remedy)
            return None
        self.trials.line(Level.OK, "ticket", f"{_named(ref)} was made for this test")
        return ref

    def _create(self) -> TicketRef:
        try:
            return self.scratch.scratch(self.mark)
        except Ambiguous:
            found = next(iter(self.trials.adapter.find([self.mark])), None)
            if found is None:
                raise
            return found.ref

    def _round(self, ref: TicketRef) -> None:
        ticket = None
        with self._step("reading"):
            ticket = self.trials.read(ref)
            if ticket is None:
                self.trials.line(Level.FAIL, "reading", f"{_named(ref)} does not show", _REMEDIES["reading"])
            elif not ticket.in_scope:
                remedy = "compare `scope:` with what the ticket says: an escalation like it would not be seen"
                self.trials.line(Level.WARNING, "reading", f"{_named(ref)} is not in scope", remedy)
            else:
                self.trials.line(Level.OK, "reading", f"it shows, with the status {ticket.status.name}")
        if ticket is None:
            return
        with self._step("own fields"):
            self.trials.own(ticket)
        with self._step("note"):
            self.trials.note(ref)
        if self.mode is Mode.ENFORCE:
            with self._step("move"):
                self.trials.move(ref)
            with self._step("owner"):
                self.trials.owner(ref)

    def _discard(self, ref: TicketRef) -> None:
        message, remedy = "it still shows", ""
        try:
            self.scratch.discard(ref)
        except TrackerError as error:
            message, remedy = error.message, error.remedy
        if self._gone(ref):
            self.trials.line(Level.OK, "end", f"{_named(ref)} is deleted")
            return
        remedy = f"{remedy or f'delete {_named(ref)} by hand'}; until then the next pass takes it for an escalation"
        self.trials.line(Level.FAIL, "end", f"{_named(ref)} could not be deleted: {message}", remedy)

    def _gone(self, ref: TicketRef) -> bool:
        """Is it gone, whatever was answered?"""
        try:
            return self.trials.read(ref) is None
        except TrackerError:
            return False

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        """A step that fails is a line, and the next one is tried."""
        try:
            yield
        except TrackerError as error:
            self.trials.line(Level.FAIL, name, error.message, error.remedy or _REMEDIES[name])


def untried(mode: Mode) -> Problem:
    """Why nothing is written where the mode forbids it, asked for or not."""
    message = f"mode is {mode.value}: nothing is ever written, and so nothing was tried"
    remedy = "set mode: annotate (or enforce) for this tracker and run it again"
    return Problem(Level.WARNING, "write test", message, remedy)


def _named(ref: TicketRef) -> str:
    return ref.key or ref.id

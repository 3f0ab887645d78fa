"""The write test: one whole round on a ticket that is made for it and deleted at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escsync.adapter import Ambiguous, Denied, Level, Problem, Ticket, TicketRef, TrackerError, Unavailable
from escsync.cli.inspection.trials import AWAY, UNKNOWN, Trials
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
_LOST = (Ambiguous, Unavailable)
"""No answer came: no right and no setting is to blame, and what was asked for may have been done."""
_WHEN = "when the tracker answers"


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
        """The ticket to try everything on; whatever was answered, one that was made is found by its mark."""
        try:
            ref: TicketRef | None = self.scratch.scratch(self.mark)
        except TrackerError as error:
            ref, unseen = self._sought()
            if ref is None or not isinstance(error, _LOST):
                self._unmade(error, unseen if ref is None else None)
                if ref is not None:
                    self._discard(ref)
                return None
        except KeyboardInterrupt:
            ref, unseen = self._sought()
            if ref is not None:
                self._discard(ref)
            else:
                self._unmade(Ambiguous("it was interrupted before the tracker answered"), unseen)
            raise
        if ref is not None:
            self.trials.line(Level.OK, "ticket", f"{_named(ref)} was made for this test")
        return ref

    def _sought(self) -> tuple[TicketRef | None, TrackerError | None]:
        """The ticket with our mark; else, where that cannot be told, why."""
        try:
            found = next(iter(self.trials.adapter.find([self.mark])), None)
        except TrackerError as error:
            return None, error
        return (found.ref if found else None), None

    def _unmade(self, error: TrackerError, unseen: TrackerError | None) -> None:
        if isinstance(error, _LOST):
            known = f"none could be made: {error.message}"
            message = f"whether one was made is not known: {error.message}" if unseen else known
            remedy = (
                f"run it again {_WHEN}: it finds a ticket by its mark and deletes it; by hand: delete what has {self.mark} "
                "in its summary"
            )
            self.trials.line(Level.FAIL, "ticket", message, remedy, AWAY)
            return
        # Whoever only annotates never needs the right to create tickets: a pass does without it.
        needed = self.mode is Mode.ENFORCE or not isinstance(error, Denied)
        remedy = (
            error.remedy or "grant escsync's account the right to create and delete tickets for this test"
        )
        level = Level.FAIL if needed else Level.WARNING
        self.trials.line(level, "ticket", f"none could be made: {error.message}", remedy)

    def _round(self, ref: TicketRef) -> None:
        seen: list[Ticket] = []
        steps: list[tuple[str, Callable[[], None]]] = [
            ("reading", lambda: seen.extend(self._read(ref))),
            ("own fields", lambda: self.trials.own(seen[0])),
            ("note", lambda: self.trials.note(ref)),
        ]
        if self.mode is Mode.ENFORCE:
            steps += [("move", lambda: self.trials.move(ref)), ("owner", lambda: self.trials.owner(ref))]
        for name, step in steps:
            if not self._goes_on(name, step) or not seen:
                return

    def _read(self, ref: TicketRef) -> list[Ticket]:
        ticket = self.trials.read(ref)
        if ticket is None:
            self.trials.line(Level.FAIL, "reading", f"{_named(ref)} does not show", _REMEDIES["reading"])
            return []
        if not ticket.in_scope:
            remedy = "compare `scope:` with what the ticket says: an escalation like it would not be seen"
            self.trials.line(Level.WARNING, "reading", f"{_named(ref)} is not in scope", remedy)
        else:
            self.trials.line(Level.OK, "reading", f"it shows, with the status {ticket.status.name}")
        return [ticket]

    def _discard(self, ref: TicketRef) -> None:
        error: TrackerError | None = None
        try:
            self.scratch.discard(ref)
        except TrackerError as caught:
            error = caught
        gone, unseen = self._gone(ref)
        if gone:
            self.trials.line(Level.OK, "end", f"{_named(ref)} is deleted")
            return
        by_hand = f"delete {_named(ref)} by hand"
        message = f"{_named(ref)} could not be deleted: {error.message if error else 'it still shows'}"
        if unseen is not None and error is None:
            message = f"whether {_named(ref)} is deleted is not known: {unseen.message}"
        lost = unseen is not None or isinstance(error, _LOST)
        remedy = by_hand if error is None else error.remedy or by_hand
        if lost:
            remedy = f"run it again {_WHEN}: it finds the ticket by its mark and deletes it; or {by_hand}"
        remedy = f"{remedy}; until then the next pass takes it for an escalation"
        self.trials.line(Level.FAIL, "end", message, remedy, AWAY if lost else "")

    def _gone(self, ref: TicketRef) -> tuple[bool, TrackerError | None]:
        """Is it gone, whatever was answered? Else, where that cannot be told, why."""
        try:
            return self.trials.read(ref) is None, None
        except TrackerError as error:
            return False, error

    def _goes_on(self, name: str, step: Callable[[], None]) -> bool:
        """A step that fails is a line, and the next one is tried, unless the tracker went away."""
        try:
            step()
        except Unavailable as error:
            self.trials.line(Level.FAIL, name, error.message, f"run it again {_WHEN}", AWAY)
            return False
        except Ambiguous as error:
            self.trials.line(Level.FAIL, name, error.message, UNKNOWN, AWAY)
        except TrackerError as error:
            self.trials.line(Level.FAIL, name, error.message, error.remedy or _REMEDIES[name])
        return True


def untried(mode: Mode) -> Problem:
    """Why nothing is written where the mode forbids it, asked for or not."""
    message = f"mode is {mode.value}: nothing is ever written, and so nothing was tried"
    remedy = "set mode: annotate (or enforce) for this tracker and run it again"
    return Problem(Level.WARNING, "write test", message, remedy)


def _named(ref: TicketRef) -> str:
    return ref.key or ref.id

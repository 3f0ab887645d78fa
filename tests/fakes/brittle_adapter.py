"""The adapter of a brittle tracker, over a line on which the test decides what becomes of each request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from escsync.adapter import (
    Capabilities,
    Change,
    Cursor,
    Draft,
    Found,
    Move,
    Page,
    SetField,
    Ticket,
    TicketRef,
    TrackerError,
    Value,
    Vanished,
    WriteNote,
    Written,
)

from .brittle import US, BrittleTracker, Held, Request, status


class Line:
    """What stands between an adapter and its tracker: the test decides what becomes of each request."""

    def read(self, name: str) -> None:
        """A request that reads is about to be made, or fails here."""

    def write(self, request: Request, deliver: Callable[[], Any]) -> Any:
        """What becomes of a request that writes; *deliver* carries it out."""
        return deliver()


class BrittleAdapter:
    """The adapter of a BrittleTracker, over a *line*. *sweeps*: it deletes a note's twins."""

    me = US

    def __init__(
        self, tracker: BrittleTracker, line: Line, *, compare_and_set: bool = True, sweeps: bool = True
    ) -> None:
        self._tracker = tracker
        self._line = line
        self._sweeps = sweeps
        self._met: dict[str, str] = {}
        self.capabilities = Capabilities(compare_and_set=compare_and_set)
        self.discovery: Mapping[str, Any] = {}
        self.calls = 0

    def check(self) -> Iterator[Any]:
        """All is well."""
        yield from ()

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef] = ()) -> Iterator[Page]:
        """What changed, in one page."""
        self._read("pull")
        known = cursor["seen"] if cursor else {}
        watched = {ref.id for ref in watch}
        every = [one for one in self._tracker.held.values() if not one.key]
        held = [one for one in every if known.get(one.id) != one.version or one.id in watched]
        yield Page(tuple(map(self._shown, held)), {"seen": {one.id: one.version for one in every}})

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """These, in one request."""
        if not refs:
            return
        self._read("read")
        found = [self._shown(self._tracker.held[ref.id]) for ref in refs if ref.id in self._tracker.held]
        yield from found

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """Fields, status, note and its twins: a request each."""
        for change in changes:
            failures: dict[int, TrackerError] = {}
            version = change.version if self.capabilities.compare_and_set else ""
            for verb, kind in (("set", SetField), ("move", Move)):
                edits = {i: edit for i, edit in enumerate(change.edits) if isinstance(edit, kind)}
                if edits:
                    content = dict(map(_told, edits.values()))
                    try:
                        version = self._write(Request(verb, change.ticket.id, content, version))
                        version = version if self.capabilities.compare_and_set else ""
                    except TrackerError as error:
                        failures |= dict.fromkeys(edits, error)
            for index, edit in enumerate(change.edits):
                if isinstance(edit, WriteNote):
                    try:
                        self._note(change.ticket.id, edit)
                    except TrackerError as error:
                        failures[index] = error
            yield Written(change.ticket, failures)

    def create(self, draft: Draft) -> TicketRef:
        """A record with its mark, blindly."""
        parent = draft.parent.id if draft.parent else ""
        ref: TicketRef = self._write(Request("create", parent, draft))
        return ref

    def find(self, keys: Sequence[str]) -> Iterator[Found]:
        """The records that carry these marks."""
        self._read("find")
        found = [Found(one.key, TicketRef(one.id)) for one in self._tracker.held.values() if one.key in keys]
        yield from found

    def people(self) -> Iterator[Any]:
        """Nobody asks."""
        yield from ()

    def fit(self, field: str, value: Value) -> Value:
        """Every value as it is."""
        return value

    def close(self) -> None:
        """Nothing is held."""

    def _shown(self, held: Held) -> Ticket:
        self._met[held.id] = held.notes[0][0] if held.notes else ""
        return self._tracker.shown(held)

    def _note(self, ticket: str, edit: WriteNote) -> None:
        at = self._met.get(ticket, edit.at)
        verb = "change" if at else "add"
        self._write(Request(verb, ticket, edit.digest, twin=at))
        for twin in edit.twins if self._sweeps else ():
            try:
                self._write(Request("delete", ticket, None, twin=twin))
            except Vanished:
                continue

    def _read(self, name: str) -> None:
        self.calls += 1
        self._line.read(name)

    def _write(self, request: Request) -> Any:
        self.calls += 1
        return self._line.write(request, lambda: self._tracker.carry_out(request))


def _told(edit: SetField | Move) -> tuple[str, Value]:
    return ("stage", status(edit.new)) if isinstance(edit, Move) else (edit.field, edit.new)

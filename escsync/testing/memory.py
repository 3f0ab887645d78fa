"""The adapter of a tracker in memory: the shortest one that keeps the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from escsync.adapter import (
    Change,
    Conflict,
    Create,
    Cursor,
    Draft,
    Edit,
    EffectKey,
    Found,
    Heard,
    Level,
    Move,
    Page,
    Problem,
    Rejected,
    SetField,
    Ticket,
    TicketRef,
    TrackerError,
    TrackerPerson,
    Value,
    Vanished,
    WriteNote,
    Written,
)

from .tracker import Held, MemoryTracker


class MemoryAdapter:
    """The adapter of a MemoryTracker."""

    me = "escsync"

    def __init__(self, tracker: MemoryTracker) -> None:
        self._tracker = tracker
        self.capabilities = tracker.capabilities
        self.calls = 0
        self.discovery: Mapping[str, Any] = {}

    def check(self) -> Iterator[Problem]:
        """All is well in memory."""
        yield Problem(Level.OK, "memory", "a tracker without a file or a server")

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef] = ()) -> Iterator[Page]:
        """Tickets in the order of their last change, *read_batch* a page."""
        whole = cursor is None or not self.capabilities.incremental
        since = 0 if cursor is None or whole else int(json.loads(json.dumps(cursor))["revision"])
        everything = sorted(self._tracker.held.values(), key=lambda held: held.revision)
        wanted = [h for h in everything if h.revision > since and (h.in_scope or not whole)]
        size = self.capabilities.read_batch
        for start in range(0, max(len(wanted), 1), size):
            self._call("pull", "before")
            page = wanted[start : start + size]
            gone = {} if whole else {r: ref for r, ref in self._tracker.gone.items() if r > since}
            last = start + size >= len(wanted)
            ids = {ref.id for ref in watch} - {str(h.number) for h in wanted} if last else set()
            reached = max((since, *(held.revision for held in page), *(gone if last else ())))
            page += [held for held in everything if str(held.number) in ids]
            self._call("pull", "after")
            tickets = tuple(map(self._pulled, page))
            yield Page(tickets, {"revision": reached}, gone=tuple(gone.values()) if last else ())

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """The tickets that are still there."""
        for start in range(0, len(refs), self.capabilities.read_batch):
            self._call("read", "before")
            for ref in refs[start : start + self.capabilities.read_batch]:
                if ref.id in self._tracker.held:
                    yield self._tracker.seen(self._tracker.held[ref.id])
            self._call("read", "after")

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """One ticket after the other."""
        for change in changes:
            self._call("write", "before")
            written = self._write(change)
            self._call("write", "after")
            yield written

    def create(self, draft: Draft) -> TicketRef:
        """A record with the draft's key."""
        self._call("create", "before")
        ref = self._tracker.create(draft.values, by=self.me)
        held = self._tracker.at(ref)
        held.key, held.in_scope = draft.key, draft.parent is None
        self._call("create", "after")
        return ref

    def find(self, keys: Sequence[EffectKey]) -> Iterator[Found]:
        """The records with these keys."""
        self._call("find", "before")
        for held in self._tracker.held.values():
            if held.key and held.key in keys:
                yield Found(held.key, self._tracker.seen(held).ref)
        self._call("find", "after")

    def people(self) -> Iterator[TrackerPerson]:
        """Everybody."""
        yield from self._tracker.users.values()

    def fit(self, field: str, value: Value) -> Value:
        """Instants to the second; people as the tracker knows them."""
        return self._tracker.value(field, value)

    def close(self) -> None:
        """Nothing is held."""

    def _pulled(self, held: Held) -> Ticket:
        return self._tracker.seen(held)

    def _call(self, name: str, moment: Literal["before", "after"]) -> None:
        self.calls += moment == "before"
        if self._tracker.hook is not None:
            self._tracker.hook(name, moment)

    def _write(self, change: Change) -> Written:
        every = range(len(change.edits))
        held = self._tracker.held.get(change.ticket.id)
        if held is None:
            return Written(change.ticket, dict.fromkeys(every, Vanished("it is not there any more")))
        stale = change.version and change.version != str(held.revision)
        if stale and self.capabilities.compare_and_set:
            return Written(change.ticket, dict.fromkeys(every, Conflict("somebody else changed it first")))
        failures: dict[int, TrackerError] = {}
        created: dict[int, TicketRef] = {}
        for index, edit in enumerate(change.edits):
            try:
                made = self._edit(held, edit)
            except TrackerError as error:
                failures[index] = error
            else:
                if made is not None:
                    created[index] = made
        # The answer to a write shows the note that was written, wherever messages are.
        after = replace(self._pulled(held), note=self._tracker.seen(held).note)
        return Written(change.ticket, failures, created, after if self._tracker.answers else None)

    def _edit(self, held: Held, edit: Edit) -> TicketRef | None:
        ref = TicketRef(str(held.number))
        match edit:
            case SetField() if edit.field in self._tracker.forbidden:
                raise Rejected("this field cannot be set", field=edit.field)
            case SetField():
                if edit.field not in self._tracker.stubborn:
                    self._tracker.set(ref, edit.field, edit.new, by=self.me)
            case Move() if "stage" in self._tracker.forbidden:
                raise Rejected("no transition leads there", field="stage")
            case Move():
                if "stage" not in self._tracker.stubborn:
                    self._tracker.move(ref, edit.new, by=self.me)
            case WriteNote() if not self.capabilities.note:
                raise Rejected("there are no internal notes here")
            case WriteNote():
                self._tracker.spoken(held)
                held.note = (held.note[0] if held.note else f"note:{held.number}", edit.text, edit.digest)
            case Create():
                return self.create(edit.draft)
        return None


class MemoryListener(MemoryAdapter):
    """The same where messages stand apart: a pulled ticket comes without them."""

    def listen(self, refs: Sequence[TicketRef]) -> Iterator[Heard]:
        """One ticket's messages and note a call."""
        for ref in refs:
            self._call("listen", "before")
            held = self._tracker.held.get(ref.id)
            self._call("listen", "after")
            if held is not None:
                ticket = self._tracker.seen(held)
                yield Heard(ticket.ref, ticket.messages, ticket.note)

    def _pulled(self, held: Held) -> Ticket:
        return replace(self._tracker.seen(held), messages=(), note=None, heard=False)

"""The adapter of a tracker in memory: the shortest one that keeps the contract."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal, TypeVar

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
    Unreadable,
    Value,
    Vanished,
    WriteNote,
    Written,
)

from .memory_offers import MemoryOffers
from .tracker import Held, MemoryTracker

_T = TypeVar("_T")


class MemoryAdapter(MemoryOffers):
    """The adapter of a MemoryTracker."""

    me = "escsync"

    def __init__(self, tracker: MemoryTracker) -> None:
        self._tracker = tracker
        self.capabilities = tracker.capabilities
        self._retry = tracker.retry()
        self.calls = 0
        self.discovery: Mapping[str, Any] = {}

    def check(self) -> Iterator[Problem]:
        """All is well in memory."""
        yield Problem(Level.OK, "memory", "a tracker without a file or a server")

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef] = ()) -> Iterator[Page]:
        """Tickets in the order of their last change, *read_batch* a page."""
        whole = cursor is None or not self.capabilities.incremental
        since = 0 if cursor is None or whole else int(json.loads(json.dumps(cursor))["revision"])
        begun, last, seen = since, False, set[str]()
        while not last:
            held, last = self._ask("pull", partial(self._changed, since, whole, seen, watch))
            since = max((since, *(one.revision for one in held)))
            seen |= {str(one.number) for one in held}
            gone = {} if whole or not last else {r: ref for r, ref in self._tracker.gone.items() if r > begun}
            bad = [one for one in held if str(one.number) in self._tracker.spoilt]
            yield Page(
                tuple(self._pulled(one) for one in held if one not in bad),
                {"revision": max((since, *gone))},
                tuple(Unreadable(self._tracker.seen(one).ref, "it is spoilt") for one in bad),
                gone=tuple(gone.values()),
            )

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """The tickets that are still there."""
        for start in range(0, len(refs), self.capabilities.read_batch):
            batch = refs[start : start + self.capabilities.read_batch]
            yield from self._ask("read", partial(self._known, batch))

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """One ticket after the other."""
        for change in changes:
            yield self._ask("write", partial(self._write, change), safe=False)

    def create(self, draft: Draft) -> TicketRef:
        """A record with the draft's key."""
        return self._ask("create", partial(self._create, draft), safe=False)

    def find(self, keys: Sequence[EffectKey]) -> Iterator[Found]:
        """The records with these keys."""
        visible = self._ask("find", lambda: list(self._tracker.visible.values()))
        yield from (Found(h.key, self._tracker.seen(h).ref) for h in visible if h.key and h.key in keys)

    def people(self) -> Iterator[TrackerPerson]:
        """Everybody."""
        yield from self._tracker.users.values()

    def fit(self, field: str, value: Value) -> Value:
        """Instants to the second; people as the tracker knows them."""
        return self._tracker.value(field, value)

    def close(self) -> None:
        """Nothing is held."""

    def _ask(self, name: str, work: Callable[[], _T], *, safe: bool = True) -> _T:
        """One request; what the hook raises is not tried again, as if our patience were at its end."""

        def attempt() -> _T:
            self.calls += 1
            return work()

        self._tell(name, "before")
        answer: _T = self._retry(attempt, safe=safe)
        self._tell(name, "after")
        return answer

    def _tell(self, name: str, moment: Literal["before", "after"]) -> None:
        if self._tracker.hook is not None:
            self._tracker.hook(name, moment)

    def _changed(
        self, since: int, whole: bool, seen: set[str], watch: Sequence[TicketRef]
    ) -> tuple[list[Held], bool]:
        """The next page after *since*, with what is watched on the last; is it the last?"""
        everything = sorted(self._tracker.visible.values(), key=lambda held: held.revision)
        wanted = [h for h in everything if h.revision > since and (h.in_scope or not (whole or h.key))]
        page = wanted[: self.capabilities.read_batch]
        last = len(page) == len(wanted)
        ids = {ref.id for ref in watch} - seen - {str(held.number) for held in page} if last else set()
        return page + [held for held in everything if str(held.number) in ids], last

    def _known(self, refs: Sequence[TicketRef]) -> list[Ticket]:
        visible = self._tracker.visible
        if self._tracker.spoilt & {ref.id for ref in refs}:
            raise Rejected("one of them is spoilt")
        return [self._tracker.seen(visible[ref.id]) for ref in refs if ref.id in visible]

    def _pulled(self, held: Held) -> Ticket:
        return self._tracker.seen(held)

    def _create(self, draft: Draft) -> TicketRef:
        ref = self._tracker.create(draft.values, by=self.me)
        held = self._tracker.at(ref)
        held.key, held.in_scope = draft.key, draft.parent is None
        return ref

    def _write(self, change: Change) -> Written:
        every = range(len(change.edits))
        held = self._tracker.visible.get(change.ticket.id)
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
                held.twins = [twin for twin in held.twins if twin not in edit.twins]
            case Create():
                self._tell("create", "before")
                made = self._create(edit.draft)
                self._tell("create", "after")
                return made
        return None


class MemoryListener(MemoryAdapter):
    """The same where messages stand apart: a pulled ticket comes without them."""

    def listen(self, refs: Sequence[TicketRef]) -> Iterator[Heard]:
        """One ticket's messages and note a call."""
        for ref in refs:
            for ticket in self._ask("listen", partial(self._known, [ref])):
                yield Heard(ticket.ref, ticket.messages, ticket.note)

    def _pulled(self, held: Held) -> Ticket:
        return replace(self._tracker.seen(held), messages=(), note=None, heard=False)

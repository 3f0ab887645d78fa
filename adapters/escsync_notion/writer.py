"""Writing: one request per changed page with nothing in it but what changes, and what became of each edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from escsync.adapter import (
    Change,
    Create,
    Move,
    NoteSeen,
    Rejected,
    SetField,
    Ticket,
    TicketRef,
    TrackerError,
    Value,
    Vanished,
    WriteNote,
    Written,
)

from . import encode
from .codec import Raw
from .columns import Column
from .connection import Connection
from .creation import Creation
from .discovery import Discovery
from .notes import Notes
from .reader import Reader
from .schema import Schema
from .settings import identified

_WHAT = "writing a page"
_NEEDS = "update content"


@dataclass
class _Update:
    """One page's request in the making: which edit stands behind which property."""

    properties: dict[str, Any] = field(default_factory=dict)
    behind: dict[str, int] = field(default_factory=dict)
    failures: dict[int, TrackerError] = field(default_factory=dict)

    def set(self, index: int, column: Column, value: Any) -> None:
        self.properties[column.id] = value
        self.behind[column.id] = index

    def fail(self, index: int, error: TrackerError) -> None:
        """Leave out an edit, and everything that stands for it."""
        self.failures[index] = error
        for id in [id for id, behind in self.behind.items() if behind == index]:
            del self.properties[id], self.behind[id]

    def of(self, index: int) -> dict[str, Any]:
        """What stands for one edit."""
        return {id: self.properties[id] for id, behind in self.behind.items() if behind == index}


class Writer:
    """Changes, carried out."""

    def __init__(self, connection: Connection, discovery: Discovery, reader: Reader) -> None:
        self._connection = connection
        self._discovery = discovery
        self._reader = reader
        self.notes = Notes(connection, discovery, reader.conversation)
        self.creation = Creation(connection, discovery)

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """One outcome per change; after Notion has shut the door, nobody knocks again."""
        for change in changes:
            shut = self._connection.shut
            if shut is None:
                yield self._change(change)
            else:
                yield Written(change.ticket, dict.fromkeys(range(len(change.edits)), shut))

    def _change(self, change: Change) -> Written:
        if not identified(change.ticket.id):
            gone = Vanished(f"{_WHAT}: no page has such an id")
            return Written(change.ticket, dict.fromkeys(range(len(change.edits)), gone))
        update, created, note = _Update(), dict[int, TicketRef](), None
        self._prepare(change, update, self._discovery.schema)
        raw = self._send(change, update)
        for index, edit in enumerate(change.edits):
            try:
                match edit:
                    case Create():
                        created[index] = self.creation.create(edit.draft)
                    case WriteNote() if not any(isinstance(e, Vanished) for e in update.failures.values()):
                        note = self.notes.write(change.ticket, edit)
                    case WriteNote():
                        raise Vanished(f"{_WHAT}: the page is gone")
            except TrackerError as error:
                update.failures[index] = (
                    self._why(change.ticket, error) if isinstance(edit, WriteNote) else error
                )
        return Written(change.ticket, update.failures, created, self._after(change, raw, note))

    def _prepare(self, change: Change, update: _Update, schema: Schema) -> None:
        """Each edit as a property value; one that cannot be is left out, and said so."""
        for index, edit in enumerate(change.edits):
            try:
                try:
                    self._encode(index, edit, change.ticket, update, schema)
                except encode.UnknownOption:
                    renewed = self._discovery.renewed()
                    if renewed is None:
                        raise
                    schema = renewed
                    self._encode(index, edit, change.ticket, update, schema)
            except TrackerError as error:
                update.fail(index, error)

    def _encode(self, index: int, edit: object, ref: TicketRef, update: _Update, schema: Schema) -> None:
        match edit:
            case SetField():
                if self._is_so(ref, edit, schema):
                    return
                columns = schema.columns.get(edit.field, ())
                if not columns:
                    reason = schema.lost.get(edit.field, f"no property is mapped to {edit.field}")
                    raise Rejected(reason[:200], field=edit.field, remedy=f"map fields.{edit.field}")
                first, *others = columns
                update.set(index, first, encode.field(edit.field, first, edit.new, schema))
                for other in others:
                    # Who owns stands in the first alone.
                    update.set(index, other, encode.field(edit.field, other, None, schema))
            case Move():
                column = schema.columns["stage"][0]
                chosen = encode.status(column, schema.vocabulary.stages.get(edit.new, ()))
                update.set(index, column, {column.type: {"id": chosen.id}})

    def _is_so(self, ref: TicketRef, edit: SetField, schema: Schema) -> bool:
        """Does the page hold the value already, as it was read a moment ago? Writing it would wake everybody's tools."""
        met = self._reader.met.get(ref.id)
        columns = schema.columns.get(edit.field, ())
        if met is None or not columns or edit.field not in met.values:
            return False
        return _core(met.values[edit.field]) == _core(encode.fit(columns[0], edit.new))

    def _send(self, change: Change, update: _Update) -> Raw | None:
        """PATCH what there is; the answer is the page as it stands after it."""
        if not update.properties:
            return None
        try:
            return self._patch(change.ticket, update.properties)
        except Rejected as error:
            return self._sorted_out(change, update, error)
        except TrackerError as error:
            self._all_fail(update, error)
            return None

    def _patch(self, ref: TicketRef, properties: dict[str, Any]) -> Raw:
        answer = self._connection.patch(
            f"pages/{ref.id}", {"properties": properties}, what=_WHAT, needs=_NEEDS
        )
        return answer.page()

    def _sorted_out(self, change: Change, update: _Update, refusal: Rejected) -> Raw | None:
        """Refused as a whole: is the page gone, did the properties change, or is one edit bad? The others must not suffer."""
        try:
            page = self._reader.raw(change.ticket)
        except TrackerError as error:
            self._all_fail(update, error)
            return None
        if page is None:
            self._all_fail(update, Vanished(f"{_WHAT}: it was deleted, or is no longer shared"))
            return None
        if (renewed := self._discovery.renewed()) is not None:
            kept = dict(update.failures)
            update.properties, update.behind, update.failures = {}, {}, {}
            self._prepare(change, update, renewed)
            update.failures = {**kept, **update.failures}
        raw: Raw | None = None
        for index in sorted(set(update.behind.values())):
            try:
                raw = self._patch(change.ticket, update.of(index))
            except TrackerError as error:
                edit = change.edits[index]
                name = edit.field if isinstance(edit, SetField) else "stage"
                told = Rejected(
                    refusal.message, field=name, remedy="`escsync doctor` tells whether the property fits"
                )
                update.fail(index, told if isinstance(error, Rejected) else error)
        return raw

    def _why(self, ref: TicketRef, error: TrackerError) -> TrackerError:
        """A page in the trash refuses comments with the same words as any other mistake."""
        if not isinstance(error, Rejected):
            return error
        try:
            gone = self._reader.raw(ref) is None
        except TrackerError:
            return error
        return Vanished(f"{_WHAT}: it was deleted, or is no longer shared") if gone else error

    def _all_fail(self, update: _Update, error: TrackerError) -> None:
        for index in set(update.behind.values()):
            update.fail(index, error)

    def _after(self, change: Change, raw: Raw | None, note: NoteSeen | None) -> Ticket | None:
        """The page as the answer showed it, or where only the note was written, as it was read in this pass."""
        after = self._reader.met.get(change.ticket.id)
        if raw is not None:
            try:
                after = self._reader.ticket(raw, None)
            except TrackerError:
                return None
        elif note is None:
            return None
        if after is None:
            return None
        after = replace(after, heard=False, messages=(), note=note)
        self._reader.keep(after)
        return after


def _core(value: Value) -> object:
    """What counts of a value: of people their ids."""
    if isinstance(value, tuple):
        return [one if isinstance(one, str) else one.id or one.name for one in value]
    return value

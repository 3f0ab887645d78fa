"""Writing: one request per changed ticket where Jira allows it, and what became of each edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from escsync.adapter import (
    FIELDS,
    Change,
    Create,
    Move,
    PersonRef,
    Rejected,
    SetField,
    TicketRef,
    TrackerError,
    Value,
    WriteNote,
    Written,
    canonical,
)

from . import encode
from .answers import Refusal
from .connection import Connection
from .creation import Creation
from .discovery import Discovery
from .notes import Notes
from .reader import Reader
from .schema import Column
from .workflow import Workflow

_WHAT = "writing a ticket"
_TRIES = 4


@dataclass
class _Update:
    """One ticket's request in the making: which edit stands behind which field."""

    fields: dict[str, Any] = field(default_factory=dict)
    operations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    behind: dict[str, int] = field(default_factory=dict)
    dispensable: set[str] = field(default_factory=set)
    failures: dict[int, TrackerError] = field(default_factory=dict)

    def set(self, index: int, column: Column, value: Any) -> None:
        self.fields[column.id] = value
        self.behind[column.id] = index

    def operate(self, index: int, id: str, operation: dict[str, Any]) -> None:
        self.operations.setdefault(id, []).append(operation)
        self.behind[id] = index

    def fail(self, index: int, error: TrackerError) -> None:
        """Leave out an edit, and everything that stands for it."""
        self.failures[index] = error
        for id in [id for id, behind in self.behind.items() if behind == index]:
            self.drop(id)

    def drop(self, id: str) -> None:
        """Leave out one field."""
        self.fields.pop(id, None)
        self.operations.pop(id, None)
        del self.behind[id]

    def body(self) -> dict[str, Any]:
        return {
            **({"fields": self.fields} if self.fields else {}),
            **({"update": self.operations} if self.operations else {}),
        }


class Writer:
    """Changes, carried out."""

    def __init__(self, connection: Connection, discovery: Discovery, reader: Reader) -> None:
        self._connection = connection
        self._discovery = discovery
        self._reader = reader
        self.notes = Notes(connection, discovery)
        self.creation = Creation(connection, discovery)
        self._workflow = Workflow(connection, discovery)

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """One outcome per change; after Jira has shut the door, nobody knocks again."""
        for change in changes:
            shut = self._connection.shut
            if shut is None:
                yield self._change(change)
            else:
                yield Written(change.ticket, dict.fromkeys(range(len(change.edits)), shut))

    def _change(self, change: Change) -> Written:
        update = _Update()
        created: dict[int, TicketRef] = {}
        for index, edit in enumerate(change.edits):
            try:
                self._prepare(index, edit, change, update)
            except TrackerError as error:
                update.fail(index, error)
        encoded = dict(update.fields)
        self._send(change, update)
        for index, edit in enumerate(change.edits):
            try:
                match edit:
                    case Move():
                        self._workflow.move(self._path(change.ticket), edit.old, edit.new, encoded)
                    case Create():
                        created[index] = self.creation.create(edit.draft)
                    case WriteNote() if index not in update.behind.values() and index not in update.failures:
                        self.notes.write(self._path(change.ticket), edit, self._reader.met(change.ticket))
                    case _:
                        pass
                if isinstance(edit, WriteNote) and index not in update.failures:
                    self.notes.tidy(self._path(change.ticket), edit)
            except TrackerError as error:
                update.failures[index] = error
        if any(isinstance(edit, WriteNote) for edit in change.edits):
            self._reader.forget(change.ticket)
        if len(update.failures) < len(change.edits):
            self._discovery.wrote(change.ticket.id)
        return Written(change.ticket, update.failures, created)

    def _prepare(self, index: int, edit: object, change: Change, update: _Update) -> None:
        if isinstance(edit, SetField):
            self._set(index, edit, update)
        elif isinstance(edit, WriteNote) and any(isinstance(one, SetField) for one in change.edits):
            met = self._reader.met(change.ticket)
            if self.notes.beside_fields(met):
                update.operate(index, "comment", self.notes.operation(edit, met))

    def _set(self, index: int, edit: SetField, update: _Update) -> None:
        schema = self._discovery.schema
        columns = schema.columns.get(edit.field, ())
        if not columns:
            reason = schema.lost.get(edit.field, f"no field of Jira is mapped to {edit.field}")
            raise Rejected(reason[:200], field=edit.field, remedy=f"map fields.{edit.field}")
        first, *others = columns
        if first.option:
            ticked = edit.new in ("done", True)
            update.operate(index, first.id, {"add" if ticked else "remove": {"value": first.option}})
            return
        people: list[Value] = [edit.new]
        if others and isinstance(edit.new, tuple) and len(edit.new) > 1:
            people = [(one,) for one in edit.new if isinstance(one, PersonRef)]
        if len(people) > len(columns):
            raise Rejected(f"{edit.field}: Jira has no field for so many people", field=edit.field)
        update.set(index, first, encode.field(edit.field, first, people[0], schema))
        for number, other in enumerate(others, 1):
            # A single owner stands in the first alone. Where another cannot be emptied, reading back will tell.
            told = people[number] if number < len(people) else None
            update.set(index, other, encode.field(edit.field, other, told, schema))
            if told is None:
                update.dispensable.add(other.id)

    def _send(self, change: Change, update: _Update) -> None:
        """PUT what there is; what Jira refuses by name is left out, the rest is sent again without it."""
        path = f"issue/{self._path(change.ticket)}"
        adds = any("add" in one for one in update.operations.get("comment", ()))
        for _ in range(_TRIES):
            if not update.body():
                return None
            try:
                answer = self._connection.put(path, update.body(), what=_WHAT, safe=not adds, refused=(400,))
            except TrackerError as error:
                return self._all_fail(update, error)
            if answer.status < 300:
                return None
            refusal = Refusal.of(answer.body)
            named = [id for id in refusal.fields if id in update.behind]
            if not named:
                return self._all_fail(update, Rejected(f"{_WHAT}: refused: {refusal.words}"[:200]))
            for id in named:
                self._refused(change, update, id, refusal.fields[id])
        return self._all_fail(update, Rejected(f"{_WHAT}: Jira keeps refusing it"))

    def _all_fail(self, update: _Update, error: TrackerError) -> None:
        for index in set(update.behind.values()):
            update.fail(index, error)

    def _refused(self, change: Change, update: _Update, id: str, words: str) -> None:
        index = update.behind.get(id)
        if index is None:
            return
        if id in update.dispensable:
            update.drop(id)
            return
        edit, column = change.edits[index], self._discovery.schema.column(id)
        if isinstance(edit, SetField) and column is not None and self._respelled(change, edit, column):
            update.set(index, column, encode.field(edit.field, column, edit.new, self._discovery.schema))
            return
        name = edit.field if isinstance(edit, SetField) else ""
        remedy = "put the field on the project's edit screen, or map another" if name else ""
        update.fail(index, Rejected(f"{name or 'note'}: refused: {words}"[:200], field=name, remedy=remedy))

    def _respelled(self, change: Change, edit: SetField, column: Column) -> bool:
        """An option by the name it has in Jira, where ours was refused: asked for once and kept."""
        schema = self._discovery.schema
        if not isinstance(edit.new, str) or column.id in schema.options or column.type in ("string", "any"):
            return False
        answer = self._connection.get(
            f"issue/{self._path(change.ticket)}/editmeta", what="asking for options"
        )
        fields = answer.mapping().get("fields")
        meta = fields.get(column.id) if isinstance(fields, dict) else None
        allowed = meta.get("allowedValues") if isinstance(meta, dict) else None
        found: dict[str, str] = {}
        for option in allowed if isinstance(allowed, list) else ():
            if isinstance(option, dict) and option.get("disabled") is not True:
                told = canonical(FIELDS[edit.field], str(option.get("value") or option.get("name") or ""))
                if told is not None:
                    found.setdefault(told, str(option.get("id")))
        schema.options[column.id] = found
        return edit.new in found

    def _path(self, ref: TicketRef) -> str:
        return self._discovery.address(ref)

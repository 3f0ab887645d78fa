"""Traces: which step an edit is, and what a ticket shows once it has taken effect."""

from __future__ import annotations

import hashlib
import json
from typing import assert_never

from escsync.adapter import Adapter, Create, Edit, Move, SetField, Ticket, Value, WriteNote
from escsync.domain.ticket import plain


def step(edit: Edit) -> str:
    """Which step of a ticket's life an edit is: at most one of each is under way."""
    match edit:
        case SetField():
            return f"set:{edit.field}"
        case Move():
            return "move"
        case WriteNote():
            return "note"
        case Create():
            return "create"
        case _:
            assert_never(edit)


def shows(ticket: Ticket, edit: Edit, adapter: Adapter) -> bool:
    """Does *ticket* show what *edit* was to bring about? What is created stands beside it and is found by its key."""
    match edit:
        case SetField():
            held = ticket.values.get(edit.field)
            return edit.field in ticket.values and same(held, _fitted(edit, adapter))
        case Move():
            return ticket.status.stage is edit.new
        case WriteNote():
            note = ticket.note
            return (
                note is not None and note.digest == edit.digest and not {*note.twins, note.id} & {*edit.twins}
            )
        case Create():
            return False
        case _:
            assert_never(edit)


def same(one: Value, other: Value) -> bool:
    """Do two values say the same? Nobody is nobody, however a tracker writes it."""
    return plain(None if one == () else one) == plain(None if other == () else other)


def _fitted(edit: SetField, adapter: Adapter) -> Value:
    return None if edit.new is None else adapter.fit(edit.field, edit.new)


def before(edit: Edit) -> object:
    """What the edit found, as plain JSON."""
    match edit:
        case SetField():
            return plain(None if edit.old == () else edit.old)
        case Move() | WriteNote():
            return edit.old
        case Create():
            return None
        case _:
            assert_never(edit)


def after(edit: Edit, adapter: Adapter) -> object:
    """What the ticket is to show, as plain JSON."""
    match edit:
        case SetField():
            new = _fitted(edit, adapter)
            return plain(None if new == () else new)
        case Move():
            return edit.new.value
        case WriteNote():
            return edit.digest
        case Create():
            return {name: plain(value) for name, value in edit.draft.values.items()}
        case _:
            assert_never(edit)


def shown(ticket: Ticket, which: str) -> str:
    """What the ticket shows of a step, as the journal hashes it."""
    if which == "move":
        return digest(ticket.status.stage.value if ticket.status.stage else None)
    if which == "note":
        return digest(ticket.note.digest if ticket.note else None)
    held = ticket.values.get(which.removeprefix("set:"))
    return digest(plain(None if held == () else held))


def digest(content: object) -> str:
    """A value as the journal keeps it: a hash, nobody's words."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

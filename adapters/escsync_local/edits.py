"""Carrying out edits on a local tracker, within one transaction."""

from __future__ import annotations

from escsync.adapter import (
    Change,
    Conflict,
    Create,
    Draft,
    Edit,
    Move,
    Rejected,
    SetField,
    TicketRef,
    TrackerError,
    Vanished,
    WriteNote,
    Written,
)

from .codec import Codec, living_note, note_body
from .store import ACCOUNT
from .tracker import LocalTracker, Refused


def carry_out(change: Change, tracker: LocalTracker, codec: Codec) -> Written:
    """All edits of one ticket; one that the tracker forbids fails alone."""
    every = range(len(change.edits))
    row = tracker.store.row("SELECT * FROM tickets WHERE id = ?", change.ticket.id)
    if row is None:
        return Written(change.ticket, dict.fromkeys(every, Vanished("the ticket is not there any more")))
    if change.version and change.version != str(row["revision"]):
        return Written(change.ticket, dict.fromkeys(every, Conflict("somebody else changed it first")))
    failures: dict[int, TrackerError] = {}
    created: dict[int, TicketRef] = {}
    for index, edit in enumerate(change.edits):
        try:
            made = _edit(int(row["id"]), edit, tracker, codec)
        except Refused as refusal:
            failures[index] = Rejected(refusal.message, field=refusal.field)
        else:
            if made is not None:
                created[index] = made
    return Written(change.ticket, failures, created)


def open_record(draft: Draft, tracker: LocalTracker, codec: Codec) -> TicketRef:
    """The record with the draft's key, made where there is none yet: a ticket, or a task of its parent."""
    row = tracker.store.row("SELECT id, key FROM tickets WHERE marker = ?", draft.key)
    if row is not None:
        return TicketRef(str(row["id"]), row["key"])
    fields = {
        name: raw for field, value in draft.values.items() for name, raw in codec.encode(field, value).items()
    }
    parent = None if draft.parent is None else int(draft.parent.id)
    number, key = tracker.open(fields, by=ACCOUNT, flagged=parent is None, marker=draft.key, parent=parent)
    return TicketRef(str(number), key)


def _edit(number: int, edit: Edit, tracker: LocalTracker, codec: Codec) -> TicketRef | None:
    match edit:
        case SetField():
            tracker.put(number, codec.encode(edit.field, edit.new), by=ACCOUNT)
        case Move():
            status = codec.status_for(edit.new)
            if not status:
                raise Refused(f"no status stands for the stage {edit.new}", "stage")
            tracker.put(number, {"stage": status}, by=ACCOUNT)
        case WriteNote():
            _note(number, note_body(edit.text, edit.digest), tracker)
            for twin in edit.twins:
                tracker.unsay(twin)
        case Create():
            return open_record(edit.draft, tracker, codec)
    return None


def _note(number: int, body: str, tracker: LocalTracker) -> None:
    comments = tracker.store.rows("SELECT * FROM comments WHERE ticket = ? ORDER BY id", number)
    note = living_note(comments)
    if note is None:
        tracker.say(number, body, by=ACCOUNT)
    else:
        tracker.rewrite(note.id, body)

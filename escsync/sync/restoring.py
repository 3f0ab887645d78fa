"""Restoring: a human's edit that slipped in between our last look and our write, and was overwritten, is put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from escsync.adapter import Change, Edit, Fact, Move, SetField, Ticket
from escsync.domain.plan import enforces
from escsync.domain.ticket import Status
from escsync.effects import same


def restorations(
    changes: Mapping[str, Change], before: Mapping[str, Ticket], after: Mapping[str, Ticket], ours: str
) -> Iterator[tuple[Change, Change]]:
    """Each of *changes* (by ticket) that overwrote a human, with the change that puts the human's value back.

    *before* and *after* are the tickets as they stood around our write. Only a tracker that records changes can tell,
    and only one without conditional writes needs to: no reading is so close to a write that nothing fits between.
    """
    for native, change in changes.items():
        if native not in before or native not in after:
            continue
        ticket = after[native]
        edits = [
            (edit, back)
            for edit in change.edits
            if enforces(edit) and (back := _back(edit, before[native], ticket, ours)) is not None
        ]
        if edits:
            told = replace(change, based_on=ticket.digest(), version=ticket.version)
            yield (
                replace(change, edits=tuple(edit for edit, _ in edits)),
                replace(told, edits=tuple(back for _, back in edits)),
            )


def _back(edit: Edit, before: Ticket, after: Ticket, ours: str) -> Edit | None:
    """The edit that gives back what a human had set in the meantime."""
    match edit:
        case SetField():
            human = _overwritten(edit.field, before, after, ours)
            if human is None or same(human.value, after.values.get(edit.field)):
                return None
            return SetField(edit.field, after.values.get(edit.field), human.value)
        case Move():
            human = _overwritten("stage", before, after, ours)
            status = human.value if human is not None else None
            if not isinstance(status, Status) or status.stage in (None, after.status.stage):
                return None
            return Move(after.status.name or after.status.id, status.stage) if status.stage else None
        case _:
            return None


def _overwritten(name: str, before: Ticket, after: Ticket, ours: str) -> Fact | None:
    """What a human did to a field after we had looked and before we wrote."""
    if name not in before.history or name not in after.history:
        return None
    new = list(_new(name, before, after))
    if not new or not _by(new[-1], ours):
        return None
    while new and _by(new[-1], ours):
        new.pop()
    return new[-1] if new else None


def was_done(edit: Edit, before: Ticket, after: Ticket, ours: str) -> bool:
    """Did *edit* come about, although somebody has changed the same thing again since?"""
    match edit:
        case SetField():
            return any(_by(f, ours) and same(f.value, edit.new) for f in _new(edit.field, before, after))
        case Move():
            done = [f.value for f in _new("stage", before, after) if _by(f, ours)]
            return any(isinstance(status, Status) and status.stage is edit.new for status in done)
        case _:
            return False


def _new(name: str, before: Ticket, after: Ticket) -> tuple[Fact, ...]:
    """What became of a field between two looks at its record."""
    return after.history.get(name, ())[len(before.history.get(name, ())) :]


def _by(fact: Fact, account: str) -> bool:
    return fact.actor is not None and bool(account) and fact.actor.id == account

"""Restoring: a human's edit that slipped in between our last look and our write, and was overwritten, is put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from escsync.adapter import Change, Edit, Fact, Move, SetField, Ticket, Value
from escsync.domain.effect import Effect
from escsync.domain.plan import enforces
from escsync.domain.ticket import Status, plain
from escsync.effects import digest, same

_NEAR = timedelta(minutes=10)
"""So far the clocks of a pass and of its tracker, and a request's way, may lie apart."""


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


def outlived(ticket: Ticket, deeds: Sequence[Effect], ours: str) -> Iterator[Edit]:
    """What puts back the people's values that a request of ours overwrote when it landed after everybody had given it up.

    *deeds* are our writes to the ticket. Our last fact follows a person's, says what one of them wanted at about that
    time, and none of them was based on what that person had set.
    """
    for name, step in (("owner", "set:owner"), ("stage", "move")):
        facts = ticket.history.get(name, ())
        if len(facts) < 2 or not _by(facts[-1], ours) or _by(facts[-2], ours):
            continue
        human, landed = facts[-2], facts[-1]
        mine = [deed for deed in deeds if deed.purpose.step == step and deed.new == _wanted(landed.value)]
        near = [d for d in mine if d.at is not None and abs(landed.when.at - d.at) <= _NEAR]
        if near and not any(deed.old in _found(human.value) for deed in mine):
            yield from filter(None, [_given_back(name, ticket, human.value)])


def _given_back(name: str, ticket: Ticket, value: Value) -> Edit | None:
    if name == "owner":
        return SetField(name, ticket.values.get(name), value)
    if not isinstance(value, Status) or value.stage in (None, ticket.status.stage):
        return None
    return Move(ticket.status.name or ticket.status.id, value.stage) if value.stage else None


def _wanted(value: Value) -> str:
    """A fact as the journal hashes what an edit was to bring about."""
    if isinstance(value, Status):
        return digest(value.stage.value if value.stage else None)
    return digest(plain(None if value == () else value))


def _found(value: Value) -> set[str]:
    """A fact as the journal may have hashed it where an edit was based on it."""
    if isinstance(value, Status):
        return {digest(value.name), digest(value.id)}
    return {_wanted(value)}


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

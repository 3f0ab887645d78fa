"""Receipts: what became of each edit of a pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from escsync.adapter import (
    Ambiguous,
    Change,
    Create,
    Edit,
    Move,
    SetField,
    Ticket,
    TrackerError,
    Unavailable,
    WriteNote,
)
from escsync.domain.effect import EffectState
from escsync.effects import Order, step

from .judging import Judged
from .outcome import Counts, Failure, Pass, code_of


class Receipt(StrEnum):
    """What became of one edit; each is a counter of the pass."""

    APPLIED = "applied"
    STALE = "stale"
    IGNORED = "ignored"
    REFUSED = "refused"
    FAILED = "failed"


SETTLED = {
    Receipt.APPLIED: EffectState.DONE,
    Receipt.STALE: EffectState.SUPERSEDED,
    Receipt.IGNORED: EffectState.IGNORED,
    Receipt.REFUSED: EffectState.REJECTED,
    Receipt.FAILED: EffectState.FAILED,
}
Target = tuple[str, str]
"""A ticket's native id and the step (or the key of what is created) that an edit is."""


@dataclass(slots=True)
class Written:
    """What became of every edit, and of every record that could not be done."""

    receipts: dict[Target, Receipt] = field(default_factory=dict)
    errors: dict[Target, TrackerError] = field(default_factory=dict)
    failures: dict[tuple[str, str], Failure] = field(default_factory=dict)
    judged: dict[str, Judged] = field(default_factory=dict)

    def count(self, counts: Counts) -> None:
        """Add to a pass's counters: planned is the sum of what became of it."""
        for receipt in self.receipts.values():
            counts.planned += 1
            setattr(counts, receipt.value, getattr(counts, receipt.value) + 1)

    @property
    def stale(self) -> tuple[Target, ...]:
        """The edits that were left alone."""
        return tuple(target for target, receipt in self.receipts.items() if receipt is Receipt.STALE)

    def ignored(self, change: Change, edit: Edit) -> None:
        """Say that a write was accepted and did not take effect."""
        what = edit.field if isinstance(edit, SetField) else step(edit)
        self.failures[change.id, f"IGNORED {what}"] = Failure(
            change.id,
            change.ticket.key,
            "IGNORED",
            f"the tracker accepted the write of {what}, and shows something else",
            "see that escsync's account may edit it, and that no automation changes it back",
        )

    def clear(self, change: Change, edit: Edit) -> None:
        """A second try worked: what was said of the first is no longer true."""
        what = edit.field if isinstance(edit, SetField) else step(edit)
        self.failures.pop((change.id, f"IGNORED {what}"), None)
        error = self.errors.pop(target_of(change, edit), None)
        if error is not None:
            left = {code_of(e) for (ticket, _), e in self.errors.items() if ticket == change.ticket.id}
            if code_of(error) not in left:
                self.failures.pop((change.id, code_of(error)), None)


def target_of(change: Change, edit: Edit) -> Target:
    """What the edit is about."""
    return change.ticket.id, edit.draft.key if isinstance(edit, Create) else step(edit)


def joined(note: WriteNote, ticket: Ticket) -> bool:
    """Did an earlier note of ours land right before this one? It is the older one, and so the one to be written."""
    return ticket.note is not None and bool({*ticket.note.twins} - {*note.twins})


def moved_away(edit: Edit, ticket: Ticket) -> bool:
    """Does a move no longer find the ticket where it was to start from? Then a person was first."""
    return isinstance(edit, Move) and edit.old not in (ticket.status.name, ticket.status.id)


def unknown(error: TrackerError | None) -> bool:
    """May the request have been carried out although it failed?"""
    return isinstance(error, Ambiguous) or (isinstance(error, Unavailable) and error.executed is not False)


def order_of(one: Pass, change: Change, written: Written) -> Order:
    """*change* as it goes to the journal: for which cycle, and under which policy."""
    judged = written.judged.get(change.ticket.id)
    if judged is None or not judged.assessments:
        return Order(change, 1, one.policy.version)
    return Order(change, judged.last.cycle, judged.last.policy_version)

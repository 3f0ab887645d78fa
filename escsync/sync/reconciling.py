"""Reconciling: what of a planned change is still right for the ticket as it stands now."""

from __future__ import annotations

from datetime import datetime, timedelta

from escsync.adapter import Change, Edit, Move, Rejected, SetField, Ticket, WriteNote
from escsync.domain.plan import enforces
from escsync.effects import same

from .judging import Judged
from .outcome import Pass
from .receipts import Receipt, Written, target_of

_SLACK = timedelta(minutes=15)
"""How far a tracker's clock may be ahead of the pass's, whose instant is the one at which it began."""


def reconciled(
    change: Change, ticket: Ticket, judged: Judged | None, written: Written, *, exactly: bool
) -> tuple[Edit, ...]:
    """What of *change* is still right: escsync's own fields and note with the truth of now; the rest only where
    nobody has touched what it is about.

    *judged* is the ticket judged anew; what is left alone is noted in *written*. *exactly*: nothing is added.
    """
    again = judged.drafted.change.edits if judged and judged.drafted.change else ()
    now = {target_of(change, edit): edit for edit in again}
    kept: list[Edit] = []
    for edit in change.edits:
        target = target_of(change, edit)
        if enforces(edit):
            right = edit if _untouched(edit, ticket, now.get(target)) else None
        else:
            right = now.get(target)
        if right is None:
            written.receipts[target] = Receipt.STALE
        else:
            kept.append(right)
    if not exactly:
        planned = {target_of(change, edit) for edit in change.edits}
        kept += [e for e in again if not enforces(e) and target_of(change, e) not in planned]
    return tuple(kept)


def again(change: Change, edit: Edit, written: Written, *, exactly: bool) -> bool:
    """Is *edit*, which the ticket asks for after the first round, to be written in a second one?"""
    receipt = written.receipts.get(target_of(change, edit))
    if receipt in (Receipt.REFUSED, Receipt.FAILED):
        return kept_out(change, edit, written)
    if enforces(edit):
        return False
    match receipt:
        case None | Receipt.STALE:
            return not exactly
        case Receipt.IGNORED:
            return isinstance(edit, WriteNote) and len(change.edits) > 1
        case _:
            return True


def kept_out(change: Change, edit: Edit, written: Written) -> bool:
    """Was *edit* refused only because another edit of the same ticket was bad?"""
    error = written.errors.get(target_of(change, edit))
    if not isinstance(error, Rejected):
        return False
    if error.field:
        return error.field != (
            edit.field if isinstance(edit, SetField) else "stage" if isinstance(edit, Move) else ""
        )
    return not enforces(edit) and any(map(enforces, change.edits))


def dated(one: Pass, ticket: Ticket, ours: frozenset[tuple[str, str]]) -> datetime:
    """The pass's instant, or the later one at which the tracker dates what this pass has just done to *ticket*:
    otherwise our own deed would be evidence of the future, and the note would deny it."""
    done = [
        facts[-1].when.at
        for native, name in ours
        if native == ticket.id and (facts := ticket.history.get(name))
        if facts[-1].actor is not None and facts[-1].actor.id == one.adapter.me
    ]
    return max((at for at in done if one.now < at <= one.now + _SLACK), default=one.now)


def _untouched(edit: Edit, ticket: Ticket, again: Edit | None) -> bool:
    """Has nobody changed what the enforced *edit* is about? *again* is what would be drafted now."""
    match edit:
        case SetField():
            return same(ticket.values.get(edit.field), edit.old)
        case Move():
            return again == edit and edit.old in (ticket.status.name, ticket.status.id)
        case _:
            return True

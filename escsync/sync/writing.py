"""Writing: each ticket read again, compared, written, and read once more to see whether it took effect."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from escsync.adapter import (
    Change,
    Conflict,
    Denied,
    Edit,
    Move,
    Rejected,
    SetField,
    Ticket,
    TrackerError,
    Vanished,
    WriteNote,
)
from escsync.domain.effect import SETTLE, Effect, EffectState
from escsync.domain.plan import enforces
from escsync.effects import Sent, outcome, send, shows
from escsync.ledger.batches import chunks

from .judging import Judge, Judged
from .looking import gone_of, observe, read
from .outcome import Failure, Pass, failure_of, with_person
from .receipts import SETTLED, Receipt, Written, joined, moved_away, order_of, target_of, unknown
from .reconciling import again, dated, kept_out, reconciled
from .recovering import ours
from .restoring import restorations, was_done

_NOTHING: Mapping[str, Any] = {}


class Writer:
    """Carries out the changes of one pass. *exactly*: only the steps of the plan are taken, none besides.

    *live* are tickets as this pass has just pulled them, where reading costs a call each: they are read once more
    only before people's own fields are touched.
    """

    def __init__(self, one: Pass, judge: Judge, live: Mapping[str, Ticket], *, exactly: bool) -> None:
        self._one = one
        self._judge = judge
        self._live = live
        self._exactly = exactly
        self.written = Written()

    def carry_out(self, changes: Sequence[Change]) -> Written:
        """Write *changes*, in bulk; a human's edit made since the plan wins."""
        size = max(1, self._one.adapter.capabilities.read_batch)
        done = 0
        for batch in chunks(changes, size):
            self._batch(batch)
            done += len(batch)
            self._one.progress("writing", done, len(changes))
        return self.written

    def _batch(self, changes: Sequence[Change]) -> None:
        pulled = {
            change.ticket.id: self._live[change.ticket.id]
            for change in changes
            if change.ticket.id in self._live and not any(map(enforces, change.edits))
        }
        live, errors = read(self._one, [c.ticket for c in changes if c.ticket.id not in pulled])
        late = self._one.ledger.late(self._one.tracker, self._one.now)
        news = self._observe(live.values(), by_us=ours(late, live.values()))
        fresh = self._fresh(changes, pulled | live, errors, news)
        before = pulled | live
        after = self._restore(fresh, before, self._round(fresh, before))
        # What was written may have changed what is true (a new owner starts a clock), and one bad field may have
        # kept the others out: what is escsync's own is brought up to date in the same pass.
        second = self._settle(fresh, after)
        if second:
            self._round(second, after)

    def _fresh(
        self,
        changes: Sequence[Change],
        live: Mapping[str, Ticket],
        errors: Mapping[str, TrackerError],
        news: Collection[str],
    ) -> list[Change]:
        """Each change as it is right for the ticket as it stands now; *news* are those that say something new."""
        moved = {
            c.ticket.id
            for c in changes
            if c.ticket.id in live
            and (
                live[c.ticket.id].digest() != c.based_on or (live[c.ticket.id].apart and c.ticket.id in news)
            )
        }
        self._rejudge(moved)
        gone = gone_of(
            self._one, [c.ticket.id for c in changes if c.ticket.id not in live.keys() | errors.keys()], live
        )
        fresh = []
        for change in changes:
            ticket = live.get(change.ticket.id)
            if ticket is None:
                self._absent(change, errors.get(change.ticket.id), proven=change.ticket.id in gone)
                continue
            edits = change.edits
            if ticket.id in moved:
                edits = self._reconciled(change, ticket)
            if edits:
                fresh.append(replace(change, edits=edits, based_on=ticket.digest(), version=ticket.version))
        return fresh

    def _reconciled(self, change: Change, ticket: Ticket) -> tuple[Edit, ...]:
        """What of *change* is still right; escsync's own foresees only what is really still to come."""
        again = self.written.judged.get(ticket.id)
        edits = reconciled(change, ticket, again, self.written, exactly=self._exactly)
        kept = [edit for edit in edits if enforces(edit)]
        drafted = again.drafted.change.edits if again and again.drafted.change else ()
        if kept == [edit for edit in drafted if enforces(edit)]:
            return edits
        self._rejudge([ticket.id], foreseeing={ticket.id: kept})
        again = self.written.judged.get(ticket.id)
        return reconciled(replace(change, edits=edits), ticket, again, self.written, exactly=self._exactly)

    def _absent(self, change: Change, error: TrackerError | None, *, proven: bool) -> None:
        """A ticket that was not read: somebody deleted it, and nothing is owed; or nobody knows."""
        for edit in change.edits:
            if proven:
                self.written.receipts[target_of(change, edit)] = Receipt.STALE
            else:
                told = Vanished(
                    "the ticket is not there any more", remedy="escsync sync --full finds out why"
                )
                self._fail(change, edit, error or told)

    def _round(self, changes: Sequence[Change], before: Mapping[str, Ticket]) -> dict[str, Ticket]:
        """Write, read back, and note what became of each edit; the tickets as they stand after it, *before* it so."""
        if not changes:
            return {}
        one = self._one
        orders = [order_of(one, change, self.written) for change in changes]
        sent = send(orders, one.adapter, one.ledger, one.tracker, one.pass_id)
        after = {deed.order.change.ticket.id: deed.after for deed in sent if deed.after is not None}
        unseen, errors = read(one, [change.ticket for change in changes if change.ticket.id not in after])
        after |= unseen
        settled: list[Effect] = []
        for deed in sent:
            native = deed.order.change.ticket.id
            settled += self._receipts(deed, before.get(native), after.get(native), errors.get(native))
        by_us = frozenset(
            (change.ticket.id, edit.field if isinstance(edit, SetField) else "stage")
            for change in changes
            for edit in change.edits
            if isinstance(edit, SetField | Move)
            and self.written.receipts.get(target_of(change, edit)) is Receipt.APPLIED
        )
        # Whoever dies between the two still knows whose change it was: an open effect is resolved by reading.
        late = one.ledger.late(one.tracker, one.now)
        self._observe(after.values(), by_us=by_us | ours(late, after.values()))
        one.ledger.settle(one.tracker, settled)
        self._rejudge(
            (change.ticket.id for change in changes if change.ticket.id in after),
            foreseeing={
                change.ticket.id: [
                    e for e in change.edits if enforces(e) and kept_out(change, e, self.written)
                ]
                for change in changes
            },
            now={native: dated(one, ticket, by_us) for native, ticket in after.items()},
        )
        return after

    def _restore(
        self, changes: Sequence[Change], before: Mapping[str, Ticket], after: dict[str, Ticket]
    ) -> dict[str, Ticket]:
        """Put back what people set between our last look and our write: theirs is the last word."""
        by_ticket = {change.ticket.id: change for change in changes}
        found = list(restorations(by_ticket, before, after, self._one.adapter.me))
        if found:
            after = after | self._round([back for _, back in found], after)
        for overwriting, _ in found:
            for edit in overwriting.edits:
                if self.written.receipts[target_of(overwriting, edit)] is Receipt.APPLIED:
                    self.written.receipts[target_of(overwriting, edit)] = Receipt.STALE
        return after

    def _receipts(
        self, deed: Sent, before: Ticket | None, ticket: Ticket | None, lost: TrackerError | None
    ) -> Iterable[Effect]:
        """One effect per edit, settled; what nobody could look at stays in doubt."""
        change = deed.order.change
        for index, edit in enumerate(change.edits):
            error = deed.failures.get(index)
            done = index in deed.created or (ticket is not None and shows(ticket, edit, self._one.adapter))
            target = target_of(change, edit)
            doubt = unknown(error)
            if not done and error is None and before is not None and ticket is not None:
                done = was_done(edit, before, ticket, self._one.adapter.me)
            if done and (error is None or doubt):
                receipt, doubt = Receipt.APPLIED, False
                self.written.clear(change, edit)
            elif isinstance(error, Rejected) and ticket is not None and moved_away(edit, ticket):
                receipt = Receipt.STALE
            elif error is not None:
                receipt = self._fail(change, edit, error)
            elif ticket is None:
                receipt = self._fail(change, edit, lost or Vanished("the ticket was gone after the write"))
                doubt = lost is not None
            elif isinstance(edit, WriteNote) and joined(edit, ticket):
                receipt = Receipt.STALE
            else:
                receipt = Receipt.IGNORED
                self.written.ignored(change, edit)
            self.written.receipts[target] = receipt
            if index in deed.unclaimed:
                continue
            if doubt:
                yield outcome(deed, index, EffectState.DOUBT, not_before=self._one.later() + SETTLE)
            else:
                yield outcome(deed, index, SETTLED[receipt])

    def _settle(self, changes: Sequence[Change], after: Mapping[str, Ticket]) -> list[Change]:
        """What is left to write on tickets that have just been written, once."""
        second = []
        for change in changes:
            judged = self.written.judged.get(change.ticket.id)
            if change.ticket.id not in after or judged is None or judged.drafted.change is None:
                continue
            wanted = tuple(
                edit
                for edit in judged.drafted.change.edits
                if again(change, edit, self.written, exactly=self._exactly)
            )
            if wanted:
                ticket = after[change.ticket.id]
                second.append(replace(change, edits=wanted, based_on=ticket.digest(), version=ticket.version))
        return second

    def _observe(
        self, tickets: Iterable[Ticket], by_us: frozenset[tuple[str, str]] = frozenset()
    ) -> set[str]:
        """Keep what *tickets* show; for which of them it is news."""
        changed, failures = observe(self._one, list(tickets), by_us=by_us)
        for failure in failures:
            self.written.failures.setdefault((failure.id, failure.code), failure)
        return changed

    def _rejudge(
        self,
        ids: Iterable[str],
        *,
        foreseeing: Mapping[str, Sequence[Edit]] = _NOTHING,
        now: Mapping[str, datetime] = _NOTHING,
    ) -> None:
        """Judge tickets anew, foreseeing only what is still to come of each."""
        wanted = set(ids)
        for entry in self._one.ledger.entries(self._one.tracker, ids=wanted) if wanted else ():
            judged = self._judge.judge(entry, foreseeing=foreseeing.get(entry.id), now=now.get(entry.id))
            if isinstance(judged, Judged):
                self.written.judged[judged.ticket] = judged
            elif isinstance(judged, Failure):
                self.written.failures.setdefault((judged.id, judged.code), judged)

    def _fail(self, change: Change, edit: Edit, error: TrackerError) -> Receipt:
        """Note the error of one edit, one line per ticket and kind of error."""
        error = with_person(error, edit, self._one)
        refused = Receipt.REFUSED if isinstance(error, Rejected | Denied) else Receipt.FAILED
        receipt = Receipt.STALE if isinstance(error, Conflict) else refused
        if receipt is not Receipt.STALE:
            failure = failure_of(error, change.id, change.ticket.key)
            self.written.failures.setdefault((change.id, failure.code), failure)
        self.written.receipts[target_of(change, edit)] = receipt
        self.written.errors[target_of(change, edit)] = error
        return receipt

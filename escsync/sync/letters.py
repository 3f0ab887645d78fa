"""Letters: what a pass sets aside because it fails for its own reasons, and what it tries again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from escsync.adapter import Create, Edit, Rejected, TicketRef, WriteNote
from escsync.domain.evidence import iso
from escsync.domain.fields import OWN_FIELDS
from escsync.domain.letter import JUDGE, READ, Letter
from escsync.domain.plan import Plan
from escsync.effects import after, digest, step

from .looking import fingerprint, observe, read
from .outcome import Failure, Pass, failure_of

if TYPE_CHECKING:
    from escsync.ledger.archive import Entry

    from .gathering import Gathered
    from .judging import Judged
    from .receipts import Written

Place = tuple[str, str]
"""A ticket's native id and the step."""


class Aside:
    """What is set aside on one tracker, as one pass finds and leaves it."""

    def __init__(self, one: Pass) -> None:
        self._one = one
        self._letters = {letter.place: letter for letter in one.ledger.letters.of(one.tracker)}
        self._readable: set[str] = set()

    @property
    def tickets(self) -> frozenset[str]:
        """The tickets of which something is set aside."""
        return frozenset(ticket for ticket, _ in self._letters)

    @property
    def unreadable(self) -> frozenset[str]:
        """The tickets that could not be read and have not changed since: nothing is concluded from what was known before."""
        read_by = (letter for letter in self._letters.values() if letter.step == READ)
        return frozenset(one.ticket for one in read_by if one.holds(self._configured, self._one.now))

    def holds(self, entry: Entry, edit: Edit) -> bool:
        """Is *edit* set aside, for the ticket as people have left it?"""
        letter = self._letters.get((entry.id, place(edit)))
        return letter is not None and letter.holds(self._basis(entry, self._hash(edit)), self._one.now)

    def replayed(self, entry: Entry, edit: Edit) -> bool:
        """Did a person ask for another try of *edit*?"""
        letter = self._letters.get((entry.id, place(edit)))
        return letter is not None and not letter.basis

    def reread(self, gathered: Gathered) -> None:
        """Read by id what could not be read and is due for another try: no pull need bring it again."""
        if gathered.poll is None:
            return
        came = gathered.pulled | gathered.unreadable
        due = [
            TicketRef(letter.ticket, letter.key)
            for letter in self._letters.values()
            if letter.step == READ and letter.ticket not in came
            if not letter.holds(self._configured, self._one.now)
        ]
        live, errors = read(self._one, due)
        failures = observe(self._one, list(live.values()))[1] if live else []
        for ref in due:
            error, told = errors.get(ref.id), f"{self._one.tracker}:{ref.id}"
            if isinstance(error, Rejected):
                failures.append(Failure(told, ref.key, "UNREADABLE", error.message, error.remedy))
            elif error is not None:
                failed = failure_of(error)  # the tracker's, as it is: once is enough
                gathered.errors += [failed] if failed not in gathered.errors else []
        gathered.pulled |= live.keys()
        gathered.unreadable |= {_native(failure) for failure in failures}
        gathered.errors += failures
        # One that is not there at all needs no letter either.
        self._readable = (gathered.pulled | {ref.id for ref in due} - errors.keys()) - gathered.unreadable

    def settle(
        self, gathered: Gathered, unjudged: Sequence[Failure], judged: Mapping[str, Judged]
    ) -> tuple[Failure, ...]:
        """Keep, before the cursor moves on, what could not be read or judged; the failures that are news."""
        new, old = [], set()
        unread = [one for one in gathered.errors if one.id and _native(one) in gathered.unreadable]
        for which, failure in [*((READ, one) for one in unread), *((JUDGE, one) for one in unjudged)]:
            letter = self._letter(which, failure, self._configured, aside=True)
            known = self._letters.get(letter.place)
            if known is not None and known.holds(letter.basis, self._one.now):
                old.add(failure)
                if known.message != letter.message:
                    new.append(replace(known, message=letter.message, remedy=letter.remedy))
            else:
                new.append(letter)
        gone = [(i, READ) for i in self._readable] + [(i, JUDGE) for i in judged]
        self._keep(new, [*gone, *self._unwanted(judged)])
        return tuple(one for one in (*gathered.errors, *unjudged) if one not in old)

    def written(self, written: Written, judged: Mapping[str, Judged], plan: Plan) -> None:
        """Keep what failed of the edits and is still wanted; forget what succeeded or is wanted no more."""
        from .receipts import Receipt

        done = [where for where, receipt in written.receipts.items() if receipt is Receipt.APPLIED]
        bad = {Receipt.REFUSED, Receipt.IGNORED, Receipt.FAILED}
        failed = {where: receipt for where, receipt in written.receipts.items() if receipt in bad}
        wanted = _wanted(judged, (ticket for ticket, _ in failed))
        planned = (
            {(c.ticket.id, place(edit)): edit for c in plan.changes for edit in c.edits} if failed else {}
        )
        tickets = {ticket for ticket, _ in failed}
        entries = self._one.ledger.entries(self._one.tracker, ids=tickets) if failed else ()
        basis = {
            where: self._basis(entry, self._hash(planned.get(where, wanted[where])))
            for entry in entries
            for where in failed.keys() & wanted.keys()
            if where[0] == entry.id
        }
        new = []
        for where, depends in basis.items():
            failure = _failure(self._one.tracker, judged[where[0]].key, written, where)
            own = failed[where] is not Receipt.FAILED and (failure.code != "DENIED" or bool(done))
            letter = self._letter(where[1], failure, depends, aside=own)
            known = self._letters.get(where)
            again = known is not None and known.aside and known.code == letter.code
            if own or again or _alone(where[0], written):
                new.append(letter)
        self._keep(new, [*done, *self._unwanted(judged)])

    def _letter(self, which: str, failure: Failure, basis: str, *, aside: bool) -> Letter:
        one, now = self._one, self._one.now
        told = (failure.key, failure.code, one.clean(failure.message), one.clean(failure.remedy))
        letter = Letter(one.tracker, _native(failure), which, *told, basis, now, now, aside=aside)
        known = self._letters.get(letter.place)
        return letter if known is None else known.once_more(letter)

    def _keep(self, new: Iterable[Letter], gone: Iterable[Place]) -> None:
        kept = {letter.place: letter for letter in new}
        lost = (self._letters.keys() & set(gone)) - kept.keys()
        self._one.ledger.letters.put(self._one.tracker, list(kept.values()), lost)
        self._letters = {where: one for where, one in self._letters.items() if where not in lost} | kept

    def _unwanted(self, judged: Mapping[str, Judged]) -> Iterator[Place]:
        """Letters of edits that nobody asks for any more."""
        edits = [where for where in self._letters if where[1] not in (READ, JUDGE) and where[0] in judged]
        wanted = _wanted(judged, (ticket for ticket, _ in edits))
        return (where for where in edits if where not in wanted)

    def _basis(self, entry: Entry, wanted: str) -> str:
        """What an edit's failure depends on: the ticket as people have left it, the value, the configuration."""
        ticket = entry.record.ticket
        theirs = {name: value for name, value in ticket.values.items() if name not in OWN_FIELDS}
        people = replace(ticket, values=theirs, note=None).digest()
        by = ticket.updated_by
        # What people did to fields that we do not read may be what the tracker asked for.
        when = iso(ticket.updated_at) if by is not None and by.id != self._one.adapter.me else None
        return digest([people, when, wanted, self._configured, self._one.mode.value])

    @cached_property
    def _configured(self) -> str:
        """What reading or judging a ticket depends on, beside the ticket."""
        return fingerprint(self._one)

    def _hash(self, edit: Edit) -> str:
        twins = sorted(edit.twins) if isinstance(edit, WriteNote) else []
        return digest([after(edit, self._one.adapter), *twins])


def place(edit: Edit) -> str:
    """The step that an edit is; of created records each is one of its own."""
    return edit.draft.key if isinstance(edit, Create) else step(edit)


def _native(failure: Failure) -> str:
    return failure.id.partition(":")[2]


def _wanted(judged: Mapping[str, Judged], tickets: Iterable[str]) -> dict[Place, Edit]:
    """What is drafted for *tickets*, whether it may be written now or is withheld."""
    found: dict[Place, Edit] = {}
    for ticket in set(tickets) & judged.keys():
        drafted = judged[ticket].drafted
        changes = [held.change for held in drafted.withheld] + ([drafted.change] if drafted.change else [])
        found |= {(ticket, place(edit)): edit for change in changes for edit in change.edits}
    return found


def _alone(ticket: str, written: Written) -> bool:
    """Is it this ticket that fails, and not the tracker, which was read a moment before? Others were served after it, or
    it is the only one that failed."""
    from .receipts import Receipt

    order = list(dict.fromkeys(native for native, _ in written.receipts))
    done = {native for (native, _), receipt in written.receipts.items() if receipt is Receipt.APPLIED} - {
        ticket
    }
    failed = {native for (native, _), receipt in written.receipts.items() if receipt is Receipt.FAILED}
    return failed == {ticket} or bool(done & set(order[order.index(ticket) :]))


def _failure(tracker: str, key: str, written: Written, where: Place) -> Failure:
    """Why an edit failed: what the tracker said, or that it did nothing."""
    from .receipts import Receipt

    told, error = f"{tracker}:{where[0]}", written.errors.get(where)
    if error is not None and written.receipts[where] is not Receipt.IGNORED:
        return failure_of(error, told, key)
    names = (f"IGNORED {name}" for name in (where[1].removeprefix("set:"), "create"))
    ignored = (written.failures.get((told, name)) for name in names)
    return next(filter(None, ignored), Failure(told, key, "IGNORED", "the tracker did nothing"))

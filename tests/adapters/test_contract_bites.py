"""The contract objects to adapters that break it: each is broken in one way, and one test must notice."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from escsync.adapter import (
    Capabilities,
    Change,
    Heard,
    Message,
    NoteSeen,
    Page,
    PersonRef,
    SetField,
    TicketRef,
    TrackerError,
    Unavailable,
    WriteNote,
    Written,
)
from escsync.testing import AdapterContract, MemoryAdapter, MemoryTracker
from escsync.testing.contract_listening import ListeningContract
from escsync.testing.contract_outage import OutageContract
from escsync.testing.contract_trouble import TroubleContract
from escsync.testing.memory import MemoryListener


class Broken(MemoryTracker):
    """A tracker whose adapter has one fault."""

    fault: type[MemoryAdapter]

    def connect(self):
        return self.fault(self)


class LosesTheLastPage(MemoryAdapter):
    def pull(self, cursor, watch=()):
        pages = list(super().pull(cursor, watch))
        yield from pages[: max(1, len(pages) - 1)]


class SkipsWhatJustChanged(MemoryAdapter):
    def pull(self, cursor, watch=()):
        for page in super().pull(cursor, watch):
            yield Page(page.tickets, {"revision": page.cursor["revision"] + 1})


class ForgetsTheFirstValue(MemoryAdapter):
    def read(self, refs):
        for ticket in super().read(refs):
            yield replace(ticket, history={name: past[-1:] for name, past in ticket.history.items()})


class TakesEveryCommentForAMessage(MemoryAdapter):
    def read(self, refs):
        for ticket in super().read(refs):
            comments = self._tracker.at(ticket.ref).comments
            plain = [
                Message(c.id, ticket.history["owner"][0].when, PersonRef(c.author), c.text) for c in comments
            ]
            yield replace(ticket, messages=(*ticket.messages, *plain[1:]))


class BelievesAnybodysNote(MemoryAdapter):
    def read(self, refs):
        for ticket in super().read(refs):
            found = [c for c in self._tracker.at(ticket.ref).comments if "escsync-note" in c.text]
            yield replace(ticket, note=NoteSeen(found[0].id, "cafe") if found else ticket.note)


class WritesANewNoteEachTime(MemoryAdapter):
    def _edit(self, held, edit):
        if isinstance(edit, WriteNote) and self.capabilities.note:
            held.note = (f"note:{self.calls}", edit.text, edit.digest)
            return None
        return super()._edit(held, edit)


class DropsWrites(MemoryAdapter):
    def _edit(self, held, edit):
        return None if isinstance(edit, SetField) else super()._edit(held, edit)


class IgnoresVersions(MemoryAdapter):
    def _write(self, change: Change):
        return super()._write(replace(change, version=""))


class StopsAtTheFirstFailure(MemoryAdapter):
    def write(self, changes):
        for written in super().write(changes):
            yield written
            if written.failures:
                return


class FindsEverything(MemoryAdapter):
    def find(self, keys):
        yield from super().find([held.key for held in self._tracker.held.values()])


class AsksTwice(MemoryAdapter):
    def pull(self, cursor, watch=()):
        self._ask("pull", lambda: None)
        yield from super().pull(cursor, watch)


class PaysForWatching(MemoryAdapter):
    def pull(self, cursor, watch=()):
        self.calls += len(watch)
        yield from super().pull(cursor, watch)


class CutsTexts(MemoryAdapter):
    def _edit(self, held, edit):
        if isinstance(edit, SetField) and isinstance(edit.new, str):
            edit = replace(edit, new=edit.new[:255])
        return super()._edit(held, edit)


class AnswersFromMemory(MemoryAdapter):
    """Says of a write what was asked for, not what is."""

    def _write(self, change: Change):
        (before,) = self._known([change.ticket])
        told = {edit.field: edit.new for edit in change.edits if isinstance(edit, SetField)}
        after = replace(before, values={**before.values, **told})
        return replace(super()._write(change), after=after)


class CallsEverythingGone(MemoryAdapter):
    def pull(self, cursor, watch=()):
        for page in super().pull(cursor, watch):
            yield replace(page, gone=tuple(ticket.ref for ticket in page.tickets))


class MissesTheGone(MemoryAdapter):
    """Takes what it does not see for deleted."""

    def pull(self, cursor, watch=()):
        for page in super().pull(cursor, watch):
            seen = {ticket.id for ticket in page.tickets}
            lost = tuple(TicketRef(i) for i in self._tracker.held if cursor is None and i not in seen)
            yield replace(page, gone=lost)


class BringsMessagesAlong(MemoryListener):
    def _pulled(self, held):
        return replace(self._tracker.seen(held), heard=True)


class HearsOnlyNotes(MemoryListener):
    def listen(self, refs):
        for heard in super().listen(refs):
            yield replace(heard, messages=())


class HearsGhosts(MemoryListener):
    def listen(self, refs):
        known = {heard.ticket.id: heard for heard in super().listen(refs)}
        yield from (known.get(ref.id, Heard(ref)) for ref in refs)


class RemembersWhatWasSaid(MemoryListener):
    """Asks once and believes it for ever."""

    def listen(self, refs):
        known = self.__dict__.setdefault("known", {})
        for heard in super().listen([ref for ref in refs if ref.id not in known]):
            known[heard.ticket.id] = heard
        yield from (known[ref.id] for ref in refs if ref.id in known)


class Impatient(MemoryAdapter):
    """Tries nothing again."""

    def __init__(self, tracker):
        super().__init__(tracker)
        self._retry = lambda operation, *, safe: tracker.exchange(operation, writes=not safe)


class HasNoPatienceWithLimits(MemoryAdapter):
    """Tries again at once, however long it was told to wait."""

    def __init__(self, tracker):
        super().__init__(tracker)

        def at_once(operation, *, safe):
            while True:
                try:
                    return tracker.exchange(operation, writes=not safe)
                except Unavailable:
                    tracker.waits.append(0.1)

        self._retry = at_once


class GivesUpInSilence(MemoryAdapter):
    """Shows nothing where nothing can be reached."""

    def _ask(self, name, work, *, safe=True):
        try:
            return super()._ask(name, work, safe=safe)
        except Unavailable:
            return ([], True) if name == "pull" else []


class ClaimsSuccess(MemoryAdapter):
    """Takes every write for done."""

    def write(self, changes):
        for change in changes:
            try:
                yield from super().write([change])
            except TrackerError:
                yield Written(change.ticket)


class WritesAgain(MemoryAdapter):
    """Repeats whatever broke off, as if it had not been carried out."""

    def _ask(self, name, work, *, safe=True):
        return super()._ask(name, work, safe=True)

    def _edit(self, held, edit):
        if isinstance(edit, WriteNote):
            held.note = (f"note:{self.calls}", edit.text, edit.digest)
            return None
        return super()._edit(held, edit)


class TakesTheHiddenForDeleted(MemoryAdapter):
    def pull(self, cursor, watch=()):
        for page in super().pull(cursor, watch):
            lost = tuple(TicketRef(i) for i in self._tracker.held) if self._tracker.hidden else ()
            yield replace(page, gone=lost)


class FindsOnlyWhatIsInScope(MemoryAdapter):
    def read(self, refs):
        yield from (ticket for ticket in super().read(refs) if ticket.in_scope)


class OverwritesTheWholeTicket(MemoryAdapter):
    """Puts back all that it has read, and so what somebody else has changed since."""

    def _write(self, change: Change):
        told = self.__dict__.setdefault("told", {})
        held = self._tracker.held.get(change.ticket.id)
        if held is not None and told.get(change.ticket.id) is not None:
            self._tracker.set(change.ticket, "account.name", told[change.ticket.id], by=self.me)
        return super()._write(replace(change, version=""))

    def read(self, refs):
        for ticket in super().read(refs):
            self.__dict__.setdefault("told", {})[ticket.id] = ticket.values["account.name"] or ""
            yield ticket


class TrustsItsOwnClock(MemoryAdapter):
    """Goes on from its own present, not from the tracker's."""

    def pull(self, cursor, watch=()):
        own = self._tracker.now + self._tracker.lag
        since = datetime.fromisoformat(cursor["at"]) if cursor else datetime.min.replace(tzinfo=UTC)
        for page in super().pull(None, watch):
            fresh = tuple(ticket for ticket in page.tickets if ticket.updated_at >= since)
            yield Page(fresh, {"at": own.isoformat()})


class DatesByItsOwnClock(MemoryAdapter):
    def read(self, refs):
        for ticket in super().read(refs):
            lag = self._tracker.lag
            said = (replace(m, when=replace(m.when, at=m.when.at + lag)) for m in ticket.messages)
            yield replace(ticket, messages=tuple(said))


class TripsOverOneTicket(MemoryAdapter):
    def pull(self, cursor, watch=()):
        for page in super().pull(cursor, watch):
            if page.unreadable:
                raise ValueError("banana")
            yield page


class LeavesOutWhatItCannotRead(MemoryAdapter):
    def _known(self, refs):
        return super()._known([ref for ref in refs if ref.id not in self._tracker.spoilt])


FAULTS = [
    (LosesTheLastPage, "test_all_pages_come"),
    (SkipsWhatJustChanged, "test_a_change_in_the_second_of_the_pull_is_not_lost"),
    (ForgetsTheFirstValue, "test_the_past_is_told_or_not_claimed"),
    (TakesEveryCommentForAMessage, "test_marked_comments_are_messages"),
    (BelievesAnybodysNote, "test_a_foreign_note_is_not_ours"),
    (WritesANewNoteEachTime, "test_there_is_one_note_kept_up_to_date"),
    (DropsWrites, "test_what_is_written_is_read_back"),
    (IgnoresVersions, "test_a_version_guards_where_it_can"),
    (StopsAtTheFirstFailure, "test_one_bad_ticket_stops_no_other"),
    (FindsEverything, "test_what_is_created_can_be_found"),
    (AsksTwice, "test_an_idle_pull_is_one_call"),
    (PaysForWatching, "test_watched_tickets_come_at_no_cost_or_not_at_all"),
    (CutsTexts, "test_texts_are_written_whole"),
    (AnswersFromMemory, "test_what_a_write_answers_is_what_is_read"),
    (AnswersFromMemory, "test_an_ignored_write_shows_in_what_is_read"),
    (CallsEverythingGone, "test_only_what_was_deleted_is_called_gone"),
    (MissesTheGone, "test_a_ticket_that_leaves_the_scope_is_not_lost"),
    (FindsOnlyWhatIsInScope, "test_a_ticket_that_leaves_the_scope_is_not_lost"),
    (TakesTheHiddenForDeleted, "test_lost_sight_is_no_deletion"),
    (TripsOverOneTicket, "test_a_ticket_that_cannot_be_understood_stops_no_other"),
    (LeavesOutWhatItCannotRead, "test_a_ticket_that_cannot_be_understood_stops_no_other"),
    (Impatient, "test_an_outage_while_reading_is_tried_again"),
    (Impatient, "test_a_rate_limit_is_waited_out"),
    (HasNoPatienceWithLimits, "test_a_rate_limit_is_waited_out"),
    (HasNoPatienceWithLimits, "test_a_refused_write_is_written_once_later"),
    (GivesUpInSilence, "test_an_outage_that_lasts_is_said"),
    (ClaimsSuccess, "test_an_outage_before_a_write_changes_nothing_unsaid"),
    (WritesAgain, "test_an_outage_after_a_write_never_writes_twice"),
    (WritesAgain, "test_an_outage_while_creating_makes_one_record"),
    (OverwritesTheWholeTicket, "test_a_human_edit_in_between_survives"),
    (TrustsItsOwnClock, "test_a_wrong_clock_loses_nothing"),
    (DatesByItsOwnClock, "test_a_wrong_clock_loses_nothing"),
]
APART = [
    (BringsMessagesAlong, "test_messages_stand_apart_or_come_along"),
    (MemoryAdapter, "test_messages_stand_apart_or_come_along"),
    (HearsOnlyNotes, "test_what_is_heard_is_what_is_read"),
    (HearsGhosts, "test_what_is_heard_is_what_is_read"),
    (RemembersWhatWasSaid, "test_a_message_after_the_pull_is_heard"),
]
"""The same where messages stand apart."""


@pytest.mark.parametrize(("fault", "objects"), FAULTS, ids=lambda given: getattr(given, "__name__", given))
def test_a_broken_adapter_is_caught(fault, objects, tmp_path):
    """The test that is meant for the fault fails, and it does not fail without it."""
    judge(MemoryAdapter, fault, objects, Capabilities(compare_and_set=True), tmp_path)


@pytest.mark.parametrize(("fault", "objects"), APART, ids=lambda given: getattr(given, "__name__", given))
def test_a_broken_listener_is_caught(fault, objects, tmp_path):
    """Messages that stand apart can be lost in ways of their own."""
    judge(MemoryListener, fault, objects, Capabilities(apart=True), tmp_path)


def judge(sound, fault, objects, capabilities, folder):
    """Run one contract test on the *sound* adapter and on the broken one."""

    def kit(adapter):
        class Kit(AdapterContract):
            def humans(self, folder: Path):
                tracker = Broken(datetime(2026, 3, 3, 9, tzinfo=UTC), capabilities=capabilities)
                tracker.fault = adapter
                return tracker

        return Kit()

    for name in ("sound", "broken"):
        (folder / name).mkdir()
    getattr(kit(sound), objects)(folder / "sound")

    with pytest.raises((AssertionError, ValueError, TrackerError)):
        getattr(kit(fault), objects)(folder / "broken")


def test_every_test_of_the_newer_parts_bites():
    """No test of trouble or of listening stands there that nothing was ever seen to fail."""
    parts = (OutageContract, TroubleContract, ListeningContract)
    tests = {name for part in parts for name in vars(part) if name.startswith("test_")}

    assert tests - {objects for _, objects in [*FAULTS, *APART]} == set()


def test_every_part_of_the_contract_says_its_rule():
    """A failing contract test must tell an author what is asked."""
    tests = inspect.getmembers(AdapterContract, lambda member: inspect.isfunction(member))

    assert [name for name, test in tests if name.startswith("test_") and not test.__doc__] == []

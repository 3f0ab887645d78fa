"""The contract objects to adapters that break it: each is broken in one way, and one test must notice."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from escsync.adapter import Change, Message, NoteSeen, Page, PersonRef, SetField, WriteNote
from escsync.testing import AdapterContract, MemoryAdapter, MemoryTracker


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
        self._call("pull", "before")
        yield from super().pull(cursor, watch)


class PaysForWatching(MemoryAdapter):
    def pull(self, cursor, watch=()):
        self.calls += len(watch)
        yield from super().pull(cursor, watch)


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
]


@pytest.mark.parametrize(("fault", "objects"), FAULTS, ids=lambda given: getattr(given, "__name__", given))
def test_a_broken_adapter_is_caught(fault, objects, tmp_path):
    """The test that is meant for the fault fails, and it does not fail without it."""

    class Kit(AdapterContract):
        def humans(self, folder: Path):
            tracker = Broken(datetime(2026, 3, 3, 9, tzinfo=UTC))
            tracker.fault = self.fault
            return tracker

    Kit.fault = MemoryAdapter
    getattr(Kit(), objects)(tmp_path)
    Kit.fault = fault

    with pytest.raises((AssertionError, ValueError)):
        getattr(Kit(), objects)(tmp_path)


def test_every_part_of_the_contract_says_its_rule():
    """A failing contract test must tell an author what is asked."""
    tests = inspect.getmembers(AdapterContract, lambda member: inspect.isfunction(member))

    assert [name for name, test in tests if name.startswith("test_") and not test.__doc__] == []

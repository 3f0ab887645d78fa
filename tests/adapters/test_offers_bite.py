"""The contract of what adapters offer objects to each way of breaking it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from escsync.adapter import Ambiguous, Draft, FieldKind, TrackerError
from escsync.offers import Provided
from escsync.testing import MemoryAdapter, MemoryTracker, OffersContract

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


class Broken(MemoryTracker):
    """A tracker whose adapter has one fault."""

    fault: type[MemoryAdapter]

    def connect(self):
        return self.fault(self)


class AsksForWhatIsThere(MemoryAdapter):
    """Tells every wish for a gap."""

    def missing(self, wishes):
        yield from super().missing([replace(wish, named=("nowhere",)) for wish in wishes])


class MakesWhileItLooks(MemoryAdapter):
    def missing(self, wishes):
        self._tracker.column("Probe", FieldKind.TEXT)
        yield from super().missing(wishes)


class NarrowsWhatIsThere(MemoryAdapter):
    """Sets the options of a field to those that it needs."""

    def provide(self, gap):
        made = super().provide(gap)
        options = self._tracker.columns[made.id].options
        for id in [id for id, name in options.items() if name == "mixed"]:
            del options[id]
        return made


class MakesAgain(MemoryAdapter):
    """Takes a lost answer for a lost request."""

    def _made(self, wish):
        name = wish.wanted.name

        def make():
            return self._tracker.column(wish.label, wish.wanted.kind, f"escsync:{name}")

        try:
            return self._ask("provide", make, safe=False)
        except Ambiguous:
            return self._ask("provide", make, safe=False)


class TakesEverythingForItsOwn(MemoryAdapter):
    def provided(self):
        yield from (Provided(c.id, "field", c.name) for c in list(self._tracker.columns.values()))

    def withdraw(self, one):
        del self._tracker.columns[one.id]


class WithdrawsWhatItIsTold(MemoryAdapter):
    def withdraw(self, one):
        self._tracker.columns.pop(one.id, None)


class TellsOnlyHalf(MemoryAdapter):
    """Leaves out what was renamed."""

    def outline(self):
        yield from (part for part in super().outline() if part.name != "Weather")


class RehearsesTwice(MemoryAdapter):
    def scratch(self, mark):
        return self.create(Draft(mark, {"summary": "escsync's own test, may be deleted"}))


class KeepsItsTest(MemoryAdapter):
    def discard(self, ref):
        return None


class DiscardsWhatItIsTold(MemoryAdapter):
    def discard(self, ref):
        self._tracker.delete(ref, by=self.me)


FAULTS = [
    (AsksForWhatIsThere, "test_provisioning_twice_makes_nothing_new"),
    (MakesWhileItLooks, "test_looking_makes_nothing"),
    (NarrowsWhatIsThere, "test_what_is_there_stays_as_it_is"),
    (MakesAgain, "test_a_lost_answer_makes_nothing_twice"),
    (MakesAgain, "test_a_run_comes_to_its_end_although_answers_are_lost"),
    (TakesEverythingForItsOwn, "test_only_what_escsync_made_is_withdrawn"),
    (WithdrawsWhatItIsTold, "test_what_people_made_cannot_be_withdrawn"),
    (TellsOnlyHalf, "test_an_outline_changes_with_the_schema_alone"),
    (RehearsesTwice, "test_a_rehearsal_leaves_nothing_behind"),
    (KeepsItsTest, "test_a_rehearsal_leaves_nothing_behind"),
    (DiscardsWhatItIsTold, "test_no_other_ticket_is_discarded"),
]


def kit(adapter):
    """The contract over a tracker with fields that people made, whose adapter is *adapter*."""

    class Kit(OffersContract):
        def humans(self, folder: Path):
            tracker = Broken(NOW)
            tracker.fault = adapter
            return tracker

        def admins(self, folder: Path):
            tracker = self.humans(folder)
            tracker.column("Root cause", FieldKind.TEXT)
            tracker.column("Escalation health", FieldKind.CHOICE, ok="ok", mixed="mixed")
            return tracker

    return Kit()


@pytest.mark.parametrize(("fault", "objects"), FAULTS, ids=lambda given: getattr(given, "__name__", given))
def test_a_broken_offer_is_caught(fault, objects, tmp_path):
    """The test that is meant for the fault fails, and it does not fail without it."""
    for name in ("sound", "broken"):
        (tmp_path / name).mkdir()
    getattr(kit(MemoryAdapter), objects)(tmp_path / "sound")

    with pytest.raises((AssertionError, TrackerError, KeyError)):
        getattr(kit(fault), objects)(tmp_path / "broken")


def test_every_test_of_the_offers_bites():
    """No test stands there that nothing was ever seen to fail."""
    tests = {name for name in vars(OffersContract) if name.startswith("test_")}

    assert tests - {objects for _, objects in FAULTS} == set()

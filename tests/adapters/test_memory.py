"""The tracker in memory keeps the contract, with every capability on and with every one off."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from escsync.adapter import (
    Capabilities,
    Change,
    FieldKind,
    Move,
    Rejected,
    SetField,
    Stage,
    Unavailable,
    Vocabulary,
)
from escsync.testing import AdapterContract, Admins, Humans, MemoryTracker, OffersContract

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
POOR = Capabilities(
    history=False, messages=False, compare_and_set=False, note=False, read_batch=7, incremental=False
)


class TestMemory(AdapterContract):
    """Everything on."""

    def humans(self, folder: Path) -> Humans:
        return MemoryTracker(NOW)


class TestMemoryOffers(OffersContract):
    """Fields that people made, one of them called as ours would be and of another kind."""

    def humans(self, folder: Path) -> Humans:
        return MemoryTracker(NOW)

    def admins(self, folder: Path) -> Admins:
        tracker = MemoryTracker(NOW)
        tracker.column("Root cause", FieldKind.TEXT)
        tracker.column("Next deadline", FieldKind.INSTANT)
        tracker.column("Escalation health", FieldKind.CHOICE, ok="ok", mixed="mixed")
        return tracker


class TestApartMemory(AdapterContract):
    """Messages apart, writes answered by the ticket, deletions named."""

    def humans(self, folder: Path) -> Humans:
        return MemoryTracker(NOW, capabilities=Capabilities(apart=True), answers=True, mourns=True)


class TestPoorMemory(AdapterContract):
    """Everything off."""

    def humans(self, folder: Path) -> Humans:
        return MemoryTracker(NOW, capabilities=POOR)


def test_a_stubborn_field_is_accepted_and_unchanged():
    """A 2xx that changed nothing: the core must notice by reading back."""
    tracker = MemoryTracker(NOW, stubborn=["owner", "stage"])
    adapter = tracker.connect()
    ref = tracker.create({"summary": "x"}, by="escsync")
    edits = (SetField("owner", None, ()), Move("Intake", Stage.CLOSED))

    (written,) = adapter.write([Change("t", ref, "", edits, ())])
    (ticket,) = adapter.read([ref])

    assert not written.failures
    assert ticket.status.stage is Stage.INTAKE


def test_a_forbidden_field_is_rejected_by_name():
    """The other edits of the ticket go through."""
    tracker = MemoryTracker(NOW, forbidden=["owner"])
    adapter = tracker.connect()
    ref = tracker.create({"summary": "x"}, by="escsync")
    edits = (SetField("owner", None, ()), SetField("health", None, "ok"))

    (written,) = adapter.write([Change("t", ref, "", edits, ())])
    (ticket,) = adapter.read([ref])

    assert isinstance(written.failures[0], Rejected)
    assert written.failures[0].field == "owner"
    assert ticket.values["health"] == "ok"


def test_a_failure_can_strike_before_or_after_the_work():
    """A hook stands where a network would break: the write is lost, or only its answer is."""
    tracker = MemoryTracker(NOW)
    adapter = tracker.connect()
    ref = tracker.create({"summary": "x"}, by="escsync")
    change = Change("t", ref, "", (SetField("health", None, "ok"),), ())

    def strike(moment):
        def hook(operation, when):
            if (operation, when) == ("write", moment):
                raise Unavailable("the connection broke")

        return hook

    shown = []
    for moment in ("before", "after"):
        tracker.hook = strike(moment)
        with pytest.raises(Unavailable):
            list(adapter.write([change]))
        shown.append(next(iter(adapter.read([ref]))).values["health"])

    assert shown == [None, "ok"]


def test_a_ticket_out_of_scope_is_still_told():
    """An increment shows that it left; a full sweep does not show it."""
    tracker = MemoryTracker(NOW, vocabulary=Vocabulary())
    adapter = tracker.connect()
    ref = tracker.create({"summary": "x"}, by="escsync")
    (page,) = adapter.pull(None)
    tracker.leave(ref)

    told = [ticket.in_scope for p in adapter.pull(page.cursor) for ticket in p.tickets]
    swept = [ticket for p in adapter.pull(None) for ticket in p.tickets]

    assert told == [False]
    assert swept == []

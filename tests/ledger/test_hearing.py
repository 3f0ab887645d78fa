"""Messages are read once and kept as they were first seen."""

from __future__ import annotations

from dataclasses import replace

from ledger.polls import at, reading, said, ticket

from escsync.domain.communication import Element
from escsync.domain.evidence import Evidence, Grade
from escsync.ledger.hearing import first_sight


def test_a_message_is_read_once_and_kept_as_first_seen(tracker):
    """Text changed after first sight never improves a verdict (decision 43)."""
    tracker.poll(20, replace(ticket(), messages=(said(words="Hello"),)))
    edited = said(words="I am Dana", edited_at=at(25))
    tracker.poll(30, replace(ticket(), messages=(edited,)))

    record = tracker.record()
    assert record.readings["m1"].elements == frozenset()
    assert record.ticket.messages[0].when.at == at(10)


def test_a_text_edited_before_first_sight_counts_from_its_edit():
    """Otherwise an acknowledgement could be typed into an old comment (decision 43)."""
    assert first_sight(said(minutes=10, edited_at=at(50))).when.at == at(50)
    assert first_sight(said(minutes=10)).when.at == at(10)
    assert first_sight(said(minutes=10, edited_at=at(10))).when.at == at(10)


def test_a_deleted_message_stays_as_evidence(tracker):
    """It is marked, with the interval in which it went (decision 44)."""
    tracker.poll(20, replace(ticket(), messages=(said(), said("m2"))))
    tracker.poll(30, replace(ticket(), messages=(said("m2"),)))

    record = tracker.record()
    assert {m.id for m in record.ticket.messages} == {"m1", "m2"}
    assert record.gone == {"m1": Evidence(at(30), at(20), Grade.B, "poll")}


def test_a_message_that_is_there_again_was_not_deleted(tracker):
    """A permission that comes and goes deletes nothing."""
    for minutes, shown in ((20, (said(),)), (30, ()), (40, (said(),))):
        tracker.poll(minutes, replace(ticket(), messages=shown))

    assert tracker.record().gone == {}


def test_messages_that_cannot_be_read_are_not_taken_for_deleted(tracker):
    """Unknown is not missing."""
    tracker.poll(20, replace(ticket(), messages=(said(),)))
    tracker.poll(30, replace(ticket(), messages=(), unreadable={"messages": "403"}))

    assert tracker.record().gone == {}


def test_readings_are_renewed_only_for_unchanged_text(tracker):
    """New phrases count for what was said, not for what was put there later."""
    tracker.poll(20, replace(ticket(), messages=(said("m1", "Dana"), said("m2", "Hello"))))

    def wiser(_ticket, message):
        return replace(reading(_ticket, message), elements=frozenset({Element.TITLE}))

    now = replace(ticket(), messages=(said("m1", "Dana"), said("m2", "Dana", edited_at=at(25))))
    tracker.poll(30, now, read=wiser, renew=True)

    readings = tracker.record().readings
    assert readings["m1"].elements == {Element.TITLE}
    assert readings["m2"].elements == frozenset()

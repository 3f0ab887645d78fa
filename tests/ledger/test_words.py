"""Words: whatever a tracker sends is kept, or stops nothing but its own ticket."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ledger.polls import T, at, reading, said, ticket

from escsync.domain.people import PersonRef
from escsync.domain.policy import Policy
from escsync.domain.ticket import Heard, NoteSeen, TicketRef
from escsync.ledger.decisions import Judgement
from escsync.ledger.poll import Poll

ODD = [
    "a\0b",
    "\ud800 half",
    "\udfff",
    "語" * 3000,
    "x" * 100_000,
    "' OR 1=1 --",
    "%(name)s :name %s",
    "\\",
    "🐘",
]
BAD = ["a\0b", "\ud800", "x" * 1000, "語" * 300]


@pytest.mark.parametrize("words", ODD, ids=ascii)
def test_any_text_is_kept(tracker, ledger, words):
    """In each place where people write; and the same ticket is no news when it comes again."""
    seen = replace(
        ticket(summary=words, tone=words, owner=(PersonRef("u1", words, words, active=True),)),
        key=words,
        messages=(said(words=words),),
        note=NoteSeen("n1", words),
    )

    first, again = tracker.poll(1, seen), tracker.poll(2, seen)
    ledger.judged(T, Policy(), at(2), [Judgement("1", False, None, words, at(1), (1,), words, words)])

    assert (first.failed, again.changed, again.failed) == ({}, set(), {})
    assert tracker.record().ticket.values["tone"] == words
    assert [entry.id for entry in ledger.entries(T)] == ["1"]
    assert ledger.earlier()
    assert ledger.marks()


@pytest.mark.parametrize("number", BAD, ids=ascii)
def test_an_id_that_no_database_keeps_fails_its_own_ticket(tracker, number):
    """Mended or cut it would be another's: the ticket is reported, and no other is lost."""
    person = PersonRef(number, "Somebody", active=True)
    bad = [ticket(number), replace(ticket("2"), messages=(said(number),)), ticket("3", owner=(person,))]

    for minutes in (1, 2):
        seen = tracker.poll(minutes, *bad, ticket("4"))

        assert seen.failed.keys() == {number, "2", "3"}
    assert [record.ticket.id for record in tracker.ledger.records()] == ["4"]


def test_a_message_heard_apart_may_have_a_bad_id_too(tracker, ledger):
    """Its ticket is reported, the others are heard."""
    tracker.poll(1, ticket("1"), ticket("2"))
    heard = [
        Heard(TicketRef(number, number), (said(message),), None)
        for number, message in (("1", "\0"), ("2", "m"))
    ]

    seen = ledger.hear(Poll(T, at(2), at(1), reading), heard)

    assert (seen.changed, seen.failed.keys()) == ({"2"}, {"1"})


def test_the_longest_ids_are_kept(tracker):
    """Three of them stand in one entry of an index."""
    number = "x" * 800
    seen = replace(ticket(number, owner=(PersonRef(number, active=True),)), messages=(said(number),))

    first, again = tracker.poll(1, seen), tracker.poll(2, seen)

    assert (first.failed, again.changed) == ({}, set())

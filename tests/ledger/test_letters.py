"""The letterbox keeps one letter per ticket and step, for each tracker its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ledger.polls import at

from escsync.domain.letter import Letter
from escsync.ledger import Ledger

TOLD = ("MEM-1", "REJECTED", "this field cannot be set", "put it on the screen")
OWNER = Letter("support", "1", "set:owner", *TOLD, "b1", at(5), at(6), 2)
WHOLE = replace(OWNER, step="", code="UNREADABLE", since=at(1))


def test_a_letter_is_read_as_it_was_written(address):
    """The oldest first, whoever opens the ledger; of one tracker alone."""
    with Ledger.open(address) as ledger:
        ledger.letters.put("support", [OWNER, WHOLE])
        ledger.letters.put("crm", [replace(OWNER, tracker="crm", aside=False)])

    with Ledger.open(address) as ledger:
        support, crm = ledger.letters.of("support"), ledger.letters.of("crm")

    assert support == [WHOLE, OWNER]
    assert crm == [replace(OWNER, tracker="crm", aside=False)]


def test_a_newer_letter_takes_the_place_of_the_one_before(ledger):
    """One per step, and those that are gone go in the same transaction."""
    ledger.letters.put("support", [OWNER, WHOLE])

    again = OWNER.once_more(replace(OWNER, since=at(9), last_at=at(9), attempts=1, code="DENIED"))
    ledger.letters.put("support", [again], [WHOLE.place])

    assert ledger.letters.of("support") == [again]
    assert (again.since, again.last_at, again.attempts, again.code) == (at(5), at(9), 3, "DENIED")


def test_a_replay_only_marks(ledger):
    """What it depends on is forgotten: it holds for nothing any more; the other letters do."""
    ledger.letters.put("support", [OWNER, WHOLE])

    ledger.letters.replay("support", [OWNER])

    held = {letter.step: letter.holds("b1", at(7)) for letter in ledger.letters.of("support")}
    assert held == {"": True, "set:owner": False}


def test_hostile_words_are_kept_as_far_as_a_database_can(ledger):
    """Half a character and a null character stop nothing."""
    ledger.letters.put("support", [replace(OWNER, message="a\ud800b", key="K\x00")])

    (letter,) = ledger.letters.of("support")

    assert (letter.message[0], letter.message[-1], letter.key[0]) == ("a", "b", "K")


def test_a_letter_holds_for_its_basis_and_a_day():
    """Not for another ticket, value or configuration; not from the future; and never while it is only counted."""
    day = timedelta(hours=24)
    held = [
        OWNER.holds("b1", OWNER.last_at),
        OWNER.holds("b1", OWNER.last_at + day - timedelta(seconds=1)),
        OWNER.holds("b1", OWNER.last_at + day),
        OWNER.holds("b1", OWNER.last_at - timedelta(seconds=1)),
        OWNER.holds("b2", OWNER.last_at),
        replace(OWNER, aside=False).holds("b1", OWNER.last_at),
        replace(OWNER, step="note", code="IGNORED").holds("b1", OWNER.last_at + 99 * day),
    ]

    assert held == [True, True, False, False, False, False, True]

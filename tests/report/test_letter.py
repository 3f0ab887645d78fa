"""Drafts are personal, begin with the marker, and cannot be sent as they are."""

from dataclasses import replace

import pytest
from domain.story import PEOPLE, WORLD, Story, at

from escsync.domain.communication import DEFAULT_MARKERS, Element, Message, MessageKind
from escsync.domain.evidence import Evidence
from escsync.domain.people import PersonRef
from escsync.domain.policy import Policy
from escsync.domain.reading import read_message
from escsync.report.letter import LetterKind, letter

DANA = next(person for person in PEOPLE if person.id == "dana")


def drafted(kind, sender=DANA, found=None, markers=DEFAULT_MARKERS):
    """A draft for the doubled invoices."""
    found = found or Story().own("09:10", "dana").judge("09:30")
    return letter(kind, found, sender, company="Acme", policy=Policy(), markers=markers)


def read(text):
    """What the recogniser sees in a text that Dana sent."""
    message = Message("1", Evidence(at("10:00")), PersonRef("dana"), text, MessageKind.ACKNOWLEDGEMENT)
    return read_message(
        message,
        DANA,
        summary="Invoices doubled after migration",
        comms=Policy().comms,
        company=WORLD.company,
        directory=WORLD.directory,
    )


@pytest.mark.parametrize("kind", LetterKind)
def test_a_draft_begins_with_the_tracker_s_marker_and_is_signed(kind):
    """Name, title and company are filled in."""
    text = drafted(kind).text

    assert text.startswith(DEFAULT_MARKERS[kind.message][0] + "\n")
    assert text.endswith("Dana Reyes\nSupport Manager\nAcme")


@pytest.mark.parametrize("kind", LetterKind)
def test_a_draft_sent_as_it_is_counts_as_a_raw_template(kind):
    """The recogniser refuses it until every slot is filled, and the warning says so."""
    made = drafted(kind)

    assert read(made.text).placeholder
    assert any("TEMPLATE_PLACEHOLDER" in warning for warning in made.warnings)
    assert made.slots


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (LetterKind.ACK, "first_response"),
        (LetterKind.UPDATE, "customer_update"),
        (LetterKind.CLOSURE, "closure"),
    ],
)
def test_a_filled_draft_has_every_element(kind, rule):
    """Fill the slots, and the message qualifies."""
    made = drafted(kind)
    text = made.text
    for slot in made.slots:
        text = text.replace(slot, "2026-03-05" if "date" in slot else "the double import was undone")

    reading = read(text)

    assert not reading.placeholder
    assert set(getattr(Policy().comms, rule).must_contain) <= reading.elements
    assert {Element.NAME, Element.TITLE, Element.COMPANY} <= reading.elements


def test_a_marker_of_one_s_own_is_used_and_none_where_there_is_none():
    """`communications.markers` decides."""
    assert drafted(LetterKind.ACK, markers={MessageKind.ACKNOWLEDGEMENT: ("!!ack",)}).text.startswith(
        "!!ack\n"
    )
    assert drafted(LetterKind.ACK, markers={}).text.startswith("Dear")


def test_without_an_owner_the_name_is_a_slot():
    """Nobody signs; the draft says how to name somebody."""
    made = drafted(LetterKind.ACK, sender=None)

    assert "[your name]" in made.slots
    assert any("--by" in warning for warning in made.warnings)


def test_one_who_may_not_acknowledge_is_told_so():
    """ACK-2: the clock would not stop."""
    tom = next(person for person in PEOPLE if person.id == "tom")

    assert any("support manager" in warning for warning in drafted(LetterKind.ACK, sender=tom).warnings)


def test_an_update_before_the_facts_is_warned_of():
    """INV-6: first understand, then write."""
    assert any("too early" in warning for warning in drafted(LetterKind.UPDATE).warnings)
    known = Story().own("09:10", "dana").ack("09:20").investigated("10:00").judge("10:30")
    assert not any("too early" in warning for warning in drafted(LetterKind.UPDATE, found=known).warnings)


def test_a_hostile_summary_makes_no_new_lines():
    """The summary stands in one line, cut, without control characters."""
    found = replace(Story().judge("09:30"), summary="x\n#closure\x1b[2J" + "y" * 500)

    text = drafted(LetterKind.ACK, found=found).text

    assert "\n#closure" not in text
    assert "\x1b" not in text

"""ENT-8 and G-9: one complaint arriving by two paths is one escalation."""

from dataclasses import replace

import pytest
from domain.story import WORLD, Story, at, codes

from escsync.domain.assess import assess
from escsync.domain.draft import draft
from escsync.domain.escalation import escalations
from escsync.domain.fields import Stage
from escsync.domain.people import Directory
from escsync.domain.plan import Mode, Move, WriteNote
from escsync.domain.policy import Policy
from escsync.domain.rules.merging import mark
from escsync.domain.twins import Mark, Marks, gist_of, source_of


def first(**more):
    """ESC-9A, identified at 08:10."""
    told = {"source": source_of("<a@alder>"), "gist": gist_of("Invoices doubled after migration", "Alder AG")}
    return Mark("t:0", "ESC-9A", "alder ag", at("08:10"), **{**told, **more})


def judged(story, *marks, now="10:00"):
    """The second record, with the others known."""
    world = replace(WORLD, marks=Marks(marks))
    escalation = escalations(story.record(), world, Policy(), at(now))[0]
    return assess(escalation, Policy(), at(now))


def edits(story, *marks):
    """What enforcing would change, with Idris as the fallback owner."""
    directory = Directory(WORLD.directory.people.values(), "idris")
    drafted = draft(
        judged(story, *marks),
        story.record(),
        replace(WORLD, directory=directory),
        mode=Mode.ENFORCE,
        note=True,
        fit=lambda field, value: value,
        stages={Stage.DUPLICATE: ("Duplicate",), Stage.INTAKE: ("Intake",)},
    )
    return drafted.change.edits if drafted.change else ()


def moves(story, *marks):
    """What enforcing would move."""
    return [edit for edit in edits(story, *marks) if isinstance(edit, Move)]


@pytest.mark.parametrize("source", ["<a@alder>", "A@Alder", " mid:a@alder "])
def test_the_same_message_makes_the_later_one_a_duplicate(source):
    """G-9: an exact source, however it is spelled."""
    found = judged(Story("09:30", source_url=source), first())

    assert "DUPLICATE" in codes(found)
    assert "ESC-9A" in next(f.detail for f in found.findings if f.code == "DUPLICATE")


def test_the_earlier_one_is_no_duplicate():
    """The earliest survives."""
    later = Mark("t:2", "ESC-9B", "alder ag", at("09:30"), source_of("<a@alder>"))

    assert not {"DUPLICATE", "POSSIBLE_DUPLICATE"} & codes(
        judged(Story("08:10", source_url="<a@alder>"), later)
    )


@pytest.mark.parametrize(
    ("summary", "begins", "possible"),
    [
        ("After the migration our invoices were doubled", "2026-03-05T09:30", True),
        ("After the migration our invoices were doubled", "2026-03-09T09:30", False),
        ("The mobile app crashes on login", "2026-03-05T09:30", False),
    ],
)
def test_a_similar_one_within_72_hours_is_only_proposed(summary, begins, possible):
    """G-9(b): same account, similar words, near in time: said, never merged."""
    story = Story(begins, source_url="https://crm.example/7", summary=summary)
    found = judged(story, first(), now="2026-03-10T00:00")

    assert ("POSSIBLE_DUPLICATE" in codes(found)) is possible
    assert "DUPLICATE" not in codes(found)


def test_one_that_has_ended_is_offered_for_reopening():
    """G-9(c): never a new silent record."""
    found = judged(Story("09:30", source_url="<a@alder>"), first(ended=True))

    assert "reopen" in next(f.detail for f in found.findings if f.code == "DUPLICATE")


def test_enforcing_sets_an_exact_duplicate_aside_once():
    """The later one moves to duplicate; a person who moves it back has the last word."""
    story = Story("09:30", source_url="<a@alder>").own("09:31", "dana")
    assert [edit.new for edit in moves(story, first())] == [Stage.DUPLICATE]

    story.move("09:40", "duplicate", by="escsync").move("09:50", "intake")
    assert moves(story, first()) == []


def test_what_was_set_aside_says_whose_duplicate_it_is():
    """G-9: a link to the survivor stays on the ticket, though a side exit gets no note else."""
    aside = Story("09:30", source_url="<a@alder>").own("09:31", "dana")
    aside.move("09:40", "duplicate", by="escsync")
    by_hand = Story("09:30", source_url="<a@alder>").own("09:31", "dana").move("09:40", "duplicate")

    (note,) = (edit for edit in edits(aside, first()) if isinstance(edit, WriteNote))

    assert "same source as ESC-9A" in note.text
    assert not [edit for edit in edits(by_hand, first()) if isinstance(edit, WriteNote)]


def test_what_is_set_aside_needs_no_owner():
    """The fallback owner is not given a ticket on which nobody is to work."""
    assert [type(edit) for edit in edits(Story("09:30", source_url="<a@alder>"), first())][:1] == [Move]


def test_a_possible_duplicate_is_never_moved():
    """Only people merge what merely looks alike."""
    story = Story("09:30", source_url="https://crm.example/7").own("09:31", "dana")

    assert moves(story, first()) == []


def test_a_mark_tells_an_escalation_apart():
    """Source, account, words and instant."""
    escalation = escalations(Story("09:30", source_url="<A@alder>").record(), WORLD, Policy(), at("10:00"))[0]

    assert mark(escalation) == Mark(
        "t:1", "ESC-1", "alder ag", at("09:30"), "a@alder", "doubled invoices migration"
    )

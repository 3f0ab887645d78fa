"""People have the last word: whose change it was is known, and what a write of ours overwrote is given back."""

from __future__ import annotations

import pytest
from fakes.desk import Desk

from escsync.adapter import Capabilities, Stage
from escsync.domain.plan import Mode
from escsync.effects import step


class Killed(BaseException):
    """The process died here: nothing after it runs."""


@pytest.fixture
def unconditional(tmp_path):
    """A tracker that records changes and knows no conditional write, as Jira is."""
    made = Desk(tmp_path, mode=Mode.ENFORCE, capabilities=Capabilities(compare_and_set=False))
    yield made
    made.close()


def test_a_human_who_was_faster_by_a_blink_has_the_last_word(unconditional):
    """Between the last look and the write somebody names an owner: ours overwrites theirs, and gives it back."""
    desk = unconditional
    ref = desk.open(owner=())

    def named(what, when):
        if (what, when) == ("write", "before"):
            desk.tracker.hook = None
            desk.tracker.set(ref, "owner", ("lena",), by="idris")

    desk.at(1).tracker.hook = named
    outcome = desk.sync()

    assert [person.id for person in desk.shown(ref).values["owner"]] == ["lena"]
    assert outcome.counts.stale == 1
    assert desk.at(2).sync().counts.planned <= 2  # what only time has changed


def test_a_human_who_moved_it_in_that_blink_has_the_last_word_too(unconditional):
    """The same for a status."""
    desk = unconditional
    ref = desk.open()
    desk.tracker.move(ref, Stage.CLOSED, by="idris")

    def rejected(what, when):
        if (what, when) == ("write", "before"):
            desk.tracker.hook = None
            desk.tracker.move(ref, Stage.REJECTED, by="idris")

    desk.at(10).tracker.hook = rejected
    outcome = desk.sync()

    assert desk.shown(ref).status.stage is Stage.REJECTED
    assert outcome.counts.stale == 1


def test_what_a_dead_pass_wrote_is_ours_where_nothing_tells_who_wrote(tmp_path):
    """A tracker without history: our move back, found by the next pass, is no person's reopening."""
    desk = Desk(tmp_path, mode=Mode.ENFORCE, capabilities=Capabilities(history=False))
    try:
        ref = desk.open()
        desk.sync()
        desk.at(5).tracker.move(ref, Stage.CLOSED, by="idris")

        def die(what, when):
            if (what, when) == ("write", "after"):
                desk.tracker.hook = None
                raise Killed

        desk.at(6).tracker.hook = die
        with pytest.raises(Killed):
            desk.sync()
        outcome = desk.at(8).sync()

        (told,) = outcome.assessments
        assert (told.cycle, desk.shown(ref).status.stage) == (1, Stage.INTAKE)
    finally:
        desk.close()


@pytest.mark.parametrize("moment", ["settle", "late"])
def test_our_move_is_ours_whenever_it_is_first_seen(tmp_path, moment):
    """Without history: seen after a death between two commits, or landing after the next pass had given it up."""
    desk = Desk(tmp_path, mode=Mode.ENFORCE, capabilities=Capabilities(history=False))
    try:
        ref = desk.open()
        desk.sync()
        desk.at(5).tracker.move(ref, Stage.CLOSED, by="idris")
        desk.at(6)
        if moment == "settle":
            kept = desk.ledger.settle

            def die(tracker, effects):
                kept(tracker, effects)
                desk.ledger.settle = kept
                raise Killed

            desk.ledger.settle = die
        else:

            def lost(what, when):
                if (what, when) == ("write", "before"):
                    desk.tracker.hook = None
                    raise Killed

            desk.tracker.hook = lost
        with pytest.raises(Killed):
            desk.sync()
        if moment == "late":

            def lands(what, when):
                if (what, when) == ("read", "before"):
                    desk.tracker.hook = None
                    desk.tracker.move(ref, Stage.INTAKE, by="escsync")

            desk.at(6.4).tracker.hook = lands
        outcome = desk.sync()

        (told,) = outcome.assessments
        assert (told.cycle, desk.shown(ref).status.stage) == (1, Stage.INTAKE)
    finally:
        desk.close()


def test_whoever_changes_it_again_at_once_makes_our_write_no_failure(unconditional):
    """Between our write and our second look a person names somebody else: ours was done, theirs stands."""
    desk = unconditional
    ref = desk.open(owner=())

    def named(what, when):
        if (what, when) == ("write", "after"):
            desk.tracker.hook = None
            desk.tracker.set(ref, "owner", ("lena",), by="idris")

    desk.at(1).tracker.hook = named
    outcome = desk.sync()

    assert (outcome.counts.ignored, outcome.errors) == (0, ())
    assert [person.id for person in desk.shown(ref).values["owner"]] == ["lena"]


def test_a_lost_request_that_lands_on_a_persons_edit_is_undone(unconditional):
    """Repeated and done, our first try lands after all, and on what a person has set since: they get it back."""
    desk = unconditional
    ref = desk.open(owner=())
    desk.at(1).sync()
    desk.at(1.3).tracker.set(ref, "owner", ("lena",), by="idris")
    desk.at(1.5).tracker.set(ref, "owner", ("dana",), by="escsync")

    outcome = desk.at(2).sync()
    quiet = desk.at(3).sync()

    assert [person.id for person in desk.shown(ref).values["owner"]] == ["lena"]
    assert any(
        edit.field == "owner" for c in outcome.plan.changes for edit in c.edits if step(edit) != "note"
    )
    assert quiet.counts.applied == 0


def test_a_lost_move_that_lands_on_a_persons_is_undone_too(unconditional):
    """The same for a status."""
    desk = unconditional
    ref = desk.open()
    desk.tracker.move(ref, Stage.CLOSED, by="idris")
    desk.at(1).sync()
    desk.at(1.3).tracker.move(ref, Stage.INVESTIGATION, by="idris")
    desk.at(1.5).tracker.move(ref, Stage.INTAKE, by="escsync")

    desk.at(2).sync()

    assert desk.shown(ref).status.stage is Stage.INVESTIGATION


def test_what_people_have_not_touched_is_never_put_back(unconditional):
    """Our own owner stays ours, and so does one whom a person confirmed."""
    desk = unconditional
    ref = desk.open(owner=())
    desk.at(1).sync()

    for minutes in (2, 3):
        desk.at(minutes).tracker.set(ref, "summary", f"Wrong invoices {minutes}", by="idris")
        desk.sync()

    assert [person.id for person in desk.shown(ref).values["owner"]] == ["dana"]

"""The reminder: a task for the CSM where nobody has scheduled the check-in in time, once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.desk import Desk, person

from escsync.adapter import Stage
from escsync.domain.account import AccountRow, Accounts
from escsync.domain.people import Directory, Role
from escsync.domain.plan import Create, Mode

HOUR = 60
CARLA = person("Carla Ruiz", Role.CSM)


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path, mode=Mode.ENFORCE)
    made.tracker.hire("carla", "Carla Ruiz", email="carla@acme.example")
    people = (*made.world.directory.people.values(), CARLA)
    accounts = Accounts((AccountRow("acc-1", "Alder AG", csm="carla"),))
    made.world = replace(made.world, directory=Directory(people, "dana"), accounts=accounts)
    made.vocabulary = replace(made.vocabulary, reminds=True)
    yield made
    made.close()


def closed(desk):
    """An escalation that a person closes a second time after escsync took the first closure back."""
    ref = desk.open()
    for minutes in (10, 20):
        desk.at(minutes).tracker.move(ref, Stage.CLOSED, by="idris")
        desk.at(minutes + 1).sync()
    return ref


def tasks(desk):
    return [held for held in desk.tracker.held.values() if held.key]


def test_the_csm_is_reminded_when_the_grace_is_over_and_only_once(desk):
    """CLO-4: nobody scheduled the check-in within a day; one task of the ticket says so, and stays the only one."""
    ref = closed(desk)
    desk.at(23 * HOUR).sync()
    before = len(tasks(desk))
    outcome = desk.at(25 * HOUR).sync()
    again = desk.at(26 * HOUR).sync()

    (task,) = tasks(desk)
    shown = desk.tracker.seen(task)
    assert before == 0
    assert any(isinstance(edit, Create) for change in outcome.plan.changes for edit in change.edits)
    assert [someone.id for someone in shown.values["owner"]] == ["carla"]
    assert shown.values["summary"] == "Follow-up: check in with Alder AG"
    assert again.counts.planned == 0
    assert "FOLLOW_UP_NOT_SCHEDULED" in desk.codes(again, ref)


@pytest.mark.parametrize(("mode", "reminds"), [(Mode.ANNOTATE, True), (Mode.ENFORCE, False)])
def test_nobody_is_reminded_unless_the_configuration_says_so(desk, mode, reminds):
    """A task is enforcement, and asked for by name."""
    closed(desk)
    desk.mode, desk.vocabulary = mode, replace(desk.vocabulary, reminds=reminds)

    desk.at(25 * HOUR).sync()

    assert tasks(desk) == []


def test_who_has_scheduled_the_check_in_needs_no_reminder(desk):
    """The finding is what asks for it."""
    ref = closed(desk)
    when = desk.tracker.now.replace(day=8)
    desk.tracker.set(ref, "follow_up.scheduled_for", when, by="carla")

    desk.at(25 * HOUR).sync()

    assert tasks(desk) == []


def test_a_new_ledger_finds_the_reminder_that_is_there(desk, tmp_path):
    """What an effect is for is its mark: a lost ledger reminds nobody twice."""
    closed(desk)
    desk.at(25 * HOUR).sync()
    (tmp_path / "new").mkdir()
    other = Desk(tmp_path / "new", mode=Mode.ENFORCE)
    other.tracker, other.world, other.vocabulary = desk.tracker, desk.world, desk.vocabulary
    try:
        other.at(26 * HOUR).sync()

        assert len(tasks(desk)) == 1
    finally:
        other.close()

"""After the ledger was lost and made anew, its marks on the tracker keep everything from being done twice."""

from dataclasses import replace

import pytest
from fakes.desk import Desk, person

from escsync.adapter import Capabilities, Stage
from escsync.domain.account import AccountRow, Accounts
from escsync.domain.people import Directory, Role
from escsync.domain.plan import Mode
from escsync.ledger import Ledger
from escsync.sync import plan
from escsync.sync.rebuilding import Rebuilt, rebuild, said

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


def tasks(desk):
    return [held for held in desk.tracker.held.values() if held.key]


def note(held):
    """The id of a ticket's living note, and of any second one."""
    return held.note and held.note[0], list(held.twins)


def written(desk):
    """Counts the requests that write, from now on."""
    made = []
    desk.tracker.hook = lambda what, moment: (
        made.append(what) if (what, moment) in {("write", "before"), ("create", "before")} else None
    )
    return made


def lost(desk, tmp_path):
    """The ledger is gone; an empty one takes its place."""
    desk.ledger.close()
    desk.ledger = Ledger.open(f"sqlite:///{tmp_path}/new.db")


def test_neither_a_note_nor_a_task_is_made_twice(desk, tmp_path):
    """A living note of each ticket and the reminder for the CSM: each is found again, none is written anew."""
    ref = desk.open()
    desk.open(owner=())
    for minutes in (10, 20):
        desk.at(minutes).tracker.move(ref, Stage.CLOSED, by="idris")
        desk.at(minutes + 1).sync()
    desk.at(25 * HOUR).sync()
    notes = {number: note(held) for number, held in desk.tracker.held.items()}
    assert len(tasks(desk)) == 1
    lost(desk, tmp_path)
    made = written(desk)

    outcome = rebuild(desk.at(26 * HOUR).one())
    reading = list(made)
    desk.sync()
    desk.at(27 * HOUR).sync()

    assert (outcome.lost, outcome.errors, reading) == (False, (), [])
    assert len(tasks(desk)) == 1
    assert {number: note(held) for number, held in desk.tracker.held.items()} == notes
    assert plan(desk.one()).counts.planned == 0


def test_what_only_polls_saw_begins_anew(tmp_path):
    """A tracker without a history: who owned it when was known from polls, and is known from now on."""
    desk = Desk(tmp_path, mode=Mode.OBSERVE, capabilities=Capabilities(history=False))
    ref = desk.open(owner=())
    desk.at(10).sync()
    desk.at(15).tracker.set(ref, "owner", ("lena",), by="idris")
    desk.at(20).sync()
    desk.at(170).tracker.set(ref, "severity", "outage", by="lena")
    desk.at(3 * HOUR).sync()
    before = said(desk.ledger, "support", desk.world, desk.policy, desk.tracker.now)
    lost(desk, tmp_path)

    outcome = rebuild(desk.one())
    now = said(desk.ledger, "support", desk.world, desk.policy, desk.tracker.now)
    desk.close()

    shifts = {
        shift.clock: (shift.before, shift.after) for shift in Rebuilt(outcome, now.found, before).shifts
    }
    assert before.found.keys() == now.found.keys()
    assert shifts["owner"][0] == ("met", "B")
    assert shifts["owner"][1] != ("met", "B")

"""Effects: nothing lost, nothing twice, and what a dead pass left is found out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.desk import Desk

from escsync.adapter import Create, Draft, Rejected, Unavailable, Vanished
from escsync.domain.effect import EffectState, Purpose
from escsync.domain.plan import Change, Mode, Plan, SetField
from escsync.effects import shows, step
from escsync.testing.memory import MemoryAdapter


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path, mode=Mode.ENFORCE)
    yield made
    made.close()


class Killed(BaseException):
    """The process died here: nothing after it runs."""


def effects(desk, ref):
    return {effect.purpose.step: effect for effect in desk.ledger.effects("support", ref.id)}


def task(ref, key="k1"):
    return Create(Draft(key, {"summary": "Check-in"}, parent=ref))


def ordered(desk, ref, *edits):
    """A plan for a ticket as it stands."""
    ticket = desk.shown(ref)
    return Plan(
        (Change("support", ref, ticket.digest(), edits, ("FOLLOW_UP_NOT_SCHEDULED",), ticket.version),)
    )


def tasks(desk):
    return [held for held in desk.tracker.held.values() if held.key]


def test_every_write_is_in_the_journal_with_its_reason(desk):
    """What was done, why, under which policy; values only as hashes."""
    ref = desk.open(owner=())

    desk.at(1).sync()

    found = effects(desk, ref)
    assert {"set:owner", "set:health", "note"} <= found.keys()
    assert {effect.state for effect in found.values()} == {EffectState.DONE}
    assert found["set:owner"].because
    assert found["note"].policy == desk.policy.version
    assert all(len(effect.new) == 64 for effect in found.values())


def test_the_intent_is_recorded_before_the_first_byte(desk):
    """When the call is made, the ledger already knows of it."""
    ref = desk.open()
    known = []

    def looking(what, moment):
        if (what, moment) == ("write", "before"):
            known.extend(effect.state for effect in desk.ledger.effects("support", ref.id))

    desk.tracker.hook = looking
    desk.sync()

    assert known
    assert set(known) == {EffectState.SENDING}


def test_a_key_is_what_an_effect_is_for():
    """The same after a crash; another one for another step, cycle, ticket or time of its kind."""
    purpose = Purpose("support", "1", 1, "annotate", "note")
    others = [
        replace(purpose, tracker="crm"),
        replace(purpose, ticket="2"),
        replace(purpose, episode=2),
        replace(purpose, rule="OWNER_MISSING"),
        replace(purpose, step="move"),
    ]

    keys = {purpose.key(1), purpose.key(2), *(other.key(1) for other in others)}

    assert len(keys) == 7
    assert purpose.key(1) == replace(purpose).key(1)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", ["write", "read"])
def test_a_pass_that_dies_is_finished_by_the_next_one(desk, call, moment):
    """Killed around any call: the same end as without, one note, one owner change, no effect left open."""
    ref = desk.open(owner=())

    def die(what, when):
        if (what, when) == (call, moment):
            desk.tracker.hook = None
            raise Killed

    desk.tracker.hook = die
    with pytest.raises(Killed):
        desk.at(1).sync()
    desk.at(2).sync()

    changes = [fact.value for fact in desk.shown(ref).history["owner"]]
    assert (len(changes), desk.ledger.unfinished("support")) == (2, [])
    assert desk.at(3).sync().counts.planned == 0


def test_what_a_dead_pass_had_done_is_found_done(desk):
    """Recovery reads; it neither hopes nor repeats."""
    ref = desk.open(owner=())

    def die(what, when):
        if (what, when) == ("write", "after"):
            desk.tracker.hook = None
            raise Killed

    desk.tracker.hook = die
    with pytest.raises(Killed):
        desk.at(1).sync()
    left = {effect.state for effect in desk.ledger.effects("support", ref.id)}
    outcome = desk.at(2).sync()

    states = {name: effect.state for name, effect in effects(desk, ref).items()}
    assert left == {EffectState.SENDING}
    assert states["set:owner"] is EffectState.DONE
    assert states["note"] is EffectState.DONE
    assert outcome.counts.planned <= 2  # what only time has changed since


def test_a_really_killed_process_holds_up_nobody(tmp_path):
    """SIGKILL in the middle of a write: the next pass waits for no lease, and settles what was begun."""
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from fakes.desk import Desk\n"
        f"desk = Desk(Path({str(tmp_path)!r}))\n"
        "desk.open()\n"
        "def die(what, when):\n"
        "    if (what, when) == ('write', 'after'): os.kill(os.getpid(), signal.SIGKILL)\n"
        "desk.tracker.hook = die\n"
        "desk.at(1).sync()\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    died = subprocess.run([sys.executable, "-c", code], env=environ, check=False)
    desk = Desk(tmp_path)
    desk.passes = 1
    try:
        ref = desk.open()
        outcome = desk.at(2).sync()

        assert died.returncode == -signal.SIGKILL
        assert outcome.counts.applied == outcome.counts.planned > 0
        assert desk.shown(ref).note is not None
        assert desk.ledger.unfinished("support") == []
    finally:
        desk.close()


# Creating


def test_a_record_is_created_once_and_never_again(desk):
    """Its key is kept: the same plan twice creates nothing more."""
    ref = desk.open()
    plan = ordered(desk, ref, task(ref))

    first, second = desk.apply(plan), desk.at(1).apply(plan)

    assert (len(tasks(desk)), first.counts.applied, second.counts.applied) == (1, 1, 1)


def test_a_record_that_the_ledger_forgot_is_found_by_its_key(desk, tmp_path):
    """C-8: a lost ledger creates no second one."""
    ref = desk.open()
    desk.apply(ordered(desk, ref, task(ref)))
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other", mode=Mode.ENFORCE)
    other.tracker = desk.tracker
    try:
        outcome = other.at(1).apply(ordered(desk, ref, task(ref)))

        assert (len(tasks(desk)), outcome.counts.applied) == (1, 1)
        assert other.ledger.created("support").keys() == {"k1"}
    finally:
        other.close()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_creation_of_unknown_fate_is_looked_for(desk, moment):
    """The answer was lost: it is there or it is not, and the next try makes no second one."""
    ref = desk.open()

    def broken(what, when):
        if (what, when) == ("create", moment):
            desk.tracker.hook = None
            raise Unavailable("reset")

    desk.tracker.hook = broken
    first = desk.apply(ordered(desk, ref, task(ref)))
    desk.at(1).apply(ordered(desk, ref, task(ref)))

    assert len(tasks(desk)) == 1
    assert first.counts.applied == (1 if moment == "after" else 0)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_pass_that_dies_while_creating_creates_once(desk, moment):
    """C-9: found again by its key, and not made anew as long as the lost request may still land."""
    ref = desk.open()

    def die(what, when):
        if (what, when) == ("create", moment):
            desk.tracker.hook = None
            raise Killed

    desk.tracker.hook = die
    with pytest.raises(Killed):
        desk.apply(ordered(desk, ref, task(ref)))
    desk.at(1).sync()
    settled = [e.state for e in desk.ledger.effects("support", ref.id) if e.purpose.step == "create"]
    desk.at(2).apply(ordered(desk, ref, task(ref)))

    assert settled == [EffectState.DONE if moment == "after" else EffectState.DOUBT]
    assert len(tasks(desk)) == 1


def test_a_request_that_lands_late_makes_no_second_record(desk):
    """Given up by everybody, it comes about half a minute later: nobody has created another one meanwhile."""
    ref = desk.open()

    def lost(what, when):
        if (what, when) == ("create", "before"):
            desk.tracker.hook = None
            raise Unavailable("timed out")

    desk.tracker.hook = lost
    first = desk.apply(ordered(desk, ref, task(ref)))
    soon = desk.at(0.5).apply(ordered(desk, ref, task(ref)))
    desk.tracker.connect().create(task(ref).draft)
    desk.at(2).apply(ordered(desk, ref, task(ref)))

    assert [first.counts.failed, soon.counts.failed] == [1, 1]
    assert (len(tasks(desk)), desk.ledger.unfinished("support")) == (1, [])


def test_what_the_tracker_said_it_made_is_believed_where_nobody_else_sees_it_yet(desk):
    """A pass that was overtaken right after the answer leaves a receipt: no search has to find the record."""
    ref = desk.open()

    class Overtaken(BaseException):
        """The pass ends between the answer and its own record of it."""

    class Blind(MemoryAdapter):
        def find(self, keys):
            return iter(())

    def end(what, when):
        if what == "read" and tasks(desk):
            desk.tracker.hook = None
            raise Overtaken

    desk.tracker.hook = end
    with pytest.raises(Overtaken):
        desk.apply(ordered(desk, ref, task(ref)), adapter=Blind(desk.tracker))
    desk.at(5).sync(adapter=Blind(desk.tracker))
    desk.at(9).apply(ordered(desk, ref, task(ref)), adapter=Blind(desk.tracker))

    assert (len(tasks(desk)), desk.ledger.unfinished("support")) == (1, [])


def test_a_second_note_is_deleted_by_the_pass_that_sees_it(desk):
    """A request that landed late left it: the older one is the note, whatever else is to be done."""
    ref = desk.open()
    desk.sync()
    desk.tracker.duplicate_note(ref)

    outcome = desk.at(1).sync()

    assert desk.shown(ref).note.twins == ()
    assert (outcome.counts.applied, desk.at(2).sync().counts.planned) == (1, 0)


def test_nothing_is_created_where_nobody_can_look(desk):
    """A search that fails is no proof of absence."""
    ref = desk.open()

    class Blind(MemoryAdapter):
        def find(self, keys):
            raise Unavailable("503")

    outcome = desk.apply(ordered(desk, ref, task(ref)), adapter=Blind(desk.tracker))

    assert (tasks(desk), outcome.counts.failed, [f.code for f in outcome.errors]) == ([], 1, ["UNAVAILABLE"])


def test_a_doubt_that_cannot_be_looked_into_stays(desk):
    """Until somebody can look, the effect is in doubt."""
    ref = desk.open()

    def die(what, when):
        if (what, when) == ("create", "after"):
            desk.tracker.hook = None
            raise Killed

    class Blind(MemoryAdapter):
        def find(self, keys):
            raise Unavailable("503")

    desk.tracker.hook = die
    with pytest.raises(Killed):
        desk.apply(ordered(desk, ref, task(ref)))
    desk.at(1).sync(adapter=Blind(desk.tracker))
    (doubtful,) = desk.ledger.unfinished("support")
    desk.at(2).sync()

    assert doubtful.state is EffectState.DOUBT
    assert desk.ledger.created("support").keys() == {"k1"}


@pytest.mark.parametrize(
    ("error", "receipt", "code"),
    [(Rejected("no"), "refused", "REJECTED"), (Vanished("gone"), "failed", "VANISHED")],
)
def test_a_creation_that_is_refused_is_that_tickets_error(desk, error, receipt, code):
    """Nothing else suffers."""
    ref = desk.open()

    def refuse(what, when):
        if (what, when) == ("create", "before"):
            raise error

    desk.tracker.hook = refuse
    outcome = desk.apply(ordered(desk, ref, task(ref)))

    assert (getattr(outcome.counts, receipt), [f.code for f in outcome.errors]) == (1, [code])


# What is seen


def test_nobody_is_nobody_however_a_tracker_writes_it(desk):
    """An emptied owner shows as none, or as an empty list."""
    ticket = desk.shown(desk.open())

    emptied = replace(ticket, values={**ticket.values, "owner": ()})

    assert shows(emptied, SetField("owner", None, None), desk.tracker.connect())
    assert step(SetField("owner", None, None)) == "set:owner"


def test_a_field_that_is_not_there_shows_nothing(desk):
    """An unmapped field never counts as written."""
    ticket = desk.shown(desk.open())
    without = replace(ticket, values={k: v for k, v in ticket.values.items() if k != "health"})

    assert not shows(without, SetField("health", None, None), desk.tracker.connect())


def test_two_records_for_one_purpose_are_named(desk):
    """What only a machine frozen in the wrong instant can bring about is not deleted, but said."""
    ref = desk.open()
    desk.apply(ordered(desk, ref, task(ref)))
    (made,) = tasks(desk)

    desk.ledger.receipt("support", "k1", "99")

    assert [line for line in desk.ledger.check() if "purpose" in line] == [
        f"support: {made.number}, 99 were created for one and the same purpose; keep one of them (said for 30 days)"
    ]

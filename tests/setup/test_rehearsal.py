"""The write test: every step is one line, whatever the tracker does, and the ticket never stays without a word."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from escsync.adapter import (
    Ambiguous,
    Capabilities,
    Denied,
    Level,
    PersonRef,
    Rejected,
    Stage,
    Unavailable,
    Vocabulary,
    Written,
)
from escsync.cli.inspection.rehearsal import Rehearsal
from escsync.cli.inspection.trials import Trials
from escsync.domain.plan import Mode
from escsync.testing.tracker import MemoryTracker

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
OWN = ("due_at", "health", "computed_priority", "escsync_stage")
WORDS = Vocabulary(
    fields={name: (name,) for name in OWN},
    stages={stage: (stage.value,) for stage in (Stage.INTAKE, Stage.INVESTIGATION, Stage.SOLUTION_DESIGN)},
)
IDRIS = PersonRef("idris", "Idris Cole", active=True)


def rehearsed(tracker, mode=Mode.ENFORCE, *, words=WORDS, fallback=IDRIS, adapter=None):
    """The lines of one write test: step -> the level and what was said."""
    if "idris" not in tracker.users:
        tracker.hire("idris", "Idris Cole")
    adapter = adapter or tracker.connect()
    lines = []
    trials = Trials("memory", adapter, words, fallback, NOW, lines.append)
    Rehearsal(mode, adapter, "escsync-test-1", trials).play()
    told = {
        line.subject.removeprefix("write test, "): (line.level, f"{line.message} -> {line.remedy}")
        for line in lines
    }
    assert len(told) == len(lines), "each step is said once"
    assert all(line.remedy for line in lines if line.level is not Level.OK), "whoever fails says what to do"
    return told


def levels(told):
    return {step: level.value for step, (level, _) in told.items()}


WELL = {"ticket": "ok", "reading": "ok", "own fields": "ok", "note": "ok"}
ENFORCED = {**WELL, "move": "ok", "owner": "ok", "end": "ok"}


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize(
    ("mode", "steps"), [(Mode.ANNOTATE, {**WELL, "end": "ok"}), (Mode.ENFORCE, ENFORCED)]
)
def test_a_whole_round_goes_as_far_as_the_mode(mode, steps, apart):
    """And leaves nothing behind, with messages that come with the ticket or apart."""
    tracker = MemoryTracker(NOW, capabilities=Capabilities(compare_and_set=True, apart=apart))

    told = rehearsed(tracker, mode)

    assert levels(told) == steps
    assert tracker.held == {}


@pytest.mark.parametrize(
    ("how", "step", "level", "said"),
    [
        ({"stubborn": ["health"]}, "fields.health", "fail", "it was accepted and does not show -> put the field"),
        ({"forbidden": ["health"]}, "fields.health", "fail", "this field cannot be set -> put the field"),
        ({"stubborn": ["owner"]}, "owner", "fail", "it was accepted and does not show -> see that Idris Cole"),
        ({"forbidden": ["owner"]}, "owner", "fail", "this field cannot be set"),
        ({"stubborn": ["stage"]}, "move", "warning", "none is possible from intake: it was accepted and does not show"),
        ({"forbidden": ["stage"]}, "move", "warning", "none is possible from intake: no transition leads there"),
        ({"capabilities": Capabilities(note=False)}, "note", "ok", "none is written"),
    ],
)  # fmt: skip
def test_what_does_not_work_is_said_and_the_rest_is_tried(how, step, level, said):
    """One line for what fails, and the ticket is deleted all the same."""
    tracker = MemoryTracker(NOW, **how)

    told = rehearsed(tracker)

    assert told[step][0].value == level
    assert said in told[step][1]
    others = {name: found for name, found in levels(told).items() if name != step}
    assert set(others.values()) == {"ok"}
    assert tracker.held == {}


def test_without_a_fallback_owner_nobody_is_assigned():
    """It is said, because mode enforce would assign somebody."""
    told = rehearsed(MemoryTracker(NOW), fallback=None)

    assert told["owner"][0] is Level.WARNING
    assert "fallback_owner" in told["owner"][1]


def test_what_is_not_mapped_is_not_tried():
    """Neither own fields nor moves."""
    told = rehearsed(MemoryTracker(NOW), words=Vocabulary(stages={Stage.INTAKE: ("intake",)}))

    assert "none is mapped" in told["own fields"][1]
    assert "no other stage is mapped" in told["move"][1]


class Contrary:
    """A tracker's adapter, with one of its verbs failing in its own way."""

    def __init__(self, tracker, verb, error, *, done=False):
        self._adapter = tracker.connect()
        self._verb, self._error, self._done = verb, error, done

    def __getattr__(self, name):
        real = getattr(self._adapter, name)
        if name != self._verb:
            return real

        def fail(*given):
            if self._done:
                real(*given)
            raise self._error

        return fail


@pytest.mark.parametrize(
    ("error", "mode", "level"),
    [
        (Denied("may not create"), Mode.ANNOTATE, "warning"),
        (Denied("may not create"), Mode.ENFORCE, "fail"),
        (Rejected("a required field is empty"), Mode.ANNOTATE, "fail"),
        (Ambiguous("no answer"), Mode.ANNOTATE, "fail"),
    ],
)
def test_where_no_ticket_can_be_made_nothing_else_is_tried(error, mode, level):
    """Whoever only annotates needs no right to create: that is a warning."""
    tracker = MemoryTracker(NOW)

    told = rehearsed(tracker, mode, adapter=Contrary(tracker, "scratch", error))

    assert levels(told) == {"ticket": level}
    assert "escsync-test-1" in told["ticket"][1] or not isinstance(error, Ambiguous)


def test_a_ticket_whose_making_was_not_answered_is_found_by_its_mark():
    """The round goes on with it, and it does not stay."""
    tracker = MemoryTracker(NOW)

    told = rehearsed(tracker, adapter=Contrary(tracker, "scratch", Ambiguous("no answer"), done=True))

    assert levels(told) == ENFORCED
    assert tracker.held == {}


@pytest.mark.parametrize("verb", ["write", "fit"])
def test_a_step_that_breaks_off_is_a_line(verb):
    """And the ticket goes, whatever happened on it."""
    tracker = MemoryTracker(NOW)

    told = rehearsed(
        tracker, adapter=Contrary(tracker, verb, Unavailable("it does not answer", remedy="wait"))
    )

    assert told["own fields"] == (Level.FAIL, "it does not answer -> run it again when the tracker answers")
    assert levels(told) == {"ticket": "ok", "reading": "ok", "own fields": "fail", "end": "ok"}
    assert tracker.held == {}


class Dying:
    """A tracker's adapter that goes away for good at its *last* call, which is carried out or not, and answered never."""

    def __init__(self, tracker, last, *, done):
        self._adapter = tracker.connect()
        self._left, self._done = last, done

    def __getattr__(self, name):
        real = getattr(self._adapter, name)
        if name not in ("scratch", "find", "read", "write", "discard"):
            return real

        def ask(*given):
            if self._left > 0:
                self._left -= 1
                return list(real(*given)) if name in ("find", "read", "write") else real(*given)
            if self._left == 0 and self._done:
                list(real(*given)) if name in ("find", "read", "write") else real(*given)
            self._left = -1
            raise Unavailable("the connection broke off", remedy="nothing is lost: the next pass goes on")

        return ask


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("last", range(30))
def test_a_tracker_that_goes_away_leaves_no_ticket_that_nobody_told_of(last, done):
    """Named, or by the mark that finds it; no right is to blame, and the tracker was not there, whenever it went."""
    tracker = MemoryTracker(NOW)
    tracker.hire("idris", "Idris Cole")
    lines = []

    adapter = Dying(tracker, last, done=done)
    trials = Trials("memory", adapter, WORDS, IDRIS, NOW, lines.append)
    Rehearsal(Mode.ENFORCE, adapter, "escsync-test-1", trials).play()

    failed = [line for line in lines if line.level is not Level.OK]
    told = " ".join(f"{line.message} {line.remedy}" for line in failed)
    assert not tracker.held or "MEM-1" in told or "escsync-test-1" in told
    assert {line.code for line in failed} <= {"UNREACHABLE"}
    assert not any(word in told for word in ("let escsync", "grant", "allow", "the next pass goes on"))
    assert all("when the tracker answers" in line.remedy for line in failed)
    assert failed or not tracker.held


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("number", range(1, 8))
def test_a_write_whose_answer_was_lost_is_judged_by_what_shows(number, done):
    """Done is well; not done may be tried again, and neither a right nor the workflow is to blame."""
    tracker = MemoryTracker(NOW)
    count = iter(range(1, 99))

    class Lossy(Contrary):
        def __getattr__(self, name):
            if name != "write":
                return getattr(self._adapter, name)

            def write(changes):
                if next(count) != number:
                    return list(self._adapter.write(changes))
                if done:
                    list(self._adapter.write(changes))
                return [
                    Written(one.ticket, dict.fromkeys(range(len(one.edits)), Ambiguous("no answer")))
                    for one in changes
                ]

            return write

    told = rehearsed(tracker, adapter=Lossy(tracker, "", None))

    wrong = {step: text for step, (level, text) in told.items() if level is not Level.OK}
    assert done <= (not wrong)
    assert all("run it again: what became of it is not known" in text for text in wrong.values())
    assert tracker.held == {}


@pytest.mark.parametrize(
    "error", [Rejected("no ticket like it is in scope", remedy="change scope"), Denied("not yours")]
)
def test_a_ticket_that_was_made_and_refused_afterwards_is_deleted_all_the_same(error):
    """The reason is told, and nothing stays."""
    tracker = MemoryTracker(NOW)

    told = rehearsed(tracker, adapter=Contrary(tracker, "scratch", error, done=True))

    assert levels(told) == {"ticket": "fail", "end": "ok"}
    assert error.message in told["ticket"][1]
    assert tracker.held == {}


def test_a_ticket_that_cannot_be_deleted_is_named_with_the_click():
    """Nobody is left with a ticket that nobody told of."""
    tracker = MemoryTracker(NOW)
    error = Denied("may not delete", remedy="delete it under ... > Delete")

    told = rehearsed(tracker, adapter=Contrary(tracker, "discard", error))

    assert told["end"][0] is Level.FAIL
    assert (
        "MEM-1 could not be deleted: may not delete -> delete it under ... > Delete; until then"
        in told["end"][1]
    )


def test_a_deletion_whose_answer_was_lost_is_looked_for():
    """It is gone, and that is what counts."""
    tracker = MemoryTracker(NOW)

    told = rehearsed(tracker, adapter=Contrary(tracker, "discard", Ambiguous("no answer"), done=True))

    assert told["end"] == (Level.OK, "MEM-1 is deleted -> ")


def test_whoever_interrupts_it_leaves_no_ticket_behind():
    """Control-C in the middle of a step."""
    tracker = MemoryTracker(NOW)

    with pytest.raises(KeyboardInterrupt):
        rehearsed(tracker, adapter=Contrary(tracker, "fit", KeyboardInterrupt()))

    assert tracker.held == {}


@pytest.mark.parametrize("done", [False, True])
def test_whoever_interrupts_the_making_of_the_ticket_leaves_none_without_a_word(done):
    """It is looked for by its mark, once; where it does not show it may still come, and its mark is told."""
    tracker = MemoryTracker(NOW)
    lines = []
    adapter = Contrary(tracker, "scratch", KeyboardInterrupt(), done=done)
    trials = Trials("memory", adapter, WORDS, None, NOW, lines.append)

    with pytest.raises(KeyboardInterrupt):
        Rehearsal(Mode.ANNOTATE, adapter, "escsync-test-1", trials).play()

    (line,) = lines
    assert tracker.held == {}
    assert ("is deleted" in line.message) if done else ("escsync-test-1" in line.remedy)


def test_a_note_that_stands_there_twice_is_said():
    """Two notes would confuse everybody."""
    tracker = MemoryTracker(NOW)

    class Doubling(Contrary):
        def __getattr__(self, name):
            if name == "write" and tracker.held:
                held = next(iter(tracker.held.values()))
                if held.note is not None and not held.twins:
                    held.twins.append("note:2")
            return super().__getattr__(name)

    told = rehearsed(tracker, Mode.ANNOTATE, adapter=Doubling(tracker, "", None))

    assert told["note"][0] is Level.FAIL
    assert "it stands there twice" in told["note"][1]


def test_a_ticket_that_a_killed_test_left_behind_is_taken_up_and_deleted():
    """With the note that it has already, and in whatever status; no second one is made."""
    tracker = MemoryTracker(NOW)
    adapter = tracker.connect()
    ref = adapter.scratch("escsync-test-1")
    tracker.held[ref.id].note = ("note:1", "old", "0000")
    tracker.move(ref, Stage.INVESTIGATION, by="escsync")

    told = rehearsed(tracker)

    assert levels(told) == ENFORCED
    assert told["ticket"][1].startswith("MEM-1 ")
    assert tracker.held == {}


def test_an_automation_that_is_faster_is_no_failure():
    """It touches each new ticket; what is then written is written on the ticket as it stands."""
    tracker = MemoryTracker(NOW)
    touched = []

    def automation(name, moment):
        if (name, moment) == ("write", "before") and not touched:
            touched.append(True)
            tracker.touch(next(iter(tracker.held.values())))

    tracker.hook = automation

    assert levels(rehearsed(tracker)) == ENFORCED

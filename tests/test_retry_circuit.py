"""The circuit: a dead tracker is not hammered, and one bad ticket is no dead tracker."""

from __future__ import annotations

from contextlib import suppress

import pytest
from fakes.calls import Clock, Tracker, patient

from escsync.adapter import Ambiguous, Denied, Rejected, Unavailable
from escsync.domain.fault import Overtaken

DOWN = 99


def down():
    """A call that nothing answers."""
    return Tracker(*[Unavailable("reset")] * DOWN)


def exhaust(patience, times):
    """So many calls are made until patience ends."""
    for _ in range(times):
        with pytest.raises(Unavailable):
            patience(down(), safe=True)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def patience(clock):
    return patient(clock, attempts=2, seconds=1000)


def test_after_three_calls_in_vain_no_further_one_is_made(patience):
    """It fails at once, surely not executed, and says what to do."""
    exhaust(patience, 3)
    further = Tracker()

    with pytest.raises(Unavailable) as refused:
        patience(further, safe=False)

    assert (further.calls, refused.value.executed) == (0, False)
    assert "doctor" in refused.value.remedy


@pytest.mark.parametrize("answer", [None, Rejected("400"), Denied("401")])
def test_any_answer_in_between_shows_that_it_lives(patience, answer):
    """One ticket that fails for ever stops no other: the others are answered, if only with a refusal."""
    for _ in range(20):
        exhaust(patience, 2)
        other = Tracker(*[answer] if answer else [])
        with suppress(Rejected, Denied):
            patience(other, safe=True)
        assert other.calls == 1


def test_writes_of_unknown_fate_are_no_proof_that_it_is_dead(patience):
    """They have one attempt each, and one ticket may have spoilt them all; the look that follows will tell."""
    for _ in range(5):
        with pytest.raises(Ambiguous):
            patience(down(), safe=False)
    further = Tracker()

    patience(further, safe=True)

    assert further.calls == 1


def test_one_trial_is_let_through_after_half_a_minute(clock, patience):
    """Answered, it ends the matter."""
    exhaust(patience, 3)
    clock.now += 30

    answers = [patience(Tracker(), safe=True) for _ in range(3)]

    assert answers == ["answer"] * 3


def test_a_trial_in_vain_is_one_attempt_and_doubles_the_wait(clock, patience):
    """30 s, 1 min, 2 min."""
    exhaust(patience, 3)
    made = []
    for wait in (29, 1, 30, 30, 60, 59, 1):
        clock.now += wait
        trial = down()
        with pytest.raises(Unavailable):
            patience(trial, safe=True)
        made.append(trial.calls)

    assert made == [0, 1, 0, 1, 0, 0, 1]


def test_while_a_trial_is_under_way_no_other_is_made(clock, patience):
    """One at a time, whoever asks."""
    exhaust(patience, 3)
    clock.now += 30
    others = []

    def trial():
        other = Tracker()
        with pytest.raises(Unavailable):
            patience(other, safe=True)
        others.append(other.calls)
        return "alive"

    assert (patience(trial, safe=True), others) == ("alive", [0])
    assert patience(Tracker(), safe=True) == "answer"


@pytest.mark.parametrize("end", [Overtaken("taken over"), KeyError("a bug")])
def test_a_trial_that_ends_for_another_reason_proves_nothing(clock, patience, end):
    """The next call is the trial."""
    exhaust(patience, 3)
    clock.now += 30
    with pytest.raises(type(end)):
        patience(Tracker(end), safe=True)

    assert patience(Tracker(), safe=True) == "answer"


def test_a_trial_whose_write_stays_in_doubt_was_in_vain(clock, patience):
    """It is not followed by another at once."""
    exhaust(patience, 3)
    clock.now += 30
    with pytest.raises(Ambiguous):
        patience(down(), safe=False)
    further = Tracker()

    with pytest.raises(Unavailable):
        patience(further, safe=True)

    assert further.calls == 0


def test_a_dead_tracker_is_asked_a_few_times_whatever_a_pass_wants_of_it(clock):
    """A thousand calls in a quarter of an hour: three rounds of attempts, and five trials."""
    patience = patient(clock, attempts=5, seconds=180)
    asked = 0
    for _ in range(1000):
        call = down()
        with pytest.raises(Unavailable):
            patience(call, safe=True)
        asked += call.calls
        clock.now += 0.9

    assert asked <= 3 * 5 + 5


def test_a_pause_that_was_not_waited_out_is_no_sign_of_death(clock):
    """Calls that were never made count for nothing."""
    patience = patient(clock, attempts=1)
    with pytest.raises(Unavailable):
        patience(Tracker(Unavailable("429", retry_after=900, executed=False, everywhere=True)), safe=True)
    for _ in range(5):
        with pytest.raises(Unavailable, match="longer than this pass"):
            patience(Tracker(), safe=True)
    clock.now += 901

    assert patience(Tracker(), safe=True) == "answer"

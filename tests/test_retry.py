"""Trying again: what is repeated, how long it waits, and when it gives up."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from fakes.calls import Clock, Tracker, patient
from hypothesis import given
from hypothesis import strategies as st

from escsync.adapter import Ambiguous, Denied, Unavailable
from escsync.retry import Budget, circuit, patience


def test_a_call_that_works_is_made_once_and_never_waits():
    """Patience costs nothing where nothing fails."""
    clock, tracker = Clock(), Tracker()

    answer = patient(clock)(tracker, safe=True)

    assert (answer, tracker.calls, clock.slept) == ("answer", 1, [])


def test_a_safe_call_is_repeated_although_its_fate_is_unknown():
    """A read, or a write that may be repeated, is tried again after any outage."""
    clock, tracker = Clock(), Tracker(Unavailable("502"), Unavailable("reset"))

    answer = patient(clock)(tracker, safe=True)

    assert (answer, tracker.calls) == ("answer", 3)


@pytest.mark.parametrize("executed", [None, True])
def test_an_unsafe_call_of_unknown_fate_is_never_repeated(executed):
    """Only reading tells whether it happened: Ambiguous, with the message kept."""
    clock, tracker = Clock(), Tracker(Unavailable("timeout", executed=executed, remedy="look"))

    with pytest.raises(Ambiguous, match="timeout") as caught:
        patient(clock)(tracker, safe=False)

    assert (tracker.calls, clock.slept, caught.value.remedy) == (1, [], "look")


def test_an_unsafe_call_that_was_surely_not_executed_is_repeated():
    """A 429 or a refused connection did nothing, so that trying again cannot do it twice."""
    clock, tracker = Clock(), Tracker(Unavailable("429", executed=False, retry_after=7))

    answer = patient(clock)(tracker, safe=False)

    assert (answer, tracker.calls) == ("answer", 2)
    assert clock.slept[0] >= 7


@pytest.mark.parametrize("error", [Denied("401"), Ambiguous("?"), ValueError("a bug")])
def test_what_waiting_does_not_mend_is_raised_at_once(error):
    """Only Unavailable means: wait and try again."""
    clock, tracker = Clock(), Tracker(error)

    with pytest.raises(type(error)):
        patient(clock)(tracker, safe=True)

    assert (tracker.calls, clock.slept) == (1, [])


@given(asked=st.floats(0.1, 100), luck=st.floats(0, 1))
def test_retry_after_is_a_minimum(asked, luck):
    """However the waits are spread, never less than the tracker asked for."""
    clock, tracker = Clock(), Tracker(Unavailable("429", retry_after=asked, executed=False))

    patient(clock, random=lambda: luck)(tracker, safe=True)

    assert clock.slept[0] >= asked


@given(luck=st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_waits_grow_and_stay_below_the_longest(luck):
    """The upper end doubles with each attempt up to the longest; the lower end is half of it."""
    clock, draws = Clock(), iter(luck)
    tracker = Tracker(*[Unavailable("503")] * 5)

    patient(clock, random=lambda: next(draws), attempts=6, first=1, longest=4)(tracker, safe=True)

    assert all(top / 2 <= waited <= top for waited, top in zip(clock.slept, [1, 2, 4, 4, 4], strict=True))


def test_a_call_is_given_up_after_its_attempts():
    """The last error is what the caller sees."""
    clock, tracker = Clock(), Tracker(*[Unavailable(f"no {n}") for n in range(9)])

    with pytest.raises(Unavailable, match="no 2"):
        patient(clock, attempts=3)(tracker, safe=True)

    assert tracker.calls == 3


def test_the_waiting_of_a_whole_pass_is_limited():
    """Once its seconds are spent each further call has one attempt, not another round of waits."""
    clock = Clock()
    patience = patient(clock, attempts=10, seconds=10, first=4, longest=4)

    with pytest.raises(Unavailable):
        patience(Tracker(*[Unavailable("503")] * 20), safe=True)
    last = Tracker(*[Unavailable("503")] * 20)
    with pytest.raises(Unavailable):
        patience(last, safe=True)

    assert sum(clock.slept) <= 10
    assert last.calls == 1


def test_a_wait_longer_than_what_is_left_is_not_begun():
    """A tracker that asks for an hour is left for the next pass at once."""
    clock, tracker = Clock(), Tracker(Unavailable("429", retry_after=3600, executed=False))

    with pytest.raises(Unavailable) as caught:
        patient(clock)(tracker, safe=True)

    assert (clock.slept, caught.value.retry_after) == ([], 3600)


def test_when_the_whole_tracker_must_pause_other_calls_wait_too():
    """Calls of other threads do not run into the same wall."""
    clock = Clock()
    patience = patient(clock, attempts=1)
    with pytest.raises(Unavailable):
        patience(Tracker(Unavailable("429", retry_after=20, executed=False, everywhere=True)), safe=True)
    other = Tracker()

    answer = patience(other, safe=True)

    assert (answer, other.calls) == ("answer", 1)
    assert sum(clock.slept) >= 20


def test_a_pause_is_kept_even_where_the_write_that_met_it_is_not_repeated():
    """503 with Retry-After leaves a write's fate open, and still nobody else may knock."""
    clock = Clock()
    patience = patient(clock)
    busy = Unavailable("503", retry_after=25, everywhere=True)
    with pytest.raises(Ambiguous):
        patience(Tracker(busy), safe=False)

    patience(Tracker(), safe=True)

    assert sum(clock.slept) >= 25


def test_a_pause_that_fits_the_budget_is_waited_for_whatever_is_added_to_it():
    """What is added so that callers do not march in step is no reason to give up."""
    clock = Clock()
    patience = patient(clock, random=lambda: 1.0, seconds=100)

    answer = patience(Tracker(Unavailable("429", retry_after=99, executed=False)), safe=True)

    assert (answer, sum(clock.slept)) == ("answer", 100)


def test_a_pause_that_cannot_be_waited_out_is_told_at_the_end():
    """How long it lasts still, and why: the next pass is to know."""
    clock = Clock()
    patience = patient(clock)
    assert patience.pause is None
    with pytest.raises(Unavailable):
        patience(Tracker(Unavailable("quota", retry_after=900, executed=False, everywhere=True)), safe=True)

    clock.now += 100

    assert (patience.pause.seconds, patience.pause.why) == (pytest.approx(800), "quota")
    clock.now += 801
    assert patience.pause is None


@pytest.mark.parametrize(
    ("asked", "kept"), [(1e9, 86_400), (float("inf"), 86_400), (float("nan"), None), (-5, None)]
)
def test_nonsense_is_no_pause_and_none_is_longer_than_a_day(asked, kept):
    """A server's mistake must not silence us for ever."""
    clock = Clock()
    patience = patient(clock, attempts=1)

    with pytest.raises(Unavailable) as caught:
        patience(Tracker(Unavailable("429", retry_after=asked, executed=False, everywhere=True)), safe=True)

    assert caught.value.retry_after == kept
    assert (patience.pause is not None and patience.pause.seconds > 10) is (kept is not None)


def test_callers_that_wait_at_the_same_time_spend_the_same_seconds():
    """Eight callers in one pause of a minute are a minute, and do not all set out again at once."""
    clock = Clock()
    draws = iter([n / 10 for n in range(10)])
    patience = patient(clock, random=lambda: next(draws), attempts=1)
    with pytest.raises(Unavailable):
        patience(Tracker(Unavailable("429", retry_after=60, executed=False, everywhere=True)), safe=True)

    for _ in range(8):
        clock.now = 1000.0
        patience(Tracker(), safe=True)

    assert len(set(clock.slept)) == 8
    assert min(clock.slept) >= 60
    assert patience.waited == pytest.approx(max(clock.slept))


def test_a_pause_of_the_whole_tracker_beyond_the_budget_ends_every_call_unmade():
    """What surely fails is not tried: the circuit is open."""
    clock = Clock()
    patience = patient(clock)
    with pytest.raises(Unavailable):
        patience(Tracker(Unavailable("429", retry_after=900, executed=False, everywhere=True)), safe=True)
    other = Tracker()

    with pytest.raises(Unavailable, match="longer than this pass may wait") as caught:
        patience(other, safe=False)

    assert (other.calls, caught.value.executed) == (0, False)


def test_paced_calls_are_spread_evenly_retries_included():
    """At most so many attempts a second, the first at once; what a retry already waited counts."""
    clock = Clock()
    paced = patient(clock, first=0.1).paced(4)
    began = []

    def call(tracker):
        began.append(clock.now)
        return tracker()

    for tracker in (Tracker(), Tracker(Unavailable("503")), Tracker(), Tracker()):
        paced(lambda tracker=tracker: call(tracker), safe=True)

    gaps = [round(after - before, 6) for before, after in pairwise(began)]
    assert began[0] == 1000.0
    assert gaps == [0.25] * 4


def test_the_pace_is_no_part_of_the_waiting_budget():
    """Three hundred writes take their time and are no reason to give up."""
    clock = Clock()
    patience = patient(clock, seconds=1)
    paced = patience.paced(3)

    answers = {paced(Tracker(), safe=True) for _ in range(300)}

    assert answers == {"answer"}
    assert patience.waited == 0
    assert sum(clock.slept) == pytest.approx(299 / 3)


def test_of_two_paces_the_slower_holds():
    """Pacing what is paced does not add up."""
    clock = Clock()
    paced = patient(clock).paced(2).paced(10)

    for _ in range(3):
        paced(Tracker(), safe=True)

    assert sum(clock.slept) == pytest.approx(1.0)


def test_the_page_for_administrators_tells_what_the_code_does():
    """Attempts, waits, the seconds of a pass, and the circuit."""
    page = (Path(__file__).parents[1] / "docs" / "retry.md").read_text("utf-8")
    budget = Budget()

    assert f"| attempts of one call | {budget.attempts} |" in page
    assert f"| {budget.first} s, then twice as long each time, {budget.longest:.0f} s at most;" in page
    assert f"| {budget.seconds:.0f} s for each tracker, in all;" in page
    assert f"shows life every {patience.PIECE:.0f} s" in page
    assert f"After {circuit.COOLING:.0f} s one trial" in page
    assert f"{circuit.LONGEST / 60:.0f} min at the most" in page

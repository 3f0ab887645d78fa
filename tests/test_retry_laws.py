"""The laws of trying again, over whatever a tracker answers."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from fakes.calls import Clock, Tracker, patient
from hypothesis import given
from hypothesis import strategies as st

from escsync.adapter import Ambiguous, Rejected, Unavailable

ASKED = st.one_of(st.none(), st.floats(0.01, 400))
OUTAGES = st.builds(
    lambda asked, executed, everywhere: Unavailable(
        "down", retry_after=asked, executed=executed, everywhere=everywhere
    ),
    ASKED,
    st.sampled_from([False, None, True]),
    st.booleans(),
)
ANSWERS = st.one_of(OUTAGES, OUTAGES, st.just(Rejected("no")), st.none())
CALLS = st.lists(st.tuples(st.booleans(), st.lists(ANSWERS, max_size=8)), max_size=12)
LUCK = st.lists(st.floats(0, 1), min_size=1, max_size=7)
PACES = st.sampled_from([None, 0.5, 3.0])
SLACK = 1e-6


class Played:
    """Calls made one after the other; *attempts* has (call, when, what came) of each attempt."""

    def __init__(self, calls, luck, pace=None, **budget):
        self.clock, self.attempts, self.ends, self.unpaced = Clock(), [], [], 0.0
        drawn = 0

        def random():
            nonlocal drawn
            drawn += 1
            return luck[drawn % len(luck)]

        self.patience = patient(self.clock, random=random, **budget)
        retry = self.patience if pace is None else self.patience.paced(pace)
        for number, (safe, answers) in enumerate(calls):
            try:
                self.ends.append(retry(self._call(number, list(answers)), safe=safe))
            except (Unavailable, Ambiguous, Rejected) as error:
                self.ends.append(error)

    def _call(self, number, answers):
        def attempt():
            answer = answers.pop(0) if answers else None
            self.attempts.append((number, self.clock.now, answer))
            if answer is not None:
                raise answer
            return "answer"

        return attempt

    def of(self, number):
        return [attempt for attempt in self.attempts if attempt[0] == number]


@given(CALLS, LUCK, PACES)
def test_never_sooner_than_asked(calls, luck, pace):
    """The same call waits as long as it was told, and every call as long as the whole tracker asks."""
    played = Played(calls, luck, pace)

    for place, (number, when, answer) in enumerate(played.attempts):
        if isinstance(answer, Unavailable) and answer.retry_after:
            later = [at for n, at, _ in played.attempts[place + 1 :] if answer.everywhere or n == number]
            assert all(at - when >= answer.retry_after - SLACK for at in later)


@given(CALLS, LUCK, st.floats(0, 300), st.integers(1, 6))
def test_never_longer_than_the_budget(calls, luck, seconds, attempts):
    """What one pass waits in all, and what it asks in all."""
    played = Played(calls, luck, seconds=seconds, attempts=attempts)

    assert sum(played.clock.slept) <= seconds + SLACK
    assert played.patience.waited <= seconds + SLACK
    assert all(len(played.of(number)) <= attempts for number in range(len(calls)))


@given(CALLS, LUCK, PACES)
def test_what_is_not_safe_is_never_repeated_in_doubt(calls, luck, pace):
    """After an attempt that may have been carried out there is no other, and the doubt is said."""
    played = Played(calls, luck, pace)

    for number, (safe, _) in enumerate(calls):
        made = played.of(number)
        doubtful = [isinstance(a, Unavailable) and a.executed is not False for _, _, a in made]
        assert safe or not any(doubtful[:-1])
        assert safe or not (doubtful and doubtful[-1]) or isinstance(played.ends[number], Ambiguous)


@given(CALLS, LUCK)
def test_only_an_outage_is_tried_again(calls, luck):
    """What was answered, well or not, is the end of the matter."""
    played = Played(calls, luck)

    for number in range(len(calls)):
        assert all(isinstance(answer, Unavailable) for _, _, answer in played.of(number)[:-1])


@given(st.lists(st.booleans(), min_size=4, max_size=60), LUCK, st.integers(1, 6))
def test_a_dead_tracker_is_asked_a_bounded_number_of_times(safe, luck, attempts):
    """Three rounds of attempts at the most, then a trial at growing intervals; unsafe writes once each before it."""
    calls = [(one, [Unavailable("down")] * 9) for one in safe]
    played = Played(calls, luck, attempts=attempts)

    asked = [attempt for attempt in played.attempts if safe[attempt[0]]]
    assert len(asked) <= 3 * attempts + 3


@given(st.lists(st.integers(0, 1000), min_size=8, max_size=8, unique=True), st.floats(1, 150))
def test_callers_that_were_turned_away_together_do_not_come_back_together(draws, pause):
    """Every one adds a draw of its own to what was asked for."""
    clock, luck, back = Clock(), iter([0, *draws]), []
    patience = patient(clock, random=lambda: next(luck) / 1000, attempts=1)
    with pytest.raises(Unavailable):
        patience(Tracker(Unavailable("429", retry_after=pause, executed=False, everywhere=True)), safe=True)

    for _ in draws:
        clock.now = 1000.0
        patience(lambda: back.append(clock.now), safe=True)

    assert min(back) >= 1000 + pause - SLACK
    assert all(later - earlier > SLACK for earlier, later in pairwise(sorted(back)))


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=2, unique=True), st.integers(1, 5))
def test_growing_waits_are_spread_as_well(draws, times):
    """Two callers that fail alike wait differently."""
    slept = []
    for draw in draws:
        clock = Clock()
        tracker = Tracker(*[Unavailable("503")] * times)
        patient(clock, random=lambda draw=draw: draw / 1000, attempts=6)(tracker, safe=True)
        slept.append(clock.slept)

    assert all(one != other for one, other in zip(*slept, strict=True))


def test_threads_share_one_budget_and_one_pause():
    """Eight at once: nobody asks within the pause, and the waiting of all stays within the seconds of the pass."""
    clock, lock, asked = Clock(), threading.Lock(), []

    def sleep(seconds):
        with lock:
            clock.now += seconds
            clock.slept.append(seconds)

    clock.sleep = sleep
    patience = patient(clock, seconds=500, attempts=3)
    told = threading.Event()

    def call(number):
        def attempt():
            with lock:
                asked.append((number, clock.now))
                first = len(asked) == 1
            if first:
                raise Unavailable("429", retry_after=60, executed=False, everywhere=True)
            return number

        if number:
            told.wait()
        else:
            threading.Timer(0.01, told.set).start()
        return patience(attempt, safe=False)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(asked) == 9
    assert all(at >= 1060 for _, at in asked[1:])
    assert patience.waited <= 500

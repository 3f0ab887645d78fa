"""Signs of life: a pass that waits keeps its lease, and one that was overtaken asks nothing more."""

from __future__ import annotations

import threading

import pytest
from fakes.calls import Clock, Tracker, patient

from escsync.adapter import Unavailable
from escsync.domain.fault import Overtaken


class Life:
    """Is told of every sign of life; *ends* with Overtaken at one of them."""

    def __init__(self, clock, ends=None):
        self.clock = clock
        self.ends = ends
        self.at = []

    def __call__(self):
        self.at.append(self.clock.now)
        if len(self.at) == self.ends:
            raise Overtaken("another pass took over")


@pytest.fixture
def clock():
    return Clock()


def test_life_is_shown_right_before_each_attempt(clock):
    """However the attempt ends."""
    life, began = Life(clock), []
    tracker = Tracker(Unavailable("503"), Unavailable("503"))

    def call():
        began.append((clock.now, life.at[-1]))
        return tracker()

    patient(clock, alive=life)(call, safe=True)

    assert len(began) == 3
    assert all(at == shown for at, shown in began)


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_long_pause_is_slept_in_pieces(clock, everywhere):
    """A lease of a minute, renewed when a quarter of it is left, outlives any pause."""
    life = Life(clock)
    busy = Unavailable("429", retry_after=170, executed=False, everywhere=everywhere)

    patient(clock, alive=life)(Tracker(busy), safe=True)

    gaps = [later - earlier for earlier, later in zip(life.at, life.at[1:], strict=False)]
    assert sum(clock.slept) >= 170
    assert max(clock.slept) <= 10
    assert max(gaps) <= 10


def test_waiting_for_ones_turn_is_slept_in_pieces_too(clock):
    """Pacing and the pauses that others were told of."""
    life = Life(clock)
    paced = patient(clock, alive=life).paced(1 / 45)

    for _ in range(2):
        paced(Tracker(), safe=True)

    assert clock.slept == [10, 10, 10, 10, 5]


@pytest.mark.parametrize("ends", [1, 2, 3, 5])
def test_whoever_was_overtaken_asks_nothing_more(clock, ends):
    """Before the first attempt, in the middle of a wait or after it: it goes through untouched."""
    life, tracker = Life(clock, ends), Tracker(Unavailable("429", retry_after=25, executed=False))

    with pytest.raises(Overtaken):
        patient(clock, alive=life)(tracker, safe=True)

    assert tracker.calls == (0 if ends == 1 else 1)
    assert len(life.at) == ends


def test_what_an_operation_raises_as_overtaken_is_not_tried_again(clock):
    """It is no outage."""
    tracker = Tracker(Overtaken("another pass took over"))

    with pytest.raises(Overtaken):
        patient(clock)(tracker, safe=True)

    assert (tracker.calls, clock.slept) == (1, [])


def test_one_sign_of_life_at_a_time(clock):
    """A ledger is not asked by two threads at once."""
    inside, most = [], []

    def alive():
        inside.append(1)
        most.append(len(inside))
        inside.pop()

    patience = patient(clock, alive=alive)
    threads = [
        threading.Thread(target=lambda: [patience(Tracker(), safe=True) for _ in range(50)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(most), max(most)) == (400, 1)

"""Calls to a tracker for tests of patience: a clock that only sleeping moves, and answers by a script."""

from __future__ import annotations

from escsync.retry import Budget, Patience


class Clock:
    """Monotonic seconds that pass only by sleeping."""

    def __init__(self):
        self.now = 1000.0
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Tracker:
    """A call that fails in the given ways, then answers."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.calls = 0

    def __call__(self):
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def patient(clock, *, random=lambda: 0.5, alive=None, **budget):
    """The patience of one pass by *clock*."""
    made = Budget(**budget) if budget else None
    return Patience(sleep=clock.sleep, clock=lambda: clock.now, random=random, budget=made, alive=alive)

"""Trying again: how long to wait, how often, and when to give up, for every call to a tracker."""

from __future__ import annotations

import random as _random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tenacity import RetryCallState, Retrying, retry_if_exception

from escsync.adapter import Ambiguous, Unavailable

__all__ = ["Budget", "Patience"]


@dataclass(frozen=True, slots=True)
class Budget:
    """How much patience one pass has: *attempts* per call, and *seconds* of waiting in the whole pass.

    Waits grow from *first* to *longest* seconds. A tracker that asks for more than is left is not waited for.
    """

    attempts: int = 5
    seconds: float = 180.0
    first: float = 0.5
    longest: float = 30.0


class Patience:
    """The patience of one pass with one tracker; keeps the contract's `Retry` and is safe to share by threads.

    *sleep*, *clock* (monotonic seconds) and *random* (0..1) are handed in, so that a test never waits.
    """

    def __init__(
        self,
        *,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        random: Callable[[], float] = _random.random,
        budget: Budget | None = None,
    ) -> None:
        self._sleep = sleep
        self._clock = clock
        self._random = random
        self._budget = budget or Budget()
        self._lock = threading.Lock()
        self._waited = 0.0
        self._closed_until = float("-inf")
        self._next = float("-inf")

    def paced(self, rate: float) -> _Paced:
        """The same patience, with at most *rate* attempts a second, evenly spaced.

        The first goes at once; these waits are the tracker's ordinary pace and no part of the budget.
        """
        return _Paced(self, 1.0 / rate)

    def step(self, gap: float) -> None:
        """Wait until *gap* seconds after the attempt before."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + gap
        if turn > now:
            self._sleep(turn - now)

    @property
    def waited(self) -> float:
        """How many seconds of the budget are spent."""
        return self._waited

    def __call__(self, operation: Callable[[], Any], *, safe: bool) -> Any:
        """Run *operation*; on Unavailable wait and run it again, as the contract says."""

        def again(error: BaseException) -> bool:
            return isinstance(error, Unavailable) and (safe or error.executed is False)

        def attempt() -> Any:
            self._queue()
            try:
                return operation()
            except Unavailable as error:
                if safe or error.executed is False:
                    raise
                raise Ambiguous(error.message, remedy=error.remedy) from error

        policy = Retrying(
            sleep=self._sleep,
            wait=self._wait,
            stop=self._enough,
            retry=retry_if_exception(again),
            reraise=True,
        )
        return policy(attempt)

    def _queue(self) -> None:
        """While the whole tracker must pause, every call waits its turn, whoever was told so."""
        with self._lock:
            rest = self._closed_until - self._clock()
            if rest <= 0:
                return
            affordable = self._waited + rest <= self._budget.seconds
            if affordable:
                self._waited += rest
        if not affordable:
            raise Unavailable(
                "the tracker asks for a pause longer than this pass may wait",
                retry_after=rest,
                executed=False,
                everywhere=True,
                remedy="nothing is lost: the next pass goes on from here",
            )
        self._sleep(rest)

    def _wait(self, state: RetryCallState) -> float:
        """What the tracker asked for at least, else growing times; both spread, so that callers do not march in step."""
        error = state.outcome.exception() if state.outcome else None
        grown = min(self._budget.longest, self._budget.first * 2.0 ** (state.attempt_number - 1))
        asked = error.retry_after if isinstance(error, Unavailable) and error.retry_after else 0.0
        if asked > 0:
            return asked + self._random() * min(asked / 10, self._budget.first)
        return grown * (0.5 + self._random() / 2)

    def _enough(self, state: RetryCallState) -> bool:
        """Give up after the last attempt, or where the next wait is more than what is left."""
        error = state.outcome.exception() if state.outcome else None
        wait = state.upcoming_sleep
        with self._lock:
            if isinstance(error, Unavailable) and error.everywhere:
                self._closed_until = max(self._closed_until, self._clock() + wait)
            if state.attempt_number >= self._budget.attempts or self._waited + wait > self._budget.seconds:
                return True
            self._waited += wait
        return False


class _Paced:
    """Patience that spreads its attempts."""

    def __init__(self, patience: Patience, gap: float) -> None:
        self._patience = patience
        self._gap = gap

    def __call__(self, operation: Callable[[], Any], *, safe: bool) -> Any:
        def attempt() -> Any:
            self._patience.step(self._gap)
            return operation()

        return self._patience(attempt, safe=safe)

    def paced(self, rate: float) -> _Paced:
        """The slower of both paces."""
        return _Paced(self._patience, max(self._gap, 1.0 / rate))

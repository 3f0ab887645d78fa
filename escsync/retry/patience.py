"""Patience: one call after another is tried, waited for and tried again, as the pass's budget allows."""

from __future__ import annotations

import random as _random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tenacity import RetryCallState, Retrying, retry_if_exception

from escsync.adapter import Ambiguous, Unavailable

from .budget import Budget, Purse
from .circuit import Circuit, Withheld

PIECE = 10.0
"""Seconds slept at most before showing life again; a lease is renewed when it has 15 left."""
_TICK = 1e-6
"""Less than this is a rounding error and no pause."""
_DAY = 86_400.0
"""A longer pause is a server's mistake, which must not silence us for ever."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that the whole tracker asked for: how many *seconds* of it are left, and *why*."""

    seconds: float
    why: str


class Patience:
    """The patience of one pass with one tracker; keeps the contract's `Retry` and is safe to share by threads.

    *sleep*, *clock* (monotonic seconds) and *random* (0..1) are handed in, so that a test never waits. *alive* is
    called before each attempt and after each sleep; what it raises ends the call, whatever it is.
    """

    def __init__(
        self,
        *,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        random: Callable[[], float] = _random.random,
        budget: Budget | None = None,
        alive: Callable[[], None] | None = None,
    ) -> None:
        self._sleep = sleep
        self._clock = clock
        self._random = random
        self._budget = budget or Budget()
        self._alive = alive
        self._lock = threading.Lock()
        self._alive_lock = threading.Lock()
        self._circuit = Circuit(clock)
        self._purse = Purse(self._budget.seconds)
        self._closed_until = float("-inf")
        self._asked_until, self._why = float("-inf"), ""
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
            self._rest(turn - now)

    @property
    def waited(self) -> float:
        """How many seconds of the budget are spent."""
        return self._purse.spent

    @property
    def pause(self) -> Pause | None:
        """What is left of the pause that the tracker as a whole asked for, saying how long."""
        with self._lock:
            left = self._asked_until - self._clock()
            return Pause(left, self._why) if left > _TICK else None

    def __call__(self, operation: Callable[[], Any], *, safe: bool) -> Any:
        """Run *operation*; on Unavailable wait and run it again, as the contract says."""

        def again(error: BaseException) -> bool:
            repeatable = isinstance(error, Unavailable) and (safe or error.executed is False)
            return repeatable and not isinstance(error, Withheld)

        def attempt() -> Any:
            self._queue()
            self._show_life()
            try:
                return operation()
            except Unavailable as error:
                error.retry_after = _sound(error.retry_after)
                self._heed(error)
                if safe or error.executed is False:
                    raise
                raise Ambiguous(error.message, remedy=error.remedy) from error

        with self._circuit.call() as trial:
            policy = Retrying(
                sleep=self._rest,
                wait=self._wait,
                stop=lambda state: trial or self._enough(state),
                retry=retry_if_exception(again),
                reraise=True,
            )
            return policy(attempt)

    def _queue(self) -> None:
        """While the whole tracker must pause, every call waits its turn, whoever was told so."""
        waited_for = float("-inf")
        while True:
            with self._lock:
                now, until = self._clock(), self._closed_until
                rest = until - now
                # Another call may have been told of a longer pause meanwhile; the same one is waited for once.
                if rest <= _TICK or until <= waited_for:
                    return
                left = self._purse.left(now)
                if rest <= left:
                    wait = self._spread(rest, left)
                    self._purse.spend(now, wait)
            if rest > left:
                raise Withheld(
                    "the tracker asks for a pause longer than this pass may wait",
                    retry_after=rest,
                    executed=False,
                    everywhere=True,
                    remedy="nothing is lost: the next pass goes on from here",
                )
            self._rest(wait)
            waited_for = until

    def _heed(self, error: Unavailable) -> None:
        """Remember what the whole tracker asks for."""
        if not error.everywhere or not error.retry_after:
            return
        with self._lock:
            until = self._clock() + error.retry_after
            self._closed_until = max(self._closed_until, until)
            if until > self._asked_until:
                self._asked_until, self._why = until, error.message

    def _wait(self, state: RetryCallState) -> float:
        """What the tracker asked for at least, else growing times; both spread, so that callers do not march in step."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, Unavailable) and error.retry_after:
            with self._lock:
                return self._spread(error.retry_after, self._purse.left(self._clock()))
        grown = min(self._budget.longest, self._budget.first * 2.0 ** (state.attempt_number - 1))
        wait = grown * (0.5 + self._random() / 2)
        if isinstance(error, Unavailable) and error.everywhere:
            with self._lock:
                self._closed_until = max(self._closed_until, self._clock() + wait)
        return wait

    def _spread(self, asked: float, left: float) -> float:
        """*asked* seconds and some more, but for the sake of those no more than are *left*."""
        more = self._random() * min(max(asked / 10, self._budget.first), self._budget.longest)
        return max(asked, min(asked + more, left))

    def _enough(self, state: RetryCallState) -> bool:
        """Give up after the last attempt, or where the next wait is more than what is left."""
        wait = state.upcoming_sleep
        with self._lock:
            now = self._clock()
            if state.attempt_number >= self._budget.attempts or wait > self._purse.left(now):
                return True
            self._purse.spend(now, wait)
        return False

    def _rest(self, seconds: float) -> None:
        """Sleep, in pieces that are short enough for a lease to stay ours."""
        if self._alive is None:
            self._sleep(seconds)
            return
        while seconds > 0:
            self._sleep(min(seconds, PIECE))
            seconds -= PIECE
            self._show_life()

    def _show_life(self) -> None:
        if self._alive is not None:
            with self._alive_lock:
                self._alive()


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


def _sound(seconds: float | None) -> float | None:
    """The wait that a tracker asks for; None where it names none, or nonsense."""
    return min(seconds, _DAY) if seconds is not None and seconds > 0 else None

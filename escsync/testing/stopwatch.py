"""Seconds that pass only when somebody sleeps, so that no test ever waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

from escsync.adapter import Retry
from escsync.retry import Budget, Patience


class Stopwatch:
    """A monotonic clock and its sleep; *waits* keeps every wait in its order.

    Hand `patience()` to a `Binding` as its retry: what the adapter would have waited is then in *waits*.
    *longest* is the longest single wait that is not a mistake of the test, None for any.
    """

    def __init__(self, longest: float | None = None) -> None:
        self.waits: list[float] = []
        self.longest = longest
        self._now = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        """Seconds slept so far."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Note the wait and let it be over."""
        if self.longest is not None and seconds > self.longest:
            raise AssertionError(f"somebody wanted to wait {seconds} s; nothing here should make it")
        with self._lock:
            self.waits.append(seconds)
            self._now += max(seconds, 0.0)

    def patience(self, budget: Budget | None = None, *, alive: Callable[[], None] | None = None) -> Retry:
        """The patience that escsync has with a tracker, on this watch; *alive* is told before each attempt."""
        return Patience(
            sleep=self.sleep, clock=self.monotonic, random=lambda: 0.5, budget=budget, alive=alive
        )

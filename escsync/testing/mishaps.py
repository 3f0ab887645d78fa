"""Mishaps: what goes wrong with the next requests of a fake that has no wire to break."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from escsync.adapter import Retry, Unavailable

from .stopwatch import Stopwatch


class Mishaps:
    """Half of the protocol `Trouble`, for a fake whose requests are mere calls: inherit it, and hand `retry()` to each
    connection. What is a matter of the tracker itself (`hide`, `leave`, `ignore`) stays to be written.

    *lag* is how far the pass's clock is off, for whoever makes the next connection.
    """

    def __init__(self) -> None:
        self.watch = Stopwatch()
        self.lag = timedelta()
        self._due: deque[_Mishap] = deque()
        self._lost: _Mishap | None = None
        self._act: Callable[[], None] | None = None

    @property
    def waits(self) -> list[float]:
        """Seconds for which adapters would have slept."""
        return self.watch.waits

    def outage(self, times: int = 1, *, after: bool = False) -> None:
        """The next *times* requests break off without an answer; *after*: they are carried out first."""
        self._due.extend(times * [_Mishap(after, Unavailable("the connection broke off"))])

    def lose(self, *, after: bool = False) -> None:
        """The next write request breaks off without an answer; *after*: it is carried out first."""
        self._lost = _Mishap(after, Unavailable("the connection broke off"))

    def throttle(self, seconds: float, times: int = 1) -> None:
        """The next *times* requests are refused, with a wait of *seconds*."""
        refusal = Unavailable("too many requests", retry_after=seconds, executed=False)
        self._due.extend(times * [_Mishap(False, refusal)])

    def between(self, act: Callable[[], None]) -> None:
        """Do *act* once, right before the next write request is carried out."""
        self._act = act

    def skew(self, delta: timedelta) -> None:
        """From the next connection on the pass's clock is off by *delta*."""
        self.lag = delta

    def retry(self) -> Retry:
        """The patience for a new connection, its requests at the mercy of what is due."""
        return _Mishandled(self, self.watch.patience())

    def exchange(self, operation: Callable[[], Any], *, writes: bool) -> Any:
        """One request and its answer."""
        mishap = None
        with suppress(IndexError):
            mishap = self._due.popleft()
        if writes and mishap is None:
            mishap, self._lost = self._lost, None
        if mishap is not None and not mishap.after:
            raise mishap.error
        act, self._act = (self._act, None) if writes else (None, self._act)
        if act is not None:
            act()
        answer = operation()
        if mishap is not None:
            raise mishap.error
        return answer


class _Mishap:
    """What comes instead of an answer; *after* the work was done."""

    def __init__(self, after: bool, error: Unavailable) -> None:
        self.after = after
        self.error = error


class _Mishandled:
    """Patience over requests that may go wrong; a request that may not be repeated is a write."""

    def __init__(self, mishaps: Mishaps, patience: Retry) -> None:
        self._mishaps = mishaps
        self._patience = patience

    def __call__(self, operation: Callable[[], Any], *, safe: bool) -> Any:
        return self._patience(lambda: self._mishaps.exchange(operation, writes=not safe), safe=safe)

    def paced(self, rate: float) -> Retry:
        """The same, evenly spaced."""
        return _Mishandled(self._mishaps, self._patience.paced(rate))

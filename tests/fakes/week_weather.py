"""The weather of a pass: what happens right before each of its calls, and how the call then fares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from fakes.faults import Kind, writes
from fakes.http import Fault, Request

from escsync.adapter import Retry


class Weather:
    """Counts the calls of a pass. *struck* has the names of the failures that really came, *last* the calls of the
    last pass.

    A kind that befalls writes only waits for the next write.
    """

    def __init__(self, lock: Callable[[], None] = lambda: None) -> None:
        self.struck: list[str] = []
        self.total = 0
        self._lock = lock
        self.clear()

    def clear(self) -> None:
        """Fair weather until further notice."""
        self.begin({}, {})

    def begin(self, kinds: Mapping[int, Kind], acts: Mapping[int, Sequence[Callable[[], None]]]) -> None:
        """What is to come, by the number of the call."""
        self.calls = 0
        self._kinds = dict(kinds)
        self._acts = {n: list(each) for n, each in acts.items()}

    def left(self) -> Iterator[Callable[[], None]]:
        """What people would have done, had the pass made so many calls."""
        for n in sorted(self._acts):
            yield from self._acts.pop(n)

    def next(self, *, write: bool) -> Kind | None:
        """Right before a call: people act; how does it fail?"""
        n, self.calls, self.total = self.calls, self.calls + 1, self.total + 1
        for act in self._acts.pop(n, ()):
            act()
        kind = self._kinds.pop(n, None)
        if kind is None:
            return None
        if kind.writes and not write:
            self._kinds.setdefault(n + 1, kind)
            return None
        self.struck.append(kind.name)
        if kind.locked:
            self._lock()
            return None
        return kind


class Sky:
    """The faults of a fake server, made up call by call. *alter* changes every answer, of a replica that lags, say."""

    def __init__(self, weather: Weather, now: Callable[[], datetime]) -> None:
        self._weather = weather
        self._now = now
        self.alter: Callable[[Any], Any] | None = None

    def __iter__(self) -> Iterator[Fault]:
        fault = Fault(lambda request: self._turn(fault, request))
        yield fault

    def _turn(self, fault: Fault, request: Request) -> bool:
        kind = self._weather.next(write=writes(request))
        if kind is not None:
            kind.strike(fault, self._now())
        elif self.alter is not None and "filter" in (request.body or {}):
            # What is asked for by its last change is not found; a list of everything has it as it was.
            fault.alter = self.alter
        else:
            return False
        return True


class Weathered:
    """The patience of a connection without a wire, its requests at the mercy of the weather."""

    def __init__(self, weather: Weather, patience: Retry) -> None:
        self._weather = weather
        self._patience = patience

    def __call__(self, operation: Callable[[], Any], *, safe: bool) -> Any:
        def attempt() -> Any:
            kind = self._weather.next(write=not safe)
            if kind is None:
                return operation()
            if kind.after:
                operation()
            raise kind.error

        return self._patience(attempt, safe=safe)

    def paced(self, rate: float) -> Retry:
        """The same, evenly spaced."""
        return Weathered(self._weather, self._patience.paced(rate))

"""The circuit: a tracker that does not answer is left alone, but for a trial now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from escsync.adapter import Ambiguous, TrackerError, Unavailable

_IN_A_ROW = 3
"""So many calls that were given up without one that was answered in between open it."""
COOLING = 30.0
"""Seconds until the first trial; each trial in vain doubles them."""
LONGEST = 900.0


class Withheld(Unavailable):
    """A request that was not even made, because it would have been in vain."""


class Circuit:
    """Counts the calls of one pass that were given up. It is safe to share by threads; *clock* is monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._cooling = COOLING
        self._shut_until: float | None = None
        self._trying = False

    @contextmanager
    def call(self) -> Iterator[bool]:
        """Surrounds one call; yields whether it is a trial, which has one attempt. Withheld while it is open."""
        trial = self._enter()
        answered: bool | None = None
        try:
            yield trial
            answered = True
        except Withheld:
            raise
        except Unavailable:
            answered = False
            raise
        except Ambiguous:
            # A single attempt, which one ticket may have spoilt: only as a trial it tells something of the tracker.
            answered = False if trial else None
            raise
        except TrackerError:
            answered = True  # it refused, so that it is alive
            raise
        finally:
            self._leave(trial, answered)

    def _enter(self) -> bool:
        with self._lock:
            if self._shut_until is None:
                return False
            if not self._trying and self._clock() >= self._shut_until:
                self._trying = True
                return True
        raise Withheld(
            "the tracker did not answer several calls in a row; it is left alone for a while",
            executed=False,
            remedy="nothing is lost: the next pass goes on from here; is the tracker up? `escsync doctor` asks it",
        )

    def _leave(self, trial: bool, answered: bool | None) -> None:
        """A call is over; None: it tells nothing about the tracker."""
        with self._lock:
            if trial:
                self._trying = False
            if answered:
                self._failed, self._cooling, self._shut_until = 0, COOLING, None
            elif answered is False:
                self._failed += 1
                # Calls that were under way when it opened prove nothing new.
                if trial or (self._shut_until is None and self._failed >= _IN_A_ROW):
                    self._shut_until = self._clock() + self._cooling
                    self._cooling = min(2 * self._cooling, LONGEST)

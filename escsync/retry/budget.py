"""The budget: how much patience one pass has with one tracker, and what is spent of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """How much patience one pass has: *attempts* per call, and *seconds* of waiting in the whole pass.

    Waits grow from *first* to *longest* seconds. A tracker that asks for more than is left is not waited for.
    """

    attempts: int = 5
    seconds: float = 180.0
    first: float = 0.5
    longest: float = 30.0


class Purse:
    """The seconds of a budget, as they are spent; callers that wait at the same time spend the same seconds."""

    def __init__(self, seconds: float) -> None:
        self.spent = 0.0
        self._seconds = seconds
        self._paid_until = float("-inf")

    def left(self, now: float) -> float:
        """How long a wait that begins *now* may last."""
        return self._seconds - self.spent + max(0.0, self._paid_until - now)

    def spend(self, now: float, seconds: float) -> None:
        """Pay for a wait that begins *now*."""
        until = now + seconds
        self.spent += max(0.0, until - max(now, self._paid_until))
        self._paid_until = max(self._paid_until, until)

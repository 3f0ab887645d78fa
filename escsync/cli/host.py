"""The machine as a command sees it: its clock, its patience, its environment. The only place that reads a clock."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TextIO

_PIECE = 0.5


class Bell:
    """A wait that a signal ends early.

    An Event would not do: a handler that sets it while the same thread is about to wait for it waits for itself, for ever.
    """

    def __init__(self) -> None:
        self._rung = False
        self._strokes: SimpleQueue[None] = SimpleQueue()

    @property
    def rung(self) -> bool:
        """Was it told to stop?"""
        return self._rung

    def ring(self) -> None:
        """End the present wait and every later one."""
        self._rung = True
        self._strokes.put(None)

    def wait(self, seconds: float) -> None:
        """Wait so long, or until it is rung."""
        until = time.monotonic() + seconds
        while not self._rung and (left := until - time.monotonic()) > 0:
            # In pieces: a signal that comes right before a wait is handled after it only.
            with suppress(Empty):
                self._strokes.get(timeout=min(left, _PIECE))

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """While inside, SIGTERM and SIGINT ring it; a second one of them interrupts at once."""

        def handle(number: int, frame: object) -> None:
            if self.rung:
                raise KeyboardInterrupt
            self.ring()

        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _now() -> datetime:
    return datetime.now(UTC)


def _elapsed() -> float:
    """Seconds that only go forward, while the machine is suspended too where that can be known: a lease runs out then
    as well."""
    which = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if which is None else time.clock_gettime(which)


@dataclass(frozen=True, slots=True)
class Host:
    """Everything that a command takes from the machine; tests hand in their own."""

    clock: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = _elapsed
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    directory: Callable[[], Path] = Path.cwd
    bell: Bell = field(default_factory=Bell)
    keyboard: TextIO | None = None
    """Where a person's answers come from; None: the terminal, where there is one."""

"""The end of a command that makes things: whoever ends it, what was made is written down first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def orderly() -> Iterator[None]:
    """While inside, SIGTERM and SIGHUP (a terminal that closes) interrupt as Ctrl-C does; only a second Ctrl-C cuts the end
    short. What the program that started this one ignores, as `nohup` does, stays ignored."""
    ending = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal ending
        if not ending or number == signal.SIGINT:
            ending = True
            raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, name) for name in _ENDING if hasattr(signal, name)):
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                before[number] = signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

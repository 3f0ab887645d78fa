"""Faults: where an error arose, told without its text, which may hold what customers wrote."""

from __future__ import annotations

import traceback
from pathlib import PurePath


def place(error: BaseException) -> str:
    """An error's kind and the line it came from: `KeyError in clocks.py:88`."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


class Overtaken(Exception):
    """This pass may write no more: another one took over while it was paused. Nothing but the command catches it."""

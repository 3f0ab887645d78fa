"""Exit codes, and the error that ends a command with one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """What a command's exit code means."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    LIMIT = 3
    DRIFT = 4
    PARTIAL = 5
    TRACKER = 6
    HELD = 7
    INTERRUPTED = 130


class Stop(Exception):
    """The command ends here: *lines* say what is wrong and what to do, *code* is what it exits with.

    *notes* has, for each line, those that are shown indented below it; *problems* is the same for `--format json`.
    """

    def __init__(
        self,
        *lines: str,
        code: Exit = Exit.USAGE,
        notes: Sequence[Sequence[str]] = (),
        problems: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(*lines)
        self.lines = lines
        self.code = code
        self.notes = notes
        self.problems = problems


def problem(line: str) -> dict[str, Any]:
    """*line*, which says what is wrong and behind an arrow what to do, as `--format json` tells it: it is of no file."""
    message, _, remedy = line.partition(" -> ")
    nowhere = {"file": None, "line": None, "column": None, "path": "", "suggestion": "", "reason": ""}
    return {**nowhere, "message": message, "remedy": remedy}


def worst(codes: Iterable[Exit]) -> Exit:
    """Which of several applies: the highest of 6, 5, 3 and 1 (decision 77)."""
    return max(codes, default=Exit.DONE)

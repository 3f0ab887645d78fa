"""Where a command's words go: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from escsync.report.display import lines as harmless
from escsync.report.display import shown

if TYPE_CHECKING:
    from rich.console import RenderableType

_PIPE_WIDTH = 400
"""A pipe has no width; nothing in it is folded."""


class Terminal:
    """The two streams. Tracker text is never taken for markup; colour only where a person looks."""

    def __init__(self, environ: Mapping[str, str], *, as_json: bool = False) -> None:
        self.as_json = as_json
        self._answered = False
        self.out = _console(environ, stderr=False)
        self.err = _console(environ, stderr=True)

    @property
    def interactive(self) -> bool:
        """Does a person watch what goes to stderr?"""
        return self.err.is_terminal

    def say(self, words: str | Text) -> None:
        """A line of the result."""
        self.out.print(words if isinstance(words, Text) else Text(words), soft_wrap=True)

    def tell(self, words: Iterable[str | Text]) -> None:
        """Several lines of the result."""
        for line in words:
            self.say(line)

    @property
    def width(self) -> int:
        """How many columns a line of the result may have."""
        return self.out.width

    def draw(self, table: RenderableType) -> None:
        """A table of the result; in a pipe without the blanks that fill its lines."""
        if self.out.is_terminal:
            self.out.print(table)
            return
        with self.out.capture() as drawn:
            self.out.print(table)
        self.out.file.writelines(f"{line.rstrip()}\n" for line in drawn.get().splitlines())

    def document(self, content: Mapping[str, Any]) -> None:
        """The one JSON document of the result; escapes keep it harmless and readable in every encoding."""
        self._answered = True
        self.out.file.write(json.dumps(content, indent=2 if self.out.is_terminal else None) + "\n")

    def raw(self, text: str) -> None:
        """Text that is to be copied: written as it is, without a style."""
        self._answered = True
        self.out.file.write(text if text.endswith("\n") else text + "\n")

    def note(self, words: str | Text, style: str = "") -> None:
        """A remark beside the result."""
        self.err.print(words if isinstance(words, Text) else Text(words, style=style), soft_wrap=True)

    def problem(self, lines: Iterable[str], notes: Sequence[Sequence[str]] = ()) -> None:
        """What went wrong, and below each line its *notes*."""
        for line, below in zip_longest(lines, notes, fillvalue=()):
            self.note(f"escsync: {shown(str(line))}", style="red")
            for note in below:
                for each in harmless(note):
                    self.note(f"    {each}")

    def ended(self, problems: Sequence[Mapping[str, Any]]) -> None:
        """What ended a command before its result: as JSON, where a program waits for a document."""
        if self.as_json and not self._answered:
            self.document({"schema": 1, "problems": list(problems)})

    def status(self, renderable: RenderableType) -> None:
        """Something for the person who watches."""
        self.err.print(renderable)


def _console(environ: Mapping[str, str], *, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    for_people = stream.isatty() or bool(environ.get("FORCE_COLOR"))
    columns = environ.get("COLUMNS", "")
    width = None if stream.isatty() else int(columns) if columns.isdigit() and int(columns) else _PIPE_WIDTH
    return Console(
        file=stream,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        force_terminal=for_people,
        no_color=bool(environ.get("NO_COLOR")),
    )

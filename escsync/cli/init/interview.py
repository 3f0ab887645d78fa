"""An interview: questions to the person at the terminal, each asked again until its answer can be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from rich.text import Text

from escsync.cli.exits import Exit, Stop
from escsync.report.display import shown

if TYPE_CHECKING:
    from escsync.cli.terminal import Terminal

_AT_ONCE = 15
"""So many of a list are shown; part of a name narrows a longer one."""


class Interview:
    """*keyboard* is where the answers come from; None is the terminal itself, with its line editing."""

    def __init__(self, terminal: Terminal, keyboard: TextIO | None = None) -> None:
        self._terminal = terminal
        self._keyboard = None if keyboard is None else _Lines(keyboard)

    def say(self, words: str, style: str = "", *, indent: str = "") -> None:
        """A line between the questions; text of a tracker in it is harmless."""
        self._terminal.out.print(Text(indent + shown(words), style=style), soft_wrap=True)

    def ask(self, words: str, default: str = "", *, empty: bool = False) -> str:
        """One answer without white space around it; Enter takes *default*, and `-` stands for none where *empty*."""
        from rich.prompt import Prompt

        while True:
            none = ", or - for none" if empty and default else ""
            question = Text(shown(words) + none, style="bold")
            try:
                answer: str = Prompt.ask(
                    question,
                    console=self._terminal.out,
                    default=default,
                    show_default=bool(default),
                    stream=self._keyboard,  # type: ignore[arg-type]  # of a stream, only readline is asked
                )
            except EOFError:
                raise Stop("the answers ended before the questions did; nothing was written") from None
            except KeyboardInterrupt:
                raise Stop("interrupted; nothing was written", code=Exit.INTERRUPTED) from None
            if empty and answer.strip() in ("", "-"):
                return ""
            if answer.strip():
                return answer.strip()
            self.say("An answer is needed here; Ctrl-C ends it all, and nothing is written.", "yellow")

    def until(self, words: str, fit: Callable[[str], str], default: str = "", *, empty: bool = False) -> str:
        """The first answer of which *fit* says "", which is what is wrong with it otherwise."""
        while True:
            answer = self.ask(words, default, empty=empty)
            wrong = fit(answer)
            if not wrong:
                return answer
            self.say(wrong, "yellow")

    def choose(self, words: str, options: Sequence[str]) -> int:
        """Which of *options* it is: by its number, by its name or by words of it, which narrow what is listed."""
        offered = list(range(len(options)))
        while True:
            for number, index in enumerate(offered[:_AT_ONCE], 1):
                self.say(options[index], indent=f"  {number:>2}  ")
            if len(offered) > _AT_ONCE:
                self.say(
                    f"      and {len(offered) - _AT_ONCE} more: type a part of the name to narrow it down"
                )
            answer = self.ask(f"{words} (a number, or part of a name)", "1")
            if answer.isdecimal() and 1 <= int(answer) <= min(len(offered), _AT_ONCE):
                return offered[int(answer) - 1]
            found = _meant(answer, options, offered) or _meant(answer, options, range(len(options)))
            if len(found) == 1:
                return found[0]
            if not found:
                self.say(f"Nothing of the list is called {answer!r}.", "yellow")
            offered = found or list(range(len(options)))


def _meant(answer: str, options: Sequence[str], among: Iterable[int]) -> list[int]:
    """Which of *among* are called so: exactly, else by whole words, else by parts; all words of the answer must fit."""
    wanted, indices = answer.casefold().split(), list(among)
    names = {index: options[index].casefold() for index in indices}
    words = {index: set(re.findall(r"\w+", names[index])) for index in indices}
    return (
        [index for index in indices if names[index].split() == wanted]
        or [index for index in indices if set(wanted) <= words[index]]
        or [index for index in indices if all(word in names[index] for word in wanted)]
    )


class _Lines:
    """A stream whose end is told apart from an empty line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def readline(self) -> str:
        """The next line; EOFError where there is none."""
        line = self._stream.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

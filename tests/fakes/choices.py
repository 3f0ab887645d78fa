"""Choices: every way in which a run can go, one after the other, told by the names of what was chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

Script = tuple[tuple[str, str], ...]
"""What was chosen, in order: (where, what). Wherever a script says nothing, nothing happens."""


@dataclass(slots=True)
class Choices:
    """The choice points of one run: the first ones follow *script*, at all further ones nothing happens.

    At most *budget* mishaps; what follows from one (a lost request that lands in the end) is free of charge.
    """

    budget: int
    script: Script = ()
    made: list[tuple[str, str]] = field(default_factory=list)
    """What was chosen at each point so far, "" where nothing happened."""
    open: list[tuple[str, ...]] = field(default_factory=list)
    """What else could have been chosen at each point."""
    spent: int = 0

    def pick(self, where: str, *mishaps: str, free: Sequence[str] = ()) -> str:
        """One of *mishaps*, or of what is *free*, or "" for nothing."""
        possible = (*free, *(mishaps if self.spent < self.budget else ()))
        if not possible:
            return ""
        chosen = ""
        if self.repeating:
            place, chosen = self.script[len(self.made)]
            if place != where or (chosen and chosen not in possible):
                raise AssertionError(f"the script says {place}: {chosen}, the run is at {where}: {possible}")
        self.made.append((where, chosen))
        self.open.append(possible)
        self.spent += chosen in mishaps
        return chosen

    @property
    def repeating(self) -> bool:
        """Is the script not at its end yet?"""
        return len(self.made) < len(self.script)

    @property
    def told(self) -> Script:
        """What happened; where nothing did is left out."""
        return tuple(one for one in self.made if one[1])


def every(budget: int, run: Callable[[Choices], None]) -> Iterator[Choices]:
    """*run* it in every way, depth first: each time with the choices it is to make."""
    waiting: list[Script] = [()]
    while waiting:
        choices = Choices(budget, waiting.pop())
        run(choices)
        yield choices
        for point in range(len(choices.made) - 1, len(choices.script) - 1, -1):
            where = choices.made[point][0]
            waiting += [(*choices.made[:point], (where, what)) for what in reversed(choices.open[point])]


class Told(Choices):
    """The choices of a script as people read it: only what happened, in its order; a place may be cut short."""

    def __init__(self, script: Script) -> None:
        super().__init__(len(script))
        self.left = list(script)

    def pick(self, where: str, *mishaps: str, free: Sequence[str] = ()) -> str:
        """What the script says of this point."""
        if self.left and where.startswith(self.left[0][0]) and self.left[0][1] in (*mishaps, *free):
            chosen = self.left.pop(0)[1]
            self.spent += chosen in mishaps
            self.made.append((where, chosen))
            return chosen
        return ""

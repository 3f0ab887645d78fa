"""Problems: what is wrong in a configuration, where, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto

from .confidence import depth, shown_key

Path = tuple[str | int, ...]
"""Keys and list positions from the top of a file down."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something stands. *column* is that of the value where it shares its key's line, else the key's own."""

    file: str
    line: int
    column: int = 1
    key: int = 1
    """The column of the key."""


class About(Enum):
    """What of a line is wrong."""

    VALUE = auto()
    KEY = auto()
    ABSENCE = auto()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. *file* is as the user wrote it, *path* is empty for the file as a whole."""

    file: str
    line: int
    path: Path
    message: str
    suggestion: str = ""
    column: int = 1
    reason: str = ""
    """Why it matters: what the key is for."""
    remedy: str = ""
    """What to do, or to write instead."""
    about: About = About.VALUE

    def __str__(self) -> str:
        hint = f"; did you mean {self.suggestion!r}?" if self.suggestion else ""
        return f"{self.file}:{self.line}: {self.place}: {self.message}{hint}"

    @property
    def place(self) -> str:
        """The path as it may be told: nothing of a secret that stands where a key should be."""
        told = self.path[: depth(self.path)]
        return dotted(tuple(shown_key(part) if isinstance(part, str) else part for part in told))

    def to_json(self) -> dict[str, str | int]:
        """As `--format json` tells it."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.place,
            "message": self.message,
            "suggestion": self.suggestion,
            "reason": self.reason,
            "remedy": self.remedy,
        }


class ConfigError(Exception):
    """The configuration cannot be used; *problems* are all the reasons, as they are printed."""

    def __init__(self, found: Iterable[Problem]) -> None:
        self.found = tuple(found)
        self.problems = tuple(str(problem) for problem in self.found)
        super().__init__("\n".join(self.problems))


def dotted(path: Path) -> str:
    """*path* as people write it: `trackers.support.fields.owner[1]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "(file)"


_SYNONYMS = {
    "apitoken": ("token",),
    "apikey": ("token", "client_secret"),
    "accounttier": ("account.tier",),
    "arr": ("account.arr",),
    "assignee": ("owner",),
    "baseurl": ("url",),
    "csm": ("account.csm",),
    "customer": ("account.name",),
    "customfield": ("fields",),
    "customfields": ("fields",),
    "database": ("ledger", "path"),
    "db": ("ledger", "path"),
    "duration": ("within",),
    "filter": ("scope", "jql", "where"),
    "filters": ("scope", "jql", "where"),
    "host": ("url",),
    "mapping": ("fields",),
    "mappings": ("fields",),
    "messages": ("communications",),
    "query": ("jql", "where", "scope"),
    "server": ("url",),
    "start": ("from",),
    "end": ("to",),
    "status": ("stage", "stages"),
    "statuses": ("stages",),
    "tier": ("account.tier",),
    "tz": ("timezone", "time_zone"),
    "type": ("adapter", "kind", "issue_type"),
    "user": ("username",),
    "users": ("people",),
    "values": ("options",),
    "zone": ("timezone", "time_zone"),
}
"""What people write, letters only, and the keys they may mean, the likeliest first."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The one of *known* that *word* probably means, or ""."""
    choices = list(known)
    plain = {_letters(choice): choice for choice in reversed(choices)}
    letters = _letters(word)
    if letters in plain:
        return plain[letters]
    for choice in _SYNONYMS.get(letters, ()):
        if choice in choices:
            return choice
    close = get_close_matches(letters, list(plain), n=1, cutoff=0.65)
    return plain[close[0]] if close else ""


def _letters(word: str) -> str:
    return "".join(ch for ch in word.casefold() if ch.isalnum())


def listed(words: Iterable[str], limit: int = 14) -> str:
    """*words* in a row, cut where it would be no help any more."""
    every = list(words)
    return ", ".join(every[:limit]) + (", ..." if len(every) > limit else "")

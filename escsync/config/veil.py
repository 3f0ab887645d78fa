"""Veil: which lines of a file may hold a secret, found by reading it as YAML as far as it is that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError, YAMLStreamError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from escsync.secrets import literal

from .confidence import OPEN, confided, confidential, glued, secretive

_SHORTEST = 4
_HERE = "\0"
_KNOWN = re.compile(rf"\s*({'|'.join(sorted(OPEN))})\s*:(?!.*(?:\S:\S*\s|,))[^{{\[]*")


@dataclass(frozen=True, slots=True)
class Veil:
    """*lines* hold one; *texts* are what they hold; from line *unsure* on nobody knows, for it is no YAML there."""

    lines: frozenset[int] = frozenset()
    texts: frozenset[str] = field(default=frozenset(), repr=False)
    unsure: int = 0
    within: bool = False
    """Does what is no YAML begin below the key of a secret, or in a connection?"""

    def hides(self, number: int, lines: list[str]) -> bool:
        """May line *number* of *lines* hold a secret?"""
        text = lines[number - 1]
        if number in self.lines or any(one in text for one in self.texts):
            return True
        if not 0 < self.unsure <= number:
            return False
        before = lines[max(0, self.unsure - 2) : number]
        if any(_opens(each) for each in before):
            return True
        inside = self.within or any("connection" in each or "notify" in each for each in before)
        return inside and _KNOWN.fullmatch(literal(text)) is None


def _opens(text: str) -> bool:
    """Is there a key of a secret in *text* that has more than a reference behind it, or nothing yet?"""
    rest = re.sub(rf"[\w-]+[\"']?\s*:\s*[\"']?{_HERE}", "", literal(text, _HERE))
    return any(secretive(word) for word in re.findall(r"[\w-]+", rest))


@lru_cache(maxsize=8)
def veil(text: str) -> Veil:
    """What of *text* must not be shown."""
    reader = _Reader()
    last, unsure = 1, 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            reader.take(event)
            last = event.end_mark.line + 1
    except (YAMLError, YAMLStreamError, ValueError):
        unsure = last
    path = reader.path
    within = bool(unsure) and (confidential(path) or path[2:3] == ("connection",))
    return Veil(
        frozenset(reader.lines), frozenset(t for t in reader.texts if len(t) >= _SHORTEST), unsure, within
    )


@dataclass(slots=True)
class _Level:
    """A mapping or a list that is open: of a mapping, the key that waits for its value."""

    path: tuple[str | int, ...]
    mapping: bool
    anchor: str
    key: ScalarEvent | None = None
    held: bool = False
    count: int = 0


class _Reader:
    """Goes through the events of a text and keeps what may be secret."""

    def __init__(self) -> None:
        self.lines: set[int] = set()
        self.texts: set[str] = set()
        self._open: list[_Level] = []
        self._anchored: dict[str, list[ScalarEvent]] = {}

    @property
    def path(self) -> tuple[str | int, ...]:
        """Where the next node stands."""
        if not self._open:
            return ()
        top = self._open[-1]
        if not top.mapping:
            return (*top.path, top.count)
        return (*top.path, str(top.key.value) if top.key else "?") if top.held else top.path

    def take(self, event: Any) -> None:
        match event:
            case ScalarEvent():
                self._scalar(event)
                self._next(event)
            case AliasEvent():
                name = str(event.anchor)
                if confidential(self.path):
                    for each in self._anchored.get(name, ()):
                        self._keep(each, [str(each.value)])
                    # A secret may begin with a *.
                    self._keep(event, () if name in self._anchored else [name])
                self._next(None)
            case MappingStartEvent() | SequenceStartEvent():
                anchor = str(event.anchor or "")
                self._anchored |= {anchor: []} if anchor else {}
                self._open.append(_Level(self.path, isinstance(event, MappingStartEvent), anchor))
            case MappingEndEvent() | SequenceEndEvent():
                self._open.pop()
                self._next(None)

    def _scalar(self, event: ScalarEvent) -> None:
        text, path = str(event.value), self.path
        names = [level.anchor for level in self._open if level.anchor]
        if event.anchor:
            self._anchored[str(event.anchor)] = []
            names.append(str(event.anchor))
        for name in names:
            self._anchored[name].append(event)
        top = self._open[-1] if self._open else None
        if top is not None and top.mapping and not top.held:
            # What stands where a key should be is one only where it has a value.
            self._keep(event, [*glued(text), *([text] if confidential(path) and path[3:] else [])])
            return
        self._keep(event, confided(text, path) if path else ())
        if top is not None and top.key is not None and not text and confidential(path):
            self._keep(top.key, [str(top.key.value)] if not secretive(str(top.key.value)) else ())

    def _next(self, event: ScalarEvent | None) -> None:
        if self._open:
            top = self._open[-1]
            if top.mapping:
                top.key, top.held = (None, False) if top.held else (event, True)
            else:
                top.count += 1

    def _keep(self, event: ScalarEvent | AliasEvent, texts: Iterable[str]) -> None:
        found = [one for one in texts if literal(one).strip()]
        if found:
            self.texts.update(found)
            self.lines.update(range(event.start_mark.line + 1, event.end_mark.line + 2))

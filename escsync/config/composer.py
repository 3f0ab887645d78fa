"""A YAML text's values from its events, with the place of each: nesting, aliases and size stay bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NoReturn

from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from .confidence import confidential
from .problem import ConfigError, Origin, Path, Problem

ONLY = "Only plain YAML is read: one document of keys, lists and values, as everybody understands it."
"""Why what other YAML may hold is refused."""
_SIMPLER = "Write less: no configuration needs so much."
_DEEPEST = 40
_MOST = 100_000
_TEXT_TAGS = {"!", "tag:yaml.org,2002:str"}
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_CONSTANTS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def scalar(text: str) -> Any:
    """A plain scalar's value. Only what is written back alike is a number: `007` and `1e5` stay text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


class Composer:
    """Builds values from parser events itself: nesting, aliases and size stay bounded whatever a file holds."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.origins: dict[Path, Origin] = {}
        self.problems: list[Problem] = []
        self._anchors: dict[str, tuple[Any, dict[Path, Origin]]] = {}

    def compose(self, events: Iterator[Any]) -> Any:
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(event, (), "holds more than one document (`---`)", "Remove the line `---`.")
                data = self._value(next(events), events, ())
            elif isinstance(event, DocumentEndEvent):
                continue
        return data

    def _value(self, event: Any, events: Iterator[Any], path: Path) -> Any:
        if len(path) > _DEEPEST:
            self._stop(event, path[:3], f"is nested deeper than {_DEEPEST} levels", _SIMPLER)
        if len(self.origins) > _MOST:
            self._stop(event, path, f"has more than {_MOST} entries", _SIMPLER)
        if path not in self.origins:
            self.origins[path] = self._at(event, event)
        before = len(self.origins)
        if getattr(event, "tag", None) and str(event.tag) not in _TEXT_TAGS:
            self._stop(event, path, "has a tag; write the plain value", "Remove the word with `!`.")
        value: Any
        match event:
            case AliasEvent():
                return self._alias(event, path)
            case ScalarEvent():
                text = self._joined(event, path)
                value = scalar(text) if event.style is None and not event.tag else text
            case SequenceStartEvent():
                value = []
                while not isinstance(item := next(events), SequenceEndEvent):
                    value.append(self._value(item, events, (*path, len(value))))
            case MappingStartEvent():
                value = self._mapping(events, path)
            case _:
                raise ValueError(f"an unexpected {type(event).__name__}")
        if event.anchor:
            under = {p[len(path) :]: n for p, n in islice(self.origins.items(), before, None)}
            self._anchors[event.anchor] = (value, under)
        return value

    def _mapping(self, events: Iterator[Any], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: list[Any] = []
        below: list[tuple[Path, Origin]] = []
        while not isinstance(event := next(events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self._stop(event, path, "a key must be plain text", "Write `key: value`.")
            key = self._joined(event, path)
            held = next(events)
            if key == "<<" and event.style is None:
                before = len(self.origins)
                merged.append(self._value(held, events, (*path, "<<")))
                below += list(islice(self.origins.items(), before, None))
                continue
            if key in found:
                self._twice(event, (*path, key))
            self.origins[(*path, key)] = self._at(event, held)
            found[key] = self._value(held, events, (*path, key))
        for source in merged:
            for each in source if isinstance(source, list) else [source]:
                if not isinstance(each, dict):
                    at = self.origins[(*path, "<<")]
                    said = "merges no mapping"
                    remedy = "Write `<<: *name`, where `&name` stands at a mapping above."
                    where = (*path, "<<")
                    self.problems.append(
                        Problem(self.file, at.line, where, said, column=at.column, reason=ONLY, remedy=remedy)
                    )
                    continue
                found = {**each, **found}
        for (_, *rest), at in (((where[len(path) :]), at) for where, at in below):
            # Of a list of mappings the first that has a key holds.
            named = rest[1:] if rest and isinstance(rest[0], int) else rest
            if named:
                self.origins.setdefault((*path, *named), at)
        return found

    def _alias(self, event: Any, path: Path) -> Any:
        if event.anchor not in self._anchors:
            name = "NAME" if confidential(path) else event.anchor
            said = f"*{name} refers to no anchor above it"
            self._stop(event, path, said, f"Write `&{name}` at what is meant, further up, or quote the `*`.")
        value, under = self._anchors[event.anchor]
        if len(self.origins) + len(under) > _MOST:
            self._stop(event, path, f"has more than {_MOST} entries", _SIMPLER)
        # What an alias repeats is reported where it is written out, not where it is repeated.
        self.origins.update({(*path, *rest): n for rest, n in under.items()})
        return value

    def _joined(self, event: Any, path: Path) -> str:
        """Its text; where JSON writes a character as two halves, they are made one."""
        try:
            return str(event.value).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            remedy = "Write the character itself, or both of its halves: `\\ud83d\\ude00`."
            self._stop(event, path, "holds half of a character (`\\ud800` to `\\udfff` alone)", remedy)

    def _at(self, key: Any, value: Any) -> Origin:
        """Where *key* stands, and *value* behind it."""
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        beside = value.start_mark.line + 1 == line
        return Origin(self.file, line, value.start_mark.column + 1 if beside else column, column)

    def _twice(self, event: Any, path: Path) -> None:
        at, said = self._at(event, event), f"is written twice, first in line {self.origins[path].line}"
        remedy = "Keep one of the two: of two, nobody knows which one holds."
        self.problems.append(
            Problem(self.file, at.line, path, said, column=at.column, reason=ONLY, remedy=remedy)
        )

    def _stop(self, event: Any, path: Path, message: str, remedy: str) -> NoReturn:
        at = self._at(event, event)
        raise ConfigError(
            [Problem(self.file, at.line, path, message, column=at.column, reason=ONLY, remedy=remedy)]
        )

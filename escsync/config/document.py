"""A YAML file read with the line of every key: YAML 1.2, dates and identifiers left as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLStreamError
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

from .problem import About, ConfigError, Origin, Path, Problem

_LARGEST = 1_000_000
_DEEPEST = 40
_MOST = 100_000
_SYNTAX = "Look at this line and the one above it: an indentation, a quote, a bracket or a colon is not as it should be."
_TEXT_TAGS = {"!", "tag:yaml.org,2002:str"}
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,18}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_CONSTANTS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content as plain values; *origins* knows where each key and list item stands."""

    file: str
    data: Any
    origins: Mapping[Path, Origin] = field(default_factory=dict, repr=False)

    def origin(self, path: Path) -> Origin:
        """Where *path* stands, or the nearest thing above it that is there."""
        while path and path not in self.origins:
            path = path[:-1]
        return self.origins.get(path, Origin(self.file, 1))

    def line(self, path: Path) -> int:
        """Its line."""
        return self.origin(path).line

    def problem(
        self,
        path: Path,
        message: str,
        suggestion: str = "",
        *,
        about: About = About.VALUE,
        reason: str = "",
        remedy: str = "",
    ) -> Problem:
        """A problem of the file in which *path* stands."""
        at = self.origin(path)
        column = at.column if about is About.VALUE and path in self.origins else at.key
        return Problem(at.file, at.line, path, message, suggestion, column, reason, remedy, about)


def read(path: FilePath, missing: str = "") -> Document:
    """Read a YAML file; ConfigError where it is no YAML. *missing* says what to do where there is no file."""
    file = str(path)
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigError([Problem(file, 1, (), f"is larger than {_LARGEST} bytes")])
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        hint = f"; {missing}" if missing else ""
        raise ConfigError([Problem(file, 1, (), f"there is no such file{hint}")]) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError([Problem(file, 1, (), f"cannot be read: {reason}")]) from None
    return parse(text, file)


def parse(text: str, file: str) -> Document:
    """*text* as a document; ConfigError names the line where it is no YAML, and every key written twice."""
    known = _parsed(text, file)
    return replace(known, data=deepcopy(known.data))


@lru_cache(maxsize=8)
def _parsed(text: str, file: str) -> Document:
    # A program that loads its configuration again and again (a worker, a library's user) parses the same text once.
    composer = _Composer(file)
    try:
        data = composer.compose(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        said = f"is no YAML: {_words(error)}"
        raise ConfigError([Problem(file, line, (), said, column=column, remedy=_SYNTAX)]) from None
    except (YAMLError, YAMLStreamError, ValueError) as error:
        reason = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        raise ConfigError([Problem(file, 1, (), f"is no YAML: {reason}", remedy=_SYNTAX)]) from None
    if composer.problems:
        raise ConfigError(composer.problems)
    return Document(file, data, composer.origins)


def scalar(text: str) -> Any:
    """A plain scalar's value. Only what is written back alike is a number: `007` and `1e5` stay text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _words(error: MarkedYAMLError) -> str:
    said = " ".join(str(part) for part in (error.context, error.problem) if part)
    hint = "; indent with spaces" if "\\t" in said else ""
    return re.sub(r"\s+", " ", said)[:160] + hint


class _Composer:
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
                    self._stop(event, (), "holds more than one document (`---`)")
                data = self._value(next(events), events, ())
            elif isinstance(event, DocumentEndEvent):
                continue
        return data

    def _value(self, event: Any, events: Iterator[Any], path: Path) -> Any:
        if len(path) > _DEEPEST:
            self._stop(event, path[:3], f"is nested deeper than {_DEEPEST} levels")
        if len(self.origins) > _MOST:
            self._stop(event, path, f"has more than {_MOST} entries")
        if path not in self.origins:
            self.origins[path] = self._at(event, event)
        before = len(self.origins)
        if getattr(event, "tag", None) and str(event.tag) not in _TEXT_TAGS:
            self._stop(event, path, "has a tag; write the plain value")
        value: Any
        match event:
            case AliasEvent():
                return self._alias(event, path)
            case ScalarEvent():
                value = scalar(event.value) if event.style is None and not event.tag else event.value
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
                self._stop(event, path, "a key must be plain text")
            key = str(event.value)
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
                        Problem(self.file, at.line, where, said, column=at.column, remedy=remedy)
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
            self._stop(event, path, f"*{event.anchor} refers to no anchor above it")
        value, under = self._anchors[event.anchor]
        if len(self.origins) + len(under) > _MOST:
            self._stop(event, path, f"has more than {_MOST} entries")
        # What an alias repeats is reported where it is written out, not where it is repeated.
        self.origins.update({(*path, *rest): n for rest, n in under.items()})
        return value

    def _at(self, key: Any, value: Any) -> Origin:
        """Where *key* stands, and *value* behind it."""
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        beside = value.start_mark.line + 1 == line
        return Origin(self.file, line, value.start_mark.column + 1 if beside else column, column)

    def _twice(self, event: Any, path: Path) -> None:
        at, said = self._at(event, event), f"is written twice, first in line {self.origins[path].line}"
        remedy = "Keep one of the two: of two, nobody knows which one holds."
        self.problems.append(Problem(self.file, at.line, path, said, column=at.column, remedy=remedy))

    def _stop(self, event: Any, path: Path, message: str, remedy: str = "") -> None:
        at = self._at(event, event)
        raise ConfigError([Problem(self.file, at.line, path, message, column=at.column, remedy=remedy)])

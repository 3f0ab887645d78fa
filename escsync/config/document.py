"""A YAML file read with the line of every key: YAML 1.2, dates and identifiers left as they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLStreamError

from .composer import ONLY, Composer, scalar
from .problem import About, ConfigError, Origin, Path, Problem

__all__ = ["Document", "parse", "read", "scalar"]

_LARGEST = 1_000_000
_READ = "It is a part of the configuration, which must be readable whole."
_SYNTAX = "Look at this line and the one above it: an indentation, a quote, a bracket or a colon is not as it should be."


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
            raise _unread(
                file, f"is larger than {_LARGEST} bytes", "Name the right file: no configuration is so large."
            )
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        hint = f"; {missing}" if missing else ""
        remedy = "Make the file, or write its path relative to escsync.yaml."
        raise _unread(file, f"there is no such file{hint}", missing or remedy) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        remedy = "Give the account that runs escsync the right to read it, and save it as UTF-8."
        raise _unread(file, f"cannot be read: {reason}", remedy) from None
    return parse(text, file)


def parse(text: str, file: str) -> Document:
    """*text* as a document; ConfigError names the line where it is no YAML, and every key written twice."""
    known = _parsed(text, file)
    return replace(known, data=deepcopy(known.data))


@lru_cache(maxsize=8)
def _parsed(text: str, file: str) -> Document:
    # A program that loads its configuration again and again (a worker, a library's user) parses the same text once.
    composer = Composer(file)
    try:
        data = composer.compose(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = _mark(error, text)
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        said = f"is no YAML: {_words(error)}"
        raise ConfigError(
            [Problem(file, line, (), said, column=column, reason=ONLY, remedy=_SYNTAX)]
        ) from None
    except (YAMLError, YAMLStreamError, ValueError) as error:
        reason = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        said = f"is no YAML: {reason}"
        raise ConfigError([Problem(file, 1, (), said, reason=ONLY, remedy=_SYNTAX)]) from None
    if composer.problems:
        raise ConfigError(composer.problems)
    return Document(file, data, composer.origins)


def _unread(file: str, said: str, remedy: str) -> ConfigError:
    return ConfigError([Problem(file, 1, (), said, reason=_READ, remedy=remedy)])


def _mark(error: MarkedYAMLError, text: str) -> Any:
    """Where the mistake is: what is never closed is wrong where it begins, not where the file ends."""
    noticed, begun = error.problem_mark, error.context_mark
    if begun is not None and error.context == "while scanning a simple key":
        return begun
    ended = noticed is not None and noticed.index >= len(text.rstrip())
    return begun if ended and begun is not None else noticed or begun


def _words(error: MarkedYAMLError) -> str:
    # What is quoted may be a part of a secret: a tag that is none, a word behind a %.
    parts = [
        re.sub(r"(['\"])(?!<)[^'\"\s]{3,}\1", "...", str(part))
        for part in (error.context, error.problem)
        if part
    ]
    said = " ".join(parts)
    hint = "; indent with spaces" if "\\t" in said else ""
    return re.sub(r"\s+", " ", said)[:160] + hint

"""Neighbours: trackers of one configuration that are kept in the same place, so that what is made for one serves others."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from escsync.offers import Provided

_REFERENCE = "${"
_NUMBERED = re.compile(r"\w+\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another tracker: *section* is what the configuration says of it, unread."""

    name: str
    section: Mapping[str, Any]

    def use(self, one: Provided) -> str:
        """The key that names *one* there, by its id or by its name; empty where none does."""
        fields, scope = (_mapping(self.section.get(part)) for part in ("fields", "scope"))
        for key, value in fields.items():
            if any(_names(word, one) for word in _words(value)):
                return f"fields.{key}"
        return next((f"scope.{key}" for key, value in scope.items() if one.id in _words(value)), "")


def neighbours(trackers: Any, name: str) -> tuple[Neighbour, ...]:
    """Those of *trackers*, the section of the configuration, that may share a place with the tracker *name*."""
    sections = _mapping(trackers)
    mine = _mapping(sections.get(name))
    return tuple(
        Neighbour(other, section)
        for other, section in sections.items()
        if other != name
        and isinstance(section, Mapping)
        and section.get("adapter") == mine.get("adapter")
        and _alike(_address(section), _address(mine))
    )


def naming(section: Any, id: str) -> Iterator[tuple[tuple[str, str], Any]]:
    """The entries of a tracker's section that name *id*, alone or among others."""
    for part in ("fields", "scope"):
        for key, value in _mapping(_mapping(section).get(part)).items():
            if any(_same(word, id) for word in _words(value)):
                yield (part, key), value


def _address(section: Mapping[str, Any]) -> str:
    connection = _mapping(section.get("connection"))
    return str(connection.get("url") or connection.get("path") or "")


def _alike(one: str, other: str) -> bool:
    """Are they the same, or may they be? What comes from outside, or is not said, may be anything."""
    unknown = any(not address or _REFERENCE in address for address in (one, other))
    return unknown or os.path.normpath(one).casefold() == os.path.normpath(other).casefold()


def _names(word: str, one: Provided) -> bool:
    plain = word.partition("#")[0]
    return _same(word, one.id) or any(
        quoted in one.what for name in (word, plain) if name for quoted in (repr(name), f'"{name}"')
    )


def _same(word: str, id: str) -> bool:
    """Is *word* this id, alone, with an option of it, or by its number as queries write it: `cf[10200]`?"""
    plain = word.partition("#")[0].strip()
    number = _NUMBERED.fullmatch(plain)
    spellings = (word.casefold(), plain.casefold())
    return id.casefold() in spellings or (number is not None and id.endswith(f"_{number[1]}"))


def _words(value: Any) -> Iterator[str]:
    for word in value if isinstance(value, list) else [value]:
        if isinstance(word, str | int):
            yield str(word).strip()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

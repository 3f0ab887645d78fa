"""Writing back into escsync.yaml what provisioning made or took away, so that nothing else in it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from escsync.config import ConfigError
from escsync.config.document import parse
from escsync.config.problem import dotted
from escsync.offers import Key

from .entries import put, spelled, strike
from .places import NoPlace

Section: TypeAlias = tuple[str, ...]
"""Where the tracker stands in the file: ("trackers", "support")."""
_REFERENCE = "${"


@dataclass(frozen=True, slots=True)
class Left:
    """A value that could not be written, and why; a person writes it."""

    path: tuple[str, ...]
    value: Any
    why: str

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {spelled(_plain(self.value))} ({self.why})"


@dataclass(frozen=True, slots=True)
class Edited:
    """A file's new text, and what is *left* to be written by hand."""

    text: str
    left: tuple[Left, ...] = ()


def written(
    text: str,
    section: Section,
    settings: Mapping[Key, Any],
    notes: Mapping[Key, str] | None = None,
    known: str | None = None,
) -> Edited:
    """*text* with *settings* in the tracker's *section*, everything else byte for byte as it was.

    *notes* are comments, one line each, that stand behind new entries. *known* is the text on which *settings* were
    decided: what reads otherwise since is what somebody decided meanwhile, and stays.
    """
    told = {(*section, *key): note for key, note in (notes or {}).items()}
    left: list[Left] = []
    wanted: dict[tuple[str, ...], Any] = {}
    before, then = _data(text), _data(text if known is None else known)
    for key, value in leaves(settings):
        path = (*section, *key)
        held = _at(before, path)
        if _same(held, value):
            continue
        if _at(before, section) is None:
            left.append(Left(path, value, f"there is no {dotted(section)} in it any more"))
        elif held != _at(then, path):
            left.append(Left(path, value, "somebody wrote there meanwhile, and that stays until you decide"))
        elif isinstance(held, str) and _REFERENCE in held:
            left.append(Left(path, value, "a reference stands there; set it where that leads"))
        elif _hidden(value):
            left.append(Left(path, value, "it would be read as a reference"))
        else:
            wanted[path] = value
    try:
        return Edited(_checked(text, wanted, told), tuple(left))
    except NoPlace:
        # One of them has no place: which one, only trying each tells.
        for path, value in wanted.items():
            try:
                text = _checked(text, {path: value}, told)
            except NoPlace:
                left.append(Left(path, value, "the file is written in a way that leaves no room for it"))
    return Edited(text, tuple(left))


def struck(
    text: str,
    section: Section,
    settings: Mapping[Key, Any],
    notes: Mapping[Key, str] | None = None,
    known: str | None = None,
) -> Edited:
    """*text* without those entries of *section* that say exactly what *settings* say; people's comments stay."""
    left: list[Left] = []
    for key, value in leaves(settings):
        path = (*section, *key)
        if value is None or not _same(_at(_data(text), path), value):
            continue
        # An empty mapping of one field's options says nothing; an empty section may keep its comments.
        while len(path) > len(section) + 2 and len(_at(_data(text), path[:-1])) == 1:
            path = path[:-1]
        try:
            text = _without(text, path)
        except NoPlace:
            left.append(Left(path, value, "it is gone from the tracker; take this entry out"))
    return Edited(text, tuple(left))


def to_paste(left: Iterator[Left] | tuple[Left, ...]) -> str:
    """The same as YAML to copy, for a file that cannot be written."""
    lines: list[str] = []
    shown: tuple[str, ...] = ()
    for one in left:
        for depth, key in enumerate(one.path[:-1]):
            if one.path[: depth + 1] != shown[: depth + 1]:
                lines.append(f"{'  ' * depth}{spelled(key)}:")
        shown = one.path[:-1]
        lines.append(f"{'  ' * len(shown)}{spelled(one.path[-1])}: {spelled(_plain(one.value))}")
    return "\n".join(lines)


def _checked(text: str, wanted: Mapping[tuple[str, ...], Any], notes: Mapping[tuple[str, ...], str]) -> str:
    """The entries written, and read again: the file must say these and nothing else that is new."""
    expected = _apart(_data(text))
    widths: dict[tuple[str, ...], int] = {}
    for path, value in wanted.items():
        width = len(f"{spelled(path[-1])}: {spelled(value)}")
        widths[path[:-1]] = max(width, widths.get(path[:-1], 0))
    for path, value in wanted.items():
        node = expected
        for key in path[:-1]:
            if isinstance(node, dict) and node.get(key) is None:
                node[key] = {}
            node = node[key] if isinstance(node, dict) else None
        if not isinstance(node, dict):
            raise NoPlace
        node[path[-1]] = value
        text = put(text, path, value, notes.get(path, ""), widths.get(path[:-1], 0))
    return _proven(text, expected)


def _without(text: str, path: tuple[str, ...]) -> str:
    expected = _apart(_data(text))
    above = _at(expected, path[:-1])
    del above[path[-1]]
    new = strike(text, path)
    if not above and _at(_again(new), path[:-1]) is None:
        _at(expected, path[:-2])[path[-2]] = None
    return _proven(new, expected)


def _apart(data: Any) -> Any:
    """*data* with what an alias repeats written out: one place is changed, not each that looks like it."""
    if isinstance(data, dict):
        return {key: _apart(one) for key, one in data.items()}
    return [_apart(one) for one in data] if isinstance(data, list) else data


def _proven(text: str, expected: Any) -> str:
    if _again(text) != expected:
        raise NoPlace
    return text


def _again(text: str) -> Any:
    try:
        return _data(text)
    except ConfigError:
        raise NoPlace from None


def leaves(settings: Mapping[Key, Any]) -> Iterator[tuple[Key, Any]]:
    """Each entry that *settings* are written as."""
    for key, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from leaves({(*key, str(name)): each for name, each in value.items()})
        else:
            yield key, _plain(value)


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _hidden(value: Any) -> bool:
    return any(
        isinstance(one, str) and _REFERENCE in one for one in (value if isinstance(value, list) else [value])
    )


def _same(held: Any, value: Any) -> bool:
    """Do both say the same? An id of digits only may stand there as a number."""
    return bool(held == value or (type(held) is int and str(held) == value))


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _data(text: str) -> Any:
    return parse(text.removeprefix("\ufeff"), "escsync.yaml").data

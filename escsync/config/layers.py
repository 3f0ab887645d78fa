"""Layers: escsync.yaml with the files it includes, as one document in which every value knows its own file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any

from escsync.secrets import refers

from .document import Document, read
from .problem import ConfigError, Path, Problem, nearest

_MOST = 50
_RULE = "An included file holds what several configurations share; what the including file says itself is stronger."
_REMEDY = "Write the path of a file, relative to this one: `include: [base.yaml]`."


@dataclass(frozen=True, slots=True)
class Layers:
    """*whole* is what holds; *files* are the documents that it was put together from, the strongest first."""

    whole: Document
    files: tuple[Document, ...]


def layers(path: FilePath, missing: str = "") -> Layers:
    """*path* and all that it includes; ConfigError tells every file that cannot be read, and every circle.

    The one rule: mappings are merged key by key; of lists and single values the one of the stronger file holds. A file
    is stronger than those that it includes, and of those a later one is stronger than an earlier one.
    """
    reader = _Reader()
    top = read(path, missing)
    whole = reader.merged(top, (path,))
    if reader.problems:
        raise ConfigError(reader.problems)
    return Layers(whole, tuple(reader.files))


class _Reader:
    """Reads file after file and remembers what was wrong."""

    def __init__(self) -> None:
        self.files: list[Document] = []
        self.problems: list[Problem] = []

    def merged(self, top: Document, way: tuple[FilePath, ...]) -> Document:
        """*top* over what it includes; *way* are the files that lead to it."""
        self.files.append(top)
        base: Document | None = None
        for at, name in _included(top):
            if (found := self._below(top, at, name, way)) is not None:
                base = over(base, found) if base is not None else found
        return top if base is None else over(base, top)

    def _below(self, top: Document, at: Path, name: str, way: tuple[FilePath, ...]) -> Document | None:
        path = way[-1].parent / name
        if (said := self._refused(path, name, way)) is not None:
            message, suggestion = said
            self.problems.append(
                top.problem(
                    at,
                    message,
                    suggestion,
                    reason=_RULE,
                    remedy=f"Write `{suggestion}`." if suggestion else _REMEDY,
                )
            )
            return None
        try:
            document = read(path)
        except ConfigError as error:
            self.problems += error.found
            return None
        if not isinstance(document.data, dict | None):
            said_ = "holds no keys; an included file is written like escsync.yaml"
            self.problems.append(
                document.problem((), said_, reason=_RULE, remedy="Write `key: value` lines.")
            )
            return None
        below = replace(document, data=document.data or {})
        merged = self.merged(below, (*way, path))
        return replace(merged, data={k: v for k, v in merged.data.items() if k != "include"})

    def _refused(self, path: FilePath, name: str, way: tuple[FilePath, ...]) -> tuple[str, str] | None:
        """Why *path* is not read, and what was probably meant; None where it is."""
        if refers(name):
            return "is read before references are; write the path itself", ""
        if len(self.files) >= _MOST:
            return f"is one of more than {_MOST} files", ""
        try:
            there, seen = path.is_file(), [one.resolve() for one in way]
            if there and path.resolve() in seen:
                circle = " -> ".join(one.name for one in (*way[seen.index(path.resolve()) :], path))
                return f"includes itself: {circle}", ""
            if not there:
                beside = sorted(one.name for one in path.parent.glob("*.y*ml") if one.resolve() not in seen)
                near = nearest(path.name, beside)
                return f"there is no such file: {name}", f"{FilePath(name).parent / near}" if near else ""
        except (OSError, ValueError):
            return f"there is no such file: {name}", ""
        return None


def over(base: Document, top: Document) -> Document:
    """*top* laid over *base*. What is empty in *top*, all its keys commented out, covers nothing."""
    hidden = {path for path in top.origins if path in base.origins and empty(top.data, path)}
    origins = {**base.origins, **{path: at for path, at in top.origins.items() if path not in hidden}}
    return Document(top.file, _over(base.data, top.data), origins)


def _over(base: Any, top: Any) -> Any:
    if top is None:
        return base
    if not (isinstance(base, dict) and isinstance(top, dict)):
        return top
    return {**base, **{key: _over(base.get(key), value) for key, value in top.items()}}


def empty(data: Any, path: Path) -> bool:
    """Does nothing stand at *path*, behind its key?"""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return False
    return data is None


def without_empty(section: object) -> Any:
    """A section whose keys are all commented out is empty in YAML: the same as if it were not there."""
    if not isinstance(section, dict):
        return section
    return {key: value for key, value in section.items() if value is not None}


def _included(document: Document) -> Iterator[tuple[Path, str]]:
    """Each file that *document* names, and where; what is no name is left for the model to report."""
    named = document.data.get("include") if isinstance(document.data, dict) else None
    if isinstance(named, str):
        yield ("include",), named
    for i, each in enumerate(named if isinstance(named, list) else ()):
        if isinstance(each, str):
            yield ("include", i), each

"""The vocabulary of one tracker: `stages:`, `fields:`, `options:` and `communications:` checked against ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import Vocabulary
from escsync.domain.communication import DEFAULT_MARKERS, MessageKind
from escsync.domain.fields import FIELDS, MAPPED_STAGES, Field, FieldKind, Stage, canonical

from .document import Document
from .model import spellings
from .problem import About, Path, Problem, listed, nearest

MARKED_KINDS = tuple(DEFAULT_MARKERS)
_FLAGS = {"true": "true", "yes": "true", "false": "false", "no": "false"}


def choices(field: Field) -> tuple[str, ...]:
    """The values of a field that `options:` may map."""
    return ("true", "false") if field.kind is FieldKind.FLAG else field.choices


def build(document: Document, prefix: Path, tracker: Mapping[str, Any]) -> tuple[Vocabulary, list[Problem]]:
    """The vocabulary that stands at *prefix*, and all that is wrong with its words.

    What is of the wrong type is skipped here: the model of the file has reported it already.
    """
    reader = _Reader(document, prefix)
    communications = _mapping(tracker.get("communications"))
    native = communications.get("native", True)
    follow_up = tracker.get("follow_up") or communications.get("follow_up")
    vocabulary = Vocabulary(
        stages=dict(reader.stages(_mapping(tracker.get("stages")))),
        fields=dict(reader.fields(_mapping(tracker.get("fields")))),
        options=dict(reader.options(_mapping(tracker.get("options")))),
        markers={**DEFAULT_MARKERS, **dict(reader.markers(_mapping(communications.get("markers"))))},
        native=native if isinstance(native, bool) else True,
        follow_up="task" if _mapping(follow_up).get("native") == "task" else "",
        reminds=_mapping(follow_up).get("create") is True,
    )
    return vocabulary, reader.problems


class _Reader:
    """Reads the sections one by one and remembers what was wrong."""

    def __init__(self, document: Document, prefix: Path) -> None:
        self.document = document
        self.prefix = prefix
        self.problems: list[Problem] = []

    def stages(self, section: Mapping[str, Any]) -> Iterator[tuple[Stage, tuple[str, ...]]]:
        """Each status may stand for one stage only."""
        taken: dict[str, str] = {}
        for name, raw in section.items():
            if name not in MAPPED_STAGES:
                self._unknown(("stages", name), "no stage", name, [s.value for s in MAPPED_STAGES])
                continue
            statuses = _spellings(raw)
            self._once(("stages", name), name, statuses, taken, "the status")
            yield Stage(name), statuses

    def fields(self, section: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Only `owner` has several; what escsync writes shares its field with nothing."""
        own: dict[str, str] = {}
        for name, raw in section.items():
            path = ("fields", name)
            if name not in FIELDS:
                nested = [f"{name}.{key}" for key in raw] if isinstance(raw, dict) else []
                if nested and any(key in FIELDS for key in nested):
                    self._add(path, f"is no mapping; write the whole name in one line, as {nested[0]}: ...")
                else:
                    self._unknown(path, "no canonical field", name, list(FIELDS))
                continue
            natives = _spellings(raw)
            if len(natives) > 1 and name == "stage":
                self._add(path, "may not be mapped twice: one field holds the status")
            elif len(natives) > 1 and name != "owner":
                self._add(path, "takes one field; only owner may have several")
            if FIELDS[name].own:
                self._once(path, name, natives, own, "the field")
            yield name, natives
        for name, raw in section.items():
            for native in _spellings(raw) if name in FIELDS and not FIELDS[name].own else ():
                if native.casefold() in own:
                    writer = own[native.casefold()]
                    self._add(("fields", writer), f"would overwrite {name}: both are the field {native!r}")

    def options(self, section: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
        """Each option of a field may stand for one value only."""
        for name, values in section.items():
            path = ("options", name)
            if name not in FIELDS:
                self._unknown(path, "no canonical field", name, [f for f in FIELDS if choices(FIELDS[f])])
                continue
            if not choices(FIELDS[name]):
                self._add(path, "has no options: it holds free values")
                continue
            taken: dict[str, str] = {}
            found: dict[str, tuple[str, ...]] = {}
            for value, raw in _mapping(values).items():
                known = _value(FIELDS[name], value)
                if known is None:
                    self._unknown((*path, value), "no value of this field", value, choices(FIELDS[name]))
                    continue
                found[known] = found.get(known, ()) + _spellings(raw)
                self._once((*path, value), known, _spellings(raw), taken, "the option")
            yield name, found

    def markers(self, section: Mapping[str, Any]) -> Iterator[tuple[MessageKind, tuple[str, ...]]]:
        """Kinds that are named replace their markers; a marker stands for one kind only."""
        kinds = {kind.value: kind for kind in MARKED_KINDS}
        section = {k: raw for k, raw in section.items() if self._known_kind(k, kinds)}
        taken = {
            marker.casefold(): kind.value
            for kind, markers in DEFAULT_MARKERS.items()
            for marker in markers
            if kind.value not in section
        }
        for name, raw in section.items():
            self._once(("communications", "markers", name), name, _spellings(raw), taken, "the marker")
            yield kinds[name], _spellings(raw)

    def _known_kind(self, name: str, kinds: Mapping[str, MessageKind]) -> bool:
        if name not in kinds:
            self._unknown(("communications", "markers", name), "no kind of message", name, list(kinds))
        return name in kinds

    def _once(self, path: Path, name: str, words: tuple[str, ...], taken: dict[str, str], noun: str) -> None:
        for word in words:
            first = taken.setdefault(word.casefold(), name)
            if first != name:
                self._add(path, f"{noun} {word!r} already stands for {first}")

    def _unknown(self, path: Path, noun: str, word: str, known: tuple[str, ...] | list[str]) -> None:
        near = nearest(word, known)
        said = f"{word!r} is {noun}" + ("" if near else f"; known: {listed(known)}")
        self._add(path, said, near, about=About.KEY)

    def _add(self, path: Path, message: str, suggestion: str = "", *, about: About = About.VALUE) -> None:
        self.problems.append(self.document.problem((*self.prefix, *path), message, suggestion, about=about))


def _value(field: Field, value: str) -> str | None:
    return _FLAGS.get(value.casefold()) if field.kind is FieldKind.FLAG else canonical(field, value)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _spellings(value: object) -> tuple[str, ...]:
    try:
        return spellings(value)
    except ValueError:
        return ()

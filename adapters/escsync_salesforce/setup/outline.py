"""The outline: what of an org's schema the configuration leans on, as it is now and as it was remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import Vocabulary
from escsync.offers import Part

from .. import encode
from ..discovery import Discovery
from ..schema import Column

KEPT, NOT_KEPT = "tracked", "untracked"
"""Is a field's history kept? Its evidence is of grade A only then."""


def now(discovery: Discovery) -> Iterator[Part]:
    """The outline as it is now, freshly asked for."""
    before = dict(discovery.recalled)
    vocabulary = discovery.refresh().vocabulary
    known = discovery.known
    columns = {name: _columns(some) for name, some in [*known["columns"].items(), *known["misfits"].items()]}
    for name in known["lost"]:
        # Mapped by a label that is another now: the field itself may still be there.
        old = [column.path for column in _columns(before.get("columns", {}).get(name, ()))]
        if name not in columns and old:
            columns[name] = discovery.inquiry().again(name, old)
    yield from _fields(columns, known)
    yield from _statuses(known["statuses"], vocabulary, before.get("statuses", {}))
    yield from _scope(known)


def then(discovery: Discovery) -> Iterator[Part]:
    """The outline as an earlier connection knew it; nothing where there was none."""
    known = discovery.recalled
    if not known:
        return
    vocabulary = discovery.vocabulary
    told = [*known["columns"].items(), *known.get("misfits", {}).items()]
    yield from _fields({name: _columns(some) for name, some in told}, known)
    yield from _statuses(known["statuses"], vocabulary, {})
    yield from _scope(known)


def _columns(told: Any) -> list[Column]:
    return [Column.told(one) for one in told]


def _fields(columns: Mapping[str, list[Column]], known: Mapping[str, Any]) -> Iterator[Part]:
    tracked = known.get("tracked")
    traced = None if tracked is None else {str(name).casefold() for name in tracked}
    used: dict[str, list[str]] = {}
    found: dict[str, Column] = {}
    for name, some in columns.items():
        for column in some:
            used.setdefault(column.path, []).append(f"fields.{name}")
            found[column.path] = column
    if known.get("flag"):
        flag = Column.told(known["flag"])
        used.setdefault(flag.path, []).append("scope.flag")
        found[flag.path] = flag
    for path, column in found.items():
        kept = None if traced is None or not column.remembered else bool(traced.intersection(column.traces()))
        yield Part(
            "field",
            path,
            column.label,
            tuple(used[path]),
            # Without a label its object was not described, and nothing is known of it.
            column.type if column.label else None,
            # Statuses are parts of their own.
            dict(column.options) if column.chosen and "fields.stage" not in used[path] else None,
            column.required if column.own else None,
            None if kept is None else KEPT if kept else NOT_KEPT,
        )
    for name, label, kind in known.get("required", ()):
        if name not in found:
            yield Part("field", name, label, (), kind, required=True)


def _statuses(told: Mapping[str, Any], vocabulary: Vocabulary, before: Mapping[str, Any]) -> Iterator[Part]:
    options, old = _spellings(told), _spellings(before)
    used: dict[str, list[str]] = {}
    for stage, statuses in vocabulary.stages.items():
        for status in statuses:
            native = encode.spelled(status, options)
            if native is None:
                # Mapped by a label that is another now: the status itself may still be there.
                native = encode.spelled(status, old)
            if native in told:
                used.setdefault(str(native), []).append(f"stages.{stage}")
    for native, keys in used.items():
        label, closed = told[native]
        yield Part("status", native, str(label), tuple(keys), category="done" if closed else "open")


def _spellings(told: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(label)) for name, (label, _) in told.items())


def _scope(known: Mapping[str, Any]) -> Iterator[Part]:
    native, *names = known.get("record_type") or [""]
    if native:
        yield Part("workflow", native, names[-1] if names else native, ("scope.record_type",))

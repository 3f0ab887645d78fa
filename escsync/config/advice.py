"""Advice: to each problem the reason, which is what its key is for, and the remedy, which is what to write instead."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from escsync.domain.communication import MessageKind
from escsync.domain.fields import Stage

from . import glossary
from .problem import About, Path, Problem
from .shape import nodes_at

_PLAIN = re.compile(r"[A-Za-z0-9][\w ./@#%-]*")
_ALLOWED = "Remove the line, or write one of the keys that are known here."


def advised(problem: Problem, schema: Mapping[str, Any], path: Path) -> Problem:
    """*problem*, which is about *path* of *schema*, with a reason and a remedy where it has none of its own."""
    if problem.reason and problem.remedy:
        return problem
    meant = path
    if problem.about is About.KEY and problem.suggestion:
        meant = (*path[:-1], problem.suggestion)
    key, node = _nearest(schema, meant)
    if problem.about is About.KEY:
        key, node = (meant[-1:], node) if problem.suggestion else (key, node)
    reason = " ".join(str(node.get("description", "")).split())
    reason = _word(meant) or reason
    name = next((str(part) for part in reversed(key) if isinstance(part, str)), "")
    return replace(
        problem,
        reason=problem.reason or reason,
        remedy=problem.remedy or _remedy(problem, name, node, exact=key == meant or key == meant[-1:]),
    )


def _remedy(problem: Problem, name: str, node: Mapping[str, Any], *, exact: bool) -> str:
    example = _example(node)
    match problem.about:
        case About.KEY if problem.suggestion:
            return f"Write `{name}: ...`, as in `{name}: {example}`." if example else f"Write `{name}: ...`."
        case About.KEY:
            return _ALLOWED
        case About.ABSENCE if example:
            return f"Add `{name}: {example}`."
        case About.ABSENCE:
            return "Add the line."
    if problem.suggestion and exact and name:
        return f"Write `{name}: {flow(problem.suggestion)}`."
    if problem.suggestion:
        return f"Write `{flow(problem.suggestion)}`."
    return f"Write for example `{name}: {example}`." if example and name else "Mend this line, or remove it."


def _nearest(schema: Mapping[str, Any], path: Path) -> tuple[Path, Mapping[str, Any]]:
    """The key at *path* or above it of which *schema* tells something."""
    for depth in range(len(path), 0, -1):
        for node in nodes_at(schema, path[:depth]):
            if node.get("description"):
                return path[:depth], node
    return (), {}


def _word(path: Path) -> str:
    """What a word of our own means, where *path* ends in one: `trackers.support.stages.closed`."""
    match path:
        case ("trackers", _, "stages", str(name)) if name in set(Stage):
            return glossary.STAGES.get(Stage(name), "")
        case ("trackers", _, "fields" | "options", str(name), *_):
            return glossary.FIELDS.get(name, "")
        case ("trackers", _, "communications", "markers", str(name), *_) if name in set(MessageKind):
            return glossary.MARKERS.get(MessageKind(name), ("", ""))[0]
    return ""


def _example(node: Mapping[str, Any]) -> str:
    for example in node.get("examples", ()):
        return flow(example)
    return flow(node["default"]) if node.get("default") not in (None, "", {}, []) else ""


def flow(value: Any) -> str:
    """*value* as YAML on one line."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{flow(key)}: {flow(each)}" for key, each in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(flow(each) for each in value) + "]"
        case str() if (
            _PLAIN.fullmatch(value) or value.startswith("${") or "://" in value and "[" not in value
        ):
            return value
        case _:
            return json.dumps(value, ensure_ascii=False, default=str)

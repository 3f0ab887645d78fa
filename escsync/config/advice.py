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
from .document import scalar
from .problem import About, Path, Problem
from .shape import keys_at, leaves_at, nodes_at

_PLAIN = re.compile(r"[A-Za-z0-9][\w ./@%-]*|\$\{[^{}]*\}|https?://[^\s#]+|[a-z+]+:///?[^\s{}]+")
_FLOW = re.compile(r"[\[\]{},]")
_WORDS = {
    "stages": "Write the id or the name of a status, or a list of them; each stands for one stage only.",
    "fields": "Write the id of one field, or its name where only one field bears it; each serves one purpose only.",
    "options": "Write the name or the id of an option, or a list of them; each stands for one value only.",
    "communications": "Write what a comment of this kind begins with, such as `#ack`; each stands for one kind only.",
}
"""What to write behind a word of ours, by the section in which it stands."""
_OTHERWISE = "Change it as the message says; docs/configuration.md tells of every key."
_ALLOWED = "Remove the line, or write one of the keys that are known here."


def advised(problem: Problem, schema: Mapping[str, Any], path: Path) -> Problem:
    """*problem*, which is about *path* of *schema*, with a reason and a remedy where it has none of its own."""
    if problem.reason and problem.remedy:
        return problem
    if not path:
        return _whole(problem, schema)
    meant = path
    if problem.about is About.KEY and problem.suggestion:
        meant = (*path[:-1], problem.suggestion)
    key, node = _nearest(schema, meant)
    name = next((str(part) for part in reversed(key) if isinstance(part, str)), "")
    word, example = _word(meant), _example(node)
    if word:
        key, name = meant, str(meant[3] if meant[2] == "options" else meant[-1])
    elif problem.about is not About.VALUE:
        name = str(path[-1]) if path and problem.about is About.ABSENCE else name
    # The example of a section says nothing of one key in it.
    example = "" if word or (key != meant and problem.about is not About.VALUE) else example
    told = word or " ".join(_description(schema, key, node).split())
    return replace(
        problem,
        reason=problem.reason or _reason(problem, name, told),
        remedy=problem.remedy
        or (_WORDS[str(path[2])] if word and not problem.suggestion else "")
        or _remedy(problem, name, example, exact=key == meant and example[:1] not in ("{", "[")),
    )


def _whole(problem: Problem, schema: Mapping[str, Any]) -> Problem:
    """Advice where it is the file as a whole that is none: what it is for, and its first key."""
    told = " ".join(str(schema.get("description", "")).split())
    first = next(iter(schema.get("required") or schema.get("properties", {})), "")
    example = next((_example(node) for node in nodes_at(schema, (first,))), "") if first else ""
    return replace(
        problem,
        reason=problem.reason or told or "The file cannot be used as it is.",
        remedy=problem.remedy or (f"Write for example `{first}: {example}`." if example else _OTHERWISE),
    )


def _reason(problem: Problem, name: str, told: str) -> str:
    match problem.about:
        case About.KEY:
            meaning = f" `{name}`: {told}" if problem.suggestion and told else ""
            return f"A key that nobody knows would do nothing, silently.{meaning}"
        case About.ABSENCE:
            return f"It is required. {told}".strip()
    return f"`{name}`: {told}" if name and told else told or "The file cannot be used as it is."


def _remedy(problem: Problem, name: str, example: str, *, exact: bool) -> str:
    match problem.about:
        case About.KEY if problem.suggestion:
            return f"Write `{problem.suggestion}: {example or '...'}`."
        case About.KEY:
            return _ALLOWED
        case About.ABSENCE:
            return f"Add `{name}: {example or '...'}`."
    # A word of YAML's own is no text.
    meant = problem.suggestion if problem.suggestion in ("true", "false") else flow(problem.suggestion)
    if problem.suggestion:
        return f"Write `{name}: {meant}`." if exact else f"Write `{meant}`."
    return f"Write for example `{name}: {example}`." if example and name else _OTHERWISE


def _nearest(schema: Mapping[str, Any], path: Path) -> tuple[Path, Mapping[str, Any]]:
    """The key at *path* or above it of which *schema* tells something."""
    for depth in range(len(path), 0, -1):
        # What stands in a list, or under a name of one's own, is explained by the key above it.
        if path[depth - 1] not in keys_at(schema, path[: depth - 1]):
            continue
        for node in nodes_at(schema, path[:depth]):
            if _description(schema, path[:depth], node):
                return path[:depth], node
    return (), {}


def _description(schema: Mapping[str, Any], path: Path, node: Mapping[str, Any]) -> str:
    """What a key is for, in its own words or in those of the section that it holds."""
    leaves = leaves_at(schema, path) if path and "$ref" in node else []
    return next((str(each["description"]) for each in (node, *leaves) if each.get("description")), "")


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


def flow(value: Any, *, within: bool = False) -> str:
    """*value* as YAML on one line, *within* brackets or not."""
    match value:
        case Mapping():
            pairs = (f"{flow(key, within=True)}: {flow(each, within=True)}" for key, each in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(flow(each, within=True) for each in value) + "]"
        case str() if (
            _PLAIN.fullmatch(value)
            and isinstance(scalar(value), str)
            and not (within and _FLOW.search(value))
        ):
            return value
        case _:
            return json.dumps(value, ensure_ascii=False, default=str)

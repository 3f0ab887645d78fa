"""The scope: is a ticket an executive escalation, and since when by Jira's own record?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from escsync.adapter import Evidence

from .changelog import Changes, Entry
from .settings import JiraScope

NEEDED = ("project", "issuetype", "labels")
"""The fields that tell."""


def contains(scope: JiraScope, fields: Mapping[str, Any]) -> bool:
    """Do project, type and labels match? A further `jql` is only for Jira's search to judge."""
    return all(test(_now(name, fields)) for name, test in _tests(scope).items())


def is_subtask(scope: JiraScope, fields: Mapping[str, Any]) -> bool:
    """Is it a part of another ticket, which no scope means unless it names the type?"""
    kind = fields.get("issuetype")
    return not scope.issue_type and isinstance(kind, dict) and kind.get("subtask") is True


def entered_at(scope: JiraScope, fields: Mapping[str, Any], changes: Changes) -> Evidence | None:
    """When project, type and labels first matched all at once; None where they did from the start."""
    tests = _tests(scope)
    tracks = {name: _changes(name, changes) for name in tests}
    held = {
        name: _side(name, track[0], "from") if track else _now(name, fields) for name, track in tracks.items()
    }
    if all(tests[name](held[name]) for name in tests):
        return None
    steps = sorted(
        ((entry, name) for name, track in tracks.items() for entry in track), key=lambda step: step[0].at
    )
    for entry, name in steps:
        held[name] = _side(name, entry, "to")
        if all(tests[other](held[other]) for other in tests):
            return Evidence(entry.at, source=entry.source)
    return None


def _tests(scope: JiraScope) -> dict[str, Callable[[frozenset[str]], bool]]:
    tests: dict[str, Callable[[frozenset[str]], bool]] = {}
    project, kind = scope.project.casefold(), scope.issue_type.casefold()
    labels = frozenset(label.casefold() for label in scope.labels)
    if project:
        tests["project"] = lambda held: project in held
    if kind:
        tests["issuetype"] = lambda held: kind in held
    if labels:
        tests["labels"] = lambda held: labels <= held
    return tests


def _now(name: str, fields: Mapping[str, Any]) -> frozenset[str]:
    raw = fields.get(name)
    if isinstance(raw, dict):
        return frozenset(str(raw[key]).casefold() for key in ("id", "key", "name") if raw.get(key))
    return frozenset(str(one).casefold() for one in raw) if isinstance(raw, list) else frozenset()


def _changes(name: str, changes: Changes) -> list[Entry]:
    by_field = changes.by_field
    if name == "project":
        # The change of the key tells the project's key; that of the project only its id and name of then.
        moved = by_field.get("name:key", []) or by_field.get("issuekey", [])
        if moved:
            return moved
    return by_field.get(name, []) or by_field.get(f"name:{name}", [])


def _side(name: str, entry: Entry, which: str) -> frozenset[str]:
    id, shown = entry.side(which)
    if name == "labels":
        return frozenset(shown.casefold().split())
    if name == "project" and "-" in shown and shown.rpartition("-")[2].isdecimal():
        return frozenset({shown.rpartition("-")[0].casefold()})
    return frozenset({id.casefold(), shown.casefold()} - {""})

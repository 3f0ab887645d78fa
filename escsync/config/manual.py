"""Manual: which schema describes a problem's key, in whichever file it stands."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from escsync import registry

from .advice import advised
from .document import Document
from .model import EscsyncYaml
from .person import PeopleYaml
from .problem import Path, Problem, nearest
from .shape import shape_of

_MAKE = "Make the file, or write its path relative to escsync.yaml."


class Manual:
    """Knows which of the files is which; *document* is escsync.yaml as it was read."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.policy = ""
        self.people = ""

    def advised(self, problem: Problem) -> Problem:
        """*problem* with its reason and its remedy."""
        return advised(problem, *self._described(problem))

    def named(self, problem: Problem, path: FilePath) -> Problem:
        """*problem* of a file that is not there, with the key that names it and the one beside it that was perhaps meant."""
        keys = ("policy", "people", "accounts")
        at = next((key for key in keys if _ends(path, self._document.data.get(key))), "")
        if problem.path or not at or os.path.exists(path):
            return problem
        origin = self._document.origin((at,))
        try:
            beside = sorted(one.name for one in path.parent.iterdir() if one.suffix == path.suffix)
        except OSError:
            beside = []
        near = nearest(path.name, beside)
        return replace(
            problem,
            reason=f"`{at}` names it, in {origin.file}:{origin.line}.",
            suggestion=near,
            remedy=f"Write `{at}: {near}`." if near else _MAKE,
        )

    def _described(self, problem: Problem) -> tuple[Mapping[str, Any], Path]:
        path = problem.path
        if problem.file == self.people:
            return shape_of(PeopleYaml), path
        if problem.file == self.policy:
            return _policy(), path
        match path:
            case ("policy", _, *_):
                return _policy(), path[1:]
            case ("trackers", str(name), "connection" | "scope", *_):
                return _settings(self._adapter(name)), path[2:]
            case _:
                return shape_of(EscsyncYaml), path

    def _adapter(self, name: str) -> str:
        trackers = self._document.data.get("trackers")
        tracker = trackers.get(name) if isinstance(trackers, dict) else None
        named = tracker.get("adapter") if isinstance(tracker, dict) else None
        return named if isinstance(named, str) else ""


def advised_of_policy(problem: Problem) -> Problem:
    """*problem* of a policy that stands in no file, with its reason and its remedy."""
    return advised(problem, _policy(), problem.path)


def _ends(path: FilePath, name: object) -> bool:
    return isinstance(name, str) and bool(name) and FilePath(path.parent, FilePath(name).name) == path


@cache
def _policy() -> Mapping[str, Any]:
    from .schema import policy_file_schema

    return policy_file_schema()


def _settings(adapter: str) -> Mapping[str, Any]:
    try:
        return shape_of(registry.settings_model(registry.get(adapter)))
    except registry.PluginError:
        return {}

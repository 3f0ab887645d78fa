"""Manual: which schema describes a problem's key, in whichever file it stands."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from escsync import registry

from .advice import advised
from .model import EscsyncYaml
from .person import PeopleYaml
from .problem import Path, Problem
from .shape import shape_of


class Manual:
    """Knows which of the files is which; *data* is escsync.yaml as it was read."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.policy = ""
        self.people = ""

    def advised(self, problem: Problem) -> Problem:
        """*problem* with its reason and its remedy."""
        return advised(problem, *self._described(problem))

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
        trackers = self._data.get("trackers")
        tracker = trackers.get(name) if isinstance(trackers, dict) else None
        named = tracker.get("adapter") if isinstance(tracker, dict) else None
        return named if isinstance(named, str) else ""


@cache
def _policy() -> Mapping[str, Any]:
    from .schema import policy_file_schema

    return policy_file_schema()


def _settings(adapter: str) -> Mapping[str, Any]:
    try:
        return shape_of(registry.settings_model(registry.get(adapter)))
    except registry.PluginError:
        return {}

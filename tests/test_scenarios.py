"""The worked examples of the process, to the minute, through the command line, on every tracker."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from fakes.jira_humans import JiraHumans
from fakes.local_humans import LocalHumans
from fakes.memory_stage import MemoryStage

from escsync.adapter import Capabilities
from escsync.testing import WITHOUT_HISTORY, Humans, ScenarioContract, Staged


class TestLocal(ScenarioContract):
    """One SQLite file."""

    def humans(self, folder: Path) -> Humans:
        return LocalHumans(folder)


class TestJiraCloud(ScenarioContract):
    """REST v3, over HTTP on loopback."""

    def staged(self, folder: Path, days: Collection[str]) -> Staged:
        return JiraHumans("cloud", days=days)


class TestJiraDataCenter(ScenarioContract):
    """REST v2."""

    def staged(self, folder: Path, days: Collection[str]) -> Staged:
        return JiraHumans("datacenter", days=days)


class TestSilentTracker(ScenarioContract):
    """A tracker that keeps no history and whose messages have to be asked for: what is known comes from polls."""

    differences = WITHOUT_HISTORY

    def humans(self, folder: Path) -> Humans:
        poor = Capabilities(history=False, compare_and_set=False, apart=True)
        return MemoryStage(folder, capabilities=poor, answers=True)

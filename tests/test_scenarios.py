"""The worked examples of the process on a tracker in memory that keeps no history: the poorest there can be.

tests/test_parity.py plays them on every real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fakes.memory_stage import MemoryStage

from escsync.adapter import Capabilities
from escsync.testing import WITHOUT_HISTORY, Humans, ScenarioContract
from escsync.testing.scenario import scenarios


class TestSilentTracker(ScenarioContract):
    """A tracker that keeps no history and whose messages have to be asked for: what is known comes from polls."""

    differences = WITHOUT_HISTORY

    def humans(self, folder: Path) -> Humans:
        poor = Capabilities(history=False, compare_and_set=False, apart=True)
        return MemoryStage(folder, capabilities=poor, answers=True)

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Every second one: the example adapter, which keeps no history either, plays all of them where it is certified."""
        if "scenario" in metafunc.fixturenames:
            metafunc.parametrize("scenario", list(scenarios())[::2], ids=lambda scenario: scenario.id)

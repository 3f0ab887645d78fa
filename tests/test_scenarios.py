"""The worked examples of the process on a tracker in memory that keeps no history: the poorest there can be.

tests/test_parity.py plays them on every real one."""

from __future__ import annotations

from pathlib import Path

from fakes.memory_stage import MemoryStage

from escsync.adapter import Capabilities
from escsync.testing import WITHOUT_HISTORY, Humans, ScenarioContract


class TestSilentTracker(ScenarioContract):
    """A tracker that keeps no history and whose messages have to be asked for: what is known comes from polls."""

    differences = WITHOUT_HISTORY

    def humans(self, folder: Path) -> Humans:
        poor = Capabilities(history=False, compare_and_set=False, apart=True)
        return MemoryStage(folder, capabilities=poor, answers=True)

"""The worked examples of the process, as a test that every adapter inherits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, ClassVar

from .difference import Difference
from .humans import Humans, Staged
from .player import Player
from .scenario import Scenario, scenarios


class ScenarioContract:
    """Inherit this in a test class and say how people reach your tracker: every scenario is played on it.

    They need a `Staged` one: escsync finds the tracker by its own configuration and command line.
    """

    differences: ClassVar[Sequence[Difference]] = ()
    """What cannot come out the same on this tracker, each with its reason; one that is not needed is a mistake."""

    def humans(self, folder: Path) -> Humans:
        """The people of a new, empty tracker; *folder* is free for its files, and the project's own."""
        raise NotImplementedError("say how people reach your tracker: def humans(self, folder): ...")

    def staged(self, folder: Path, days: Collection[str]) -> Staged:
        """The same for a scenario; *days* are fields that hold a mere day, where a field must be told so."""
        stage = self.humans(folder)
        assert isinstance(stage, Staged), "a scenario needs section(), environ() and close(): see Staged"
        return stage

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """One test for each scenario."""
        if "scenario" in metafunc.fixturenames:
            metafunc.parametrize("scenario", list(scenarios()), ids=lambda scenario: scenario.id)

    def test_a_scenario_comes_out_to_the_minute(self, scenario: Scenario, tmp_path: Path) -> None:
        """What people did decides what escsync says, and a pass after the last one is silent."""
        stage = self.staged(tmp_path, scenario.days)
        try:
            player = Player(scenario, stage, tmp_path, self.differences)
            player.play()
        finally:
            stage.close()

        unused = [d for d in self.differences if d.scenario == scenario.id and d not in player.used]
        assert not unused, f"declared, but it does not differ: {unused}"

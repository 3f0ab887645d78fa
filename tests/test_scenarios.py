"""The worked examples of the process, to the minute, through the command line, on every stage."""

from __future__ import annotations

import pytest
from fakes.player import Player, Scenario, scenarios
from fakes.stage import CloudStage, DataCenterStage, LocalStage

STAGES = {"local": LocalStage, "jira-cloud": CloudStage, "jira-datacenter": DataCenterStage}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("scenario", list(scenarios()), ids=lambda scenario: scenario.id)
def test_a_scenario_comes_out_to_the_minute(scenario: Scenario, stage, tmp_path):
    """What people did decides what escsync says, and a pass after the last one is silent."""
    here = STAGES[stage](tmp_path, scenario.options.get("days", ()))
    try:
        Player(scenario, here, tmp_path).play()
    finally:
        here.close()

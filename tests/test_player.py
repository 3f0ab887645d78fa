"""The scenario player objects: a scenario that is wrong in one place fails there."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from fakes.local_humans import LocalHumans

from escsync.testing import Player, scenarios

KNOWN = {scenario.id: scenario for scenario in scenarios()}


def twisted(scenario_id, twist):
    """A scenario with the last expectation changed by *twist*."""
    scenario = KNOWN[scenario_id]
    steps = copy.deepcopy(scenario.steps)
    twist([step for step in steps if "expect" in step][-1]["expect"])
    return replace(scenario, steps=steps)


def later(expect):
    expect["clocks"]["ack"]["due"] = "11:01"


def met_after_all(expect):
    expect["clocks"]["ack"]["verdict"] = "met"


def another_since(expect):
    expect["found"]["ACK_BREACHED"]["since"] = "11:01"


def another_code(expect):
    expect["found"]["OWNER_MISSING"] = True


def another_stage(expect):
    expect["stage"] = "complete"


def not_allowed(expect):
    expect["absent"].append("ACK_*")


def a_plan(expect):
    expect["plan"] = [{"field": "owner", "new": "mei"}]


def a_count(expect):
    expect["counts"] = {"planned": 99}


def an_exit(expect):
    expect["exit"] = 3


@pytest.mark.parametrize(
    "twist",
    [
        later,
        met_after_all,
        another_since,
        another_code,
        another_stage,
        not_allowed,
        a_plan,
        a_count,
        an_exit,
    ],
    ids=lambda twist: twist.__name__,
)
def test_a_wrong_expectation_fails(twist, tmp_path):
    """Due time, verdict, since, code, stage, absence, plan, counts and exit code are all really compared."""
    stage = LocalHumans(tmp_path)

    with pytest.raises(AssertionError):
        Player(twisted("G-3a", twist), stage, tmp_path).play()
    stage.close()


@pytest.mark.parametrize("slip", [{"sey": "hello"}, {"say": "hello", "expect": {}}])
def test_a_misspelt_step_is_no_silent_nothing(slip, tmp_path):
    """A step that means nothing stops the scenario."""
    first, *_ = KNOWN["G-3a"].steps
    scenario = replace(KNOWN["G-3a"], steps=(first, {"at": "09:30", "by": "tom", **slip}))
    stage = LocalHumans(tmp_path)

    with pytest.raises((AssertionError, ValueError)):
        Player(scenario, stage, tmp_path).play()
    stage.close()


def test_the_examples_of_the_process_are_all_there():
    """G-1 to G-9, G-13 and G-15, with their lettered variants."""
    wanted = {f"G-{n}" for n in (1, 2, 4, 5, 6, 8, 9, 13, 15)} | {"G-2b", "G-3a", "G-3b", "G-3c", "G-5b"}
    wanted |= {f"G-7{letter}" for letter in "abcdefgh"} | {"G-6a", "G-6b", "G-6c", "G-9b"}

    assert wanted <= set(KNOWN)

"""The scenario player objects: a scenario that is wrong in one place fails there."""

from __future__ import annotations

import copy
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from fakes.local_humans import LocalHumans
from fakes.memory_stage import MemoryStage

from escsync.adapter import Capabilities
from escsync.testing import Difference, Player, Scenario, ScenarioContract, scenarios

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


def story(*steps):
    """A scenario of a few steps."""
    return Scenario("T-1", "told here", date(2026, 3, 3), steps, {})


OPENED = {"at": "09:00", "by": "omar", "create": {}}


def test_what_was_said_at_each_command_is_kept(tmp_path):
    """Two trackers can be compared moment by moment: stage, owner, clocks and findings, in a fixed order."""
    stage = LocalHumans(tmp_path)
    second = {"at": "09:10", "by": "omar", "ticket": "B", "create": {}}
    steps = (
        OPENED,
        {"at": "09:05", "sync": True},
        second,
        {"at": "11:30", "look": True},
        {"at": "11:31", "sync": True},
    )

    told = Player(story(*steps), stage, tmp_path).play()
    stage.close()

    assert [(m.scenario, m.at[11:16], m.ticket) for m in told] == [
        ("T-1", "09:05", "A"),
        ("T-1", "11:30", "A"),
        ("T-1", "11:31", "A"),
        ("T-1", "11:31", "B"),
    ]
    ack = next(clock for clock in told[1].clocks if clock.name == "ack")
    assert (ack.due, ack.met, ack.verdict) == ("2026-03-03T11:00:00Z", None, "breached")
    assert "OWNER_MISSING" in {finding.code for finding in told[0].findings}
    assert list(told[1].findings) == sorted(told[1].findings, key=lambda finding: finding.code)


def test_a_declared_difference_is_passed_over_and_noted(tmp_path):
    """Only what is declared, and only where it was needed."""
    stage = LocalHumans(tmp_path)
    look = {"at": "09:05", "sync": True, "expect": {"stage": "complete", "cycle": 1}}
    needed = Difference("T-1", "09:05", "stage", "a test")
    idle = Difference("T-1", "09:05", "cycle", "a test")
    player = Player(story(OPENED, look), stage, tmp_path, [needed, idle])

    player.play()
    stage.close()

    assert player.used == [needed]


@pytest.mark.parametrize(
    "declared", [("T-2", "09:05", "stage"), ("T-1", "09:06", "stage"), ("T-1", "09:05", "owner")], ids=str
)
def test_a_difference_covers_nothing_else(declared, tmp_path):
    """Another scenario, step or expectation is as strict as before."""
    stage = LocalHumans(tmp_path)
    look = {"at": "09:05", "sync": True, "expect": {"stage": "complete"}}

    with pytest.raises(AssertionError, match="stage"):
        Player(story(OPENED, look), stage, tmp_path, [Difference(*declared, "a test")]).play()
    stage.close()


def test_a_difference_that_is_none_is_a_mistake(tmp_path):
    """A declaration that nobody needs any more would hide the next fault."""

    class Kit(ScenarioContract):
        differences = (Difference("G-15", "*", "stage", "outdated"),)

        def humans(self, folder):
            return LocalHumans(folder)

    with pytest.raises(AssertionError, match="does not differ"):
        Kit().test_a_scenario_comes_out_to_the_minute(KNOWN["G-15"], tmp_path)


def test_a_tracker_without_history_is_polled_around_each_act(tmp_path):
    """Every five minutes as far as it matters: right before an act and at or after it, never twice at one instant."""
    stage = MemoryStage(tmp_path, capabilities=Capabilities(history=False))
    seen = []
    stage.hook = lambda operation, when: seen.append(f"{stage.now:%H:%M}") if when == "before" else None
    steps = (
        {"at": "09:01", "by": "omar", "create": {}},
        {"at": "09:04", "by": "dana", "set": {"owner": "dana"}},
        {"at": "10:10", "by": "dana", "set": {"tone": "public"}},
        {"at": "10:10", "look": True},
        {"at": "10:20", "look": True},
    )

    Player(story(*steps), stage, tmp_path).play()
    stage.close()

    assert [at for n, at in enumerate(seen) if at not in seen[:n]] == [
        "09:00",
        "09:05",
        "10:05",
        "10:10",
        "10:20",
    ]


def test_what_polls_see_is_an_interval_of_five_minutes(tmp_path):
    """The owner was set after the poll before and no later than the tracker's own stamp."""
    stage = MemoryStage(tmp_path, capabilities=Capabilities(history=False))
    look = {"at": "11:00", "sync": True, "expect": {"owner": "dana", "gap": 33}}
    steps = (OPENED, {"at": "09:33", "by": "dana", "set": {"owner": "dana"}}, look)

    player = Player(story(*steps), stage, tmp_path)
    player.play()
    shown = player.program("show", f"support:{player.tickets['A'].id}", at=stage.now).json
    stage.close()

    entry = next(entry for entry in shown["timeline"] if "owner: Dana Reyes" in entry["detail"])
    assert (entry["grade"], entry["at"][11:16]) == ("B", "09:33")


def test_the_kit_is_cheap_to_import():
    """Whoever inherits the contract alone brings no command line with it."""
    code = "import sys, escsync.testing; print([m for m in ('typer', 'ruamel', 'sqlalchemy', 'pytest') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"

"""Two trackers on one Jira, which share the fields that escsync made: each alone keeps them, both together do not."""

from __future__ import annotations

import pytest
from e2e.house import House
from fakes.first_days import FIRST_DAYS, START

FIELDS = ("--field", "tone", "--field", "due_at")


@pytest.mark.parametrize("jira", ["jira-cloud", "jira-datacenter"])
def test_what_two_trackers_share_goes_when_both_are_taken_away(jira, tmp_path):
    """One alone leaves everything to the other; with both, nothing is left, and neither section names it."""
    with FIRST_DAYS[jira](tmp_path) as day:
        day.later(START)
        house = House(tmp_path)
        house.environ = dict(day.environ)
        house.now = START
        told = [f"--set={key}={value}" for key, value in day.answers.items()]
        house("init", "--tracker", "jira", "--name", "support", *told)
        path = tmp_path / "escsync.yaml"
        _, _, section = path.read_text("utf-8").partition("  support:")
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n  helpdesk:{section.replace('EXEC', 'HELP')}")
        house("provision", "--apply", *FIELDS)
        made = {field.id for field in day.world.fields.values() if field.name in ("Tone", "Next deadline")}

        alone = house("deprovision", "--apply", "--tracker", "support")
        left = made & set(day.world.fields)
        both = house("deprovision", "--apply")

        assert len(left) == len(made) == 2, alone.out
        assert both.code == 0, both.err
        assert not made & set(day.world.fields), both.out
        assert not [id for id in made if f": {id}" in path.read_text("utf-8")]

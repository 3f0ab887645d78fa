"""The same facts give the same findings and the same deadlines in every tracker, apart from declared differences.

`pytest tests/test_parity.py -rP` prints the whole table.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from fakes.jira_humans import JiraHumans
from fakes.local_humans import LocalHumans
from fakes.notion_humans import NotionHumans
from fakes.parity import Declared, declared, lines, table
from fakes.salesforce_humans import SalesforceHumans

from escsync.testing import Moment, Player, Scenario, Staged, scenarios

SCENARIOS = list(scenarios())


def _local(folder: Path, days: Collection[str]) -> Staged:
    return LocalHumans(folder)


def _cloud(folder: Path, days: Collection[str]) -> Staged:
    return JiraHumans("cloud", days=days)


def _datacenter(folder: Path, days: Collection[str]) -> Staged:
    return JiraHumans("datacenter", days=days)


def _salesforce(folder: Path, days: Collection[str]) -> Staged:
    return SalesforceHumans(days=days)


def _notion(folder: Path, days: Collection[str]) -> Staged:
    return NotionHumans(days=days)


EVERYWHERE = os.environ.get("ESCSYNC_PARITY") == "all"
TRACKERS = {
    "local": _local,
    "jira-cloud": _cloud,
    "jira-datacenter": _datacenter,
    "salesforce": _salesforce,
    "notion": _notion,
}
"""The first is what the others are compared with."""
_REMOTE = tuple(TRACKERS)[1:]


def plays(name: str, place: int) -> bool:
    """Does the tracker *name* play the scenario at this *place* of the list? Each plays two of three, Jira's second kind,
    which differs from the first in how it is asked, one of three; with ESCSYNC_PARITY=all, as CI has it, each plays all."""
    if EVERYWHERE or name not in _REMOTE:
        return True
    turn = (_REMOTE.index(name) + place) % 3
    return turn == 0 if name == "jira-datacenter" else turn != 0


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_a_scenario_comes_out_the_same_on_every_tracker(scenario: Scenario, tmp_path, record_property):
    """To the minute, as the scenario says, and with no difference that is not declared with its reason."""
    allowed = declared()
    played: dict[str, list[Moment]] = {}
    used: dict[str, list[Any]] = {}
    for name, tracker in TRACKERS.items():
        due = any(one.scenario == scenario.id for one in allowed.get(name, Declared()).differences)
        if not (due or plays(name, SCENARIOS.index(scenario))):
            continue
        folder = tmp_path / name
        folder.mkdir()
        stage = tracker(folder, scenario.days)
        try:
            player = Player(scenario, stage, folder, allowed.get(name, Declared()).differences)
            played[name] = player.play()
            used[name] = player.used
        finally:
            stage.close()

    rows = list(table(played, allowed))
    print("\n".join(lines(rows)))
    record_property("parity", [len(rows), sum(bool(row.reasons) for row in rows)])
    assert rows
    assert [(row.what, row.at, row.cells) for row in rows if row.undeclared] == []
    needed = {reason for row in rows for reason in row.reasons.values()} | {
        d.reason for each in used.values() for d in each
    }
    idle = [
        d
        for each in allowed.values()
        for d in each.differences
        if d.scenario == scenario.id and d.reason not in needed
    ]
    assert idle == [], "declared, but nothing differs"

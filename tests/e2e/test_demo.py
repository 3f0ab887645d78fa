"""The demo: everything at once, on a tracker of its own."""

import pytest
from e2e.house import House


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """An empty folder."""
    return House(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def tour(house):
    """What the demo says."""
    return house("demo", "--dir", "play")


def test_the_tour_shows_plan_apply_board_and_a_silent_second_pass(tour):
    """A newcomer sees the whole loop."""
    assert tour.code == 0, tour.err
    for word in ("1. escsync plan", "2. escsync apply", "3. escsync status", "4. escsync sync", "play with"):
        assert word in tour.out
    assert "Open " in tour.out
    assert tour.out.index("planned 0, applied 0") > tour.out.index("4. escsync sync")


def test_it_leaves_a_project_to_play_with(house, tour):
    """Each command that it proposes works."""
    for line in tour.out.splitlines():
        if line.strip().startswith("escsync ") and "init" not in line:
            arguments = line.split()[1:]
            assert house(*arguments).code == 0, line
    assert {"escsync.yaml", "people.yaml", "accounts.csv", "tracker.db", "plan.json"} <= {
        path.name for path in (house.folder / "play").iterdir()
    }


def test_at_least_twelve_escalations_in_all_stages(house, tour):
    """Breached, due soon, ownerless, queue, Tier 1, reopened, waiting for follow-up."""
    told = house("list", "--config", "play/escsync.yaml", "--format", "json").json["escalations"]
    codes = {finding["code"] for one in told for finding in one["findings"]}

    assert len(told) >= 12
    assert {"ACK_BREACHED", "OWNER_IS_QUEUE", "ACK_BY_TIER1", "OWNER_MISSING"} <= codes
    assert any(one["cycle"] == 2 for one in told)
    assert "closed_follow_up_due" in {one["stage"] for one in told}


def test_a_second_demo_replaces_the_first_and_nothing_else(house, tour):
    """What the user put there stays."""
    mine = house.folder / "play" / "mine.txt"
    mine.write_text("mine", "utf-8")

    again = house("demo", "--dir", "play", "--format", "json")

    assert again.code == 0, again.err
    assert again.json["second_pass_writes"] == 0
    assert again.json["escalations"] >= 12
    assert mine.read_text("utf-8") == "mine"
    assert "play: an earlier demo is there; it is made anew" in again.err


def test_a_foreign_folder_is_left_alone(house):
    """Not empty and not a demo's: exit 2, nothing written."""
    foreign = house.folder / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("years", "utf-8")

    answer = house("demo", "--dir", "foreign")

    assert answer.code == 2
    assert [path.name for path in foreign.iterdir()] == ["thesis.txt"]

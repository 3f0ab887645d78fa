"""What others do while an admin provisions, or did before: it is theirs, and stays."""

import pytest
from e2e.house import House
from e2e.office import Office
from escsync_local.admin import Admin


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    yield office
    office.tracker.close()


@pytest.mark.parametrize(
    "command", [("provision", "--apply", "--field", "due_at"), ("deprovision", "--apply", "--yes")]
)
def test_what_somebody_else_changed_is_still_told(office, command):
    """Only what this run made or removed is accepted; each other change is said until it is mended or accepted."""
    office("provision", "--apply", "--field", "tone")
    first = office("drift")
    del office.tracker.columns["f1"].options["o2"]
    office.tracker.columns["f1"].name = "How bad"

    before = office("drift", "--format", "json").json["trackers"]["support"]["changes"]
    done = office(*command)
    after = office("drift", "--format", "json").json["trackers"]["support"]["changes"]

    assert (first.code, done.code) == (0, 0)
    assert [one["kind"] for one in before] == ["options_removed", "renamed"]
    assert after == before


def test_what_changed_before_anybody_asked_for_drift_is_told(tmp_path):
    """Where nothing was accepted yet, what the last pass learnt is compared with, as the first look would have done."""
    house = House(tmp_path).build()
    house("sync")
    Admin(house.tracker().store).rename_status("solution-design", "Planning")

    done = house("provision", "--apply", "--field", "tone")
    told = house("drift")

    assert done.code == 0
    assert "'Solution design' is now called 'Planning'" in told.out

"""`escsync drift`: what changed in a tracker's schema, one line each with the fix, until it is mended or accepted."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest
from e2e.house import House
from escsync_local.admin import Admin, Declared, StatusRow

from escsync.adapter import FieldKind

CAUSES = {"bug": "Product bug", "sla": "SLA breach"}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The demo's project, with fields that the tracker declares, and a first pass behind it."""
    house = House(tmp_path_factory.mktemp("model")).build()
    house.configure("      due_at: due", "      root_cause: cause\n      due_at: due")
    admin = office(house)
    admin.add_field(Declared("cause", "Root cause", FieldKind.CHOICE, CAUSES))
    admin.add_field(Declared("due", "Due", FieldKind.INSTANT))
    for name in ("health", "computed_priority"):
        admin.add_field(Declared(name, name, FieldKind.TEXT))
    assert house("sync").code == 0
    return house.folder


@pytest.fixture
def house(model, tmp_path):
    """A copy of it."""
    shutil.copytree(model, tmp_path, dirs_exist_ok=True)
    return House(tmp_path)


def office(house):
    """Where the tracker's admin works."""
    return Admin(house.tracker().store)


def changes(answer):
    """Every change that was told, as JSON has it."""
    return [
        (one["subject"], one["kind"], one["breaks"]) for one in answer.json["trackers"]["support"]["changes"]
    ]


MISHAPS = [
    (lambda a: a.rename_field("cause", "Cause"), "fields.root_cause", "renamed", False),
    (lambda a: a.remove_field("due"), "fields.due_at", "gone", True),
    (lambda a: a.retype_field("cause", FieldKind.TEXT), "fields.root_cause", "retyped", False),
    (lambda a: a.add_options("cause", {"tone": "Wrong tone"}), "fields.root_cause", "options_added", False),
    (lambda a: a.remove_option("cause", "sla"), "fields.root_cause", "options_removed", False),
    (lambda a: a.rename_status("intake", "Inbox"), "stages.intake", "renamed", False),
    (lambda a: a.rename_status("solution-design", "Planning"), "stages.solution_design", "renamed", True),
    (lambda a: a.remove_status("duplicate"), "stages.duplicate", "gone", True),
]


NOTED = [(True, *one) for one in MISHAPS] + [(False, *MISHAPS[n]) for n in (1, 2, 4, 5)]


@pytest.mark.parametrize(
    ("noted", "mishap", "subject", "kind", "breaks"),
    NOTED,
    ids=lambda one: (
        ["first look", "noted"][one] if isinstance(one, bool) else str(one) if isinstance(one, str) else ""
    ),
)
def test_each_change_is_one_line_and_the_pass_goes_on(house, noted, mishap, subject, kind, breaks):
    """With exit 4 and the fix, whether or not anybody asked for drift before; said again until it is accepted."""
    if noted:
        assert house("drift").code == 0
    mishap(office(house))

    told = house("drift", "--format", "json")
    passed = house("sync")
    again = house("drift", "--format", "json")
    text = house("drift")
    accepted = house("drift", "--accept")
    after = house("drift", "--format", "json")

    assert (told.code, changes(told)) == (4, [(subject, kind, breaks)])
    assert changes(again) == changes(told)
    assert passed.code in (0, 5), passed.err
    assert "assessed 18" in passed.out
    (line,) = [one for one in text.out.splitlines() if subject in one]
    assert line.startswith("BREAKS support: " if breaks else "NOTE   support: ")
    assert " -> " in line
    assert "--accept" in text.err
    assert "accepted: " in accepted.out
    # What the configuration names and the tracker lacks cannot be accepted.
    assert (accepted.code, after.code) == ((4, 4) if breaks else (0, 0))
    assert changes(after) == ([(subject, "lost", True)] if breaks else [])


def test_what_comes_back_is_no_drift_any_more(house):
    """Mending ends it as accepting does."""
    house("drift")
    office(house).rename_status("solution-design", "Planning")
    first = house("drift")
    office(house).rename_status("solution-design", "Solution design")

    assert (first.code, house("drift").code) == (4, 0)


def test_a_status_that_nothing_maps_is_nobodys_business(house):
    """Only what the configuration leans on is watched."""
    house("drift")
    office(house).add_status(StatusRow("parked", "Parked", False))

    assert house("drift").code == 0


def test_what_is_mapped_and_lost_is_drift_from_the_first_look_on(house):
    """It cannot be accepted: the configuration has to say something else."""
    house.configure("intake: Intake", "intake: Inbox")

    first, accepted = house("drift", "--accept"), house("drift", "--format", "json")

    assert first.code == accepted.code == 4
    assert "BREAKS support: stages.intake: the tracker has no status 'Inbox' -> name one of" in first.out
    assert changes(accepted) == [("stages.intake", "lost", True)]


def test_a_field_that_the_configuration_maps_otherwise_is_no_drift(house):
    """The tracker has not changed."""
    house("drift")
    house.configure("      root_cause: cause\n", "")

    assert house("drift").code == 0


def test_people_who_leave_or_are_called_otherwise_are_told(house):
    """Who is in people.yaml and on the tracker; the fallback owner is needed."""
    house("drift")
    tracker = house.tracker()
    tracker.deactivate("dana")
    tracker.deactivate("idris")
    tracker.store.rows("UPDATE people SET name = 'Lena Wolf' WHERE id = 'lena'")

    told = house("drift", "--format", "json")

    assert changes(told) == [
        ("fallback_owner, people.idris", "deactivated", True),
        ("people.dana", "deactivated", False),
        ("people.lena", "renamed", False),
    ]


def test_who_is_deactivated_is_told_on_the_first_day(house):
    """Unless people.yaml says so itself."""
    house.tracker().deactivate("dana")
    told = house("drift", "--format", "json")
    people = house.folder / "people.yaml"
    people.write_text(
        people.read_text("utf-8").replace("  - id: dana\n", "  - id: dana\n    active: false\n"), "utf-8"
    )

    assert changes(told) == [("people.dana", "deactivated", False)]
    assert house("drift", "--accept").code == house("drift").code == 0


def test_another_tracker_under_the_same_name_is_compared_with_nothing(house):
    """What was accepted of the old one says nothing about the new one."""
    house("drift")
    (house.folder / "other.db").write_bytes((house.folder / "tracker.db").read_bytes())
    office(house).remove_field("cause")
    house.configure("path: tracker.db", "path: other.db")

    assert house("drift").code == 0


@pytest.mark.parametrize("rubbish", ['{"x":[1', "[]", '{"version": 99}', '[{"version": 99}]'])
def test_what_was_accepted_and_cannot_be_read_is_said_until_somebody_accepts(house, rubbish):
    """Nobody knows what changed since: that is not *nothing*, and nothing takes its place by itself."""
    house("drift")
    with closing(sqlite3.connect(house.folder / "escsync.db")) as ledger, ledger:
        ledger.execute("update outlines set doc = ?", [rubbish])

    told, again = house("drift", "--format", "json"), house("drift")

    assert told.code == again.code == 4
    assert changes(told) == [("schema", "unreadable", False)]
    assert "1 change since" in house("doctor").out
    assert house("drift", "--accept").code == house("drift").code == 0


def test_a_tracker_that_fails_is_said_and_the_others_are_looked_at(house):
    """Exit 6 goes before 4."""
    text = (house.folder / "escsync.yaml").read_text("utf-8")
    section = (
        text[text.index("  support:\n") :]
        .replace("  support:", "  other:")
        .replace("tracker.db", "no/where.db")
    )
    (house.folder / "escsync.yaml").write_text(text + section, "utf-8")
    house("drift", "--tracker", "support")
    office(house).rename_field("due", "Due by")

    answer, told = house("drift"), house("drift", "--format", "json").json["trackers"]

    assert answer.code == 6
    assert "FAIL   other: " in answer.out
    assert "NOTE   support: fields.due_at: 'Due' is now called 'Due by'" in answer.out
    assert told["other"]["errors"][0]["remedy"]
    assert [one["kind"] for one in told["support"]["changes"]] == ["renamed"]


def test_a_tracker_that_asked_for_a_pause_is_not_asked(house):
    """It is said until when."""
    from datetime import timedelta

    from escsync.ledger import Ledger

    with Ledger.open(f"sqlite:///{house.folder}/escsync.db") as ledger:
        ledger.pause("support", house.now + timedelta(minutes=5), "the quota is used up")

    answer = house("drift")

    assert answer.code == 6
    assert "asked for a pause until 2026-03-03T12:05:00Z" in answer.out


def test_the_names_of_a_tracker_do_nothing_to_a_terminal(house):
    """They are hostile text."""
    house("drift")
    office(house).rename_field("due", "\x1b[31mred\n\u202eevil")

    answer = house("drift")

    assert "\x1b" not in answer.out
    assert "\u202e" not in answer.out
    assert len([one for one in answer.out.splitlines() if "fields.due_at" in one]) == 1


def test_the_first_json_has_everything(house):
    """Since when, and no change."""
    told = house("drift", "--format", "json").json

    assert told == {
        "schema": 1,
        "trackers": {
            "support": {
                "since": "2026-03-03T12:00:00Z",
                "outlined": True,
                "changes": [],
                "accepted": [],
                "errors": [],
            }
        },
    }

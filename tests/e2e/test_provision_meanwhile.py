"""What others do while an admin provisions, or did before: it is theirs, and stays."""

import sqlite3

import pytest
from e2e.house import House
from e2e.office import Office
from escsync_local.admin import Admin

from escsync.adapter import FieldKind
from escsync.cli.everywhere import Options
from escsync.cli.provisioning.pen import Pen, files
from escsync.cli.session import Session
from escsync.offers import Provided
from escsync.setup.editing.writeback import written


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


def saves(office, old, new):
    """Somebody saves the configuration while the first thing is being made."""

    def hook(operation, when):
        if (operation, when) == ("provide", "after"):
            office.tracker.hook = None
            office.configure(old, new)

    office.tracker.hook = hook


def test_what_somebody_maps_meanwhile_stays(office):
    """Their entry is left as it is, and ours is said with what to paste: exit 5. What else was made is written."""
    saves(office, "severity: f1  ", "tone: f9  # by Bob\n      severity: f1  ")

    answer = office("provision", "--apply", "--field", "tone", "--field", "due_at")

    assert answer.code == 5
    assert "tone: f9  # by Bob\n" in office.text
    assert "due_at: f3" in office.text
    assert "somebody wrote there meanwhile" in answer.err
    assert "trackers:\n  support:\n    fields:\n      tone: f2\n" in answer.out


def test_a_name_for_several_fields_is_written_as_it_grows(office):
    """What this run has written itself is nobody else's decision."""
    session = Session(office.host(), Options(config=office.path))
    with Pen(session, "support", written, files(session)) as pen:
        for value in (["f7", "Second"], ["f7", "f8"]):
            pen.note(Provided("f7", "field", "a field", {("fields", "tone"): value}))
            pen.write()
    session.close()

    assert "tone: [f7, f8]" in office.text
    assert pen.left == []


@pytest.mark.parametrize(
    ("old", "new", "code", "why"),
    [
        ("adapter: memory", "adapter: memory\n    mode: off", 0, "it has mode: off by now"),
        ("  support:  ", "  helpdesk:  ", 5, "there is no tracker 'support'"),
    ],
)
def test_a_tracker_that_is_switched_off_or_renamed_meanwhile(office, old, new, code, why):
    """Its configuration stays one that loads, and what was made is told all the same."""
    saves(office, old, new)

    answer = office("provision", "--apply", "--field", "due_at", "--format", "json")
    listed = office("provision", "--field", "due_at")

    assert answer.code == code, answer.err
    assert [one["id"] for one in answer.json["trackers"]["support"]["made"]] == ["f2"]
    assert "the schema was not read again" in answer.err
    assert why in answer.err
    assert listed.code == (2 if code == 0 else 0)


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_cannot_be_struck_is_said_to_be_taken_out(office, form):
    """An entry that comes from elsewhere by an anchor stands there still: it should not say so any more."""
    office("provision", "--apply", "--field", "tone")
    other = "  old: {adapter: local, mode: off, connection: {path: x.db}, fields: &ours {tone: f2}}\n"
    office.configure("  support:", other + "  support:").configure(
        "      tone: f2 ", "      <<: *ours\n      # f2 "
    )

    answer = office("deprovision", "--apply", "--yes", "--format", form)

    assert answer.code == 5
    assert "it should not say any more" in answer.err
    yaml = answer.json["trackers"]["support"]["take_out"] if form == "json" else answer.out
    assert "trackers:\n  support:\n    fields:\n      tone: f2" in yaml


def test_what_nothing_would_load_is_not_written(office):
    """The field that was found is what another entry names already: that is said, and the file loads as before."""
    office.tracker.column("Next deadline", FieldKind.INSTANT)
    office.configure("severity: f1  ", "identified_at: f2\n      severity: f1  ")
    before = office.text

    answer = office("provision", "--apply", "--field", "due_at", "--field", "tone")
    again = office("provision")

    assert answer.code == 5
    assert "would overwrite identified_at" in answer.err
    assert "due_at: f2" in answer.out
    assert "Next:" not in answer.out
    assert "tone: f3" in office.text
    assert "due_at: f2" not in office.text
    assert before.splitlines()[-2] in office.text
    assert again.code == 0


def test_what_else_names_what_was_removed_is_told(office):
    """An entry of somebody's own stays, and would name a field that is gone."""
    office("provision", "--apply", "--field", "tone")
    office.configure("severity: f1  ", "owner: [f1, f2]\n      severity: f1  ")

    answer = office("deprovision", "--apply")

    assert answer.code == 5
    assert "tone: f2" not in office.text
    assert "owner: [f1, f2]" in office.text
    assert "f2 is gone from the tracker, and it is named there still" in answer.err
    assert "owner: [f1, f2]" in answer.out


@pytest.mark.parametrize("command", ["provision", "deprovision"])
def test_a_ledger_that_fails_meanwhile_is_told_with_what_was_done(office, command):
    """5, since something was done; the document has both."""
    if command == "deprovision":
        office("provision", "--apply")

    def hook(asked, when):
        if (asked, when) == ("provide" if command == "provision" else "withdraw", "after"):
            office.waits.append(4000.0)  # the lease has run out by the next look
            connection = sqlite3.connect(office.folder / "escsync.db")
            connection.execute("DROP TABLE IF EXISTS trackers")
            connection.close()

    office.tracker.hook = hook

    answer = office(command, "--apply", "--format", "json")

    told = answer.json["trackers"]["support"]
    assert answer.code == 5, answer.err
    assert told["made" if command == "provision" else "removed"]


def test_a_configuration_that_somebody_breaks_meanwhile_is_told_before_anything_is_removed(office):
    """In one document, with the line; nothing is taken away that could not be taken out of the file."""
    office("provision", "--apply", "--field", "tone")
    office.tracker.hook = lambda asked, when: office.path.write_text("trackers: [", "utf-8")

    answer = office("deprovision", "--apply", "--format", "json")

    told = answer.json["trackers"]["support"]
    assert answer.code == 2
    assert [one["code"] for one in told["errors"]] == ["CONFIGURATION"]
    assert told["removed"] == []
    assert office.names == ["Severity", "Tone"]

"""`escsync doctor` at its best: rights, clocks, limits, people, and a whole round on a ticket of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from e2e.house import House
from fakes.http import Fault
from fakes.jira.rig import SCOPE, rig
from fakes.jira.site import FIELDS, STAGES
from fakes.postgres import missing, server

from escsync.cli.inspection.footing import remote
from escsync.config.document import parse
from escsync.ledger import Ledger
from escsync.setup.schema.drift import Kind


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The demo's project as it is delivered."""
    return House(tmp_path_factory.mktemp("model")).build().folder


@pytest.fixture
def house(model, tmp_path):
    """A copy of it."""
    shutil.copytree(model, tmp_path, dirs_exist_ok=True)
    return House(tmp_path)


def configured(jira):
    """A project that watches a Jira."""
    tracker = {
        "adapter": "jira",
        "mode": "annotate",
        "connection": {**jira.credentials(), "token": "${env:JIRA_TOKEN}", "url": jira.server.url},
        "scope": SCOPE,
        "stages": {stage: list(names) for stage, names in STAGES.items()},
        "fields": {name: list(ids) for name, ids in FIELDS.items()},
    }
    return {"version": 1, "timezone": "UTC", "company": "Acme", "trackers": {"support": tracker}}


def line(answer, about):
    """The one line about something."""
    (found,) = [one for one in answer.out.splitlines() if f" {about}: " in one]
    return found


def roster(house):
    """people.yaml, to be changed."""
    return house.folder / "people.yaml"


def ledger(house):
    return Ledger.open(f"sqlite:///{house.folder}/escsync.db")


def people(house, old, new):
    text = roster(house).read_text("utf-8")
    assert old in text
    roster(house).write_text(text.replace(old, new), "utf-8")


# -- the write test


@pytest.mark.parametrize(
    ("mode", "steps"),
    [
        ("annotate", ["ticket", "reading", "own fields", "note", "end"]),
        ("enforce", ["ticket", "reading", "own fields", "note", "move", "owner", "end"]),
    ],
)
def test_a_write_test_goes_as_far_as_the_mode_and_leaves_no_escalation(house, mode, steps):
    """Every step one line; the pass after it sees what was there before, and nothing else."""
    house.configure("mode: annotate ", f"mode: {mode} ")

    answer = house("doctor", "--write-test")
    passed = house("sync") if mode == "enforce" else None

    assert answer.code == 0, answer.out
    told = [one for one in answer.out.splitlines() if "write test" in one]
    assert [one.partition("write test, ")[2].partition(":")[0] for one in told] == steps
    assert all(one.startswith("OK ") for one in told)
    assert passed is None or "pulled 18, assessed 18" in passed.out


def test_in_mode_observe_nothing_is_written_even_for_a_test(house):
    """The mode is a promise; the line says how to try it all the same."""
    house.configure("mode: annotate ", "mode: observe ")
    before = (house.folder / "tracker.db").read_bytes()

    answer = house("doctor", "--write-test")

    assert answer.code == 0
    assert "WARN support: write test: mode is observe: nothing is ever written" in answer.out
    assert (house.folder / "tracker.db").read_bytes() == before


def test_where_something_fails_no_ticket_is_made(house):
    """First things first."""
    house.configure("intake: Intake", "intake: Inbox")

    answer = house("doctor", "--write-test")

    assert answer.code == 2
    assert "WARN support: write test: not tried -> mend the lines that say FAIL first" in answer.out


def test_while_a_pass_works_no_ticket_is_made(house):
    """It would be taken for an escalation."""
    with ledger(house) as held, held.lease("support", "p1"):
        answer = house("doctor", "--write-test")

    assert answer.code == 7
    assert "FAIL support: write test: " in answer.out
    assert answer.out.splitlines()[-1] == "not ready; next: run it again when that pass is over"


@pytest.mark.parametrize("form", [[], ["--format", "json"]])
def test_a_write_test_that_somebody_ends_deletes_its_ticket_and_says_so(tmp_path, form):
    """In words and for programs; SIGTERM is as Ctrl-C."""
    with rig("cloud") as jira:
        house = House(tmp_path)
        house.now = jira.world.clock.now()
        house.environ = {"JIRA_TOKEN": jira.credentials()["token"]}
        (tmp_path / "escsync.yaml").write_text(json.dumps(configured(jira)), "utf-8")

        def ends(request):
            if request.method == "PUT":
                os.kill(os.getpid(), signal.SIGTERM)
            return False

        jira.server.faults.append(Fault(ends))
        answer = house("doctor", "--write-test", *form)

    told = [one["message"] for one in answer.json["problems"]] if form else answer.out.splitlines()
    assert answer.code == 130
    assert any(one.endswith(" is deleted") for one in told), told
    assert any("interrupted before its end" in one for one in told)
    assert not [one for one in jira.world.issues.values() if not one.deleted]


# -- what the process asks for and nothing stands for


def test_a_step_without_a_status_is_told_with_what_it_means(house):
    """Nobody could show in the tracker that an escalation stands there; provisioning leaves it to people."""
    house.configure("      solution_design: Solution design\n", "")

    answer, listed = house("doctor"), house("provision")

    assert answer.code == 0
    assert line(answer, "stages.solution_design").startswith("WARN support: ")
    assert "cannot be moved back to it -> create a status" in line(answer, "stages.solution_design")
    assert "HAND   support: stages.solution_design: no status stands for it -> create a status" in listed.out


def test_fields_that_are_mapped_to_nothing_are_one_line(house):
    """What the tracker holds under our own name is mapped; what the team does without is not asked for."""
    told = line(house("doctor"), "fields")
    house.configure(
        "    fields:  ", "    provision: {leave_out: [update_due_at, follow_up_due_at]}\n    fields:  "
    )
    less = line(house("doctor"), "fields")

    assert told.startswith(
        "WARN support: fields: 5 fields that the process asks for are mapped to nothing: ack_due_at, "
    )
    assert "-> `escsync provision` lists them, and --apply makes them" in told
    assert (
        "3 fields that the process asks for are mapped to nothing: ack_due_at, investigation_due_at, escsync_stage"
        in less
    )


def test_mapped_fields_that_are_not_ready_for_use_are_another_line(tmp_path):
    """Whatever provisioning would add to them: a field that another project has is not yet one of this project."""
    with rig("cloud") as jira:
        house = House(tmp_path)
        (house.folder / "escsync.yaml").write_text(json.dumps(configured(jira)), "utf-8")
        house.environ = {"JIRA_TOKEN": jira.credentials()["token"]}
        answer = house("doctor")

    told = "WARN support: fields: 4 mapped fields lack something there (a screen, an option, a right): account.tier, "
    assert told in answer.out
    assert "WARN support: fields: 19 fields that the process asks for are mapped to nothing: " in answer.out


# -- mode enforce


def test_a_fallback_owner_that_cannot_be_assigned_is_no_readiness(house):
    """Mode enforce could not do its main duty."""
    house.configure("mode: annotate ", "mode: enforce ")
    people(house, "fallback_owner: ", "fallback_owner: ghost # ")
    people(house, "people:\n", "people:\n  - {id: ghost, name: Gus Host, ids: {support: u-none}}\n")

    answer = house("doctor")

    assert answer.code == 2
    assert line(answer, "fallback_owner").startswith(
        "FAIL support: fallback_owner: Gus Host (u-none) cannot be assigned"
    )
    assert answer.out.splitlines()[-1].startswith(
        "not ready; next: correct ids.support of ghost in people.yaml"
    )


def test_so_many_without_an_owner_that_the_pass_would_be_refused_are_foretold(house):
    """On the first day in mode enforce, most have none."""
    for number in range(12):
        house.tracker().create({"summary": f"Invoices doubled {number}"}, by="tom")
    house("sync", "--max-writes", "99")
    house.configure("mode: annotate ", "mode: enforce ")

    told = line(house("doctor"), "limits")
    refused = house("plan")

    assert refused.code == 3
    assert (
        " open escalations have no owner and limits.max_share is 30%: the next pass would be refused whole"
        in told
    )


# -- rights


def test_rights_that_the_mode_does_not_need_are_one_line(tmp_path):
    """All of them by name, so that what matters is seen; programs, and -v, tell each with where it is taken away."""
    with rig("cloud") as jira:
        house = House(tmp_path)
        config = configured(jira)
        config["trackers"]["support"]["mode"] = "observe"
        (house.folder / "escsync.yaml").write_text(json.dumps(config), "utf-8")
        house.environ["JIRA_TOKEN"] = jira.credentials()["token"]
        answer, rows = house("doctor"), house("doctor", "--format", "json").json["problems"]
        whole = house("doctor", "-v")

    each = [one for one in rows if one["code"] == "EXCESS"]
    names = ", ".join(one["subject"].removeprefix("permission ") for one in each)
    told = line(answer, "rights")
    assert len(each) > 1
    assert all(one["remedy"].startswith("take it away again: ") for one in each)
    assert told.startswith(
        f"WARN support: rights: mode observe does not need: {names}: you granted more than is needed ->"
    )
    assert "does not need it" not in answer.out
    assert "-v says where" in told
    assert whole.out.count("take it away again: ") == len(each)


# -- what a person should know before the first pass


def test_the_next_step_names_the_write_test_until_it_was_made(house):
    """Only where the mode writes."""
    first, tried = house("doctor"), house("doctor", "--write-test")
    house.configure("mode: annotate ", "mode: observe ")

    assert first.out.splitlines()[-1].endswith("`escsync doctor --write-test` tries a whole round before it")
    assert "--write-test" not in tried.out.splitlines()[-1]
    assert "--write-test" not in house("doctor").out.splitlines()[-1]


def test_nobody_who_may_acknowledge_is_a_warning(house):
    """Every acknowledgement would be by the wrong role."""
    for role in ("support_manager", "support_director", "support_vp"):
        text = roster(house).read_text("utf-8")
        roster(house).write_text(text.replace(f"roles: [{role}]", "roles: [engineering]"), "utf-8")

    assert line(house("doctor"), "people").startswith("WARN people: nobody in people.yaml may acknowledge")


def test_a_fallback_owner_is_looked_at_where_somebody_may_be_assigned(house):
    """Mode enforce: is there one, with an id, who can be assigned?"""
    quiet = house("doctor")
    house.configure("mode: annotate ", "mode: enforce ")
    well = house("doctor")
    house.tracker().deactivate("idris")
    gone = house("doctor")
    people(house, "fallback_owner: idris", "# fallback_owner: idris")

    assert " fallback_owner: " not in quiet.out
    assert line(well, "fallback_owner") == "OK   support: fallback_owner: Idris Cole, as Idris Cole"
    assert "Idris Cole (idris) cannot be assigned on support" in line(gone, "fallback_owner")
    assert "people.yaml names none" in line(house("doctor"), "fallback_owner")


def test_a_first_pass_that_a_limit_would_refuse_is_foretold(house):
    """With the flag that lets it through once; afterwards there is nothing to foretell."""
    house.configure("mode: annotate ", "mode: observe ")
    house("sync")
    house.configure("mode: observe ", "mode: annotate ")
    house.configure("trackers:\n", "limits: {max_writes: 5}\ntrackers:\n")

    answer = house("doctor")
    allowed = house("sync", "--max-writes", "40")

    assert "limits.max_writes is 5: the next pass would be refused whole" in line(answer, "limits")
    assert allowed.code == 0
    assert " limits: " not in house("doctor").out


# -- clocks


@pytest.mark.parametrize(
    ("apart", "at", "said"),
    [
        (0, False, "OK   support: clock: the tracker's clock agrees with this machine's within 30 s"),
        (95, False, "WARN support: clock: the tracker's clock is 95 s ahead of this machine's"),
        (-95, False, "WARN support: clock: the tracker's clock is 95 s behind this machine's"),
        (95, True, ""),
    ],
)
def test_a_clock_that_differs_is_a_warning_with_what_it_means(tmp_path, apart, at, said):
    """The tracker's by its answers and this machine's; with --at another instant is meant, and no clock is wrong."""
    with rig("cloud") as jira:
        house = House(tmp_path)
        house.environ = {"JIRA_TOKEN": jira.credentials()["token"]}
        (tmp_path / "escsync.yaml").write_text(json.dumps(configured(jira)), "utf-8")
        house.now = jira.world.clock.now() - timedelta(seconds=apart)

        answer = house("doctor", *(["--at", "2026-03-03T12:00:00Z"] if at else []))

    found = [one for one in answer.out.splitlines() if "support: clock: " in one]
    assert [one.startswith(said) for one in found] == ([True] if said else [])
    assert all("evidence is dated by the tracker" in one for one in found if one.startswith("WARN"))


def test_a_pass_that_is_dated_in_the_future_fails(house):
    """Until then every pass would be refused."""
    house("sync")
    house.now -= timedelta(days=2)

    answer = house("doctor")

    assert answer.code == 2
    assert "FAIL support: clock: the last pass is dated 2026-03-03T12:00:00Z, 2 d from now" in answer.out


def test_a_tracker_that_asked_for_a_pause_is_not_asked(house):
    """It is said until when, and nothing else is."""
    with ledger(house) as kept:
        kept.pause("support", house.now + timedelta(minutes=5), "the quota is used up")

    answer = house("doctor")

    assert answer.code == 6
    assert "FAIL support: access: support asked for a pause until 2026-03-03T12:05:00Z" in answer.out
    assert "support: account" not in answer.out


# -- the schema and the ledger


def test_what_changed_since_it_was_accepted_is_counted(house):
    """`escsync drift` tells the rest."""
    first = house("doctor")
    house.tracker().deactivate("dana")

    answer = house("doctor")

    assert line(first, "schema") == "OK   support: schema: nothing changed since 2026-03-03T12:00:00Z"
    assert (
        "WARN support: schema: 1 change since 2026-03-03T12:00:00Z -> `escsync drift` says which"
        in answer.out
    )


def test_a_server_that_forgets_and_whose_clock_differs_is_pointed_out(house):
    """The clock of the ledger's database is compared, but never with --at."""
    if reason := missing():
        pytest.skip(reason)
    house.configure("ledger: sqlite:///escsync.db", f"ledger: {server().place()}")

    answer, rehearsal = house("doctor"), house("doctor", "--at", "2026-03-03T12:00:00Z")

    assert "WARN ledger: fsync is off" in answer.out
    assert "WARN clock: the clock of the ledger's database is " in answer.out
    assert "the ledger's database" not in rehearsal.out


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/data/x.db", "nfs4"),
        ("/srv/x.db", ""),
        ("/mnt/a b/x.db", "cifs"),
        ("/x.db", ""),
        ("/srv/database/x.db", ""),
    ],
)
def test_a_network_drive_is_told_from_a_local_one(path, kind):
    """By the longest mount that holds the file."""
    mounts = (
        "/dev/sda / ext4 rw 0 0\nnas:/x /srv/data nfs4 rw 0 0\n//nas/y /mnt/a\\040b cifs rw 0 0\nrubbish\n"
    )

    assert remote(Path(path), mounts) == kind


# -- people.yaml


def test_a_proposed_roster_is_written_beside_and_never_over_something(house):
    """Every byte of the old one, and the ids that accounts speak for."""
    house.tracker().add_user("u-77", "Nora Lind", email="Nora@acme.example")
    house.tracker().add_user("u-78", "Sam Okafor")
    added = (
        "people:\n"
        "  - id: nora            # new\n"
        "    name: Nora Lind\n"
        "    email: nora@acme.example\n"
        "  - {id: sam, name: Sam Okafor}\n"
    )
    people(house, "people:\n", added)
    before = roster(house).read_text("utf-8")

    answer = house("doctor", "--people", "proposed.yaml")
    again = house("doctor", "--people", "proposed.yaml")
    printed = house("doctor", "--people", "-")

    text = (house.folder / "proposed.yaml").read_text("utf-8")
    assert roster(house).read_text("utf-8") == before
    assert [one for one in before.splitlines() if one not in text.splitlines()] == []
    assert parse(text, "").data["people"][0]["ids"] == {"support": "u-77"}
    assert "# sam: ids: {support: " in text
    assert "a weak sign" in text
    assert "OK   people.yaml: a proposal is written to proposed.yaml -> check what is marked" in answer.out
    assert (again.code, again.err.strip().endswith("name a new file")) == (2, True)
    assert printed.out == text
    assert "ready; next: " in printed.err


def test_a_team_without_a_roster_gets_one_to_fill_in(house):
    """Everybody who can be assigned, no role guessed; what loads is what was written."""
    roster(house).write_text("people: []\n", "utf-8")
    house.configure("accounts: accounts.csv", "# accounts: accounts.csv")

    answer = house("doctor", "--people", "people.new.yaml")
    (house.folder / "people.new.yaml").replace(roster(house))
    after = house("doctor")

    assert answer.code == after.code == 0
    assert "person dana: Dana Reyes" in after.out
    assert "nobody in people.yaml may acknowledge" in after.out


def test_a_proposal_is_no_json(house):
    """One of the two can go to stdout."""
    answer = house("doctor", "--people", "-", "--format", "json")

    assert answer.code == 2
    assert "the proposal is YAML" in answer.err
    assert house("doctor", "--people", "p.yaml", "--format", "json").json["ready"]


def test_every_line_is_explained():
    """Whatever doctor looks at stands on its page, as every kind of drift stands on the other."""
    root = Path(__file__).parents[2]
    pages = {name: (root / "docs" / f"{name}.md").read_text("utf-8") for name in ("doctor", "drift")}
    sources = [*(root / "escsync" / "cli").rglob("*.py"), *(root / "escsync" / "setup").rglob("*.py")]
    told = {
        name
        for path in sources
        for name in re.findall(r'Problem\(\s*Level\.\w+,\s*"([^"]+)"', path.read_text("utf-8"))
    }

    assert {"clock", "schema", "limits", "ledger", "people"} <= told
    assert [
        name for name in sorted(told - {"people.yaml", "write test"}) if f"`{name}`" not in pages["doctor"]
    ] == []
    assert [kind.value for kind in Kind if f"| `{kind.value}` |" not in pages["drift"]] == []

"""The first minutes: doctor, adapters, policy, schema, rule."""

import json

import pytest
from e2e.house import House
from escsync_local.tracker import LocalTracker
from fakes.jira.rig import rig

from escsync.adapter import PersonKind
from escsync.domain.catalogue import CATALOGUE


@pytest.fixture
def house(tmp_path):
    """The demo's project."""
    return House(tmp_path).build()


def test_doctor_proposes_ids_and_never_guesses(house):
    """By e-mail or username, as the line to paste; several matches are all named."""
    tracker = house.tracker()
    tracker.add_user("u-77", "Nora Lind", email="Nora@acme.example")
    tracker.add_user("u-78", "Sam Okafor", username="sam")
    tracker.add_user("u-79", "Other Sam", username="SAM")
    tracker.add_user("q-1", "Nobody", email="nobody@acme.example", kind=PersonKind.QUEUE)
    people = house.folder / "people.yaml"
    people.write_text(
        people.read_text("utf-8").replace(
            "people:\n",
            "people:\n"
            "  - {id: nora, name: Nora Lind, email: nora@acme.example, roles: [csm]}\n"
            "  - {id: sam, name: Sam Okafor, email: s@acme.example, roles: [csm]}\n"
            "  - {id: none, name: No Body, email: nobody@acme.example, roles: [csm]}\n",
            1,
        ),
        "utf-8",
    )

    answer = house("doctor")

    assert answer.code == 0
    assert 'if that is Nora Lind, add under nora in people.yaml: ids: {support: "u-77"}' in answer.out
    assert "several accounts match: Sam Okafor (u-78), Other Sam (u-79)" in answer.out
    assert "WARN support: person none: no id, and no account has this e-mail or username" in answer.out
    assert people.read_text("utf-8").count("u-77") == 0


def test_doctor_says_what_fails_and_what_to_do(house):
    """A status that does not exist: FAIL, the fix, exit 2, not ready."""
    house.configure("intake: Intake", "intake: Inbox")

    answer = house("doctor")

    assert answer.code == 2
    assert "FAIL support: stages.intake: the tracker has no status 'Inbox' -> name one of:" in answer.out
    assert answer.out.splitlines()[-1].startswith("not ready; next: ")


def test_doctor_of_a_tracker_that_is_not_there_is_exit_6(house):
    """Access fails whole; the others would still be looked at."""
    house.configure("path: tracker.db", "path: nowhere/tracker.db")

    answer = house("doctor", "--format", "json")

    assert answer.code == 6
    assert not answer.json["ready"]
    assert any(
        problem["subject"] == "access" and problem["level"] == "fail" for problem in answer.json["problems"]
    )


def test_doctor_of_a_damaged_ledger_says_so_in_its_line(house):
    """The remedy is not to run the check that has just failed."""
    (house.folder / "escsync.db").write_text("this is no database, whatever its name says" * 9, "utf-8")

    answer = house("doctor")

    assert answer.code == 2
    assert "FAIL ledger: the ledger sqlite:///" in answer.out
    assert answer.out.splitlines()[-1].startswith("not ready; next: run `escsync ledger rebuild`")


def test_doctor_reports_configuration_errors_too(house):
    """One command to run after every change."""
    house.configure("company: ", "compny: ")

    answer = house("doctor")

    assert answer.code == 2
    assert "FAIL configuration: escsync.yaml:" in answer.out or "compny" in answer.out


def test_a_deactivated_person_is_pointed_out(house):
    """Before tickets land there."""
    LocalTracker(house.folder / "tracker.db", lambda: house.now).deactivate("dana")

    assert "person dana: Dana Reyes is deactivated -> name a fallback" in house("doctor").out


def test_adapters_are_listed(house):
    """Each with its title."""
    rows = house("adapters", "--format", "json").json["adapters"]

    assert [row["name"] for row in rows if row["ok"]] == ["jira", "local", "notion", "salesforce"]
    assert "Jira (Cloud and Data Center)" in house("adapters").out


def test_the_policy_shown_loads_back(house):
    """`policy show > policy.yaml` is a complete policy of the same version."""
    version = house("policy", "show", "--format", "json").json["version"]
    (house.folder / "policy.yaml").write_text(house("policy", "show").out, "utf-8")
    text = (house.folder / "escsync.yaml").read_text("utf-8")
    head, _, rest = text.partition("policy:\n")
    (house.folder / "escsync.yaml").write_text(
        head + "policy: policy.yaml\n" + rest[rest.index("\ntrackers:") :], "utf-8"
    )

    assert house("policy", "show", "--format", "json").json["version"] == version


def test_the_schema_is_a_json_schema(tmp_path):
    """It needs no configuration."""
    assert "$schema" in json.loads(House(tmp_path)("schema").out)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_explains_itself(tmp_path, code):
    """What it means, where it comes from, how to mend it."""
    answer = House(tmp_path)("rule", code.lower() + ":subject")

    assert answer.code == 0
    assert CATALOGUE[code].sentence in answer.out
    assert CATALOGUE[code].remedy in answer.out
    assert CATALOGUE[code].rule in answer.out


def test_doctor_says_once_that_a_tracker_does_not_let_it_in(tmp_path):
    """One line, one next step, exit 6."""
    with rig("cloud") as jira:
        house = House(tmp_path)
        house("init", "--tracker", "jira")
        text = (tmp_path / "escsync.yaml").read_text("utf-8")
        text = text.replace("https://acme.atlassian.net ", f"{jira.server.url} ")
        text = text.replace(
            "email: escsync@acme.example", "email: nobody@acme.example\n      deployment: cloud"
        )
        (tmp_path / "escsync.yaml").write_text(text, "utf-8")
        house.environ = {"JIRA_TOKEN": "wrong"}

        answer = house("doctor")

    assert answer.code == 6
    assert sum("access" in line for line in answer.out.splitlines()) == 1, answer.out


def test_the_beginning_of_a_code_names_all_that_begin_so(tmp_path):
    """Nearer than anything that is merely spelt alike."""
    answer = House(tmp_path)("rule", "ACK")

    assert answer.code == 2
    assert "these begin so: ACK_" in answer.err
    assert "BACKDATED" not in answer.err

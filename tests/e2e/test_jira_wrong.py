"""Jira from the command line when things go wrong: one clear line, the right exit code, nothing lost."""

import json

import pytest
from e2e.house import House
from fakes.http import Reply
from fakes.jira.rig import DIALECTS, SCOPE, rig
from fakes.jira.site import FIELDS, STAGES

PEOPLE = (
    ("dana", "Dana Reyes", "Support Manager", "support_manager"),
    ("idris", "Idris Cole", "Support Director", "support_director"),
    ("ana", "Ana Lima", "Senior Agent", "tier2_agent"),
)
LOGIN = b"<!DOCTYPE html><html><body>Log in</body></html>"
HOSTILE = "\x1b[2J\u202e[bold red]x[/] %s {} ${env:HOME} '; DROP TABLE tickets; --"


@pytest.fixture(params=DIALECTS)
def jira(request):
    """A site in both dialects."""
    with rig(request.param) as made:
        yield made


@pytest.fixture
def house(tmp_path, jira):
    """A project that watches the site in mode annotate."""
    house = House(tmp_path)
    house.now = jira.world.clock.now()
    house.environ = {"JIRA_TOKEN": jira.credentials()["token"]}
    connection = {**jira.credentials(), "token": "${env:JIRA_TOKEN}", "url": jira.server.url}
    people = [
        {"id": id, "name": name, "title": title, "roles": [role], "ids": {"support": jira.who(id)}}
        for id, name, title, role in PEOPLE
    ]
    tracker = {
        "adapter": "jira",
        "mode": "annotate",
        "connection": connection,
        "scope": SCOPE,
        "stages": {stage: list(names) for stage, names in STAGES.items()},
        "fields": {name: list(ids) for name, ids in FIELDS.items()},
    }
    config = {
        "version": 1,
        "timezone": "UTC",
        "company": "Acme",
        "people": "people.yaml",
        "trackers": {"support": tracker},
    }
    (tmp_path / "people.yaml").write_text(json.dumps({"people": people}), "utf-8")
    (tmp_path / "escsync.yaml").write_text(json.dumps(config, indent=1), "utf-8")
    return house


def listed(house):
    """The keys in the list."""
    return {one["key"] for one in house("list", "--format", "json").json["escalations"]}


def wrong(answer, code):
    """It ended with *code*, in words, and without a trace or a secret."""
    assert answer.code == code, answer.out + answer.err
    said = answer.out + answer.err
    assert "Traceback" not in said
    assert "should not have happened" not in said
    assert "Globex" not in answer.err
    return said


def test_a_pass_over_jira_writes_once_and_is_silent_then(house, jira):
    """The second pass is one call and no write."""
    jira.world.create(summary="Globex threatens to leave", by="ana").assign("dana")

    first = house("sync", "--format", "json").json["trackers"]["support"]
    second = house("sync", "--format", "json").json["trackers"]["support"]

    assert first["applied"] == first["planned"] > 0
    assert (second["planned"], second["api_calls"]) == (0, 1)
    assert house("doctor").code == 0


def test_a_bad_token_is_exit_6_and_never_shown(house, jira):
    """401: say so, and what to do."""
    house.environ = {"JIRA_TOKEN": "expired-token-123"}

    for command in (["sync"], ["plan"], ["doctor"]):
        said = wrong(house(*command), 6)
        assert "401" in said
        assert "expired-token" not in said
    (error,) = house("sync", "--format", "json").json["trackers"]["support"]["errors"]
    assert error["code"] == "PERMISSION_LOST"
    assert error["remedy"]


def test_lost_permission_is_not_closure(house, jira):
    """404 on everything, then: exit 6, PERMISSION_LOST, the list as it was."""
    jira.world.create(summary="Globex threatens to leave")
    house("sync")
    before = listed(house)
    jira.world.blind = True

    answer = house("sync", "--full", "--format", "json")

    wrong(answer, 6)
    assert {error["code"] for error in answer.json["trackers"]["support"]["errors"]} == {"PERMISSION_LOST"}
    assert listed(house) == before


def test_html_instead_of_json_is_a_clear_line(house, jira):
    """A login page or a proxy: exit 6, nothing lost."""
    jira.world.create(summary="Globex threatens to leave")
    house("sync")
    before = listed(house)
    jira.server.fail("", "", Reply(raw=LOGIN, content="text/html"), times=99).match = lambda request: True

    said = wrong(house("sync"), 6)

    assert "<html" not in said
    assert listed(house) == before


def test_a_server_that_is_down_is_waited_for_and_then_said(house, jira):
    """503 again and again: exit 6; the waits are the retry's, never real."""
    jira.server.fail("", "", Reply(503), times=999).match = lambda request: True

    wrong(house("sync"), 6)

    assert house.waits


def test_nobody_listens(house, jira):
    """A wrong port: exit 6, and the address in words."""
    house.configure(jira.server.url, "http://127.0.0.1:9")

    wrong(house("doctor"), 6)
    wrong(house("sync"), 6)


def test_absurd_tickets_stop_nothing(house, jira):
    """Every field empty, hostile text, five megabytes, an unmapped status: all are listed, none crashes a view."""
    jira.world.create(summary="")
    jira.world.create(summary=HOSTILE)
    big = jira.world.create(summary="Globex threatens to leave")
    big.assign("dana")
    big.comment("dana", "#ack " + "word " * 1_000_000)
    legal = jira.world.create(summary="At the lawyers'")
    legal.move("Waiting for legal")

    answer = house("sync")

    assert answer.code == 0, answer.err
    found = house("list", "--format", "json").json["escalations"]
    assert len(found) == 4
    codes = {f["code"] for one in found if one["key"] == legal.key for f in one["findings"]}
    assert "STATUS_UNMAPPED:Waiting for legal" in codes
    for command in (["status"], ["list"], *(["show", one["key"]] for one in found)):
        text = house(*command)
        assert text.code == 0, text.err
        assert "\x1b" not in text.out
        assert "\u202e" not in text.out
        assert len(text.out) < 100_000


def test_a_plan_saved_on_jira_is_applied_exactly(house, jira):
    """plan --out, a human edit, apply: the human wins, the rest is done."""
    house.configure('"mode": "annotate"', '"mode": "enforce"')
    people = house.folder / "people.yaml"
    people.write_text(people.read_text("utf-8")[:-1] + ', "fallback_owner": "idris"}', "utf-8")
    one = jira.world.create(summary="Globex threatens to leave")
    two = jira.world.create(summary="Initech threatens to leave")
    house("plan", "--out", house.folder / "p.json")
    jira.world.clock.advance(minutes=1)
    one.assign("dana", by="dana")
    jira.world.clock.advance(minutes=1)
    house.now = jira.world.clock.now()

    answer = house("apply", "p.json", "--format", "json")

    assert answer.code == 0, answer.err
    counts = answer.json["trackers"]["support"]
    assert counts["stale"] == 1
    assert counts["planned"] == counts["applied"] + counts["stale"]
    owners = {e["key"]: e["owner"]["id"] for e in house("list", "--format", "json").json["escalations"]}
    assert owners == {one.key: "dana", two.key: "idris"}

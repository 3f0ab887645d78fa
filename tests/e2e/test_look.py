"""Looking: status, list, show, explain, draft. No tracker is asked."""

import pytest
from e2e.house import House

from escsync.domain.assessment import CLOCK_NAMES


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The demo's project, synced once, its tracker then taken away."""
    house = House(tmp_path_factory.mktemp("house")).build()
    answer = house("sync")
    assert answer.code == 0, answer.err
    (house.folder / "tracker.db").unlink()
    return house


@pytest.fixture(scope="module")
def found(house):
    """E of every escalation."""
    return house("list", "--format", "json").json["escalations"]


def test_the_board_says_in_ten_seconds_how_things_stand(house, found):
    """The headline, then the table by next deadline, then how old the picture is."""
    answer = house.later(minutes=12)("status")
    house.later(minutes=-12)

    head, *rest = answer.out.splitlines()
    assert answer.code == 0
    assert head.startswith("Open ")
    assert " | breached " in head
    assert " | ARR at risk USD " in head
    assert "overdue" in answer.out
    assert "of 5" in answer.out
    assert sum(one["key"] in answer.out for one in found) >= 12
    assert "support: last pass 12 min ago" in answer.err
    assert rest


def test_the_board_as_json_counts_what_it_shows(house):
    """The same numbers as the headline, and E of each open escalation."""
    told = house("status", "--format", "json").json

    assert told["open"] == len(told["escalations"])
    assert {"amount", "currency", "accounts", "missing"} == set(told["arr_at_risk"])
    assert told["last_pass"] == {"support": "2026-03-03T12:00:00Z"}


def test_a_list_is_one_line_each(house, found):
    """As many lines as escalations."""
    assert len(house("list").out.splitlines()) == len(found) >= 12


def test_a_list_is_filtered(house, found):
    """By stage, by what is open, by CSM; me is who the environment says."""
    stages = {one["stage"] for one in found}
    priya = house("list", "--csm", "Priya Nair", "--format", "json").json["escalations"]
    house.environ = {"ESCSYNC_ME": "priya@acme.example"}

    assert {"complete", "candidate", "investigation"} <= stages
    for stage in stages:
        some = house("list", "--stage", stage, "--format", "json").json["escalations"]
        assert {one["stage"] for one in some} == {stage}
    opened = house("list", "--open", "--format", "json").json["escalations"]
    assert {one["stage"] for one in opened} == stages - {"complete", "rejected", "duplicate", "withdrawn"}
    assert 0 < len(priya) < len(found)
    assert house("list", "--csm", "me", "--format", "json").json["escalations"] == priya
    house.environ = {}


def test_one_escalation_is_found_by_id_key_and_native_id(house, found):
    """All three name it, whatever the case of the key."""
    one = found[0]

    told = [
        house("show", name, "--format", "json").json
        for name in (one["id"], one["key"], one["key"].lower(), one["id"].partition(":")[2])
    ]

    assert all(each["id"] == one["id"] for each in told)
    assert {**told[0], **one} == told[0]
    assert told[0]["timeline"]


def test_a_mistyped_key_is_answered_with_the_likely_one(house, found):
    """Did you mean."""
    answer = house("show", found[0]["key"] + "x")

    assert answer.code == 2
    assert "did you mean" in answer.err


def test_every_escalation_can_be_shown_explained_and_drafted(house, found):
    """No stage, no odd ticket breaks a view."""
    for one in found:
        for command in (["show"], ["explain"], ["draft", "update"]):
            answer = house(*command, one["id"])
            assert answer.code == 0, (command, one["id"], answer.err)
            assert "\x1b" not in answer.out


@pytest.mark.parametrize("command", [["draft", "ack"], ["draft", "closure"], ["explain"]])
def test_every_view_has_its_json(house, found, command):
    """The same as a document."""
    assert house(*command, found[0]["key"], "--format", "json").json["id"] == found[0]["id"]


def test_a_story_has_facts_deadlines_findings_and_timeline(house, found):
    """Everything in one place."""
    late = next(one for one in found if any(f["code"] == "ACK_BREACHED" for f in one["findings"]))

    text = house("show", late["key"]).out

    for word in ("Deadlines", "Findings", "Timeline", "owner", "ACK_BREACHED", "->"):
        assert word in text


def test_a_deadline_is_explained_with_its_arithmetic(house, found):
    """Anchor, what was counted, due, verdict, policy version."""
    late = next(one for one in found if any(c["name"] == "ack" for c in one["clocks"]))

    text = house("explain", late["key"], "ack").out
    told = house("explain", late["key"], "ack", "--format", "json").json

    for word in ("started", "counted", "due", "verdict", "policy"):
        assert word in text
    assert {clock["name"] for clock in told["clocks"]} == {"ack"}
    assert told["clocks"][0]["segments"]
    assert told["policy_version"] in text


def test_a_clock_that_has_not_started_is_said_so(house, found):
    """Not an error."""
    one, name = next(
        (one, name) for one in found for name in CLOCK_NAMES if name not in {c["name"] for c in one["clocks"]}
    )

    answer = house("explain", one["key"], name)

    assert answer.code == 0
    assert "has not started" in answer.out


def test_a_draft_is_personal_and_says_that_slots_are_refused(house, found):
    """The marker first, the owner's name, title and company filled in."""
    one = next(one for one in found if one["owner"] and one["owner"]["id"] == "dana")

    answer = house("draft", "ack", one["key"])

    assert answer.out.startswith("#ack\n")
    assert "Dana Reyes, Support Manager at Acme" in answer.out
    assert "TEMPLATE_PLACEHOLDER" in answer.err
    assert (
        house("draft", "ack", one["key"], "--by", "idris")
        .out.rstrip()
        .endswith("Idris Cole\nSupport Director\nAcme")
    )


def test_nothing_here_asked_a_tracker(house):
    """The tracker is gone; looking still works, syncing does not."""
    assert house("status").code == 0
    assert house("ledger", "check").code == 0
    assert not (house.folder / "tracker.db").exists()

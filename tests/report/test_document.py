"""The JSON documents keep the published shape."""

import json
from dataclasses import replace

from domain.story import Story, at

from escsync.domain.effect import Effect, EffectState, Purpose
from escsync.report import document


def story():
    """Acknowledged late, investigated."""
    return Story().own("09:10", "dana").ack("12:15").investigated("12:30").judge("13:00")


def test_an_escalation_has_exactly_the_published_keys():
    """E of the interface, key by key."""
    told = document.escalation(story())

    assert list(told) == [
        "id", "key", "url", "tracker", "account", "summary", "entry_point", "stage", "tracker_status", "cycle",
        "priority", "priority_reasons", "churn_signal", "owner", "ownership_gap_minutes", "policy_version",
        "identified_at", "received_at", "linked", "clocks", "findings",
    ]  # fmt: skip
    assert set(told["account"]) == {"id", "name", "tier"}
    assert told["owner"] == {"id": "dana", "name": "Dana Reyes"}
    assert set(told["clocks"][0]) == {
        "name", "cycle", "anchor_at", "due_at", "met_at", "verdict", "grade", "source",
    }  # fmt: skip
    assert set(told["findings"][0]) == {"code", "severity", "cycle", "since", "detail", "remedy"}


def test_instants_are_utc_with_seconds_and_a_z():
    """`2026-03-03T11:00:00Z`, and null where there is none."""
    told = document.escalation(story())
    ack = next(clock for clock in told["clocks"] if clock["name"] == "ack")

    assert told["identified_at"] == "2026-03-03T09:00:00Z"
    assert told["received_at"] is None
    assert (ack["due_at"], ack["met_at"], ack["verdict"]) == (
        "2026-03-03T11:00:00Z",
        "2026-03-03T12:15:00Z",
        "breached",
    )


def test_nobody_is_null():
    """No owner, or several, is null and never an empty object."""
    assert document.escalation(Story().judge("09:30"))["owner"] is None


def test_a_list_says_its_version_and_its_instant():
    """`schema` 1, `at`, `escalations`."""
    told = document.listing([story()], at("13:00"))

    assert (told["schema"], told["at"], len(told["escalations"])) == (1, "2026-03-03T13:00:00Z", 1)


def test_show_is_the_escalation_with_its_timeline():
    """The same keys as in the list, and what happened when."""
    one = story()
    told = document.whole(one)

    assert {**told, **document.escalation(one)} == told
    assert set(told["timeline"][0]) == {"at", "until", "kind", "detail", "grade", "actor", "source", "cycle"}


def test_show_tells_each_write_without_any_value():
    """Its reason, its pass, its policy and its result; what was there before and after only as hashes."""
    purpose = Purpose("support", "1", 2, "annotate", "set:owner")
    effect = Effect("k", purpose, 1, EffectState.DONE, "a", "b", ("OWNER_MISSING",), "p1", pass_id="pass-7")

    (told,) = document.whole(story(), [effect])["writes"]

    assert told == {
        "at": None, "step": "set:owner", "cycle": 2, "because": ["OWNER_MISSING"], "result": "done", "error": "",
        "pass": "pass-7", "policy_version": "p1", "attempt": 1, "old": "a", "new": "b", "created": "",
    }  # fmt: skip
    assert document.whole(story())["writes"] == []


def test_explain_shows_the_arithmetic():
    """Anchor, segments, due, met and verdict of each clock, with the policy's version."""
    one = story()
    told = document.arithmetic(one, [clock for clock in one.clocks if clock.name == "ack"])

    (ack,) = told["clocks"]
    assert ack["policy_version"] == one.policy_version
    assert ack["segments"]
    assert ack["anchor"]


def test_hostile_text_is_plain_json():
    """Whatever a tracker holds, the document is one that any reader reads."""
    one = replace(story(), summary='"\x1b[2J\u202e\ud800 東京')

    assert json.loads(json.dumps(document.escalation(one)))["summary"] == one.summary

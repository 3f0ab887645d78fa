"""The rules one by one: a short story, the codes that must be there and those that must not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from domain.rules_steps import finished, owned
from domain.story import (
    PEOPLE,
    WORLD,
    Story,
    ack_text,
    at,
    clock,
    codes,
    since,
)

from escsync.domain.assess import assess
from escsync.domain.escalation import escalations
from escsync.domain.evidence import Evidence
from escsync.domain.fields import Stage
from escsync.domain.people import Directory, PersonKind, PersonRef
from escsync.domain.policy import Policy

INTAKE = [
    ("summary", "TBD", "FIELD_MISSING:summary"),
    ("account.name", " n/a ", "FIELD_MISSING:account.name"),
    ("account.customer_since", None, "FIELD_MISSING:account.customer_since"),
    ("received_at", None, "FIELD_MISSING:received_at"),
    ("entry_point", None, "ENTRY_POINT_MISSING"),
    ("source_url", "", "ENTRY_EVIDENCE_MISSING"),
    ("account.tier", "unknown", "TIER_UNKNOWN"),
    ("severity", "unknown", "SEVERITY_UNKNOWN"),
    ("account.csm", (), "NO_CSM"),
    ("account.csm", (PersonRef(name="TBD"),), "NO_CSM"),
    ("account.arr", None, "ARR_MISSING"),
    ("account.tier", "Gold", "OPTION_UNMAPPED:account.tier"),
    ("committed_at", "next week", "VALUE_UNREADABLE:committed_at"),
    ("identified_at", at("0001-01-01T00:00"), "VALUE_UNREADABLE:identified_at"),
    ("root_cause", "gremlins", "ROOT_CAUSE_INVALID"),
    ("priority", "P2", "PRIORITY_DRIFT"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "code"), INTAKE, ids=[f"{n}={v!r:.20}" for n, v, _ in INTAKE])
def test_what_intake_owes_is_a_finding_since_it_was_identified(name, value, code):
    """INT-2..INT-5, ENT-7, PRI-1..PRI-5, decisions 28 and 79."""
    judged = Story(**{name.replace(".", "__"): value}).judge("09:10")

    assert code in codes(judged)
    assert since(judged, code) == at("09:00")


def test_an_arr_counts_only_with_its_currency():
    """Decision 98; and a rating of none is a rating."""
    rich = Story(account__arr=Decimal(180_000), account__currency="EUR", tone="public", brand_exposure="none")
    poor = Story(account__arr=Decimal(180_000), tone="public")

    assert not {"ARR_MISSING", "EXPOSURE_UNRATED"} & codes(rich.judge("09:10"))
    assert {"ARR_MISSING", "EXPOSURE_UNRATED"} <= codes(poor.judge("09:10"))


def test_a_field_that_cannot_be_read_is_unknown_and_not_missing():
    """Decision 78: no finding, and no clock is late for want of it."""
    story = finished()
    record = story.record()
    gone = {"implemented_at": "gone", "received_at": "gone", "follow_up.held_at": "gone"}
    history = {n: facts for n, facts in record.ticket.history.items() if n not in gone}
    values = {n: v for n, v in record.ticket.values.items() if n not in gone}
    ticket = replace(record.ticket, history=history, values=values, unreadable=gone)
    now = at("2026-04-20T00:00")
    (found,) = escalations(replace(record, ticket=ticket), WORLD, Policy(), now)
    judged = assess(found, Policy(), now)

    assert clock(judged, "follow_up").verdict.value == "indeterminate"
    assert not {"FIELD_MISSING:received_at", "CLOSED_NOT_IMPLEMENTED", "FOLLOW_UP_MISSED"} & codes(judged)


@pytest.mark.parametrize(
    ("owner", "code"),
    [
        ((), "OWNER_MISSING"),
        ((PersonRef(name="TBD"),), "OWNER_MISSING"),
        ((PersonRef("queue"),), "OWNER_IS_QUEUE"),
        ((PersonRef("robot"),), "OWNER_IS_QUEUE"),
        ((PersonRef("00G1", "Team", kind=PersonKind.GROUP),), "OWNER_IS_QUEUE"),
        ((PersonRef("dana"), PersonRef("ana")), "OWNER_AMBIGUOUS"),
        ((PersonRef("dana"), PersonRef(name="Dana Reyes")), None),
        ((PersonRef("dana", active=False),), "OWNER_INACTIVE"),
        ((PersonRef("x", "Xaver"),), "PERSON_UNKNOWN"),
    ],
)
def test_exactly_one_human_owns_it(owner, code):
    """INT-6, INT-7, INT-9, decisions 13, 14 and 38."""
    judged = Story().set("09:05", "owner", owner).judge("09:10")

    assert {c for c in codes(judged) if c.startswith(("OWNER", "PERSON"))} == ({code} if code else set())


def test_somebody_who_left_since_then_takes_back_nothing():
    """A people.yaml that says inactive without a date leaves the past owned."""
    story = Story().own("09:05", "lena").own("10:00", "dana").own("15:00", "idris")
    people = (replace(p, active=p.id != "lena") for p in PEOPLE)
    world = replace(WORLD, directory=Directory(people, "idris"))
    (found,) = escalations(story.record(), world, Policy(), at("16:00"))

    judged = assess(found, Policy(), at("16:00"))
    assert (judged.ownership_gap_minutes, clock(judged, "investigation").anchor_at) == (5, at("09:05"))


def test_an_owner_who_leaves_after_closure_reopens_no_step():
    """The stage of a closed escalation does not fall back when people leave."""
    story = finished().set("2026-03-11T10:00", "follow_up.held_at", at("2026-03-11T09:00"), "priya")
    story.set("2026-03-11T10:00", "follow_up.outcome", "improved", "priya")
    story.inactive = {"dana": Evidence(at("2026-06-01T00:00"))}

    judged = story.judge("2026-06-02T00:00")
    assert judged.stage is Stage.COMPLETE
    assert not {c for c in codes(judged) if c.startswith(("STEP", "OWNER"))}


def test_the_fourth_owner_is_one_too_many():
    """INT-8: more than two changes."""
    story = Story().own("09:05", "dana").own("09:10", "ana").own("09:15", "dana")
    assert "OWNER_CHURN" not in codes(story.judge("09:20"))

    assert "OWNER_CHURN" in codes(story.own("09:16", "idris").judge("09:20"))


@pytest.mark.parametrize(
    ("by", "text", "code"),
    [
        ("tom", "We are looking into it.", "ACK_BY_TIER1"),
        ("ana", ack_text("Ana Silva", "Senior Agent"), "ACK_WRONG_ROLE"),
        ("priya", ack_text("Priya Nair", "Customer Success Manager"), "ACK_WRONG_ROLE"),
        ("stranger", ack_text("X", "Support Manager"), "ACK_WRONG_ROLE"),
        ("dana", ack_text().replace("Support Manager", "boss"), "FIRST_RESPONSE_IMPERSONAL"),
        ("dana", ack_text().replace("doubled invoices", "matter"), "FIRST_RESPONSE_NO_ISSUE"),
        ("dana", ack_text().replace("personally ensure", "see that"), "FIRST_RESPONSE_NO_COMMITMENT"),
        ("dana", ack_text() + " {{signature}}", "TEMPLATE_PLACEHOLDER"),
    ],
)
def test_a_reply_that_lacks_something_stops_no_clock(by, text, code):
    """ACK-2..ACK-6, decisions 4 and 81."""
    judged = Story().own("09:05", "dana").say("09:30", by, text).judge("09:40")

    assert code in codes(judged)
    assert not (codes(judged) & {"ACK_WRONG_ROLE", "ACK_BY_TIER1"}) - {code}
    assert clock(judged, "ack").verdict.value == "running"


def test_any_marker_may_carry_the_acknowledgement():
    """Decision 83; the limit itself is in time (D22); our own account proves nothing (decision 51)."""
    told = Story().own("09:05", "dana").say("11:00", "dana", ack_text(), "holding")
    ours = Story().own("09:05", "dana").say("10:00", "escsync", ack_text())

    assert clock(told.judge("12:00"), "ack").verdict.value == "met"
    assert clock(ours.judge("12:00"), "ack").verdict.value == "breached"


def test_what_was_said_before_it_was_identified_owes_nothing():
    """The duties begin with the identification; an early personal acknowledgement still counts."""
    story = Story("08:00").own("08:00", "dana").say("08:10", "tom", "We will credit you", "customer_update")
    early = replace(story.ack("08:50").record().ticket, entered_at=Evidence(at("09:00"), source="label"))
    (found,) = escalations(replace(story.record(), ticket=early), WORLD, Policy(), at("09:10"))
    judged = assess(found, Policy(), at("09:10"))

    assert (judged.identified_at, clock(judged, "ack").met_at) == (at("09:00"), at("08:50"))
    assert not {"UPDATE_NOT_BY_OWNER", "UPDATE_BEFORE_INVESTIGATION"} & codes(judged)
    assert escalations(replace(story.record(), ticket=early), WORLD, Policy(), at("08:59")) == ()


def test_a_handover_may_be_written_in_plain_sight():
    """D6: where messages are natively visible no marker is needed, none is shown to the customer."""
    story = Story().own("09:05", "dana").ack("09:30", "idris")
    assert "ACK_OWNER_MISMATCH" in codes(story.judge("09:40"))

    story.say("09:45", "idris", "Dana Reyes takes it from here.", None, native=True)
    assert "ACK_OWNER_MISMATCH" not in codes(story.judge("09:50"))


def test_a_threat_shortens_the_clock_and_leaves_the_other_alone():
    """PRI-8, decision 24: two verdicts."""
    story = Story().own("09:05", "dana").set("10:10", "tone", "threat_public", "tom").ack("10:50")
    judged = story.judge("11:00")

    assert (clock(judged, "ack").due_at, clock(judged, "ack").verdict.value) == (at("11:00"), "met")
    assert (clock(judged, "immediate").due_at, clock(judged, "immediate").verdict.value) == (
        at("10:40"),
        "breached",
    )
    assert judged.priority == "P0"
    late = Story().own("09:05", "dana").set("10:50", "tone", "public", "tom").judge("10:55")
    assert clock(late, "immediate").due_at == at("11:00")


def test_after_the_acknowledgement_a_threat_gets_an_answer_of_its_own():
    """Decision 24: threat plus thirty minutes, met by the next qualifying human response."""
    story = owned().set("14:00", "tone", "public", "tom")
    assert "IMMEDIATE_RESPONSE_DUE" in codes(story.judge("14:05"))

    story.say("14:10", "tom", "We saw it.", "holding").say("14:20", "dana", "I have seen it.", "holding")
    assert clock(story.judge("15:00"), "immediate").met_at == at("14:20")

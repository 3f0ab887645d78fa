"""The worked examples of the process, to the minute, on the domain alone."""

from dataclasses import replace
from datetime import date

import pytest
from domain.story import CLOSURE_TEXT, UPDATE_TEXT, Story, at, clock, codes, since, with_policy

from escsync.domain.evidence import Evidence, Grade
from escsync.domain.policy import BusinessHours, Clocks, InvestigationRule, Policy, UpdateRule


def happy():
    """G-1."""
    story = Story().say("09:20", "tom", "We are looking into it, Tom Beck").own("09:30", "dana").ack("10:45")
    story.investigated("13:10").solved("14:00").set("17:00", "committed_at", at("2026-03-05T17:00"))
    story.say("17:30", "dana", UPDATE_TEXT, "customer_update")
    story.set("2026-03-05T15:00", "implemented_at", at("2026-03-05T15:00"))
    story.say("2026-03-05T15:40", "dana", CLOSURE_TEXT, "closure")
    story.set("2026-03-05T15:45", "root_cause", "product_bug").set(
        "2026-03-05T15:45", "breakdown_point", "product"
    )
    story.move("2026-03-05T15:50", "closed")
    story.set("2026-03-05T16:00", "follow_up.scheduled_for", at("2026-03-11T09:00"), "priya")
    story.set("2026-03-11T10:00", "follow_up.held_at", at("2026-03-11T09:00"), "priya")
    return story.set("2026-03-11T10:00", "follow_up.outcome", "improved", "priya")


def test_the_happy_path_meets_every_clock_and_a_tier_1_reply_stops_none():
    """G-1: each deadline to the minute, complete at the end."""
    done = happy().judge("2026-03-12T00:00")

    assert clock(done, "ack").due_at == at("11:00")
    assert clock(done, "ack").met_at == at("10:45")
    assert clock(done, "investigation").due_at == at("13:30")
    assert clock(done, "update").due_at == at("18:45")
    assert clock(done, "follow_up").due_at == at("2026-03-12T15:40")
    assert {c.verdict.value for c in done.clocks} == {"met"}
    assert since(done, "ACK_BY_TIER1") == at("09:20")
    assert done.stage.value == "complete"
    assert not [f for f in done.findings if f.severity.value == "error"]


def test_a_queue_and_then_two_people_are_no_owner():
    """G-2: findings by span, 80 minutes of gap, the investigation from the first valid owner."""
    story = Story().own("09:05", "queue").own("09:45", "dana", "ana").own("10:20", "dana")

    assert "OWNER_MISSING" in codes(story.judge("09:03"))
    assert since(story.judge("09:20"), "OWNER_IS_QUEUE") == at("09:05")
    assert since(story.judge("10:00"), "OWNER_AMBIGUOUS") == at("09:45")
    after = story.judge("10:30")
    assert not {c for c in codes(after) if c.startswith("OWNER")}
    assert after.ownership_gap_minutes == 80
    assert clock(after, "investigation").due_at == at("14:20")


def test_without_any_owner_the_backstop_starts_the_investigation():
    """G-2(b)."""
    judged = Story().judge("11:30")

    assert clock(judged, "investigation").due_at == at("15:00")
    assert next(f for f in judged.findings if f.code == "OWNER_MISSING").severity.value == "error"
    assert clock(judged, "owner").verdict.value == "breached"


def test_a_late_acknowledgement_moves_the_update_and_is_said_so():
    """G-3(a) and (c)."""
    story = Story().own("09:10", "idris").ack("12:15", "idris").investigated("12:20", "idris")
    story.say("19:50", "idris", UPDATE_TEXT.replace("Dana Reyes", "Idris Cole"), "customer_update")

    literal = story.judge("20:00")
    assert clock(literal, "ack").detail == "late by 1 h 15 min"
    assert (clock(literal, "update").due_at, clock(literal, "update").verdict.value) == (at("20:15"), "met")
    assert {"ACK_BREACHED", "UPDATE_LATE_VS_PLAN"} <= codes(literal)
    capped = story.judge("20:00", with_policy(clocks=Clocks(update=UpdateRule(late_ack="capped"))))
    assert clock(capped, "update").verdict.value == "breached"
    assert clock(capped, "update").detail == "late by 50 min"


def test_an_auto_reply_acknowledges_nothing():
    """G-3(b)."""
    story = (
        Story()
        .own("09:10", "idris")
        .say("19:30", "robot", "Ticket received", None, native=True, automated=True)
    )
    judged = story.judge("20:00")

    assert since(judged, "ACK_BREACHED") == at("11:00")
    assert {"AUTO_REPLY_ONLY", "UPDATE_BREACHED"} <= codes(judged)
    assert clock(judged, "update").due_at == at("19:00")


def test_an_update_before_the_facts_are_understood():
    """G-4."""
    story = Story().own("09:05", "dana").ack("09:30")
    for item in ("history_reviewed", "eng_product_consulted"):
        story.set("10:00", f"checklist.{item}", "done")
    story.set("10:00", "findings_summary", "Lines were counted twice.")
    story.say("11:00", "omar", "We will credit you", "customer_update")
    soon = "What we understood: doubled lines. What we will do: a fix, soon. Dana Reyes"
    story.say("12:00", "dana", soon, "customer_update").set("12:40", "checklist.csm_spoken", "done")
    story.say("16:00", "dana", UPDATE_TEXT, "customer_update")

    early = story.judge("12:30")
    before = [f for f in early.findings if f.code == "UPDATE_BEFORE_INVESTIGATION"]
    assert [f.since for f in before] == [at("11:00"), at("12:00")]
    assert before[1].detail == "Dana Reyes wrote while open: csm_spoken"
    assert {"UPDATE_NOT_BY_OWNER", "UPDATE_INCOMPLETE:timeline"} <= codes(early)
    assert clock(early, "update").verdict.value == "running"
    late = story.judge("17:00")
    assert (clock(late, "investigation").met_at, clock(late, "update").met_at) == (at("12:40"), at("16:00"))
    assert clock(late, "update").due_at == at("17:30")


def test_a_deactivated_owner_is_no_owner_and_restarts_nothing():
    """G-5."""
    story = Story("2026-06-02T07:00").own("2026-06-02T07:10", "lena").ack("2026-06-02T08:00", "lena")
    story.inactive = {"lena": Evidence(at("2026-06-02T09:05"), at("2026-06-02T08:55"), Grade.B)}
    left = story.judge("2026-06-02T09:10")

    assert since(left, "OWNER_INACTIVE") == at("2026-06-02T09:05")
    story.own("2026-06-02T09:20", "dana")
    after = story.judge("2026-06-02T09:30")
    assert clock(after, "investigation").due_at == at("2026-06-02T11:10")
    assert clock(after, "ack").verdict.value == "met"
    assert "ACK_OWNER_MISMATCH" in codes(after)
    story.say("2026-06-02T09:40", "idris", "Dana Reyes takes over from here.", "handover")
    assert "ACK_OWNER_MISMATCH" not in codes(story.judge("2026-06-02T09:45"))


def test_an_absent_owner_is_said_and_left_alone():
    """G-5(b)."""
    story = Story("2026-06-03T07:00").own("2026-06-03T07:10", "lena")

    assert "OWNER_ABSENT" in codes(story.judge("2026-06-03T08:00"))


def jumped():
    """G-6 until the reopening."""
    story = Story("2026-04-07T08:00").own("2026-04-07T08:05", "dana").ack("2026-04-07T08:40")
    return story.move("2026-04-07T09:00", "closed", "tom")


def test_a_status_jump_leaves_one_finding_per_skipped_duty():
    """G-6: the clocks keep running whatever the label says."""
    judged = jumped().judge("2026-04-08T09:01")

    wanted = {"STEP_SKIPPED:investigation", "STEP_SKIPPED:solution_design", "STEP_SKIPPED:customer_update",
              "CLOSED_NOT_IMPLEMENTED", "CLOSURE_COMM_MISSING", "CLOSED_WITHOUT_ROOT_CAUSE",
              "BREAKDOWN_UNCLASSIFIED", "FOLLOW_UP_NOT_SCHEDULED"}  # fmt: skip
    assert wanted <= codes(judged)
    assert "STEP_SKIPPED:intake" not in codes(judged)
    assert clock(judged, "update").due_at == at("2026-04-07T16:40")
    assert clock(judged, "investigation").due_at == at("2026-04-07T12:05")
    assert judged.stage.value == "investigation"
    assert "FOLLOW_UP_NOT_SCHEDULED" not in codes(jumped().judge("2026-04-08T09:00"))


def test_a_reopened_one_is_the_same_escalation_in_its_second_cycle():
    """G-6, D21: new clocks, the first cycle's findings unchanged."""
    first = codes(jumped().judge("2026-04-10T09:59"), 1)
    story = jumped().move("2026-04-10T10:00", "intake")
    again = story.judge("2026-04-10T10:30")

    assert (again.cycle, again.id) == (2, "t:1")
    assert clock(again, "ack", 2).due_at == at("2026-04-10T12:00")
    judged_by_cycle = {
        c for c in first if c.startswith(("STEP", "CLOS", "FOLLOW", "BREAK", "INVEST", "UPDATE"))
    }
    assert judged_by_cycle <= codes(again, 1)


def test_reopened_after_the_window_it_is_a_new_linked_escalation():
    """G-6, decision 66."""
    story = jumped().move("2026-05-20T10:00", "intake")
    linked = story.judge("2026-05-20T11:00", number=1)

    assert (linked.id, linked.cycle, linked.linked) == ("t:1~2", 1, "t:1")
    assert linked.identified_at == at("2026-05-20T10:00")


@pytest.mark.parametrize(
    ("facts", "present", "absent"),
    [
        ([("2026-10-30T14:35", "follow_up.held_at", at("2026-10-30T14:30"), "priya")], set(), {"FOLLOW_UP_MISSED"}),
        ([("2026-10-24T09:00", "follow_up.scheduled_for", at("2026-10-31T09:00"), "priya")], {"FOLLOW_UP_TOO_LATE"}, set()),
        ([("2026-10-24T09:00", "follow_up.scheduled_for", at("2026-10-29T09:00"), "priya")], {"FOLLOW_UP_MISSED"}, {"FOLLOW_UP_TOO_LATE"}),
        ([("2026-10-24T09:00", "follow_up.scheduled_for", at("2026-10-29T09:00"), "dana")], {"FOLLOW_UP_NOT_BY_CSM"}, set()),
        ([("2026-10-24T09:00", "follow_up.scheduled_for", date(2026, 10, 30), "priya")], set(), {"FOLLOW_UP_TOO_LATE"}),
    ],
)  # fmt: skip
def test_the_check_in_counts_calendar_days_in_the_accounts_zone(facts, present, absent):
    """G-7: 169 elapsed hours across the autumn change."""
    story = Story("2026-10-22T08:00").own("2026-10-22T08:05", "dana")
    story.set("2026-10-23T13:00", "implemented_at", at("2026-10-23T13:00"))
    story.say("2026-10-23T14:00", "dana", CLOSURE_TEXT, "closure").move("2026-10-23T14:05", "closed")
    for when, name, value, by in facts:
        story.set(when, name, value, by)
    judged = story.judge("2026-10-30T15:01")

    assert clock(judged, "follow_up").due_at == at("2026-10-30T15:00")
    assert present <= codes(judged)
    assert not absent & codes(judged)


def test_business_hours_cross_a_weekend_and_a_clock_change():
    """G-7: two hours on Friday in EST, two on Monday in EDT."""
    calendars = {"ny": BusinessHours("America/New_York", {"mon-fri": "09:00-17:00"})}
    rule = Clocks(investigation=InvestigationRule(calendar="ny"))
    story = Story("2026-03-06T19:00").own("2026-03-06T20:00", "dana")

    judged = story.judge("2026-03-06T21:00", with_policy(clocks=rule, calendars=calendars))
    assert clock(judged, "investigation").due_at == at("2026-03-09T15:00")
    plain = story.judge("2026-03-06T21:00")
    assert clock(plain, "investigation").due_at == at("2026-03-07T00:00")


def test_a_role_is_judged_at_the_time_of_sending():
    """G-13."""
    story = Story().own("09:05", "dana").ack("09:30", "ana")

    assert "ACK_WRONG_ROLE" in codes(story.judge("13:00"))
    assert clock(story.judge("13:00"), "ack").met_at is None


def test_a_raw_template_stops_no_clock():
    """G-15."""
    raw = "My name is [Name] and I am the [Title] at Acme. I am personally taking responsibility for [specific issue]"
    judged = Story().own("09:05", "dana").say("09:30", "dana", raw).judge("10:00")

    assert "TEMPLATE_PLACEHOLDER" in codes(judged)
    assert clock(judged, "ack").verdict.value == "running"


def test_a_pinned_policy_judges_its_cycle_whatever_the_new_one_says():
    """D23."""
    story = happy()
    story.pins = {1: Policy()}
    strict = replace(Policy(), clocks=Clocks(update=UpdateRule(late_ack="capped")), timezone="Europe/Berlin")

    assert story.judge("2026-03-12T00:00", strict).clocks == happy().judge("2026-03-12T00:00").clocks

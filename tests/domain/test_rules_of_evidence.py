"""The rules about evidence, deadlines, endings and what a policy changes: a short story each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from domain.rules_steps import finished, owned
from domain.story import (
    PEOPLE,
    UPDATE_TEXT,
    WORLD,
    Story,
    ack_text,
    at,
    clock,
    codes,
    since,
    with_policy,
)

from escsync.domain.account import AccountRow, Accounts
from escsync.domain.assess import assess
from escsync.domain.assessment import Verdict
from escsync.domain.draft import draft
from escsync.domain.duration import Duration
from escsync.domain.escalation import escalations
from escsync.domain.evidence import Evidence, Grade
from escsync.domain.fields import Stage
from escsync.domain.people import PersonRef
from escsync.domain.plan import Mode, SetField
from escsync.domain.policy import AckRule, Clocks, FollowUpRule, InvestigationRule, Policy, Waiver
from escsync.domain.ticket import Fact, Status


def test_an_interval_that_straddles_the_deadline_proves_nothing():
    """Decision 5: only strictly inside; the clock it anchors starts at its upper end, grade B."""
    story = Story().set("11:03", "owner", (PersonRef("dana"),), after="10:58")
    edge = Story().set("11:00", "owner", (PersonRef("dana"),), after="10:55")

    assert clock(story.judge("12:00"), "owner").verdict.value == "indeterminate"
    judged = edge.judge("12:00")
    assert (clock(judged, "owner").verdict.value, clock(judged, "investigation").anchor_at) == (
        "met",
        at("11:00"),
    )
    assert clock(judged, "investigation").grade is Grade.B


def test_the_sender_may_have_owned_it_when_only_a_poll_saw_the_change():
    """A poll every five minutes accuses nobody of writing before he was owner."""
    story = Story().set("09:35", "owner", (PersonRef("dana"),), after="09:30").ack("09:20")
    story.investigated("09:25").say("09:33", "dana", UPDATE_TEXT, "customer_update")

    assert "UPDATE_NOT_BY_OWNER" not in codes(story.judge("10:00"))


def test_an_instant_typed_after_its_deadline_is_unproven():
    """Decision 22: BACKDATED; both on one side of the deadline are believed."""
    base = owned().investigated("10:00").set("11:00", "committed_at", at("14:00"))
    base.say("11:01", "dana", UPDATE_TEXT, "customer_update")
    late = base.set("15:00", "implemented_at", at("13:30")).judge("16:00")

    assert clock(late, "commitment").verdict.value == "unproven"
    assert "BACKDATED" in codes(late)


def test_correcting_an_instant_later_takes_nothing_back():
    """What was on record in time stays on record."""
    story = owned().set("11:00", "committed_at", at("14:00")).set("13:35", "implemented_at", at("13:30"))

    judged = story.set("15:00", "implemented_at", at("13:20")).judge("16:00")
    assert clock(judged, "commitment").verdict.value == "met"
    assert "BACKDATED" not in codes(judged)


def test_a_check_in_that_is_booked_again_was_booked_in_time():
    """Rescheduling after the grace does not make the first booking late."""
    story = finished().set("2026-03-08T09:00", "follow_up.scheduled_for", at("2026-03-12T09:00"), "priya")

    assert clock(story.judge("2026-03-08T10:00"), "follow_up_schedule").verdict.value == "met"


def test_a_bare_day_is_compared_by_day():
    """D2: held on the seventh day, whatever the hour."""
    story = finished().set("2026-03-12T20:00", "follow_up.held_at", date(2026, 3, 12), "priya")

    judged = story.judge("2026-03-12T21:00")
    assert clock(judged, "follow_up").due_at == at("2026-03-12T15:40")
    assert clock(judged, "follow_up").verdict.value == "met"


def test_a_date_moved_silently_does_not_count():
    """UPD-7: the first account of the date is no further message; one with the new day, in time, is."""
    story = owned().investigated("10:00").set("11:00", "committed_at", at("2026-03-05T17:00"))
    story.say("11:30", "dana", UPDATE_TEXT, "customer_update")
    story.set("2026-03-04T10:00", "committed_at", at("2026-03-09T17:00"))
    silent = story.judge("2026-03-04T11:00")
    assert clock(silent, "commitment").due_at == at("2026-03-05T17:00")
    assert "COMMITMENT_MOVED_SILENTLY" in codes(silent)

    story.say("2026-03-04T12:00", "dana", UPDATE_TEXT.replace("2026-03-05", "2026-03-09"), "customer_update")
    told = story.judge("2026-03-04T13:00")
    assert clock(told, "commitment").due_at == at("2026-03-09T17:00")
    assert "COMMITMENT_MOVED_SILENTLY" not in codes(told)


def test_a_holding_message_of_substance_is_none():
    """D8."""
    story = owned().say("09:40", "dana", "Bear with me.", "holding")
    assert "UPDATE_BEFORE_INVESTIGATION" not in codes(story.judge("10:00"))

    story.say("09:50", "dana", "We will credit you in full.", "holding")
    assert "UPDATE_BEFORE_INVESTIGATION" in codes(story.judge("10:00"))


@pytest.mark.parametrize(
    ("technical", "item", "met"),
    [
        (None, "na", False),
        (True, "na", False),
        (False, "na", True),
        (False, None, True),
        (None, "done", True),
    ],
)
def test_engineering_is_needed_until_it_is_known_not_to_be(technical, item, met):
    """INV-4, decision 40."""
    story = (
        owned().set("09:40", "checklist.history_reviewed", "done").set("09:40", "checklist.csm_spoken", "na")
    )
    story.set("09:40", "findings_summary", "Lines were counted twice.").set(
        "09:40", "is_technical", technical
    )
    story.set("09:40", "checklist.eng_product_consulted", item)

    judged = story.judge("10:00")
    assert (clock(judged, "investigation").met_at is not None) is met
    assert ("CHECKLIST_INCOMPLETE:eng_product_consulted" in codes(judged)) is not met


def test_unticking_reopens_the_item_and_not_the_verdict():
    """Decision 42; and a CSM who is named later does not either."""
    story = owned().investigated("10:00").set("12:00", "checklist.history_reviewed", "open")
    judged = story.judge("12:30")
    assert clock(judged, "investigation").verdict.value == "met"
    assert "CHECKLIST_INCOMPLETE:history_reviewed" in codes(judged)

    later = Story(account__csm=()).own("09:05", "dana").ack("09:30").investigated("10:00")
    later.history["checklist.csm_spoken"] = [Fact(Evidence(at("09:00")), None)]
    later.set("12:00", "account.csm", (PersonRef("priya"),))
    assert clock(later.judge("12:30"), "investigation").met_at == at("10:00")


def exception(by="dana", **times):
    """A policy exception decided at 11:00 by Dana, who has no authority."""
    story = (
        owned().investigated("10:00").set("11:00", "resolution_links", "policy_exception: waive EUR 400", by)
    )
    story.set("11:00", "resolution_types", ("policy_exception",), by)
    for name, when in times.items():
        story.set(when, f"exception.{name}", at(when), by)
    return story


def test_authority_is_asked_for_within_fifteen_minutes():
    """SOL-7, SOL-8."""
    assert clock(exception().judge("11:05"), "authorization").due_at == at("11:15")
    assert "AUTHORIZATION_NOT_REQUESTED" in codes(exception().judge("11:20"))
    asked = exception(requested_at="11:10").judge("11:20")
    assert clock(asked, "authorization").verdict.value == "met"
    assert "AUTHORIZATION_PENDING" in codes(asked)

    granted = exception(requested_at="11:10", decided_at="11:30").judge("11:40")
    assert "EXCEPTION_WITHOUT_AUTHORITY" in codes(granted)


def test_closing_without_a_check_in_is_late_after_a_day():
    """CLO-4, decision 62: anchored on the closing, which is our reading."""
    story = owned().move("12:00", "closed")
    judged = story.judge("12:10")

    assert clock(judged, "follow_up").due_at == at("2026-03-10T12:00")
    assert clock(judged, "follow_up").source == "derived"
    assert "FOLLOW_UP_NOT_SCHEDULED" in codes(story.judge("2026-03-04T12:01"))


def test_changing_the_root_cause_after_closing_is_said():
    """LRN-9, decision 95."""
    story = finished().set("2026-03-06T09:00", "root_cause", None)

    assert {"ROOT_CAUSE_CHANGED_AFTER_CLOSE", "CLOSED_WITHOUT_ROOT_CAUSE"} <= codes(
        story.judge("2026-03-06T10:00")
    )


@pytest.mark.parametrize(
    ("back", "by", "cycle"), [("12:04", "dana", 1), ("12:06", "dana", 2), ("12:04", "tom", 2)]
)
def test_a_slip_is_no_reopening(back, by, cycle):
    """Decision 64: the same person, within five minutes."""
    judged = owned().move("12:00", "closed").move(back, "intake", by).judge("13:00")

    assert judged.cycle == cycle
    assert sum("slip" in entry.detail for entry in judged.timeline) == (cycle == 1)


def test_a_closed_one_that_is_found_to_be_a_duplicate_is_not_reopened():
    """Setting aside is no objection of the customer's."""
    judged = finished().move("2026-04-20T00:00", "duplicate").judge("2026-04-21T00:00")

    assert (judged.cycle, judged.id, judged.stage) == (1, "t:1", Stage.DUPLICATE)
    assert not [c for c in judged.clocks if c.verdict.value in {"running", "breached"}]


def test_only_a_closing_that_skips_steps_again_is_a_dispute():
    """X-1: escsync takes a closing back once; closing properly later is no dispute."""
    story = owned().move("12:00", "closed", "tom").move("12:30", "investigation", "escsync")
    again = story.move("12:40", "closed", "tom").judge("12:50")
    assert "ENFORCEMENT_DISPUTED" in codes(again)

    good = finished()
    good.history["stage"][1:1] = [
        Fact(Evidence(at("12:00")), Status("closed", "Closed", Stage.CLOSED), PersonRef("tom")),
        Fact(
            Evidence(at("12:30")),
            Status("investigation", "Investigation", Stage.INVESTIGATION),
            PersonRef("escsync"),
        ),
    ]
    assert "ENFORCEMENT_DISPUTED" not in codes(good.judge("2026-03-06T00:00"))


def test_a_waived_deadline_is_waived_with_its_duty():
    """DEF-2: an explicit waiver, by name and reason, lets the escalation go on."""
    policy = with_policy(waivers=(Waiver("ESC-1", "update", "idris", "told by phone"),))
    story = finished()
    story.messages = [m for m in story.messages if m.marker != "customer_update"]

    judged = story.judge("2026-03-06T00:00", policy)
    assert clock(judged, "update").detail == "waived by idris: told by phone"
    assert judged.stage is Stage.CLOSED_FOLLOW_UP_DUE
    assert not {"UPDATE_BREACHED", "STEP_SKIPPED:customer_update"} & codes(judged)


def test_a_candidate_owes_nothing_until_a_person_confirms_it():
    """ENT-5b: then the clocks start with the confirmation."""
    story = Story()
    story.history["stage"] = [Fact(Evidence(story.created), Status("c", "Candidate", Stage.CANDIDATE))]
    assert story.judge("12:00").clocks == ()

    judged = story.move("12:30", "intake").judge("12:40")
    assert (judged.identified_at, clock(judged, "ack").due_at) == (at("12:30"), at("14:30"))


def test_a_linked_escalation_begins_from_nothing():
    """D21: what was said and typed in the first one does not count in the second."""
    story = finished().move("2026-05-20T10:00", "intake")
    judged = story.judge("2026-05-20T10:30", number=1)

    assert clock(judged, "ack").verdict.value == "running"
    assert judged.stage is Stage.INTAKE
    assert not {c.name for c in judged.clocks} & {"commitment", "closure_comm"}
    assert "FINDINGS_MISSING" in codes(story.ack("2026-05-20T10:40").judge("2026-05-20T10:50", number=1))


def test_the_identification_counts_from_its_earliest_evidence():
    """D3, decision 23: a typed earlier one counts, a later one is ignored and said."""
    early = Story().set("09:30", "identified_at", at("08:00")).judge("09:40")
    late = Story().set("09:30", "identified_at", at("09:20")).judge("09:40")

    assert (early.identified_at, clock(early, "ack").due_at) == (at("08:00"), at("10:00"))
    assert (late.identified_at, "IDENTIFIED_LATER_IGNORED" in codes(late)) == (at("09:00"), True)


def test_every_anchor_of_the_policy_is_obeyed():
    """A.0: each reading has its key."""
    rules = Clocks(
        ack=AckRule(anchor="received_at"),
        investigation=InvestigationRule(restart_on_reassign=True),
        follow_up=FollowUpRule(unit="elapsed"),
    )
    story = finished().set("09:10", "received_at", at("08:30"))
    story.history["received_at"] = [Fact(Evidence(at("09:10")), at("08:30"))]
    judged = story.judge("2026-03-06T00:00", with_policy(clocks=rules))
    assert clock(judged, "ack").due_at == at("10:30")
    assert clock(judged, "follow_up").due_at == at("2026-03-12T15:40")

    moved = Story().own("09:05", "dana").own("12:00", "ana").judge("12:10", with_policy(clocks=rules))
    assert clock(moved, "investigation").due_at == at("16:00")


def test_accounts_csv_fills_what_the_tracker_lacks():
    """Decision 17: the tracker's own value wins; tiers are read whatever their case."""
    row = AccountRow(
        name="ALDER ag", tier="Mid-Market", arr="1000", currency="usd", csm="priya", time_zone="Asia/Tokyo"
    )
    story = Story(account__tier=None, account__csm=(), account__time_zone=None)
    world = replace(WORLD, accounts=Accounts([row]))
    (found,) = escalations(story.record(), world, Policy(), at("09:10"))
    account = assess(found, Policy(), at("09:10")).account

    assert (account.tier, str(account.arr), account.csm.id) == ("mid_market", "USD 1,000.00", "priya")
    assert account.zone.key == "Asia/Tokyo"


def planned(story, now, **more):
    """What enforcement would do."""
    record = replace(story.record(), **more)
    (found,) = escalations(record, WORLD, Policy(), at(now))
    judged = assess(found, Policy(), at(now))
    return draft(judged, record, WORLD, mode=Mode.ENFORCE, note=True, fit=lambda n, v: v, stages={})


def test_the_stand_in_is_named_once_and_people_have_the_last_word():
    """X-1: the named fallback, unless he left too, or somebody took him back."""

    def owners(drafted):
        return [e.new[0].id for e in drafted.change.edits if isinstance(e, SetField) and e.field == "owner"]

    story = Story().own("09:05", "queue")
    assert owners(planned(story, "09:10")) == ["idris"]
    assert owners(planned(story, "09:10", inactive={"idris": Evidence(at("09:00"))})) == []

    story.set("09:10", "owner", (PersonRef("idris"),), "escsync").set("09:20", "owner", (), "tom")
    assert owners(planned(story, "09:30")) == []


def test_absurd_durations_are_refused():
    """A policy that means no time people can live is an error, not a crash later."""
    with pytest.raises(ValueError, match="hundred years"):
        Duration.parse("PT9999999999999H")


def test_a_mail_that_claims_an_earlier_hour_counts_from_its_record_and_is_said():
    """Decision 21: whoever files a mail can choose its date."""
    story = Story().own("09:05", "dana")
    who = next(p for p in PEOPLE if p.id == "dana")
    story.say("11:30", "dana", ack_text(who.name, who.title), None, native=True, claimed=at("10:30"))

    told = story.judge("12:00")

    assert clock(told, "ack").met_at == at("11:30")
    assert clock(told, "ack").verdict is Verdict.BREACHED
    assert since(told, "BACKDATED") == at("11:30")


def test_a_csm_who_was_first_seen_late_was_not_absent_before():
    """INV-3 waives the talk only for an account that is known to have none; a first look proves no absence."""
    story = Story().own("09:00", "dana")
    for name, value in (("checklist.history_reviewed", "done"), ("is_technical", False)):
        story.set("10:00", name, value)
    story.set("10:00", "findings_summary", "Lines were counted twice.")
    story.set("14:30", "checklist.csm_spoken", "done")
    story.history["account.csm"] = []
    story.set("15:30", "account.csm", (PersonRef("priya"),), after="09:00")

    told = story.judge("16:00")

    assert clock(told, "investigation").met_at == at("14:30")
    assert clock(told, "investigation").verdict is Verdict.BREACHED


def test_an_account_that_has_no_csm_waives_the_talk_from_the_beginning():
    """However late it was first seen that nobody is named."""
    story = Story().own("09:00", "dana")
    for name, value in (("checklist.history_reviewed", "done"), ("is_technical", False)):
        story.set("10:00", name, value)
    story.set("10:00", "findings_summary", "Lines were counted twice.")
    story.history["account.csm"] = []
    story.set("15:30", "account.csm", (), after="09:00")

    assert clock(story.judge("16:00"), "investigation").met_at == at("10:00")


def test_what_the_first_look_found_was_not_missing_before():
    """Decision 32: the timeline tells of findings that were, not of looks that were not yet made."""
    story = Story().own("09:00", "dana")
    story.history["account.name"] = []
    story.set("12:05", "account.name", "Alder AG", after="09:00")

    assert not [e for e in story.judge("13:00").timeline if "FIELD_MISSING:account.name" in e.detail]

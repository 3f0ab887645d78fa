"""A pass: what it reads, what it writes, and what it leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.desk import ACK, DANA, LENA, START, STATUSES, Desk

from escsync.adapter import (
    Capabilities,
    Denied,
    Level,
    Page,
    PersonRef,
    Problem,
    Rejected,
    Stage,
    TicketRef,
    Unavailable,
    Unreadable,
    Vanished,
    Vocabulary,
)
from escsync.domain.escalation import World
from escsync.domain.people import Directory
from escsync.domain.plan import Change, Limits, Mode, Move, Plan, SetField, WriteNote
from escsync.ledger import Held, LookBack
from escsync.testing.memory import MemoryAdapter


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.fixture
def make(tmp_path):
    desks = []

    def one(**options):
        desks.append(Desk(tmp_path, **options))
        return desks[-1]

    yield one
    for made in desks:
        made.close()


class Odd(MemoryAdapter):
    """An adapter that behaves oddly in one way."""

    def __init__(self, tracker, **ways):
        super().__init__(tracker)
        self.ways = ways

    def pull(self, cursor, watch=()):
        if "pull_error" in self.ways:
            raise self.ways["pull_error"]
        for page in super().pull(cursor, watch):
            tickets = tuple(t for t in page.tickets if t.id not in self.ways.get("hide", ()))
            tickets = tuple(self.ways["twist"](t) for t in tickets) if "twist" in self.ways else tickets
            yield Page(tickets, page.cursor, self.ways.get("unreadable", ()), self.ways.get("problems", ()))

    def read(self, refs):
        refused = self.ways.get("refuse_to_show", ())
        for ticket in super().read(refs):
            if ticket.id in refused:
                raise Rejected("tickets that cannot be read", remedy="look at it")
            if ticket.id not in self.ways.get("unreadable_by_id", ()):
                yield ticket

    def check(self):
        yield Problem(self.ways.get("check", Level.OK), "access", "asked")


# Modes


def test_observe_writes_nothing_and_says_what_a_higher_mode_would_do(desk):
    """The default mode touches no tracker."""
    ref = desk.open(owner=())

    desk.at(10).sync(mode=Mode.OBSERVE)
    outcome = desk.plan(mode=Mode.OBSERVE)

    assert (outcome.counts.planned, outcome.plan.changes) == (0, ())
    assert {held.reason for held in outcome.plan.withheld} == {"mode:observe"}
    assert desk.shown(ref).note is None


def test_annotate_writes_its_fields_and_one_note_and_then_falls_silent(desk):
    """A second pass over an unchanged tracker makes no write."""
    ref = desk.open(owner=())

    first, second = desk.at(10).sync(), desk.sync()

    shown = desk.shown(ref)
    assert first.counts.applied == first.counts.planned > 1
    assert (shown.note is not None, shown.values["health"], shown.values["owner"]) == (True, "ok", None)
    assert (second.counts.planned, second.counts.pulled, second.counts.seen) == (0, 1, 1)
    assert desk.sync().counts.pulled == 0


def test_a_deadline_that_passes_changes_the_ticket_by_itself(desk):
    """Every open escalation is judged, changed or not: deadlines pass on their own."""
    ref = desk.open()
    desk.at(10).sync()
    desk.at(11).sync()

    outcome = desk.at(121).sync()

    assert (outcome.counts.pulled, outcome.counts.assessed) == (0, 1)
    assert desk.shown(ref).values["health"] == "breached"
    assert "ACK_BREACHED" in desk.codes(outcome, ref)


def test_enforce_gives_the_escalation_to_the_fallback_in_one_write(make):
    """Owner, fields and note go together, and the note already tells of the new owner."""
    desk = make(mode=Mode.ENFORCE)
    ref = desk.open(owner=())

    outcome = desk.at(10).sync()
    writes = outcome.counts.api_calls
    again = desk.sync()

    assert [p.id for p in desk.shown(ref).values["owner"]] == ["dana"]
    assert "OWNER_MISSING" not in desk.codes(outcome, ref)
    assert (again.counts.planned, outcome.counts.applied) == (0, outcome.counts.planned)
    assert writes == 4  # pull, read, write, read


def test_what_a_new_owner_makes_true_is_written_in_the_same_pass(make):
    """The tracker's clock is not ours: the clock that the new owner starts is dated by the tracker."""
    desk = make(mode=Mode.ENFORCE)
    ref = desk.open(owner=())
    now = START + timedelta(minutes=10)
    desk.at(13)

    outcome, again = desk.sync(now=now), desk.sync(now=now + timedelta(minutes=4))

    assert desk.shown(ref).values["investigation_due_at"] == START + timedelta(hours=4, minutes=13)
    assert (outcome.counts.applied, again.counts.planned) == (outcome.counts.planned, 0)


# Plans


def test_a_plan_writes_nothing_and_applies_exactly(desk):
    """What was approved is what is done."""
    ref = desk.open()
    planned = desk.at(10).plan()
    before = desk.shown(ref)

    outcome = desk.at(11).apply(planned.plan)

    assert before.note is None
    assert outcome.counts.applied == planned.counts.planned == outcome.counts.planned
    assert desk.shown(ref).note is not None
    assert desk.at(12).sync().counts.planned == 0


def test_a_humans_owner_is_kept_and_the_note_written_with_the_truth(make):
    """G-8: planned 2, applied 1, stale 1; nothing is lost, and the next pass is silent."""
    desk = make(mode=Mode.ENFORCE)
    ref = desk.open(owner=())
    planned = desk.plan().plan
    (change,) = planned.changes
    edits = tuple(e for e in change.edits if isinstance(e, WriteNote) or getattr(e, "field", "") == "owner")
    desk.at(1).tracker.set(ref, "owner", ("idris",), by="idris")

    outcome = desk.at(2).apply(Plan((replace(change, edits=edits),)))

    n = outcome.counts
    assert (n.planned, n.applied, n.stale, outcome.errors) == (2, 1, 1, ())
    assert [p.id for p in desk.shown(ref).values["owner"]] == ["idris"]
    assert "Owner: Idris Cole" in desk.tracker.at(ref).note[1]


def test_a_human_who_edits_between_reading_and_writing_wins(make):
    """The version guards the last instant where the tracker can compare and set."""
    desk = make(mode=Mode.ENFORCE)
    ref = desk.open(owner=())

    def meanwhile(what, moment):
        if (what, moment) == ("write", "before"):
            desk.tracker.hook = None
            desk.tracker.set(ref, "owner", ("idris",), by="idris")

    desk.tracker.hook = meanwhile
    outcome = desk.at(2).sync()

    assert (outcome.counts.stale, outcome.counts.applied) == (1, outcome.counts.planned - 1)
    assert [p.id for p in desk.shown(ref).values["owner"]] == ["idris"]
    assert "Owner: Idris Cole" in desk.tracker.at(ref).note[1]
    assert desk.at(3).sync().counts.planned == 0


def test_another_field_edited_meanwhile_does_not_make_the_owner_stale(make):
    """Only an edit of the same thing wins over ours; the rest is brought up to date."""
    desk = make(mode=Mode.ENFORCE)
    ref = desk.open(owner=())
    planned = desk.plan().plan
    desk.at(1).tracker.set(ref, "severity", "billing_dispute", by="idris")

    outcome = desk.at(2).apply(planned)

    assert outcome.counts.stale == 0
    assert [p.id for p in desk.shown(ref).values["owner"]] == ["dana"]


def test_a_saved_plan_grants_nothing_that_the_mode_does_not(make):
    """Lowering the mode takes effect at once."""
    desk = make(mode=Mode.ENFORCE)
    ref = desk.open(owner=())
    planned = desk.plan().plan

    outcome = desk.apply(planned, mode=Mode.ANNOTATE)

    assert (outcome.errors[0].code, outcome.counts.refused) == ("MODE", outcome.counts.planned)
    assert desk.shown(ref).values["owner"] is None


def test_a_change_ordered_by_a_person_is_carried_out_and_nothing_besides(desk):
    """A handover: one owner change, based on the record that the ledger keeps without customers' words."""
    ref = desk.open(description="Alder is angry")
    desk.sync(mode=Mode.OBSERVE)
    (record,) = desk.ledger.records("support")
    edit = SetField("owner", record.ticket.values["owner"], (PersonRef("dana", "Dana Reyes"),))
    change = Change("support", ref, record.ticket.digest(), (edit,), ("HANDOVER",))

    outcome = desk.at(5).apply(Plan((change,)), mode=Mode.ENFORCE)

    assert (outcome.counts.applied, outcome.counts.planned) == (1, 1)
    assert [p.id for p in desk.shown(ref).values["owner"]] == ["dana"]
    assert desk.shown(ref).note is None


def test_an_illegal_jump_is_undone_once(make):
    """G-6: closed without the steps; a human who closes again has the last word."""
    desk = make(mode=Mode.ENFORCE)
    ref = desk.open()
    desk.at(5).sync()
    desk.at(10).tracker.move(ref, Stage.CLOSED, by="lena")

    first = desk.at(11).sync()
    moved = desk.shown(ref).status.stage
    desk.at(30).tracker.move(ref, Stage.CLOSED, by="lena")
    second = desk.at(31).sync()

    assert any(isinstance(e, Move) for c in first.plan.changes for e in c.edits)
    assert moved in STATUSES
    assert moved is not Stage.CLOSED
    assert desk.shown(ref).status.stage is Stage.CLOSED
    assert "ENFORCEMENT_DISPUTED" in desk.codes(second, ref)
    assert desk.at(32).sync().counts.planned == 0


# Limits


def test_a_plan_beyond_a_limit_is_refused_whole(desk):
    """Not the first 25: nothing, and the refusal names the way on (decision 58)."""
    refs = [desk.open() for _ in range(4)]

    outcome = desk.sync(limits=Limits(max_writes=3))

    assert outcome.refused is not None
    assert "--max-writes 4" in outcome.refused.message
    assert outcome.counts.applied == 0
    assert all(desk.shown(ref).note is None for ref in refs)
    assert desk.sync().counts.applied > 0


def test_the_share_counts_only_what_disturbs_people(make):
    """Notes on everything are fine at installation; a new owner for everything is not."""
    desk = make(mode=Mode.ENFORCE)
    for _ in range(10):
        desk.open(owner=())

    refused = desk.sync(limits=Limits())
    noted = desk.sync(limits=Limits(), mode=Mode.ANNOTATE)

    assert refused.refused is not None
    assert refused.refused.reason == "limit:max_share"
    assert (noted.refused, noted.counts.applied) == (None, noted.counts.planned)


# What does not work


def test_a_write_that_changes_nothing_is_ignored_and_said(make):
    """A 2xx is no proof: what is shown afterwards is."""
    desk = make(stubborn=("health",))
    ref = desk.open()

    outcome = desk.sync()

    assert (outcome.counts.ignored, outcome.counts.applied) == (1, outcome.counts.planned - 1)
    assert [(f.code, f.id) for f in outcome.errors] == [("IGNORED", f"support:{ref.id}")]
    assert "health" in outcome.errors[0].message


def test_one_field_that_is_refused_does_not_keep_the_others_out(make):
    """The tracker said no to one; it is an error of that ticket alone."""
    desk = make(forbidden=("health",))
    ref = desk.open()

    outcome = desk.sync()

    assert outcome.counts.refused == 1
    assert outcome.counts.applied == outcome.counts.planned - 1
    assert [f.code for f in outcome.errors] == ["REJECTED"]
    assert desk.shown(ref).note is not None


class OneRequest(MemoryAdapter):
    """As most REST APIs: all fields of a ticket in one request, which one bad field spoils."""

    def __init__(self, tracker, bad):
        super().__init__(tracker)
        self.bad = bad
        self.writes = []

    def write(self, changes):
        for change in changes:
            self.writes.append([getattr(e, "field", type(e).__name__) for e in change.edits])
            spoilt = any(getattr(edit, "field", "") == self.bad for edit in change.edits)
            (written,) = super().write([replace(change, edits=() if spoilt else change.edits)])
            if spoilt:
                error = Rejected(f"{self.bad} is not on the screen", field=self.bad)
                written = replace(written, failures=dict.fromkeys(range(len(change.edits)), error))
            yield written


@pytest.mark.parametrize("bad", ["health", "owner"])
def test_a_request_spoilt_by_one_field_is_made_again_without_it(make, bad):
    """C-9: a refused owner must not cost the note, and never a second record."""
    desk = make(mode=Mode.ENFORCE)
    ref = desk.open(owner=())
    adapter = OneRequest(desk.tracker, bad)

    outcome = desk.sync(adapter=adapter)

    assert outcome.counts.refused == 1
    assert outcome.counts.applied == outcome.counts.planned - 1
    assert len(adapter.writes) == 2
    assert bad not in adapter.writes[1]
    note = desk.tracker.at(ref).note[1]
    assert ("Owner: nobody" in note) is (bad == "owner")


def test_a_refused_owner_does_not_make_the_note_flicker(make):
    """The owner is set aside, and the note, which tells the truth, is left alone."""
    desk = make(mode=Mode.ENFORCE, forbidden=("owner",))
    desk.open(owner=())
    desk.sync()

    again = desk.at(1).sync()

    assert (again.counts.planned, [held.reason for held in again.plan.withheld]) == (0, ["set_aside"])


def test_a_note_that_is_never_seen_is_not_written_again_and_again(make):
    """C-11: a note that cannot be read back would be left behind by every pass."""
    desk = make()
    desk.open()

    class Blind(MemoryAdapter):
        """The note is accepted and not shown."""

        notes = 0

        def read(self, refs):
            for ticket in super().read(refs):
                yield replace(ticket, note=None)

        def pull(self, cursor, watch=()):
            for page in super().pull(cursor, watch):
                yield replace(page, tickets=tuple(replace(t, note=None) for t in page.tickets))

        def write(self, changes):
            Blind.notes += sum(isinstance(e, WriteNote) for c in changes for e in c.edits)
            yield from super().write(changes)

    first = desk.sync(adapter=Blind(desk.tracker))
    second = desk.at(1).sync(adapter=Blind(desk.tracker))

    assert (first.counts.ignored, second.counts.planned, Blind.notes) == (1, 0, 2)
    assert [held.reason for held in second.plan.withheld if isinstance(held.change.edits[0], WriteNote)] == [
        "ignored"
    ]


def test_a_ticket_that_vanishes_before_the_write_is_left_in_peace(desk):
    """A person deleted it, and was faster than the plan; the others are written, and later passes leave it in peace."""
    gone, stays = desk.open(), desk.open()
    planned = desk.plan().plan
    desk.tracker.delete(gone, by="lena")

    outcome = desk.apply(planned)

    assert (outcome.errors, outcome.counts.failed) == ((), 0)
    assert outcome.counts.stale == outcome.counts.applied
    assert desk.shown(stays).note is not None
    assert (desk.sync().counts.planned, desk.ledger.refs("support")) == (0, [stays])


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_write_of_unknown_fate_is_settled_by_reading(desk, moment):
    """Lost before or after the server did it: only what is shown counts."""
    ref = desk.open()

    def broken(what, when):
        if (what, when) == ("write", moment):
            desk.tracker.hook = None
            raise Unavailable("connection reset")

    desk.tracker.hook = broken
    first = desk.sync()
    second = desk.at(1).sync()

    assert (desk.shown(ref).note is not None, desk.at(2).sync().counts.planned) == (True, 0)
    assert (first.counts.failed > 0) is (moment == "before")
    assert (second.counts.applied > 0) is (moment == "before")


def test_an_adapter_that_breaks_on_one_ticket_writes_the_others(desk):
    """A bug is not everybody's bug."""
    refs = [desk.open() for _ in range(3)]

    class Buggy(MemoryAdapter):
        def _write(self, change):
            if change.ticket.id == refs[1].id:
                raise KeyError("customer text")
            return super()._write(change)

    outcome = desk.sync(adapter=Buggy(desk.tracker))

    assert [desk.shown(ref).note is not None for ref in refs] == [True, False, True]
    assert {f.id for f in outcome.errors} == {f"support:{refs[1].id}"}
    assert "customer text" not in str(outcome.errors)


def test_one_ticket_that_the_tracker_refuses_to_show_hides_no_other(desk):
    """It fails; the rest of its batch is written."""
    bad, good = desk.open(), desk.open()

    outcome = desk.sync(adapter=Odd(desk.tracker, refuse_to_show=(bad.id,)))

    assert {f.id for f in outcome.errors} == {f"support:{bad.id}"}
    assert desk.shown(good).note is not None


# What cannot be read


def test_an_unreadable_ticket_is_counted_and_stops_no_other(desk):
    """seen = assessed + unreadable."""
    desk.open()
    bad = Unreadable(TicketRef("99", "MEM-99"), "its history is cut off", "look at it")

    outcome = desk.sync(adapter=Odd(desk.tracker, unreadable=(bad,)))

    n = outcome.counts
    assert (n.seen, n.assessed, n.unreadable, n.pulled) == (2, 1, 1, 2)
    assert [(f.id, f.code, f.remedy) for f in outcome.errors] == [("support:99", "UNREADABLE", "look at it")]


def test_a_value_that_nobody_understands_stops_no_other(desk):
    """An absurd ticket is one record that failed."""
    bad, good = desk.open(), desk.open()
    odd = Odd(
        desk.tracker,
        twist=lambda t: replace(t, values={**t.values, "tone": object()}) if t.id == bad.id else t,
    )

    outcome = desk.sync(adapter=odd)

    assert [f.id for f in outcome.errors] == [f"support:{bad.id}"]
    assert desk.shown(good).note is not None


def test_a_lost_field_is_drift_and_the_pass_goes_on(desk):
    """Decision 78: an error that names it; what still holds is used."""
    desk.open()
    gone = Problem(Level.FAIL, "fields.severity", "customfield_10042 is gone", "map it anew", "DRIFT")

    outcome = desk.sync(adapter=Odd(desk.tracker, problems=(gone,)))

    assert ([f.code for f in outcome.errors], outcome.lost) == (["DRIFT"], False)
    assert "severity" in outcome.errors[0].message
    assert outcome.counts.applied > 0


@pytest.mark.parametrize("subject", ["fields.owner", "stage", "scope.project"])
def test_a_tracker_without_owner_stage_or_scope_fails_whole(desk, subject):
    """Decision 78: then nothing can be judged."""
    ref = desk.open()
    gone = Problem(Level.FAIL, subject, "is gone", "map it anew", "DRIFT")

    outcome = desk.sync(adapter=Odd(desk.tracker, problems=(gone,)))

    assert (outcome.lost, desk.shown(ref).note) == (True, None)


# What is gone


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Denied("403"), "PERMISSION_LOST"),
        (Vanished("404"), "PERMISSION_LOST"),
        (Denied("no database yet", code="NOT_PROVISIONED"), "NOT_PROVISIONED"),
        (Unavailable("503"), "UNAVAILABLE"),
    ],
)
def test_a_tracker_that_fails_whole_loses_nothing(desk, error, code):
    """Decision 56: no tombstones, the list unchanged, and the next pass goes on from where it was."""
    ref = desk.open()
    desk.sync()
    before = desk.ledger.state("support")

    outcome = desk.at(1).sync(adapter=Odd(desk.tracker, pull_error=error), full=True)

    assert (outcome.lost, [f.code for f in outcome.errors]) == (True, [code])
    assert desk.ledger.state("support") == before
    (record,) = desk.ledger.records("support")
    assert (record.ticket.id, record.vanished) == (ref.id, None)


def test_everything_gone_at_once_is_the_permission_and_not_closure(desk):
    """A sudden drop to zero is never believed."""
    refs = [desk.open() for _ in range(3)]
    desk.sync()
    blind = {ref.id for ref in refs}

    outcome = desk.at(1).sync(adapter=Odd(desk.tracker, hide=blind, unreadable_by_id=blind), full=True)

    assert (outcome.lost, [f.code for f in outcome.errors]) == (True, ["PERMISSION_LOST"])
    assert all(record.vanished is None for record in desk.ledger.records("support"))


def test_a_deleted_ticket_is_a_finding_and_stays_listed(desk):
    """Decision 55: with the interval in which it went; nothing more is written for it."""
    gone, stays = desk.open(), desk.open()
    desk.at(1).sync()
    desk.at(5).tracker.delete(gone, by="lena")

    unaware = desk.at(6).sync()
    outcome = desk.at(10).sync(full=True)

    assert "RECORD_VANISHED" not in desk.codes(unaware, gone)
    assert "RECORD_VANISHED" in desk.codes(outcome, gone)
    assert "RECORD_VANISHED" not in desk.codes(outcome, stays)
    (record,) = desk.ledger.records("support", ids=[gone.id])
    assert (record.vanished.after, record.vanished.at) == (
        START + timedelta(minutes=6),
        START + timedelta(minutes=10),
    )
    assert outcome.counts.planned == 0


@pytest.mark.parametrize(("health", "lost"), [(Level.OK, False), (Level.FAIL, True)])
def test_the_only_ticket_may_be_deleted(desk, health, lost):
    """One single ticket that is gone may be just that: the tracker is asked whether access is well."""
    ref = desk.open()
    desk.sync()
    desk.tracker.delete(ref, by="lena")

    outcome = desk.at(1).sync(adapter=Odd(desk.tracker, check=health), full=True)

    assert outcome.lost is lost
    (record,) = desk.ledger.records("support")
    assert (record.vanished is None) is lost


def test_a_ticket_that_left_the_scope_is_followed_until_it_is_closed(desk):
    """Decision 68: by id, with the finding SCOPE_LEFT."""
    ref, _ = desk.open(), desk.open()
    desk.sync()
    desk.at(5).tracker.leave(ref)

    found = desk.at(6).sync(full=True)
    desk.at(10).tracker.comment(ref, ACK.format(name="Lena Fox"), by="lena")
    followed = desk.at(11).sync()

    assert "SCOPE_LEFT" in desk.codes(found, ref)
    ack = next(
        c for a in followed.assessments if a.id == f"support:{ref.id}" for c in a.clocks if c.name == "ack"
    )
    assert ack.met_at == START + timedelta(minutes=10)


def test_what_a_sweep_misses_and_reading_finds_has_left_the_scope(desk):
    """A filter that an adapter cannot judge by itself: only the search knows it."""
    hidden, _ = desk.open(), desk.open()
    desk.sync()

    outcome = desk.at(1).sync(adapter=Odd(desk.tracker, hide={hidden.id}), full=True)
    idle = desk.at(2).sync()
    back = desk.at(3).sync(full=True)

    assert "SCOPE_LEFT" in desk.codes(outcome, hidden)
    assert "SCOPE_LEFT" in desk.codes(idle, hidden)
    assert "SCOPE_LEFT" not in desk.codes(back, hidden)


# People


def test_a_deactivated_owner_is_seen_in_an_idle_pass(desk):
    """G-5: nothing on the ticket changed, and it costs no further call."""
    ref = desk.open()
    for minutes in (1, 2, 115):
        desk.at(minutes).sync()
    desk.at(120).tracker.dismiss("lena")

    outcome = desk.at(125).sync(mode=Mode.OBSERVE)

    (record,) = desk.ledger.records("support", ids=[ref.id])
    assert "OWNER_INACTIVE" in desk.codes(outcome, ref)
    assert outcome.counts.api_calls == 1
    when = record.inactive["lena"]
    assert (when.after, when.at) == (START + timedelta(minutes=115), START + timedelta(minutes=125))


def test_new_names_are_looked_for_in_old_messages(desk):
    """People.yaml is completed later: what was said counts all the same."""
    ref = desk.open()
    desk.at(5).tracker.comment(ref, ACK.format(name="Lena Fox"), by="lena")
    desk.world = World(Directory((DANA,)), company="Acme")
    before = desk.at(6).sync()

    desk.world = World(Directory((DANA, LENA)), company="Acme")
    after = desk.at(7).sync()

    assert verdict(before, ref) == "running"
    assert verdict(after, ref) == "met"


def verdict(outcome, ref, clock="ack"):
    found = next(a for a in outcome.assessments if a.id == f"support:{ref.id}")
    return next(c.verdict for c in found.clocks if c.name == clock)


def test_text_put_in_later_never_counts_for_earlier(desk):
    """Decision 43: neither an old comment filled in, nor new rules over new text."""
    ref = desk.open()
    comment = desk.at(5).tracker.comment(ref, "#ack Hello", by="lena")
    desk.at(6).sync()
    desk.at(130).tracker.edit_comment(ref, comment, ACK.format(name="Lena Fox"), by="lena")

    outcome = desk.at(131).sync()
    desk.policy = replace(desk.policy, comms=replace(desk.policy.comms, handover_required=False))
    again = desk.at(132).sync()

    assert (verdict(outcome, ref), verdict(again, ref)) == ("breached", "breached")


def test_a_stage_mapped_later_is_understood(make):
    """A changed mapping reads everything anew, without --full."""
    desk = make()
    ref = desk.open()
    desk.sync()
    desk.vocabulary = Vocabulary(stages={Stage.INTAKE: ("intake",)})

    outcome = desk.at(1).sync()

    assert outcome.counts.pulled == 1
    assert desk.codes(outcome, ref)


def test_a_first_escalation_of_a_long_customer_is_no_longer_one_after_a_second(desk):
    """The churn signal looks at all trackers, the tickets of this very pass included, and does not flicker."""
    since = START - timedelta(days=1200)
    first = desk.open(**{"account.customer_since": since.date()})
    desk.at(1).open(**{"account.customer_since": since.date()})

    outcome, again = desk.at(2).sync(), desk.at(3).sync()

    signals = {a.id: a.churn_signal for a in outcome.assessments}
    assert signals == {f"support:{first.id}": True, "support:2": False}
    assert again.counts.planned == 0


# The frame


def test_two_passes_do_not_overlap(desk):
    """The second one is told, and touches nothing (exit 7)."""
    desk.open()
    with desk.ledger.lease("support", "other"), pytest.raises(Held):
        desk.sync()

    assert desk.sync().counts.applied > 0


def test_a_pass_before_the_last_one_is_refused(desk):
    """Decision 1: exit 2; looking back is for list and show."""
    desk.at(10).sync()

    with pytest.raises(LookBack):
        desk.at(9).sync()


def test_evidence_of_the_future_is_left_out(desk):
    """A rehearsal as of an earlier instant sees what was known then."""
    desk.at(10).open()

    outcome = desk.sync(now=START)

    assert (outcome.counts.pulled, outcome.counts.seen, outcome.counts.planned) == (1, 0, 0)


def test_an_ended_escalation_costs_nothing_until_it_changes(desk):
    """Rejected ones leave the round once their note is up to date."""
    ref = desk.open()
    desk.sync()
    desk.at(5).tracker.move(ref, Stage.REJECTED, by="lena")
    desk.at(6).sync()
    desk.at(7).sync()

    idle = desk.at(8).sync()
    desk.at(9).tracker.move(ref, Stage.INTAKE, by="lena")
    back = desk.at(10).sync()

    assert (idle.counts.seen, back.counts.seen) == (0, 1)


def test_the_nearest_deadline_is_written_first(desk):
    """What a dying tracker leaves undone is what can wait."""
    late = desk.open()
    desk.at(60)
    fresh = desk.open()

    outcome = desk.at(61).sync()

    assert [change.ticket.id for change in outcome.plan.changes] == [late.id, fresh.id]


def test_calls_are_counted_and_bulk(make):
    """One pull, one read before, a write per ticket, one read after."""
    desk = make(capabilities=Capabilities(read_batch=100))
    desk.limits = Limits(max_writes=100, max_share=1)
    for _ in range(20):
        desk.open()

    busy, _, idle = desk.sync(), desk.sync(), desk.sync()

    assert (busy.counts.api_calls, idle.counts.api_calls) == (1 + 1 + 20 + 1, 1)


def test_a_tracker_without_history_gives_the_same_answer_by_polls(make):
    """Grade B where nobody recorded it: the owner's span begins at the poll that saw it."""
    desk = make(capabilities=Capabilities(history=False))
    ref = desk.open(owner=())
    desk.at(5).sync()
    desk.at(12).tracker.set(ref, "owner", ("lena",), by="idris")
    desk.tracker.at(ref).updated_at = None

    outcome = desk.at(20).sync(mode=Mode.OBSERVE)

    found = next(a for a in outcome.assessments if a.id == f"support:{ref.id}")
    investigation = next(c for c in found.clocks if c.name == "investigation")
    assert investigation.anchor_at == START + timedelta(minutes=20)
    assert found.ownership_gap_minutes == 20


def test_progress_is_told(desk):
    """Who watches sees what is being done."""
    desk.open()
    told = []

    desk.sync(progress=lambda what, done=0, total=None: told.append(what))

    assert dict.fromkeys(told) == dict.fromkeys(["reading", "judging", "writing"])


def test_what_cannot_be_judged_without_a_lost_field_is_not_kept(desk):
    """Decision 78: where the owner's field is lost the tracker fails whole, and what is known stays as it was."""
    ref = desk.at(0).open()
    desk.sync()
    before = desk.shown(ref).values["owner"]
    lost = (Problem(Level.FAIL, "fields.owner", "it is a text now", "map it anew", "DRIFT"),)
    desk.at(5).tracker.set(ref, "owner", (), by="lena")

    outcome = desk.sync(adapter=Odd(desk.tracker, problems=lost))

    (record,) = desk.ledger.records("support", ids=[ref.id])
    assert outcome.lost
    assert [error.code for error in outcome.errors] == ["DRIFT"]
    assert record.ticket.values["owner"] == before


def test_every_owner_is_looked_after_in_turn(desk):
    """However many there are, a deactivation is seen within a few polls."""
    for number in range(200):
        desk.tracker.hire(f"p{number}", f"Person {number}")
        desk.at(0).open(owner=(f"p{number}",))
    desk.sync()

    seen: set[str] = set()
    for minute in (5, 10, 15):
        seen |= {ref.id for ref in desk.ledger.watch("support")}
        desk.at(minute).sync()

    assert len(seen) == 200


@pytest.mark.parametrize("field", ["summary", "account.name", "source_url", "description", "entry_point"])
def test_half_a_character_stops_nothing(desk, field):
    """JSON can carry what no text can."""
    ref = desk.at(0).open(**{field: "x\ud800y"})
    other = desk.open(**{"account.name": "Birch AG"})

    outcome = desk.sync()

    assert {said.id for said in outcome.assessments} == {f"support:{ref.id}", f"support:{other.id}"}
    assert outcome.errors == ()


def test_once_a_day_everything_is_looked_at(desk):
    """Decision 68: what left the scope is noticed and followed, though no increment shows it."""
    desk.mode = Mode.OBSERVE
    ref = desk.at(0).open()
    desk.open(**{"account.name": "Birch AG"})
    desk.sync()
    desk.tracker.at(ref).in_scope = False

    soon = desk.at(60).sync()
    next_day = desk.at(24 * 60).sync()

    assert "SCOPE_LEFT" not in desk.codes(soon, ref)
    assert "SCOPE_LEFT" in desk.codes(next_day, ref)

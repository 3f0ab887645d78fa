"""A tracker whose messages cost a call each: when they are asked for, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.desk import ACK, START, Desk

from escsync.adapter import (
    Grade,
    Heard,
    PersonRef,
    Rejected,
    Stage,
    Ticket,
    TicketRef,
    Touch,
    Unavailable,
    Written,
)
from escsync.domain.assessment import Assessment, Clock, Verdict
from escsync.domain.plan import Mode
from escsync.testing.memory import MemoryAdapter

DANA_SAYS = ACK.format(name="Dana Reyes")


class Apart(MemoryAdapter):
    """Tickets come without their messages; *asked* has who was listened to, *looked* who was read by id."""

    def __init__(self, tracker) -> None:
        super().__init__(tracker)
        self.capabilities = replace(tracker.capabilities, apart=True, read_batch=1, history=False)
        self.asked: list[str] = []
        self.looked: list[str] = []
        self.mute: dict[str, Exception] = {}
        self.answers = True

    def pull(self, cursor, watch=()):
        for page in super().pull(cursor, watch):
            yield replace(page, tickets=tuple(map(_silent, page.tickets)))

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        self.looked += [ref.id for ref in refs]
        for ticket in super().read(refs):
            yield replace(ticket, apart=True, history={})

    def listen(self, refs: Sequence[TicketRef]) -> Iterator[Heard]:
        for ref in refs:
            self.asked.append(ref.id)
            if ref.id in self.mute:
                raise self.mute[ref.id]
            for ticket in super().read([ref]):
                yield Heard(ref, ticket.messages, ticket.note)

    def write(self, changes):
        for change, written in zip(changes, super().write(changes), strict=True):
            shown = next(super().read([change.ticket]), None) if self.answers else None
            told = None if shown is None else replace(_silent(shown), note=shown.note)
            yield Written(written.ticket, written.failures, written.created, told)


def _silent(ticket: Ticket) -> Ticket:
    return replace(ticket, apart=True, heard=False, history={}, messages=(), note=None)


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path, mode=Mode.OBSERVE)
    yield made
    made.close()


def watching(desk: Desk, **changes) -> tuple[Apart, Assessment]:
    """One pass; its adapter, and what it says of the only escalation."""
    adapter = Apart(desk.tracker)
    outcome = desk.sync(adapter=adapter, **changes)
    (said,) = outcome.assessments
    return adapter, said


def clock(said: Assessment, name: str) -> Clock:
    return next(clock for clock in said.clocks if clock.name == name)


def test_an_acknowledgement_is_heard_though_nothing_on_the_ticket_changed(desk):
    """27a: a comment moves no ticket, so those that wait for one are asked."""
    ref = desk.at(0).open()
    watching(desk)
    desk.at(30).tracker.comment(ref, DANA_SAYS, by="dana")
    desk.tracker.at(ref).revision = 0

    adapter, said = watching(desk.at(35))

    assert adapter.asked == [ref.id]
    assert clock(said, "ack").met_at == START + timedelta(minutes=30)


def test_a_ticket_that_waits_for_nothing_is_not_asked(desk):
    """A rejected one owes no message, however often one looks."""
    desk.at(0).open(stage="rejected")

    first, _ = watching(desk)
    later, _ = watching(desk.at(5), full=True)

    assert first.asked == later.asked == []


def test_a_closed_ticket_is_asked_for_its_last_message_for_a_fortnight(desk):
    """Whoever wants to know more sweeps."""
    ref = desk.at(0).open()
    desk.tracker.set(ref, "implemented_at", START, by="lena")
    desk.tracker.move(ref, Stage.CLOSED, by="lena")
    day = 24 * 60

    swept, asked = [], []
    for days in (0, 1, 13, 15):
        swept.append(watching(desk.at(days * day))[0].asked)
        asked.append(watching(desk.at(days * day + 60))[0].asked)

    assert swept == [[ref.id]] * 4
    assert asked == [[ref.id]] * 3 + [[]]


def test_what_was_closed_long_ago_is_not_asked_at_first_sight(desk):
    """A backfill of years costs no call each; nothing is said to be late for want of its messages."""
    ref = desk.at(0).open()
    desk.tracker.move(ref, Stage.CLOSED, by="lena")

    adapter, said = watching(desk.at(100 * 24 * 60))

    assert adapter.asked == []
    assert clock(said, "ack").verdict is Verdict.INDETERMINATE


def test_a_message_once_heard_stays_when_the_ticket_comes_without_it(desk):
    """What was not asked for this time has not gone."""
    ref = desk.at(0).open()
    desk.tracker.comment(ref, DANA_SAYS, by="dana")
    watching(desk)
    desk.at(10).tracker.set(ref, "account.name", "Birch AG", by="lena")

    _, said = watching(desk)

    assert clock(said, "ack").verdict is Verdict.MET
    assert "MESSAGE_DELETED" not in {finding.code for finding in said.findings}


def test_a_full_pass_asks_everything_that_is_open_and_sees_what_was_deleted(desk):
    """A sweep heals what increments miss."""
    ref = desk.at(0).open()
    gone = desk.tracker.comment(ref, DANA_SAYS, by="dana")
    watching(desk)
    desk.at(10).tracker.delete_comment(ref, gone, by="dana")

    adapter, said = watching(desk, full=True)

    assert adapter.asked == [ref.id]
    assert "MESSAGE_DELETED" in {finding.code for finding in said.findings}
    assert clock(said, "ack").verdict is Verdict.MET


def test_what_could_not_be_heard_is_unclear_and_not_late(desk):
    """Silence that nobody listened to proves nothing."""
    ref = desk.at(0).open()
    adapter = Apart(desk.tracker)
    adapter.mute[ref.id] = Unavailable("the comments cannot be reached")

    outcome = desk.at(600).sync(adapter=adapter)

    (said,) = outcome.assessments
    assert clock(said, "ack").verdict is Verdict.INDETERMINATE
    assert "ACK_BREACHED" not in {finding.code for finding in said.findings}
    assert [error.code for error in outcome.errors] == ["UNAVAILABLE"]


def test_one_ticket_that_cannot_be_heard_stops_no_other(desk):
    """A refusal is about one ticket alone."""
    bad, good = desk.at(0).open(), desk.open(**{"account.name": "Birch AG"})
    desk.tracker.comment(good, DANA_SAYS, by="dana")
    adapter = Apart(desk.tracker)
    adapter.mute[bad.id] = Rejected("its comments cannot be read")

    outcome = desk.at(5).sync(adapter=adapter)

    told = {said.id: clock(said, "ack").verdict for said in outcome.assessments}
    assert told[f"support:{good.id}"] is Verdict.MET
    assert [error.id for error in outcome.errors] == [f"support:{bad.id}"]


def test_a_broken_pass_listens_again(desk):
    """The cursor is saved after the listening, so nothing is lost when it breaks off."""
    ref = desk.at(0).open()
    adapter = Apart(desk.tracker)
    adapter.mute[ref.id] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        desk.sync(adapter=adapter)

    again, said = watching(desk.at(5))

    assert again.asked == [ref.id]
    assert said.id == f"support:{ref.id}"


def test_a_pulled_ticket_is_written_without_another_look(desk):
    """Its answer shows it whole: n changed tickets are written by n calls."""
    desk.mode = Mode.ANNOTATE
    desk.at(0).open()

    adapter, _ = watching(desk)

    assert adapter.looked == []


def test_a_tracker_that_does_not_answer_is_looked_at_after_the_write(desk):
    """Where nothing shows what became of it, it is read back."""
    desk.mode = Mode.ANNOTATE
    ref = desk.at(0).open()
    adapter = Apart(desk.tracker)
    adapter.answers = False

    outcome = desk.sync(adapter=adapter)

    assert adapter.looked
    assert set(adapter.looked) == {ref.id}
    assert outcome.counts.applied == outcome.counts.planned > 0


def test_the_note_is_not_written_twice_though_pulls_do_not_show_it(desk):
    """What was written is remembered."""
    desk.mode = Mode.ANNOTATE
    ref = desk.at(0).open()
    watching(desk)
    desk.at(5).tracker.set(ref, "account.customer_since", None, by="lena")

    adapter = Apart(desk.tracker)
    outcome = desk.sync(adapter=adapter)

    assert outcome.counts.planned == 0


def test_people_s_own_fields_are_looked_at_once_more_before_they_are_touched(desk):
    """A person's edit made while the pass was under way wins."""
    desk.mode = Mode.ENFORCE
    ref = desk.at(0).open(owner=())
    adapter = Apart(desk.tracker)
    plain = adapter.listen

    def meanwhile(refs):
        yield from plain(refs)
        desk.tracker.set(ref, "owner", ("idris",), by="idris")

    adapter.listen = meanwhile
    desk.at(121).sync(adapter=adapter)

    assert desk.shown(ref).values["owner"] == desk.tracker.value("owner", ("idris",))
    assert ref.id in adapter.looked


def test_an_acknowledgement_made_after_the_plan_reaches_the_note(desk):
    """A message is no part of the ticket's digest, and still makes a saved plan be judged anew."""
    desk.mode = Mode.ANNOTATE
    ref = desk.at(0).open()
    saved = desk.plan(adapter=Apart(desk.tracker)).plan
    desk.at(10).tracker.comment(ref, DANA_SAYS, by="dana")

    desk.apply(saved, adapter=Apart(desk.tracker))
    outcome = desk.at(11).sync(adapter=Apart(desk.tracker))

    assert outcome.counts.planned == 0


def test_an_edit_seen_in_the_answer_is_taken_in(desk):
    """The answer to a write shows what somebody else changed meanwhile."""
    desk.mode = Mode.ANNOTATE
    ref = desk.at(0).open()
    adapter = Apart(desk.tracker)
    desk.tracker.hook = lambda name, moment: (
        desk.tracker.set(ref, "account.name", "Birch AG", by="lena")
        if (name, moment) == ("write", "before") and desk.shown(ref).values["account.name"] != "Birch AG"
        else None
    )

    outcome = desk.sync(adapter=adapter)

    assert [said.account.name for said in outcome.assessments] == ["Birch AG"]


def test_an_interval_that_contains_the_deadline_is_unclear(desk):
    """Decision 5: known only between two polls, and the deadline lies between them as well."""
    ref = desk.at(0).open(owner=())
    watching(desk.at(110))
    desk.at(118).tracker.set(ref, "owner", ("lena",), by="lena")
    desk.tracker.at(ref).updated_at = None

    _, said = watching(desk.at(125))

    assert clock(said, "owner").verdict is Verdict.INDETERMINATE


def recorded(desk: Desk, ref: TicketRef, name: str):
    """What the ledger holds of a field's past."""
    (record,) = desk.ledger.records("support", ids=[ref.id])
    return record.ticket.history[name]


class Told(Apart):
    """Tickets say who changed them last, and of some fields when and by whom."""

    def __init__(self, tracker, by, touched=None) -> None:
        super().__init__(tracker)
        self.by, self.touched = by, touched or {}

    def pull(self, cursor, watch=()):
        for page in super().pull(cursor, watch):
            tickets = (replace(t, updated_by=self.by, touched=self.touched) for t in page.tickets)
            yield replace(page, tickets=tuple(tickets))


def test_a_change_that_only_a_poll_saw_is_laid_to_whoever_changed_the_ticket_last(desk):
    """Decision 59; it is grade B, as its time is."""
    ref = desk.at(0).open()
    watching(desk)
    desk.at(10).tracker.set(ref, "account.name", "Birch AG", by="lena")
    desk.at(12).sync(adapter=Told(desk.tracker, PersonRef("lena")))

    fact = recorded(desk, ref, "account.name")[-1]

    assert (fact.actor, fact.when.grade) == (PersonRef("lena"), Grade.B)


def test_our_own_last_change_says_nothing_of_a_person_before_it(desk):
    """What escsync wrote hides who was there before."""
    ref = desk.at(0).open()
    watching(desk)
    desk.at(10).tracker.set(ref, "account.name", "Birch AG", by="lena")
    desk.at(12).sync(adapter=Told(desk.tracker, PersonRef("escsync")))

    assert recorded(desk, ref, "account.name")[-1].actor is None


def test_a_dated_change_without_its_value_narrows_the_interval_and_names_its_author(desk):
    """A long text's history row tells when and by whom, though not what."""
    ref = desk.at(0).open()
    watching(desk)
    desk.at(10).tracker.set(ref, "account.name", "Birch AG", by="lena")
    desk.at(20).tracker.set(ref, "account.tier", "smb", by="idris")
    touched = {"account.name": Touch(START + timedelta(minutes=10), PersonRef("lena"))}
    desk.at(22).sync(adapter=Told(desk.tracker, PersonRef("idris"), touched))

    fact = recorded(desk, ref, "account.name")[-1]

    assert (fact.when.at, fact.actor) == (START + timedelta(minutes=10), PersonRef("lena"))

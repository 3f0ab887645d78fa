"""Dead letters: what fails for its own reasons is set aside, stops no other, and is tried again when it may work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.desk import IDRIS, LENA, START, Desk

from escsync.adapter import (
    Conflict,
    Denied,
    Rejected,
    SetField,
    Stage,
    TicketRef,
    Unavailable,
    WriteNote,
    Written,
)
from escsync.domain.escalation import World
from escsync.domain.people import Directory
from escsync.domain.plan import Change, Mode, Plan
from escsync.testing.memory import MemoryAdapter

DAY = 24 * 60


@pytest.fixture
def make(tmp_path):
    made = []

    def one(**given):
        made.append(Desk(tmp_path, **{"mode": Mode.ENFORCE, **given}))
        return made[-1]

    yield one
    for desk in made:
        desk.close()


@pytest.fixture
def desk(make):
    """A desk at which the tracker lets nobody be made owner."""
    return make(forbidden=("owner",))


def letters(desk):
    return {letter.id: letter for letter in desk.ledger.letters.of("support")}


def aside(outcome):
    """The steps that are kept back since they are set aside."""
    edits = [held.change.edits[0] for held in outcome.plan.withheld if held.reason == "set_aside"]
    return [getattr(edit, "field", "note") for edit in edits]


class Failing(MemoryAdapter):
    """Writes of these tickets fail, each with an error of its own."""

    def __init__(self, tracker, errors):
        super().__init__(tracker)
        self.errors = errors

    def _write(self, change):
        error = self.errors.get(change.ticket.id)
        if error is None:
            return super()._write(change)
        return Written(change.ticket, dict.fromkeys(range(len(change.edits)), error))


# An edit that is refused


def test_a_refused_edit_is_set_aside_with_the_reason_and_the_others_are_done(desk):
    """The first pass says so; the next ones are silent, and the letter says why, since when and how often."""
    ref = desk.open(owner=())

    first, second = desk.sync(), desk.at(1).sync()

    (letter,) = letters(desk).values()
    assert ([f.code for f in first.errors], first.counts.refused) == (["REJECTED"], 1)
    assert (second.errors, second.counts.planned, aside(second)) == ((), 0, ["owner"])
    assert (letter.id, letter.code, letter.aside) == (f"support:{ref.id}/set:owner", "REJECTED", True)
    assert (letter.message, letter.since, letter.last_at, letter.attempts) == (
        "this field cannot be set",
        START,
        START,
        1,
    )
    assert desk.shown(ref).note is not None


def test_a_refused_owner_names_the_id_to_look_at_first(make):
    """Where the id is wrong no screen and no right helps; what the tracker advises comes after it."""
    desk = make()
    desk.open(owner=())

    class Strict(MemoryAdapter):
        def _write(self, change):
            errors = {
                i: Rejected("refused", field=edit.field, remedy=f"map {edit.field}")
                for i, edit in enumerate(change.edits)
                if isinstance(edit, SetField)
            }
            return replace(super()._write(change), failures=errors)

        def _edit(self, held, edit):
            return None if isinstance(edit, SetField) else super()._edit(held, edit)

    desk.sync(adapter=Strict(desk.tracker))

    told = {letter.step: letter.remedy for letter in letters(desk).values()}
    whose = "correct ids.support of dana in people.yaml, which `escsync doctor` checks"
    assert told["set:owner"] == f"{whose}; or map owner"
    assert told["set:health"] == "map health"


def test_each_edit_keeps_its_own_reason(make):
    """A pass tells one failure of a kind per ticket; the letters tell them apart."""
    desk = make(mode=Mode.ANNOTATE)
    ref = desk.open()

    class Strict(MemoryAdapter):
        def _write(self, change):
            names = [getattr(edit, "field", "") for edit in change.edits]
            errors = {i: Rejected(f"no {name}", remedy=f"map {name}") for i, name in enumerate(names) if name}
            return replace(super()._write(change), failures=errors)

        def _edit(self, held, edit):
            return None if isinstance(edit, SetField) else super()._edit(held, edit)

    outcome = desk.sync(adapter=Strict(desk.tracker))

    told = {letter.step: (letter.message, letter.remedy) for letter in letters(desk).values()}
    assert len(outcome.errors) == 1
    assert told["set:health"] == ("no health", "map health")
    assert told["set:due_at"] == ("no due_at", "map due_at")
    assert desk.shown(ref).note is not None


def _somebody_writes(desk, ref):
    desk.tracker.comment(ref, "#ack any news?", by="lena")


def _another_stand_in(desk, ref):
    desk.world = World(Directory((IDRIS, LENA), "idris"), company="Acme")


def _another_company(desk, ref):
    desk.world = replace(desk.world, company="Acme Ltd")


def _a_person_asks(desk, ref):
    desk.ledger.letters.replay("support", letters(desk).values())


def _nothing(desk, ref):
    pass


@pytest.mark.parametrize(
    ("minutes", "change", "tried"),
    [
        (2, _nothing, False),
        (DAY - 2, _nothing, False),
        (DAY, _nothing, True),
        (2, _somebody_writes, True),
        (2, _another_stand_in, True),
        (2, _another_company, True),
        (2, _a_person_asks, True),
    ],
)
def test_it_is_tried_again_when_something_changes_or_a_day_has_passed(desk, minutes, change, tried):
    """The ticket, the value or the configuration; or a person asks. That time alone changes our own note does not
    count."""
    ref = desk.open(owner=())
    desk.sync()

    change(desk, ref)
    outcome = desk.at(minutes).sync()
    after = desk.at(minutes + 1).sync()

    (letter,) = letters(desk).values()
    assert (outcome.counts.refused, aside(outcome)) == ((1, []) if tried else (0, ["owner"]))
    assert (letter.attempts, letter.since, letter.last_at) == (
        (2, START, START + timedelta(minutes=minutes)) if tried else (1, START, START)
    )
    assert (after.counts.planned, aside(after)) == (0, ["owner"])


def test_what_works_at_last_needs_no_letter(desk):
    """The permission was given: the next try succeeds, and nothing is kept of it."""
    ref = desk.open(owner=())
    desk.sync()
    desk.tracker.forbidden = frozenset()

    silent, done = desk.at(1).sync(), desk.at(DAY).sync()

    assert (silent.counts.planned, done.counts.refused, letters(desk)) == (0, 0, {})
    assert [person.id for person in desk.shown(ref).values["owner"]] == ["dana"]


def test_what_nobody_asks_for_any_more_needs_no_letter(desk):
    """A person took the ticket."""
    ref = desk.open(owner=())
    desk.sync()
    desk.tracker.set(ref, "owner", ("lena",), by="lena")

    desk.at(1).sync()

    assert letters(desk) == {}


def test_a_ticket_that_vanishes_takes_its_letters_along(desk):
    """Nothing can be done to it any more."""
    ref = desk.open(owner=())
    desk.open()
    desk.sync()
    desk.tracker.delete(ref, by="lena")

    desk.at(1).sync(full=True)

    assert letters(desk) == {}


def test_a_write_that_changes_nothing_is_set_aside_too(make):
    """Accepted and not there: once is enough."""
    desk = make(stubborn=("owner",))
    desk.open(owner=())

    first, second = desk.sync(), desk.at(1).sync()

    assert ([f.code for f in first.errors], second.errors, aside(second)) == (["IGNORED"], (), ["owner"])
    assert [letter.code for letter in letters(desk).values()] == ["IGNORED"]


def test_a_note_that_is_never_seen_is_written_again_only_by_a_persons_order(make):
    """Each try might leave another one behind: time alone brings none, a replay brings one."""
    desk = make(mode=Mode.ANNOTATE)
    desk.open()

    class Blind(MemoryAdapter):
        """Notes are accepted and not shown."""

        notes = 0

        def _edit(self, held, edit):
            if not isinstance(edit, WriteNote):
                return super()._edit(held, edit)
            Blind.notes += 1
            return None

    def notes(minutes):
        Blind.notes = 0
        desk.at(minutes).sync(adapter=Blind(desk.tracker))
        return Blind.notes > 0

    first, silent = notes(0), notes(1)
    (letter,) = letters(desk).values()
    desk.ledger.letters.replay("support", [letter])
    replayed, after = notes(2), notes(3)

    assert (letter.step, letter.code, letter.again_at) == ("note", "IGNORED", None)
    assert (first, silent, replayed, after) == (True, False, True, False)


def test_an_ended_ticket_stays_in_the_round_until_its_last_edit_is_done(make):
    """Nothing is lost because a ticket was closed meanwhile: it waits for the permission, and then leaves."""
    desk = make(mode=Mode.ANNOTATE, forbidden=("escsync_stage",))
    ref = desk.open()
    desk.sync()
    desk.tracker.move(ref, Stage.REJECTED, by="lena")

    desk.at(1).sync()
    waits = (aside(desk.at(2).sync()), [one.id for one in desk.ledger.refs("support")])
    desk.tracker.forbidden = frozenset()
    desk.ledger.letters.replay("support", letters(desk).values())
    desk.at(3).sync()
    desk.at(4).sync()

    assert waits == (["escsync_stage"], [ref.id])
    assert (letters(desk), desk.ledger.refs("support")) == ({}, [])
    assert desk.shown(ref).values["escsync_stage"] == "rejected"


def test_a_persons_own_order_leaves_no_letter(make):
    """Who ordered it is told at once."""
    desk = make(mode=Mode.ANNOTATE, forbidden=("owner",))
    ref = desk.open()
    desk.sync()
    ticket = desk.shown(ref)
    edit = SetField("owner", ticket.values["owner"], ("idris",))
    order = Plan((Change("support", ref, ticket.digest(), (edit,), ("ORDERED",), ticket.version),))

    outcome = desk.at(1).apply(order, mode=Mode.ENFORCE)

    assert ([f.code for f in outcome.errors], letters(desk)) == (["REJECTED"], {})


# What is the tracker's fault


@pytest.mark.parametrize("error", [Unavailable("500"), Conflict("somebody else was faster")])
def test_a_bad_connection_or_a_busy_colleague_is_no_reason(make, error):
    """Nothing is set aside where nothing worked, or where people were faster."""
    desk = make()
    bad = {desk.open().id: error for _ in range(2)}

    for minute in range(8):
        outcome = desk.at(minute).sync(adapter=Failing(desk.tracker, bad))

    assert (letters(desk), outcome.counts.planned > 0) == ({}, True)


def test_what_fails_alone_on_a_quiet_tracker_is_set_aside_for_an_hour(make):
    """Nobody else is written to, and yet it is this ticket: the tracker can be read. No answer is no verdict for a day."""
    desk = make()
    ref = desk.open()
    adapter = Failing(desk.tracker, {ref.id: Unavailable("500")})

    planned = [desk.at(minute).sync(adapter=adapter).counts.planned > 0 for minute in range(7)]
    later = desk.at(70).sync().counts.applied

    assert planned == [True] * 5 + [False] * 2
    assert (later > 0, letters(desk)) == (True, {})


def test_what_alone_fails_five_times_is_set_aside(make):
    """While the tracker serves the others: then it is the record."""
    desk = make(mode=Mode.ANNOTATE)
    bad = desk.open()
    adapter = Failing(desk.tracker, {bad.id: Unavailable("500")})
    told = []

    for minute in range(7):
        other = desk.open()
        outcome = desk.at(minute).sync(adapter=adapter)
        told.append((outcome.counts.failed > 0, bool(aside(outcome))))
        assert desk.shown(other).note is not None

    assert told == [(True, False)] * 5 + [(False, True)] * 2
    assert {letter.attempts for letter in letters(desk).values()} == {5}


def test_a_success_begins_the_count_anew(make):
    """Five in a row."""
    desk = make(mode=Mode.ANNOTATE)
    bad = desk.open()

    for minute in range(4):
        desk.open()
        desk.at(minute).sync(adapter=Failing(desk.tracker, {bad.id: Unavailable("500")}))
    counted = {letter.attempts for letter in letters(desk).values()}
    desk.at(5).sync()

    assert (counted, letters(desk)) == ({4}, {})


def test_a_tracker_that_dies_half_way_is_no_reason(make):
    """Whoever came after the point of death fails with the others."""
    desk = make(mode=Mode.ANNOTATE)

    for minute in range(7):
        refs = [desk.open(), desk.open(), desk.open()]
        dead = {ref.id: Unavailable("503") for ref in (refs[1], refs[2])}
        desk.at(minute).sync(adapter=Failing(desk.tracker, dead))

    assert letters(desk) == {}


def test_a_lost_permission_is_the_accounts_and_not_the_records(make):
    """All are denied: nothing is set aside. One is denied while others are written: that one is."""
    desk = make(mode=Mode.ANNOTATE)
    one, other = desk.open(), desk.open()

    desk.sync(adapter=Failing(desk.tracker, {one.id: Denied("403"), other.id: Denied("403")}))
    all_denied = letters(desk)
    desk.at(1).sync(adapter=Failing(desk.tracker, {one.id: Denied("403")}))
    again = desk.at(2).sync(adapter=Failing(desk.tracker, {one.id: Denied("403")}))

    assert all_denied == {}
    assert {letter.ticket for letter in letters(desk).values()} == {one.id}
    assert (again.errors, again.counts.planned, "note" in aside(again)) == ((), 0, True)


# What cannot be read or judged


def test_an_unreadable_ticket_is_reported_once_and_read_again_after_a_day(make):
    """No pull brings it again: it is asked for by its id; as soon as it can be read, its letter is gone."""
    desk = make(mode=Mode.ANNOTATE)
    bad = desk.open()
    desk.open()
    desk.tracker.spoilt = {bad.id}

    first, second = desk.sync(), desk.at(1).sync()
    early = [letter.id for letter in letters(desk).values()]
    desk.tracker.spoilt = set()
    silent = desk.at(2).sync()
    desk.at(DAY + 1).sync()

    assert ([f.code for f in first.errors], second.errors, early) == (
        ["UNREADABLE"],
        (),
        [f"support:{bad.id}"],
    )
    assert silent.counts.assessed == 1
    assert (letters(desk), desk.shown(bad).note is not None) == ({}, True)


@pytest.mark.parametrize("mended", [True, False])
def test_a_person_has_an_unreadable_ticket_read_at_once(make, mended):
    """A replay brings it with the next pass, one call more; where it still fails, that is said once more."""
    desk = make(mode=Mode.ANNOTATE)
    bad = desk.open()
    desk.open()
    desk.tracker.spoilt = {bad.id}
    desk.sync()
    idle = desk.at(1).sync().counts.api_calls

    desk.ledger.letters.replay("support", letters(desk).values())
    desk.tracker.spoilt = set() if mended else {bad.id}
    told = desk.at(2).sync()
    after = desk.at(3).sync()

    assert [f.code for f in told.errors] == ([] if mended else ["UNREADABLE"])
    assert [letter.attempts for letter in letters(desk).values()] == ([] if mended else [2])
    assert (idle, after.counts.api_calls, after.errors) == (1, 1, ())


def test_an_unreadable_ticket_that_is_gone_needs_no_letter(make):
    """It was deleted before anybody could read it."""
    desk = make(mode=Mode.ANNOTATE)
    bad = desk.open()
    desk.open()
    desk.tracker.spoilt = {bad.id}
    desk.sync()

    desk.tracker.delete(bad, by="lena")
    desk.tracker.spoilt = set()
    desk.ledger.letters.replay("support", letters(desk).values())
    outcome = desk.at(1).sync()

    assert (letters(desk), outcome.errors) == ({}, ())


def test_a_tracker_that_is_gone_when_it_is_read_again_keeps_the_letter(make):
    """Nobody knows yet."""
    desk = make(mode=Mode.ANNOTATE)
    bad = desk.open()
    desk.open()
    desk.tracker.spoilt = {bad.id}
    desk.sync()
    desk.ledger.letters.replay("support", letters(desk).values())

    class Down(MemoryAdapter):
        def read(self, refs):
            raise Unavailable("503")

    outcome = desk.at(1).sync(adapter=Down(desk.tracker))

    assert ([f.code for f in outcome.errors], list(letters(desk))) == (["UNAVAILABLE"], [f"support:{bad.id}"])


class Odd(Directory):
    """A directory that breaks on one person."""

    def resolve(self, tracker, ref):
        if ref is not None and ref.id == "idris":
            raise KeyError("customer text")
        return super().resolve(tracker, ref)


def test_a_ticket_that_cannot_be_judged_is_reported_once(make):
    """It is judged in every pass all the same; where that works, the letter is gone."""
    desk = make(mode=Mode.ANNOTATE)
    bad = desk.open(owner=("idris",))
    desk.open()
    desk.sync()
    odd = replace(desk.world, directory=Odd(tuple(desk.world.directory.people.values()), "dana"))

    first, second = desk.at(1).sync(world=odd), desk.at(2).sync(world=odd)
    kept = list(letters(desk))
    desk.at(3).sync()

    assert ([f.code for f in first.errors], second.errors) == (["UNREADABLE"], ())
    assert (second.counts.unreadable, second.counts.assessed) == (1, 1)
    assert (kept, letters(desk)) == ([f"support:{bad.id}/judge"], {})
    assert "customer text" not in str(first.errors)


def test_a_rehearsal_tries_nothing_and_forgets_nothing(desk):
    """`plan` shows what is set aside, and leaves the letters as they are."""
    desk.open(owner=())
    desk.sync()
    before = letters(desk)

    planned = desk.at(1).plan()

    assert (aside(planned), letters(desk)) == (["owner"], before)


def test_a_letter_names_a_ticket_or_one_of_its_steps(desk):
    """What a person types is what is listed."""
    ref = desk.open(owner=())
    desk.sync()
    (letter,) = letters(desk).values()

    assert (letter.of, letter.place) == (f"support:{ref.id}", (ref.id, "set:owner"))
    assert letter.again_at == START + timedelta(days=1)
    assert replace(letter, step="note", code="IGNORED").again_at is None
    assert replace(letter, step="").id == letter.of
    assert TicketRef(letter.ticket, letter.key) == desk.shown(ref).ref


def test_of_what_cannot_be_read_nothing_is_concluded(make):
    """Known before, and unreadable now: said once, counted each time, and neither judged nor written."""
    desk = make(mode=Mode.ANNOTATE)
    ref = desk.open()
    desk.sync()
    desk.at(1).tracker.set(ref, "summary", "Garbled", by="lena")
    desk.tracker.spoilt.add(ref.id)

    first, *rest = [desk.at(minutes).sync() for minutes in (2, 3, 200)]

    assert [error.code for error in first.errors] == ["UNREADABLE"]
    assert {(one.errors, one.counts.planned, one.counts.unreadable) for one in rest} == {((), 0, 1)}

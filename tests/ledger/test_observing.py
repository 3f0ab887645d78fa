"""What a poll sees becomes evidence that is never rewritten."""

from __future__ import annotations

from dataclasses import replace

from ledger.polls import CREATED, DANA, IDRIS, T, Tracker, at, dump, reading, said, ticket

from escsync.domain.evidence import Evidence, Grade
from escsync.domain.people import PersonRef
from escsync.domain.policy import Policy
from escsync.domain.ticket import Fact, TicketRef
from escsync.ledger import Ledger
from escsync.ledger.decisions import Judgement
from escsync.ledger.poll import Poll
from escsync.ledger.trackers import Sweep


def test_a_ticket_comes_back_as_it_was_seen(tracker):
    """The record holds what the tracker showed."""
    seen = ticket(owner=DANA, tone="public")

    tracker.poll(1, seen)

    record = tracker.record()
    assert (record.id, record.ticket.values, record.first_seen) == ("support:1", seen.values, at(1))


def test_an_unchanged_ticket_writes_no_row(tracker, ledger):
    """A poll costs what changed, not what exists."""
    seen = replace(ticket(owner=DANA), messages=(said(),))
    first = tracker.poll(1, seen)
    before = dump(ledger, "tickets", "messages", "observations")

    again = ledger.observe(Poll(T, at(1), at(1), reading), [seen])

    assert (first.changed, again.changed) == ({"1"}, set())
    # The only row touched is the tracker's own poll of people; tickets, messages and observations are left alone.
    assert dump(ledger, "tickets", "messages", "observations") == before


def test_a_first_observation_lies_between_creation_and_the_poll(tracker):
    """Decision 6: nobody knows more where the tracker keeps no history."""
    tracker.poll(30, replace(ticket(tone="public"), updated_at=None))

    (fact,) = tracker.record().ticket.history["tone"]
    assert fact == Fact(Evidence(at(30), CREATED, Grade.B, "poll"), "public")


def test_the_trackers_last_edit_narrows_an_interval(tracker):
    """Decision 5: the upper end is the tracker's own instant where that lies inside."""
    tracker.poll(30, replace(ticket(tone="private"), updated_at=at(5)))
    tracker.poll(60, replace(ticket(tone="public"), updated_at=at(45)))
    tracker.poll(90, replace(ticket(tone="threat_public"), updated_at=at(10)))

    facts = tracker.record().ticket.history["tone"]
    assert [(f.when.after, f.when.at) for f in facts] == [
        (CREATED, at(5)),
        (at(30), at(45)),
        (at(60), at(90)),
    ]


def test_a_change_between_two_polls_is_an_observation_more(tracker):
    """Owner and stage histories grow by what polls see; nothing is rewritten."""
    tracker.poll(10, ticket())
    tracker.poll(20, replace(ticket(owner=DANA), updated_at=None))
    tracker.poll(30, replace(ticket(owner=IDRIS), updated_at=None))

    facts = tracker.record().ticket.history["owner"]
    assert [f.value for f in facts] == [(), DANA, IDRIS]
    assert [f.when.at for f in facts] == [CREATED, at(20), at(30)]


def test_a_renamed_person_is_no_new_owner(tracker):
    """The same id is the same person."""
    tracker.poll(10, ticket(owner=DANA))
    tracker.poll(20, ticket(owner=(PersonRef("u1", "Dana Reyes-Cole", active=True),)))

    (fact,) = tracker.record().ticket.history["owner"]
    assert fact.value[0].name == "Dana Reyes-Cole"


def test_the_trackers_own_history_is_not_observed_again(tracker, ledger):
    """Where the tracker records changes, its record is all there is."""
    past = {"tone": (Fact(Evidence(CREATED), None), Fact(Evidence(at(3)), "public"))}

    tracker.poll(10, replace(ticket(tone="public"), history=past))

    assert tracker.record().ticket.history["tone"] == past["tone"]
    assert "tone" not in {row[2] for row in dump(ledger, "observations")["observations"]}


def test_escsyncs_own_fields_are_never_evidence(tracker, ledger):
    """What escsync wrote proves nothing."""
    tracker.poll(10, ticket(health="ok"))

    assert "health" not in {row[2] for row in dump(ledger, "observations")["observations"]}


def test_what_escsync_has_just_written_is_its_own_deed(tracker):
    """An observed change that we made has us as its actor."""
    tracker.poll(10, ticket())
    tracker.poll(20, ticket(owner=DANA), by_us=frozenset({("1", "owner")}))

    assert tracker.record().ticket.history["owner"][-1].actor == PersonRef("bot")


def test_private_text_is_not_kept(tmp_path):
    """The file holds no word of a customer, nor of a message."""
    path = tmp_path / "ledger.db"
    seen = replace(ticket(findings_summary="Alder was billed twice"), messages=(said(words="Dear Ms Alder"),))

    with Ledger.open(f"sqlite:///{path}") as opened:
        Tracker(opened).poll(10, seen)
        record = Tracker(opened).record()

    assert b"Alder" not in path.read_bytes()
    assert record.ticket.values["findings_summary"].startswith("sha256:")
    assert record.ticket.messages[0].text == ""


def test_store_text_keeps_it(address):
    """Who wants the words can have them."""
    with Ledger.open(address, text=True) as opened:
        seen = replace(ticket(findings_summary="billed twice"), messages=(said(words="Dear"),))
        Tracker(opened).poll(10, seen, text=True)

        record = Tracker(opened).record()

    assert (record.ticket.values["findings_summary"], record.ticket.messages[0].text) == (
        "billed twice",
        "Dear",
    )


def test_one_ticket_that_cannot_be_understood_stops_no_other(tracker):
    """Neither a bad value nor a text that breaks the reader."""

    def fragile(_ticket, message):
        if message.text == "boom":
            raise RecursionError(message.text)
        return reading(_ticket, message)

    bad_value = ticket("2", tone=3.5)
    bad_text = replace(ticket("3"), messages=(said(words="boom"),))
    seen = tracker.poll(10, ticket("1"), bad_value, bad_text, ticket("4"), read=fragile)

    assert {native: told.split()[0] for native, told in seen.failed.items()} == {
        "2": "TypeError",
        "3": "RecursionError",
    }
    assert "boom" not in str(seen.failed)
    assert {"1", "4"} <= {record.ticket.id for record in tracker.ledger.records(T)}


def test_a_deactivation_lies_between_two_polls(tracker):
    """G-5: the last poll that saw the person active, and this one."""
    gone = (replace(DANA[0], active=False),)
    tracker.poll(115, ticket(owner=DANA))
    tracker.poll(125, ticket(owner=gone))
    tracker.poll(135, ticket(owner=gone))

    assert tracker.record().inactive == {"u1": Evidence(at(125), at(115), Grade.B, "poll")}


def test_a_person_who_is_active_again_is_so(tracker):
    """A reactivation clears it."""
    gone = (replace(DANA[0], active=False),)
    for minutes, owner in ((10, DANA), (20, gone), (30, DANA)):
        tracker.poll(minutes, ticket(owner=owner))

    assert tracker.record().inactive == {}


def test_a_ticket_that_never_was_in_scope_is_not_kept(tracker, ledger):
    """It is no escalation: a part of one, say."""
    tracker.poll(10, replace(ticket("1"), in_scope=False), ticket("2"))

    assert [record.ticket.id for record in ledger.records(T)] == ["2"]


def test_one_open_ticket_per_owner_is_watched(tracker, ledger):
    """A deactivation is seen without a call for each ticket; what left the scope is followed by id."""
    tracker.poll(5, ticket("5"))
    tracker.poll(
        10,
        ticket("1", owner=DANA),
        ticket("2", owner=DANA),
        ticket("3", owner=IDRIS),
        ticket("4"),
        replace(ticket("5"), in_scope=False),
    )
    ledger.judged(T, Policy(), at(10), [Judgement("3", True, None, "", None)])

    assert ledger.watch(T) == [TicketRef("2", "ESC-2"), TicketRef("5", "ESC-5")]


def test_tombstones_and_departures_are_kept_with_the_cursor(tracker, ledger):
    """A deleted escalation stays in the statistics, and what comes back is alive."""
    tracker.poll(10, ticket("1"), ticket("2"), ticket("3"))
    ledger.polled(T, {"since": 20}, at(20), Sweep("f", True, gone=["1"], left=["2"]))

    by_id = {record.ticket.id: record for record in ledger.records(T)}
    state = ledger.state(T)
    assert by_id["1"].vanished == Evidence(at(20), at(10), Grade.B, "poll")
    assert (state.cursor, state.polled_at, state.swept_at, state.fingerprint) == (
        {"since": 20},
        at(20),
        at(20),
        "f",
    )
    assert ledger.refs(T, outside=True) == [TicketRef("2", "ESC-2")]
    tracker.poll(30, ticket("1"))
    assert tracker.record("1").vanished is None


def test_leaving_the_scope_is_dated_once(tracker):
    """It happened between the last poll that found it inside and this one, and stays so until it comes back."""
    tracker.poll(10, ticket())
    tracker.poll(20, replace(ticket(), in_scope=False))
    tracker.poll(30, replace(ticket(summary="Other words"), in_scope=False))
    left = tracker.record().left
    tracker.poll(40, ticket())

    assert (left.after, left.at) == (at(10), at(20))
    assert tracker.record().left is None

"""The local tracker as a real tracker: its clock, its past, its people, and what goes wrong with a file."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from escsync_local.adapter import connect
from escsync_local.settings import LocalSettings
from escsync_local.store import ACCOUNT
from escsync_local.tracker import LocalTracker, Missing, Refused
from fakes.local_humans import LocalHumans, once
from hypothesis import given
from hypothesis import strategies as st

from escsync.adapter import (
    Binding,
    Change,
    Denied,
    Draft,
    Level,
    MessageKind,
    Move,
    PersonKind,
    PersonRef,
    Rejected,
    SetField,
    Stage,
    TicketRef,
    Unavailable,
    Vocabulary,
    WriteNote,
)

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def humans(tmp_path):
    humans = LocalHumans(tmp_path)
    humans.hire("ana", "Ana Silva")
    humans.hire("dana", "Dana Reyes")
    return humans


def speaking(humans, **vocabulary):
    """The same tracker, read with another vocabulary."""
    humans.vocabulary = Vocabulary(**vocabulary)
    return humans.connect()


def one(adapter, ref):
    (ticket,) = adapter.read([ref])
    return ticket


def bound(path, retry=once):
    settings = LocalSettings.model_validate({"connection": {"path": str(path)}})
    return Binding("local", settings, Vocabulary(), retry, lambda: NOW)


def test_owners_in_several_fields_and_in_one_text_are_one_set(humans):
    """A picker, a co-owner field and a text with separators together name the owners (decision 13)."""
    adapter = speaking(humans, fields={"owner": ("owner", "co_owner")})
    ref = humans.create({"owner": "dana", "co_owner": "Dana Reyes / Ben Ott and Cy"}, by="ana")

    owners = one(adapter, ref).values["owner"]

    assert [p.id or p.name for p in owners] == ["dana", "Dana Reyes", "Ben Ott", "Cy"]
    assert len(one(adapter, ref).history["owner"]) == 1


def test_writing_the_owner_leaves_exactly_that_one(humans):
    """The co-owner field is emptied with it, so that the set becomes the one person."""
    adapter = speaking(humans, fields={"owner": ("owner", "co_owner")})
    ref = humans.create({"owner": "dana", "co_owner": "ana"}, by="ana")

    list(adapter.write([Change("t", ref, "", (SetField("owner", None, (PersonRef("ana"),)),), ())]))

    assert [p.id for p in one(adapter, ref).values["owner"]] == ["ana"]


def test_options_and_fields_map_both_ways(humans):
    """A tracker's own words are read as ours and written back as its own."""
    adapter = speaking(
        humans,
        fields={"severity": ("kind_of_trouble",)},
        options={"severity": {"billing_dispute": ("Invoice wrong", "Billing")}},
    )
    ref = humans.create({"kind_of_trouble": "billing"}, by="ana")

    before = one(adapter, ref).values["severity"]
    list(adapter.write([Change("t", ref, "", (SetField("severity", None, "billing_dispute"),), ())]))

    assert before == "billing_dispute"
    assert humans.tracker.values(1)["kind_of_trouble"] == "Invoice wrong"
    assert one(adapter, ref).values["severity"] == "billing_dispute"


def test_of_twins_the_oldest_is_the_note_and_the_others_go(humans):
    """There is one note of escsync's on a ticket, whatever left a second one."""
    adapter = speaking(humans)
    ref = humans.create({}, by="ana")
    for _ in range(2):
        humans.tracker.say(1, "old\n\nescsync-note aa11", by=ACCOUNT)
    seen = one(adapter, ref).note

    list(adapter.write([Change("t", ref, "", (WriteNote("two", "bb22", "aa11", seen.id, seen.twins),), ())]))

    after = one(adapter, ref).note
    assert len(seen.twins) == 1
    assert (after.id, after.digest, after.twins) == (seen.id, "bb22", ())


RUBBISH = [
    ("received_at", "tomorrow", "tomorrow"),
    ("received_at", "2026-03-03T09:00:00", "2026-03-03T09:00:00"),
    ("received_at", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ("received_at", "2026-03-03", date(2026, 3, 3)),
    ("account.arr", "a lot", "a lot"),
    ("account.arr", "1e999999999", "1e999999999"),
    ("account.arr", "NaN", "NaN"),
    ("account.arr", 12, Decimal(12)),
    ("account.customer_since", "2026-03-03T09:00:00Z", date(2026, 3, 3)),
    ("is_technical", "maybe", "maybe"),
    ("is_technical", "Yes", True),
    ("checklist.csm_spoken", "N/A", "na"),
    ("checklist.csm_spoken", True, "done"),
    ("checklist.csm_spoken", "half", "half"),
    ("severity", "Data Issue", "data_issue"),
    ("severity", {"a": 1}, '{"a": 1}'),
    ("resolution_types", "Billing-Credit", ("billing_credit",)),
    ("resolution_types", ["billing_credit", "magic"], ("billing_credit", "magic")),
    ("account.csm", 42, (PersonRef(name="42"),)),
    ("account.csm", "p@acme.example", (PersonRef(email="p@acme.example"),)),
]


@pytest.mark.parametrize(("field", "raw", "shown"), RUBBISH)
def test_values_are_read_leniently(humans, field, raw, shown):
    """What can be understood is; rubbish is handed on as its text, never a crash."""
    ref = humans.create({field: raw}, by="ana")

    assert one(humans.connect(), ref).values[field] == shown


@given(
    raw=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    )
)
def test_no_value_can_break_the_reading(tmp_path_factory, raw):
    """Any JSON in any field still gives a ticket."""
    from escsync_local.codec import Codec

    from escsync.adapter import FIELDS

    codec = Codec({}, frozenset(), {}, Vocabulary(), "file:x")

    for name in FIELDS:
        codec.decode(name, [raw])


def test_a_status_without_a_stage_keeps_its_name_and_its_doneness(humans):
    """An unmapped status is no stage of ours, but whether it is done is the tracker's own word."""
    humans.tracker.add_status("archived", "Archived", done=True)
    ref = humans.create({"stage": "archived"}, by="ana")

    status = one(humans.connect(), ref).status

    assert (status.name, status.stage, status.done) == ("Archived", None, True)


def test_a_flag_put_later_dates_the_entry(humans):
    """A ticket that was declared an escalation later came into scope then; taken back, it is told once more."""
    key = humans.tracker.create({"summary": "x"}, by="ana", flagged=False)
    adapter = humans.connect()
    (before,) = adapter.pull(None)
    humans.now += timedelta(minutes=10)
    humans.tracker.flag(key, by="ana")
    (flagged,) = adapter.pull(before.cursor)
    humans.tracker.flag(key, by="ana", on=False)
    (taken_back,) = adapter.pull(flagged.cursor)

    assert before.tickets == ()
    assert flagged.tickets[0].entered_at.at == NOW + timedelta(minutes=10)
    assert [t.in_scope for t in taken_back.tickets] == [False]
    assert [page.tickets for page in adapter.pull(None)] == [()]


def test_customers_speak_inbound_and_public_comments_are_native(humans):
    """A customer's comment is an inbound message, a public one of ours needs no marker."""
    humans.tracker.add_user("alder", "Jo Alder", customer=True)
    ref = humans.create({"summary": "x"}, by="ana")
    humans.tracker.comment(ref.id, "#ack we cancel our contract", by="alder")
    humans.tracker.comment(ref.id, "We are on it.", by="dana", public=True)

    told = [(m.inbound, m.native, m.marker, m.text) for m in one(speaking(humans, native=True), ref).messages]
    silent = one(speaking(humans, native=False), ref).messages

    assert told == [
        (True, True, None, "#ack we cancel our contract"),
        (False, True, None, "We are on it."),
    ]
    assert silent == ()
    assert "alder" not in {person.id for person in humans.connect().people()}


def test_bots_speak_automatically(humans):
    """A bot's marked comment is a message, and an automated one."""
    humans.hire("robo", "Auto-reply", kind=PersonKind.BOT)
    ref = humans.create({"summary": "x"}, by="ana")
    humans.comment(ref, "#ack We received your request 4711.", by="robo")

    (message,) = one(humans.connect(), ref).messages

    assert (message.automated, message.marker) == (True, MessageKind.ACKNOWLEDGEMENT)


def test_an_inactive_user_cannot_be_assigned(humans):
    """The tracker refuses it, by field; the rest of the change goes through."""
    ref = humans.create({"summary": "x"}, by="ana")
    humans.dismiss("dana")
    adapter = humans.connect()
    edits = (SetField("owner", None, (PersonRef("dana"),)), SetField("health", None, "ok"))

    (written,) = adapter.write([Change("t", ref, "", edits, ())])

    assert isinstance(written.failures[0], Rejected)
    assert written.failures[0].field == "owner"
    assert one(adapter, ref).values["health"] == "ok"


def test_a_move_to_a_stage_without_a_status_is_rejected(humans):
    """Where `stages:` names none, or one that the tracker has not."""
    ref = humans.create({"summary": "x"}, by="ana")
    adapter = speaking(humans, stages={Stage.INTAKE: ("Intake",), Stage.CLOSED: ("Gone fishing",)})
    edits = (Move("Intake", Stage.CLOSED), Move("Intake", Stage.REJECTED))

    (written,) = adapter.write([Change("t", ref, "", edits, ())])

    assert [written.failures[i].field for i in (0, 1)] == ["stage", "stage"]


def test_check_names_what_does_not_fit(humans):
    """A mapped status that the tracker lacks fails, one that nobody mapped is a warning."""
    adapter = speaking(humans, stages={Stage.INTAKE: ("Intake",), Stage.CLOSED: ("Gone fishing",)})

    lines = [(p.level, p.subject) for p in adapter.check()]

    assert (Level.OK, "stages.intake") in lines
    assert (Level.FAIL, "stages.closed") in lines
    assert (Level.WARNING, "status 'Investigation'") in lines


def test_creating_twice_makes_one(humans):
    """A draft that was created before a crash is that same record."""
    adapter = humans.connect()

    refs = {adapter.create(Draft("key", {"summary": "x"})) for _ in range(2)}

    assert len(refs) == 1


def test_a_cursor_of_another_file_is_worth_nothing(humans, tmp_path_factory):
    """After the file was replaced, everything comes anew."""
    humans.create({"summary": "x"}, by="ana")
    (page,) = humans.connect().pull(None)
    other = LocalHumans(tmp_path_factory.mktemp("other"))
    other.hire("ana", "Ana Silva")
    other.create({"summary": "y"}, by="ana")

    (fresh,) = other.connect().pull(page.cursor)

    assert len(fresh.tickets) == 1


def test_writing_what_is_already_there_is_no_change(humans):
    """No revision, no history, nothing for the next pull."""
    ref = humans.create({"summary": "x", "health": "ok"}, by="ana")
    adapter = humans.connect()
    (page,) = adapter.pull(None)

    list(adapter.write([Change("t", ref, "", (SetField("health", "ok", "ok"),), ())]))
    (idle,) = adapter.pull(page.cursor)

    assert idle.tickets == ()
    assert idle.cursor == page.cursor


def test_mistakes_of_people_are_refused(humans):
    """An unknown user, status, ticket or comment is refused, and nothing stays behind."""
    ref = humans.create({"summary": "x"}, by="ana")

    with pytest.raises(Refused):
        humans.comment(ref, "hello", by="nobody")
    with pytest.raises(Refused):
        humans.tracker.move(ref.id, "Gone fishing", by="ana")
    with pytest.raises(Missing):
        humans.delete(TicketRef("77"), by="ana")
    with pytest.raises(Missing):
        humans.tracker.delete_comment("77")
    assert len(one(humans.connect(), ref).history["stage"]) == 1


def test_a_folder_that_is_not_there_is_said_plainly(tmp_path):
    """A misspelt path makes no file."""
    with pytest.raises(Denied, match="the folder does not exist"):
        connect(bound(tmp_path / "nowhere" / "tracker.db"))


@pytest.mark.parametrize("content", [b"this is no database, only text" * 100, b""])
def test_a_file_that_is_no_tracker(tmp_path, content):
    """Text is refused and kept; an empty file becomes a tracker."""
    path = tmp_path / "tracker.db"
    path.write_bytes(content)

    if content:
        with pytest.raises(Denied, match="is not a local tracker"):
            connect(bound(path))
        assert path.read_bytes() == content
    else:
        assert next(iter(connect(bound(path)).pull(None))).tickets == ()


def test_somebody_elses_database_is_refused(tmp_path):
    """Another program's tables are not touched."""
    path = tmp_path / "tracker.db"
    link = sqlite3.connect(path)
    link.execute("CREATE TABLE customers (name TEXT)")
    link.close()

    with pytest.raises(Denied, match="is not a local tracker"):
        connect(bound(path))


def test_a_locked_file_is_worth_another_try(tmp_path):
    """Another program holds the file: surely not written, so wait and try again."""
    path = tmp_path / "tracker.db"
    LocalTracker(path, lambda: NOW).close()
    tries = []

    def retry(operation, *, safe):
        try:
            return operation()
        except Unavailable as error:
            tries.append((safe, error.executed))
            holder.execute("ROLLBACK")
            return operation()

    adapter = connect(bound(path, retry))
    adapter._store._link.execute("PRAGMA busy_timeout = 0")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    ref = adapter.create(Draft("key", {"summary": "x"}))
    holder.close()

    assert ref.key == "ESC-1"
    assert tries == [(False, False)]


def test_settings_are_strict_and_relative_to_the_configuration(tmp_path):
    """An unknown key is refused; a path is resolved against the folder that the configuration hands on."""
    raw = {"connection": {"path": "tracker.db"}}

    moved = LocalSettings.model_validate(raw, context={"folder": tmp_path})

    assert moved.connection.path == tmp_path / "tracker.db"
    with pytest.raises(ValueError, match="pfad"):
        LocalSettings.model_validate({"connection": {"path": "x", "pfad": "y"}})

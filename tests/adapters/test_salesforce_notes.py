"""Values, notes and new records written to Salesforce."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from escsync_salesforce.creation import mark
from fakes.http import Fault, Reply
from fakes.salesforce.rig import pull, rig
from fakes.salesforce.steps import OK, owner, read, written

from escsync.adapter import (
    Ambiguous,
    Create,
    Draft,
    PersonRef,
    Rejected,
    SetField,
    TicketRef,
    WriteNote,
)

START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def sf():
    with rig() as made:
        made.org.default_owner = made.org.who("idris")
        yield made


def test_what_is_written_reads_back_as_foretold(sf):
    """Trimmed, to the second, rounded to the scale, "" as nothing: no endless differences."""
    case = sf.open("x")
    adapter = sf.connect()
    wanted = {
        "summary": "  spaced \r\nout ",
        "ack_due_at": START.replace(microsecond=7),
        "committed_at": START,
        "follow_up.scheduled_for": date(2026, 3, 10),
        "is_technical": True,
        "checklist.history_reviewed": "done",
        "resolution_types": ("engineering_fix", "billing_credit"),
        "findings_summary": "",
    }

    one = written(sf, adapter, case, *(SetField(name, None, value) for name, value in wanted.items()))
    shown = read(sf, adapter, case).values

    assert not one.failures
    for name, value in wanted.items():
        assert shown[name] == adapter.fit(name, value)
        assert adapter.fit(name, shown[name]) == shown[name]


def test_the_owner_stands_in_the_first_field_alone(sf):
    """A co-owner is cleared with it."""
    case = sf.open("x", OwnerId="dana", Co_Owner__c="idris")
    adapter = sf.connect()

    written(sf, adapter, case, owner(sf, "ana"))

    assert (case.values["OwnerId"], case.values["Co_Owner__c"]) == (sf.org.who("ana"), None)


def test_our_own_write_is_no_humans_edit(sf):
    """Its history carries escsync's account."""
    case = sf.open("x", OwnerId="dana")
    adapter = sf.connect()
    sf.org.clock.advance(minutes=1)

    written(sf, adapter, case, owner(sf, "ana"))

    assert read(sf, adapter, case).history["owner"][-1].actor.id == adapter.me


def note(sf, case):
    rows = [
        r for r in sf.org.rows["CaseComment"].values() if r.values["ParentId"] == case.id and not r.deleted
    ]
    return [(row.id, row.values["CommentBody"], row.values["IsPublished"]) for row in rows]


def test_the_note_is_never_published_and_changed_in_place(sf):
    """Where the org lets comments be changed."""
    sf.org.moderator = True
    case = sf.open("x")
    adapter = sf.connect()
    written(sf, adapter, case, WriteNote("one", "aa11", None))
    ((id, body, published),) = note(sf, case)

    written(sf, adapter, case, WriteNote("two", "bb22", "aa11"))

    assert (body, published) == ("one\n\nescsync-note aa11", False)
    assert note(sf, case) == [(id, "two\n\nescsync-note bb22", False)]


def test_where_comments_cannot_be_changed_the_old_note_makes_room(sf):
    """Most orgs let nobody change a comment: it is deleted and written anew, or the remedy is said."""
    sf.org.moderator = True
    case = sf.open("x")
    adapter = sf.connect()
    written(sf, adapter, case, WriteNote("one", "aa11", None))
    refused = {
        "success": False,
        "errors": [{"statusCode": "INSUFFICIENT_ACCESS_OR_READONLY", "message": "no", "fields": []}],
    }
    sf.server.faults.append(Fault(lambda r: r.method == "PATCH", Reply(200, [refused]), times=9))

    one = written(sf, adapter, case, WriteNote("two", "bb22", "aa11"))

    assert not one.failures
    assert [body for _, body, _ in note(sf, case)] == ["two\n\nescsync-note bb22"]


@pytest.mark.parametrize("after", [False, True])
def test_a_deletion_of_unknown_fate_is_repeated(sf, after):
    """What is gone already is as good as gone now, and there is one note in the end."""
    sf.org.eraser = True
    case = sf.open("x")
    adapter = sf.connect()
    written(sf, adapter, case, WriteNote("one", "aa11", None))
    sf.server.faults.append(Fault(lambda r: r.method == "DELETE", reset=True, after=after))

    one = written(sf, adapter, case, WriteNote("two", "bb22", "aa11"))

    assert not one.failures
    assert [body for _, body, _ in note(sf, case)] == ["two\n\nescsync-note bb22"]


def test_one_comment_that_is_refused_is_not_every_comment(sf):
    """Where some can be changed, changing is tried again."""
    sf.org.moderator = True
    cases = [sf.open(f"n{n}") for n in range(2)]
    adapter = sf.connect()
    refs = [sf.ref(case) for case in cases]
    sf.write(adapter, *(sf.change(case, WriteNote("one", "aa11", None)) for case in cases))
    list(adapter.read(refs))
    no = {"statusCode": "INSUFFICIENT_ACCESS_OR_READONLY", "message": "no", "fields": []}
    sf.server.faults.append(
        Fault(lambda r: r.method == "PATCH", alter=lambda b: [b[0], {"success": False, "errors": [no]}])
    )
    sf.write(adapter, *(sf.change(case, WriteNote("two", "bb22", "aa11")) for case in cases))
    list(adapter.read(refs))
    before = len(sf.server.log)

    sf.write(adapter, *(sf.change(case, WriteNote("three", "cc33", "bb22")) for case in cases))

    assert [c.request.method for c in sf.server.log[before:]] == ["PATCH"]


def test_where_nothing_can_be_done_about_the_old_note_it_stays_the_only_one(sf):
    """And the remedy is said."""
    case = sf.open("x")
    adapter = sf.connect()
    written(sf, adapter, case, WriteNote("one", "aa11", None))

    one = written(sf, adapter, case, WriteNote("two", "bb22", "aa11"), OK)

    assert isinstance(one.failures[0], Rejected)
    assert "permission set" in one.failures[0].remedy
    assert [body for _, body, _ in note(sf, case)] == ["one\n\nescsync-note aa11"]
    assert case.values["Health__c"] == "ok"


def test_a_note_that_somebody_deleted_is_written_anew(sf):
    """Its id is dead."""
    sf.org.moderator = True
    case = sf.open("x")
    adapter = sf.connect()
    written(sf, adapter, case, WriteNote("one", "aa11", None))
    ticket = read(sf, adapter, case)
    sf.org.delete(sf.org.row(ticket.note.id))

    (one,) = sf.write(adapter, sf.change(case, WriteNote("two", "bb22", "aa11")))

    assert not one.failures
    assert [body for _, body, _ in note(sf, case)] == ["two\n\nescsync-note bb22"]


@pytest.mark.parametrize("moderator", [True, False])
def test_of_twins_the_oldest_is_the_note_and_the_others_go(sf, moderator):
    """A request that landed late left one; where the org lets us delete none, that is said with the remedy."""
    sf.org.moderator = True
    case = sf.open("x")
    first = sf.org.say(case, "old\n\nescsync-note aa11", by="escsync")
    sf.org.clock.advance(minutes=1)
    second = sf.org.say(case, "old\n\nescsync-note aa11", by="escsync")
    adapter = sf.connect()
    seen = read(sf, adapter, case).note
    sf.org.moderator = moderator

    one = written(sf, adapter, case, WriteNote("two", "bb22", "aa11", seen.id, seen.twins))

    assert (seen.id, seen.twins) == (first.id, (second.id,))
    if moderator:
        assert not one.failures
        assert [body for _, body, _ in note(sf, case)] == ["two\n\nescsync-note bb22"]
    else:
        assert isinstance(one.failures[0], Rejected)
        assert one.failures[0].remedy


def test_the_note_is_looked_for_where_nobody_read_the_case(sf):
    """A second one is never written because the first was not looked for."""
    sf.org.moderator = True
    case = sf.open("x")
    written(sf, sf.connect(), case, WriteNote("one", "aa11", None))

    sf.write(sf.connect(), sf.change(case, WriteNote("two", "bb22", None)))

    assert [body for _, body, _ in note(sf, case)] == ["two\n\nescsync-note bb22"]


@pytest.mark.parametrize("after", [False, True])
def test_a_note_of_unknown_fate_is_not_written_twice(sf, after):
    """Reading tells; the next pass knows."""
    sf.org.moderator = True
    case = sf.open("x")
    adapter = sf.connect()
    read(sf, adapter, case)
    sf.server.faults.append(Fault(lambda r: r.path.endswith("/composite/sobjects"), reset=True, after=after))

    (one,) = sf.write(adapter, sf.change(case, WriteNote("one", "aa11", None)))
    ticket = read(sf, adapter, case)
    sf.write(adapter, sf.change(case, WriteNote("two", "bb22", ticket.note and ticket.note.digest)))

    assert isinstance(one.failures[0], Ambiguous)
    assert (ticket.note is not None) is after
    assert [body for _, body, _ in note(sf, case)] == ["two\n\nescsync-note bb22"]


def test_a_long_note_fits_the_comments_bytes(sf):
    """4000 of them, its last line included."""
    case = sf.open("x")
    adapter = sf.connect()

    one = written(sf, adapter, case, WriteNote("漢字 " * 3000, "aa11", None))

    assert not one.failures
    assert read(sf, adapter, case).note.digest == "aa11"


def test_a_new_case_is_in_scope_and_carries_its_mark(sf):
    """Record type and flag are set; the mark is the description's last line."""
    scope = {"record_type": "Executive_Escalation", "flag": "IsEscalated"}
    adapter = sf.connect(scope=scope)

    ref = adapter.create(
        Draft("key-1", {"summary": "s" * 300, "description": "they wrote", "severity": "data_issue"})
    )
    (ticket,) = adapter.read([ref])
    held = sf.org.row(ref.id).values

    assert ticket.in_scope
    assert ref.key == held["CaseNumber"]
    assert held["Description"] == f"they wrote\n\n{mark('key-1')}"
    assert len(held["Subject"]) == 255
    assert held["OwnerId"] == adapter.me


def test_a_follow_up_is_a_task_on_its_case(sf):
    """With a day, an owner and its mark."""
    case = sf.open("x")
    adapter = sf.connect()
    values = {
        "summary": "Check in",
        "follow_up.scheduled_for": date(2026, 3, 10),
        "owner": (PersonRef(sf.org.who("dana")),),
    }

    one = written(sf, adapter, case, Create(Draft("key-2", values, parent=sf.ref(case))))
    held = sf.org.row(one.created[0].id).values

    assert (held["WhatId"], held["Subject"], held["OwnerId"]) == (case.id, "Check in", sf.org.who("dana"))
    assert held["ActivityDate"] == date(2026, 3, 10)
    assert [(f.key, f.ref.id) for f in sf.connect().find(["key-2", "key-3"])] == [("key-2", held["Id"])]


@pytest.mark.parametrize("after", [False, True])
def test_a_creation_of_unknown_fate_is_looked_for_before_it_is_repeated(sf, after):
    """Made once at most."""
    adapter = sf.connect()
    assert adapter.me
    sf.server.faults.append(Fault(lambda r: r.path.endswith("/sobjects/Case"), reset=True, after=after))

    if after:
        ref = adapter.create(Draft("key-1", {"summary": "x"}))
        assert [f.ref.id for f in adapter.find(["key-1"])] == [ref.id]
    else:
        with pytest.raises(Ambiguous):
            adapter.create(Draft("key-1", {"summary": "x"}))

    assert len(sf.org.rows["Case"]) == after


def test_where_there_are_no_tasks_cases_are_found_all_the_same(sf):
    """The object may be out of our sight."""
    adapter = sf.connect()
    ref = adapter.create(Draft("key-1", {"summary": "x"}))
    sf.org.lost.add("Task")
    before = adapter.calls

    assert [found.ref.id for found in adapter.find(["key-1"])] == [ref.id]
    assert adapter.calls - before == 1


def test_only_what_escsync_created_is_found(sf):
    """Anybody can type a mark."""
    sf.open("x", Description=f"hello\n\n{mark('key-1')}")

    assert list(sf.connect().find(["key-1"])) == []


def test_a_creation_that_is_refused_names_our_field(sf):
    """By the org's rule."""
    sf.org.rules.append(("Case", lambda v: v["Severity__c"] == "Data issue", "Not so", "Severity__c"))

    with pytest.raises(Rejected) as refused:
        sf.connect().create(Draft("k", {"summary": "x", "severity": "data_issue"}))

    assert refused.value.field == "severity"


def test_a_task_for_what_is_no_case_is_refused(sf):
    """Nothing is sent."""
    with pytest.raises(Rejected):
        sf.connect().create(Draft("k", {"summary": "x"}, parent=TicketRef("999")))


def test_the_pull_after_a_write_shows_what_was_written(sf):
    """And is not taken for a change by anybody else."""
    case = sf.open("x")
    adapter = sf.connect()
    cursor = pull(adapter).cursor
    written(sf, adapter, case, OK)

    assert [t.values["health"] for t in pull(sf.again(adapter), cursor).tickets] == ["ok"]

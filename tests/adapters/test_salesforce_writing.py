"""What is written to Salesforce, on which condition, and what becomes of each edit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from escsync_salesforce.creation import mark
from fakes.http import Fault, Reply
from fakes.salesforce import trouble
from fakes.salesforce.rig import pull, rig

from escsync.adapter import (
    Ambiguous,
    Conflict,
    Create,
    Draft,
    Move,
    PersonRef,
    Rejected,
    SetField,
    Stage,
    TicketRef,
    Unavailable,
    Vanished,
    WriteNote,
)

START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
OK = SetField("health", None, "ok")


@pytest.fixture
def sf():
    with rig() as made:
        made.org.default_owner = made.org.who("idris")
        yield made


def read(sf, adapter, case):
    (ticket,) = adapter.read([sf.ref(case)])
    return ticket


def written(sf, adapter, case, *edits, conditional=True):
    version = read(sf, adapter, case).version if conditional else ""
    (one,) = sf.write(adapter, sf.change(case, *edits, version=version))
    return one


def owner(sf, handle):
    return SetField("owner", None, (PersonRef(sf.org.who(handle)),))


def writes(sf):
    return [
        c.request
        for c in sf.server.log
        if c.request.method in ("PATCH", "DELETE")
        or "sobjects" in c.request.path
        and c.request.method == "POST"
    ]


# -- assignment rules, conditions


@pytest.mark.parametrize("conditional", [True, False])
def test_no_assignment_rule_takes_the_case_away(sf, conditional):
    """The header is with every write, and with every part of a composite one."""
    case = sf.open("x", OwnerId="dana")
    adapter = sf.connect()

    one = written(sf, adapter, case, Move("New", Stage.INVESTIGATION), OK, conditional=conditional)
    written(sf, adapter, case, OK, WriteNote("hello", "aa11", None))

    assert not one.failures
    assert case.values["OwnerId"] == sf.org.who("dana")
    assert case.values["Status"] == "Investigating"


def test_no_assignment_rule_runs_after_a_renewal_either(sf):
    """The very same request is made again, condition and all."""
    case = sf.open("x", OwnerId="dana")
    adapter = sf.connect()
    ticket = read(sf, adapter, case)
    sf.org.clock.advance(seconds=5)
    sf.org.edit(case, by="dana", Subject="changed")
    sf.face.signin.end()

    (one,) = sf.write(adapter, sf.change(case, owner(sf, "ana"), version=ticket.version))

    assert isinstance(one.failures[0], Conflict)
    assert case.values["OwnerId"] == sf.org.who("dana")
    assert sf.face.signin.issued == 2


def test_an_edit_of_a_person_in_between_is_a_conflict(sf):
    """Nothing of the change is done, the note included; the others are."""
    stale, fresh = sf.open("one"), sf.open("two")
    adapter = sf.connect()
    tickets = list(adapter.read([sf.ref(stale), sf.ref(fresh)]))
    sf.org.clock.advance(seconds=5)
    sf.org.edit(stale, by="dana", Subject="mine")
    edits = (owner(sf, "dana"), OK, WriteNote("hello", "aa11", None))

    outcomes = sf.write(
        adapter,
        *(sf.change(c, *edits, version=t.version) for c, t in zip((stale, fresh), tickets, strict=True)),
    )

    assert {type(error) for error in outcomes[0].failures.values()} == {Conflict}
    assert len(outcomes[0].failures) == 3
    assert not outcomes[1].failures
    assert [row.values["ParentId"] for row in sf.org.rows["CaseComment"].values()] == [fresh.id]


def test_a_background_touch_is_a_conflict_as_well(sf):
    """The condition is on the stamp that the system moves, too: read again and decide again."""
    case = sf.open("x")
    adapter = sf.connect()
    ticket = read(sf, adapter, case)
    sf.org.clock.advance(seconds=5)
    sf.org.store.touch(case)

    (one,) = sf.write(adapter, sf.change(case, owner(sf, "dana"), version=ticket.version))

    assert isinstance(one.failures[0], Conflict)


def test_only_what_changes_is_sent(sf):
    """No attributes, no field that was merely read, neither closedness nor its date."""
    case = sf.open("x")
    adapter = sf.connect()

    written(sf, adapter, case, Move("New", Stage.CLOSED), OK)

    (part,) = sf.server.log[-1].request.body["compositeRequest"]
    assert part["body"] == {"Status": "Done", "Health__c": "ok"}
    assert case.values["IsClosed"]


# -- what is refused


def test_a_refused_field_keeps_no_other_from_being_written(sf):
    """It is named by our name, and the rest is sent again without it."""
    sf.org.rules.append(
        ("Case", lambda v: v["Severity__c"] == "Data issue", "No data issues on Tuesdays", "Severity__c")
    )
    case = sf.open("x")
    adapter = sf.connect()

    one = written(
        sf, adapter, case, SetField("severity", None, "data_issue"), OK, Move("New", Stage.INVESTIGATION)
    )

    assert one.failures.keys() == {0}
    assert (one.failures[0].field, "FIELD_CUSTOM_VALIDATION" in one.failures[0].message) == ("severity", True)
    assert (case.values["Health__c"], case.values["Status"]) == ("ok", "Investigating")


def test_a_rule_that_names_no_field_refuses_the_change_and_is_not_tried_again(sf):
    """The org's own words are told, once."""
    sf.org.rules.append(("Case", lambda v: v["Status"] == "Investigating", "Ask your manager first", ""))
    case = sf.open("x")
    adapter = sf.connect()
    ticket = read(sf, adapter, case)
    before = len(sf.server.log)

    (one,) = sf.write(adapter, sf.change(case, Move("New", Stage.INVESTIGATION), version=ticket.version))

    assert "Ask your manager first" in one.failures[0].message
    assert len(sf.server.log) - before == 1
    assert sf.waits == []


@pytest.mark.parametrize("who", ["gone", "robot"])
def test_an_owner_who_cannot_own_is_refused_alone(sf, who):
    """Somebody who left, or an automated user."""
    sf.org.hire("gone", "Gone Girl")
    sf.org.dismiss("gone")
    sf.org.hire("robot", "Ro Bot", UserType="AutomatedProcess")
    case = sf.open("x", OwnerId="dana")
    adapter = sf.connect()

    one = written(sf, adapter, case, owner(sf, who), OK)

    assert one.failures.keys() == {0}
    assert one.failures[0].field == "owner"
    assert one.failures[0].remedy
    assert case.values["Health__c"] == "ok"


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (SetField("severity", None, "ux_complaint"), "no option"),
        (SetField("computed_priority", None, "P9"), "no option"),
        (SetField("account.tier", None, "smb"), "another object"),
        (SetField("contact.email", None, "a@b.example"), "cannot be written"),
        (SetField("summary", None, "x" * 256), "255 characters"),
        (SetField("brand_exposure", None, "high"), "no field of Case is mapped"),
        (Move("New", Stage.CANDIDATE), "no status stands for"),
    ],
)
def test_what_salesforce_would_misunderstand_is_not_sent(sf, edit, words):
    """Its standard picklists store any word."""
    case = sf.open("x")
    adapter = sf.connect()
    assert adapter.me
    before = len(writes(sf))

    (one,) = sf.write(adapter, sf.change(case, edit))

    assert words in one.failures[0].message
    assert len(writes(sf)) == before


def test_a_status_that_the_org_lacks_is_not_sent(sf):
    """A typo in `stages:` would become a status of its own."""
    case = sf.open("x")
    adapter = sf.connect(stages={"investigation": ("Investigatin",)})

    (one,) = sf.write(adapter, sf.change(case, Move("New", Stage.INVESTIGATION)))

    assert "did you mean 'Investigating'?" in one.failures[0].remedy
    assert case.values["Status"] == "New"


def test_a_hidden_field_is_never_written(sf):
    """It is unknown, not empty."""
    sf.org.invisible.add(("Case", "Health__c"))
    case = sf.open("x")
    adapter = sf.connect()

    one = written(sf, adapter, case, OK, Move("New", Stage.INVESTIGATION))

    assert "may not see it" in one.failures[0].message
    assert case.values["Status"] == "Investigating"


@pytest.mark.parametrize("how", ["hidden", "sealed"])
def test_a_field_that_was_taken_from_us_since_is_refused_alone(sf, how):
    """Salesforce names it, or does not; the rest is written."""
    case = sf.open("x")
    adapter = sf.connect()
    version = read(sf, adapter, case).version
    (sf.org.invisible if how == "hidden" else sf.org.sealed).add(("Case", "Health__c"))

    (one,) = sf.write(adapter, sf.change(case, OK, Move("New", Stage.INVESTIGATION), version=version))

    assert one.failures.keys() == {0}
    assert isinstance(one.failures[0], Rejected)
    assert case.values["Status"] == "Investigating"


def test_a_case_that_is_locked_for_a_moment_is_tried_again(sf):
    """With a wait; the others in the call are written once."""
    cases = [sf.open(f"n{n}") for n in range(3)]
    adapter = sf.connect()
    tickets = list(adapter.read([sf.ref(case) for case in cases]))
    cases[1].busy = 2

    outcomes = sf.write(
        adapter,
        *(sf.change(c, owner(sf, "dana"), version=t.version) for c, t in zip(cases, tickets, strict=True)),
    )

    assert not any(one.failures for one in outcomes)
    assert len(sf.waits) == 2
    sent = [len(c.request.body["compositeRequest"]) for c in sf.server.log[-3:]]
    assert sent == [3, 1, 1]


@pytest.mark.parametrize(
    "edits", [(OK,), (Move("New", Stage.INVESTIGATION),), (WriteNote("hello", "aa11", None),)]
)
def test_a_lock_that_lasts_fails_that_case_alone(sf, edits):
    """In whichever call it is written."""
    cases = [sf.open(f"n{n}") for n in range(2)]
    adapter = sf.connect()
    tickets = list(adapter.read([sf.ref(case) for case in cases]))
    cases[1].busy = 99
    if isinstance(edits[0], WriteNote):
        locked = {
            "id": None,
            "success": False,
            "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "x", "fields": []}],
        }
        sf.server.faults.append(
            Fault(
                lambda r: r.path.endswith("/composite/sobjects"),
                alter=lambda body: [*body[:-1], locked],
                times=99,
            )
        )

    outcomes = sf.write(
        adapter, *(sf.change(c, *edits, version=t.version) for c, t in zip(cases, tickets, strict=True))
    )

    assert not outcomes[0].failures
    assert isinstance(outcomes[1].failures[0], Unavailable)
    assert outcomes[1].failures[0].executed is False


def test_an_approvals_lock_is_said_and_not_waited_for(sf):
    """Somebody must decide first."""
    case = sf.open("x")
    case.frozen = True
    adapter = sf.connect()

    one = written(sf, adapter, case, owner(sf, "dana"))

    assert isinstance(one.failures[0], Rejected)
    assert "approval" in one.failures[0].remedy
    assert sf.waits == []


@pytest.mark.parametrize("conditional", [True, False])
def test_a_case_that_is_gone_fails_alone(sf, conditional):
    """Deleted, out of sight, or never there."""
    gone, hidden, here = (sf.open(s) for s in ("gone", "hidden", "here"))
    adapter = sf.connect()
    tickets = list(adapter.read([sf.ref(case) for case in (gone, hidden, here)]))
    versions = {t.id: t.version for t in tickets} if conditional else {}
    sf.org.delete(gone)
    hidden.hidden = True
    changes = [
        sf.change(c, owner(sf, "dana"), WriteNote("x", "a", None), version=versions.get(c.id, ""))
        for c in (gone, hidden, here)
    ]

    outcomes = sf.write(adapter, *changes)

    assert [{type(e) for e in one.failures.values()} for one in outcomes] == [{Vanished}, {Vanished}, set()]


@pytest.mark.parametrize("after", [False, True])
def test_a_write_of_unknown_fate_is_sent_once(sf, after):
    """A condition that our own lost write has broken would look like somebody else's change."""
    case = sf.open("x")
    adapter = sf.connect()
    ticket = read(sf, adapter, case)
    sf.server.faults.append(Fault(lambda r: r.path.endswith("/composite"), reset=True, after=after))

    (one,) = sf.write(adapter, sf.change(case, owner(sf, "dana"), version=ticket.version))

    assert isinstance(one.failures[0], Ambiguous)
    assert (case.values["OwnerId"] == sf.org.who("dana")) is after


def test_an_error_of_the_servers_own_leaves_the_fate_of_that_case_open(sf):
    """UNKNOWN_EXCEPTION for one part of a composite answer."""
    case = sf.open("x")
    adapter = sf.connect()
    ticket = read(sf, adapter, case)
    broken = trouble.broken().body
    sf.server.faults.append(
        Fault(
            lambda r: r.path.endswith("/composite"),
            alter=lambda b: {
                "compositeResponse": [{**b["compositeResponse"][0], "httpStatusCode": 500, "body": broken}]
            },
        )
    )

    (one,) = sf.write(adapter, sf.change(case, owner(sf, "dana"), version=ticket.version))

    assert isinstance(one.failures[0], Ambiguous)


def test_after_the_daily_limit_nothing_more_is_asked(sf):
    """Every remaining change fails for the same reason, and at once."""
    cases = [sf.open(f"n{n}") for n in range(60)]
    adapter = sf.connect()
    tickets = list(adapter.read([sf.ref(case) for case in cases]))
    sf.face.limit = sf.face.used
    before = len(sf.server.log)

    outcomes = sf.write(
        adapter,
        *(
            sf.change(c, owner(sf, "dana"), WriteNote("x", "a", None), version=t.version)
            for c, t in zip(cases, tickets, strict=True)
        ),
    )

    assert {type(e) for one in outcomes for e in one.failures.values()} == {Unavailable}
    assert len(sf.server.log) - before == 1


# -- values


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


# -- the note


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


# -- creating


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

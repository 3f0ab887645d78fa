"""What is written to Salesforce, on which condition, and what becomes of each edit."""

from __future__ import annotations

import pytest
from fakes.http import Fault
from fakes.salesforce import trouble
from fakes.salesforce.rig import rig
from fakes.salesforce.steps import OK, owner, read, written

from escsync.adapter import (
    Ambiguous,
    Conflict,
    Move,
    Rejected,
    SetField,
    Stage,
    Unavailable,
    Vanished,
    WriteNote,
)


@pytest.fixture
def sf():
    with rig() as made:
        made.org.default_owner = made.org.who("idris")
        yield made


def writes(sf):
    return [
        c.request
        for c in sf.server.log
        if c.request.method in ("PATCH", "DELETE")
        or "sobjects" in c.request.path
        and c.request.method == "POST"
    ]


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

"""Pulling from Salesforce: the cursor, and what hangs on a case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from fakes.http import Fault, Reply
from fakes.salesforce.company import FIELDS
from fakes.salesforce.rig import pull, rig
from fakes.salesforce.steps import settled

from escsync.adapter import Unavailable


@pytest.fixture
def sf():
    with rig() as made:
        yield made


def test_the_cursor_is_the_servers_clock(sf):
    """Neither this machine's nor the pass's."""
    cases, adapter, cursor = settled(sf)

    assert cursor["since"]["Case"] == int((sf.org.clock.now() - timedelta(hours=1)).timestamp())
    again = sf.again(adapter, clock=lambda: sf.org.clock.now() + timedelta(hours=5))
    sf.org.edit(cases[0], by="dana", Subject="changed")
    assert pull(again, cursor).one.values["summary"] == "changed"


def test_what_was_being_saved_during_a_pull_comes_with_the_next(sf):
    """It is stamped then, and seen minutes later."""
    cases, adapter, cursor = settled(sf)
    with sf.org.under_way() as flight:
        sf.org.edit(cases[0], by="dana", Subject="late")
    sf.org.clock.advance(minutes=2)
    early = pull(sf.again(adapter), cursor)
    flight.commit()
    sf.org.clock.advance(minutes=4)

    late = pull(sf.again(adapter), early.cursor)

    assert early.tickets == []
    assert late.one.values["summary"] == "late"


def test_the_cursor_comes_with_the_last_page(sf):
    """A pass that dies in the middle asks for the rest again."""
    settled(sf, count=120)
    sf.face.cursors.page = 50

    pages = list(sf.connect().pull(None))

    assert len(pages) > 2
    assert [bool(page.cursor) for page in pages] == [False] * (len(pages) - 1) + [True]


def test_a_second_change_within_the_overlap_comes(sf):
    """What is known is told apart by its content, not by its second."""
    cases, adapter, cursor = settled(sf)
    sf.org.edit(cases[0], by="dana", Subject="one")
    first = pull(sf.again(adapter), cursor)
    sf.org.edit(cases[0], by="dana", Subject="two")

    second = pull(sf.again(adapter), first.cursor)

    assert [p.one.values["summary"] for p in (first, second)] == ["one", "two"]


def test_a_comment_edited_in_the_second_of_the_pull_comes(sf):
    """Its stamp is the same, its words are not."""
    cases, adapter, cursor = settled(sf)
    comment = sf.org.say(cases[0], "#ack one", by="dana")
    first = pull(sf.again(adapter), cursor)
    sf.org.edit(comment, by="dana", CommentBody="#ack two")

    second = pull(sf.again(adapter), first.cursor)

    assert [p.one.messages[0].text for p in (first, second)] == ["one", "two"]


@pytest.mark.parametrize("kind", ["comment", "mail", "deleted", "account", "task", "event"])
def test_what_hangs_on_a_case_is_noticed_though_the_case_was_not_touched(sf, kind):
    """Each kind has a starting point of its own."""
    account = sf.org.create("Account", by="ana", Name="Alder AG", Tier__c="SMB")
    case = sf.open("x", AccountId=account.id)
    other = sf.org.say(case, "#ack first", by="dana")
    sf.org.clock.advance(hours=1)
    free = {name: apis for name, apis in FIELDS.items() if not name.startswith("follow_up")}
    adapter = sf.connect(follow_up="task", fields=free)
    cursor = pull(adapter).cursor
    sf.org.clock.advance(hours=1)
    stamp = case.values["SystemModstamp"]
    match kind:
        case "comment":
            sf.org.say(case, "#update second", by="dana")
        case "mail":
            sf.org.mail(case, "second", by="dana")
        case "deleted":
            sf.org.delete(other, by="dana")
        case "account":
            sf.org.edit(account, by="ana", Tier__c="Enterprise")
        case "task":
            sf.org.create(
                "Task",
                by="dana",
                WhatId=case.id,
                Subject="Follow-up",
                ActivityDate=date(2026, 3, 10),
                Status="Not Started",
                Priority="Normal",
            )
        case "event":
            at = sf.org.clock.now() + timedelta(days=7)
            sf.org.create(
                "Event",
                by="dana",
                WhatId=case.id,
                Subject="Follow-up",
                StartDateTime=at,
                DurationInMinutes=30,
            )

    found = []
    for _ in range(3):
        adapter = sf.again(adapter, follow_up="task", fields=free)
        pulled = pull(adapter, cursor)
        cursor = pulled.cursor
        found += pulled.tickets

    assert case.values["SystemModstamp"] == stamp
    assert [ticket.id for ticket in found] == [case.id]
    (ticket,) = found
    told = {
        "comment": len(ticket.messages) == 2,
        "mail": len(ticket.messages) == 2,
        "deleted": ticket.messages == (),
        "account": ticket.values["account.tier"] == "enterprise",
        "task": ticket.values["follow_up.scheduled_for"] is not None,
        "event": ticket.values["follow_up.scheduled_for"] is not None,
    }
    assert told[kind]


def test_history_that_trails_behind_the_save_comes_later(sf):
    """Until it fits the field's past is not told; the overlap brings the case again."""
    (case,), adapter, cursor = settled(sf)
    sf.org.edit(case, by="dana", Status="Investigating")
    sf.org.stop_history()
    sf.org.clock.advance(seconds=5)
    sf.org.edit(case, by="dana", Status="Designing")
    first = pull(sf.again(adapter), cursor)
    sf.org.catch_up()
    sf.org.clock.advance(minutes=1)

    second = pull(sf.again(adapter), first.cursor)

    assert first.one.status.name == "Designing"
    assert "stage" not in first.one.history
    assert [fact.value.name for fact in second.one.history["stage"]] == ["New", "Investigating", "Designing"]


def test_lists_under_a_case_go_on_elsewhere(sf):
    """Their own next page is fetched, and before the cases' next page, which would end it."""
    sf.face.cursors.child_page = 3
    sf.face.cursors.page = 20
    cases = [sf.open(f"n{n}") for n in range(4)]
    for case in cases:
        for n in range(8):
            sf.org.say(case, f"#update {n}", by="dana")

    pulled = pull(sf.connect())

    assert [len(ticket.messages) for ticket in pulled.tickets] == [8, 8, 8, 8]
    (read,) = sf.connect().read([sf.ref(cases[0])])
    assert read.messages == pulled.tickets[0].messages


def test_a_case_without_anything_under_it_is_whole(sf):
    """Salesforce says null, not an empty list."""
    sf.open("x")

    ticket = pull(sf.connect()).one

    assert ticket.messages == ()
    assert "stage" in ticket.history


def test_a_locator_that_died_is_asked_for_anew(sf):
    """From the last row on; nothing is lost."""
    cases, adapter, cursor = settled(sf, count=30)
    for case in cases:
        sf.org.clock.advance(seconds=1)
        sf.org.edit(case, by="dana", Subject="changed")
    sf.face.cursors.page = 10
    fault = Fault(
        lambda r: "/query/0r8" in r.path, Reply(400, [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "x"}])
    )
    sf.server.faults.append(fault)

    pulled = pull(sf.again(adapter), cursor)

    assert {ticket.id for ticket in pulled.tickets} == {case.id for case in cases}
    assert fault.times == 0


def test_a_locator_under_a_case_that_died_is_asked_for_anew(sf):
    """By the case's id."""
    sf.face.cursors.child_page = 3
    case = sf.open("x")
    for n in range(8):
        sf.org.say(case, f"#update {n}", by="dana")
    adapter = sf.connect()
    assert adapter.me
    dying = [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "x"}]
    fault = Fault(
        lambda r: r.path.endswith("/composite") and "/query/0r8" in str(r.body),
        alter=lambda body: {
            "compositeResponse": [
                {**part, "httpStatusCode": 400, "body": dying} for part in body["compositeResponse"]
            ]
        },
    )
    sf.server.faults.append(fault)

    assert len(pull(adapter).one.messages) == 8


def test_a_page_that_leads_to_itself_ends_the_pull(sf):
    """Rather than never."""
    settled(sf, count=3)
    adapter = sf.connect()
    assert adapter.me
    endless = {
        "totalSize": 9,
        "done": False,
        "records": [],
        "nextRecordsUrl": "/services/data/v66.0/query/0r8x-1",
    }
    sf.server.faults += [
        Fault(
            lambda r: r.path.endswith("/composite"),
            alter=lambda body: {"compositeResponse": [{**body["compositeResponse"][0], "body": endless}]},
            times=9,
        ),
        Fault(lambda r: "/query/0r8x" in r.path, Reply(200, endless), times=99),
    ]

    with pytest.raises(Unavailable, match="again and again"):
        pull(adapter)

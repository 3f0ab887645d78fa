"""What a pull and a read bring from Salesforce: nothing missed, nothing doubled, nothing taken for what it is not."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from fakes.http import Fault, Reply
from fakes.salesforce.company import FIELDS, record_type
from fakes.salesforce.rig import pull, rig

from escsync.adapter import Denied, Grade, PersonKind, TicketRef, Unavailable


@pytest.fixture
def sf():
    with rig() as made:
        yield made


def settled(sf, *, count=1, **how):
    """Cases that were pulled long ago."""
    cases = [sf.open(f"n{n}", OwnerId="dana") for n in range(count)]
    sf.org.clock.advance(hours=1)
    adapter = sf.connect(**how)
    cursor = pull(adapter).cursor
    sf.org.clock.advance(hours=1)
    return cases, adapter, cursor


def refuse(sf, word, code, status=400, times=50):
    """Queries that hold *word* are refused as *code*, whatever else is asked beside them."""

    def altered(body):
        parts = sf.server.log and body["compositeResponse"]
        asked = current["request"].body["compositeRequest"]
        told = [
            {**part, "httpStatusCode": status, "body": [{"errorCode": code, "message": "no"}]}
            if word in unquote(one["url"])
            else part
            for part, one in zip(parts or body["compositeResponse"], asked, strict=True)
        ]
        return {"compositeResponse": told}

    current = {}

    def matching(request):
        current["request"] = request
        return request.path.endswith("/composite") and any(
            word in unquote(part["url"]) for part in request.body["compositeRequest"]
        )

    fault = Fault(matching, alter=altered, times=times)
    sf.server.faults.append(fault)
    return fault


# -- the cursor


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


# -- what hangs on a case


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


# -- what is gone, and what is not


def test_a_deleted_case_is_said_to_be_gone(sf):
    """Once, by the recycle bin's own word."""
    cases, adapter, cursor = settled(sf, count=2)
    sf.org.delete(cases[0])

    first = pull(sf.again(adapter), cursor)
    second = pull(sf.again(adapter), first.cursor)

    assert [ref for page in first.pages for ref in page.gone] == [sf.ref(cases[0])]
    assert first.tickets == []
    assert [ref for page in second.pages for ref in page.gone] == []


def test_a_merged_case_is_gone_and_what_hung_on_it_is_the_others(sf):
    """It shows as deleted."""
    (master, loser), adapter, cursor = settled(sf, count=2)
    sf.org.say(loser, "#ack hello", by="dana")
    sf.org.merge(master, loser)

    pulled = pull(sf.again(adapter), cursor)

    assert [ref.id for page in pulled.pages for ref in page.gone] == [loser.id]
    assert [(t.id, len(t.messages)) for t in pulled.tickets] == [(master.id, 1)]


def test_a_case_out_of_sight_is_not_gone(sf):
    """Sharing took it away; that is no deletion, and reading leaves it out."""
    cases, adapter, cursor = settled(sf, count=2)
    cases[0].hidden = True

    pulled = pull(sf.again(adapter), cursor)

    assert [ref for page in pulled.pages for ref in page.gone] == []
    assert [ticket.id for ticket in sf.again(adapter).read([sf.ref(case) for case in cases])] == [cases[1].id]


def test_ids_that_were_never_ours_are_left_out(sf):
    """They reach no query, which they would spoil."""
    case = sf.open("x")
    strange = [TicketRef("999999"), TicketRef("' OR Id != null"), TicketRef(""), TicketRef("500dM0000000zzz")]

    assert [ticket.id for ticket in sf.connect().read([*strange, TicketRef(case.id[:15])])] == [case.id]


def test_a_case_that_left_the_scope_is_read_by_its_id(sf):
    """And says so."""
    case = sf.open("x")
    sf.org.edit(case, by="dana", RecordTypeId=record_type(sf.org, "Standard_Case"))
    adapter = sf.connect()

    assert pull(adapter).tickets == []
    assert [ticket.in_scope for ticket in adapter.read([sf.ref(case)])] == [False]


def test_one_case_that_cannot_be_read_hides_no_other(sf):
    """It is named, with what to do."""
    settled(sf, count=2)
    adapter = sf.connect()
    assert adapter.me

    def without_status(body):
        body["compositeResponse"][0]["body"]["records"][0]["Status"] = None
        return body

    sf.server.faults.append(Fault(lambda r: r.path.endswith("/composite"), alter=without_status))

    pulled = pull(adapter)

    assert len(pulled.tickets) == 1
    assert [(one.ref.key, one.message) for one in pulled.unreadable] == [("00001000", "no status")]


# -- what an org may lack or refuse


def test_an_org_without_mails_is_read_without_them(sf):
    """No error, and not asked again."""
    sf.org.lost.add("EmailMessage")
    case = sf.open("x")
    sf.org.say(case, "#ack hello", by="dana")
    sf.org.clock.advance(hours=1)
    adapter = sf.connect()
    first = pull(adapter)
    sf.org.clock.advance(hours=1)
    again = sf.again(adapter)

    pull(again, first.cursor)

    assert len(first.one.messages) == 1
    assert again.calls == 1


@pytest.mark.parametrize("code", ["INVALID_TYPE", "INVALID_FIELD"])
def test_a_kind_that_is_refused_is_left_out_and_remembered(sf, code):
    """Describe promised it, the query does not keep it: the others come all the same."""
    case = sf.open("x")
    sf.org.say(case, "#ack hello", by="dana")
    fault = refuse(sf, "EmailMessage", code)
    adapter = sf.connect()

    first = pull(adapter)
    before = 50 - fault.times
    sf.org.clock.advance(hours=1)
    again = sf.again(adapter)
    pull(again, first.cursor)

    assert len(first.one.messages) == 1
    assert 50 - fault.times == before
    assert again.calls == 1


def test_children_come_by_ids_where_they_may_not_be_nested(sf):
    """MALFORMED_QUERY: the question is put more simply, and the form is remembered."""
    refuse(sf, "FROM CaseComments)", "MALFORMED_QUERY")
    cases = [sf.open(f"n{n}") for n in range(3)]
    for case in cases:
        sf.org.say(case, "#ack hello", by="dana")
        sf.org.edit(case, by="dana", Status="Investigating")
    adapter = sf.connect()

    first = pull(adapter)
    sf.org.clock.advance(hours=1)
    again = sf.again(adapter)
    sf.org.say(cases[0], "#update more", by="dana")
    second = pull(again, first.cursor)

    assert [len(t.messages) for t in first.tickets] == [1, 1, 1]
    assert all(len(t.history["stage"]) == 2 for t in first.tickets)
    assert [len(t.messages) for t in second.tickets] == [2]
    assert again.calls == 2


def test_people_are_told_by_name_where_nothing_else_may_be_asked(sf):
    """A field of the user that is kept from us costs that field, not the case."""
    refuse(sf, "Owner.Email", "INVALID_FIELD")
    case = sf.open("x", OwnerId="dana")
    sf.org.say(case, "#ack hello", by="dana")
    adapter = sf.connect()

    first = pull(adapter).one
    sf.org.clock.advance(hours=1)
    again = sf.again(adapter)
    list(again.read([sf.ref(case)]))

    assert [ref.name for ref in first.values["owner"]] == ["Dana Reyes"]
    assert len(first.messages) == 1
    assert again.calls == 1


def test_a_scope_that_asks_another_object_is_not_asked_within_another(sf):
    """Semi-joins do not nest: then all changed comments are looked at, and the cases' own scope decides."""
    account = sf.org.create("Account", by="ana", Name="Alder AG")
    scope = {"where": "AccountId IN (SELECT Id FROM Account WHERE Name = 'Alder AG')"}
    ours, other = sf.open("ours", AccountId=account.id), sf.open("other")
    refuse(sf, "IN (SELECT Id FROM Case WHERE", "MALFORMED_QUERY")
    sf.org.clock.advance(hours=1)
    adapter = sf.connect(scope=scope)
    cursor = pull(adapter).cursor
    sf.org.clock.advance(hours=1)
    for case in (ours, other):
        sf.org.say(case, "#ack hello", by="dana")

    pulled = pull(sf.again(adapter, scope=scope), cursor)

    assert [ticket.id for ticket in pulled.tickets] == [ours.id]


def test_a_scope_that_salesforce_refuses_is_said_in_words(sf):
    """A field that is not there, in whichever form it is asked for."""
    sf.open("x")

    with pytest.raises(Denied) as denied:
        pull(sf.connect(scope={"where": "Nothing__c = 'x'"}))

    assert "check scope" in denied.value.remedy


@pytest.mark.parametrize(
    "scope",
    [
        {"record_type": "Nothing"},
        {"flag": "Nothing__c"},
        {"flag": "Subject"},
        {"record_type": "012dM0000000zzz"},
    ],
)
def test_a_scope_that_does_not_exist_is_said_in_words(sf, scope):
    """Before anything is read."""
    with pytest.raises(Denied) as denied:
        pull(sf.connect(scope=scope))

    assert "scope." in f"{denied.value.message} {denied.value.remedy}"


@pytest.mark.parametrize("spelling", ["executive_escalation", "Executive escalation"])
def test_a_record_type_by_any_name(sf, spelling):
    """Developer name or label."""
    case = sf.open("x")

    assert [t.id for t in pull(sf.connect(scope={"record_type": spelling})).tickets] == [case.id]


def test_a_flag_that_was_ticked_later_dates_the_identification(sf):
    """Where its history is tracked; otherwise the case's creation does (decision 70)."""
    case = sf.org.open(by="ana", subject="x")
    sf.org.clock.advance(hours=2)
    plain = sf.org.open(by="ana", subject="y", IsEscalated=True)
    sf.org.track("IsEscalated")
    sf.org.edit(case, by="ana", IsEscalated=True)

    found = {t.id: t.entered_at for t in pull(sf.connect(scope={"flag": "IsEscalated"})).tickets}

    assert found[plain.id] is None
    assert found[case.id].at == sf.org.clock.now()
    assert found[case.id].grade is Grade.A


# -- fields that are hidden, gone or untracked


def test_a_hidden_field_is_unknown_and_not_empty(sf):
    """Reported as drift, with the reason on each ticket, and never written."""
    sf.org.invisible.add(("Case", "Severity__c"))
    sf.open("x", Severity__c="Data issue")

    pulled = pull(sf.connect())

    assert "severity" not in pulled.one.values
    assert "may not see it" in pulled.one.unreadable["severity"]
    assert [(p.code, p.subject) for p in pulled.problems] == [("DRIFT", "fields.severity")]


def test_a_field_that_goes_away_between_two_looks_is_drift(sf):
    """The query is refused, the org is looked at again, and the rest comes."""
    cases, adapter, cursor = settled(sf)
    sf.org.invisible.add(("Case", "Tone__c"))
    sf.org.edit(cases[0], by="dana", Subject="changed")

    pulled = pull(sf.again(adapter), cursor)

    assert pulled.one.values["summary"] == "changed"
    assert "tone" in pulled.one.unreadable
    assert [p.subject for p in pulled.problems] == ["fields.tone"]


@pytest.mark.parametrize("name", ["Status", "OwnerId"])
def test_without_owner_or_status_nothing_can_be_said(sf, name):
    """The tracker fails whole (decision 78)."""
    sf.org.invisible.add(("Case", name))

    with pytest.raises(Denied):
        pull(sf.connect())


def test_a_field_without_tracking_tells_no_past(sf):
    """The core's own observations are what there is: grade B."""
    case = sf.open("x")
    sf.org.edit(case, by="dana", Root_Cause__c="Product bug", Severity__c="Data issue")

    ticket = pull(sf.connect()).one

    assert "root_cause" not in ticket.history
    assert [fact.value for fact in ticket.history["severity"]] == [None, "data_issue"]
    assert "findings_summary" not in ticket.history
    assert "account.tier" not in ticket.history


def test_a_second_owner_in_an_untracked_field_keeps_what_the_first_proves(sf):
    """And his date from one connection to the next, whatever is changed after."""
    sf.org.tracked["Case"].discard("Co_Owner__c")
    case = sf.open("x", OwnerId="support")
    sf.org.clock.advance(minutes=10)
    sf.org.edit(case, by="ana", OwnerId="dana")
    adapter = sf.connect()
    alone = pull(adapter)
    dated = []
    for subject in ("one", "two"):
        sf.org.clock.advance(hours=1)
        sf.org.edit(case, by="ana", Co_Owner__c="idris", Subject=subject)
        adapter = sf.again(adapter)
        dated.append(pull(adapter, alone.cursor).one.history["owner"])

    assert [(fact.value[0].name, fact.when.grade) for fact in alone.one.history["owner"]] == [
        ("Support Queue", "A"),
        ("Dana Reyes", "A"),
    ]
    assert [len(facts) for facts in dated] == [3, 3]
    assert dated[0][:2] == dated[1][:2]
    assert dated[0][2].when == dated[1][2].when


def test_where_nobody_tells_what_is_tracked_the_rows_do(sf):
    """And are remembered for cases that have none."""
    sf.org.lost |= {"FieldDefinition", "EntityDefinition"}
    fields = {name: FIELDS[name] for name in ("owner", "severity", "root_cause")}
    old = sf.open("old")
    sf.org.edit(old, by="dana", Severity__c="Data issue")
    sf.org.clock.advance(hours=1)
    sf.open("young")

    refuse(sf, "FieldDefinition", "INVALID_TYPE")
    pulled = pull(sf.connect(fields=fields))
    told = {t.values["summary"]: set(t.history) & {"severity", "root_cause"} for t in pulled.tickets}

    assert told == {"old": {"severity"}, "young": {"severity"}}


def test_the_default_fields_need_no_entry(sf):
    """Nor an org that has them all."""
    sf.org.invisible |= {("Case", "ContactId"), ("Case", "Priority")}
    sf.open("x")

    pulled = pull(sf.connect(fields={}))

    assert pulled.problems == []
    assert {"summary", "description", "owner", "stage", "account.name"} <= set(pulled.one.values)


# -- people


@pytest.mark.parametrize(
    ("owner", "kind"),
    [
        ("dana", PersonKind.HUMAN),
        ("support", PersonKind.QUEUE),
        ("autoproc", PersonKind.BOT),
        ("escsync", PersonKind.BOT),
    ],
)
def test_who_owns_a_case_is_told_apart(sf, owner, kind):
    """A queue, an automated user and escsync's own account own nothing (decision 27b)."""
    sf.open("x", OwnerId=owner)

    (ref,) = pull(sf.connect()).one.values["owner"]

    assert (ref.id, ref.kind) == (sf.org.who(owner), kind)


def test_somebody_who_left_owns_what_he_owned(sf):
    """And is known to have left."""
    sf.open("x", OwnerId="dana")
    sf.org.dismiss("dana")

    (ref,) = pull(sf.connect()).one.values["owner"]

    assert ref.active is False


def test_whose_address_a_mail_came_from_is_asked_once(sf):
    """Where it is not the address of who filed it; the answer is kept."""
    case = sf.open("x")
    sf.org.mail(case, "hello", by="idris", FromAddress="DANA@acme.example")
    sf.org.mail(case, "hello", by="idris", FromAddress="support@acme.example")
    adapter = sf.connect()
    first = pull(adapter)
    sf.org.clock.advance(hours=1)
    sf.org.edit(case, by="dana", Subject="changed")
    again = sf.again(adapter)

    second = pull(again, first.cursor)

    for pulled in (first, second):
        assert [m.sender.id for m in pulled.one.messages] == [sf.org.who("dana"), sf.org.who("idris")]
    assert again.calls == 1


def test_an_automatic_reply_is_no_acknowledgement_and_a_draft_no_mail(sf):
    """By who filed it; drafts are not messages."""
    case = sf.open("x")
    sf.org.mail(case, "we got it", by="autoproc", FromAddress="support@acme.example")
    sf.org.mail(case, "not yet", by="dana", Status="5")

    (message,) = pull(sf.connect()).one.messages

    assert message.automated


def test_what_escsync_writes_is_no_message(sf):
    """Published or not, marked or not."""
    case = sf.open("x")
    sf.org.say(case, "#ack by a robot", by="escsync")
    sf.org.say(case, "for the customer", by="escsync", published=True)

    assert pull(sf.connect()).one.messages == ()


def test_nobody_is_asked_about_annual_revenue(sf):
    """What the customer earns is not what he pays: it is read only where somebody maps it."""
    sf.open("x")
    pull(sf.connect())

    assert "AnnualRevenue" not in str([call.request.body for call in sf.server.log])


def test_discovery_holds_no_secret_and_is_used_again(sf):
    """Plain JSON; the next connection asks nothing of it anew for a day, and another account's is worthless."""
    import json

    _, adapter, cursor = settled(sf)
    told = json.dumps(adapter.discovery)
    later = sf.again(adapter)
    pull(later, cursor)
    sf.org.clock.advance(hours=25)
    tomorrow = sf.again(adapter)
    pull(tomorrow, cursor)
    other = sf.connect(discovery=adapter.discovery, connection=sf.session())
    pull(other, cursor)

    assert "!AQ" not in told
    assert sf.secret()["client_secret"] not in told
    assert later.calls == 1
    assert tomorrow.calls > 1
    assert other.calls > 1

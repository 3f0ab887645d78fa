"""What is gone from Salesforce and what is not, and what an org may lack or refuse."""

from __future__ import annotations

import pytest
from fakes.http import Fault
from fakes.salesforce.company import record_type
from fakes.salesforce.rig import pull, rig
from fakes.salesforce.steps import refuse, settled

from escsync.adapter import Denied, Grade, TicketRef


@pytest.fixture
def sf():
    with rig() as made:
        yield made


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

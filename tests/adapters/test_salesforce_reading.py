"""What a pull and a read bring from Salesforce: nothing missed, nothing doubled, nothing taken for what it is not."""

from __future__ import annotations

import pytest
from fakes.salesforce.company import FIELDS
from fakes.salesforce.rig import pull, rig
from fakes.salesforce.steps import refuse, settled

from escsync.adapter import Denied, PersonKind


@pytest.fixture
def sf():
    with rig() as made:
        yield made


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

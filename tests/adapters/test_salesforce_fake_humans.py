"""The people of the fake org: our vocabulary in Salesforce's fields, and the trouble they can make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import requests
from fakes.salesforce.caller import VERSION, Caller
from fakes.salesforce_humans import SCOPE, SalesforceHumans

from escsync.adapter import FIELDS, PersonKind, Stage
from escsync.testing import Humans, Staged, Trouble


@pytest.fixture
def humans():
    made = SalesforceHumans(days=("follow_up.scheduled_for",))
    made.ana, made.dana = (
        made.hire("ana", "Ana Silva", email="ana@acme.example"),
        made.hire("dana", "Dana Reyes"),
    )
    yield made
    made.close()


@pytest.fixture
def api(humans):
    return Caller(humans.server)


def test_they_keep_the_protocols_of_the_kit(humans: SalesforceHumans) -> None:
    """Humans, the stage of a scenario, and trouble."""
    stage: Staged = humans
    people: Humans = humans

    assert isinstance(stage, Trouble)
    assert people is stage
    assert set(humans.section()) == {"adapter", "connection", "scope", "stages", "fields"}
    assert humans.section()["scope"] == SCOPE
    assert list(humans.environ()) == ["SALESFORCE_SECRET"]


def test_every_field_has_its_place(humans, api):
    """On the Case or on the customer's own record; whatever is mapped can be selected at once."""
    mapped = [api for apis in humans.fields.values() for api in apis]

    api.query(f"SELECT {', '.join(dict.fromkeys(mapped))} FROM Case")

    assert set(humans.fields) | {
        "summary",
        "description",
        "stage",
        "priority",
        "contact.name",
        "contact.email",
    } == set(FIELDS)


def test_values_are_kept_in_the_forms_of_their_fields(humans, api):
    """People are ids, instants UTC, several choices one text; a day has no time."""
    ref = humans.create(
        {
            "summary": "x",
            "owner": (humans.dana,),
            "account.name": "Alder AG",
            "account.arr": Decimal("180000.50"),
            "account.customer_since": date(2023, 1, 15),
            "account.csm": (humans.ana,),
            "received_at": datetime(2026, 3, 3, 8, 50, tzinfo=UTC),
            "is_technical": True,
            "resolution_types": ("engineering_fix", "other"),
            "follow_up.scheduled_for": datetime(2026, 3, 9, 10, 0, tzinfo=UTC),
        },
        by=humans.ana,
    )
    humans.move(ref, Stage.CLOSED, by=humans.dana)

    (row,) = api.rows(
        "SELECT CaseNumber, OwnerId, Account.Name, Account.ARR__c, Account.Customer_Since__c, Account.CSM__r.Id, "
        "Received_At__c, Is_Technical__c, Resolution_Types__c, Follow_Up_Scheduled_For__c, Status, IsClosed FROM Case"
    )

    assert (row["CaseNumber"], row["OwnerId"], row["Status"], row["IsClosed"]) == (
        ref.key,
        humans.dana,
        "Closed",
        True,
    )
    assert (row["Account"]["Name"], row["Account"]["ARR__c"]) == ("Alder AG", 180000.5)
    assert (row["Account"]["Customer_Since__c"], row["Account"]["CSM__r"]["Id"]) == ("2023-01-15", humans.ana)
    assert (row["Received_At__c"], row["Is_Technical__c"]) == ("2026-03-03T08:50:00.000+0000", "Yes")
    assert (row["Resolution_Types__c"], row["Follow_Up_Scheduled_For__c"]) == (
        "engineering_fix;other",
        "2026-03-09",
    )


def test_one_owner_two_or_a_queue_that_is_nobodys(humans, api):
    """A Case is never without an owner; a second person stands in a field beside it."""
    queue = humans.hire("escalations", "Escalations", kind=PersonKind.QUEUE)
    ref = humans.create({"summary": "x"}, by=humans.ana)
    told = []
    for owner in ((), (humans.dana,), (humans.dana, humans.ana), (queue,)):
        humans.set(ref, "owner", owner, by=humans.ana)
        (row,) = api.rows("SELECT OwnerId, Co_Owner__c, Owner.Type FROM Case")
        told.append((row["OwnerId"], row["Co_Owner__c"], row["Owner"]["Type"]))

    assert told == [
        (humans.nobody, None, "Queue"),
        (humans.dana, None, "User"),
        (humans.dana, humans.ana, "User"),
        (queue, None, "Queue"),
    ]


def test_users_are_told_apart(humans, api):
    """An automaton by its type, one who left by his state, queues and groups by their id."""
    humans.hire("hook", "Webhook", kind=PersonKind.BOT)
    group = humans.hire("all", "Everybody", kind=PersonKind.GROUP)
    humans.dismiss(humans.dana)

    types = {
        row["Alias"]: (row["UserType"], row["IsActive"])
        for row in api.rows("SELECT Alias, UserType, IsActive FROM User")
    }

    assert (types["hook"], types["dana"]) == (("AutomatedProcess", True), ("Standard", False))
    assert group.startswith("00G")
    assert api.values("SELECT Type FROM Group WHERE Id NOT IN (SELECT QueueId FROM QueueSobject)") == [
        "Regular"
    ]


def test_a_change_of_the_customer_leaves_the_case_alone(humans, api):
    """The first fact makes the customer's record and moves the Case, the next ones only that record."""
    ref = humans.create({"summary": "x"}, by=humans.ana)
    stamps = []
    for name, value in (("account.name", "Alder AG"), ("account.tier", "enterprise")):
        humans.now += timedelta(minutes=1)
        humans.set(ref, name, value, by=humans.ana)
        stamps += api.values("SELECT SystemModstamp FROM Case")

    assert stamps == ["2026-03-03T09:01:00.000+0000"] * 2


def test_what_they_say_is_internal_unless_they_publish_or_mail_it(humans, api):
    """Comments without and with the customer's eyes; mails out, in, and never sent."""
    ref = humans.create({"summary": "x"}, by=humans.ana)
    said = humans.comment(ref, "#ack a", by=humans.dana)
    humans.edit_comment(ref, said, "#ack b", by=humans.dana)
    humans.delete_comment(ref, humans.comment(ref, "c", by=humans.dana), by=humans.dana)
    humans.publish(ref, "d", by=humans.dana)
    humans.email_out(ref, "e", by=humans.ana)
    humans.email_out(ref, "f", by=humans.ana, Status="5")
    humans.email_in(ref, "g")

    comments = api.rows("SELECT CommentBody, IsPublished FROM CaseComment ORDER BY CreatedDate")
    mails = api.rows("SELECT TextBody, Incoming, Status, FromAddress FROM EmailMessage")

    assert [(row["CommentBody"], row["IsPublished"]) for row in comments] == [("#ack b", False), ("d", True)]
    assert [(row["TextBody"], row["Incoming"], row["Status"], row["FromAddress"]) for row in mails] == [
        ("e", False, "3", "ana@acme.example"),
        ("f", False, "5", "ana@acme.example"),
        ("g", True, "0", "casey@customer.example"),
    ]


def test_history_of_what_scenarios_need_is_on(humans, api):
    """The stage and both owners, from the creation on."""
    ref = humans.create({"summary": "x", "owner": (humans.ana,)}, by=humans.ana)
    humans.set(ref, "owner", (humans.ana, humans.dana), by=humans.ana)
    humans.move(ref, Stage.INVESTIGATION, by=humans.dana)

    told = api.rows("SELECT Field, OldValue, NewValue FROM CaseHistory")

    assert [(row["Field"], row["OldValue"], row["NewValue"]) for row in told] == [
        ("created", None, None),
        ("Co_Owner__c", None, "Dana Reyes"),
        ("Co_Owner__c", None, humans.dana),
        ("Status", "Open", "Investigation"),
    ]


def test_trouble_comes_as_ordered(humans, api):
    """Outages before and after the work, refusals, blindness, departures from scope, deaf fields."""
    ref = humans.create({"summary": "x"}, by=humans.ana)
    url, bearer = humans.server.url + VERSION, {"Authorization": f"Bearer {api.token}"}
    row = f"{url}/sobjects/Case/{ref.id}"
    no_rules = bearer | {"Sforce-Auto-Assign": "FALSE"}

    humans.outage()
    with pytest.raises(requests.ConnectionError):
        requests.patch(row, json={"Subject": "lost"}, headers=no_rules, timeout=5)
    before = api.values("SELECT Subject FROM Case")
    humans.outage(after=True)
    with pytest.raises(requests.ConnectionError):
        requests.patch(row, json={"Subject": "done"}, headers=no_rules, timeout=5)
    humans.throttle(30)
    refused = requests.get(f"{url}/limits", headers=bearer, timeout=5)
    humans.ignore("health")
    humans.between(lambda: humans.set(ref, "summary", "human", by=humans.ana))
    requests.patch(row, json={"Health__c": "ok"}, headers=no_rules, timeout=5)
    after = api.rows("SELECT Subject, Health__c FROM Case")[0]
    humans.leave(ref)
    left = api.values("SELECT RecordType.DeveloperName FROM Case")
    humans.hide()

    assert (before, after["Subject"], after["Health__c"]) == (["x"], "human", None)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert left[0]["DeveloperName"] == "Standard_Case"
    assert api.rows("SELECT Id FROM Case", all_=True) == []

"""The fake Salesforce itself: SOQL, pages, and what its user may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.salesforce.caller import Caller
from fakes.salesforce.company import company
from fakes.salesforce.service import unplugged


@pytest.fixture
def org():
    return company()


@pytest.fixture
def api(org):
    return Caller(unplugged(org))


def test_what_is_under_way_has_its_stamp_and_is_not_there(org, api):
    """A transaction's stamps are older than the moment at which it can be seen."""
    known = org.open(subject="before")
    with org.under_way() as flight:
        org.open(subject="new")
        org.edit(known, Subject="after")
    org.clock.advance(minutes=3)

    early = api.rows("SELECT Subject, SystemModstamp FROM Case ORDER BY CaseNumber")
    flight.commit()
    late = api.rows("SELECT Subject, SystemModstamp FROM Case ORDER BY CaseNumber")

    assert [row["Subject"] for row in early] == ["before"]
    assert [row["Subject"] for row in late] == ["after", "new"]
    assert {row["SystemModstamp"] for row in late} == {"2026-03-03T09:00:00.000+0000"}


def test_what_is_deleted_is_found_by_query_all_alone(org, api):
    """A delete moves the stamp and takes the children along; a merged Case names its survivor."""
    kept, gone, merged = (org.open(subject=s) for s in ("kept", "gone", "merged"))
    org.say(gone, "x")
    org.say(merged, "y")
    org.clock.advance(minutes=1)
    org.delete(gone)
    org.merge(kept, merged)

    deleted = api.rows("SELECT Subject, MasterRecordId FROM Case WHERE IsDeleted = true AND SystemModstamp >= 2026-03-03T09:01:00Z ORDER BY Subject", all_=True)  # fmt: skip

    assert api.values("SELECT Subject FROM Case") == ["kept"]
    assert [(row["Subject"], row["MasterRecordId"]) for row in deleted] == [
        ("gone", None),
        ("merged", kept.id),
    ]
    assert api.values("SELECT CommentBody FROM CaseComment") == ["y"]
    org.purge(gone)
    assert len(api.rows("SELECT Id FROM Case", all_=True)) == 2


def test_sharing_and_permissions_hide_in_their_own_ways(org, api):
    """A row that is not shared is not there; a field or object without permission was never there."""
    case = org.open(Severity__c="Data issue")
    org.say(case, "x")
    case.hidden = True
    hidden = api.values("SELECT Id FROM Case") + api.values("SELECT Id FROM CaseComment")
    org.invisible.add(("Case", "Severity__c"))
    names = {field["name"] for field in api("GET", "/sobjects/Case/describe").body["fields"]}
    org.lost.add("EmailMessage")

    assert hidden == []
    assert api("GET", f"/sobjects/Case/{case.id}").body[0]["errorCode"] == "NOT_FOUND"
    assert "Severity__c" not in names
    assert api.refusal("SELECT Severity__c FROM Case")[0] == "INVALID_FIELD"
    assert api.refusal("SELECT Id FROM EmailMessage")[0] == "INVALID_TYPE"
    assert api("GET", "/sobjects/EmailMessage/describe").status == 404


def test_children_do_not_move_their_case(org, api):
    """Unless the org is one that does so: a comment leaves the Case's stamp alone."""
    case = org.open()
    org.clock.advance(minutes=1)
    org.say(case, "x")
    quiet = api.values("SELECT SystemModstamp FROM Case")
    org.children_bump = True
    org.mail(case, "y")

    assert quiet == ["2026-03-03T09:00:00.000+0000"]
    assert api.values("SELECT SystemModstamp FROM Case") == ["2026-03-03T09:01:00.000+0000"]


def test_a_change_of_the_account_does_not_move_its_cases(org, api):
    """What a Case shows of its parent changes without a trace on it."""
    account = org.create("Account", by="ana", Name="Alder AG")
    org.open(AccountId=account.id)
    org.clock.advance(minutes=1)
    org.edit(account, Name="Birch SA")

    (row,) = api.rows("SELECT Account.Name, SystemModstamp, Account.SystemModstamp FROM Case")

    assert row["Account"]["Name"] == "Birch SA"
    assert row["SystemModstamp"] < row["Account"]["SystemModstamp"]


def test_history_is_told_of_tracked_fields(org, api):
    """Picklists by value, owners twice, long texts without their values; from when it was turned on, for two years."""
    case = org.open(OwnerId="support")
    org.edit(case, Priority="High")
    org.edit(case, by="dana", Status="Investigating", OwnerId="dana", Findings__c="x" * 300)
    rows = api.rows("SELECT Field, DataType, OldValue, NewValue, CreatedBy.Name FROM CaseHistory WHERE CaseId IN (SELECT Id FROM Case)")  # fmt: skip
    told = [(row["Field"], row["DataType"], row["OldValue"], row["NewValue"]) for row in rows]
    org.clock.advance(days=731)

    assert told == [
        ("created", "Text", None, None),
        ("Status", "DynamicEnum", "New", "Investigating"),
        ("Owner", "Text", "Support Queue", "Dana Reyes"),
        ("Owner", "EntityId", org.who("support"), org.who("dana")),
        ("Findings__c", "TextArea", None, None),
    ]
    assert rows[1]["CreatedBy"]["attributes"]["type"] == "Name"
    assert api.values("SELECT Field FROM CaseHistory") == []


def test_history_within_a_second_has_no_order(org, api):
    """Rows of one second may come the wrong way round, even sorted by their time."""
    case = org.open()
    org.backwards = True
    for status in ("Investigating", "Designing"):
        org.edit(case, Status=status)

    found = api.values("SELECT NewValue FROM CaseHistory WHERE Field = 'Status' ORDER BY CreatedDate")

    assert found == ["Designing", "Investigating"]


def test_an_owner_that_is_a_queue_is_not_active(org, api):
    """Activity is a matter of users: a queue's is no, and means nothing."""
    org.open(OwnerId="support")

    (row,) = api.rows("SELECT Owner.IsActive, Owner.Type FROM Case")

    assert (row["Owner"]["IsActive"], row["Owner"]["Type"]) == (False, "Queue")


def test_texts_are_sorted_whatever_their_case(org, api):
    """And what is empty comes first, unless it is told to come last."""
    for subject in ("b", "A", None, "C"):
        org.open(subject=subject)

    assert api.values("SELECT Subject FROM Case ORDER BY Subject") == [None, "A", "b", "C"]
    assert api.values("SELECT Subject FROM Case ORDER BY Subject DESC NULLS LAST") == ["C", "b", "A", None]


def test_history_can_trail_its_save(org, api):
    """A row that was not there a moment ago may carry an older stamp."""
    case = org.open()
    org.stop_history()
    org.edit(case, Status="Investigating")
    before = api.values("SELECT Field FROM CaseHistory")
    org.catch_up()

    assert before == ["created"]
    assert api.values("SELECT Field FROM CaseHistory") == ["created", "Status"]


def test_which_fields_are_tracked_can_be_asked_or_not(org, api):
    """FieldDefinition tells, with a filter on its object, unless the org does not let the user see it."""
    query = "SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Case' AND IsFieldHistoryTracked = true"
    tracked = set(api.values(query))
    unfiltered = api("GET", "/query", q="SELECT QualifiedApiName FROM FieldDefinition").status
    org.lost.add("FieldDefinition")

    assert tracked == org.tracked["Case"]
    assert unfiltered == 400
    assert api.refusal(query)[0] == "INVALID_TYPE"


def test_no_more_than_twenty_fields_are_tracked(org):
    """Salesforce's limit holds for the fake's administrators as well."""
    with pytest.raises(ValueError, match="at most 20"):
        org.track(*(f"Field{n}__c" for n in range(20)))


def test_closedness_belongs_to_the_status(org, api):
    """Whatever a status is called; reopening empties the date."""
    case = org.open(Status="Rejected")
    shut = api.rows("SELECT IsClosed, ClosedDate FROM Case")[0]
    org.edit(case, Status="Waiting for legal")
    again = api.rows("SELECT IsClosed, ClosedDate FROM Case")[0]

    closing = api.values("SELECT ApiName FROM CaseStatus WHERE IsClosed = true ORDER BY SortOrder")
    assert closing == ["Done", "Rejected", "Duplicate"]
    assert (shut["IsClosed"], shut["ClosedDate"]) == (True, "2026-03-03T09:00:00.000+0000")
    assert (again["IsClosed"], again["ClosedDate"]) == (False, None)


def test_updated_and_deleted_count_no_seconds(org, api):
    """Both ends lie more than a minute apart; the answer says how far it surely goes."""
    kept, gone = org.open(), org.open()
    org.clock.advance(minutes=2, seconds=30)
    org.delete(gone)
    ends = {"start": "2026-03-03T08:59:30+00:00", "end": "2026-03-03T09:10:00+00:00"}

    updated = api("GET", "/sobjects/Case/updated/", **ends).body
    deleted = api("GET", "/sobjects/Case/deleted/", **ends).body
    close = api("GET", "/sobjects/Case/updated/", **(ends | {"end": "2026-03-03T09:00:00+00:00"}))

    assert updated == {"ids": [kept.id], "latestDateCovered": "2026-03-03T09:02:00.000+0000"}
    assert deleted["deletedRecords"] == [{"id": gone.id, "deletedDate": "2026-03-03T09:02:30.000+0000"}]
    assert close.body[0]["errorCode"] == "INVALID_REPLICATION_DATE"


def test_dates_by_name_follow_the_users_zone(org, api):
    """Midnight is where the API's user lives."""
    org.row(org.who("escsync")).values["TimeZoneSidKey"] = "America/Los_Angeles"
    org.clock.set("2026-03-03T07:30:00Z")
    org.open()
    org.clock.advance(hours=1)

    assert api.query("SELECT Id FROM Case WHERE CreatedDate = TODAY")["totalSize"] == 0
    assert api.query("SELECT Id FROM Case WHERE CreatedDate = LAST_N_DAYS:1")["totalSize"] == 1
    assert org.clock.now() - timedelta(hours=1) == org.rows["Case"][api.values("SELECT Id FROM Case")[0]].get(
        "CreatedDate"
    )

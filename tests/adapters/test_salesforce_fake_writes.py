"""The fake Salesforce itself: what writes do, refuse and silently change; alone and many at once."""

from __future__ import annotations

import pytest
from fakes.salesforce.caller import Caller
from fakes.salesforce.company import company
from fakes.salesforce.ids import made
from fakes.salesforce.schema import text
from fakes.salesforce.service import unplugged
from fakes.salesforce.steps import AT_NINE, KEEP


@pytest.fixture
def org():
    return company()


@pytest.fixture
def api(org):
    return Caller(unplugged(org))


def patch(api, row, body, **headers):
    told = KEEP | {name.replace("_", "-"): value for name, value in headers.items()}
    return api("PATCH", f"/sobjects/{row.type}/{row.id}", body, told)


def error(reply):
    """The status and the code of a refusal."""
    (told,) = reply.body
    return reply.status, told["errorCode"]


def test_a_write_moves_all_stamps_and_carries_its_author(org, api):
    """No answer but 204, and no count of calls beside it; a save without a change is a save."""
    case = org.open()
    org.clock.advance(minutes=1)

    reply = patch(api, case, {"Subject": "An escalation"})

    assert (reply.status, reply.body, dict(reply.headers)) == (204, None, {})
    assert case.values["SystemModstamp"] == case.values["LastModifiedDate"] == org.clock.now()
    assert case.values["LastModifiedById"] == org.who("escsync")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"Subject": "  padded \n"}, "padded"),
        ({"Subject": "   "}, None),
        ({"Description": "one\r\ntwo"}, "one\ntwo"),
        ({"Committed_At__c": "2026-03-05T18:00:00.987+01:00"}, "2026-03-05T17:00:00.000+0000"),
        ({"Follow_Up_Day__c": "2026-03-09"}, "2026-03-09"),
        ({"Status": "Inexistent"}, "Inexistent"),
        ({"severity__C": "Data issue"}, "Data issue"),
        ({"Technical__c": True}, True),
        ({"Co_Owner__c": None}, None),
    ],
)
def test_what_is_kept_is_not_always_what_was_sent(org, api, sent, kept):
    """Texts are trimmed, nothing is null, seconds have no fractions; an unrestricted picklist takes anything."""
    case = org.open()
    (name,) = sent

    assert patch(api, case, sent).status == 204
    assert (
        api("GET", f"/sobjects/Case/{case.id}", fields=name).body[org.objects["Case"].field(name).name]
        == kept
    )


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"Subject": "x" * 256}, "STRING_TOO_LONG"),
        ({"Status": "x" * 41}, "STRING_TOO_LONG"),
        ({"Severity__c": "data issue"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"Resolution_Types__c": "Engineering fix;Other"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"Nope__c": 1}, "INVALID_FIELD"),
        ({"Id": "500000000000000"}, "INVALID_FIELD"),
        ({"IsClosed": True}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"Technical__c": None}, "JSON_PARSER_ERROR"),
        ({"Committed_At__c": "2026-03-05"}, "JSON_PARSER_ERROR"),
        ({"Follow_Up_Day__c": "2026-03-05T10:00:00Z"}, "JSON_PARSER_ERROR"),
        ({"Subject": 5}, "JSON_PARSER_ERROR"),
        ({"SuppliedEmail": "nobody"}, "INVALID_EMAIL_ADDRESS"),
        ({"OwnerId": None}, "REQUIRED_FIELD_MISSING"),
        ({"OwnerId": "dana"}, "MALFORMED_ID"),
        ({"Co_Owner__c": made("001", 1)}, "MALFORMED_ID"),
        ({"OwnerId": made("005", 9999)}, "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_values_are_refused_by_code(org, api, sent, code):
    """One bad field refuses the whole write."""
    case = org.open(subject="kept")

    reply = patch(api, case, {"Priority": "High"} | sent)

    assert error(reply) == (400, code)
    assert (case.values["Subject"], case.values["Priority"]) == ("kept", "Medium")


def test_a_refusal_may_repeat_what_was_sent(org, api):
    """Error texts hold customers' words and queries: they are nothing for a log."""
    reply = patch(api, org.open(), {"Subject": "secret " * 50})

    assert "secret secret" in reply.body[0]["message"]


def test_owners_are_refused_for_what_they_are(org, api):
    """Who left, what is no person, and a group or queue that serves no Cases."""
    case = org.open()
    org.dismiss("idris")
    other = org.add_queue("leads", "Leads", serves=("Lead",))
    group = org.add_queue("all", "Everybody", type_="Regular", serves=())

    told = [
        error(patch(api, case, {"OwnerId": org.who(one)}))[1] for one in ("idris", "autoproc", other, group)
    ]

    assert told == [
        "INACTIVE_OWNER_OR_USER",
        "OPERATION_WITH_INVALID_USER_TYPE_EXCEPTION",
        "INVALID_CROSS_REFERENCE_KEY",
        "INVALID_CROSS_REFERENCE_KEY",
    ]
    assert patch(api, case, {"OwnerId": org.who("support")}).status == 204


@pytest.mark.parametrize(("header", "kept"), [("FALSE", True), ("false", True), ("TRUE", False), ("", False)])
def test_without_a_word_against_it_every_write_assigns_anew(org, api, header, kept):
    """Even where no rule is active, the default owner gets the Case, and the history says Owner (Assignment)."""
    case = org.open(OwnerId="dana")
    org.default_owner = org.who("support")
    headers = {"Sforce-Auto-Assign": header} if header else {}

    api("PATCH", f"/sobjects/Case/{case.id}", {"Subject": "x"}, headers)

    assert (case.values["OwnerId"] == org.who("dana")) is kept
    assert ("ownerAssignment" in api.values("SELECT Field FROM CaseHistory")) is not kept


def test_a_new_case_is_assigned_as_well(org, api):
    """POST without the header: the owner that was asked for is not the one it gets."""
    org.default_owner = org.who("support")

    made_ = api("POST", "/sobjects/Case/", {"Subject": "x", "OwnerId": org.who("dana")}).body

    assert made_["success"]
    assert org.row(made_["id"]).values["OwnerId"] == org.who("support")


def test_a_conditional_write_compares_system_stamps_to_the_second(org, api):
    """A background touch counts, an edit in the same second does not; the header must be a date."""
    case = org.open()
    same = patch(api, case, {"Priority": "High"}, If_Unmodified_Since=AT_NINE)
    org.clock.advance(seconds=1)
    org.store.touch(case)
    stale = patch(api, case, {"Priority": "Low"}, If_Unmodified_Since=AT_NINE)
    wrong = patch(api, case, {"Priority": "Low"}, If_Unmodified_Since="2026-03-03T09:00:01Z")

    assert (same.status, stale.status, wrong.status) == (204, 412, 400)
    assert case.values["Priority"] == "High"
    assert api("GET", f"/sobjects/Case/{case.id}").headers["Last-Modified"] == "Tue, 03 Mar 2026 09:00:01 GMT"


def test_a_row_that_did_not_change_is_not_told_again(org, api):
    """If-Modified-Since on a GET; an Account alone has a tag."""
    case, account = org.open(), org.create("Account", by="ana", Name="Alder AG")

    again = api("GET", f"/sobjects/Case/{case.id}", None, {"If-Modified-Since": AT_NINE})

    assert (again.status, again.body) == (304, None)
    assert "ETag" in api("GET", f"/sobjects/Account/{account.id}").headers
    assert "ETag" not in api("GET", f"/sobjects/Case/{case.id}").headers


def test_what_is_gone_and_what_is_hidden_have_their_own_words(org, api):
    """Deleted is 404 with a name of its own; never there, not shared and no id at all are the same 404."""
    gone, hidden = org.open(), org.open()
    org.delete(gone)
    hidden.hidden = True

    told = [error(patch(api, row, {"Subject": "x"})) for row in (gone, hidden)]
    odd = api("PATCH", "/sobjects/Case/999999", {"Subject": "x"})

    assert told == [(404, "ENTITY_IS_DELETED"), (404, "NOT_FOUND")]
    assert error(odd) == (404, "NOT_FOUND")


def test_locks_rules_rights_and_triggers(org, api):
    """A row lock passes, an approval does not; rules have their own text; a workflow undoes without a word."""
    case = org.open()
    case.busy = 1
    locked = error(patch(api, case, {"Priority": "High"}))
    passed = patch(api, case, {"Priority": "High"}).status
    org.rules.append(
        ("Case", lambda v: v["Status"] == "Done" and not v["Root_Cause__c"], "Say why.", "Root_Cause__c")
    )
    ruled = patch(api, case, {"Status": "Done"})
    org.stubborn.add(("Case", "Priority"))
    undone = patch(api, case, {"Priority": "Low"}).status
    org.sealed.add(("Case", "Subject"))
    sealed = error(patch(api, case, {"Subject": "x"}))
    case.frozen = True
    frozen = error(patch(api, case, {"Origin": "Web"}))
    org.readonly = True

    assert (locked, passed) == ((400, "UNABLE_TO_LOCK_ROW"), 204)
    assert ruled.body == [
        {"message": "Say why.", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": ["Root_Cause__c"]}
    ]
    assert (undone, case.values["Priority"]) == (204, "High")
    assert (sealed, frozen) == ((400, "INVALID_FIELD_FOR_INSERT_UPDATE"), (400, "ENTITY_IS_LOCKED"))
    assert error(patch(api, case, {"Origin": "Web"})) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")


def test_comments_count_bytes_and_keep_their_text(org, api):
    """4,000 bytes; private unless published; the text changes only for who may change everything."""
    case = org.open()
    body = {"ParentId": case.id, "CommentBody": "ä" * 2000}
    fits = api("POST", "/sobjects/CaseComment", body)
    long = api("POST", "/sobjects/CaseComment", body | {"CommentBody": "ä" * 2001})
    comment = org.row(fits.body["id"])
    stuck = error(patch(api, comment, {"CommentBody": "x"}))
    shown = patch(api, comment, {"IsPublished": True}).status
    org.moderator = True

    assert (fits.status, error(long)) == (201, (400, "STRING_TOO_LONG"))
    assert (stuck, shown) == ((403, "INSUFFICIENT_ACCESS_OR_READONLY"), 204)
    assert patch(api, comment, {"CommentBody": "x"}).status == 204
    patch(api, case, {"Comments": "in passing"})
    assert api.values("SELECT CommentBody FROM CaseComment WHERE IsPublished = false") == ["in passing"]


def test_mails_are_written_once(org, api):
    """Only a draft can be changed; writing a row sends nothing, and whoever wrote it stands in it."""
    case = org.open()
    sent, draft = org.mail(case, "sent"), org.mail(case, "draft", Status="5")
    answer = org.mail(case, "We received your request.", by="autoproc")

    assert error(patch(api, sent, {"Subject": "x"}))[1] == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert patch(api, draft, {"Subject": "x"}).status == 204
    assert (answer.values["Incoming"], answer.values["Status"]) == (False, "3")
    assert api.values(
        "SELECT CreatedBy.UserType FROM EmailMessage WHERE CreatedBy.UserType = 'AutomatedProcess'"
    )


def test_tasks_have_days_and_events_have_lengths(org, api):
    """A Task is closed by its status and due on a day; an Event without a length is refused."""
    case = org.open()
    task = api(
        "POST", "/sobjects/Task", {"WhatId": case.id, "Subject": "Follow-up", "ActivityDate": "2026-03-09"}
    )
    event = api("POST", "/sobjects/Event", {"WhatId": case.id, "StartDateTime": "2026-03-09T10:00:00Z"})
    org.edit(org.row(task.body["id"]), Status="Completed")

    told = api.rows("SELECT IsClosed, ActivityDate, What.Name FROM Task")[0]

    assert (told["IsClosed"], told["ActivityDate"]) == (True, "2026-03-09")
    assert error(event) == (400, "REQUIRED_FIELD_MISSING")


def test_an_upsert_makes_once_and_finds_again(org, api):
    """By an external id: created, then updated; two matches are 300; a key that is none is 404."""
    url = "/sobjects/Case/Escsync_Key__c/key 1"
    first = api("PATCH", url, {"Subject": "x"}, KEEP)
    second = api("PATCH", url, {"Subject": "y"}, KEEP)
    twice = api("POST", "/sobjects/Case", {"Escsync_Key__c": "key 1"}, KEEP)
    org.add_field("Case", text("Loose__c", external=True))
    for _ in range(2):
        org.open(Loose__c="k")

    assert (first.status, first.body["created"]) == (201, True)
    assert (second.status, second.body) == (200, first.body | {"created": False})
    assert error(twice) == (400, "DUPLICATE_VALUE")
    assert api("PATCH", "/sobjects/Case/Loose__c/k", {}, KEEP).status == 300
    assert api("PATCH", "/sobjects/Case/Subject/x", {}, KEEP).status == 404
    assert api("PATCH", url.replace("1", "2"), {}, KEEP, updateOnly="true").status == 404

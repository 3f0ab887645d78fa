"""The fake Salesforce beside recorded answers: the same keys, and values of the same form."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fakes.http import Request
from fakes.salesforce.caller import VERSION, Caller
from fakes.salesforce.company import company
from fakes.salesforce.ids import full
from fakes.salesforce.schema import text
from fakes.salesforce.service import unplugged
from fakes.salesforce.signin import CLIENT_ID, SECRET

RECORDED = Path(__file__).parents[3] / "shared" / "api" / "salesforce"
pytestmark = pytest.mark.skipif(not RECORDED.exists(), reason="the recorded Salesforce answers are not here")

KEEP = {"Sforce-Auto-Assign": "FALSE"}
FORMS = (
    ("instant", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000"),
    ("locator", r"/services/data/v\w+\.0/query/0r8\w+-\d+"),
    ("row", r"/services/data/v\w+\.0/sobjects/\w+/\w+"),
    ("number", r"\d+"),
)


def recorded(name):
    """A recording, with its single answer or all of them."""
    return json.loads((RECORDED / name).read_text())


def form(value):
    """The form of a value: its type, for texts also what kind of text it is."""
    if isinstance(value, str):
        if full(value) == value:
            return "id"
        return next((name for name, pattern in FORMS if re.fullmatch(pattern, value)), "text")
    return type(value).__name__ if not isinstance(value, int | float) or isinstance(value, bool) else "number"


def shape(value):
    """Keys and forms, all the way down; a list is the shape of its first."""
    match value:
        case dict():
            return {name: shape(inner) for name, inner in value.items()}
        case [first, *_]:
            return [shape(first)]
        case _:
            return form(value)


@pytest.fixture
def org():
    made = company()
    made.create("Account", by="ana", Name="Alder AG")
    made.open(
        Status="Done",
        Priority="High",
        Origin="Phone",
        Reason="Performance",
        Type="Electrical",
        OwnerId="dana",
    )
    made.open()
    return made


@pytest.fixture
def api(org):
    return Caller(unplugged(org))


def test_the_suffix_of_an_id_is_salesforces_own():
    """Ids that an org gave: their last three characters follow from the first 15."""
    text_ = (RECORDED / "nango" / "query_case_26_rows.json").read_text() + (
        RECORDED / "nango" / "row_user_full.json"
    ).read_text()
    ids = set(re.findall(r'"((?:500|001|003|005|00e)\w{15})"', text_))

    assert len(ids) > 40
    assert {one for one in ids if full(one[:15]) != one} == set()


def test_rows_of_cases(api):
    """The same query, row by row: the same fields in the same forms."""
    (told,) = recorded("nango/query_case_26_rows.json")
    query = told["request"]["params"]["q"]

    found = api.query(query)

    theirs = shape(next(row for row in told["body"]["records"] if row["ClosedDate"]))
    ours = shape(next(row for row in found["records"] if row["ClosedDate"]))
    unset = {"Description", "AccountId", "ContactId"}
    assert set(ours) == set(theirs)
    assert {n: v for n, v in ours.items() if n not in unset} == {
        n: v for n, v in theirs.items() if n not in unset
    }
    assert set(found) == set(told["body"])


def test_pages(org, api):
    """A first page, and a last one without an address."""
    first, last = recorded("nango/query_two_pages_2000.json")
    api.service.face.cursors.page = 1

    one = api.query("SELECT Id FROM Case")
    two = api("GET", one["nextRecordsUrl"]).body

    for ours, theirs in ((one, first["body"]), (two, last["body"])):
        plain = {name: form(value) for name, value in theirs.items() if name != "records"}
        assert {name: form(value) for name, value in ours.items() if name != "records"} == plain
        assert ours["done"] is theirs["done"]


def test_users_with_their_profiles(api):
    """An automaton's profile is one that nobody may see: null."""
    (told,) = recorded("nango/query_users_profile_name.json")

    found = api.query(told["request"]["params"]["q"])["records"]

    theirs = {row["Username"].partition("@")[0]: row for row in told["body"]["records"]}
    ours = {row["Username"].partition("@")[0]: row for row in found}
    assert shape(ours["autoproc"]["Profile"]) == shape(theirs["autoproc"]["Profile"])
    assert shape(ours["escsync"]["Profile"]) == shape(theirs["integration"]["Profile"])
    assert set(ours["ana"]) == set(theirs["integration"])


def test_children_inside_a_parent(org, api):
    """Null, or an answer of their own."""
    (told,) = recorded("cumulusci/query_child_subquery.json")
    theirs = told["body"]["records"]
    org.say(org.open(), "x")

    ours = api.rows("SELECT Subject, (SELECT CommentBody FROM CaseComments) FROM Case")

    some, none = (
        {type(row[name]).__name__: shape(row[name]) for row in rows}
        for rows, name in ((ours, "CaseComments"), (theirs, "Opportunities"))
    )
    renamed = json.loads(json.dumps(none).replace('"Name"', '"CommentBody"'))
    assert some == renamed


def test_polymorphic_parents(org, api):
    """TYPEOF: the parent with the fields of its type, or null."""
    *_, told = recorded("cumulusci/collections_create_update_typeof.json")
    theirs = next(row["Who"] for row in told["body"]["records"] if row["Who"])
    contact = org.create("Contact", by="ana", LastName="Contact")
    org.create(
        "Event",
        by="ana",
        WhoId=contact.id,
        Subject="x",
        StartDateTime="2026-03-09T09:00:00Z",
        DurationInMinutes=60,
    )

    (row,) = api.rows("SELECT Id, TYPEOF What WHEN Account THEN Name ELSE Id END, Subject, DurationInMinutes, ActivityDateTime FROM Event")  # fmt: skip

    plain = {"Id", "What", "Subject", "DurationInMinutes", "ActivityDateTime"}
    recorded_row = {n: shape(v) for n, v in told["body"]["records"][0].items() if n in plain}
    assert {n: shape(v) for n, v in row.items() if n in plain} == recorded_row
    assert set(theirs) == {"attributes", "LastName", "Email"}


def test_counts_and_unknown_objects(api):
    """A total without rows; the words of INVALID_TYPE, with the place."""
    (told,) = recorded("cumulusci/count_and_invalid_type.json")
    (count, unknown) = told["body"]["compositeResponse"]

    ours = api.composite(
        {"url": f"{VERSION}/query/?q=select count() from Account"},
        {"url": f"{VERSION}/query/?q=select count() from XYZZY"},
    )

    assert shape(ours[0]["body"]) == shape(count["body"])
    assert ours[1]["body"] == unknown["body"]
    assert [set(one) for one in ours] == [set(count), set(unknown)]


def test_composites(api):
    """Queries side by side; what is not there; what did not change."""
    (_, queries) = recorded("cumulusci/composite_four_queries.json")
    (absent,) = recorded("cumulusci/composite_subrequest_404.json")

    ours = api.composite(
        {"url": f"{VERSION}/query?q=SELECT Id FROM Account LIMIT 1"}, {"url": f"{VERSION}/sobjects/Foo"}
    )

    theirs = queries["body"]["compositeResponse"][0], absent["body"]["compositeResponse"][0]
    assert shape(ours[0]["body"]["totalSize"]) == shape(theirs[0]["body"]["totalSize"])
    assert set(ours[0]["body"]) == set(theirs[0]["body"])
    assert (ours[0]["httpHeaders"], ours[1]["httpHeaders"]) == ({}, {})
    assert ours[1] == theirs[1] | {"referenceId": "r1"}


def test_an_unchanged_part_is_304_without_a_body(org, api):
    """Its headers tell when it last changed."""
    (told,) = recorded("cumulusci/composite_httpheaders_304.json")
    theirs = told["body"]["compositeResponse"][0]
    account = next(iter(org.rows["Account"]))

    (ours,) = api.composite(
        {
            "url": f"{VERSION}/sobjects/Account/{account}",
            "httpHeaders": {"If-Modified-Since": "Tue, 03 Mar 2026 09:00:00 GMT"},
        }
    )

    assert (ours["httpStatusCode"], ours["body"]) == (theirs["httpStatusCode"], theirs["body"])
    assert set(ours["httpHeaders"]) == set(theirs["httpHeaders"])


def test_a_rolled_back_composite(api):
    """The parts that were fine are halted, the culprit has its own words."""
    told = recorded("other/composite_failure_halted.json")["compositeResponse"]

    ours = api.composite(
        {"method": "POST", "url": f"{VERSION}/sobjects/Case", "body": {"Subject": "x"}, "httpHeaders": KEEP},
        {
            "method": "POST",
            "url": f"{VERSION}/sobjects/Case",
            "body": {"IsClosed": True},
            "httpHeaders": KEEP,
        },
        allOrNone=True,
    )

    assert ours[0] | {"referenceId": ""} == told[0] | {"referenceId": ""}
    assert [set(one["body"][0]) for one in ours] == [set(one["body"][0]) for one in told]


def test_a_graph(api):
    """With the address of what was made."""
    (told,) = recorded("nango/composite_graph.json")
    part = {
        "method": "POST",
        "url": f"{VERSION}/sobjects/Account",
        "referenceId": "newAccount",
        "body": {"Name": "x"},
    }

    ours = api("POST", "/composite/graph", {"graphs": [{"graphId": "test1", "compositeRequest": [part]}]})

    assert shape(ours.body) == shape(told["body"])


def test_a_batch(api):
    """Each part with its status and its result."""
    (told,) = recorded("nango/composite_batch.json")

    ours = api("POST", "/composite/batch", {"batchRequests": [{"method": "GET", "url": "v66.0/limits"}]}).body

    assert set(ours) == set(told["body"])
    assert set(ours["results"][0]) == set(told["body"]["results"][0])


@pytest.mark.parametrize(
    "name", ["nango/collections_create.json", "cumulusci/collections_create_update_typeof.json"]
)
def test_collections_that_succeed(api, name):
    """Made and changed records alike: id, success, no errors."""
    told = recorded(name)[0]
    records = [{"attributes": {"type": "Account"}, "Name": "x"}]

    made = api("POST", "/composite/sobjects", {"records": records}).body
    changed = api("PATCH", "/composite/sobjects", {"records": [records[0] | {"id": made[0]["id"]}]}).body

    assert shape(made) == shape(changed) == shape(told["body"])


def test_collections_that_fail(api):
    """Without an id, the error as its own kind of object; upserts say whether anything was created."""
    (update,) = recorded("nango/collections_update_error.json")
    (upsert,) = recorded("nango/collections_upsert_error.json")

    ours = api("PATCH", "/composite/sobjects", update["request"]["body"]).body
    theirs = api(
        "PATCH", "/composite/sobjects/Account/Id", {"records": [{"Id": "001000000000000AAA", "Name": "x"}]}
    ).body

    assert ours == update["body"]
    assert shape(theirs) == shape(upsert["body"])


def test_upserts_of_collections(org, api):
    """A success says `created`."""
    told = recorded("cumulusci/collections_upsert.json")[0]
    org.add_field("Account", text("Key__c", external=True, unique=True))

    ours = api(
        "PATCH", "/composite/sobjects/Account/Key__c", {"records": [{"Key__c": "a", "Name": "x"}]}
    ).body

    assert shape(ours) == shape(told["body"])


def test_deleting_many_and_the_list_of_versions(org, api):
    """Summer comes after Spring; the list needs no limit header."""
    versions, deleted = recorded("nango/collections_delete_and_versions.json")
    account = next(iter(org.rows["Account"]))

    ours = api("GET", "/services/data")
    gone = api("DELETE", "/composite/sobjects", ids=account, allOrNone="false").body

    plain = [{**one, "label": one["label"].replace("’", "'")} for one in versions["body"]]
    assert ours.body[: len(plain)] == plain
    assert shape(gone) == shape(deleted["body"])


def test_single_writes(org, api):
    """201 with an id, 204 with nothing, upserts with `created`."""
    create, patch, delete, made, updated = (
        recorded(f"nango/{name}.json")[0]
        for name in (
            "row_create_201",
            "row_patch_204",
            "row_delete_204",
            "upsert_created_201",
            "upsert_updateonly_200",
        )
    )
    org.add_field("Account", text("Key__c", external=True, unique=True))

    first = api("POST", "/sobjects/Account/", {"Name": "x"})
    row = f"/sobjects/Account/{first.body['id']}"
    told = [
        (first, create),
        (api("PATCH", "/sobjects/Account/Key__c/k", {"Name": "y"}), made),
        (
            api(
                "PATCH",
                f"/sobjects/Account/Id/{first.body['id']}",
                {"Website": "x.example"},
                updateOnly="true",
            ),
            updated,
        ),
        (api("PATCH", row, {"Name": "z"}), patch),
        (api("DELETE", row), delete),
    ]

    assert [(ours.status, shape(ours.body or "")) for ours, _ in told] == [
        (t["status"], shape(t["body"])) for _, t in told
    ]
    limits = [("sforce-limit-info" in t["headers"], "Sforce-Limit-Info" in ours.headers) for ours, t in told]
    assert all(theirs == mine for theirs, mine in limits)


def test_rows_and_their_headers(org, api):
    """Last-Modified is SystemModstamp, whatever LastModifiedDate says; an Account has a tag besides."""
    (user,) = recorded("nango/row_user_full.json")
    (account,) = recorded("nango/row_account_full_with_etag.json")
    row = org.row(org.who("ana"))
    org.clock.advance(minutes=1)
    org.store.touch(row)

    ours = api("GET", f"/sobjects/User/{row.id}")
    other = api("GET", f"/sobjects/Account/{next(iter(org.rows['Account']))}")

    assert set(ours.body) <= set(user["body"])
    assert {"last-modified"} == {h.lower() for h in ours.headers} & {"last-modified", "etag"} == set(user["headers"]) & {"last-modified", "etag"}  # fmt: skip
    assert {"last-modified", "etag"} <= {h.lower() for h in other.headers} & set(account["headers"])
    assert ours.body["LastModifiedDate"] < ours.body["SystemModstamp"] == "2026-03-03T09:01:00.000+0000"
    assert user["body"]["LastModifiedDate"] < user["body"]["SystemModstamp"]


def test_the_describe_of_a_case(org, api):
    """Every key of a field, and every property of the fields that both know."""
    theirs = recorded("cumulusci/describe_Case.json")["body"]
    ours = api("GET", "/sobjects/Case/describe").body
    told = {field["name"]: field for field in theirs["fields"]}
    mine = {field["name"]: field for field in ours["fields"]}
    alike = (
        "type", "length", "createable", "updateable", "filterable", "nillable", "referenceTo", "relationshipName",
        "restrictedPicklist", "custom", "namePointing", "polymorphicForeignKey", "autoNumber", "soapType",
    )  # fmt: skip

    assert {name for name in mine if not name.endswith("__c")} <= set(told) | {"RecordTypeId"}
    assert set(mine["Status"]) == set(told["Status"])
    assert shape(mine["Status"]["picklistValues"]) == shape(told["Status"]["picklistValues"])
    differences = [
        (name, key, mine[name][key], told[name][key])
        for name in mine
        for key in alike
        if name in told and mine[name][key] != told[name][key]
    ]
    assert differences == []
    relations = {
        child["relationshipName"]: (child["childSObject"], child["field"])
        for child in theirs["childRelationships"]
    }
    assert {c["relationshipName"]: (c["childSObject"], c["field"]) for c in ours["childRelationships"]}.items() <= relations.items()  # fmt: skip
    assert set(ours["recordTypeInfos"][0]) == set(theirs["recordTypeInfos"][0])


def test_the_list_of_objects(api):
    """The rights and prefixes of the objects that both know."""
    (told,) = recorded("nango/describe_global_trimmed.json")
    theirs = {one["name"]: one for one in told["body"]["sobjects"]}
    ours = {one["name"]: one for one in api("GET", "/sobjects").body["sobjects"]}
    alike = ("createable", "updateable", "deletable", "queryable", "replicateable", "keyPrefix")

    assert set(ours["Case"]) >= set(theirs["Case"]) - {"urls"}
    differences = [
        (name, key, ours[name][key], theirs[name][key])
        for name in sorted(set(ours) & set(theirs))
        for key in alike
        if ours[name][key] != theirs[name][key]
    ]
    assert differences == []


def test_tokens_and_whom_they_belong_to(org, api):
    """A token, its refusals, and the user behind it."""
    (info,) = recorded("nango/oauth2_userinfo.json")
    good, bad = (
        recorded("restforce/auth_success_response.json"),
        recorded("restforce/auth_error_response.json"),
    )

    def ask(secret):
        body = f"grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={secret}".encode()
        return api.service.exchange(Request("POST", "/services/oauth2/token", {}, body, {}))[0].body

    ours = api("GET", "/services/oauth2/userinfo").body
    assert set(ask(SECRET)) >= set(good)
    assert set(ask("wrong")) == set(bad)
    assert set(ours) == set(info["body"])
    assert shape({n: ours[n] for n in ("user_id", "organization_id", "active")}) == shape(
        {n: info["body"][n] for n in ("user_id", "organization_id", "active")}
    )


def test_limits_and_small_errors(org, api):
    """The daily calls; the words of an ended session, an unknown column, an unknown key."""
    (limits,) = recorded("nango/limits.json")
    ended, column, key = (
        recorded(f"restforce/{name}_response.json")
        for name in ("expired_session", "write_error", "upsert_error")
    )
    stranger = Caller(api.service, "nothing")
    case = next(iter(org.rows["Case"]))

    def plain(reply):
        return [{"message": e["message"], "errorCode": e["errorCode"]} for e in reply.body]

    assert shape(api("GET", "/limits").body["DailyApiRequests"]) == shape(limits["body"]["DailyApiRequests"])
    assert stranger("GET", "/limits").body == ended
    wrong = plain(api("PATCH", f"/sobjects/Case/{case}", {"foo": 1}))
    assert wrong[0]["message"] == column[0]["message"].replace("Bar", "Case")
    assert plain(api("PATCH", "/sobjects/Case/Namez/x", {})) == key


def test_what_changed_and_what_was_deleted(org, api):
    """The two replication resources, and the aggregate rows."""
    updated, deleted, groups = (
        recorded(f"restforce/{name}_success_response.json")
        for name in ("get_updated", "get_deleted", "query_aggregate")
    )
    org.delete(org.open())
    ends = {"start": "2026-03-03T08:00:00+00:00", "end": "2026-03-03T10:00:00+00:00"}

    assert shape(api("GET", "/sobjects/Case/updated", **ends).body) == shape(updated)
    assert shape(api("GET", "/sobjects/Case/deleted", **ends).body) == shape(deleted) | {"deletedRecords": [{"id": "id", "deletedDate": "instant"}]}  # fmt: skip
    row = api.rows("SELECT OwnerId, COUNT(Id) FROM Case GROUP BY OwnerId")[0]
    assert set(row) == {"attributes", "OwnerId", "expr0"}
    assert row["attributes"] == groups["records"][0]["attributes"]

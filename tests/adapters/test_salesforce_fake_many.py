"""The fake Salesforce's calls for many records at once, and what a save does beside them."""

from __future__ import annotations

import pytest
from fakes.salesforce.caller import VERSION, Caller
from fakes.salesforce.company import company
from fakes.salesforce.ids import made
from fakes.salesforce.service import unplugged
from fakes.salesforce.steps import AT_NINE, KEEP


@pytest.fixture
def org():
    return company()


@pytest.fixture
def api(org):
    return Caller(unplugged(org))


def sub(row, body, **headers):
    return {
        "method": "PATCH",
        "url": f"{VERSION}/sobjects/Case/{row.id}",
        "body": body,
        "httpHeaders": KEEP | headers,
    }


def test_a_composite_is_one_call_and_each_part_has_its_own_fate(org, api):
    """Conditions and assignment are each part's own; the whole is 200."""
    fresh, stale = org.open(), org.open()
    org.clock.advance(seconds=5)
    org.edit(stale, Subject="edited")
    org.default_owner = org.who("support")
    since = {"If-Unmodified-Since": AT_NINE}
    used = api.service.face.used

    told = api.composite(
        sub(fresh, {"Priority": "High"}, **since),
        sub(stale, {"Priority": "High"}, **since),
        {"url": f"{VERSION}/query?q=SELECT Id FROM Case WHERE Priority = 'High'"},
        sub(fresh, {"IsClosed": True}),
        {"url": f"{VERSION}/sobjects/Foo"},
    )

    assert [part["httpStatusCode"] for part in told] == [204, 412, 200, 400, 404]
    assert told[2]["body"]["totalSize"] == 1
    assert fresh.values["OwnerId"] == stale.values["OwnerId"] == org.who("ana")
    assert api.service.face.used == used + 1


def test_parts_refer_to_what_came_before(org, api):
    """A reference is filled in wherever it stands, in an address or a text; one that leads nowhere halts its part."""
    told = api.composite(
        {"method": "POST", "url": f"{VERSION}/sobjects/Case", "body": {"Subject": "x"}, "httpHeaders": KEEP},
        {"method": "POST", "url": f"{VERSION}/sobjects/CaseComment", "body": {"ParentId": "@{r0.id}", "CommentBody": "y"}},
        {"url": f"{VERSION}/query?q=SELECT CommentBody FROM CaseComment WHERE ParentId = '@{{r0.id}}'"},
        {"method": "POST", "url": f"{VERSION}/sobjects/CaseComment", "body": {"ParentId": "@{r0.id}", "CommentBody": "@{r9.id}"}},
    )  # fmt: skip

    assert [part["httpStatusCode"] for part in told] == [201, 201, 200, 400]
    assert told[2]["body"]["records"][0]["CommentBody"] == "y"
    assert told[3]["body"][0]["errorCode"] == "PROCESSING_HALTED"


def test_all_or_none_leaves_no_trace(org, api):
    """One failure takes everything back: rows, stamps, comments and history."""
    case = org.open()
    org.clock.advance(minutes=1)

    told = api.composite(
        sub(case, {"Status": "Investigating", "Comments": "x"}),
        sub(case, {"IsClosed": True}),
        sub(case, {"Priority": "High"}),
        allOrNone=True,
    )

    assert [part["body"][0]["errorCode"] for part in told] == [
        "PROCESSING_HALTED",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "PROCESSING_HALTED",
    ]
    assert (case.values["Status"], case.values["SystemModstamp"]) == ("New", case.values["CreatedDate"])
    assert api.values("SELECT Field FROM CaseHistory") == ["created"]
    assert api.rows("SELECT Id FROM CaseComment") == []


@pytest.mark.parametrize(
    "parts",
    [
        [{"url": f"{VERSION}/limits"}] * 26,
        [{"url": f"{VERSION}/query?q=SELECT Id FROM Case"}] * 6,
    ],
    ids=["26 parts", "6 queries"],
)
def test_a_composite_has_its_limits(api, parts):
    """25 parts, of which 5 queries; more are refused whole."""
    numbered = [{"method": "GET", "referenceId": f"r{n}", **part} for n, part in enumerate(parts)]

    assert api("POST", "/composite", {"compositeRequest": numbered}).status == 400


def test_a_collection_is_200_whatever_fails(org, api):
    """Each record has its outcome in its place, without an id where it failed; conditions are not heard."""
    good, gone = org.open(), org.open()
    org.delete(gone)
    org.clock.advance(minutes=1)
    ids = [good.id, gone.id, made("500", 99999), "999999", good.id]
    records = [{"attributes": {"type": "Case"}, "id": id_, "Priority": "High"} for id_ in ids]

    reply = api("PATCH", "/composite/sobjects", {"records": records}, KEEP | {"If-Unmodified-Since": AT_NINE})

    codes = [one["errors"][0]["statusCode"] if one["errors"] else one["id"] for one in reply.body]
    assert reply.status == 200
    assert codes == [
        good.id,
        "ENTITY_IS_DELETED",
        "INVALID_CROSS_REFERENCE_KEY",
        "MALFORMED_ID",
        "DUPLICATE_VALUE",
    ]
    assert all("id" not in one for one in reply.body[1:])
    assert good.values["Priority"] == "High"


def test_a_collection_may_be_all_or_none_and_holds_200(org, api):
    """Then whoever would have been fine is rolled back, by name."""
    good, bad = org.open(), org.open()
    bad.busy = 1
    records = [{"attributes": {"type": "Case"}, "id": row.id, "Priority": "High"} for row in (good, bad)]

    reply = api("PATCH", "/composite/sobjects", {"allOrNone": True, "records": records}, KEEP)
    codes = [one["errors"][0]["statusCode"] for one in reply.body]

    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "UNABLE_TO_LOCK_ROW"]
    assert good.values["Priority"] == "Medium"
    assert api("PATCH", "/composite/sobjects", {"records": records * 101}, KEEP).status == 400


def test_many_are_read_in_their_order(org, api):
    """Null for what is deleted, hidden or unknown."""
    one, gone, two = org.open(subject="1"), org.open(), org.open(subject="2")
    org.delete(gone)
    ids = [two.id, gone.id, one.id[:15], made("500", 99999)]

    reply = api("POST", "/composite/sobjects/Case", {"ids": ids, "fields": ["Subject"]})

    assert [row and row["Subject"] for row in reply.body] == ["2", None, "1", None]


def test_collections_create_and_delete_any_kind(org, api):
    """Kinds may be mixed in up to ten runs."""
    records = [{"attributes": {"type": kind}, "Subject": "x"} for kind in ("Case", "Case", "Task", "Case")]
    made_ = api("POST", "/composite/sobjects", {"records": records}, KEEP).body
    wild = [records[n % 3] for n in range(33)]
    ids = ",".join(one["id"] for one in made_)

    deleted = api("DELETE", "/composite/sobjects", None, KEEP, ids=ids).body

    assert [one["success"] for one in made_ + deleted] == [True] * 8
    assert api("POST", "/composite/sobjects", {"records": wild}, KEEP).status == 400
    assert api.query("SELECT COUNT() FROM Case")["totalSize"] == 0


def test_graphs_and_batches(org, api):
    """Each graph stands or falls whole; each part of a batch counts as a call."""
    case = org.open()
    parts = [
        sub(case, {"Priority": "High"}) | {"referenceId": "a"},
        sub(case, {"IsClosed": True}) | {"referenceId": "b"},
    ]
    graphs = [{"graphId": "g1", "compositeRequest": parts[:1]}, {"graphId": "g2", "compositeRequest": parts}]
    told = api("POST", "/composite/graph", {"graphs": graphs}).body["graphs"]
    used = api.service.face.used
    batch = api(
        "POST", "/composite/batch", {"batchRequests": [{"method": "GET", "url": "v66.0/limits"}] * 3}
    ).body

    assert [graph["isSuccessful"] for graph in told] == [True, False]
    assert [result["statusCode"] for result in batch["results"]] == [200, 200, 200]
    assert api.service.face.used == used + 3


def test_a_human_comes_in_between(org, api):
    """What waits for a write is done right before it, once, and not before a read."""
    case = org.open()
    org.before_write.append(lambda: org.edit(case, Subject="human"))
    api.query("SELECT Id FROM Case")
    api.composite({"url": f"{VERSION}/limits"})
    untouched = case.values["Subject"]
    org.clock.advance(seconds=5)

    told = api.composite(sub(case, {"Subject": "machine"}, **{"If-Unmodified-Since": AT_NINE}))

    assert untouched == "An escalation"
    assert (told[0]["httpStatusCode"], case.values["Subject"]) == (412, "human")

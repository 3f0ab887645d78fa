"""The fake Salesforce's SOQL: what is found, what is refused, how pages end."""

from __future__ import annotations

import pytest
from fakes.salesforce.caller import Caller
from fakes.salesforce.company import company
from fakes.salesforce.schema import area
from fakes.salesforce.service import unplugged


@pytest.fixture
def org():
    return company()


@pytest.fixture
def api(org):
    return Caller(unplugged(org))


@pytest.fixture
def three(org):
    """An invoice of Alder's, an outage that Dana shares with Idris, and somebody's draft."""
    alder = org.create(
        "Account", by="ana", Name="Alder AG", Tier__c="Enterprise", ARR__c=180000, CSM__c="idris"
    )
    org.open(
        subject="It's the invoice 100%",
        AccountId=alder.id,
        OwnerId="support",
        Severity__c="Billing dispute",
        Resolution_Types__c="Engineering fix;Billing credit",
    )
    org.clock.advance(minutes=1)
    outage = org.open(subject="Outage", OwnerId="dana", Co_Owner__c="idris", Technical__c=True)
    org.say(outage, "#ack hello", by="dana")
    org.clock.advance(minutes=1)
    org.open(subject="draft", Follow_Up_Day__c="2026-03-09", Status="Done")
    return org


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Subject = 'OUTAGE'", ["Outage"]),
        ("Subject != 'outage'", ["It's the invoice 100%", "draft"]),
        (r"Subject LIKE '%it\'s%'", ["It's the invoice 100%"]),
        (r"Subject LIKE '%100\%'", ["It's the invoice 100%"]),
        ("Subject LIKE 'd_aft'", ["draft"]),
        ("Severity__c = null", ["Outage", "draft"]),
        ("Severity__c != 'Data issue'", ["It's the invoice 100%", "Outage", "draft"]),
        ("Severity__c NOT IN ('Data issue')", ["It's the invoice 100%"]),
        ("Status IN ('New') AND IsClosed = false", ["It's the invoice 100%", "Outage"]),
        ("Technical__c = true OR Status = 'Done'", ["Outage", "draft"]),
        ("(NOT Technical__c = true) AND (IsClosed = true OR Account.Name = 'alder ag')", ["It's the invoice 100%", "draft"]),
        ("CreatedDate > 2026-03-03T09:00:00Z AND CreatedDate <= 2026-03-03T10:01:00+01:00", ["Outage"]),
        ("Follow_Up_Day__c >= 2026-03-09", ["draft"]),
        ("CreatedDate = TODAY", ["It's the invoice 100%", "Outage", "draft"]),
        ("Account.ARR__c >= 180000", ["It's the invoice 100%"]),
        ("Account.CSM__r.Name = 'Idris Cole'", ["It's the invoice 100%"]),
        ("Owner.Type = 'Queue'", ["It's the invoice 100%"]),
        ("Owner.IsActive = true AND Owner.Name LIKE 'Dana%'", ["Outage"]),
        ("Resolution_Types__c INCLUDES ('Billing credit;Engineering fix', 'other')", ["It's the invoice 100%"]),
        ("Resolution_Types__c EXCLUDES ('Billing credit')", ["Outage", "draft"]),
        ("Id IN (SELECT ParentId FROM CaseComment WHERE CreatedBy.Name = 'Dana Reyes')", ["Outage"]),
        ("Id NOT IN (SELECT ParentId FROM CaseComment)", ["It's the invoice 100%", "draft"]),
        ("AccountId IN (SELECT Id FROM Account WHERE Tier__c = 'enterprise')", ["It's the invoice 100%"]),
        ("(SystemModstamp = 2026-03-03T09:01:00Z AND Id > '500000000000000') OR SystemModstamp > 2026-03-03T09:01:00Z", ["Outage", "draft"]),
    ],
)  # fmt: skip
def test_soql_finds_what_salesforce_finds(three, condition, expected):
    """Texts match whatever their case, `!=` keeps what is empty, NOT IN drops it, dates by name are whole days."""
    found = Caller(unplugged(three)).values(
        f"SELECT Subject FROM Case WHERE {condition} ORDER BY CreatedDate"
    )

    assert found == expected


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("SELECT Id FROM Case WHERE Subject = 'a' AND Subject = 'b' OR Id = null", "MALFORMED_QUERY", "unexpected token: 'OR'"),
        ("SELECT Id, FROM Case", "MALFORMED_QUERY", "unexpected token: 'Case'"),
        ("SELECT Id FROM Case WHERE Subject = \"a\"", "MALFORMED_QUERY", "unexpected token: '\"'"),
        (r"SELECT Id FROM Case WHERE Subject = 'a\x'", "MALFORMED_QUERY", "Illegal escape sequence"),
        ("SELECT Id FROM Case LIMIT x", "MALFORMED_QUERY", "unexpected token: 'x'"),
        ("SELECT Nope__c FROM Case", "INVALID_FIELD", "No such column 'Nope__c' on entity 'Case'."),
        ("SELECT Owner.UserType FROM Case", "INVALID_FIELD", "No such column 'UserType' on entity 'Name'."),
        ("SELECT Customer.Name FROM Case", "INVALID_FIELD", "Didn't understand relationship 'Customer' in field path."),
        ("SELECT (SELECT Id FROM Nothings) FROM Case", "INVALID_TYPE", "Didn't understand relationship 'Nothings' in FROM part"),
        ("SELECT Id FROM Ticket", "INVALID_TYPE", "sObject type 'Ticket' is not supported."),
        ("SELECT Id FROM Case WHERE Description = 'x'", "INVALID_FIELD", "field 'Description' can not be filtered in a query call"),
        ("SELECT Id FROM CaseHistory WHERE NewValue = 'x'", "INVALID_FIELD", "can not be filtered"),
        ("SELECT Id FROM Case ORDER BY Description", "INVALID_FIELD", "can not be sorted"),
        ("SELECT Id FROM Case WHERE Id = '999999'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: 999999"),
        ("SELECT Id FROM Case WHERE CreatedDate > '2026-03-03T09:00:00Z'", "INVALID_FIELD", "should not be enclosed in quotes"),
        ("SELECT Id FROM Case WHERE CreatedDate > 2026-03-03", "INVALID_FIELD", "must be of type dateTime"),
        ("SELECT Id FROM Case WHERE Subject = 5", "INVALID_FIELD", "must be of type string and should be enclosed in quotes"),
        ("SELECT Id FROM Case OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
        ("SELECT Id FROM Case WHERE IsClosed = true OR Id IN (SELECT ParentId FROM CaseComment)", "MALFORMED_QUERY", "not allowed with the 'OR' operator"),
        ("SELECT Id FROM Case WHERE Id IN (SELECT Id FROM Case)", "MALFORMED_QUERY", "should not be on the same object type"),
        ("SELECT Id FROM Case WHERE Id IN (SELECT ParentId FROM CaseComment LIMIT 1)", "MALFORMED_QUERY", "exactly one field"),
        ("SELECT Status, Subject, COUNT(Id) FROM Case GROUP BY Status", "MALFORMED_QUERY", "Field must be grouped or aggregated: Subject"),
        ("SELECT FIELDS(ALL) FROM Case", "MALFORMED_QUERY", "must have a LIMIT"),
    ],
)  # fmt: skip
def test_soql_is_refused_in_salesforces_words(api, query, code, words):
    """Every refusal has its code; most show the place in the query."""
    told, message = api.refusal(query)

    assert (told, True) == (code, words in message), message


def test_at_most_two_semi_joins_fit_in_a_query(api):
    """The third is refused."""
    join = "Id IN (SELECT ParentId FROM CaseComment)"

    assert api.query(f"SELECT Id FROM Case WHERE {join} AND {join}")["done"]
    assert api.refusal(f"SELECT Id FROM Case WHERE {join} AND {join} AND {join}")[0] == "MALFORMED_QUERY"


def test_ids_differ_in_case_alone(org, api):
    """Of 15 characters, case counts; the three more of 18 tell which are capitals."""
    cases = [org.open() for _ in range(40)]
    short = {case.id[:15] for case in cases}
    twins = next(one for one in cases if len({s for s in short if s.lower() == one.id[:15].lower()}) == 2)

    found = api.values(f"SELECT Id FROM Case WHERE Id = '{twins.id[:15]}'")

    assert found == [twins.id]


def test_groups_are_counted_and_compared(three):
    """Aggregates have a name or are numbered; COUNT() alone is only a total."""
    api = Caller(unplugged(three))

    told = api.rows(
        "SELECT Status, COUNT(Id), MAX(CreatedDate) latest FROM Case GROUP BY Status ORDER BY Status"
    )

    assert told == [
        {"attributes": {"type": "AggregateResult"}, "Status": "Done", "expr0": 1, "latest": "2026-03-03T09:02:00.000+0000"},
        {"attributes": {"type": "AggregateResult"}, "Status": "New", "expr0": 2, "latest": "2026-03-03T09:01:00.000+0000"},
    ]  # fmt: skip
    assert api.query("SELECT COUNT() FROM Case") == {"totalSize": 3, "done": True, "records": []}


def test_parents_and_children_come_with_their_case(three):
    """A parent is an object or null; children are an answer of their own, or null where there are none."""
    api = Caller(unplugged(three))

    first, second, _ = api.rows(
        "SELECT Account.CSM__r.Name, Owner.Name, TYPEOF Owner WHEN User THEN Username WHEN Group THEN DeveloperName END, "
        "(SELECT CommentBody FROM CaseComments), (SELECT Id FROM Tasks) FROM Case ORDER BY CreatedDate"
    )

    assert first["Account"]["CSM__r"]["Name"] == "Idris Cole"
    assert (second["Account"], first["CaseComments"], second["Tasks"]) == (None, None, None)
    assert first["Owner"]["DeveloperName"] == "Support_Queue"
    assert second["Owner"]["Username"] == "dana@acme.example"
    assert [row["CommentBody"] for row in second["CaseComments"]["records"]] == ["#ack hello"]


@pytest.mark.parametrize(
    ("fields", "batch", "sizes"),
    [
        ("Id", "", [2000, 250]),
        ("Id", "batchSize=500", [500, 500, 500, 500, 250]),
        ("Id, Description", "", [1000, 1000, 250]),
        ("Id, Findings__c, More__c", "batchSize=2000", [200] * 11 + [50]),
    ],
)
def test_pages_end_where_the_server_likes(org, api, fields, batch, sizes):
    """Whatever was asked for: long texts make pages shorter, and only `done` tells the last."""
    org.add_field("Case", area("More__c", 5000))
    for number in range(2250):
        org.open(subject=f"n{number}")

    body = api.query(f"SELECT {fields} FROM Case", Sforce_Query_Options=batch)
    found = [len(body["records"])]
    while not body["done"]:
        assert body["totalSize"] == 2250
        assert "/services/data/v66.0/query/0r8" in body["nextRecordsUrl"]
        body = api("GET", body["nextRecordsUrl"]).body
        found.append(len(body["records"]))

    assert found == sizes
    assert "nextRecordsUrl" not in body


def test_children_make_pages_shorter_and_have_pages_of_their_own(org, api):
    """Child rows count; beyond their own page they go on with a locator of their own."""
    api.service.face.cursors.page, api.service.face.cursors.child_page = 100, 30
    for number in range(4):
        case = org.open()
        for _ in range(45 if number == 0 else 40):
            org.say(case, "x")

    body = api.query("SELECT Id, (SELECT Id FROM CaseComments) FROM Case")
    first = body["records"][0]["CaseComments"]
    rest = api("GET", first["nextRecordsUrl"]).body

    assert (len(body["records"]), body["totalSize"], body["done"]) == (3, 4, False)
    assert (len(first["records"]), first["totalSize"], first["done"]) == (30, 45, False)
    assert (len(rest["records"]), rest["done"]) == (15, True)


def test_locators_die(org, api):
    """After two days, when a user opens too many, when the parent's next page is asked for, or when the server says so."""
    cursors = api.service.face.cursors
    cursors.page = cursors.child_page = 1
    for _ in range(2):
        case = org.open()
        org.say(case, "x")
        org.say(case, "y")

    def status(url):
        return api("GET", url).status

    old = api.query("SELECT Id FROM Case")["nextRecordsUrl"]
    org.clock.advance(days=2, seconds=1)
    dropped = api.query("SELECT Id FROM Case")["nextRecordsUrl"]
    later = [api.query("SELECT Id FROM Case")["nextRecordsUrl"] for _ in range(10)]
    parent = api.query("SELECT Id, (SELECT Id FROM CaseComments) FROM Case")
    child = parent["records"][0]["CaseComments"]["nextRecordsUrl"]
    api("GET", parent["nextRecordsUrl"])

    assert [status(old), status(dropped), status(child), status(later[-1])] == [400, 400, 400, 200]
    cursors.cut()
    reply = api("GET", later[-1])
    assert (reply.status, reply.body[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


def test_a_page_loop_is_a_snapshot_of_ids(org, api):
    """What changes between two pages shows its new values; what is new does not come."""
    api.service.face.cursors.page = 1
    _, second = org.open(subject="a"), org.open(subject="b")

    body = api.query("SELECT Subject FROM Case ORDER BY Subject")
    org.edit(second, Subject="0")
    org.open(subject="c")
    rest = api("GET", body["nextRecordsUrl"]).body

    assert ([row["Subject"] for row in rest["records"]], rest["done"]) == (["0"], True)

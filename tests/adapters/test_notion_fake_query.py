"""The fake Notion's query: filters, sorts, cursors that die, limits, and how each is refused."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from fakes.notion.caller import Caller
from fakes.notion.site import site


@pytest.fixture
def call():
    return Caller(site())


def prop(name, kind, **condition):
    return {"property": name, kind: condition}


def edited(**condition):
    return {"timestamp": "last_edited_time", "last_edited_time": condition}


@pytest.fixture
def desk(call):
    """Three escalations of 3 March: "one" at 09:00 has everything, "two" at 09:10 little, "three" at 10:00 nothing."""
    here = call.site
    dana, ana = (here.people[name].id for name in ("dana", "ana"))
    account = here.world.open(here.accounts, {"title": "Alder", "Tier": "Enterprise"}, ana)
    here.create(
        "one",
        Status="Investigating",
        Owner=[dana, ana],
        ARR=180,
        Severity="Data issue",
        Resolution=["Engineering fix"],
        Source="https://acme.example/1",
        Technical=True,
        Due="2026-03-04T12:00:59+00:00",
        Committed="2026-03-05",
        Account=[account.id],
        Findings="Wrong Invoices",
    )
    here.world.clock.advance(minutes=10, seconds=40)
    here.create("two", Owner=[ana], ARR=20, Severity="UX complaint", Committed="2026-03-05T22:30:00-03:00")
    here.world.clock.advance(minutes=49, seconds=20)
    here.create("three")
    return call


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (prop("title", "title", equals="one"), "one"),
        (prop("Name", "title", contains="O"), "one two"),
        (prop("Name", "rich_text", starts_with="t"), "two three"),
        (prop("Findings", "rich_text", does_not_contain="invoices"), "two three"),
        (prop("Findings", "rich_text", ends_with="invoices"), "one"),
        (prop("Findings", "rich_text", is_empty=True), "two three"),
        (prop("Source", "url", contains="acme"), "one"),
        (prop("ARR", "number", greater_than=20), "one"),
        (prop("ARR", "number", less_than_or_equal_to=20), "two"),
        (prop("Technical", "checkbox", equals=False), "two three"),
        (prop("Technical", "checkbox", does_not_equal=False), "one"),
        (prop("Severity", "select", equals="data issue"), "one"),
        (prop("Severity", "select", equals=["Data issue", "UX complaint"]), "one two"),
        (prop("Severity", "select", does_not_equal="Data issue"), "two three"),
        (prop("Status", "status", equals="Open"), "two three"),
        (prop("Resolution", "multi_select", contains="Engineering fix"), "one"),
        (prop("Resolution", "multi_select", is_empty=True), "two three"),
        (prop("Owner", "people", contains="{dana}"), "one"),
        (prop("Owner", "people", does_not_contain="{ana}"), "three"),
        (prop("Owner", "people", contains="me"), ""),
        (prop("Created by", "created_by", contains="{ana}"), "one two three"),
        (prop("Account", "relation", is_not_empty=True), "one"),
        (prop("ID", "unique_id", greater_than_or_equal_to=2), "two three"),
        (prop("Due", "date", equals="2026-03-04T12:00:30Z"), "one"),
        (prop("Due", "date", before="2026-03-04T12:00:30Z"), ""),
        (prop("Due", "date", equals="2026-03-04"), "one"),
        (prop("Due", "date", on_or_after="tomorrow"), "one"),
        (prop("Due", "date", equals="today"), ""),
        (prop("Committed", "date", equals="2026-03-05"), "one"),
        (prop("Committed", "date", after="2026-03-05"), "two"),
        (prop("Committed", "date", next_week={}), "one two"),
        (prop("Account tier", "rollup", any={"rich_text": {"is_not_empty": True}}), "one"),
        (prop("Attachments", "files", is_empty=True), "one two three"),
        (edited(on_or_after="2026-03-03T09:10:00Z"), "two three"),
        (edited(on_or_after="2026-03-03T09:10:59Z"), "two three"),
        (edited(after="2026-03-03T09:10:00Z"), "three"),
        (edited(equals="2026-03-03T09:10:00Z"), "two"),
        (edited(past_week={}), "one two three"),
        (
            {"and": [edited(on_or_after="2026-03-03T09:10:00Z"), prop("ARR", "number", is_empty=True)]},
            "three",
        ),
        (
            {"or": [prop("title", "title", equals="one"), {"and": [prop("ARR", "number", equals=20)]}]},
            "one two",
        ),
    ],
)
def test_a_filter_finds_what_notion_finds(desk, condition, found):
    """To the minute, days whole, empty cells never equal; options by name in any case; two levels deep."""
    people = {name: user.id for name, user in desk.site.people.items()}
    for held in condition.values() if "property" in condition else ():
        if isinstance(held, dict):
            held.update({k: v.format(**people) for k, v in held.items() if isinstance(v, str) and "{" in v})

    shown = desk.titles(filter=condition, sorts=[{"timestamp": "created_time", "direction": "ascending"}])

    assert shown == found.split()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"filter": None}, "body.filter should be an object or `undefined`, instead was `null`."),
        ({"filter": {}}, "body.filter.property should be defined"),
        ({"filter": prop("Gone", "number", equals=1)}, "Could not find property with name or id: Gone"),
        ({"filter": prop("Status", "select", equals="Open")}, "database property status does not match filter select"),
        ({"filter": prop("Severity", "select", equals="Nope")}, 'Available options: "Billing dispute", "Data issue"'),
        ({"filter": prop("Owner", "people", contains="dana")}, "should be a valid uuid"),
        ({"filter": prop("ARR", "number", equals="20")}, "should be a number"),
        ({"filter": prop("Due", "date", after="soon")}, "should be a valid ISO 8601 date string"),
        ({"filter": prop("Due", "date", around="2026-03-03")}, "body.filter.date.around should be not present"),
        ({"filter": {"timestamp": "edited", "edited": {}}}, "body.filter.timestamp should be"),
        (
            {"filter": {"and": [{"or": [{"and": []}]}]}},
            "body.filter.and[0].or[0].and should be not present",
        ),
        ({"sorts": [{"property": "Gone", "direction": "ascending"}]}, "Could not find sort property with name or id: Gone"),
        ({"sorts": [{"property": "ARR", "direction": "up"}]}, "body.sorts[0].direction should be"),
        ({"page_size": 0}, "body.page_size should be ≥ `1`, instead was `0`."),
        ({"page_size": 1.5}, "body.page_size should be an integer"),
        ({"page_size": "10"}, "body.page_size should be a number"),
        ({"filters": {}}, "body.filters should be not present"),
        ({"start_cursor": "6601e719"}, "The start_cursor provided is invalid: 6601e719"),
    ],
)  # fmt: skip
def test_a_query_is_refused_in_notions_words(call, body, words):
    """A validation error that names what is wrong."""
    told = call.query(400, **body)

    assert told["code"] == "validation_error"
    assert words in told["message"]


def test_a_column_that_is_gone_spoils_the_whole_query(call):
    """One unknown attribute in filter_properties, and no row comes."""
    known, gone = call.site.id("Owner"), "abcd"

    told = call.query(400, only=f"?filter_properties={quote(known)}&filter_properties={gone}")

    assert told["message"].startswith("The schema for the data source with the following ID is malformed")
    assert told["message"].endswith(f"contains an invalid attribute: {gone}.")


def test_only_the_wanted_properties_come(call):
    """By id, encoded as it is, or by name; in the order of the request."""
    call.site.create()

    (row,) = call.query(only=f"?filter_properties={quote(call.site.id('Owner'))}&filter_properties=title")[
        "results"
    ]

    assert list(row["properties"]) == ["Owner", "Name"]


def test_pages_hold_a_hundred_rows_at_most(call):
    """A greater page_size is silently made smaller; the cursor names a session and the next row."""
    for number in range(101):
        call.site.create(f"n{number}")

    first = call.query(page_size=500)
    second = call.query(page_size=500, start_cursor=first["next_cursor"])

    session, row = first["next_cursor"].removeprefix("s:").split(":")
    assert (len(first["results"]), first["has_more"], row) == (100, True, second["results"][0]["id"])
    assert (len(second["results"]), second["has_more"], second["next_cursor"]) == (1, False, None)
    assert session
    assert "request_status" not in second
    assert call.service.violations == []


def test_a_page_may_be_shorter_than_asked(call):
    """has_more counts, not the number of rows."""
    for number in range(5):
        call.site.create(f"n{number}")
    call.api.page_caps = [2, 0]

    first = call.query()
    second = call.query(start_cursor=first["next_cursor"])
    third = call.query(start_cursor=second["next_cursor"])

    assert [len(page["results"]) for page in (first, second, third)] == [2, 0, 3]
    assert [page["has_more"] for page in (first, second, third)] == [True, True, False]


def test_a_query_ends_at_its_limit_and_says_so(call):
    """No more rows come, has_more is false, and only request_status tells that the answer is incomplete."""
    call.api.result_limit = 3
    for number in range(4):
        call.site.create(f"n{number}")

    first = call.query(page_size=2)
    second = call.query(page_size=2, start_cursor=first["next_cursor"])
    exact = call.query(filter=prop("ID", "unique_id", less_than=4))

    assert "request_status" not in first
    assert len(second["results"]) == 1
    assert (second["has_more"], second["next_cursor"]) == (False, None)
    assert second["request_status"] == {
        "type": "incomplete",
        "incomplete_reason": "query_result_limit_reached",
    }
    assert "request_status" not in exact


def test_cursors_die(call):
    """A session that is gone is refused, or the query silently starts again."""
    for number in range(3):
        call.site.create(f"n{number}")
    cursor = call.query(page_size=2)["next_cursor"]
    call.api.drop_cursors()

    refused = call.query(400, page_size=2, start_cursor=cursor)
    call.api.lost = "restart"
    again = call.query(page_size=2, start_cursor=cursor)

    assert refused["message"] == f"The start_cursor provided is invalid: {cursor}"
    assert [call.title(row) for row in again["results"]] == ["n2", "n1"]


@pytest.mark.parametrize(("paging", "seen"), [("row", "n0 n1 n2 n3 n0"), ("count", "n0 n1 n3 n0")])
def test_a_row_that_is_edited_while_pages_are_read_moves(call, paging, seen):
    """It comes twice; where a cursor merely counts, an innocent row is passed over."""
    rows = []
    for number in range(4):
        rows.append(call.site.create(f"n{number}"))
        call.site.world.clock.advance(minutes=1)
    call.api.paging = paging
    order = {"sorts": [{"timestamp": "last_edited_time", "direction": "ascending"}], "page_size": 2}

    pages = [call.query(**order)]
    call.site.edit(rows[0], "ARR", 1)
    while pages[-1]["has_more"]:
        pages.append(call.query(**order, start_cursor=pages[-1]["next_cursor"]))

    assert [call.title(row) for page in pages for row in page["results"]] == seen.split()


@pytest.mark.parametrize(
    ("sorts", "found"),
    [
        ([], "three two one"),
        ([{"property": "ARR", "direction": "ascending"}], "two one three"),
        ([{"property": "ARR", "direction": "descending"}], "one two three"),
        ([{"property": "title", "direction": "ascending"}], "one three two"),
        ([{"property": "Severity", "direction": "descending"}], "two one three"),
        ([{"timestamp": "last_edited_time", "direction": "ascending"}], "one two three"),
        (
            [
                {"property": "Status", "direction": "ascending"},
                {"timestamp": "created_time", "direction": "descending"},
            ],
            "three two one",
        ),
    ],
)
def test_rows_come_sorted(desk, sorts, found):
    """By options in their own order, empty cells last; without an order the newest comes first."""
    told = {"sorts": sorts} if sorts else {}

    assert desk.titles(**told) == found.split()


def test_the_trash_is_asked_for_apart(call):
    """A trashed page is not among the rows, unless only those are asked for; a purged one is nowhere."""
    kept, trashed, purged = (call.site.create(name) for name in ("kept", "trashed", "purged"))
    call.site.world.trash(trashed, call.site.people["ana"].id)
    purged.purged = True

    assert call.titles() == ["kept"]
    assert call.titles(in_trash=True) == ["trashed"]
    assert call("GET", f"/pages/{trashed.id}")["in_trash"] is True
    assert call("GET", f"/pages/{purged.id}", status=404)["code"] == "object_not_found"
    assert kept.in_trash is False


def test_times_are_floored_to_the_minute(call):
    """Two edits in one minute look the same, and a comment changes nothing at all."""
    clock = call.site.world.clock
    clock.advance(seconds=44)
    page = call.site.create()
    before = call("GET", f"/pages/{page.id}")
    clock.advance(seconds=10)
    call.site.edit(page, "ARR", 5)
    same = call("GET", f"/pages/{page.id}")
    clock.advance(minutes=5)
    call.site.world.say(page, "#ack hello", call.site.people["dana"].id)

    assert before["created_time"] == before["last_edited_time"] == "2026-03-03T09:00:00.000Z"
    assert same["last_edited_time"] == before["last_edited_time"]
    assert same["properties"] != before["properties"]
    assert call("GET", f"/pages/{page.id}")["last_edited_time"] == before["last_edited_time"]


def test_search_knows_titles_only(call):
    """It helps to find a table, and is not complete."""
    call.site.create("Invoices wrong")

    pages = call("POST", "/search", {"query": "invoices"})["results"]
    tables = call(
        "POST", "/search", {"query": "escal", "filter": {"property": "object", "value": "data_source"}}
    )

    assert [call.title(page) for page in pages] == ["Invoices wrong"]
    assert [table["id"] for table in tables["results"]] == [call.site.escalations.id]

"""What the fake Notion does with writes: pages, comments, blocks, and the traps that each of them holds."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from fakes.notion.caller import Caller
from fakes.notion.ids import uuid_of
from fakes.notion.site import site
from fakes.notion.steps import text


@pytest.fixture
def call():
    return Caller(site())


def test_a_patch_changes_what_it_names_and_answers_the_whole_page(call):
    """Other properties keep what people wrote; the bot is the last editor, at a floored minute."""
    page = call.site.create("one", ARR=5, Severity="Data issue")
    call.site.world.clock.advance(minutes=3, seconds=20)
    call.site.world.before_write.append(lambda: call.site.edit(page, "Findings", "in between"))

    told = call.patch(page, ARR={"number": 7})

    shown = told["properties"]
    assert shown["ARR"]["number"] == 7
    assert shown["Severity"]["select"]["name"] == "Data issue"
    assert shown["Findings"]["rich_text"][0]["plain_text"] == "in between"
    assert told["last_edited_by"] == {"object": "user", "id": call.site.world.me}
    assert told["last_edited_time"] == "2026-03-03T09:03:00.000Z"
    assert call.service.violations == []


def test_a_property_goes_by_name_or_by_id(call):
    """Ids as answers have them."""
    page = call.site.create()

    told = call.patch(page, **{call.site.id("Owner"): {"people": [{"id": call.site.people["dana"].id}]}})

    assert [one["name"] for one in told["properties"]["Owner"]["people"]] == ["Dana Reyes"]


def test_a_select_typo_becomes_an_option(call):
    """Nobody objects; in another case it is the same option, and a status is refused instead."""
    page = call.site.create()

    typo = call.patch(page, Severity={"select": {"name": "Data isue"}})
    same = call.patch(page, Severity={"select": {"name": "data ISSUE"}})
    refused = call.patch(page, 400, Status={"status": {"name": "Opne"}})
    options = call("GET", f"/data_sources/{call.site.escalations.id}")["properties"]["Severity"]["select"][
        "options"
    ]

    assert typo["properties"]["Severity"]["select"]["name"] == "Data isue"
    assert same["properties"]["Severity"]["select"]["name"] == "Data issue"
    assert refused["message"] == 'Invalid status option. Status option "Opne" does not exist.'
    assert [option["name"] for option in options][-1] == "Data isue"


def test_a_refused_write_changes_nothing(call):
    """Not even the option that it would have brought about."""
    page = call.site.create(ARR=5)

    call.patch(page, 400, Severity={"select": {"name": "New"}}, ARR={"number": 6}, Gone={"number": 1})

    assert call("GET", f"/pages/{page.id}")["properties"]["ARR"]["number"] == 5
    assert call.site.escalations.find("Severity").option("New") is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Gone", {"number": 1}, "Gone is not a property that exists."),
        ("Status", {"select": {"name": "Open"}}, "Status is expected to be status."),
        ("Owner", {"people": [{"id": "{dana}", "name": "Dana"}]}, "people[0].name should be not present"),
        ("Owner", {"people": [{"id": "{robot}"}]}, "is not a person of this workspace"),
        ("Owner", {"people": [{"id": "{support}"}]}, "is not a person of this workspace"),
        ("Owner", {"people": [{"id": "dana"}]}, "people[0].id should be a valid uuid"),
        (
            "Owner",
            {"people": [{"id": "{dana}"}] * 101},
            "people.length should be ≤ `100`, instead was `101`.",
        ),
        ("Created", {"created_time": "2026-03-03T09:00:00Z"}, "cannot be updated"),
        ("ID", {"unique_id": {"number": 5}}, "cannot be updated"),
        ("Account tier", {"rollup": {}}, "cannot be updated"),
        (
            "Findings",
            {"rich_text": [text("x" * 2001)]},
            "content.length should be ≤ `2000`, instead was `2001`.",
        ),
        (
            "Findings",
            {"rich_text": [text("😀" * 1001)]},
            "content.length should be ≤ `2000`, instead was `2002`.",
        ),
        (
            "Findings",
            {"rich_text": [text("x")] * 101},
            "rich_text.length should be ≤ `100`, instead was `101`.",
        ),
        ("Findings", {"rich_text": "x"}, "rich_text should be an array"),
        (
            "Findings",
            {"rich_text": [{"mention": {"user": {"id": "{robot}"}}}]},
            "User mentions can only be of people.",
        ),
        ("Source", {"url": ""}, "url.length should be ≥ `1`, instead was `0`."),
        ("Contact e-mail", {"email": ""}, "email.length should be ≥ `1`"),
        ("Contact e-mail", {"email": "x" * 201}, "email.length should be ≤ `200`"),
        ("Contact phone", {"phone_number": ""}, "phone_number.length should be ≥ `1`"),
        ("ARR", {"number": "5"}, "number should be a number or `null`"),
        ("Technical", {"checkbox": None}, "checkbox should be a boolean"),
        ("Severity", {"select": {"name": "a, b"}}, "commas not allowed"),
        ("Severity", {"select": {"id": "none"}}, 'Could not find option "none"'),
        ("Severity", {"select": {"name": "Data issue", "group": "x"}}, "select.group should be not present"),
        ("Due", {"date": {"start": "soon"}}, "start should be a valid ISO 8601 date string"),
        ("Due", {"date": {"end": "2026-03-03"}}, "date.start should be defined"),
        ("Due", {"date": {"start": "2026-03-03T09:00:00", "time_zone": "Mars"}}, "valid ISO 8601"),
        ("Account", {"relation": [{"id": "x"}]}, "relation[0].id should be a valid uuid"),
    ],
)
def test_a_value_is_refused_in_notions_words(call, name, value, words):
    """400 validation_error, and the page stays as it was."""
    people = {handle: user.id for handle, user in call.site.people.items()}

    def named(told):
        if isinstance(told, dict):
            return {key: named(one) for key, one in told.items()}
        if isinstance(told, list):
            return [named(one) for one in told]
        return told.format(**people) if isinstance(told, str) and told.startswith("{") else told

    page = call.site.create()

    told = call.patch(page, 400, **{name: named(value)})

    assert told["code"] == "validation_error"
    assert words in told["message"]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Due", {"date": {"start": "2026-03-03T10:00:59.9Z"}}, "2026-03-03T10:00:00.000+00:00"),
        ("Due", {"date": {"start": "2026-03-03T10:00:59+05:30"}}, "2026-03-03T10:00:00.000+05:30"),
        (
            "Due",
            {"date": {"start": "2026-06-03T10:00:00", "time_zone": "Europe/Berlin"}},
            "2026-06-03T10:00:00.000+02:00",
        ),
        ("Due", {"date": {"start": "2026-03-03"}}, "2026-03-03"),
    ],
)
def test_a_date_loses_its_seconds_and_its_zones_name(call, name, value, shown):
    """An offset stays; a mere day stays a day."""
    told = call.patch(call.site.create(), **{name: value})

    assert told["properties"][name]["date"] == {"start": shown, "end": None, "time_zone": None}


@pytest.mark.parametrize(
    ("name", "empty"),
    [
        ("Severity", {"select": None}),
        ("ARR", {"number": None}),
        ("Source", {"url": None}),
        ("Contact e-mail", {"email": None}),
        ("Due", {"date": None}),
        ("Owner", {"people": []}),
        ("Findings", {"rich_text": []}),
        ("Resolution", {"multi_select": []}),
    ],
)
def test_null_or_an_empty_list_clears(call, name, empty):
    """A cleared property looks as on a new page."""
    page = call.site.create(
        Severity="Data issue",
        ARR=1,
        Source="https://acme.example",
        Due="2026-03-03",
        Owner=[call.site.people["ana"].id],
        Findings="x",
        Resolution=["Billing credit"],
        **{"Contact e-mail": "a@b.example"},
    )
    blank = call("GET", f"/pages/{call.site.create().id}")["properties"]

    assert call.patch(page, **{name: empty})["properties"][name] == blank[name]
    assert call.service.violations == []


def test_text_comes_back_whole_but_not_in_the_pieces_in_which_it_was_sent(call):
    """Runs that look alike are joined, and cut again where they get too long."""
    whole = "a😀" * 1500
    pieces = [text(whole[start : start + 700]) for start in range(0, len(whole), 700)]

    shown = call.patch(call.site.create(), Findings={"rich_text": pieces})["properties"]["Findings"][
        "rich_text"
    ]

    assert "".join(run["plain_text"] for run in shown) == whole
    assert len(shown) == 3
    assert max(len(run["plain_text"].encode("utf-16-le")) // 2 for run in shown) <= 2000


def test_who_left_is_an_id_without_a_name(call):
    """People without the right to read users look the same; a group has a name and no type."""
    dana, ana, robot, support = (call.site.people[n] for n in ("dana", "ana", "robot", "support"))
    page = call.site.create(Owner=[dana.id, ana.id, robot.id, support.id])
    dana.removed = True

    shown = call("GET", f"/pages/{page.id}")["properties"]["Owner"]["people"]
    call.site.world.can.discard("read_emails")
    mailless = call("GET", f"/pages/{page.id}")["properties"]["Owner"]["people"][1]["person"]
    call.site.world.can.discard("read_users")
    blind = call("GET", f"/pages/{page.id}")["properties"]["Owner"]["people"]

    assert shown[0] == {"object": "user", "id": dana.id}
    assert [one.get("type") for one in shown] == [None, "person", "bot", None]
    assert shown[3] == {"object": "group", "id": support.id, "name": "Support"}
    assert mailless == {}
    assert blind[1] == {"object": "user", "id": ana.id}
    assert call("GET", f"/pages/{page.id}")["created_by"] == {"object": "user", "id": ana.id}


def test_a_page_shows_twenty_five_people_and_the_property_has_all(call):
    """Nothing says that people were cut off."""
    many = [call.site.world.add_user(f"p{n}", f"Person {n}").id for n in range(30)]
    page = call.site.create(Owner=many)
    path = f"/pages/{page.id}/properties/{quote(call.site.escalations.find('Owner').id)}"

    shown = call("GET", f"/pages/{page.id}")["properties"]["Owner"]
    first = call("GET", f"{path}?page_size=20")
    rest = call("GET", f"{path}?page_size=20&start_cursor={first['next_cursor']}")

    assert (len(shown["people"]), "has_more" in shown) == (25, False)
    assert [one["people"]["id"] for one in first["results"] + rest["results"]] == many
    assert call.service.violations == []


def test_the_trash_cannot_be_written(call):
    """Until the page is taken out again, which may come with values at once."""
    page = call.site.create()
    call("PATCH", f"/pages/{page.id}", {"in_trash": True})

    refused = call.patch(page, 400, ARR={"number": 1})
    comment = {"parent": {"page_id": page.id}, "rich_text": [text("x")]}
    silent = call("POST", "/comments", comment, 400)
    back = call("PATCH", f"/pages/{page.id}", {"in_trash": False, "properties": {"ARR": {"number": 1}}})

    told = "Can't edit block that is archived. You must unarchive the block before editing."
    assert refused["message"] == silent["message"] == told
    assert back["properties"]["ARR"]["number"] == 1


def test_an_ignored_write_is_accepted(call):
    """200, and the property as it was."""
    page = call.site.create(ARR=1)
    call.site.world.deaf.add(call.site.escalations.find("ARR").id)

    assert call.patch(page, ARR={"number": 2})["properties"]["ARR"]["number"] == 1


def test_a_page_is_created_with_its_number_status_and_checklist(call):
    """The parent is the data source; without a status the first one to do holds."""
    body = {
        "parent": {"type": "data_source_id", "data_source_id": call.site.escalations.id},
        "properties": {"Name": {"title": [text("By mail")]}, "Escsync key": {"rich_text": [text("key-1")]}},
        "children": [
            {"object": "block", "type": "to_do", "to_do": {"rich_text": [text("History")], "checked": True}}
        ],
    }

    told = call("POST", "/pages", body)
    blocks = call("GET", f"/blocks/{told['id']}/children")["results"]
    found = call.titles(filter={"property": "Escsync key", "rich_text": {"equals": "key-1"}})

    assert told["properties"]["ID"]["unique_id"] == {"prefix": "ESC", "number": 1}
    assert told["properties"]["Status"]["status"]["name"] == "Open"
    assert told["parent"]["database_id"] == call.site.escalations.database.id
    assert [(block["type"], block["to_do"]["checked"]) for block in blocks] == [("to_do", True)]
    assert found == ["By mail"]
    assert call.service.violations == []


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 400, "body.parent should be defined"),
        ({"parent": {"data_source_id": "{gone}"}}, 404, "Could not find database with ID"),
        ({"parent": {"data_source_id": "{here}"}, "properties": {"Gone": {"number": 1}}}, 400, "not a property"),
        ({"parent": {"data_source_id": "{here}"}, "children": [{}] * 101}, 400, "children.length should be ≤ `100`"),
        (
            {"parent": {"data_source_id": "{here}"}, "template": {"type": "default"}, "children": [{}]},
            400,
            "Children cannot be provided together with a template.",
        ),
    ],
)  # fmt: skip
def test_a_page_that_cannot_be_created_is_not(call, body, status, words):
    """The error says why, and nothing is left behind."""
    places = {"{gone}": uuid_of("gone"), "{here}": call.site.escalations.id}
    if "parent" in body:
        body = body | {"parent": {name: places[raw] for name, raw in body["parent"].items()}}

    told = call("POST", "/pages", body, status)

    assert words in told["message"]
    assert call.titles() == []

"""The fake Notion's comments, users and schemas."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.notion.caller import Caller
from fakes.notion.site import site
from fakes.notion.steps import text


@pytest.fixture
def call():
    return Caller(site())


def test_comments_come_oldest_first_without_those_of_closed_threads(call):
    """One thread per page, until it is closed; pages of comments go on by cursor."""
    here = call.site
    page = here.create()
    first = here.world.say(page, "#ack one", here.people["dana"].id)
    made = call("POST", "/comments", {"parent": {"page_id": page.id}, "rich_text": [text("note")]})
    path = f"/comments?block_id={page.id}&page_size=1"

    one = call("GET", path)
    two = call("GET", f"{path}&start_cursor={one['next_cursor']}")
    here.world.resolve(first)
    closed = call("GET", path)
    later = call("POST", "/comments", {"parent": {"page_id": page.id}, "rich_text": [text("new")]})

    assert made["discussion_id"] == first.discussion
    assert one["results"][0]["display_name"] == {"type": "user", "resolved_name": "Dana Reyes"}
    assert [c["id"] for c in one["results"] + two["results"]] == [first.id, made["id"]]
    assert (one["has_more"], two["has_more"], closed["results"]) == (True, False, [])
    assert later["discussion_id"] != first.discussion
    assert call.service.violations == []


def test_only_ones_own_comment_can_be_changed(call):
    """An edit shows in the stamp a minute later, never within the minute; others' are restricted."""
    here = call.site
    page = here.create()
    theirs = here.world.say(page, "hands off", here.people["dana"].id)
    mine = call("POST", "/comments", {"parent": {"page_id": page.id}, "rich_text": [text("one")]})

    here.world.clock.advance(seconds=30)
    soon = call("PATCH", f"/comments/{mine['id']}", {"rich_text": [text("two")]})
    here.world.clock.advance(minutes=1)
    late = call("PATCH", f"/comments/{mine['id']}", {"rich_text": [text("three")]})
    refused = call("PATCH", f"/comments/{theirs.id}", {"rich_text": [text("x")]}, 403)
    call("DELETE", f"/comments/{mine['id']}")
    gone = call("PATCH", f"/comments/{mine['id']}", {"rich_text": [text("x")]}, 404)

    assert soon["last_edited_time"] == mine["created_time"]
    assert late["last_edited_time"] == "2026-03-03T09:01:00.000Z"
    assert (refused["code"], gone["code"]) == ("restricted_resource", "object_not_found")
    assert [c.runs[0]["plain_text"] for c in here.world.comments] == ["hands off"]


def test_users_are_members_and_bots(call):
    """No guest is listed, though one can be asked for; who left is not found; groups are no users."""
    people = call.site.people
    people["idris"].removed = True

    listed = call("GET", "/users")["results"]
    guest = call("GET", f"/users/{people['guest'].id}")
    gone = call("GET", f"/users/{people['idris'].id}", status=404)
    call.api.personal = True
    restricted = call("GET", "/users", status=403)

    assert [user["name"] for user in listed] == ["Dana Reyes", "Ana Lima", "Escalation Sync", "Automations"]
    assert guest["name"] == "Casey Customer"
    assert gone["message"].startswith("Could not find user with ID")
    assert restricted["code"] == "restricted_resource"
    assert call.service.violations == []


def test_a_schema_is_replaced_where_it_is_given(call):
    """A left-out option is deleted, cells and all; of a status neither names nor groups change, and nobody says so."""
    here = call.site
    page = here.create(Severity="Data issue", Status="Investigating")
    path = f"/data_sources/{here.escalations.id}"
    shown = call("GET", path)["properties"]
    kept = [
        {"id": option["id"]}
        for option in shown["Severity"]["select"]["options"]
        if option["name"] != "Data issue"
    ]
    states = [
        {"id": option["id"], "name": f"x{n}"} for n, option in enumerate(shown["Status"]["status"]["options"])
    ]

    call("PATCH", path, {"properties": {"Severity": {"select": {"options": kept}}}})
    told = call(
        "PATCH", path, {"properties": {"Status": {"status": {"options": [*states, {"name": "Later"}]}}}}
    )
    painted = {"options": [{"id": states[0]["id"], "color": "red"}]}
    refused = call("PATCH", path, {"properties": {"Status": {"status": painted}}}, 400)

    status = told["properties"]["Status"]["status"]
    assert call("GET", f"/pages/{page.id}")["properties"]["Severity"]["select"] is None
    assert [option["name"] for option in status["options"]][:2] == ["Open", "Investigating"]
    assert status["options"][-1]["id"] in status["groups"][0]["option_ids"]
    assert refused["message"].startswith("Cannot update color of status with id")


def test_a_rename_keeps_the_id_and_a_new_type_empties_the_cells(call):
    """Columns are told apart by their ids."""
    here = call.site
    page = here.create(Findings="x")
    path = f"/data_sources/{here.escalations.id}"
    before = here.id("Findings")

    renamed = call("PATCH", path, {"properties": {"Findings": {"name": "Results"}}})["properties"]
    call("PATCH", path, {"properties": {before: {"number": {}}}})
    added = call("PATCH", path, {"properties": {"New": {"date": {}}}})["properties"]["New"]
    call("PATCH", path, {"properties": {"ARR": None}})

    shown = call("GET", f"/pages/{page.id}")["properties"]
    assert renamed["Results"]["id"] == before
    assert shown["Results"] == {"id": before, "type": "number", "number": None}
    assert shown["New"] == {"id": added["id"], "type": "date", "date": None}
    assert "ARR" not in shown


def test_a_row_that_moves_keeps_what_has_a_name_there(call):
    """Its number and its place are new, its id is not."""
    here = call.site
    page = here.create("one", Tier="Enterprise")
    here.world.move(page, here.accounts, here.people["ana"].id)

    told = call("GET", f"/pages/{page.id}")

    assert told["parent"]["data_source_id"] == here.accounts.id
    assert told["properties"]["Tier"]["select"]["name"] == "Enterprise"
    assert set(told["properties"]) == {"Name", "Tier", "ARR"}


def test_a_type_of_tomorrow_is_shown_as_it_is(call):
    """Whatever Notion will call it."""
    here = call.site
    here.world.add_property(here.escalations, "Mood", "hologram")
    page = here.create(Mood={"height": 3})

    assert call("GET", f"/pages/{page.id}")["properties"]["Mood"]["hologram"] == {"height": 3}
    assert call("GET", f"/data_sources/{here.escalations.id}")["properties"]["Mood"]["hologram"] == {}


def test_a_database_is_made_with_its_first_table(call):
    """The answer is the container; its times have milliseconds, and the schema is the table's."""
    here = call.site
    here.world.clock.set(here.world.clock.now() + timedelta(milliseconds=123))
    body = {
        "parent": {"type": "page_id", "page_id": here.world.home},
        "title": [text("Escalations 2")],
        "initial_data_source": {"properties": {"Title": {"title": {}}, "State": {"status": {}}}},
    }

    told = call("POST", "/databases", body)
    (table,) = told["data_sources"]
    schema = call("GET", f"/data_sources/{table['id']}")["properties"]

    assert told["created_time"] == "2026-03-03T09:00:00.123+00:00"
    assert "properties" not in told
    assert [group["name"] for group in schema["State"]["status"]["groups"]] == [
        "To-do",
        "In progress",
        "Complete",
    ]
    assert list(schema)[-1] == "Title"
    assert call.service.violations == []

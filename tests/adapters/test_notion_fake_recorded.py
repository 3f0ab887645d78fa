"""The fake Notion beside the real one: recorded requests are played to it, and its answers compared key by key."""

from __future__ import annotations

from functools import partial

import pytest
from fakes.http import Request
from fakes.jira.clock import Clock
from fakes.notion.graft import bot, home, row, source_for, source_of
from fakes.notion.ids import uuid_of
from fakes.notion.judge import RECORDED
from fakes.notion.outline import MIDDLE
from fakes.notion.page import Page
from fakes.notion.render import Renderer
from fakes.notion.replay import Replay, recorded
from fakes.notion.schema import Database, DataSource, Option, Property, User
from fakes.notion.service import TOKEN, socketless
from fakes.notion.site import site
from fakes.notion.texts import typed
from fakes.notion.world import Workspace

pytestmark = pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers of Notion are not here")

BOT, PERSON, HOME = (f"00000000-0000-4000-8000-0000000000{end}" for end in ("f1", "fa", "01"))


def ultimate():
    """The workspace in which most was recorded, in June 2026."""
    world = Workspace(Clock("2026-06-01T00:00:00+00:00"), "Example workspace")
    world.id = "00000000-0000-4000-8000-0000000000f0"
    bot(world, BOT, "Ultimate Notion Tests")
    home(world, HOME, "Tests", PERSON)
    world.users[PERSON] = User(PERSON, "Person Three", "person", "person@example.com")
    return world


def ramnes():
    """The workspace in which the older version was recorded, in July 2026."""
    world = Workspace(Clock("2026-07-01T00:00:00+00:00"), "notion-sdk-py")
    world.id = "231674b6-2cc1-46bc-b742-c5c9fe4b9c73"
    bot(world, "7775f3a3-893f-43fa-b625-460c61094c78", "notion-sdk-py")
    home(world, "393abc1e-edcd-80f3-813b-e205934558c6", "Tests", world.me)
    person = User("a4f789cc-7bc8-4cf0-82b9-a8ba7d985ecf", "Person One", "person", "person@example.com")
    person.avatar = "https://example.com/avatar.png"
    world.users[person.id] = person
    return world


def played(world, name, known=()):
    """What differs when the whole file is played."""
    replay = Replay(world, dict(known))
    differences = [one for exchange in recorded(name) for one in replay.play(exchange)]
    return differences, replay.service.violations


@pytest.mark.parametrize(
    "name",
    [
        "ultimate-comments",
        "ultimate-date-filters",
        "ultimate-errors-user-404",
        "ultimate-errors-uuid",
        "ultimate-number-filters",
        "ultimate-people-relation-filters",
        "ultimate-select-filters",
        "ultimate-trash-restore-page",
        "ramnes-api_response_error",
        "ramnes-blocks_children_create",
        "ramnes-blocks_children_list",
        "ramnes-build_request_error_integration",
        "ramnes-comments_create",
        "ramnes-comments_list",
        "ramnes-comments_update",
        "ramnes-data_sources_create",
        "ramnes-data_sources_list_templates",
        "ramnes-data_sources_query",
        "ramnes-data_sources_retrieve",
        "ramnes-data_sources_update",
        "ramnes-databases_create",
        "ramnes-databases_retrieve",
        "ramnes-databases_update",
        "ramnes-pages_create",
        "ramnes-pages_delete",
        "ramnes-pages_properties_retrieve",
        "ramnes-pages_retrieve",
        "ramnes-pages_update",
        "ramnes-search",
        "ramnes-users_me",
        "ramnes-users_retrieve",
        "ramnes-views_create",
        "ramnes-views_list",
        "ramnes-views_retrieve",
    ],
)
def test_a_recorded_session_goes_the_same_way(name):
    """Every request of the session is answered as Notion answered it: keys, types, texts, order of rows."""
    world = ultimate() if name.startswith("ultimate") else ramnes()

    assert played(world, name) == ([], [])


def test_a_status_and_a_date_are_written_as_recorded():
    """A status goes by name, a date loses its seconds and its zone's name; the answer is the whole page."""
    world = ultimate()
    rows = recorded("ultimate-page-status-and-date-writes")[0]["response"]["body"]["results"]
    source = source_for(world, rows)
    for place, told in enumerate(rows):
        row(world, source, told, -place)
    status = source.find("Status")
    status.options.append(
        Option("34495d82-92d4-431d-a41c-f276fe4ef684", "In Progress", "blue", "In progress")
    )

    assert played(world, "ultimate-page-status-and-date-writes") == ([], [])


def test_options_are_replaced_as_recorded():
    """An option that is left out of the list is deleted."""
    world = ultimate()
    source_of(world, recorded("ultimate-select-options-replace")[0]["response"]["body"])

    assert played(world, "ultimate-select-options-replace") == ([], [])


def test_a_long_relation_is_cut_as_recorded():
    """A page shows 25 of 26 related pages and says that there are more; the property's own list has all."""
    world = ultimate()
    page, items = (exchange["response"]["body"] for exchange in recorded("ultimate-relation-has-more-26"))
    source = source_for(world, [page])
    kept = row(world, source, page, 0)
    kept.values["o_yF"] = [item["relation"]["id"] for item in items["results"]]

    assert played(world, "ultimate-relation-has-more-26") == ([], [])


def test_a_page_that_is_not_shared_is_not_found_as_recorded():
    """The error names the page and the connection."""
    world = ultimate()
    shared = recorded("ultimate-errors-page-404")[0]["response"]["body"]
    page = world.add_page("Getting Started")
    world.pages["00000000-0000-4000-8000-000000000002"] = page
    page.id, page.parent = shared["id"], HOME
    page.created_by = page.edited_by = BOT

    assert played(world, "ultimate-errors-page-404") == ([], [])


def test_every_type_of_property_looks_as_recorded():
    """Schema, empty page and filled page of all types, in the order of internal ids; formulas aside."""
    name = "ultimate-all-property-types"
    world = ultimate()
    now = world.clock.now()
    database = Database("31b1fdcc-916e-479f-9677-dc89bec0af54", "Schema A", HOME, now)
    other = DataSource("c4be9b3b-bf52-4e44-9da6-16649dac0f21", "Schema A", database, now, BOT, now)
    other.properties["title"] = Property("title", "Name", "title")
    world.sources[other.id] = other
    for id_ in ("38c9ce7b-60a4-811b-b44c-d1e3c3f63f40", "38c9ce7b-60a4-8115-a712-d10ea87e020b"):
        world.pages[id_] = Page(id_, other, "", 0, now, BOT, now, BOT)

    differences, violations = played(world, name)

    own = ("/properties/Formula/formula", "/description")
    assert [one for one in differences if not one.startswith(own)] == []
    assert violations == []


def test_users_are_listed_as_recorded():
    """People come before bots; a bot of others says nothing of itself."""
    differences, _ = played(ramnes(), "ramnes-users_list")

    assert differences == ["/results/0/person: lacks ['email_verified'], has besides []"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("hkob-retrieve_page_wrong_format", "/v1/pages/AAA"),
        ("hkob-retrieve_data_source_wrong_format", "/v1/data_sources/AAA"),
        (
            "hkob-retrieve_data_source_unpermitted_data_source",
            "/v1/data_sources/00da364b-aaca-4b3b-94f5-21db691d804a",
        ),
    ],
)
def test_an_id_is_refused_as_recorded(name, path):
    """Not an id at all is a validation error; an unknown one is not found. (The newer text names the connection.)"""
    (expected,) = recorded(name)
    headers = {"authorization": f"Bearer {TOKEN}", "notion-version": MIDDLE}

    reply, _ = socketless(Workspace()).exchange(Request("GET", path, headers=headers))

    assert reply.status == expected["status"]
    assert reply.body["code"] == expected["code"]
    assert reply.body["message"].startswith(expected["message"].removesuffix("."))


@pytest.mark.parametrize("name", ["limit_2", "next_2", "last_2", "select_multi_values"])
def test_rows_of_a_grown_table_look_as_recorded(name):
    """Each row of a table with thirty columns shows the same, in the same order."""
    world = Workspace(Clock("2025-09-08T03:52:00+00:00"))
    (schema,) = recorded("hkob-retrieve_data_source_data_source")
    (answer,) = recorded(f"hkob-query_data_source_{name}")
    for held in schema["properties"].values():
        target = held.get("relation", {}).get("data_source_id")
        if target and target not in world.sources:
            world.sources[target] = DataSource(target, "", None, world.clock.now(), "", world.clock.now())
    source = source_of(world, schema)
    missing = source_for(world, answer["results"]).properties
    source.properties = {**missing, **source.properties}
    render = Renderer(world)
    render.version = MIDDLE
    differ = partial(Replay(world, {})._differ, where="")

    shown_in = [held for held in source.ordered if held.type != "rollup"]
    for place, told in enumerate(answer["results"]):
        shown = render.page(row(world, source, told, -place), shown_in)
        shown["public_url"] = told["public_url"]
        del told["properties"]["RollupTitle"]

        assert list(shown["properties"]) == list(told["properties"])
        assert list(differ(told | {"is_archived": False, "is_locked": False}, shown)) == []


def test_a_list_of_people_looks_as_recorded():
    """One item per person, and at the head what is listed."""
    here = site()
    page = here.create(Owner=[here.people["dana"].id])
    (expected,) = recorded("hkob-retrieve_property_people")
    headers = {"authorization": f"Bearer {TOKEN}", "notion-version": MIDDLE}
    path = f"/v1/pages/{page.id}/properties/{here.escalations.find('Owner').id}"

    reply, _ = socketless(here.world).exchange(Request("GET", path, headers=headers))

    def keys(value):
        if isinstance(value, list):
            return [keys(one) for one in value]
        return {k: keys(v) for k, v in value.items() if k not in {"id"}} if isinstance(value, dict) else None

    assert keys(reply.body) == keys(expected)


def test_a_difference_would_be_found():
    """The replay is no rubber stamp: a changed text, a lacking key, another order of rows, each is told."""
    exchange = recorded("ultimate-users")[0]
    exchange["response"]["body"]["surprise"] = typed("x")

    differences, _ = played(ultimate(), "ultimate-users")
    told = Replay(ultimate(), {}).play(exchange)

    assert any("in place of" in one for one in differences)
    assert any("lacks ['surprise']" in one for one in told)
    assert uuid_of("a") != uuid_of("b")

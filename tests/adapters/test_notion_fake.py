"""The fake Notion's front: what every call goes through, its two doors, its ways to fail, and its judge."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from fakes.doors import through_httpx
from fakes.http import Reply, Request
from fakes.notion import trouble
from fakes.notion.caller import Caller
from fakes.notion.judge import DOCUMENT, judge
from fakes.notion.service import TOKEN, notion, socketless
from fakes.notion.site import site
from notion_client import Client
from notion_client.errors import HTTPResponseError

needs_document = pytest.mark.skipif(
    not DOCUMENT.exists(), reason="the OpenAPI document of Notion is not here"
)


@pytest.fixture
def call():
    return Caller(site())


@pytest.mark.parametrize(
    ("path", "headers", "status", "code", "words"),
    [
        ("/nonsense", {"authorization": None}, 400, "invalid_request_url", "Invalid request URL."),
        ("/users/me", {"authorization": None}, 401, "unauthorized", 'use the format "Bearer <token>".'),
        ("/users/me", {"authorization": "Basic x"}, 401, "unauthorized", 'use the format "Bearer <token>".'),
        (
            "/users/me",
            {"authorization": "Bearer x", "notion_version": None},
            401,
            "unauthorized",
            "is invalid.",
        ),
        ("/users/me", {"notion_version": None}, 400, "missing_version", "instead was `undefined`."),
        ("/users/me", {"notion_version": "2026-04-01"}, 400, "missing_version", '`"2026-04-01"`'),
        ("/users?page_size=0", {}, 400, "validation_error", "page_size should be ≥ `1`"),
        ("/users?page_size=101", {}, 400, "validation_error", "page_size should be ≤ `100`"),
        ("/users?depth=1", {}, 400, "validation_error", "query.depth should be not present"),
        ("/pages/EXEC-1", {}, 400, "validation_error", "path.page_id should be a valid uuid"),
    ],
)
def test_calls_are_checked_in_notions_order(call, path, headers, status, code, words):
    """The address comes first, then the token, the version, the query, and what it is about at last."""
    reply = call.reply("GET", path, **headers)

    assert (reply.status, reply.body["code"]) == (status, code)
    assert words in reply.body["message"]
    assert reply.headers["x-notion-request-id"] == reply.body["request_id"]


@pytest.mark.parametrize(
    ("body", "headers", "status", "told"),
    [
        (b"{", {}, 400, {"code": "invalid_json"}),
        ([], {}, 400, {"code": "validation_error"}),
        ({"filtre": {}}, {}, 400, {"message": "body failed validation: body.filtre should be not present, instead was `{}`."}),
        ({}, {"content_length": "512001"}, 413, {"isNotionError": False, "name": "PayloadTooLargeError", "code": 413}),
    ],
)  # fmt: skip
def test_bodies_are_checked(call, body, headers, status, told):
    """JSON, an object, known keys only, and not too large; the last has an error of another shape."""
    path = f"/data_sources/{call.site.escalations.id}/query"
    reply = call.reply("POST", path, body, **headers)

    assert reply.status == status
    assert told.items() <= reply.body.items()


def test_older_versions_say_archived_too(call):
    """`archived` went away with the newest version, in answers and in requests."""
    page = call.site.create()
    older = Caller(call.site, "2025-09-03")

    new = call("GET", f"/pages/{page.id}")
    old = older("GET", f"/pages/{page.id}")
    refused = call("PATCH", f"/pages/{page.id}", {"archived": True}, 400)
    trashed = older("PATCH", f"/pages/{page.id}", {"archived": True})

    assert old.keys() - new.keys() == {"archived"}
    assert refused["message"].startswith("body failed validation: body.archived should be not present")
    assert (trashed["archived"], trashed["in_trash"]) == (True, True)


def test_the_oldest_version_knows_one_table_per_database(call):
    """There a database has the schema itself, data sources do not exist, and a second table is an error."""
    oldest = Caller(call.site, "2022-06-28")
    database = call.site.escalations.database

    shown = oldest("GET", f"/databases/{database.id}")
    asked = oldest("GET", f"/data_sources/{call.site.escalations.id}", status=400)
    call.site.world.add_source(database, "Second")
    refused = oldest("POST", f"/databases/{database.id}/query", {}, 400)

    assert "Status" in shown["properties"]
    assert asked["code"] == "invalid_request_url"
    assert refused["additional_data"]["error_type"] == "multiple_data_sources_for_database"


@pytest.mark.parametrize(
    ("capability", "method", "path", "body"),
    [
        ("read_comments", "GET", "/comments?block_id={page}", None),
        ("insert_comments", "POST", "/comments", {"parent": {"page_id": "{page}"}, "rich_text": [{"text": {"content": "x"}}]}),
        ("read_users", "GET", "/users", None),
        ("read_users", "GET", "/users/{dana}", None),
        ("update_content", "PATCH", "/pages/{page}", {}),
        ("insert_content", "POST", "/pages", {"parent": {"data_source_id": "{source}"}}),
        ("read_content", "GET", "/pages/{page}", None),
    ],
)  # fmt: skip
def test_a_capability_that_is_off_restricts(call, capability, method, path, body):
    """403 restricted_resource, whatever it is about."""
    page = call.site.create()
    call.site.world.can.discard(capability)
    names = {"page": page.id, "dana": call.site.people["dana"].id, "source": call.site.escalations.id}

    reply = call.reply(method, path.format(**names), body)

    assert (reply.status, reply.body["code"]) == (403, "restricted_resource")


def test_what_is_not_shared_is_not_found(call):
    """404 for a hidden page, a hidden table and an unknown id alike; the error names the connection."""
    page = call.site.create()
    page.hidden = True

    told = call("GET", f"/pages/{page.id}", status=404)
    call.site.escalations.hidden = True
    table = call("GET", f"/data_sources/{call.site.escalations.id}", status=404)

    assert told["additional_data"] == {"integration_id": call.site.world.me}
    assert told["message"].startswith(f"Could not find page with ID: {page.id}. Make sure the relevant pages")
    assert table["code"] == "object_not_found"


def test_more_calls_than_the_budget_are_refused_with_a_wait(call):
    """429 with the whole seconds to wait, and the reason; calls are logged with the server's time."""
    call.api.budget = (3, 60)
    clock = call.site.world.clock
    for _ in range(3):
        call("GET", "/users/me")
        clock.advance(seconds=1)

    refused = call.reply("GET", "/users/me")
    clock.advance(seconds=57)
    later = call.reply("GET", "/users/me")

    assert (refused.status, refused.headers["Retry-After"]) == (429, "57")
    assert refused.body["additional_data"] == {"rate_limit_reason": "public_api_request_rate_limit"}
    assert later.status == 200
    assert [b - a for a, b in zip(call.api.instants, call.api.instants[1:], strict=False)][:2] == [
        timedelta(seconds=1)
    ] * 2


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (trouble.limited(None), 429),
        (trouble.overloaded(7), 529),
        (trouble.conflict(), 409),
        (trouble.broken(), 500),
        (trouble.gateway(), 502),
        (trouble.unavailable(), 503),
        (trouble.slow(), 504),
    ],
)
def test_notion_fails_in_its_own_ways(call, reply, status):
    """Each kind of failure, at one call, before or after it was carried out; then all is well again."""
    call.service.fail("GET", "/users/me", reply)

    first, second = call.reply("GET", "/users/me"), call.reply("GET", "/users/me")

    assert (first.status, second.status) == (status, 200)


def client(url, **more):
    return Client(auth=TOKEN, notion_version="2026-03-11", base_url=url, **more)


def test_both_doors_lead_to_the_same_workspace():
    """Over a socket and through httpx's transport the official client sees the same."""
    here = site()
    page = here.create("Invoices wrong", Owner=[here.people["dana"].id])
    service = socketless(here.world)

    with notion(here.world) as server:
        over = client(server.url)
        by_socket = over.pages.retrieve(page.id)
        over.close()
    direct = client(service.url, client=httpx.Client(transport=through_httpx(service)))
    by_transport = direct.pages.retrieve(page.id)
    direct.close()

    assert by_socket["properties"] == by_transport["properties"]
    assert service.violations == []


def test_a_broken_connection_looks_like_one():
    """Through httpx's transport, too."""
    here = site()
    service = socketless(here.world)
    service.fail("GET", "/users/me", reset=True)
    direct = client(service.url, client=httpx.Client(transport=through_httpx(service)))

    with pytest.raises(httpx.ReadError):
        direct.users.me()
    direct.close()


def test_a_property_id_is_used_as_it_was_given():
    """It is encoded already: used as it is it leads to the property, encoded once more to nothing."""
    here = site()
    page = here.create(Owner=[here.people["dana"].id])
    owner = here.id("Owner")
    assert "%" in owner
    service = socketless(here.world)
    direct = client(service.url, client=httpx.Client(transport=through_httpx(service)))

    told = direct.pages.properties.retrieve(page.id, owner)
    with pytest.raises(HTTPResponseError) as refusal:
        direct.pages.properties.retrieve(page.id, owner.replace("%", "%25"))
    direct.close()

    assert told["results"][0]["people"]["name"] == "Dana Reyes"
    assert refusal.value.status == 404


@needs_document
@pytest.mark.parametrize(
    ("method", "path", "body", "answer", "words"),
    [
        ("POST", "/v1/data_sources/x/query", {"filtre": {}}, None, "'filtre' was unexpected"),
        ("PATCH", "/v1/pages/x", {"properties": {"Owner": {"people": [{"name": "x"}]}}}, None, "'id' is a required"),
        ("PATCH", "/v1/pages/x", {"archived": True}, None, "'archived' was unexpected"),
        ("GET", "/v1/users/me", None, {"object": "user"}, "'id' is a required property"),
        ("GET", "/v1/nonsense", None, None, "no such operation"),
    ],
)  # fmt: skip
def test_the_judge_objects(method, path, body, answer, words):
    """A call that the official document does not allow is told."""
    reply = Reply(200, answer) if answer else Reply(404, {})
    headers = {"notion-version": "2026-03-11"}

    faults = judge().faults(Request(method, path, {}, body, headers), reply)

    assert any(words in fault for fault in faults), faults


@needs_document
def test_a_call_that_breaks_the_document_fails_the_test():
    """At the end of the server's life at the latest."""
    here = site()
    page = here.create()

    def stray():
        with notion(here.world) as server:
            headers = {"Authorization": f"Bearer {TOKEN}", "Notion-Version": "2026-03-11"}
            httpx.patch(f"{server.url}/v1/pages/{page.id}", json={"colour": "red"}, headers=headers)

    with pytest.raises(AssertionError, match="colour"):
        stray()


@needs_document
def test_what_was_seen_is_not_judged_again_but_what_is_new_is():
    """A property in a shape that was well once is passed over; another shape of it is not."""
    here = site()
    page = here.create()
    call = Caller(here)
    call("GET", f"/pages/{page.id}")
    whole = call("GET", f"/pages/{page.id}")
    whole["properties"]["Due"]["date"] = "tomorrow"

    faults = judge().faults(Request("GET", f"/v1/pages/{page.id}"), Reply(200, whole))

    assert call.service.violations == []
    assert faults

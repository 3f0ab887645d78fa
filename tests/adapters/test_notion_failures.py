"""When Notion does not answer as it should: each failure as the error that says what to do next, and no other error."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType

import pytest
from escsync_notion import plugin
from escsync_notion.adapter import NotionAdapter
from fakes.doors import through_httpx
from fakes.http import Fault, Reply
from fakes.notion.rig import pull, rig
from fakes.notion.service import TOKEN, socketless
from fakes.notion.site import STAGES, site
from fakes.notion.trouble import broken, conflict, gateway, limited, overloaded, slow, unavailable

from escsync.adapter import (
    Ambiguous,
    Binding,
    Change,
    Create,
    Denied,
    Draft,
    Move,
    Rejected,
    SetField,
    Stage,
    TicketRef,
    TrackerError,
    Unavailable,
    Vanished,
    Vocabulary,
    WriteNote,
)
from escsync.registry import settings_model
from escsync.retry import Budget, Patience

SECRET_TEXT = "Globex threatens to leave"
QUERY = "/query"


@pytest.fixture
def notion():
    """A workspace with one database of escalations, by real HTTP."""
    with rig() as made:
        yield made


def error_of(notion, **how):
    """What a pull says whose questions fail."""
    notion.site.create(SECRET_TEXT)
    adapter = notion.connect()
    cursor = pull(adapter).cursor
    notion.server.fail("POST", QUERY, times=50, **how)
    with pytest.raises(TrackerError) as raised:
        pull(notion.again(adapter), cursor)
    return raised.value


def test_a_wrong_token_is_denied_at_once(notion):
    """401 is not tried again, and neither the token nor its cause is told."""
    with pytest.raises(Denied, match="401 unauthorized, request ") as denial:
        pull(notion.connect(connection={"token": "ntn_expired"}))

    assert denial.value.remedy
    assert "ntn_expired" not in f"{denial.value} {denial.value.remedy} {denial.value.__cause__}"
    assert len(notion.server.log) == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(401), Denied),
        (Reply(403), Denied),
        (Reply(404), Vanished),
        (conflict(), Unavailable),
        (broken(), Unavailable),
        (gateway(), Unavailable),
        (unavailable(), Unavailable),
        (slow(), Unavailable),
        (overloaded(1), Unavailable),
        (limited(1), Unavailable),
        (Reply(413, {"isNotionError": False, "name": "PayloadTooLargeError", "code": 413}), Rejected),
        (Reply(400, {"object": "error", "status": 400, "code": "missing_version", "message": SECRET_TEXT}), Denied),
        (Reply(400, {"object": "error", "status": 400, "code": "validation_error", "message": SECRET_TEXT}), Rejected),
        (Reply(200, raw=b"<!DOCTYPE html><html></html>", content="text/html"), Unavailable),
        (Reply(200, raw=b""), Unavailable),
        (Reply(200, body=[1, 2]), Unavailable),
        (Reply(200, body={"results": "none"}), Unavailable),
        (Reply(200, body={"results": [], "has_more": True, "next_cursor": None}), Unavailable),
        (Reply(200, body={"results": []}), Unavailable),
        (Reply(302, headers={"Location": "/login"}), Denied),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_an_error_of_its_kind(notion, reply, kind):
    """Never a traceback, never an empty result, never a word of a customer."""
    error = error_of(notion, reply=reply)

    assert isinstance(error, kind)
    assert SECRET_TEXT not in f"{error.message} {error.remedy}"
    assert len(error.message) <= 200
    assert error.remedy or kind is Rejected


def test_a_cut_answer_and_a_broken_connection_are_outages(notion):
    """Truncated JSON, a reset: neither is wrapped by the client package."""
    assert isinstance(error_of(notion, cut=40), Unavailable)
    notion.server.faults.clear()
    assert isinstance(error_of(notion, reset=True), Unavailable)


def test_a_server_that_never_answers_is_given_up(notion):
    """There is always a timeout, and a question that took too long is asked again with less."""
    adapter = notion.connect(connection={"timeout": 0.2})
    cursor = pull(adapter).cursor
    notion.server.fail("POST", QUERY, hang=True, times=50)

    with pytest.raises(Unavailable, match="in time"):
        pull(notion.again(adapter, connection={"timeout": 0.2}, budget=Budget(attempts=1)), cursor)


def test_nobody_listening_was_surely_not_executed(notion):
    """Connection refused."""
    with pytest.raises(Unavailable) as outage:
        pull(notion.connect(connection={"url": "http://127.0.0.1:9"}))

    assert outage.value.executed is False


@pytest.mark.parametrize("reply", [limited(37), overloaded(37)])
def test_a_pause_that_is_asked_for_is_kept_by_everybody(notion, reply):
    """429 and 529 alike, for writes as well: they were surely not carried out."""
    page = notion.site.create()
    adapter = notion.connect()
    pull(adapter)
    notion.server.fail("POST", "/pages", reply)

    adapter.create(Draft("k", {"summary": "x"}))

    assert max(notion.waits) >= 37
    assert page.key == "ESC-1"


def test_a_pause_may_be_a_date(notion):
    """By the server's clock, whatever ours says."""
    notion.site.create()
    then = "Tue, 03 Mar 2026 09:01:30 GMT"
    notion.world.clock.set(datetime.fromisoformat("2026-03-03T09:00:00+00:00"))
    notion.server.fail("POST", QUERY, Reply(429, headers={"Retry-After": then}))

    assert len(pull(notion.connect()).tickets) == 1
    assert max(notion.waits) > 80


def test_a_pause_longer_than_a_minute_is_not_cut_short(notion):
    """The client package would ask again after sixty seconds."""
    error = error_of(notion, reply=limited(1847))

    assert (error.everywhere, error.executed, error.retry_after) == (True, False, 1847)
    assert len(notion.server.calls("POST", QUERY)) == 2


def test_at_most_three_requests_a_second_are_made_retries_included(notion):
    """Evenly spaced by the server's own clock, whatever is asked for; the first goes at once."""
    pages = [notion.site.create(f"n{n}") for n in range(30)]
    adapter = notion.connect(budget=Budget(attempts=4))
    pull(adapter)
    notion.server.fail("PATCH", pages[3].id, broken(), times=2)
    notion.server.fail("GET", "/comments", limited(2))
    refs = [notion.ref(page) for page in pages]
    list(adapter.listen(refs[:10]))
    notion.write(adapter, *(notion.change(page, SetField("health", None, "ok")) for page in pages))

    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(notion.api.instants)]
    assert len(gaps) > 40
    assert min(gaps) >= 0.33
    assert sum(gaps) <= len(gaps) / 3 * 1.05 + 10


def test_300_writes_meet_no_limit(notion):
    """Three a second in any second: Notion never has to ask for a pause."""
    pages = [notion.site.create(f"n{n}") for n in range(300)]
    adapter = notion.connect()
    pull(adapter)
    notion.api.budget = (4, 1.0)
    begun = notion.world.clock.now()

    outcomes = notion.write(adapter, *(notion.change(p, SetField("health", None, "ok")) for p in pages))

    assert not [one for one in outcomes if one.failures]
    assert 429 not in {call.status for call in notion.server.log}
    assert (notion.world.clock.now() - begun).total_seconds() <= 105


def test_a_page_whose_creation_got_no_answer_is_not_made_twice(notion):
    """It is looked for, and found."""
    adapter = notion.connect()
    pull(adapter)
    notion.server.fail("POST", "/pages", after=True, reset=True)

    ref = adapter.create(Draft("k", {"summary": "x"}))

    assert [page.id for page in notion.world.rows(notion.site.escalations)] == [ref.id]


def test_a_creation_of_unknown_fate_is_sent_once(notion):
    """Where it is not found it may still come: nothing is repeated on a guess."""
    adapter = notion.connect()
    notion.server.fail("POST", "/pages", broken())

    with pytest.raises(Ambiguous) as doubt:
        adapter.create(Draft("k", {"summary": "x"}))
    assert "the next pass looks" in doubt.value.remedy
    assert len(notion.server.calls("POST", "/pages")) == 1


def test_nothing_of_a_customer_is_logged(notion, caplog, capfd):
    """The client package logs what Notion says, and Notion quotes what it was sent."""
    caplog.set_level(logging.DEBUG)
    page = notion.site.create(SECRET_TEXT)
    adapter = notion.connect()
    pull(adapter)
    refusal = {"object": "error", "status": 400, "code": "validation_error", "message": SECRET_TEXT}
    notion.server.fail("PATCH", page.id, Reply(400, refusal), times=9)

    (written,) = notion.write(adapter, notion.change(page, SetField("findings_summary", None, SECRET_TEXT)))

    shown = caplog.text + "".join(capfd.readouterr())
    assert isinstance(written.failures[0], Rejected)
    assert SECRET_TEXT not in shown + str(written.failures[0]) + written.failures[0].remedy
    assert TOKEN not in shown


@pytest.mark.parametrize("trouble", [broken, unavailable, lambda: limited(1)])
def test_the_client_packages_own_retries_are_off(notion, trouble):
    """Two layers would multiply, and the inner one is seen by no pace."""
    adapter = notion.connect(budget=Budget(attempts=1))
    before = adapter.calls
    notion.server.fail("GET", "/users/me", trouble(), times=9)

    with pytest.raises(Unavailable):
        pull(adapter)
    assert adapter.calls - before == len(notion.server.log) == 1


STATUSES = (200, 204, 301, 400, 401, 403, 404, 405, 409, 413, 418, 429, 500, 502, 503, 504, 529, 599)
DEEP = b'{"results":' * 4000
ERROR = {
    "object": "error",
    "status": 400,
    "code": "validation_error",
    "message": SECRET_TEXT,
    "request_id": "r",
}
RUBBISH = [
    None, 5, [], {}, {"id": None}, {"object": "page", "id": "2f1c8a6e9b7d4c3fa1e2d3c4b5a69788", "properties": []},
    {"object": "page", "id": 7, "created_time": [], "properties": {"a": {"id": "title", "type": "title", "title": {"x": 1}}}},
]  # fmt: skip
BODIES = MappingProxyType(
    {
        "html": b"<html><body>Bad gateway</body></html>",
        "empty": b"",
        "null": b"null",
        "number": b"5",
        "cut": b'{"object":"list","results":[{"object":"page","id":"2f1',
        "bytes": b"\xff\xfe\x00\xd8",
        "deep": DEEP,
        "error": json.dumps(ERROR).encode(),
        "odd error": json.dumps({**ERROR, "code": ["x"], "message": None, "request_id": {}}).encode(),
        "list": json.dumps(
            {"object": "list", "results": RUBBISH, "has_more": False, "next_cursor": None}
        ).encode(),
        "endless": json.dumps({"results": RUBBISH, "has_more": True, "next_cursor": "again"}).encode(),
        "object": json.dumps(
            {"object": "page", "id": [], "properties": "?", "data_sources": 7, "results": {}}
        ).encode(),
        "strange": json.dumps(
            {"object": "user", "id": "x", "name": 5, "type": {}, "person": [], "bot": "b"}
        ).encode(),
    }
)
REF = TicketRef("2f1c8a6e-9b7d-4c3f-a1e2-d3c4b5a69788", "ESC-1")
EDITS = (
    SetField("health", None, "ok"),
    SetField("owner", None, None),
    Move("Open", Stage.CLOSED),
    WriteNote("x", "aa", None),
    Create(Draft("k2", {"summary": "y"}, parent=REF)),
)
CHANGE = Change("t", REF, "", EDITS, ())
VERBS = {
    "pull": lambda a: list(a.pull({"v": 1, "since": 1_772_528_400, "seen": {}}, [REF])),
    "sweep": lambda a: list(a.pull(None)),
    "listen": lambda a: list(a.listen([REF])),
    "read": lambda a: list(a.read([REF])),
    "write": lambda a: list(a.write([CHANGE, CHANGE])),
    "create": lambda a: a.create(Draft("k", {"summary": "x"})),
    "find": lambda a: list(a.find(["k"])),
    "people": lambda a: list(a.people()),
    "check": lambda a: list(a.check()),
}


@pytest.fixture(scope="module")
def service():
    """The fake without a socket, and what an adapter learnt of it while it was well."""
    made = site()
    made.create()
    whole = socketless(made.world)
    adapter = adapter_on(whole, made, {})
    list(adapter.pull(None))
    return whole, made, adapter.discovery


def adapter_on(service, made, discovery):
    told = {"connection": {"url": service.url, "token": TOKEN}, "scope": {"data_source": made.escalations.id}}
    patience = Patience(
        sleep=lambda _: None, clock=lambda: 0.0, random=lambda: 0.0, budget=Budget(attempts=2)
    )
    words = Vocabulary(stages={Stage(name): some for name, some in STAGES.items()}, fields=made.fields)
    settings = settings_model(plugin).model_validate(told)
    binding = Binding("t", settings, words, patience, made.world.clock.now, dict(discovery))
    return NotionAdapter(binding, through_httpx(service))


def test_the_transport_that_is_given_is_used_to_the_end(service):
    """The client package would throw it away in a `with`."""
    whole, made, discovery = service
    whole.faults.clear()
    adapter = adapter_on(whole, made, discovery)
    before = len(whole.log)

    list(adapter.pull(None))
    list(adapter.people())
    adapter.close()

    assert len(whole.log) - before == adapter.calls == 2


def told_by(adapter, verb):
    """The error of the contract that *verb* raises, None where it raises none; any other is the test's failure."""
    told = None
    shown = ""
    try:
        shown = repr(VERBS[verb](adapter))
    except TrackerError as error:
        told, shown = error, f"{error.message} {error.remedy} {error}"
    adapter.close()
    assert SECRET_TEXT not in shown
    return told


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("body", BODIES)
def test_no_error_but_the_contracts_ever_leaves_the_adapter(service, body, verb):
    """Statuses, bodies and verbs, each with each: neither the client package's exceptions nor any other."""
    whole, made, discovery = service
    content = "text/html" if body == "html" else "application/json"
    for status in STATUSES:
        whole.faults[:] = [
            Fault(lambda _: True, Reply(status, raw=BODIES[body], content=content), times=10_000)
        ]
        known, unknown = (adapter_on(whole, made, learnt) for learnt in (discovery, {}))

        told_by(known, verb)
        first = told_by(unknown, verb)

        assert known.calls < 50
        silent = verb == "check" or status < 300 or (verb, status) == ("listen", 404)
        assert silent or first is not None


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("how", [{"reset": True}, {"cut": 1}, {"cut": 30}, {"after": True, "reset": True}])
def test_broken_connections_are_errors_of_the_contract_in_every_verb(service, how, verb):
    """Resets and truncated answers, before and after the work was done."""
    whole, made, discovery = service
    whole.faults[:] = [Fault(lambda _: True, times=10_000, **how)]

    told = told_by(adapter_on(whole, made, discovery), verb)

    whole.faults.clear()
    assert told is None or isinstance(told, Unavailable | Ambiguous)

"""End to end against jira820, a look-alike of Jira Data Center 8.20 that somebody else wrote."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime

import pytest
import requests
import uvicorn
from fakes.jira.rig import named, pull
from jira820 import Config, Store, make_app

from escsync.adapter import Binding, Change, Move, SetField, Stage, TicketRef, Vocabulary, WriteNote
from escsync.retry import Budget, Patience
from escsync.setup.wishes import wishes

STAGES = {Stage.INTAKE: ("Open",), Stage.INVESTIGATION: ("In Progress",), Stage.CLOSED: ("Done",)}


class Server(uvicorn.Server):
    """Runs in a thread; tells when it listens."""

    def __init__(self, app):
        super().__init__(uvicorn.Config(app, log_level="critical", lifespan="off"))
        self.listening = threading.Event()

    def install_signal_handlers(self):
        """Signals belong to the tests."""

    async def startup(self, sockets=None):
        await super().startup(sockets)
        self.listening.set()


@pytest.fixture
def url():
    config = Config(project_key="EXEC", current_user="escsync")
    store = Store(config, seed=False)
    for name in ("escsync", "dana", "idris"):
        store.users[name] = {
            "name": name,
            "displayName": name.title(),
            "emailAddress": f"{name}@acme.example",
        }
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = Server(make_app(store=store, config=config))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    assert server.listening.wait(10)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture
def connect(url):
    opened = []

    def connected(discovery=None):
        plugin = named("escsync_jira:plugin")
        told = {"url": url, "deployment": "datacenter", "token": "anything"}
        scope = {"project": "EXEC", "issue_type": "Bug", "labels": ["escalation"]}
        settings = named(plugin.settings).model_validate({"connection": told, "scope": scope})
        patience = Patience(
            sleep=lambda _: None, clock=lambda: 0.0, random=lambda: 0.0, budget=Budget(attempts=2)
        )
        words = Vocabulary(stages=STAGES, fields={"due_at": ("duedate",)})
        binding = Binding(
            "support", settings, words, patience, lambda: datetime.now(UTC), dict(discovery or {})
        )
        opened.append(named(plugin.connect)(binding))
        return opened[-1]

    yield connected
    for adapter in opened:
        adapter.close()


def human(url, method, path, body):
    answer = requests.request(method, f"{url}/rest/api/2{path}", json=body, timeout=5)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.text else {}


def escalation(url, summary):
    fields = {
        "project": {"key": "EXEC"},
        "issuetype": {"name": "Bug"},
        "summary": summary,
        "labels": ["escalation"],
        "assignee": {"name": "dana"},
    }
    return human(url, "POST", "/issue", {"fields": fields})["key"]


def test_a_whole_day_on_somebody_elses_jira(url, connect):
    """Pull, a human's edits, a note, a field and a move, a second pull that finds them, and a silent one."""
    key = escalation(url, "Globex is down")
    human(url, "POST", "/issue", {"fields": {"issuetype": {"name": "Bug"}, "summary": "ordinary"}})
    adapter = connect()
    first = pull(adapter)
    ticket = first.one
    assert (ticket.key, ticket.values["summary"]) == (key, "Globex is down")
    assert ticket.status.stage is Stage.INTAKE
    assert [ref.id for ref in ticket.values["owner"]] == ["dana"]

    human(url, "PUT", f"/issue/{key}", {"fields": {"assignee": {"name": "idris"}}})
    human(url, "POST", f"/issue/{key}/comment", {"body": "plain"})
    adapter = connect(adapter.discovery)
    (second,) = pull(adapter, first.cursor).tickets
    assert [ref.id for ref in second.values["owner"]] == ["idris"]

    due = adapter.fit("due_at", datetime(2026, 3, 5, 17, tzinfo=UTC))
    edits = (
        SetField("due_at", None, due),
        WriteNote("Acknowledgement is due\n[~dana] {code}", "n1", None),
        Move("Open", Stage.INVESTIGATION),
    )
    (written,) = adapter.write([Change("support", second.ref, "", edits, ())])
    assert written.failures == {}

    (third,) = adapter.read([second.ref])
    assert third.values["due_at"] == due
    assert third.status.stage is Stage.INVESTIGATION
    assert third.note is not None
    assert third.note.digest == "n1"

    note = WriteNote("All is well", "n2", "n1")
    (written,) = adapter.write([Change("support", third.ref, "", (note,), ())])
    (fourth,) = adapter.read([third.ref])
    assert written.failures == {}
    assert (fourth.note.id, fourth.note.digest) == (third.note.id, "n2")
    comments = human(url, "GET", f"/issue/{key}/comment", None)["comments"]
    assert len(comments) == 2


def test_what_it_does_not_have_is_no_outage(url, connect):
    """Milliseconds in JQL are refused there: the second pass asks by day, and remembers that it must."""
    key = escalation(url, "Globex is down")
    adapter = connect()
    cursor = pull(adapter).cursor
    adapter = connect(adapter.discovery)
    cursor = pull(adapter, cursor).cursor
    adapter = connect(adapter.discovery)

    pulled = pull(adapter, cursor)

    assert pulled.keys == [key]
    beside = 2 * len(pulled.tickets)  # a changelog and the comments, which its search leaves out
    assert adapter.calls <= 1 + beside
    assert list(adapter.read([TicketRef("1", "EXEC-999")])) == []


def test_it_is_explored_and_told_what_to_click(url, connect):
    """It can be set up by hand only: the whole list is there, with where to click, and nothing was tried."""
    escalation(url, "Globex is down")
    guide = named(named("escsync_jira:plugin").guide)
    model = named("escsync_jira.settings:JiraConnection")
    told = {"url": url, "deployment": "datacenter", "token": "anything"}
    patience = Patience(
        sleep=lambda _: None, clock=lambda: 0.0, random=lambda: 0.0, budget=Budget(attempts=2)
    )
    explorer = guide.explore(model.model_validate(told), patience)
    places = [place for place in explorer.places() if place.scope["issue_type"] == "Bug"]
    shape = explorer.shape(places[0])
    explorer.close()
    adapter = connect()
    why, *gaps = adapter.missing(wishes(Vocabulary(), only=("root_cause", "due_at")))

    assert [dict(place.scope) for place in places] == [{"project": "EXEC", "issue_type": "Bug"}]
    assert "Done" in {step.name for step in shape.steps if step.done}
    assert "Story Points" in {field.name for field in shape.fields}
    assert "does not let itself be set up" in why.what
    assert why.by_hand.startswith("make what is listed here by hand")
    assert [gap.id for gap in gaps] == ["field:root_cause", "field:due_at"]
    assert all("Custom fields" in gap.by_hand for gap in gaps)
    assert {part.name for part in adapter.outline() if part.kind == "status"} == {
        "Open",
        "In Progress",
        "Done",
    }
    assert [line.message for line in adapter.rights("observe")] == ["this Jira does not tell them"]
    ref = adapter.scratch("probe-1")
    assert adapter.scratch("probe-1") == ref

"""What became of a request: Jira, Salesforce and Notion classify every kind of failure alike."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest
from escsync_jira.connection import Connection as Jira
from escsync_jira.settings import JiraConnection
from escsync_notion.connection import Connection as Notion
from escsync_notion.settings import NotionConnection
from escsync_salesforce.connection import Connection as Salesforce
from escsync_salesforce.settings import SalesforceConnection
from fakes.desk import START
from fakes.http import FakeServer, Fault, Reply
from fakes.sealed import Sealed

from escsync.adapter import Ambiguous, Denied, TrackerError, Unavailable
from escsync.testing.stopwatch import Stopwatch

HTML = b"<!DOCTYPE html><html><body>Bad gateway</body></html>"
DATE = "Tue, 03 Mar 2026 09:01:30 GMT"
NO, UNKNOWN = False, None


class Face:
    """A service that agrees to everything."""

    class Clock:
        def now(self):
            return START

    class World:
        pass

    def __init__(self):
        self.world = self.World()
        self.world.clock = self.Clock()

    def handle(self, request):
        return Reply(200, {"id": "1", "results": []})


def jira(url, retry, **more):
    told = {"url": url, "deployment": "datacenter", "token": "t", "timeout": 0.3, **more}
    return Jira(JiraConnection.model_validate(told), retry)


def salesforce(url, retry, **more):
    told = {"url": url, "session_id": "00D!AQ", "timeout": 0.3, **more}
    return Salesforce(SalesforceConnection.model_validate(told), retry, lambda: START)


def notion(url, retry, **_):
    return Notion(NotionConnection.model_validate({"url": url, "token": "ntn_t", "timeout": 0.3}), retry)


@pytest.fixture
def server():
    with FakeServer(lambda url: Face()) as made:
        yield made


@pytest.fixture
def watch():
    return Stopwatch()


@pytest.fixture(params=[jira, salesforce, notion], ids=["jira", "salesforce", "notion"])
def connect(request, watch):
    """Opens a connection to a URL."""
    opened = []

    def opening(url, **more):
        opened.append(request.param(url, watch.patience(), **more))
        return opened[-1]

    yield opening
    for one in opened:
        one.close()


@pytest.fixture
def sealed(tmp_path):
    made = Sealed(tmp_path)
    yield made
    made.close()


def once(connection):
    """The error of one attempt."""
    with pytest.raises(TrackerError) as raised:
        connection.once("POST", "things", what="writing", body={"a": 1})
    return raised.value


def meeting(connect, server, **how):
    server.faults.append(Fault(lambda request: True, times=99, **how))
    return connect(server.url)


def wait(status, asked):
    return {"reply": Reply(status, headers={"Retry-After": asked})}


ANSWERS = {
    # what comes: what became of it, the seconds to wait, must the whole tracker pause?
    "429": ({"reply": Reply(429)}, NO, None, True),
    "429, wait in seconds": (wait(429, "37"), NO, 37, True),
    "429, wait as a date": (wait(429, DATE), NO, 90, True),
    "408": ({"reply": Reply(408)}, UNKNOWN, None, False),
    "500": ({"reply": Reply(500)}, UNKNOWN, None, False),
    "500, wait in seconds": (wait(500, "9"), UNKNOWN, 9, False),
    "502, a page": ({"reply": Reply(502, raw=HTML, content="text/html")}, UNKNOWN, None, False),
    "503": ({"reply": Reply(503)}, UNKNOWN, None, False),
    "503, wait in seconds": (wait(503, "37"), UNKNOWN, 37, True),
    "503, wait as a date": (wait(503, DATE), UNKNOWN, 90, True),
    "504": ({"reply": Reply(504)}, UNKNOWN, None, False),
    "reset before": ({"reset": True}, UNKNOWN, None, False),
    "reset after": ({"reset": True, "after": True}, UNKNOWN, None, False),
    "silence": ({"hang": True}, UNKNOWN, None, False),
    "cut short": ({"cut": 5}, UNKNOWN, None, False),
    "a page in place of JSON": ({"reply": Reply(200, raw=HTML, content="text/html")}, UNKNOWN, None, False),
}
"""Kind of failure -> the fault, and what it must mean."""


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_tracker_means_the_same(connect, server, kind):
    """429 did nothing; whatever broke off after the first byte, or came from a server in trouble, may have done it."""
    how, executed, seconds, everywhere = ANSWERS[kind]

    error = once(meeting(connect, server, **how))

    assert isinstance(error, Unavailable)
    assert (error.executed, error.everywhere) == (executed, everywhere)
    assert error.retry_after == (pytest.approx(seconds, abs=1) if seconds else None)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422, 302])
def test_a_refusal_is_no_outage(connect, server, status):
    """The tracker answered: asking again, or waiting, is useless."""
    error = once(meeting(connect, server, reply=Reply(status, {"message": "no"})))

    assert not isinstance(error, Unavailable | Ambiguous)


def test_nobody_listens(connect):
    """Connection refused."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]

    error = once(connect(f"http://127.0.0.1:{port}"))

    assert isinstance(error, Unavailable)
    assert error.executed is False


def test_an_unknown_name(connect):
    """DNS: no byte was sent."""
    error = once(connect("https://nobody.invalid"))

    assert isinstance(error, Unavailable)
    assert error.executed is False


def test_no_encryption_on_the_other_side(connect, server):
    """TLS: where the client's library cannot tell that nothing was sent, the fate counts as unknown."""
    error = once(connect(server.url.replace("http:", "https:")))

    assert isinstance(error, Unavailable)
    assert not error.executed
    assert server.log == []


def test_a_certificate_that_nobody_knows(connect, sealed):
    """Only a person can mend that, and no request was sent."""
    error = once(connect(sealed.url))

    assert isinstance(error, Denied)
    assert "certificate" in error.message
    assert sealed.requests == []


def test_encryption_that_breaks_off_after_the_request(connect, sealed, monkeypatch):
    """It is no question of trust: the request may have been carried out."""
    monkeypatch.setenv("SSL_CERT_FILE", str(sealed.authority))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(sealed.authority))

    error = once(connect(sealed.url, verify=str(sealed.authority)))

    assert isinstance(error, Unavailable)
    assert error.executed is UNKNOWN
    assert len(sealed.requests) == 1


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_write_is_sent_again_only_where_it_did_nothing(connect, server, watch, kind):
    """Five times in all, as far as the budget goes; else once, and it is said that its fate is unknown."""
    how, executed, seconds, _ = ANSWERS[kind]
    connection = meeting(connect, server, **how)

    with pytest.raises(TrackerError) as raised:
        connection.post("things", {"a": 1}, what="writing", safe=False)

    if executed is NO:
        assert isinstance(raised.value, Unavailable)
        assert len(server.log) == (2 if seconds == 90 else 5)
        assert not seconds or min(watch.waits) >= seconds - 1
    else:
        assert isinstance(raised.value, Ambiguous)
        assert len(server.log) == 1

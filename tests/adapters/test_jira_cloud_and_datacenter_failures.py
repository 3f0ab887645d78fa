"""When Jira does not answer as it should: each failure as the error that says what to do next."""

from __future__ import annotations

import pytest
from fakes.http import Reply
from fakes.jira.rig import pull

from escsync.adapter import (
    Denied,
    Stage,
    TrackerError,
    Unavailable,
)

LOGIN = b"<!DOCTYPE html><html><body>Log in</body></html>"
SECRET_TEXT = "Globex threatens to leave"


def search(jira):
    return ("POST", "/search/jql") if jira.cloud else ("GET", "/search")


def failing(jira, **how):
    """An adapter that has pulled once, and whose next searches fail."""
    jira.world.create(summary=SECRET_TEXT)
    adapter = jira.connect()
    cursor = pull(adapter).cursor
    jira.server.fail(*search(jira), times=50, **how)
    return jira.again(adapter), cursor


def error_of(jira, **how):
    adapter, cursor = failing(jira, **how)
    with pytest.raises(TrackerError) as raised:
        pull(adapter, cursor)
    return raised.value


def test_wrong_credentials_are_denied_at_once(jira):
    """401 is not tried again, and says what to do."""
    told = jira.credentials() | {"token": "expired-token"}

    with pytest.raises(Denied) as denial:
        pull(jira.connect(connection=told))

    assert "401" in denial.value.message
    assert denial.value.remedy
    assert "expired-token" not in f"{denial.value} {denial.value.remedy} {denial.value.__cause__}"
    assert len(jira.server.log) == 1


@pytest.mark.parametrize("told", [{"token": "expired"}, {"username": "escsync", "password": "wrong"}])
def test_data_center_is_advised_of_its_own_ways_to_sign_in(server, told):
    """A scoped token is Cloud's; there it is a personal access token, or a user name and a password."""
    for deployment in ({}, {"deployment": "datacenter"}):
        with pytest.raises(Denied) as denial:
            pull(server.connect(connection=told | deployment))

        assert "personal access token" in denial.value.remedy
        assert "connection.username" in denial.value.remedy
        assert "api.atlassian.com" not in denial.value.remedy


def test_an_anonymous_answer_is_no_answer(jira):
    """A server that forgot who asks returns nothing with 200: that must not close everything."""
    jira.world.create()
    jira.world.anonymous = True

    with pytest.raises(TrackerError):
        pull(jira.connect())


def test_rights_that_were_lost_are_not_an_empty_tracker(jira):
    """A project that is no longer visible is an error, never zero tickets."""
    jira.world.create()
    adapter = jira.connect()
    cursor = pull(adapter).cursor
    jira.world.blind = True
    jira.world.clock.advance(hours=1)

    with pytest.raises(TrackerError):
        pull(jira.again(adapter), cursor)
    with pytest.raises(TrackerError):
        pull(jira.again(adapter), None)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(401), Denied),
        (Reply(403, {"errorMessages": ["no"], "errors": {}}), Denied),
        (Reply(500), Unavailable),
        (Reply(502, raw=b"<html>Bad gateway</html>", content="text/html"), Unavailable),
        (Reply(503), Unavailable),
        (Reply(200, raw=LOGIN, content="text/html"), Unavailable),
        (Reply(200, raw=b'{"issues": [', content="application/json"), Unavailable),
        (Reply(200, body=[1, 2]), Unavailable),
        (Reply(200, body={"issues": "none"}), Unavailable),
        (Reply(302, headers={"Location": "/login.jsp"}), TrackerError),
        (Reply(410, {"errorMessages": ["removed"], "errors": {}}), TrackerError),
    ],
)
def test_an_answer_that_is_none_is_an_error_of_its_kind(jira, reply, kind):
    """Never a traceback, never an empty result."""
    error = error_of(jira, reply=reply)

    assert isinstance(error, kind)
    assert len(error.message) <= 200


def test_a_cut_answer_and_a_broken_connection_are_outages(jira):
    """Truncated JSON, a reset."""
    assert isinstance(error_of(jira, cut=40), Unavailable)
    jira.server.faults.clear()
    assert isinstance(error_of(jira, reset=True), Unavailable)


def test_a_server_that_never_answers_is_given_up(jira):
    """There is always a timeout."""
    jira.world.create()
    told = jira.credentials() | {"timeout": 0.2}
    adapter = jira.connect(connection=told)
    cursor = pull(adapter).cursor
    jira.server.fail(*search(jira), hang=True, times=50)

    with pytest.raises(Unavailable):
        pull(jira.again(adapter, connection=told), cursor)


def test_nobody_listening_is_unavailable(jira):
    """Connection refused."""
    told = dict(jira.credentials())
    adapter = jira.connect(connection=told | {"url": "http://127.0.0.1:9"})

    with pytest.raises(Unavailable) as outage:
        pull(adapter)

    assert outage.value.executed is False


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"Retry-After": "37"}, 37),
        ({"Retry-After": "Tue, 03 Mar 2026 09:01:30 GMT"}, 60),
        ({"Retry-After": "soon"}, 0),
        ({}, 0),
    ],
)
def test_a_pause_that_is_asked_for_is_kept(jira, headers, least):
    """Seconds or a date; afterwards the pass goes on."""
    jira.world.create()
    jira.server.fail(*search(jira), Reply(429, headers=headers))

    assert pull(jira.connect()).keys == ["EXEC-1"]
    assert len(jira.waits) >= 1
    assert max(jira.waits) >= least


def test_an_hourly_quota_pauses_the_whole_tracker(jira):
    """Half an hour is longer than a pass waits: it says so and gives up, without asking again."""
    quota = {"Retry-After": "1847", "RateLimit-Reason": "jira-quota-tenant-based"}
    adapter, cursor = failing(jira, reply=Reply(429, headers=quota))
    before = len(jira.server.log)

    with pytest.raises(Unavailable) as outage:
        pull(adapter, cursor)

    assert outage.value.everywhere
    assert outage.value.executed is False
    assert outage.value.retry_after >= 1847
    assert len(jira.server.log) - before == 1


@pytest.mark.parametrize(("reason", "everywhere"), [("jira-burst-based", False), ("jira-cost-based", True)])
def test_a_limit_of_one_endpoint_is_told_from_one_of_all(jira, reason, everywhere):
    """Unknown reasons pause everything."""
    error = error_of(jira, reply=Reply(429, headers={"Retry-After": "1", "RateLimit-Reason": reason}))

    assert error.everywhere is everywhere


def test_a_short_outage_is_waited_out(jira):
    """Reads are tried again."""
    jira.world.create()
    jira.server.fail(*search(jira), Reply(503))
    jira.server.fail(*search(jira), reset=True)

    assert pull(jira.connect()).keys == ["EXEC-1"]


def test_rubbish_among_the_tickets_does_not_stop_the_others(jira):
    """Whatever a proxy or an app made of some entries, the sound ones are read."""
    jira.world.create()
    rubbish = [None, 5, "x", [], {}, {"id": "1", "key": "EXEC-1"}, {"id": "2", "key": "X-2", "fields": None}]
    jira.server.fail(*search(jira), alter=lambda body: body | {"issues": [*rubbish, *body["issues"]]})

    pulled = pull(jira.connect())

    assert pulled.keys == ["EXEC-1"]
    assert "1" in {one.ref.id for one in pulled.unreadable}


def test_a_jira_that_lists_statuses_only_by_project_will_do(jira):
    """Behind a gateway `/status` and `/project/KEY` may be closed while the project's statuses are open."""
    key = jira.world.create().key
    jira.server.fail("GET", ("/status", "/project/EXEC"), Reply(404), times=9)

    found = pull(jira.connect())

    assert found.keys == [key]
    assert found.one.status.stage is Stage.INTAKE

"""What Jira answers when it does not do what it was asked, and the JQL it is asked in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from escsync_jira import answers, jql
from escsync_jira.settings import JiraScope
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from escsync.adapter import Conflict, Denied, Rejected, Unavailable, Vanished


def failure(status, headers=None, body=b""):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return answers.failure(status, CaseInsensitiveDict(headers or {}), content, what="reading", cloud=True)


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (302, {}, Denied),
        (400, {}, Rejected),
        (401, {}, Denied),
        (403, {}, Denied),
        (403, {"x-seraph-loginreason": "AUTHENTICATION_DENIED"}, Denied),
        (404, {}, Vanished),
        (409, {}, Conflict),
        (410, {}, Denied),
        (413, {}, Rejected),
        (422, {}, Rejected),
        (429, {}, Unavailable),
        (500, {}, Unavailable),
        (503, {}, Unavailable),
        (504, {}, Unavailable),
    ],
)
def test_every_status_is_one_of_our_errors(status, headers, kind):
    """Named for what the caller does next; the fate of a failed write is not known."""
    error = failure(status, headers)

    assert type(error) is kind
    assert error.message.startswith("reading: ")
    if isinstance(error, Unavailable):
        assert error.executed is (False if status == 429 else None)


def test_too_many_bad_logins_are_told_from_a_bad_token():
    """A CAPTCHA is solved with a browser, not with a new token."""
    assert "CAPTCHA" in failure(403, {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}).message
    assert "expired" in failure(401).remedy


@pytest.mark.parametrize(
    ("reason", "everywhere"),
    [
        ("jira-burst-based", False),
        ("jira-per-issue-on-write", False),
        ("jira-quota-tenant-based", True),
        ("jira-cost-based", True),
        ("", True),
    ],
)
def test_a_limit_of_one_endpoint_pauses_only_that(reason, everywhere):
    """Quotas, and reasons nobody has heard of, pause the whole tracker."""
    error = failure(429, {"RateLimit-Reason": reason, "Retry-After": "1847"})

    assert (error.everywhere, error.retry_after, error.executed) == (everywhere, 1847, False)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Retry-After": "30"}, 30),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "Tue, 03 Mar 2026 09:02:00 GMT", "Date": "Tue, 03 Mar 2026 09:00:00 GMT"}, 120),
        ({"Retry-After": "Tue, 03 Mar 2026 08:00:00 GMT", "Date": "Tue, 03 Mar 2026 09:00:00 GMT"}, 0),
        ({"Retry-After": "Tue, 03 Mar 2026 09:02:00 GMT"}, None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(headers, expected):
    """By the server's own clock; never more patience than can be computed."""
    assert answers.retry_after(CaseInsensitiveDict(headers)) == expected


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"<html>Log in</html>", "text/html", "HTML"),
        (b" <!doctype html>", "application/json", "HTML"),
        (b'{"issues": [', "application/json", "cut short"),
        (b"[" * 100_000, "application/json", "cut short"),
        (b"\xff\xfe", "application/json", "cut short"),
    ],
)
def test_a_page_in_place_of_json_is_an_outage(content, kind, words):
    """A proxy, a login or a maintenance page with status 200."""
    with pytest.raises(Unavailable, match=words):
        answers.decoded(200, content, kind, what="reading")


def test_nothing_is_nothing():
    """204, or an empty body."""
    assert answers.decoded(204, b"", "", what="x") is None
    assert answers.decoded(200, b" ", "", what="x") is None


@pytest.mark.parametrize(
    "body", [[], "x", 5, None, {"errors": []}, {"errorMessages": "x"}, {"errors": {"a": None}}]
)
def test_a_refusal_in_any_form_is_a_refusal(body):
    """Bodies of gateways, plug-ins and old versions."""
    assert isinstance(failure(400, body=body), Rejected)
    assert isinstance(answers.Refusal.of(body).words, str)


def test_a_refusal_names_fields_and_reasons():
    """By Jira's field id, so that ours can be told."""
    body = {"errorMessages": ["No."], "errors": {"customfield_1": "It is not on the appropriate screen."}}

    refusal = answers.Refusal.of(body)

    assert refusal.fields == {"customfield_1": "It is not on the appropriate screen."}
    assert refusal.words == "No.; customfield_1: It is not on the appropriate screen."


@given(st.text())
def test_a_servers_words_fit_one_line(text):
    """Short, printable, without long quotations."""
    told = answers.tidy(text)

    assert len(told) <= 160
    assert "\n" not in told
    assert told.isprintable() or not any(ch < " " for ch in told)


def test_long_quotations_are_left_out():
    """A message may quote the ticket; a log must not."""
    assert answers.tidy(f"Bad value '{'secret ' * 20}' given") == "Bad value '...' given"


SCOPE = JiraScope(project="EXEC", issue_type='Esc"alation', labels=["a", "b\\"], jql="x = 1 OR y = 2")


def test_a_scope_is_one_condition():
    """All that is given must hold; an OR of the administrator's stays in its parentheses."""
    assert jql.within(SCOPE) == (
        'project = "EXEC" AND issuetype = "Esc\\"alation" AND labels = "a" AND labels = "b\\\\" AND (x = 1 OR y = 2)'
    )


def test_what_changed_and_what_is_watched():
    """A watched ticket comes whether it changed or not, by key or by id."""
    asked = jql.changed(JiraScope(project="EXEC"), jql.since_epoch(17), ["EXEC-1", "10042"])

    assert asked == (
        '(project = "EXEC" AND updated >= 17) OR key in ("EXEC-1") OR id in (10042) ORDER BY updated ASC, key ASC'
    )


def test_minutes_are_told_in_the_zone_of_who_asks():
    """Jira reads a quoted time as the account's."""
    when = datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC)

    assert jql.since_day(when, ZoneInfo("Asia/Kolkata")) == 'updated >= "2026-03-04 05:29"'


@given(st.text(max_size=30))
def test_no_value_ends_its_quotation(value):
    """Whatever stands in it, exactly the last mark closes it."""
    quoted = jql.quote(value)

    inside, escaped = quoted[1:-1], False
    for ch in inside:
        assert ch != '"' or escaped
        escaped = ch == "\\" and not escaped
    assert not escaped
    assert "\n" not in quoted

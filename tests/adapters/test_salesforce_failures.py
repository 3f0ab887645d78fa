"""When Salesforce does not answer as it should: each failure as the error that says what to do next."""

from __future__ import annotations

import gc

import pytest
from escsync_salesforce import answers
from fakes.http import Fault, Reply
from fakes.salesforce import trouble
from fakes.salesforce.rig import pull, rig
from fakes.salesforce.steps import HTML, data, refusal

from escsync.adapter import (
    Conflict,
    Denied,
    Rejected,
    TrackerError,
    Unavailable,
    Vanished,
)
from escsync.retry import Budget

SECRET_TEXT = "Globex threatens to leave"


@pytest.fixture
def sf():
    with rig() as made:
        yield made


def failing(sf, **how):
    """An adapter that has pulled once, and whose next requests fail."""
    sf.open(SECRET_TEXT)
    adapter = sf.connect(budget=Budget(attempts=3, seconds=100_000))
    cursor = pull(adapter).cursor
    sf.server.faults.append(Fault(data, times=50, **how))
    return adapter, cursor


def error_of(sf, **how):
    adapter, cursor = failing(sf, **how)
    with pytest.raises(TrackerError) as raised:
        pull(adapter, cursor)
    return raised.value


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, refusal("MALFORMED_QUERY"), Rejected),
        (400, refusal("FIELD_CUSTOM_VALIDATION_EXCEPTION"), Rejected),
        (400, refusal("UNABLE_TO_LOCK_ROW"), Unavailable),
        (400, refusal("QUERY_TIMEOUT"), Unavailable),
        (400, [], Rejected),
        (400, None, Rejected),
        (400, "nonsense", Rejected),
        (401, refusal("INVALID_SESSION_ID"), Denied),
        (401, None, Denied),
        (403, refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), Unavailable),
        (403, refusal("API_DISABLED_FOR_ORG"), Denied),
        (403, None, Denied),
        (404, refusal("NOT_FOUND"), Vanished),
        (406, None, Unavailable),
        (410, refusal("UNSUPPORTED_API_VERSION"), Denied),
        (412, None, Conflict),
        (414, None, Rejected),
        (420, None, Unavailable),
        (429, None, Unavailable),
        (431, None, Rejected),
        (500, refusal("UNKNOWN_EXCEPTION"), Unavailable),
        (503, None, Unavailable),
        (300, ["/a", "/b"], Rejected),
        (302, None, Denied),
        (304, None, Rejected),
    ],
)
def test_a_failure_is_judged_by_status_and_code(status, body, kind):
    """What to do next, in a line that fits."""
    error = answers.failure(status, body, what="reading cases")

    assert type(error) is kind
    assert len(error.message) <= 200


@pytest.mark.parametrize("status", [400, 410])
def test_a_version_that_is_retired_is_said_with_what_to_do(status):
    """It has nothing to do with anybody's rights."""
    error = answers.failure(status, refusal("UNSUPPORTED_API_VERSION"), what="reading cases")

    assert "version of the API" in error.message
    assert "api_version" in error.remedy
    assert "permission" not in error.message + error.remedy


def test_a_version_that_the_org_does_not_offer_is_said_with_those_that_it_does(sf):
    """Everything is merely not found there."""
    with pytest.raises(Denied) as raised:
        pull(sf.connect(connection=sf.secret() | {"api_version": "99.0"}))

    assert "version 99.0" in raised.value.message
    assert 'api_version: "68.0"' in raised.value.remedy


@pytest.mark.parametrize(("api", "name"), [("Status", "stage"), ("OwnerId", "owner")])
@pytest.mark.parametrize("since", [False, True])
def test_a_hidden_field_without_which_nothing_works_is_named(sf, api, name, since):
    """And nothing more is needed than to show it again."""
    case = sf.open("x")
    adapter = sf.connect()
    cursor = pull(adapter).cursor if since else None
    sf.org.invisible.add(("Case", api))
    sf.org.edit(case, by="dana", Subject="changed")
    if since:
        adapter = sf.again(adapter)

    with pytest.raises(Denied) as raised:
        pull(adapter, cursor)
    sf.org.invisible.clear()

    assert raised.value.message.startswith(f"fields.{name}: ")
    assert api in raised.value.message
    assert "see it" in raised.value.remedy or "read access" in raised.value.remedy
    assert pull(sf.again(adapter), cursor).tickets[-1].values["summary"] == "changed"


@pytest.mark.parametrize(
    ("code", "words", "told"),
    [
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Dear Karl " * 100, "Dear Karl"),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", f"\x1b[31mAsk first: '{SECRET_TEXT * 3}'", "Ask first: '...'"),
        ("STRING_TOO_LONG", f"Subject: data value too large: {SECRET_TEXT} (max length=255)", ""),
        ("JSON_PARSER_ERROR", f"Cannot deserialize boolean from VALUE_STRING value {SECRET_TEXT}", ""),
        ("INVALID_EMAIL_ADDRESS", f"Mail: invalid email address: {SECRET_TEXT}", ""),
    ],
)
def test_an_orgs_own_words_are_told_short_and_without_values(code, words, told):
    """Rules and triggers say what their authors wrote; what repeats a value is left out."""
    said = answers.Refusal.of(refusal(code, words, ["Subject"]))

    assert told in said.words
    assert bool(told) is bool(said.words)
    assert len(said.words) <= 160
    assert SECRET_TEXT not in said.words
    assert "\x1b" not in said.words


def test_the_daily_limit_pauses_the_tracker_and_a_crowd_does_not():
    """One code, two limits: a quarter of an hour for everybody, or a moment."""
    daily = answers.failure(403, trouble.exhausted().body, what="x")
    crowd = answers.failure(403, trouble.crowded().body, what="x")

    assert (daily.everywhere, daily.retry_after, daily.executed) == (True, 900, False)
    assert (crowd.everywhere, crowd.retry_after < 60, crowd.executed) == (False, True, False)


def test_the_daily_limit_ends_the_pass_at_once(sf):
    """It is longer than a pass waits; nothing is asked again."""
    sf.open("x")
    adapter = sf.connect()
    cursor = pull(adapter).cursor
    sf.face.limit = sf.face.used
    before = len(sf.server.log)

    with pytest.raises(Unavailable) as limit:
        pull(sf.again(adapter), cursor)

    assert limit.value.everywhere
    assert len(sf.server.log) - before == 2  # a token, and one request
    assert sf.waits == []


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (trouble.broken(), Unavailable),
        (trouble.busy(), Unavailable),
        (trouble.maintenance(), Unavailable),
        (trouble.slow(), Unavailable),
        (trouble.edge(420), Unavailable),
        (trouble.edge(406), Unavailable),
        (Reply(200, raw=HTML, content="text/html"), Unavailable),
        (Reply(200, raw=b""), Unavailable),
        (Reply(200, raw=b'{"compositeResponse": ['), Unavailable),
        (Reply(200, body=[1]), Unavailable),
        (Reply(200, body={"compositeResponse": []}), Unavailable),
        (Reply(200, body={"compositeResponse": "none"}), Unavailable),
        (Reply(302, headers={"Location": "/login"}), Denied),
        (Reply(410, refusal("UNSUPPORTED_API_VERSION")), Denied),
    ],
)
def test_an_answer_that_is_none_is_an_error_of_its_kind(sf, reply, kind):
    """Never a traceback, never an empty result."""
    error = error_of(sf, reply=reply)

    assert isinstance(error, kind)
    assert len(error.message) <= 200


@pytest.mark.parametrize("how", [{"cut": 60}, {"reset": True}])
def test_a_cut_answer_and_a_broken_connection_are_outages(sf, how):
    """Read again until patience ends."""
    assert isinstance(error_of(sf, **how), Unavailable)
    assert len(sf.waits) == 2


@pytest.mark.parametrize(
    "reply",
    [
        trouble.broken(),
        trouble.busy(),
        trouble.maintenance(),
        trouble.edge(),
        trouble.crowded(),
        trouble.slow(),
    ],
)
def test_an_outage_that_passes_costs_a_wait(sf, reply):
    """And no ticket."""
    sf.open("x")
    sf.server.faults.append(Fault(data, reply))

    assert len(pull(sf.connect()).tickets) == 1
    assert len(sf.waits) == 1


@pytest.mark.parametrize("part", [0, 1])
def test_an_outage_of_one_part_is_asked_again_with_the_others(sf, part):
    """A composite answer of 200 says nothing of its parts."""
    sf.open("x")
    adapter = sf.connect()
    cursor = pull(adapter).cursor

    def broken(body):
        parts = body["compositeResponse"]
        parts[part] = {**parts[part], "httpStatusCode": 500, "body": trouble.broken().body}
        return body

    sf.server.faults.append(Fault(lambda r: r.path.endswith("/composite"), alter=broken))
    pull(sf.again(adapter), cursor)

    assert len(sf.waits) == 1


def test_a_server_that_never_answers_is_given_up(sf):
    """There is always a timeout."""
    sf.open("x")
    told = sf.secret() | {"timeout": 0.2}
    adapter = sf.connect(connection=told)
    cursor = pull(adapter).cursor
    sf.server.faults.append(Fault(data, hang=True, times=50))

    with pytest.raises(Unavailable):
        pull(sf.again(adapter, connection=told, budget=Budget(attempts=1)), cursor)


def test_nobody_listening_is_unavailable(sf):
    """Connection refused."""
    with pytest.raises(Unavailable) as outage:
        pull(sf.connect(connection=sf.session() | {"url": "http://127.0.0.1:9"}))

    assert outage.value.executed is False


def test_errors_hold_no_secrets_and_no_customer_text(sf):
    """Neither addresses with their queries, nor bodies, nor tokens."""
    word = "x" * 10 + SECRET_TEXT
    replies = [
        Reply(400, refusal("MALFORMED_QUERY", f"unexpected token: '{word}'")),
        Reply(500, raw=word.encode()),
        Reply(200, raw=f"<html>{word}</html>".encode(), content="text/html"),
        Reply(401, refusal("INVALID_SESSION_ID", word)),
    ]
    for reply in replies:
        error = error_of(sf, reply=reply)
        sf.server.faults.clear()
        told = f"{error} {error.remedy} {error.__cause__}"
        assert "!AQ" not in told
        assert sf.secret()["client_secret"] not in told
        assert "SELECT" not in told
        assert "/services/data" not in told
        assert reply.status == 400 or SECRET_TEXT not in told


def test_long_quotations_of_a_server_are_cut():
    """They may be anybody's text."""
    quoted = "bad value: '" + "word " * 30 + "'"

    assert "word word" not in answers.tidy(quoted)
    assert "\u202e" not in answers.tidy("a\u202eb")


def test_json_of_any_depth_is_no_crash():
    """It is an answer that cannot be read."""
    gc.disable()  # what is collected in the depth of a recursion complains about it
    try:
        with pytest.raises(Unavailable):
            answers.decoded(200, b"[" * 20_000, "application/json", what="x")
        assert answers.refused(b"[" * 20_000) is None
    finally:
        gc.enable()

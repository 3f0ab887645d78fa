"""When Jira refuses a write, Cloud and Data Center alike, and what is said about it."""

from __future__ import annotations

import pytest
from fakes.http import Reply
from fakes.jira.cloud import EMAIL
from fakes.jira.rig import pull

from escsync.adapter import (
    Ambiguous,
    Conflict,
    Denied,
    SetField,
    TicketRef,
    TrackerError,
    Vanished,
    WriteNote,
)

SECRET_TEXT = "Globex threatens to leave"


def search(jira):
    return ("POST", "/search/jql") if jira.cloud else ("GET", "/search")


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(401), Denied),
        (Reply(403), Denied),
        (Reply(404), Vanished),
        (Reply(409), Conflict),
    ],
)
def test_a_refused_write_is_that_tickets_failure(jira, reply, kind):
    """Every edit of the change is told."""
    issue = jira.world.create()
    adapter = jira.connect()
    pull(adapter)
    jira.server.fail("PUT", jira.paths(issue), reply, times=9)
    edits = (SetField("health", None, "ok"), SetField("computed_priority", None, "P1"))

    (written,) = jira.write(adapter, jira.change(issue, *edits))

    assert sorted(written.failures) == [0, 1]
    assert all(isinstance(error, kind) for error in written.failures.values())


@pytest.mark.parametrize(
    "how", [{"reply": Reply(500)}, {"reply": Reply(504), "after": True}, {"reset": True}]
)
def test_a_note_that_may_have_been_written_is_ambiguous(jira, how):
    """Only reading tells: it is not sent again."""
    issue = jira.world.create()
    adapter = jira.connect()
    pull(adapter)
    jira.server.fail("POST", "/comment", times=9, **how)

    (written,) = jira.write(adapter, jira.change(issue, WriteNote("x", "d", None)))

    assert len(issue.comments) <= 1
    assert len(jira.server.calls("POST", "/comment")) == 1
    assert written.failures == {} or isinstance(written.failures[0], Ambiguous)


def test_a_readonly_account_is_denied(jira):
    """Permission lost between reading and writing."""
    issue = jira.world.create()
    adapter = jira.connect()
    pull(adapter)
    jira.world.readonly = True

    (written,) = jira.write(adapter, jira.change(issue, SetField("health", None, "ok")))

    assert isinstance(written.failures[0], Denied)


def test_errors_hold_no_secrets_and_no_customer_text(jira):
    """What is printed and logged: no token, no e-mail, no header, no text of a ticket."""
    issue = jira.world.create(summary=SECRET_TEXT)
    adapter = jira.connect()
    pull(adapter)
    token = jira.credentials()["token"]
    said = []
    echo = {"errorMessages": [f"cannot set '{SECRET_TEXT * 9}' Authorization: Basic {token}"], "errors": {}}
    jira.server.fail("PUT", jira.paths(issue), Reply(400, echo), times=1)
    for edit in (SetField("health", None, "ok"), WriteNote(SECRET_TEXT, "d", None)):
        (written,) = jira.write(adapter, jira.change(issue, edit))
        said += [f"{error} {error.remedy}" for error in written.failures.values()]
    jira.server.fail(*search(jira), Reply(500, raw=f"{SECRET_TEXT} {token}".encode()), times=9)
    with pytest.raises(TrackerError) as raised:
        pull(adapter)
    said.append(f"{raised.value} {raised.value.remedy}")

    assert said
    assert all(EMAIL not in text and SECRET_TEXT not in text for text in said)
    assert all(len(text) < 500 for text in said)


def test_what_jira_repeats_of_the_credentials_is_hidden_before_it_is_cut(jira):
    """The header as it was sent: base64 of user and token on Jira Cloud; half of it would be a secret, too."""
    issue = jira.world.create()
    adapter = jira.connect()
    pull(adapter)
    sent = jira.server.log[-1].request.headers["authorization"].partition(" ")[2]
    refusal = Reply(400, {"errorMessages": [f"{'x' * 140} {sent}", sent], "errors": {}})
    jira.server.fail("PUT", jira.paths(issue), refusal, times=1)

    (written,) = jira.write(adapter, jira.change(issue, SetField("health", None, "ok")))

    assert "***" in written.failures[0].message
    assert sent[-8:] not in written.failures[0].message
    assert sent[:8] not in written.failures[0].message


def test_reading_what_is_out_of_sight_leaves_it_out(jira):
    """Vanished or hidden: absent, not an error."""
    jira.world.create()
    adapter = jira.connect()
    (ticket,) = pull(adapter).tickets

    assert list(adapter.read([TicketRef("99999", "EXEC-99")])) == []
    assert [t.key for t in adapter.read([TicketRef("99999", "EXEC-99"), ticket.ref])] == ["EXEC-1"]

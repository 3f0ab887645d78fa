"""The living note, Cloud and Data Center alike: one per ticket, internal, harmless, never twice."""

from __future__ import annotations

import pytest
from fakes.http import Reply
from fakes.jira.rig import pull

from escsync.adapter import (
    Ambiguous,
    Rejected,
    SetField,
    TicketRef,
    WriteNote,
)

NOTE = "Acknowledgement due at 11:00Z\nNobody owns this ticket"
HOSTILE = "{code} [~admin] !img.png! h1. x *b* _i_ \\ | {color:red}y{color} [a|http://x] ---- \nbq. q\n# one\nh1. big"


def note(digest, old=None, text=NOTE):
    """The living note of this content."""
    return WriteNote(text, digest, old)


def writes(jira):
    return [(call.request.method, call.request.path.rsplit("/rest/api/", 1)[1]) for call in jira.server.log
            if call.request.method in {"PUT", "DELETE"} or
            (call.request.method == "POST" and call.request.path.endswith(("/comment", "/transitions", "/issue")))]  # fmt: skip


def test_the_note_is_made_once_and_then_changed_in_place(jira):
    """One living note per ticket, found again by its last line."""
    issue = jira.world.create()
    adapter = jira.connect()
    jira.write(adapter, jira.change(issue, note("first")))
    (ticket,) = adapter.read([TicketRef(issue.id, issue.key)])
    seen = ticket.note

    (written,) = jira.write(adapter, jira.change(issue, note("second", old="first", text="All is well")))
    (ticket,) = adapter.read([TicketRef(issue.id, issue.key)])

    assert seen.digest == "first"
    assert written.failures == {}
    assert (ticket.note.id, ticket.note.digest) == (seen.id, "second")
    assert len(issue.comments) == 1
    assert "All is well" in issue.comments[0].text


def test_the_note_changes_in_place_beside_fields(jira):
    """Also when fields go along, there is one note and one request."""
    issue = jira.world.create()
    adapter = jira.connect()
    jira.write(adapter, jira.change(issue, note("first")))
    adapter.read([TicketRef(issue.id, issue.key)])
    before = len(writes(jira))

    (written,) = jira.write(
        adapter, jira.change(issue, SetField("health", None, "ok"), note("second", old="first"))
    )

    assert written.failures == {}
    assert len(issue.comments) == 1
    assert issue.comments[0].text.rstrip().endswith("escsync-note second")
    assert len(writes(jira)) - before <= 2


def test_a_note_that_a_human_forged_is_not_ours(jira):
    """Notes are recognised only when our own account wrote them."""
    issue = jira.world.create()
    issue.comment("dana", "hello\nescsync-note forged")
    adapter = jira.connect()
    assert pull(adapter).one.note is None

    jira.write(adapter, jira.change(issue, note("real")))

    assert [comment.author for comment in issue.comments] == ["dana", "escsync"]
    assert issue.comments[0].text == "hello\nescsync-note forged"


def test_a_note_of_hostile_text_shows_exactly_that_text(jira):
    """Nothing in a tracker's text becomes a mention, a macro or an image of ours."""
    issue = jira.world.create()
    adapter = jira.connect()

    (written,) = jira.write(adapter, jira.change(issue, note("h1", text=HOSTILE)))

    assert written.failures == {}
    stored = issue.comments[0].text
    assert "escsync-note h1" in stored
    if not jira.cloud:
        for dangerous in ("[~admin]", "{code}", "!img.png!", "{color:red}"):
            assert dangerous not in stored.replace("\\[", "").replace("\\{", "").replace("\\!", "")
        assert not any(line.startswith(("h1.", "bq.", "# ")) for line in stored.splitlines())
    assert pull(adapter).one.note.digest == "h1"


@pytest.mark.parametrize("removable", [True, False])
def test_of_twins_the_oldest_is_the_note_and_the_others_go(jira, removable):
    """A request that landed late left one; where Jira lets us delete none, the note is written, and the rest said."""
    issue = jira.world.create()
    first, second = (issue.comment("escsync", "old\n\nescsync-note aa11") for _ in range(2))
    adapter = jira.connect()
    seen = pull(adapter).one.note
    if not removable:
        jira.server.fail("DELETE", str(second.id), Reply(403, {"errorMessages": ["no"]}))

    (written,) = jira.write(adapter, jira.change(issue, WriteNote(NOTE, "bb22", "aa11", seen.id, seen.twins)))

    assert (seen.id, seen.twins) == (str(first.id), (str(second.id),))
    assert [c.text.rstrip()[-4:] for c in issue.comments] == ["bb22"] + ([] if removable else ["aa11"])
    assert [f"delete comment {second.id}" in e.remedy for e in written.failures.values()] == (
        [] if removable else [True]
    )


@pytest.mark.parametrize("beside", [False, True])
def test_a_service_desks_note_is_internal(desk, beside):
    """Nothing of escsync ever reaches a customer, alone or beside fields."""
    issue = desk.world.create(by="customer")
    adapter = desk.connect()
    edits = (SetField("health", None, "ok"), note("n1")) if beside else (note("n1"),)

    (written,) = desk.write(adapter, desk.change(issue, *edits))

    assert written.failures == {}
    assert [comment.internal for comment in issue.comments] == [True]


def test_a_note_that_may_not_be_internal_is_not_left_in_public(desk):
    """Where the server drops the internal flag, the note is refused and no public comment stays behind."""
    desk.face.service_notes = False
    issue = desk.world.create(by="customer")
    adapter = desk.connect()

    (written,) = desk.write(adapter, desk.change(issue, note("n1")))

    assert not [comment for comment in issue.comments if not comment.internal]
    assert isinstance(written.failures.get(0), Rejected)


def test_a_rewritten_note_stays_internal(desk):
    """An update keeps the flag."""
    issue = desk.world.create(by="customer")
    adapter = desk.connect()
    desk.write(adapter, desk.change(issue, note("n1")))
    adapter.read([TicketRef(issue.id, issue.key)])

    desk.write(adapter, desk.change(issue, note("n2", old="n1")))

    assert [comment.internal for comment in issue.comments] == [True]
    assert issue.comments[0].text.rstrip().endswith("escsync-note n2")


def test_a_note_whose_fate_is_unknown_is_not_written_twice(jira):
    """A connection that breaks after the request was carried out must not double the comment."""
    issue = jira.world.create()
    adapter = jira.connect()
    jira.server.fail("POST", "/comment", reset=True, after=True)

    (written,) = jira.write(adapter, jira.change(issue, note("n1")))

    assert len(issue.comments) == 1
    assert written.failures == {} or isinstance(written.failures[0], Ambiguous)


def test_a_note_beside_fields_whose_fate_is_unknown_is_not_written_twice(jira):
    """Fields could be set again, but the comment in the same request could not."""
    issue = jira.world.create()
    adapter = jira.connect()
    fault = jira.server.fail("PUT", jira.paths(issue), reset=True, after=True)

    (written,) = jira.write(adapter, jira.change(issue, SetField("health", None, "ok"), note("n1")))

    assert fault.times == 0
    assert len(issue.comments) == 1
    assert all(isinstance(error, Ambiguous) for error in written.failures.values())


def test_a_note_that_was_surely_not_written_is_tried_again(jira):
    """429 was not executed: after the pause it is."""
    issue = jira.world.create()
    adapter = jira.connect()
    jira.server.fail("POST", "/comment", Reply(429, headers={"Retry-After": "7"}))

    (written,) = jira.write(adapter, jira.change(issue, note("n1")))

    assert written.failures == {}
    assert len(issue.comments) == 1
    assert max(jira.waits) >= 7

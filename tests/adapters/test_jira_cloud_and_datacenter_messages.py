"""Reading comments, Cloud and Data Center alike: which are messages, whose, and whether customers see them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fakes.jira.rig import pull

from escsync.adapter import MessageKind, PersonKind


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_only_marked_comments_are_messages(jira):
    """A marker at the very beginning makes a comment the record of a message; quoted it makes nothing."""
    issue = jira.world.create(assignee="dana")
    jira.world.clock.set("2026-03-03T09:20:30+00:00")
    issue.comment("dana", "#ACK: My name is Dana")
    issue.comment("dana", "thinking about it #ack")
    issue.comment("dana", "#acknowledged")
    issue.comment("dana", "  \n#update What we understood")
    issue.comment("idris", "#note internal")

    messages = pull(jira.connect()).one.messages

    assert [m.marker for m in messages] == [MessageKind.ACKNOWLEDGEMENT, MessageKind.CUSTOMER_UPDATE]
    first = messages[0]
    assert first.text == "My name is Dana"
    assert first.when.at == at("2026-03-03T09:20:30")
    assert first.when.grade == "A"
    assert (first.sender.id, first.sender.name) == (jira.who("dana"), "Dana Reyes")
    assert not first.native
    assert not first.inbound
    assert first.edited_at is None


def test_a_marker_in_a_quote_or_in_code_is_none(jira):
    """Decision 91: what is not at the beginning does not count, and quoted is not at the beginning."""
    issue = jira.world.create()
    text = {"type": "paragraph", "content": [{"type": "text", "text": "#ack hi"}]}
    code = {"type": "codeBlock", "content": [{"type": "text", "text": "#ack hi"}]}
    for wiki, node in (
        ("bq. #ack hi", {"type": "blockquote", "content": [text]}),
        ("{code}#ack hi{code}", code),
    ):
        issue.comment("dana", wiki, adf={"type": "doc", "version": 1, "content": [node]})

    assert pull(jira.connect()).one.messages == ()


def test_an_edited_comment_says_so(jira):
    """Decision 43: an old comment into which #ack was typed later is known as edited."""
    issue = jira.world.create()
    comment = issue.comment("dana", "hm")
    jira.world.clock.set("2026-03-03T12:00:00+00:00")
    issue.edit_comment(comment, "#ack hm")

    (message,) = pull(jira.connect()).one.messages

    assert message.when.at == at("2026-03-03T09:00:00")
    assert message.edited_at == at("2026-03-03T12:00:00")


def test_a_restricted_marked_comment_counts(jira):
    """Decision 92: the marker is a record, not the message."""
    issue = jira.world.create()
    issue.say("dana", "#ack Hello", visibility={"type": "role", "value": "Administrators"})

    (message,) = pull(jira.connect()).one.messages

    assert message.marker is MessageKind.ACKNOWLEDGEMENT


def test_what_escsync_wrote_is_no_message(jira):
    """Its own account's comments are never evidence (decision 51)."""
    issue = jira.world.create()
    issue.comment("escsync", "#ack I am a robot")

    assert pull(jira.connect()).one.messages == ()


def test_a_service_desks_public_comments_are_messages(desk):
    """Public is native; internal is not, unless marked; the customer's own are inbound."""
    issue = desk.world.create(by="customer")
    issue.comment("dana", "We are on it", public=True)
    issue.comment("dana", "Do not tell them", public=False)
    issue.comment("idris", "#ack by phone", public=False)
    issue.comment("customer", "Hurry!")

    messages = pull(desk.connect()).one.messages

    assert [(m.text, m.native, m.inbound) for m in messages] == [
        ("We are on it", True, False),
        ("by phone", False, False),
        ("Hurry!", True, True),
    ]


def test_a_robots_public_comment_is_automated(desk):
    """Apps speak too; nobody is acknowledged by one."""
    if not desk.cloud:
        pytest.skip("Data Center has no kinds of accounts: people.yaml names the robots")
    issue = desk.world.create(by="customer")
    issue.comment("robot", "We received your request", public=True)

    (message,) = pull(desk.connect()).one.messages

    assert message.automated
    assert message.sender.kind is PersonKind.BOT


def test_an_ordinary_projects_comments_are_not_public(jira):
    """Cloud flags every comment of every project as public; only a service desk has customers."""
    jira.world.create().comment("dana", "between us")

    assert pull(jira.connect()).one.messages == ()


def test_native_messages_can_be_switched_off(desk):
    """`communications: {native: false}`: only markers count."""
    issue = desk.world.create(by="customer")
    issue.comment("dana", "We are on it", public=True)
    issue.comment("dana", "#ack We are on it", public=True)

    (message,) = pull(desk.connect(native=False)).one.messages

    assert message.marker is MessageKind.ACKNOWLEDGEMENT


def test_hostile_text_is_only_text(jira):
    """Markup, controls and lookalike notes in tracker text neither crash nor deceive."""
    hostile = "#ack {code} [~admin] !x! \u202e\x07 <b>&amp;</b> ${env:HOME} \U0001f600\nescsync-note deadbeef"
    issue = jira.world.create(summary=hostile.replace("\n", " "), Account="'; DROP TABLE--")
    issue.comment("dana", hostile)

    ticket = pull(jira.connect()).one

    assert ticket.note is None
    assert len(ticket.messages) == 1
    assert ticket.values["account.name"] == "'; DROP TABLE--"


def test_a_huge_comment_is_read(jira):
    """Five megabytes in one comment are unusual and no reason to stop."""
    issue = jira.world.create()
    issue.comment("dana", "#ack " + "word " * 1_000_000)

    (message,) = pull(jira.connect()).one.messages

    assert len(message.text) > 4_900_000

"""Tickets with something wrong in them: each is read, or said to be unreadable, and nothing else happens."""

from __future__ import annotations

import copy
from datetime import UTC

from escsync_jira import codec
from escsync_jira.reader import MALFORMED
from escsync_jira.schema import Column, Schema
from escsync_jira.settings import JiraScope
from hypothesis import given, settings
from hypothesis import strategies as st

from escsync.adapter import Ticket, Vocabulary

COLUMNS = {
    "summary": (Column("summary", "Summary", "string"),),
    "owner": (Column("assignee", "Assignee", "user"), Column("customfield_2", "Co-owners", "array", "user")),
    "stage": (Column("status", "Status", "status"),),
    "severity": (Column("customfield_3", "Severity", "option"),),
    "findings_summary": (Column("customfield_4", "Findings", "string", "", "x:textarea"),),
}
DANA = {"accountId": "dana", "displayName": "Dana", "active": True, "accountType": "atlassian"}
TICKET = {
    "id": "10001",
    "key": "EXEC-1",
    "fields": {
        "created": "2026-03-03T10:00:00.000+0100",
        "updated": "2026-03-03T12:00:00.000+0100",
        "creator": DANA,
        "reporter": DANA,
        "assignee": DANA,
        "labels": ["vip"],
        "project": {"id": "10", "key": "EXEC", "projectTypeKey": "service_desk"},
        "issuetype": {"id": "7", "name": "Escalation", "subtask": False},
        "status": {"id": "1", "name": "Open", "statusCategory": {"key": "new"}},
        "summary": "Globex",
        "customfield_2": [DANA],
        "customfield_3": {"id": "5", "value": "Data issue"},
        "customfield_4": {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}]},
        "comment": {"total": 1, "comments": [{
            "id": "1", "author": DANA, "created": "2026-03-03T10:05:00.000+0100", "jsdPublic": True,
            "updated": "2026-03-03T10:06:00.000+0100", "properties": [{"key": "sd.public.comment", "value": {}}],
            "body": {"type": "doc", "content": [{"type": "text", "text": "#ack"}]},
        }]},
    },
    "changelog": {"total": 1, "histories": [{
        "id": "7", "created": "2026-03-03T10:05:00.000+0100", "author": DANA,
        "items": [{"field": "assignee", "fieldId": "assignee", "from": None, "to": "dana", "toString": "Dana"}],
    }]},
}  # fmt: skip
RUBBISH = st.sampled_from(
    [
        None,
        "",
        "x",
        "\x00\u202e{code}",
        0,
        -1,
        1e308,
        True,
        [],
        {},
        [None],
        [[]],
        {"id": None},
        {"key": []},
        ["x"] * 3,
    ]
) | st.text(max_size=5)


def places(node, path=()):
    if path:
        yield path
    if isinstance(node, dict):
        for key, value in node.items():
            yield from places(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from places(value, (*path, index))


def put(raw, path, value):
    for step in path[:-1]:
        if not isinstance(raw, dict | list):
            return
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return
    try:
        raw[path[-1]] = value
    except (IndexError, TypeError):
        return


PLACES = sorted(places(TICKET), key=str)


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(PLACES), RUBBISH), min_size=1, max_size=3))
def test_rubbish_anywhere_spoils_one_ticket_at_most(changes):
    """Anything at any place of a real answer."""
    raw = copy.deepcopy(TICKET)
    for path, value in changes:
        put(raw, path, value)
    schema = Schema("https://j", True, "me", Vocabulary(), UTC, COLUMNS, {}, {"1": ("Open", "new")})
    scope = JiraScope(project="EXEC", labels="vip")

    try:
        histories, said = raw["changelog"]["histories"], raw["fields"]["comment"]["comments"]
        found = codec.ticket(raw, histories, said, schema, scope, fetched=True)
    except MALFORMED:
        return

    assert isinstance(found, Ticket)
    assert found.digest()
    assert found.created_at.tzinfo is UTC

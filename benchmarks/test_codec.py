"""What decoding one Jira issue costs: `make bench` prints it."""

import time
from datetime import UTC

import pytest
from escsync_jira import codec
from escsync_jira.schema import Column, Schema
from escsync_jira.settings import JiraScope

from escsync.adapter import Vocabulary
from escsync.domain.fields import Stage

DANA = {"accountId": "a1", "accountType": "atlassian", "displayName": "Dana Reyes", "active": True}
STATUS = {"id": "1", "name": "Open", "statusCategory": {"key": "new"}}
COLUMNS = {
    "summary": (Column("summary", "Summary", "string"),),
    "owner": (Column("assignee", "Assignee", "user"),),
    "stage": (Column("status", "Status", "status"),),
    "priority": (Column("priority", "Priority", "priority"),),
    "findings_summary": (Column("customfield_1", "Findings", "string"),),
}
SCHEMA = Schema(
    "https://j",
    True,
    "me",
    Vocabulary(stages={Stage.INTAKE: ("1",)}),
    UTC,
    COLUMNS,
    {},
    {"1": ("Open", "new")},
)


def issue(changes):
    """An issue with so many changes of its summary and as many comments as there are ten changes."""
    fields = {
        "project": {"id": "1", "key": "EXEC", "projectTypeKey": "software"},
        "issuetype": {"id": "1", "name": "Escalation"},
        "created": "2026-03-03T09:00:00.000+0000",
        "updated": "2026-03-03T10:00:00.000+0000",
        "summary": "Invoices are wrong",
        "assignee": DANA,
        "status": STATUS,
        "priority": {"id": "2", "name": "High"},
        "labels": [],
        "customfield_1": "Lines were counted twice.",
    }
    histories = [
        {
            "id": str(n),
            "author": DANA,
            "created": f"2026-03-03T09:{n:02}:00.000+0000",
            "items": [
                {
                    "field": "summary",
                    "fieldId": "summary",
                    "from": None,
                    "fromString": f"{n}" if n else "",
                    "to": None,
                    "toString": "Invoices are wrong" if n == changes - 1 else f"{n + 1}",
                }
            ],
        }
        for n in range(changes)
    ]
    body = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": "#ack"}]}],
    }
    comments = [
        {
            "id": str(n),
            "author": DANA,
            "created": "2026-03-03T09:30:00.000+0000",
            "updated": "2026-03-03T09:30:00.000+0000",
            "body": body,
        }
        for n in range(changes // 10)
    ]
    return {"id": "10001", "key": "EXEC-1", "fields": fields}, histories, comments


@pytest.mark.benchmark(group="codec", timer=time.process_time)
@pytest.mark.parametrize("changes", [10, 50])
def test_decode_a_jira_issue(benchmark, changes):
    """From the JSON of an answer to a ticket with its whole past."""
    raw, histories, comments = issue(changes)
    scope = JiraScope(project="EXEC")

    ticket = benchmark(codec.ticket, raw, histories, comments, SCHEMA, scope)

    assert len(ticket.messages) == changes // 10

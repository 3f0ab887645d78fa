"""Creating records that are found again: each carries its key's mark from its first moment on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from escsync.adapter import FIELDS, Draft, FieldKind, Found, Rejected, TicketRef

from . import encode, jql
from .answers import Refusal
from .connection import Connection
from .discovery import Discovery

ORIGIN = "escsync.origin"
_AHEAD = 80
_BEHIND = 20
_OF_PARTS = frozenset({"summary", "description", "owner"})
"""What every sub-task has: the screens of others need not show it."""


def mark(key: str) -> str:
    """The label that carries *key*: labels hold no spaces, and a key may hold anything."""
    return f"escsync-{hashlib.sha256(key.encode()).hexdigest()[:20]}"


class Creation:
    """New tickets."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery

    def create(self, draft: Draft) -> TicketRef:
        """Make the record: an escalation in scope, or a sub-task of its parent."""
        schema, scope = self._discovery.schema, self._discovery.settings.scope
        project = self._discovery.project
        if not project:
            raise Rejected("no project is named to create it in", remedy="set scope.project")
        fields: dict[str, Any] = {
            "project": {"id": project["id"]} if project["id"] else {"key": project["key"]}
        }
        labels = [mark(draft.key)]
        if draft.parent is not None:
            if not project.get("subtask"):
                raise Rejected(
                    "the project has no type for sub-tasks", remedy="add one to the project's types"
                )
            fields["issuetype"] = {"id": project["subtask"]}
            fields["parent"] = {"id": draft.parent.id} if schema.cloud else {"key": draft.parent.key}
        else:
            if not scope.issue_type:
                raise Rejected("no issue type is named to create it with", remedy="set scope.issue_type")
            kind = scope.issue_type
            fields["issuetype"] = {"id": kind} if kind.isdecimal() else {"name": kind}
            labels = [*scope.labels, *labels]
        for name, value in draft.values.items():
            if draft.parent is not None and name not in _OF_PARTS:
                continue
            for column in schema.columns.get(name, ())[:1]:
                if FIELDS[name].kind is not FieldKind.STAGE and value is not None and not column.option:
                    fields[column.id] = encode.field(name, column, value, schema)
        fields["labels"] = labels
        body = {"fields": fields, "properties": [{"key": ORIGIN, "value": {"key": draft.key}}]}
        answer = self._connection.post("issue", body, what="creating a ticket", safe=False, refused=(400,))
        if answer.status == 400:
            raise self._refusal(Refusal.of(answer.body))
        made = answer.mapping()
        return TicketRef(str(made.get("id") or ""), str(made.get("key") or ""))

    def _refusal(self, refusal: Refusal) -> Rejected:
        ours = {c.id: name for name, some in self._discovery.schema.columns.items() for c in some}
        named = next((ours[id] for id in refusal.fields if id in ours), "")
        return Rejected(f"creating a ticket: refused: {refusal.words}"[:200], field=named)

    def find(self, keys: Sequence[str]) -> Iterator[Found]:
        """Which of these exist? What Jira's search does not show yet is looked for among the newest tickets."""
        marks = {mark(key): key for key in keys}
        project = self._discovery.project.get("key", "")
        if not marks or not project:
            return
        for raw in [*self._searched(project, marks), *self._newest(project)]:
            fields = raw.get("fields")
            for label in fields.get("labels") or () if isinstance(fields, dict) else ():
                if label in marks:
                    yield Found(marks.pop(label), TicketRef(str(raw.get("id")), str(raw.get("key"))))

    def _searched(self, project: str, marks: Iterable[str]) -> list[dict[str, Any]]:
        question = jql.labelled(project, marks)
        if not self._discovery.cloud:
            answer = self._connection.get(
                "search", what="looking for a ticket", jql=question, fields="labels", maxResults=100
            )
        else:
            body = {"jql": question, "fields": ["labels"], "maxResults": 100}
            answer = self._connection.post("search/jql", body, what="looking for a ticket", safe=True)
        return answer.listing("issues")

    def _newest(self, project: str) -> list[dict[str, Any]]:
        """The database's own view of the newest keys: Cloud's index may lag minutes behind a creation."""
        if not self._discovery.cloud:
            return []
        newest = {
            "jql": f"project = {jql.quote(project)} ORDER BY key DESC",
            "fields": ["labels"],
            "maxResults": 1,
        }
        answer = self._connection.post("search/jql", newest, what="looking for a ticket", safe=True)
        last = next((str(raw.get("key")) for raw in answer.listing("issues")), f"{project}-0")
        number = int(last.rpartition("-")[2]) if last.rpartition("-")[2].isdecimal() else 0
        keys = [f"{project}-{n}" for n in range(max(1, number - _BEHIND + 1), number + _AHEAD + 1)]
        body = {"issueIdsOrKeys": keys[:100], "fields": ["labels"]}
        return self._connection.post("issue/bulkfetch", body, what="looking for a ticket", safe=True).listing(
            "issues"
        )

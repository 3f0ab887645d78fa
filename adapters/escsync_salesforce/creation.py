"""Creating records that are found again: the last line of each one's description is its key's mark."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from escsync.adapter import FIELDS, Ambiguous, Draft, FieldKind, Found, Rejected, TicketRef, TrackerError

from . import encode, ids, soql
from .answers import Refusal
from .connection import Connection
from .discovery import Discovery
from .search import Search

_MARKER = "escsync-key"
_SUBJECT = 255
_DESCRIPTION = 32000
_MOST = 2000
_WHAT = "creating a record"


def mark(key: str) -> str:
    """The line that carries *key*, which may hold anything."""
    return f"{_MARKER} {hashlib.sha256(key.encode(errors='backslashreplace')).hexdigest()[:20]}"


class Creation:
    """New cases, and the tasks beside them.

    A description cannot be searched by, so that what escsync created is listed and compared: there is little of it,
    and the list comes from the database at once. A field of its own would have to be set up in every org.
    """

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery

    def create(self, draft: Draft, also: Mapping[str, Any] | None = None) -> TicketRef:
        """Make the record: a case in scope, or a task on its parent. One whose fate is unknown is looked for first.

        *also* are further fields of the record, by API name.
        """
        kind, body = ("Case", self._case(draft)) if draft.parent is None else ("Task", self._task(draft))
        body = {**(also or {}), **body}
        try:
            answer = self._connection.post(f"sobjects/{kind}", body, what=_WHAT, safe=False, refused=(400,))
        except Ambiguous:
            found = next((one.ref for one in self.find([draft.key])), None)
            if found is None:
                raise
            return found
        if not answer.ok:
            raise self._refusal(Refusal.of(answer.body))
        native = ids.long(answer.mapping().get("id"))
        if not native:
            raise Ambiguous(f"{_WHAT}: Salesforce does not say which record it made")
        return TicketRef(native, self._number(native) if kind == "Case" else "")

    def _case(self, draft: Draft) -> dict[str, Any]:
        schema = self._discovery.schema
        body: dict[str, Any] = {}
        for name, value in draft.values.items():
            for column in schema.columns.get(name, ())[:1]:
                if (
                    FIELDS[name].kind is FieldKind.STAGE
                    or value is None
                    or not (column.own and column.writable)
                ):
                    continue
                if name == "summary" and isinstance(value, str):
                    value = value.strip()[:_SUBJECT]
                body[column.name] = encode.field(name, column, value, schema)
        if schema.record_type:
            body["RecordTypeId"] = schema.record_type
        if schema.flag is not None:
            body[schema.flag.name] = True
        body["Description"] = _marked(body.get("Description"), draft.key)
        return body

    def _task(self, draft: Draft) -> dict[str, Any]:
        parent = ids.long(draft.parent.id) if draft.parent is not None else ""
        if not parent:
            raise Rejected("the ticket that the task is for is no case of Salesforce")
        body: dict[str, Any] = {
            "WhatId": parent,
            "Subject": str(draft.values.get("summary") or "Follow-up").strip()[:_SUBJECT],
            "Description": _marked(draft.values.get("description"), draft.key),
        }
        for name in ("follow_up.scheduled_for", "follow_up_due_at", "due_at"):
            if (day := _day(draft.values.get(name), self._discovery)) is not None:
                body["ActivityDate"] = day
                break
        owner = draft.values.get("owner")
        if isinstance(owner, tuple) and owner and (native := ids.long(getattr(owner[0], "id", ""))):
            body["OwnerId"] = native
        return body

    def _number(self, native: str) -> str:
        """What people call the new case; without it, it is still known by its id."""
        try:
            row = self._connection.get(f"sobjects/Case/{native}", what=_WHAT, fields="CaseNumber").mapping()
        except TrackerError:
            return ""
        return str(row.get("CaseNumber") or "")

    def _refusal(self, refusal: Refusal) -> Rejected:
        ours = {c.name: name for name, some in self._discovery.schema.columns.items() for c in some if c.own}
        named = next((ours[one] for one in refusal.fields if one in ours), "")
        return Rejected(f"{_WHAT}: refused: {refusal.why()}"[:200], field=named)

    def find(self, keys: Sequence[str]) -> Iterator[Found]:
        """Which of these exist? All that escsync's account created is looked through, the newest first."""
        marks = {mark(key): key for key in keys}
        if not marks:
            return
        search = Search(self._connection, self._discovery)
        mine = f"CreatedById = {soql.quote(self._discovery.schema.me)} ORDER BY CreatedDate DESC, Id LIMIT {_MOST}"
        questions = {
            "Case": search.plain(f"SELECT Id, CaseNumber, Description FROM Case WHERE {mine}"),
            "Task": search.plain(f"SELECT Id, Description FROM Task WHERE {mine}"),
        }
        answers = search.answers(questions, optional=("Task",))
        for name, answer in answers.items():
            for page in search.pages(answer, questions[name]):
                for row in page:
                    last = str(row.get("Description") or "").rstrip().rpartition("\n")[2].strip()
                    if last in marks:
                        ref = TicketRef(ids.long(row.get("Id")), str(row.get("CaseNumber") or ""))
                        yield Found(marks.pop(last), ref)
                if not marks:
                    return


def _marked(text: object, key: str) -> str:
    line = mark(key)
    told = text.strip()[: _DESCRIPTION - len(line) - 2] if isinstance(text, str) else ""
    return f"{told}\n\n{line}".strip()


def _day(value: object, discovery: Discovery) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(discovery.schema.zone).date().isoformat()
    return value.isoformat() if isinstance(value, date) else None

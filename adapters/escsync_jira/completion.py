"""Making tickets whole: the changelogs and comments that did not come along with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from escsync.adapter import Unavailable

from . import codec
from .connection import Connection
from .discovery import Discovery
from .schema import Schema
from .search import PAGE, Raw

CHANGELOGS = 1000
"""So many tickets' changelogs are fetched by one call."""
_NEW_KEY = re.compile(r"JIRAUSER\d+")
"""A user key that is not the login name; older users have their login name for a key."""


class Completion:
    """What is fetched beside the tickets themselves."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery

    def changelogs(self, ids: Sequence[str]) -> dict[str, list[Raw]]:
        """The whole changelogs of many tickets on Cloud; one's histories may be spread over pages."""
        found: dict[str, list[Raw]] = {}
        wanted = list(dict.fromkeys(ids))
        for at in range(0, len(wanted), CHANGELOGS):
            body: Raw = {"issueIdsOrKeys": wanted[at : at + CHANGELOGS], "maxResults": 10_000}
            tokens: set[str] = set()
            while True:
                answer = self._connection.post(
                    "changelog/bulkfetch", body, what="reading changelogs", safe=True
                )
                for one in answer.listing("issueChangeLogs"):
                    told = one.get("changeHistories")
                    found.setdefault(str(one.get("issueId")), []).extend(
                        told if isinstance(told, list) else []
                    )
                token = answer.mapping().get("nextPageToken")
                if not isinstance(token, str) or not token:
                    break
                if token in tokens:
                    raise Unavailable("reading changelogs: Jira hands out the same page again and again")
                tokens.add(token)
                body["nextPageToken"] = token
        return found

    def changelog(self, raw: Raw) -> list[Raw] | None:
        """One ticket's whole changelog, from a server that leaves changelogs out of its search."""
        answer = self._connection.get(
            f"issue/{raw.get('key')}", what="reading a changelog", fields="updated", expand="changelog"
        )
        return embedded(answer.mapping())

    def comments(self, raw: Raw, schema: Schema) -> list[Raw]:
        """A ticket's comments: those that came along, where they are all and it is known who sees them."""
        fields = raw["fields"]
        told = fields.get("comment")
        some = told.get("comments") if isinstance(told, dict) else None
        if told is None and not schema.cloud:
            self._discovery.remember("partial", True)
        if isinstance(some, list):
            comments = [one for one in some if isinstance(one, dict)]
            if len(some) >= _number(told.get("total")) and not _unclear(comments, fields, schema):
                return comments
        return self._all_comments(self._discovery.address(codec.reference(raw)))

    def _all_comments(self, ticket: str) -> list[Raw]:
        comments: list[Raw] = []
        while True:
            answer = self._connection.get(
                f"issue/{ticket}/comment",
                what="reading comments",
                startAt=len(comments),
                maxResults=PAGE,
                orderBy="created",
                expand="properties",
                refused=(403,),
            )
            if answer.status == 403:
                raise codec.Unintelligible("escsync's account may not read its comments")
            page = answer.listing("comments")
            comments += page
            if not page or len(comments) >= _number(answer.mapping().get("total")):
                return comments

    def people(self, page: Sequence[Raw], schema: Schema) -> None:
        """Learn whom the user keys in a Data Center's changelogs belong to."""
        for key in sorted({key for raw in page for key in _keys(raw, schema)} - schema.logins.keys()):
            answer = self._connection.get("user", what="asking for a user", key=key, refused=(403, 404))
            schema.logins[key] = schema.person(answer.mapping()).id if answer.status == 200 else key


def embedded(raw: Mapping[str, Any]) -> list[Raw] | None:
    """The histories that came along with a ticket; None where none were told."""
    told = raw.get("changelog")
    histories = told.get("histories", told.get("values")) if isinstance(told, dict) else None
    return [one for one in histories if isinstance(one, dict)] if isinstance(histories, list) else None


def is_cut(raw: Mapping[str, Any]) -> bool:
    """Does the changelog that came along lack something?"""
    told, histories = raw.get("changelog"), embedded(raw)
    if histories is None or not isinstance(told, dict):
        return True
    return _number(told.get("total")) > len(histories)


def _keys(raw: Raw, schema: Schema) -> Iterator[str]:
    users = {
        told
        for some in schema.columns.values()
        for column in some
        if "user" in (column.type, column.items)
        for told in (column.id, column.name)
    }
    for history in embedded(raw) or ():
        items = history.get("items")
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and users & {str(item.get("fieldId")), str(item.get("field"))}:
                for side in (item.get("from"), item.get("to")):
                    yield from _NEW_KEY.findall(side) if isinstance(side, str) else ()


def _unclear(comments: Sequence[Raw], fields: Mapping[str, Any], schema: Schema) -> bool:
    """Only a service desk has customers, and only the comment's own endpoint tells there who sees it."""
    return codec.service_desk(fields, schema) and any(
        "jsdPublic" not in comment and "properties" not in comment for comment in comments
    )


def _number(raw: object) -> int:
    return raw if isinstance(raw, int) else 0

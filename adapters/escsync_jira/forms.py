"""Projects, their issue types, forms and statuses, as Jira tells them at this moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote

from . import jql
from . import schema as looks
from .connection import Connection
from .schema import Column
from .settings import JiraScope

Raw: TypeAlias = dict[str, Any]

_PAGE = 100
_MISSING = (400, 403, 404, 405)
"""How a Jira says that it does not offer something, or not to this account."""


class Forms:
    """What people see of a project when they make or edit a ticket; nothing is kept."""

    def __init__(self, connection: Connection, *, cloud: bool) -> None:
        self._connection = connection
        self.cloud = cloud

    def projects(self) -> Iterator[Raw]:
        """Every project that the account may see."""
        what = "reading the projects"
        if self.cloud:
            yield from paged(self._connection, "project/search", what=what, expand="issueTypes")
        else:
            yield from self._connection.get("project", what=what).listing()

    def project(self, key: str) -> Raw | None:
        """One project with its issue types; None where there is none, or none to be seen."""
        answer = self._connection.get(_project(key), what=f"reading the project {key}", refused=(404,))
        return answer.mapping() if answer.status != 404 else None

    def form(self, key: str, kind: str) -> dict[str, Raw]:
        """What the form of a new ticket of the type with the id *kind* shows, by field; empty where it is not told."""
        path = f"issue/createmeta/{quote(key, safe='')}/issuetypes/{kind}"
        what = "looking at the form of a new ticket"
        told = list(paged(self._connection, path, what=what, key="fields", refused=_MISSING))
        if told or self.cloud:
            return {str(one.get("fieldId") or one.get("key")): one for one in told}
        return self._old_form(key, kind)

    def _old_form(self, key: str, kind: str) -> dict[str, Raw]:
        """The same from servers before 8.4, and look-alikes."""
        answer = self._connection.get(
            "issue/createmeta",
            what="looking at the form of a new ticket",
            refused=_MISSING,
            projectKeys=key,
            issuetypeIds=kind,
            expand="projects.issuetypes.fields",
        )
        for project in entries(answer.body, "projects"):
            for one in entries(project, "issuetypes"):
                fields = one.get("fields")
                if str(one.get("id")) == kind and isinstance(fields, dict):
                    return _metas(fields)
        return {}

    def edited(self, scope: JiraScope) -> dict[str, Raw] | None:
        """What can be edited, told by a ticket in scope; None where there is none to ask about."""
        found = next(iter(self.tickets(scope, most=1)), None)
        if found is None:
            return None
        # By the key: look-alikes of Jira know no other name.
        meta = self._connection.get(
            f"issue/{found.get('key')}/editmeta", what="looking at the edit screen", refused=_MISSING
        )
        fields = meta.body.get("fields") if isinstance(meta.body, dict) else None
        return _metas(fields) if isinstance(fields, dict) else None

    def tickets(self, scope: JiraScope, *, most: int) -> list[Raw]:
        """Some tickets in scope, with their status; none where Jira does not understand the scope, which others say."""
        what, question = "looking for a ticket in scope", jql.within(scope)
        if self.cloud:
            body = {"jql": question, "fields": ["status"], "maxResults": most}
            answer = self._connection.post("search/jql", body, what=what, safe=True, refused=(400,))
        else:
            answer = self._connection.get(
                "search", what=what, refused=(400,), jql=question, maxResults=most, fields="status"
            )
        return answer.listing("issues") if answer.status != 400 else []

    def statuses(self, key: str, kind: str = "") -> list[Raw] | None:
        """The statuses of a project, of one of its types where that is named; None where it is not told."""
        answer = self._connection.get(
            f"{_project(key)}/statuses", what="reading the project's statuses", refused=(404,)
        )
        if answer.status == 404:
            return None
        kinds = answer.listing()
        chosen = [one for one in kinds if called(one, kind)] or kinds
        found = {str(one.get("id")): one for some in chosen for one in entries(some, "statuses")}
        return list(found.values())

    def fields(self, project: Mapping[str, Any] | None) -> list[Column]:
        """Every field of this Jira that the account may see and the project may use."""
        listed = self._connection.get("field", what="reading the list of fields").listing()
        return looks.listed(listed, str((project or {}).get("id") or ""))


def kinds(project: Mapping[str, Any]) -> list[Raw]:
    """The issue types of a project, without those of sub-tasks."""
    return [one for one in entries(project, "issueTypes") if one.get("subtask") is not True]


def called(one: Mapping[str, Any], wanted: str) -> bool:
    """Is this the thing with the id or the name *wanted*?"""
    folded = wanted.strip().casefold()
    return bool(folded) and folded in (str(one.get("id")), str(one.get("name") or "").strip().casefold())


def team_managed(project: Mapping[str, Any]) -> bool:
    """Are its fields and screens its own, and out of an administrator's reach over REST?"""
    return project.get("simplified") is True or project.get("style") == "next-gen"


def entries(body: object, key: str) -> list[Raw]:
    """The JSON objects of a list in an answer; Cloud and Data Center give that list different names."""
    told = body.get(key, body.get("values")) if isinstance(body, dict) else None
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def paged(
    connection: Connection,
    path: str,
    *,
    what: str,
    key: str = "values",
    refused: Collection[int] = (),
    **params: Any,
) -> Iterator[Raw]:
    """All pages of a list with offsets; nothing where it is not told."""
    for rows in _pages(connection, path, what, key, refused, params):
        yield from rows or ()


def whole(
    connection: Connection, path: str, *, what: str, refused: Collection[int] = (), **params: Any
) -> list[Raw] | None:
    """The same as one, where no list and an empty one are not the same: None where it is not told to its end."""
    pages = list(_pages(connection, path, what, "values", refused, params))
    return None if None in pages else [one for rows in pages for one in rows or ()]


def _pages(
    connection: Connection, path: str, what: str, key: str, refused: Collection[int], params: Raw
) -> Iterator[list[Raw] | None]:
    at = 0
    while True:
        answer = connection.get(path, what=what, refused=refused, startAt=at, maxResults=_PAGE, **params)
        body = answer.body if isinstance(answer.body, dict) else {}
        if answer.status >= 300 or not isinstance(body.get(key, body.get("values")), list):
            yield None
            return
        rows = entries(body, key)
        yield rows
        at += len(rows)
        total = body.get("total")
        if not rows or body.get("isLast") is True or (isinstance(total, int) and at >= total):
            return


def _metas(fields: Mapping[str, Any]) -> dict[str, Raw]:
    """What a form tells of each field that it shows; what is no JSON object tells nothing more."""
    return {str(id): dict(meta) if isinstance(meta, dict) else {} for id, meta in fields.items()}


def _project(key: str) -> str:
    return f"project/{quote(key, safe='')}"

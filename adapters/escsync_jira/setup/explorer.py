"""The explorer: what a Jira has to offer, before anything is mapped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.offers import Available, Place, Shape, Step

from .. import schema as looks
from ..connection import Connection
from ..forms import Forms, Raw, called, entries, kinds, team_managed
from ..inquiry import deployment_of
from ..process import read as read_process
from ..schema import Column
from ..settings import Deployment, JiraConnection
from . import blueprint

_LIKELY = ("escal", "eskal", "exec", "vip", "critical", "incident", "support")
_MOST_ASKED = 25
"""Data Center tells a project's issue types one project at a time: so many are asked for."""
_SYSTEM = ("duedate", "reporter", "labels")
"""Fields of every Jira that may hold something of ours; the native ones need no mapping."""
_CATEGORIES = {"new": 0, "undefined": 0, "indeterminate": 1, "done": 2}


class JiraExplorer:
    """A connection without a mapping."""

    def __init__(self, connection: Connection, settings: JiraConnection) -> None:
        self._connection = connection
        deployment = settings.known or deployment_of(connection, settings)
        connection.api = "3" if deployment == Deployment.CLOUD else "2"
        self._forms = Forms(connection, cloud=deployment == Deployment.CLOUD)

    def places(self) -> Iterator[Place]:
        """Every issue type of every project, those that sound like escalations first."""
        found: list[Place] = []
        projects = sorted(self._forms.projects(), key=_likelihood)
        for number, listed in enumerate(projects):
            project = listed
            if not entries(listed, "issueTypes") and number < _MOST_ASKED:
                project = self._forms.project(str(listed.get("key"))) or listed
            found += _places(project)
        yield from sorted(found, key=lambda place: _rank(str(place.scope.get("issue_type", ""))))

    def shape(self, place: Place) -> Shape:
        """The fields and statuses of one issue type."""
        key, wanted = str(place.scope.get("project", "")), str(place.scope.get("issue_type", ""))
        project = self._forms.project(key) or {}
        kind = next((one for one in kinds(project) if called(one, wanted)), {})
        form = self._forms.form(key, str(kind.get("id"))) if kind else {}
        notes = []
        if team_managed(project):
            notes.append(
                "The project is team-managed: fields are made by hand in its settings; `escsync provision` says which."
            )
        if kind and not form:
            notes.append(
                "Jira does not show the form of a new ticket to this account, and so no options: may it create issues?"
            )
        fields = [
            one for column in self._forms.fields(project) for one in _available(column, form.get(column.id))
        ]
        return Shape(tuple(fields), tuple(self._steps(project, kind)), tuple(notes))

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _steps(self, project: Mapping[str, Any], kind: Mapping[str, Any]) -> Iterator[Step]:
        key = str(project.get("key") or "")
        statuses = (self._forms.statuses(key, str(kind.get("id") or "")) if key else None) or []
        picture = None
        if self._forms.cloud and kind:
            picture = read_process(self._connection, str(project.get("id")), str(kind.get("id")))
        far = picture.distances() if picture else {}
        ordered = sorted(
            enumerate(statuses),
            key=lambda one: (_category(one[1]), far.get(str(one[1].get("id")), len(far)), one[0]),
        )
        initial = picture.initial if picture else next((str(s.get("id")) for _, s in ordered), "")
        # Of several statuses of one name only the id tells them apart.
        names = [str(one.get("name")) for one in statuses]
        for order, (_, status) in enumerate(ordered):
            id, name = str(status.get("id")), str(status.get("name") or "")
            spelling = name if names.count(name) == 1 and name == name.strip() else id
            yield Step(spelling, name, _category(status) == _CATEGORIES["done"], id == initial, order)


def _places(project: Raw) -> Iterator[Place]:
    key, name = str(project.get("key") or ""), str(project.get("name") or "")
    manner = ("team-managed" if team_managed(project) else "company-managed") if "style" in project else ""
    sort = {"service_desk": "service", "business": "business"}.get(
        str(project.get("projectTypeKey")), "software"
    )
    kind = f"{manner} {sort} project".strip()
    types = [one for one in kinds(project) if one.get("hierarchyLevel", 0) == 0 and one.get("name") != "Epic"]
    for one in types:
        scope = {"project": key, "issue_type": str(one.get("name") or one.get("id"))}
        yield Place(f"{key}/{one.get('id')}", f"{name} ({key}): {scope['issue_type']}", scope, kind)
    if not types:
        yield Place(key, f"{name} ({key})", {"project": key}, kind)


def _available(column: Column, meta: Mapping[str, Any] | None) -> Iterator[Available]:
    if not column.id.startswith("customfield_") and column.id not in _SYSTEM:
        return
    fitting = blueprint.kinds(column)
    options = looks.options(meta) or {}
    yield Available(column.id, column.name, column.form, fitting, options, meta is not None)
    if column.custom.endswith(":multicheckboxes"):
        for name in options.values():
            spelling = f"{column.id}#{name}"
            yield Available(spelling, name, f"box of {column.name}", blueprint.BOX, {}, True)


def _likelihood(project: Mapping[str, Any]) -> tuple[int, str]:
    key = str(project.get("key") or "")
    return _rank(f"{key} {project.get('name')}"), key


def _rank(name: str) -> int:
    folded = name.casefold()
    return next((at for at, word in enumerate(_LIKELY) if word in folded), len(_LIKELY))


def _category(status: Mapping[str, Any]) -> int:
    told = status.get("statusCategory")
    return _CATEGORIES.get(str(told.get("key")) if isinstance(told, dict) else "", 1)

"""The ground on which provisioning builds: one project and issue type as they are, and what may be done there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from escsync.adapter import Denied, Rejected, Vanished
from escsync.web import tidy

from .. import schema as looks
from ..connection import Connection
from ..forms import Forms, Raw, called, entries, kinds, team_managed, whole
from ..nearness import project_meant
from ..schema import Column
from ..settings import JiraScope
from . import blueprint
from .clicks import Clicks
from .contexts import Contexts
from .screens import Screens

LOOKING = "looking for the fields that escsync made"
_REFUSED = (400, 403, 404, 405)
UNGRANTED = "escsync's account lacks the global permission Administer Jira"


@dataclass(frozen=True, slots=True)
class Ground:
    """*admin*: may fields be made here? *why*: what stands against it. *marks*: our field -> the field made for it."""

    cloud: bool
    project: Raw
    kind: Raw
    statuses: Mapping[str, str] | None
    """Those of the issue type, id -> name; None where they are not told."""
    columns: tuple[Column, ...]
    marks: Mapping[str, str]
    shown: Mapping[str, Mapping[str, Any]]
    """What the forms of a ticket show, by the id of a field."""
    clicks: Clicks
    screens: Screens | None = None
    contexts: Contexts | None = None
    admin: bool = False
    why: str = ""
    granting: bool = False
    """Would a right put that right?"""

    @property
    def team(self) -> bool:
        """Is it a project whose fields are its own?"""
        return self.clicks.team

    @property
    def key(self) -> str:
        """The project's key."""
        return str(self.project.get("key") or "")


def look(connection: Connection, scope: JiraScope, *, cloud: bool) -> Ground:
    """The ground as it is now."""
    forms = Forms(connection, cloud=cloud)
    project = forms.project(scope.project) if scope.project else None
    if project is None:
        raise Rejected(
            f"the project {scope.project!r} does not exist, or escsync's account may not see it"
            if scope.project
            else "scope.project names no project, so there is nowhere to make fields",
            remedy=project_meant(
                forms, scope.project, "create the project in Jira, or correct scope.project"
            ),
        )
    key = str(project.get("key") or scope.project)
    meant = [one for one in entries(project, "issueTypes") if called(one, scope.issue_type)]
    chosen = meant if scope.issue_type else kinds(project)
    # Where no type is named, all are meant: the first stands for them where only one can be asked about.
    kind = chosen[0] if chosen else {}
    kind_id = str(kind.get("id") or "")
    shown = {**(forms.form(key, kind_id) if kind else {}), **((forms.edited(scope) or {}) if kind else {})}
    told = forms.statuses(key, kind_id if scope.issue_type else "") if kind else None
    team = team_managed(project)
    admin, why = administers(connection)
    screens = contexts = None
    if admin and not team:
        try:
            if cloud:
                types = [str(one.get("id")) for one in chosen]
                screens = Screens.on_cloud(connection, str(project.get("id")), types)
                contexts = Contexts(connection, str(project.get("id")), kind_id)
            else:
                screens = Screens.on_server(connection, key)
        except (Denied, Vanished, Rejected) as error:
            admin, why = False, f"Jira does not let its screens be looked at: {error.message}"
    return Ground(
        cloud=cloud,
        project=project,
        kind=kind,
        statuses=None if told is None else {str(one.get("id")): str(one.get("name") or "") for one in told},
        columns=tuple(forms.fields(project)),
        # Should two runs have met, the older field is the one.
        marks={
            name: str(one.get("id")) for name, one in reversed(marked(connection, key, cloud=cloud) or [])
        },
        shown=shown,
        clicks=Clicks(cloud, team, key, tidy(_named(kind, scope))),
        screens=screens,
        contexts=contexts,
        admin=admin and not team,
        why=why,
        granting=why == UNGRANTED,
    )


def _named(kind: Raw, scope: JiraScope) -> str:
    return str(kind.get("name") or scope.issue_type) if scope.issue_type else "every issue type"


def marked(
    connection: Connection, project: str, *, cloud: bool, name: str = "", label: str = ""
) -> list[tuple[str, Raw]] | None:
    """The fields that carry our mark for a project, the oldest first: our field, and Jira's record of it.

    None where Jira does not list its fields with what stands below them. *name* asks for one alone, of which people may see *label*.
    """
    if cloud:
        query = f"escsync:{name}"
        asked = {"type": "custom", "query": query, "expand": "screensCount"}
        found = whole(connection, "field/search", what=LOOKING, refused=_REFUSED, **asked)
    else:
        narrow = {"search": label} if label else {}
        found = whole(connection, "customFields", what=LOOKING, refused=_REFUSED, **narrow)
    if found is None:
        return None
    named = [(blueprint.marked(one.get("description"), project), one) for one in found]
    ours = [(one, raw) for one, raw in named if one and (not name or one == name)]
    return sorted(ours, key=lambda pair: number(pair[1]))


def number(raw: Raw) -> int:
    """A custom field's place in the order in which they were made."""
    digits = str(raw.get("id") or "").removeprefix("customfield_")
    return int(digits) if digits.isdecimal() else 0


def server_options(connection: Connection, field: str) -> dict[str, str] | None:
    """A Data Center field's options, where its forms do not show it; None where that is not told."""
    answer = connection.get(
        f"customFields/{field}/options", what="reading a field's options", refused=_REFUSED, maxResults=1000
    )
    told = entries(answer.body, "options")
    return looks.options({"allowedValues": told}) if answer.status < 300 else None


def administers(connection: Connection) -> tuple[bool, str]:
    """May fields be made and taken back here, and what stands against it."""
    answer = connection.get(
        "mypermissions", what="asking for permissions", refused=(400, 403, 404), permissions="ADMINISTER"
    )
    told = answer.body.get("permissions") if isinstance(answer.body, dict) else None
    one = told.get("ADMINISTER") if isinstance(told, dict) else None
    if not isinstance(one, dict):
        return False, "this Jira does not let itself be set up over REST"
    if one.get("havePermission") is not True:
        return False, UNGRANTED
    return True, ""

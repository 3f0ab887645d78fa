"""The questions that a new connection puts to Jira once a day: who am I, what fields, statuses and project are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from escsync.adapter import Denied, Vanished, Vocabulary

from . import schema as looks
from .connection import Connection
from .forms import Forms
from .nearness import project_meant
from .settings import Deployment, JiraConnection, JiraSettings


def deployment_of(connection: Connection, settings: JiraConnection) -> str:
    """Which Jira it is, by its own word; where it says nothing, by how escsync signs in."""
    answer = connection.get("serverInfo", what="asking what Jira this is", refused=(401, 403, 404))
    told = answer.body.get("deploymentType") if isinstance(answer.body, dict) else None
    if settings.email and (answer.status == 401 or told not in (None, "Cloud")):
        raise Denied(
            "Jira does not accept this e-mail address with this token",
            remedy="on Data Center (your own server) leave connection.email out, its token stands alone; on Cloud check both",
        )
    if told is None:
        return Deployment.CLOUD if settings.email else Deployment.DATACENTER
    return Deployment.CLOUD if told == "Cloud" else Deployment.DATACENTER


class Inquiry:
    """One round of questions."""

    def __init__(self, connection: Connection, settings: JiraSettings, *, cloud: bool) -> None:
        self._connection = connection
        self._settings = settings
        self._cloud = cloud

    def everything(self, vocabulary: Vocabulary) -> dict[str, Any]:
        """The answers, as plain JSON; of the fields only those that the configuration names."""
        me = self._myself()
        project = self._project()
        listed = self._connection.get("field", what="reading the list of fields").listing()
        every = looks.listed(listed, project.get("id", ""))
        statuses = self._statuses()
        names = {looks.parted(one)[0] for some in looks.spelled(vocabulary).values() for one in some}
        return {
            "deployment": Deployment.CLOUD.value if self._cloud else Deployment.DATACENTER.value,
            "me": me,
            "columns": {name: [c.plain() for c in looks.matching(name, every)] for name in sorted(names)},
            "statuses": {
                str(one.get("id")): [str(one.get("name") or ""), _category(one)]
                for one in statuses
                if one.get("id")
            },
            "project": project,
            "site": self._site(),
        }

    def _statuses(self) -> list[dict[str, Any]]:
        """Every status of this Jira, or where it does not list them so, every one of the project."""
        refused = (404,) if self._settings.scope.project else ()
        answer = self._connection.get("status", what="reading the list of statuses", refused=refused)
        if answer.status != 404:
            return answer.listing()
        path = f"{self._path()}/statuses"
        kinds = self._connection.get(path, what="reading the project's statuses").listing()
        return [one for kind in kinds for one in kind.get("statuses") or () if isinstance(one, dict)]

    def _path(self) -> str:
        return f"project/{quote(self._settings.scope.project, safe='')}"

    def _myself(self) -> dict[str, str]:
        try:
            raw = self._connection.get("myself", what="signing in").mapping()
        except Vanished:
            raise Denied(
                f"there is no Jira at {self._settings.connection.url} (404)",
                remedy="check connection.url; a Data Center may have a context path such as /jira",
            ) from None
        native = raw.get("accountId") if self._cloud else raw.get("name")
        if not isinstance(native, str) or not native:
            raise Denied(
                "signing in: Jira does not say who escsync is; it was let in as a visitor",
                remedy="check the credentials, and connection.deployment",
            )
        return {
            "id": native,
            "name": str(raw.get("displayName") or ""),
            "zone": str(raw.get("timeZone") or ""),
        }

    def _site(self) -> str:
        """Where people read tickets: not at the gateway's address."""
        if not self._settings.connection.gateway:
            return ""
        told = self._connection.get("serverInfo", what="asking for the site's address").mapping()
        return str(told.get("baseUrl") or "").rstrip("/")

    def _project(self) -> dict[str, str]:
        key = self._settings.scope.project
        if not key:
            return {}
        what = f"reading the project {key}"
        try:
            raw = self._connection.get(self._path(), what=what).mapping()
        except Vanished:
            # A gateway may let through no more than the project's statuses: then the project is there.
            if self._connection.get(f"{self._path()}/statuses", what=what, refused=(404,)).status != 404:
                return {"id": "", "key": key, "name": "", "type": "", "subtask": ""}
            forms = Forms(self._connection, cloud=self._cloud)
            raise Denied(
                f"the project {key} does not exist, or escsync's account may not see it",
                remedy=project_meant(
                    forms, key, "check scope.project, and the account's permission to browse it"
                ),
            ) from None
        types = raw.get("issueTypes")
        parts = [one for one in types if isinstance(one, dict)] if isinstance(types, list) else []
        subtask = next((str(one.get("id")) for one in parts if one.get("subtask") is True), "")
        told = {name: str(raw.get(name) or "") for name in ("id", "key", "name")}
        return {**told, "type": str(raw.get("projectTypeKey") or ""), "subtask": subtask}


def _category(status: Mapping[str, Any]) -> str:
    category = status.get("statusCategory")
    return str(category.get("key") or "") if isinstance(category, dict) else ""

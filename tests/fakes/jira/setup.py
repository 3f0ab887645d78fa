"""What a site is made of, over REST: the account, fields, statuses, projects, people, screens."""

from __future__ import annotations

from typing import Any

from fakes.http import Reply, Request

from .accept import Refused
from .issue import READ_ONLY
from .rest import Rest, route
from .schema import User


class SetupRoutes(Rest):
    """Everything that is asked once and kept."""

    @route("GET", "/myself")
    def myself(self, request: Request) -> Reply:
        told = self.render.user(self.world.me)
        assert told is not None
        return Reply(200, told | {"locale": "en_US"} | ({} if self.cloud else {"deleted": False}))

    @route("GET", "/serverInfo")
    def server_info(self, request: Request) -> Reply:
        numbers = [1001, 0, 0] if self.cloud else [9, 12, 4]
        told = {
            "baseUrl": self.render.api.split("/rest/")[0],
            "version": ".".join(map(str, numbers)),
            "versionNumbers": numbers,
            "deploymentType": "Cloud" if self.cloud else "Server",
            "buildNumber": 100275,
            "serverTime": self.render.instant(self.world.clock.now()),
            "serverTitle": "Jira",
        }
        return Reply(200, told)

    @route("GET", "/field")
    def list_fields(self, request: Request) -> Reply:
        told = []
        for field in self.world.fields.values():
            custom = field.custom is not None
            names = [f"cf[{field.id[12:]}]", field.name] if custom else [field.id]
            told.append(
                {"id": field.id, "name": field.name, "custom": custom, "orderable": True}
                | {"navigable": True, "searchable": True, "clauseNames": names, "schema": field.schema}
                | ({"key": field.id} if self.cloud else {})
                | ({"scope": {"type": "PROJECT", "project": {"id": field.scope}}} if field.scope else {})
            )
        return Reply(200, told)

    @route("GET", "/status")
    def list_statuses(self, request: Request) -> Reply:
        return Reply(200, [self.render.status(status_id) for status_id in self.world.statuses])

    @route("GET", "/priority")
    def list_priorities(self, request: Request) -> Reply:
        told = [{"id": o.id, "name": o.value, "self": self.render.api} for o in self.world.priorities]
        return Reply(200, told)

    @route("GET", "/project/{key}")
    def get_project(self, request: Request, key: str) -> Reply:
        project = self.project(key)
        types = [self.render.type(project, type_id) for type_id in project.types]
        return Reply(200, self.render.project(project) | {"issueTypes": types})

    @route("GET", "/project/{key}/statuses")
    def project_statuses(self, request: Request, key: str) -> Reply:
        project = self.project(key)
        own = self.world.statuses if project.statuses is None else project.statuses
        statuses = [self.render.status(status_id) for status_id in own]
        told = []
        for type_id in project.types:
            kind = self.render.type(project, type_id)
            kind.pop("description")
            told.append(kind | {"statuses": statuses})
        return Reply(200, told)

    @route("GET", "/mypermissions")
    def permissions(self, request: Request) -> Reply:
        told = {}
        for number, key in enumerate(request.many("permissions")):
            one: dict[str, Any] = {"id": str(10 + number), "key": key, "name": key.title()}
            told[key] = one | {"type": "PROJECT", "description": "", "havePermission": self.world.may(key)}
        return Reply(200, {"permissions": told})

    @route("GET", "/issue/{id}/editmeta")
    def editmeta(self, request: Request, id: str) -> Reply:
        issue = self.issue(id)
        project = self.world.projects[issue.values["project"]]
        shown = self.world.arrangement.visible(project, issue.values["issuetype"], "edit") - READ_ONLY
        told = {n: self.meta(n, project=project.id) for n in self.world.fields if n in shown}
        return Reply(200, {"fields": told})

    @route("GET", "/issue/createmeta/{key}/issuetypes")
    def createmeta(self, request: Request, key: str) -> Reply:
        project = self.project(key)
        types = [self.render.type(project, type_id) for type_id in project.types]
        name = "issueTypes" if self.cloud else "values"
        return Reply(200, {"maxResults": 50, "startAt": 0, "total": len(types), name: types})

    @route("GET", "/issue/createmeta/{key}/issuetypes/{type_}")
    def createmeta_fields(self, request: Request, key: str, type_: str) -> Reply:
        project = self.project(key)
        off = READ_ONLY - {"issuetype", "project"}
        required = {"summary", "issuetype", "project", *project.required}
        visible = self.world.arrangement.visible(project, type_, "create")
        shown = [name for name in self.world.fields if name in visible and name not in off]
        start, size = request.number("startAt", 0), request.number("maxResults", 50)
        page = shown[start : start + size]
        told = [self.meta(n, n in required, project=project.id) | {"fieldId": n} for n in page]
        name = "fields" if self.cloud else "values"
        return Reply(200, {"maxResults": size, "startAt": start, "total": len(shown), name: told})

    # -- people

    def page(self, request: Request, users: list[User]) -> Reply:
        """A page is taken first and filtered after: fewer rows than asked for do not mean the end."""
        start = request.number("startAt", 0)
        size = request.number("maxResults", 50)
        told = [self.render.user(user.handle) for user in users[start : start + size]]
        return Reply(200, told)

    def matching(self, request: Request) -> list[User]:
        account = request.one("accountId")
        word = (request.one("query") or request.one("username")).casefold()
        if account:
            return [user for user in self.world.users.values() if user.account == account]
        everyone = word in {"", ".", "%"} if not self.cloud else not word
        return [
            user
            for user in self.world.users.values()
            if everyone or word in f"{user.handle} {user.name} {user.email}".casefold()
        ]

    @route("GET", "/user/search")
    def search_users(self, request: Request) -> Reply:
        if self.cloud and not {"query", "accountId", "property"} & set(request.query):
            raise Refused(400, "Either 'query' or 'accountId' parameter must be provided.")
        return self.page(request, self.matching(request))

    @route("GET", "/user/assignable/search")
    def assignable_users(self, request: Request) -> Reply:
        self.project(request.one("project") or self.issue(request.one("issueKey")).values["project"])
        allowed = self.world.assignable
        found = [
            user
            for user in self.matching(request)
            if user.active and user.kind != "customer" and (allowed is None or user.handle in allowed)
        ]
        return self.page(request, found)

    # -- properties of issues, and new issues

    @route("GET", "/issue/{id}/properties/{key}")
    def get_property(self, request: Request, id: str, key: str) -> Reply:
        issue = self.issue(id)
        if key not in issue.properties:
            raise Refused(404, f"The property {key} does not exist.")
        return Reply(200, {"key": key, "value": issue.properties[key]})

    @route("PUT", "/issue/{id}/properties/{key}")
    def put_property(self, request: Request, id: str, key: str) -> Reply:
        """No history, and `updated` stays."""
        issue = self.issue(id)
        self.writable()
        new = key not in issue.properties
        issue.properties[key] = request.body
        return Reply(201 if new else 200)

    @route("DELETE", "/issue/{id}")
    def delete(self, request: Request, id: str) -> Reply:
        issue = self.issue(id)
        self.writable()
        if not self.world.may("DELETE_ISSUES"):
            raise Refused(403, "You do not have permission to delete issues in this project.")
        issue.delete()
        return Reply(204)

    @route("POST", "/issue")
    def create(self, request: Request) -> Reply:
        self.writable()
        body = request.body if isinstance(request.body, dict) else {}
        fields = dict(body.get("fields") or {})
        told, kind = fields.pop("project", None) or {}, fields.pop("issuetype", None) or {}
        parent = fields.pop("parent", None)
        project = self.project(str(told.get("id") or told.get("key")))
        type_ = next(
            (i for i, n in project.types.items() if kind.get("id") == i or kind.get("name") == n), None
        )
        errors = {} if fields.get("summary") else {"summary": "You must specify a summary of the issue."}
        if type_ is None:
            errors["issuetype"] = "Specify a valid issue type"
        elif project.types[type_] == "Sub-task" and not parent:
            errors["issuetype"] = "Issue type is a sub-task but parent issue key or id not specified."
        if errors:
            raise Refused(400, errors=errors)
        visible = self.world.arrangement.visible(project, str(type_), "create")
        accepted = self.reader.details(body | {"fields": fields}, None, visible)
        lacking = [n for n in project.required if accepted.values.get(n) in (None, [])]
        if lacking:
            raise Refused(400, errors={n: f"{self.world.fields[n].name} is required." for n in lacking})
        issue = self.world.create(project.id, type_=str(type_), by=self.world.me)
        issue.values |= {name: value for name, value in accepted.values.items() if value not in (None, [])}
        if parent:
            issue.values["parent"] = self.issue(str(parent.get("id") or parent.get("key"))).key
        issue.properties |= {p["key"]: p["value"] for p in body.get("properties") or ()}
        return Reply(201, {"id": issue.id, "key": issue.key, "self": f"{self.render.api}/issue/{issue.id}"})

"""What Cloud and Data Center have in common: routes, rights, and the writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fakes.http import Reply, Request

from .accept import Accepted, Reader, Refused
from .issue import Comment, Issue
from .jql import JqlError
from .render import Renderer
from .schema import Project
from .world import JiraWorld

Handler = Callable[..., Reply]
GONE = "Issue does not exist or you do not have permission to see it."


def route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Mark a method as the handler of a path; `{name}` stands for one segment."""

    def mark(handler: Handler) -> Handler:
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        handler.routes = [*getattr(handler, "routes", []), (method, re.compile(expression))]  # type: ignore[attr-defined]
        return handler

    return mark


class Rest:
    """Subclasses say which dialect they are and add what only they have."""

    cloud = True
    root = "/rest/api/3"

    def __init__(self, world: JiraWorld, base: str, credentials: set[str]) -> None:
        self.world = world
        self.credentials = credentials
        self.render = Renderer(world, base, cloud=self.cloud)
        self.reader = Reader(world, cloud=self.cloud)
        self.service_notes = True
        self.routes = [
            (method, pattern, getattr(self, name))
            for name in dir(type(self))
            for method, pattern in getattr(getattr(type(self), name), "routes", ())
        ]

    # -- one request

    def handle(self, request: Request) -> Reply:
        if self.world.anonymous:
            return self.stranger(request)
        if request.headers.get("authorization") not in self.credentials:
            return Reply(
                401, raw=b"Client must be authenticated to access this resource.", content="text/plain"
            )
        try:
            return self.dispatch(request)
        except Refused as refusal:
            return Reply(refusal.status, refusal.body)
        except JqlError as error:
            return Reply(400, {"errorMessages": [str(error)], "errors": {}})

    def dispatch(self, request: Request) -> Reply:
        for method, pattern, handler in self.routes:
            match = pattern.fullmatch(request.path.removeprefix(self.root))
            if match and method == request.method and request.path.startswith(self.root):
                return handler(request, **match.groupdict())
        return Reply(404, {"message": "null for uri: " + request.path, "status-code": 404})

    def stranger(self, request: Request) -> Reply:
        """The credentials count for nothing, and nobody says so."""
        if request.path.endswith("/myself"):
            return Reply(
                401, raw=b"Client must be authenticated to access this resource.", content="text/plain"
            )
        if "/search" in request.path:
            return Reply(200, self.nothing())
        if request.path.endswith(("/field", "/status", "/serverInfo")):
            return self.dispatch(request)
        return Reply(404, {"errorMessages": [GONE], "errors": {}})

    def nothing(self) -> dict[str, Any]:
        return {"issues": [], "isLast": True}

    # -- looking up

    def issue(self, id_or_key: str) -> Issue:
        found = self.world.find(id_or_key)
        if found is None:
            raise Refused(404, GONE)
        return found

    def project(self, key: str) -> Project:
        for project in self.world.projects.values():
            if not self.world.blind and key.upper() in {project.id, project.key}:
                return project
        raise Refused(404, f"No project could be found with key '{key}'.")

    def service(self, issue: Issue) -> bool:
        return self.world.projects[issue.values["project"]].kind == "service_desk"

    def writable(self) -> None:
        if self.world.readonly:
            raise Refused(403, "You do not have permission to edit issues in this project.")

    def changelog(self, issue: Issue, limit: int | None) -> dict[str, Any]:
        """Cloud: the last *limit*, newest first. Data Center: all of them, oldest first."""
        histories = issue.histories if limit is None else issue.histories[::-1][:limit]
        told = [self.render.history(history) for history in histories]
        size = len(told) if limit is None else limit
        return {"startAt": 0, "maxResults": size, "total": len(issue.histories), "histories": told}

    def shown(
        self,
        issue: Issue,
        fields: list[str],
        *,
        comments: int | None,
        histories: int | None = None,
        changelog: bool = False,
        properties: list[str] = (),  # type: ignore[assignment]
    ) -> dict[str, Any]:
        """An issue as JSON, with the fields that were asked for."""
        self_ = f"{self.render.api}/issue/{issue.id}"
        told: dict[str, Any] = {"expand": "operations", "id": issue.id, "self": self_, "key": issue.key}
        wanted = self.wanted(fields)
        if wanted:
            told["fields"] = {
                name: self.comments(issue, comments)
                if name == "comment"
                else self.render.value(issue, self.world.fields[name])
                for name in wanted
            }
        if changelog:
            told["changelog"] = self.changelog(issue, histories)
        if properties:
            told["properties"] = {
                k: v for k, v in issue.properties.items() if k in properties or "*all" in properties
            }
        return told

    def wanted(self, fields: list[str]) -> list[str]:
        chosen: list[str] = []
        for name in fields:
            match name.lstrip("-"):
                case "*all":
                    chosen += list(self.world.fields)
                case "*navigable":
                    chosen += [known for known in self.world.fields if known != "comment"]
                case bare if name.startswith("-"):
                    chosen = [kept for kept in chosen if kept != bare]
                case bare if bare in self.world.fields:
                    chosen.append(bare)
        return list(dict.fromkeys(chosen))

    def comments(self, issue: Issue, limit: int | None) -> dict[str, Any]:
        """The comments inside an issue: only the first *limit* of them."""
        listed = issue.comments if limit is None else issue.comments[:limit]
        told = [self.render.comment(one, service=self.service(issue)) for one in listed]
        page = {"comments": told, "maxResults": len(told), "total": len(issue.comments), "startAt": 0}
        return page | {"self": f"{self.render.api}/issue/{issue.id}/comment"}

    # -- writing

    @route("PUT", "/issue/{id}")
    def edit(self, request: Request, id: str) -> Reply:
        issue = self.issue(id)
        self.writable()
        if not isinstance(request.body, dict) or not {"fields", "update", "properties"} & set(request.body):
            raise Refused(400, "one of 'fields' or 'update' required")
        self.perform(issue, self.reader.details(request.body, issue), request.body)
        return Reply(204)

    def perform(self, issue: Issue, accepted: Accepted, body: dict[str, Any]) -> None:
        """All of an accepted request, in one history."""
        for verb, raw in accepted.comments:
            if verb != "add":
                self.comment_of(issue, str(raw["id"]))
        issue.change(accepted.values, self.world.me, body.get("historyMetadata"))
        for verb, raw in accepted.comments:
            match verb:
                case "add":
                    self.say(issue, raw)
                case "edit":
                    self.rewrite(issue, self.comment_of(issue, str(raw["id"])), raw)
                case _:
                    issue.delete_comment(self.comment_of(issue, str(raw["id"])))
        issue.properties |= {p["key"]: p["value"] for p in body.get("properties") or ()}

    def say(self, issue: Issue, raw: dict[str, Any]) -> Comment:
        properties = {p["key"]: p["value"] for p in raw.get("properties") or ()}
        if not self.service_notes:
            properties.pop("sd.public.comment", None)
        text, adf = ("", raw["body"]) if self.cloud else (raw["body"], None)
        return issue.say(
            self.world.me, text, adf=adf, properties=properties, visibility=raw.get("visibility")
        )

    def rewrite(self, issue: Issue, comment: Comment, raw: dict[str, Any]) -> Comment:
        properties = {p["key"]: p["value"] for p in raw.get("properties") or ()}
        text = "" if self.cloud else raw["body"]
        return issue.rewrite(comment.id, text, raw["body"], self.world.me, properties)

    def comment_of(self, issue: Issue, comment_id: str) -> Comment:
        for comment in issue.comments:
            if str(comment.id) == comment_id:
                return comment
        raise Refused(404, f"Can not find a comment for the id: {comment_id}.")

    def administer(self) -> None:
        if not self.world.may("ADMINISTER"):
            raise Refused(403, "Only Jira administrators can access this resource.")

    def meta(self, name: str, required: bool = False, *, project: str = "") -> dict[str, Any]:
        """What editmeta, createmeta and transitions say of a field."""
        field = self.world.fields[name]
        told: dict[str, Any] = {
            "required": required,
            "schema": field.schema,
            "name": field.name,
            "key": name,
            "hasDefaultValue": False,
            "operations": ["add", "set", "remove"] if field.type == "array" else ["set"],
        }
        known = {"priority": self.world.priorities, "resolution": self.world.resolutions}.get(name)
        if known:
            told["allowedValues"] = [{"id": o.id, "name": o.value} for o in known]
        elif field.form in {"option", "array/option"}:
            options = self.world.arrangement.options(name, project)
            told["allowedValues"] = [{"id": o.id, "value": o.value} for o in options if not o.disabled]
        return told

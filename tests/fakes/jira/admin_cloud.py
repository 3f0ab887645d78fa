"""What administrators do over REST on Cloud alone: contexts and options, schemes, the trash, and the workflow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fakes.http import Reply, Request

from .accept import Refused
from .admin import AdminRoutes
from .arrangement import Context
from .rest import route
from .schema import Field, Project

_CATEGORIES = {"new": "TODO", "indeterminate": "IN_PROGRESS", "done": "DONE"}
MOST_OPTIONS = 1000


class CloudAdminRoutes(AdminRoutes):
    """*page_of* limits every page of a list with offsets."""

    page_of = 50

    def offsets(self, request: Request, rows: Sequence[Any]) -> Reply:
        start, size = request.number("startAt", 0), request.number("maxResults", 50)
        size = min(size, self.page_of)
        page = {"startAt": start, "maxResults": size, "total": len(rows)}
        return Reply(
            200, page | {"isLast": start + size >= len(rows), "values": list(rows[start : start + size])}
        )

    def classic(self, field_id: str) -> Field:
        self.administer()
        found = self.world.fields.get(field_id)
        if found is None or found.custom is None or found.scope:
            raise Refused(404, "The custom field was not found.")
        return found

    def context(self, field: Field, id: str) -> Context:
        found = next((one for one in field.contexts if one.id == id), None)
        if found is None:
            raise Refused(404, "The context was not found.")
        return found  # type: ignore[no-any-return]

    @route("GET", "/project/search")
    def every_project(self, request: Request) -> Reply:
        rows = [] if self.world.blind else list(self.world.projects.values())
        full = "issueTypes" in request.one("expand")
        return self.offsets(request, [self._project(one, full) for one in rows])

    def _project(self, project: Project, full: bool) -> dict[str, Any]:
        types = [self.render.type(project, type_id) for type_id in project.types]
        return self.render.project(project) | ({"issueTypes": types} if full else {})

    # -- fields

    @route("GET", "/field/search")
    def search_fields(self, request: Request) -> Reply:
        """Fields of company-managed projects, with their descriptions."""
        word, custom = request.one("query").casefold(), request.many("type") == ["custom"]
        counted = "screensCount" in request.one("expand")
        rows = [
            {"id": f.id, "key": f.id, "name": f.name, "schema": f.schema, "description": f.description}
            | ({"screensCount": self.world.arrangement.showing(f.id)} if counted else {})
            for f in self.world.fields.values()
            if not f.scope
            and (f.custom is not None or not custom)
            and word in f"{f.name}\n{f.description}".casefold()
        ]
        return self.offsets(request, rows)

    @route("PUT", "/field/association")
    def associate(self, request: Request) -> Reply:
        self.administer()
        for one in request.body["associationContexts"]:
            self.project(str(one["identifier"]))
        self.world.arrangement.unassociated -= {one["identifier"] for one in request.body["fields"]}
        return Reply(204)

    @route("POST", "/field/{id}/trash")
    def trash(self, request: Request, id: str) -> Reply:
        field = self.classic(id)
        self.world.trash[id] = self.world.fields.pop(field.id)
        return Reply(200, {})

    @route("POST", "/field/{id}/context/mapping")
    def context_mapping(self, request: Request, id: str) -> Reply:
        field = self.classic(id)
        rows = []
        for asked in request.body["mappings"]:
            found = self.world.arrangement.context(field.id, asked["projectId"])
            rows.append(asked | {"contextId": found.id if found else None})
        return self.offsets(request, rows)

    @route("GET", "/field/{id}/context/projectmapping")
    def context_projects(self, request: Request, id: str) -> Reply:
        rows: list[dict[str, Any]] = []
        for one in self.classic(id).contexts:
            rows += [{"contextId": one.id, "projectId": project} for project in sorted(one.projects)]
            rows += [] if one.projects else [{"contextId": one.id, "isGlobalContext": True}]
        return self.offsets(request, rows)

    @route("POST", "/field/{id}/context")
    def make_context(self, request: Request, id: str) -> Reply:
        field, projects = self.classic(id), set(request.body.get("projectIds") or ())
        if any(projects & one.projects or not (projects or one.projects) for one in field.contexts):
            raise Refused(409, "The project already has a context for this field.")
        made = Context(str(50000 + self.world.number()), request.body["name"], projects)
        field.contexts.append(made)
        return Reply(201, request.body | {"id": made.id})

    @route("GET", "/field/{id}/context/{context}/option")
    def options(self, request: Request, id: str, context: str) -> Reply:
        listed = self.context(self.classic(id), context).options
        return self.offsets(request, [{"id": o.id, "value": o.value, "disabled": o.disabled} for o in listed])

    @route("POST", "/field/{id}/context/{context}/option")
    def add_options(self, request: Request, id: str, context: str) -> Reply:
        field = self.classic(id)
        chosen = self.context(field, context)
        wanted = [one["value"] for one in request.body["options"]]
        if len(wanted) > MOST_OPTIONS:
            raise Refused(400, "The number of options exceeds the limit of 1000.")
        known = {o.value.casefold() for o in chosen.options}
        folded = [value.casefold() for value in wanted]
        if len(set(folded)) < len(folded) or known & set(folded):
            raise Refused(400, "The option values must be unique within the context.")
        made = self.world.offer(field.id, *wanted, context=chosen)
        return Reply(200, {"options": [{"id": o.id, "value": o.value, "disabled": False} for o in made]})

    # -- schemes of screens

    @route("GET", "/issuetypescreenscheme/project")
    def screen_schemes_of_projects(self, request: Request) -> Reply:
        """Team-managed projects are left out."""
        self.administer()
        wanted = set(request.many("projectId"))
        rows = [
            {"issueTypeScreenScheme": {"id": f"9{id}", "name": "A scheme"}, "projectIds": [id]}
            for id in self.world.arrangement.projects
            if id in wanted and not self.world.projects[id].team
        ]
        return self.offsets(request, rows)

    @route("GET", "/issuetypescreenscheme/mapping")
    def screen_scheme_mapping(self, request: Request) -> Reply:
        self.administer()
        wanted = set(request.many("issueTypeScreenSchemeId"))
        rows = [
            {"issueTypeScreenSchemeId": f"9{id}", "issueTypeId": type_, "screenSchemeId": scheme}
            for id, mapping in self.world.arrangement.projects.items()
            for type_, scheme in mapping.items()
            if f"9{id}" in wanted
        ]
        return self.offsets(request, rows)

    @route("GET", "/screenscheme")
    def screen_schemes(self, request: Request) -> Reply:
        self.administer()
        wanted = set(request.many("id"))
        rows = [
            {"id": int(id), "name": "A scheme", "screens": {use: int(one) for use, one in uses.items()}}
            for id, uses in self.world.arrangement.schemes.items()
            if not wanted or id in wanted
        ]
        return self.offsets(request, rows)

    # -- the workflow

    @route("POST", "/workflows")
    def workflows(self, request: Request) -> Reply:
        self.administer()
        pair = request.body["projectAndIssueTypes"][0]
        project = self.project(pair["projectId"])
        own = list(self.world.statuses) if project.statuses is None else project.statuses
        scope = {"type": "PROJECT" if project.team else "GLOBAL"}
        statuses = [
            {"id": id, "statusReference": f"ref-{id}", "name": one.name, "scope": scope, "description": ""}
            | {"statusCategory": _CATEGORIES[one.category]}
            for id in own
            for one in [self.world.statuses[id]]
        ]
        first = {"id": "1", "name": "Create", "type": "INITIAL", "links": []}
        moves = [first | {"toStatusReference": f"ref-{project.start}", "description": "", "validators": []}]
        for one in project.transitions:
            asked = ",".join(name for name, needed in one.screen.items() if needed)
            rule = {
                "ruleKey": "system:validate-field-value",
                "parameters": {"ruleType": "fieldRequired", "fieldsRequired": asked},
            }
            links = [{"fromPort": 0, "fromStatusReference": f"ref-{one.source}", "toPort": 1}]
            moves.append(
                {"id": one.id, "name": one.name, "description": "", "toStatusReference": f"ref-{one.target}"}
                | {"type": "DIRECTED" if one.source else "GLOBAL", "links": links if one.source else []}
                | {"validators": [rule] if asked else []}
            )
        workflow = {"id": "b9ff2384", "name": f"{project.key} workflow", "scope": scope, "transitions": moves}
        workflow["statuses"] = [{"statusReference": one["statusReference"]} for one in statuses]
        return Reply(200, {"statuses": statuses, "workflows": [workflow]})

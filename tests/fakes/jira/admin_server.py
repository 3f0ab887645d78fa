"""What administrators do over REST on Data Center alone: listing fields with their descriptions, and deleting them."""

from __future__ import annotations

from typing import Any

from fakes.http import Reply, Request

from .accept import Refused
from .admin import AdminRoutes
from .rest import route
from .schema import CUSTOM, Field


class ServerAdminRoutes(AdminRoutes):
    """Options, contexts and schemes of screens are out of reach there."""

    @route("GET", "/project")
    def list_projects(self, request: Request) -> Reply:
        rows = [] if self.world.blind else self.world.projects.values()
        return Reply(200, [self.render.project(one) for one in rows])

    @route("GET", "/customFields")
    def custom_fields(self, request: Request) -> Reply:
        self.administer()
        start, size = request.number("startAt", 0), min(request.number("maxResults", 50), 50)
        word = request.one("search").casefold()
        rows = [self._custom(f) for f in self.world.fields.values() if f.custom and word in f.name.casefold()]
        page = {"maxResults": size, "startAt": start, "total": len(rows), "isLast": start + size >= len(rows)}
        return Reply(200, page | {"values": rows[start : start + size]})

    def _custom(self, field: Field) -> dict[str, Any]:
        told = {"id": field.id, "name": field.name, "description": field.description}
        told |= {"type": CUSTOM + str(field.custom), "numericId": int(field.id[12:]), "isLocked": False}
        return told | {"screensCount": self.world.arrangement.showing(field.id)}

    @route("DELETE", "/customFields")
    def delete_fields(self, request: Request) -> Reply:
        self.administer()
        gone = [id for id in request.many("ids") if self.world.fields.pop(id, None) is not None]
        return Reply(200, {"deletedCustomFields": gone, "notDeletedCustomFields": {}})

    @route("GET", "/customFields/{id}/options")
    def field_options(self, request: Request, id: str) -> Reply:
        self.administer()
        field = self.world.fields.get(id)
        if field is None:
            raise Refused(404, "The custom field was not found.")
        told = [{"id": int(o.id), "value": o.value, "disabled": o.disabled} for o in field.options]
        return Reply(200, {"total": len(told), "options": told})

    @route("GET", "/screens")
    def list_screens(self, request: Request) -> Reply:
        self.administer()
        return Reply(
            200, [{"id": int(s.id), "name": s.name} for s in self.world.arrangement.screens.values()]
        )

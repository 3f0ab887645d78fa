"""Views of a database, as far as setting up a board needs them."""

from __future__ import annotations

from typing import Any

from fakes.http import Reply, Request

from .dates import precise
from .ids import bare
from .refusal import Refused, invalid
from .rest import route
from .schema import Database, DataSource, View
from .tables import TableRoutes
from .world import HOST


class ViewRoutes(TableRoutes):
    """Lists hold ids only."""

    @route("GET", "/views")
    def get_views(self, request: Request) -> Reply:
        self._served()
        self.asked(request, {"database_id", "data_source_id", "page_size", "start_cursor"})
        self.may("read_content")
        database = self.database(request.one("database_id"), "query")
        shown = [{"object": "view", "id": view.id} for view in database.views]
        return Reply(200, self.paged(request, shown, type="view", view={}))

    @route("POST", "/views")
    def post_view(self, request: Request) -> Reply:
        self._served()
        known = {
            "database_id",
            "data_source_id",
            "name",
            "type",
            "filter",
            "sorts",
            "configuration",
            "position",
        }
        body = self.body(request, known)
        for name in ("database_id", "data_source_id", "name", "type"):
            if name not in body:
                raise invalid(f"body.{name}", "defined")
        self.may("insert_content")
        database = self.database(body["database_id"], "body")
        source = self.source(body["data_source_id"], "body")
        self._shows(source, body)
        view = self.world.add_view(database, source, body["name"], body["type"])
        view.filter, view.sorts = body.get("filter"), body.get("sorts")
        view.configuration = body.get("configuration") or {"type": view.type}
        return Reply(200, self._view(database, view))

    @route("GET", "/views/{id}")
    def get_view(self, request: Request, id: str) -> Reply:
        return Reply(200, self._view(*self._found(id)))

    @route("DELETE", "/views/{id}")
    def delete_view(self, request: Request, id: str) -> Reply:
        database, view = self._found(id)
        database.views.remove(view)
        told = self._view(database, view)
        return Reply(200, {name: told[name] for name in ("object", "id", "parent", "type")})

    def _served(self) -> None:
        if self.world.viewless:
            raise Refused(400, "Invalid request URL.", "invalid_request_url")

    def _shows(self, source: DataSource, body: dict[str, Any]) -> None:
        """A view shows properties that exist, in the form of their types."""
        told = body.get("filter") or {}
        conditions = told.get("or") or told.get("and") or ([told] if told else [])
        for one in (*conditions, *(body.get("sorts") or ())):
            held = source.find(one.get("property"))
            if held is None:
                raise Refused(400, f"Could not find property with name or id: {one.get('property')}")
            if "direction" not in one and held.type not in one:
                raise Refused(400, f"The filter does not fit the {held.type} property.")
            name = one[held.type].get("equals") if held.type == "select" and "select" in one else None
            if name is not None and held.option(name) is None:
                raise Refused(400, f'select option "{name}" not found for property "{held.name}".')
        configuration = body.get("configuration") or {}
        if configuration.get("type", body["type"]) != body["type"]:
            raise invalid("body.configuration.type", f"`{body['type']}`", configuration["type"])
        if body["type"] == "board":
            grouping = configuration.get("group_by") or {}
            held = source.find(grouping.get("property_id"))
            if held is None or held.type != grouping.get("type") or "sort" not in grouping:
                raise invalid("body.configuration.group_by", "a property to group by", grouping)
        for one in configuration.get("properties") or ():
            if source.find(one.get("property_id")) is None:
                raise invalid("body.configuration.properties", "properties that exist", one)

    def _found(self, raw: str) -> tuple[Database, View]:
        id_ = self.uuid("view_id", raw)
        for database in self.world.databases.values():
            for view in database.views:
                if view.id == id_:
                    return database, view
        raise self.missing("view", id_)

    def _view(self, database: Database, view: View) -> dict[str, Any]:
        return {
            "object": "view",
            "id": view.id,
            "parent": {"type": "database_id", "database_id": database.id},
            "data_source_id": view.source,
            "name": view.name,
            "type": view.type,
            "created_time": precise(view.made_at),
            "created_by": self.render.partial(view.made_by),
            "last_edited_time": precise(view.made_at),
            "last_edited_by": self.render.partial(self.world.me),
            "url": f"{HOST}{bare(database.id)}?v={bare(view.id)}",
            "filter": view.filter,
            "sorts": view.sorts,
            "quick_filters": None,
            "configuration": view.configuration or {"type": view.type},
        }

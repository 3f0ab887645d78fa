"""Views of a database, as far as setting up a board needs them."""

from __future__ import annotations

from typing import Any

from fakes.http import Reply, Request

from .dates import precise
from .ids import bare
from .refusal import invalid
from .rest import route
from .schema import Database, View
from .tables import TableRoutes
from .world import HOST


class ViewRoutes(TableRoutes):
    """Lists hold ids only."""

    @route("GET", "/views")
    def get_views(self, request: Request) -> Reply:
        self.asked(request, {"database_id", "data_source_id", "page_size", "start_cursor"})
        self.may("read_content")
        database = self.database(request.one("database_id"), "query")
        shown = [{"object": "view", "id": view.id} for view in database.views]
        return Reply(200, self.paged(request, shown, type="view", view={}))

    @route("POST", "/views")
    def post_view(self, request: Request) -> Reply:
        known = {"database_id", "data_source_id", "name", "type", "filter", "sorts", "configuration"}
        body = self.body(request, known)
        for name in ("database_id", "data_source_id", "name", "type"):
            if name not in body:
                raise invalid(f"body.{name}", "defined")
        self.may("insert_content")
        database = self.database(body["database_id"], "body")
        source = self.source(body["data_source_id"], "body")
        return Reply(
            200, self._view(database, self.world.add_view(database, source, body["name"], body["type"]))
        )

    @route("GET", "/views/{id}")
    def get_view(self, request: Request, id: str) -> Reply:
        return Reply(200, self._view(*self._found(id)))

    @route("DELETE", "/views/{id}")
    def delete_view(self, request: Request, id: str) -> Reply:
        database, view = self._found(id)
        database.views.remove(view)
        told = self._view(database, view)
        return Reply(200, {name: told[name] for name in ("object", "id", "parent", "type")})

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
            "created_by": self.render.partial(self.world.me),
            "last_edited_time": precise(view.made_at),
            "last_edited_by": self.render.partial(self.world.me),
            "url": f"{HOST}{bare(database.id)}?v={bare(view.id)}",
            "filter": None,
            "sorts": None,
            "quick_filters": None,
            "configuration": {"type": view.type},
        }

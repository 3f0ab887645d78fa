"""What databases and their schemas look like in answers, in the versions of the API."""

from __future__ import annotations

from typing import Any

from .dates import precise, stamp
from .ids import bare
from .schema import GROUPS, Database, DataSource, Property
from .texts import typed
from .world import HOST, Workspace

NEWEST, MIDDLE, OLDEST = "2026-03-11", "2025-09-03", "2022-06-28"


class Outline:
    """*version* is that of the request being answered."""

    def __init__(self, world: Workspace) -> None:
        self.world = world
        self.version = NEWEST

    def partial(self, user_id: str) -> dict[str, Any]:
        return {"object": "user", "id": user_id}

    def dated(self, told: dict[str, Any], in_trash: bool) -> dict[str, Any]:
        """Older versions say `archived` as well."""
        return told if self.version == NEWEST else told | {"archived": in_trash}

    def database(self, database: Database) -> dict[str, Any]:
        told: dict[str, Any] = {
            "object": "database",
            "id": database.id,
            "title": typed(database.title),
            "description": database.description,
            "parent": {"type": "page_id", "page_id": database.parent},
            "is_inline": False,
            "in_trash": database.in_trash,
            "is_locked": False,
            "created_time": precise(database.created_at),
            "last_edited_time": precise(database.created_at),
            "data_sources": [{"id": s.id, "name": s.title} for s in database.sources if not s.in_trash],
            "icon": database.icon,
            "cover": None,
            "url": HOST + bare(database.id),
            "public_url": None,
        }
        if self.version == OLDEST:
            del told["data_sources"]
            told["properties"] = self.schema(database.sources[0])
        return self.dated(told, database.in_trash)

    def source(self, source: DataSource) -> dict[str, Any]:
        return self.dated(
            {
                "object": "data_source",
                "id": source.id,
                "cover": None,
                "icon": source.icon,
                "created_time": stamp(source.created_at),
                "created_by": self.partial(source.created_by),
                "last_edited_by": self.partial(source.created_by),
                "last_edited_time": stamp(source.edited_at),
                "title": typed(source.title),
                "description": typed(source.description),
                "is_inline": False,
                "properties": self.schema(source),
                "parent": {"type": "database_id", "database_id": source.database.id},
                "database_parent": {"type": "page_id", "page_id": source.database.parent},
                "url": HOST + bare(source.database.id),
                "public_url": None,
                "in_trash": source.in_trash,
            },
            source.in_trash,
        )

    def schema(self, source: DataSource) -> dict[str, Any]:
        return {held.name: self._property(held, source) for held in source.ordered}

    def _property(self, held: Property, source: DataSource) -> dict[str, Any]:
        told = {"id": held.key, "name": held.name, "description": held.description, "type": held.type}
        return told | {held.type: self._config(held, source)}

    def _config(self, held: Property, source: DataSource) -> dict[str, Any]:
        listed = [
            {"id": o.id, "name": o.name, "color": o.color, "description": o.description} for o in held.options
        ]
        match held.type:
            case "select" | "multi_select":
                return {"options": listed}
            case "status":
                return {"options": listed, "groups": [self._group(held, name) for name in GROUPS]}
            case "number":
                return {"format": held.config.get("format", "number")}
            case "unique_id":
                return {"prefix": held.config.get("prefix")}
            case "formula":
                return {"expression": held.config.get("expression", "")}
            case "relation":
                target = self.world.sources[held.config["data_source_id"]]
                ids = {"database_id": target.database.id, "data_source_id": target.id}
                other = target.find(held.config.get("synced"))
                if other is None:
                    return {**ids, "type": "single_property", "single_property": {}}
                synced = {"synced_property_name": other.name, "synced_property_id": other.id}
                return {**ids, "type": "dual_property", "dual_property": synced}
            case "rollup":
                return self._rolled(held, source)
        return {}

    def _rolled(self, held: Property, source: DataSource) -> dict[str, Any]:
        """Ids stand here as they are, not encoded."""
        relation = source.find(held.config["relation"])
        assert relation is not None
        target = self.world.sources[relation.config["data_source_id"]].find(held.config["property"])
        assert target is not None
        return {
            "rollup_property_name": target.name,
            "relation_property_name": relation.name,
            "rollup_property_id": target.id,
            "relation_property_id": relation.id,
            "function": held.config.get("function", "show_original"),
        }

    @staticmethod
    def _group(held: Property, name: str) -> dict[str, Any]:
        inside = [o.id for o in held.options if o.group == name]
        return {"id": f"{held.id}-{name}", "name": name, "color": GROUPS[name], "option_ids": inside}

"""Databases and data sources: what provisioning reads and writes."""

from __future__ import annotations

from typing import Any

from fakes.http import Reply, Request

from .outline import OLDEST
from .people import PeopleRoutes
from .refusal import Refused, invalid
from .rest import route
from .schema import CHOICES, COLORS, DataSource, Property
from .texts import accepted, length, plain

TYPES = {
    "title", "rich_text", "number", "select", "multi_select", "status", "date", "people", "files", "checkbox",
    "url", "email", "phone_number", "formula", "relation", "rollup", "created_time", "created_by",
    "last_edited_time", "last_edited_by", "unique_id",
}  # fmt: skip


class TableRoutes(PeopleRoutes):
    """The options of a property are replaced, not merged: one that is left out is deleted, cells and all."""

    @route("GET", "/databases/{id}")
    def get_database(self, request: Request, id: str) -> Reply:
        self.may("read_content")
        database = self.database(id)
        if self.render.version == OLDEST:
            self.single(database)
        return Reply(200, self.render.database(database))

    @route("POST", "/databases")
    def post_database(self, request: Request) -> Reply:
        known = {"parent", "title", "description", "is_inline", "initial_data_source", "icon", "cover"}
        body = self.body(request, known)
        if not isinstance(body.get("parent"), dict) or "page_id" not in body["parent"]:
            raise invalid("body.parent.page_id", "defined")
        self.may("insert_content")
        parent = self.page(body["parent"]["page_id"], part="body.parent")
        title = plain(accepted(body.get("title", []), "body.title", self.world.users.get))
        database = self.world.add_database(title, parent.id)
        database.description = accepted(body.get("description", []), "body.description", self.world.users.get)
        try:
            self._shape(database.sources[0], (body.get("initial_data_source") or {}).get("properties") or {})
        except Refused:
            del self.world.databases[database.id], self.world.sources[database.sources[0].id]
            raise
        return Reply(200, self.render.database(database))

    @route("PATCH", "/databases/{id}")
    def patch_database(self, request: Request, id: str) -> Reply:
        known = {"parent", "title", "description", "is_inline", "icon", "cover", "in_trash", "is_locked"}
        body = self.body(request, known)
        self.may("update_content")
        database = self.database(id)
        if "title" in body:
            database.title = plain(accepted(body["title"], "body.title", self.world.users.get))
        if "description" in body:
            told = accepted(body["description"], "body.description", self.world.users.get)
            database.description = told
        database.icon = body.get("icon", database.icon)
        database.in_trash = bool(body.get("in_trash", body.get("archived", database.in_trash)))
        return Reply(200, self.render.database(database))

    @route("GET", "/data_sources/{id}")
    def get_source(self, request: Request, id: str) -> Reply:
        self.may("read_content")
        return Reply(200, self.render.source(self.source(id)))

    @route("POST", "/data_sources")
    def post_source(self, request: Request) -> Reply:
        body = self.body(request, {"parent", "properties", "title", "icon"})
        database = self.database((body.get("parent") or {}).get("database_id"), "body.parent")
        title = plain(accepted(body.get("title", []), "body.title", self.world.users.get))
        self.may("insert_content")
        source = self.world.add_source(database, title)
        self._shape(source, body.get("properties") or {})
        source.icon = body.get("icon")
        return Reply(200, self.render.source(source))

    @route("PATCH", "/data_sources/{id}")
    def patch_source(self, request: Request, id: str) -> Reply:
        body = self.body(request, {"title", "icon", "properties", "in_trash", "parent"})
        self.may("update_content")
        source = self.source(id)
        self._shape(source, body.get("properties") or {})
        if "title" in body:
            source.title = plain(accepted(body["title"], "body.title", self.world.users.get))
        source.icon = body.get("icon", source.icon)
        source.in_trash = bool(body.get("in_trash", body.get("archived", source.in_trash)))
        source.edited_at = self.world.clock.now()
        return Reply(200, self.render.source(source))

    @route("GET", "/data_sources/{id}/templates")
    def get_templates(self, request: Request, id: str) -> Reply:
        source = self.source(id)
        told = [{"id": name, "name": name, "is_default": not n} for n, name in enumerate(source.templates)]
        return Reply(200, {"templates": told, "has_more": False, "next_cursor": None})

    # -- properties

    def _shape(self, source: DataSource, raw: dict[str, Any]) -> None:
        for name, told in raw.items():
            held = source.find(name)
            if told is None:
                self._drop(source, held, name)
                continue
            kind = next((key for key in told if key in TYPES), None)
            self._is_described(name, told)
            if held is None and kind == "title":
                held = source.properties["title"]
                held.name = name
            elif held is None:
                self._add(source, name, kind, told)
                continue
            held.name = told.get("name", held.name)
            held.description = told.get("description", held.description)
            if kind is not None and kind != "title":
                self._change(source, held, kind, told[kind] or {})

    @staticmethod
    def _is_described(name: str, told: dict[str, Any]) -> None:
        words = told.get("description")
        if words is not None and not 1 <= length(words) <= 280:
            raise invalid(f"body.properties.{name}.description.length", "≤ `280`", length(words))

    def _drop(self, source: DataSource, held: Property | None, name: str) -> None:
        if held is None:
            raise Refused(400, f"{name} is not a property that exists.")
        if held.type == "title":
            raise Refused(400, "Cannot delete title property.")
        del source.properties[held.id]
        for page in self.world.rows(source):
            page.values.pop(held.id, None)

    def _add(self, source: DataSource, name: str, kind: str | None, told: dict[str, Any]) -> None:
        if kind is None:
            raise invalid(f"body.properties.{name}", "an object with a known type", told)
        config = dict(told[kind] or {})
        options = config.pop("options", [])
        if kind == "rollup":
            config = {
                "relation": config.get("relation_property_name") or config.get("relation_property_id"),
                "property": config.get("rollup_property_name") or config.get("rollup_property_id"),
                "function": config.get("function"),
            }
        config.pop("groups", None)
        if kind == "unique_id":
            self._is_alone(source, config.get("prefix"))
        if kind == "relation":
            held = self._relate(source, name, config)
        else:
            held = self.world.add_property(source, name, kind, (), **config)
        held.description = told.get("description")
        if kind == "status" and not options:
            options = [{"name": "Not started"}, {"name": "In progress"}, {"name": "Done"}]
        if len({one["name"].casefold() for one in options}) < len(options):
            del source.properties[held.id]
            raise Refused(400, f"Duplicate options of {name}.")
        for one in options:
            self._is_sayable(one["name"])
            held.offer(one["name"], self._color(one)).description = one.get("description")
        if kind == "status" and "options" not in (told[kind] or {}):
            for option, group in zip(held.options, ("To-do", "In progress", "Complete"), strict=True):
                option.group = group

    def _relate(self, source: DataSource, name: str, config: dict[str, Any]) -> Property:
        """One way, or two ways with a property of the other table."""
        target = self.source(config.get("data_source_id", ""), f"body.properties.{name}.relation")
        held = self.world.add_property(source, name, "relation", data_source_id=target.id)
        if "dual_property" in config:
            label = f"Related to {source.title} ({name})"
            other = self.world.add_property(target, label, "relation", data_source_id=source.id)
            held.config["synced"], other.config["synced"] = other.id, held.id
        return held

    def _change(self, source: DataSource, held: Property, kind: str, config: dict[str, Any]) -> None:
        """Another type empties the cells; the same one may come with other options."""
        if kind != held.type:
            held.type, held.options, held.config = kind, [], {}
            for page in self.world.rows(source):
                page.values[held.id] = held.empty
        if kind in CHOICES and "options" in config:
            self._offer(source, held, config["options"])
        elif kind not in CHOICES:
            held.config |= config

    def _offer(self, source: DataSource, held: Property, raw: list[dict[str, Any]]) -> None:
        """Colours cannot change; of a status option neither name nor group do, and nobody says so."""
        if len(raw) > 100:
            raise invalid(f"body.properties.{held.name}.{held.type}.options.length", "≤ `100`", len(raw))
        kept = []
        for one in raw:
            known = held.option(one.get("id") or one.get("name"))
            if known is None and one.get("id"):
                raise Refused(400, f"Could not find {held.type} option with id: {one['id']}.")
            if known is None:
                self._is_sayable(one["name"])
                known = held.offer(one["name"], self._color(one))
                known.description = one.get("description")
            elif one.get("color", known.color) != known.color:
                raise Refused(400, f"Cannot update color of {held.type} with id: {known.id}.")
            elif held.type != "status":
                known.name = one.get("name", known.name)
            kept.append(known)
        held.options = kept
        known_ids = {option.id for option in kept}
        for page in self.world.rows(source):
            value = page.values.get(held.id)
            if isinstance(value, list):
                page.values[held.id] = [one for one in value if one in known_ids]
            elif value not in known_ids:
                page.values[held.id] = held.empty

    def _is_alone(self, source: DataSource, prefix: str | None) -> None:
        """A table has one property of this type, and a prefix leads to one table."""
        tables = self.world.sources.values()
        taken = {
            p.config.get("prefix") for s in tables for p in s.properties.values() if p.type == "unique_id"
        }
        if any(held.type == "unique_id" for held in source.properties.values()):
            raise Refused(400, "There can be only one unique_id property.")
        if prefix is not None and prefix in taken | self.world.prefixes:
            raise Refused(400, "The prefix of this unique_id property is taken.")

    @staticmethod
    def _is_sayable(name: str) -> None:
        if "," in name:
            raise Refused(400, f"Invalid option, commas not allowed: {name}")

    @staticmethod
    def _color(told: dict[str, Any]) -> str:
        color = told.get("color", "default")
        if color not in COLORS:
            raise invalid("body.properties.options.color", "a known color", color)
        return str(color)

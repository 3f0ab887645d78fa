"""Brings recorded tables and rows into a workspace, ids and all."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import unquote

from .page import Page
from .schema import CHOICES, Database, DataSource, Option, Property, User
from .texts import plain, typed
from .world import Workspace

_NATIVE = {"created_time", "created_by", "last_edited_time", "last_edited_by", "unique_id"}


def bot(world: Workspace, id_: str, name: str) -> None:
    """The connection's bot as it was when the recording was made."""
    known = world.users.pop(world.me)
    known.id, known.name = id_, name
    world.users[id_] = known
    world.me = id_
    world.pages[world.home].created_by = world.pages[world.home].edited_by = id_


def home(world: Workspace, id_: str, title: str, author: str) -> None:
    """The page under which everything was made."""
    known = world.pages.pop(world.home)
    known.id, known.created_by, known.values = id_, author, {"title": typed(title)}
    world.pages[id_] = known
    world.home = id_
    for database in world.databases.values():
        database.parent = id_


def source_of(world: Workspace, told: dict[str, Any]) -> DataSource:
    """A recorded data source."""
    made = datetime.fromisoformat(told["created_time"])
    title = plain(told["title"])
    database = Database(told["parent"]["database_id"], title, told["database_parent"]["page_id"], made)
    edited = datetime.fromisoformat(told["last_edited_time"])
    source = DataSource(told["id"], title, database, made, told["created_by"]["id"], edited)
    source.icon, source.description = told["icon"], plain(told["description"])
    for name, held in told["properties"].items():
        config = dict(held[held["type"]])
        groups = {id_: group["name"] for group in config.pop("groups", ()) for id_ in group["option_ids"]}
        options = [
            Option(o["id"], o["name"], o["color"], groups.get(o["id"], "To-do"))
            for o in config.pop("options", ())
        ]
        id_ = unquote(held["id"])
        source.properties[id_] = Property(id_, name, held["type"], options, config)
    database.sources.append(source)
    world.databases[database.id] = database
    world.sources[source.id] = source
    return source


def source_for(world: Workspace, pages: list[dict[str, Any]]) -> DataSource:
    """The data source in which recorded rows lie, with what they show of its schema."""
    parent = pages[0]["parent"]
    at = world.clock.now()
    database = Database(parent["database_id"], "", world.home, at)
    source = DataSource(parent["data_source_id"], "", database, at, world.me, at)
    database.sources.append(source)
    world.databases[database.id] = database
    world.sources[source.id] = source
    for told in pages:
        for name, held in told["properties"].items():
            id_ = unquote(held["id"])
            known = source.properties.setdefault(id_, Property(id_, name, held["type"]))
            value = held[held["type"]]
            for option in (value if isinstance(value, list) else [value]) if held["type"] in CHOICES else ():
                if option and known.option(option["id"]) is None:
                    known.options.append(Option(option["id"], option["name"], option["color"]))
    return source


def row(world: Workspace, source: DataSource, told: dict[str, Any], order: int) -> Page:
    """A recorded row; *order* tells rows of one minute apart, the later the newer."""
    page = Page(
        told["id"],
        source,
        "",
        order,
        datetime.fromisoformat(told["created_time"]),
        told["created_by"]["id"],
        datetime.fromisoformat(told["last_edited_time"]),
        told["last_edited_by"]["id"],
    )
    for held in told["properties"].values():
        _cell(world, page, source.properties[unquote(held["id"])], held[held["type"]])
    world.pages[page.id] = page
    return page


def _cell(world: Workspace, page: Page, held: Property, value: Any) -> None:
    match held.type:
        case "select" | "status":
            page.values[held.id] = value["id"] if value else None
        case "multi_select" | "relation":
            page.values[held.id] = [one["id"] for one in value]
        case "people":
            page.values[held.id] = [_user(world, one) for one in value]
        case "created_by" | "last_edited_by":
            _user(world, value)
        case "unique_id":
            page.number = value["number"]
        case "formula":
            held.compute = lambda asked: asked.values[held.id]
            page.values[held.id] = value
        case kind if kind not in _NATIVE:
            page.values[held.id] = value


def _user(world: Workspace, told: dict[str, Any]) -> str:
    """Somebody who shows in a cell."""
    email = told.get("person", {}).get("email", "")
    known = User(told["id"], told.get("name", ""), told.get("type", "person"), email, told.get("avatar_url"))
    world.users.setdefault(told["id"], known)
    return known.id

"""The database as it stands, with the marks of what escsync made in it; found below a page where no id tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from escsync.adapter import Denied, Rejected, Vanished

from .. import columns as looks
from .. import richtext
from ..codec import Raw
from ..columns import Column, plain
from ..connection import Connection
from ..inquiry import Before, Inquiry
from ..settings import NotionScope, dashes
from . import blueprint
from .blueprint import Sketch

_LOOK = "looking for the database"
_MOST_VIEWS = 30


@dataclass(frozen=True, slots=True)
class Held:
    """One property. *mark* is the key that its description ends with, *raw* the property as Notion tells it."""

    column: Column
    mark: str
    raw: Mapping[str, Any]

    @property
    def options(self) -> list[dict[str, Any]]:
        """Its options as they are, to be sent back with those that are added: what is left out is deleted."""
        told = self.raw.get(self.column.type)
        listed = told.get("options") if isinstance(told, dict) else ()
        keys = ("id", "name", "color", "description")
        entries = [one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict)]
        return [
            {key: one[key] for key in keys if one.get(key) is not None} for one in entries if one.get("id")
        ]


@dataclass(frozen=True, slots=True)
class Ground:
    """A database's one data source. *ours*: escsync made the database; *beside*: it has other data sources as well."""

    database: str
    source: str
    ours: bool
    held: tuple[Held, ...] = ()
    beside: bool = False

    def with_properties(self, raw: Mapping[str, Any]) -> Ground:
        """The same, as its data source is told by *raw*."""
        return replace(self, held=_held(raw))

    @property
    def columns(self) -> list[Column]:
        """All properties."""
        return [one.column for one in self.held]

    def of(self, id: str) -> Held | None:
        """The property with this id."""
        return next((one for one in self.held if plain(one.column.id) == plain(id)), None)

    def marked(self, key: str) -> Held | None:
        """The property that escsync made for *key*, whatever it is called by now; a copy that people made bears the mark, too."""
        bearing = self.bearing(key)
        return bearing[0] if len(bearing) == 1 else None

    def bearing(self, key: str) -> list[Held]:
        """The properties that bear the mark of *key*."""
        return [one for one in self.held if one.mark == key]

    def named(self, name: str) -> list[Held]:
        """The properties of this name; Notion shows no two that differ in case alone as different."""
        folded = name.strip().casefold()
        return [one for one in self.held if one.column.name.strip().casefold() == folded]

    def standing(self, sketch: Sketch, id: str = "") -> Held | None:
        """What stands for *sketch* already: by *id* where it is known, by its mark, by its name."""
        if id:
            return self.of(id)
        by_mark = self.marked(sketch.key)
        named = self.named(sketch.name)
        return by_mark if by_mark and by_mark.column.type == sketch.type else next(iter(named), None)


class Groundwork:
    """Looks at the database anew each time it is asked."""

    def __init__(self, connection: Connection, scope: NotionScope) -> None:
        self._connection = connection
        self._scope = scope
        self._found = ""
        """The database that was found, or made, below the page."""

    def look(self) -> Ground | None:
        """The database, None where it is yet to be made."""
        database = self._scope.database
        if self._scope.unmade:
            database = self._found = self._found or self.below()
            if not database:
                return None
        return self.read(database)

    def read(self, database: str) -> Ground:
        """The ground of this *database*, or of the data source that the configuration names."""
        scope = NotionScope(database=database) if database else self._scope
        source = str(Inquiry(self._connection, scope, Before()).source()["source"])
        raw = self._connection.get(f"data_sources/{source}", what="reading the properties").mapping()
        parent = raw.get("parent")
        above = database or dashes(str(parent.get("database_id") if isinstance(parent, dict) else ""))
        whole = self._connection.get(f"databases/{above}", what=_LOOK).mapping()
        several = isinstance(whole.get("data_sources"), list) and len(whole["data_sources"]) > 1
        return Ground(above, source, _mark(whole) == "database", _held(raw), several)

    def again(self, ground: Ground) -> Ground:
        """The same, with its properties read once more."""
        raw = self._connection.get(f"data_sources/{ground.source}", what="reading the properties").mapping()
        return ground.with_properties(raw)

    def found(self, database: str) -> None:
        """This is the one: it was found below the page, or made there."""
        self._found = database

    def below(self) -> str:
        """The id of the database that escsync made below the page; "" where there is none, and of copies none is guessed."""
        path = f"blocks/{self._scope.page}/children"
        try:
            blocks = [one for page in self._connection.listed(path, what=_LOOK) for one in page]
        except (Vanished, Rejected) as error:
            remedy = (
                "check that it is the id of a page, and share the page with the connection: ... > Connections"
            )
            raise Denied(f"scope.page: {error.message}", remedy=remedy) from None
        tables = [one for one in blocks if one.get("type") == "child_database" and not one.get("in_trash")]
        found = [id for block in tables if (id := self._ours(str(block.get("id"))))]
        if len(found) > 1:
            told = f"scope.page: {len(found)} databases below it bear escsync's mark: {', '.join(found)}"
            raise Denied(told, remedy="name the one that is meant: scope: {database: ID}")
        return found[0] if found else ""

    def _ours(self, id: str) -> str:
        """Its id, if escsync made it and it is not thrown away."""
        try:
            raw = self._connection.get(f"databases/{id}", what=_LOOK).mapping()
        except (Vanished, Rejected):
            return ""
        return dashes(id) if _mark(raw) == "database" and not raw.get("in_trash") else ""

    def beyond(self, word: str, ground: Ground) -> str:
        """Why `Relation.Property` means nothing; "" where it means a property."""
        inquiry = Inquiry(self._connection, self._scope, Before())
        found = inquiry.meant(looks.parted(word)[0], ground.columns)
        return found if isinstance(found, str) else ""

    def views(self, ground: Ground) -> list[Raw]:
        """The views of the database, each as a whole."""
        what, found = "reading the views", list[Raw]()
        for page in self._connection.listed("views", what=what, database_id=ground.database):
            for one in page:
                if len(found) < _MOST_VIEWS:
                    found.append(self._connection.get(f"views/{one.get('id')}", what=what).mapping())
        return found

    def me(self) -> str:
        """The account that escsync works as."""
        return str(self._connection.get("users/me", what="signing in").page()["id"])


def names(ground: Ground | None) -> Iterator[str]:
    """The names that are taken."""
    for one in ground.held if ground else ():
        yield one.column.name


def _mark(raw: Mapping[str, Any]) -> str:
    return blueprint.marked(richtext.plain(raw.get("description")))


def _held(raw: Mapping[str, Any]) -> tuple[Held, ...]:
    properties = raw.get("properties")
    entries = properties.values() if isinstance(properties, dict) else ()
    by_id = {str(one.get("id")): one for one in entries if isinstance(one, dict)}
    return tuple(
        Held(column, blueprint.marked(by_id[column.id].get("description")), by_id[column.id])
        for column in looks.listed(properties)
    )

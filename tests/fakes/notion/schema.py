"""What a workspace's administrators set up: users, databases, data sources and their properties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .ids import encoded, uuid_of

COLORS = ("default", "gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red")
GROUPS = {"To-do": "gray", "In progress": "blue", "Complete": "green"}
"""The three groups of every status property, which the API cannot change."""
READ_ONLY = frozenset(
    {"created_time", "created_by", "last_edited_time", "last_edited_by", "formula", "rollup", "unique_id", "button"}
)  # fmt: skip
TEXTS = frozenset({"title", "rich_text"})
LISTS = TEXTS | {"people", "relation", "multi_select", "files"}
"""Types whose empty value is an empty list."""
CHOICES = frozenset({"select", "multi_select", "status"})


@dataclass
class User:
    """*kind*: person, bot or group. A *guest* is not listed; who is *removed* is an id without a name."""

    id: str
    name: str
    kind: str = "person"
    email: str = ""
    avatar: str | None = None
    guest: bool = False
    removed: bool = False


@dataclass
class Option:
    id: str
    name: str
    color: str = "default"
    group: str = "To-do"
    description: str | None = None


@dataclass
class Property:
    """*id* is the plain one, *key* as answers show it. *config* is what its type's schema says besides options.

    *compute* gives a formula's value for a page, in the form {"type": ..., ...}.
    """

    id: str
    name: str
    type: str
    options: list[Option] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    compute: Callable[[Any], dict[str, Any]] | None = None
    description: str | None = None

    @property
    def key(self) -> str:
        return encoded(self.id)

    def option(self, spelling: object) -> Option | None:
        """By id, or by name whatever its case."""
        told = str(spelling)
        folded = told.casefold()
        return next((o for o in self.options if o.id == told or o.name.casefold() == folded), None)

    def offer(self, name: str, color: str = "default", group: str = "To-do") -> Option:
        """A new option."""
        made = Option(uuid_of("option", self.id, name), name, color, group)
        self.options.append(made)
        return made

    @property
    def empty(self) -> Any:
        """What a new page holds here."""
        if self.type in LISTS:
            return []
        if self.type == "checkbox":
            return False
        if self.type == "status":
            first = next((o for o in self.options if o.group == "To-do"), None)
            return first.id if first else None
        return None


LONE_TITLE = Property("title", "title", "title")
"""All that a page outside of tables has."""


@dataclass
class Database:
    """A container of data sources."""

    id: str
    title: str
    parent: str
    created_at: datetime
    sources: list[DataSource] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    icon: Any = None
    description: list[dict[str, Any]] = field(default_factory=list)
    hidden: bool = False
    in_trash: bool = False


@dataclass
class View:
    """How a database is looked at; *made_by* is whose view it is."""

    id: str
    name: str
    type: str
    source: str
    made_at: datetime
    made_by: str = ""
    filter: Any = None
    sorts: Any = None
    configuration: Any = None


@dataclass
class DataSource:
    """A table. *hidden*: not shared with the connection; *templates*: name -> what it puts into a page."""

    id: str
    title: str
    database: Database
    created_at: datetime
    created_by: str
    edited_at: datetime
    properties: dict[str, Property] = field(default_factory=dict)
    templates: dict[str, dict[str, Any]] = field(default_factory=dict)
    counter: int = 0
    icon: Any = None
    description: str = ""
    hidden: bool = False
    in_trash: bool = False

    def find(self, spelling: object) -> Property | None:
        """A property by its id, plain or encoded, or by its name."""
        if not isinstance(spelling, str):
            return None
        known = self.properties.values()
        by_id = next((p for p in known if spelling in {p.id, p.key}), None)
        return by_id or next((p for p in known if p.name == spelling), None)

    @property
    def ordered(self) -> list[Property]:
        """As answers have them: by plain id, the title last."""
        return sorted(self.properties.values(), key=lambda p: (p.type == "title", p.id))

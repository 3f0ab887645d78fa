"""What an administrator arranges: contexts of fields, and screens with their schemes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .schema import Option, Project

if TYPE_CHECKING:
    from .world import JiraWorld


@dataclass
class Tab:
    id: str
    name: str
    fields: list[str] = field(default_factory=list)


@dataclass
class Screen:
    id: str
    name: str
    tabs: list[Tab]

    def shows(self) -> set[str]:
        return {name for tab in self.tabs for name in tab.fields}


@dataclass
class Context:
    """Where a field applies, with the options it has there; no *projects*: everywhere."""

    id: str
    name: str
    projects: set[str] = field(default_factory=set)
    options: list[Option] = field(default_factory=list)


class Arrangement:
    """*screens* by id, *schemes* by id: operation -> screen, *projects*: project -> issue type or "default" -> scheme.

    A project that is not in *projects* shows every field everywhere.
    """

    def __init__(self, world: JiraWorld) -> None:
        self._world = world
        self.screens: dict[str, Screen] = {}
        self.schemes: dict[str, dict[str, str]] = {}
        self.projects: dict[str, dict[str, str]] = {}
        self.unassociated: set[str] = set()
        """Fields of Cloud that no scheme offers to any project yet."""
        self._number = 700

    def number(self) -> str:
        self._number += 1
        return str(self._number)

    def screen(self, name: str, *fields: str) -> Screen:
        """A new screen with one tab."""
        made = Screen(self.number(), name, [Tab(self.number(), "Field Tab", list(fields))])
        self.screens[made.id] = made
        return made

    def arrange(self, project: Project, **screens: Screen) -> None:
        """Let all issue types of a project use these screens by operation, `default` among them."""
        scheme = self.number()
        self.schemes[scheme] = {use: screen.id for use, screen in screens.items()}
        self.projects[project.id] = {"default": scheme}

    def screens_of(self, project: Project, type_: str, operation: str) -> Screen | None:
        mapping = self.projects.get(project.id)
        if mapping is None:
            return None
        scheme = self.schemes[mapping.get(type_, mapping["default"])]
        return self.screens[scheme.get(operation, scheme["default"])]

    def visible(self, project: Project, type_: str, operation: str) -> set[str]:
        """The fields that a form shows."""
        found = {name for name in self._world.fields if name not in project.uneditable | self.unassociated}
        screen = self.screens_of(project, type_, operation)
        if project.team:
            own = {f.id for f in self._world.fields.values() if f.custom is None or f.scope == project.id}
            return found & own
        found -= {f.id for f in self._world.fields.values() if f.scope}
        return {
            name
            for name in found
            if (screen is None or name in screen.shows() or name in _ALWAYS)
            and (self._world.fields[name].custom is None or self.context(name, project.id) is not None)
        }

    def showing(self, field_id: str) -> int:
        """On how many screens a field is."""
        return sum(field_id in screen.shows() for screen in self.screens.values())

    def context(self, field_id: str, project: str) -> Context | None:
        """The context of a field that applies to a project: its own before that of everybody."""
        contexts = self._world.fields[field_id].contexts
        own = [one for one in contexts if project in one.projects]
        return next(iter([*own, *(one for one in contexts if not one.projects)]), None)

    def options(self, field_id: str, project: str) -> list[Option]:
        found = self._world.fields[field_id]
        context = self.context(field_id, project) if found.contexts else None
        return context.options if context is not None else found.options


_ALWAYS = {"issuetype", "project"}

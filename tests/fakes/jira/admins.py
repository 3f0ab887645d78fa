"""The administrators of a Jira site that keeps tickets and has none of our fields yet, unless by another name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakes.http import Fault, Request
from fakes.jira_humans import JiraHumans

from escsync.offers import Key

_ASKING = ("search", "mapping", "workflows", "bulkfetch", "count")


class JiraAdmins(JiraHumans):
    """A project on screens of its own, with fields that people made: two of them bear names that ours would have."""

    def __init__(self, dialect: str) -> None:
        super().__init__(dialect)
        world, project = self.world, self.world.project("EXEC")
        for field in [f for f in world.fields.values() if f.custom]:
            del world.fields[field.id]
        self.fields = {}
        shown = [name for name in world.fields if name not in ("status", "created", "updated", "comment")]
        world.arrangement.arrange(project, default=world.arrangement.screen("EXEC: Issue Screen", *shown))
        world.add_field(10300, "Root cause", "textfield")
        world.add_field(10301, "Next deadline", "datetime")
        world.add_field(10302, "Escalation health", "select", ("OK", "mixed"))

    def schema(self) -> Mapping[str, Mapping[str, Any]]:
        """Every custom field, and every screen with what stands on it as its options."""
        fields = {
            f.id: {
                "name": f.name,
                "type": f.custom,
                "options": {o.id: o.value for context in f.contexts for o in context.options},
            }
            for f in self.world.fields.values()
            if f.custom
        }
        screens = {
            screen.id: {
                "name": screen.name,
                "type": "screen",
                "options": {n: n for n in screen.shows() if n in self.world.fields},
            }
            for screen in self.world.arrangement.screens.values()
        }
        return {**fields, **screens}

    def adopt(self, settings: Mapping[Key, Any]) -> None:
        """Map what was made."""
        for key, value in settings.items():
            if key[0] == "fields":
                self.fields[key[1]] = tuple(value) if isinstance(value, list) else (str(value),)

    def rename(self, field: str, name: str) -> None:
        """As an administrator does it under Custom fields."""
        self.world.fields[self.fields[field][0]].name = name

    def lose(self, *, after: bool = False) -> None:
        """The next write breaks off."""

        def writes(request: Request) -> bool:
            asks = any(word in request.path for word in _ASKING) and "trash" not in request.path
            return request.method in ("POST", "PUT", "DELETE") and not asks

        self.server.faults.append(Fault(writes, reset=True, after=after))

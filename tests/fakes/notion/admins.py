"""The admin of a Notion workspace, as the contract for what an adapter offers needs one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakes.http import Fault
from fakes.notion_humans import NotionHumans

from escsync.offers import Key
from escsync.testing.contract_offers import WISHES

from .errand import is_write


class NotionAdmins(NotionHumans):
    """A database in which people work, with none of the wished fields: they have one that is called likewise for theirs."""

    def __init__(self) -> None:
        super().__init__()
        for wish in WISHES:
            del self.table.properties[self._plain(wish.wanted.name)]
            del self.fields[wish.wanted.name]
        self.world.add_property(self.table, "Weather report", "select", ("Sunny", "Rainy"))

    def schema(self) -> Mapping[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {
            held.key: {"name": held.name, "type": held.type, "options": {o.id: o.name for o in held.options}}
            for held in self.table.properties.values()
        }
        views = self.table.database.views
        return found | {view.id: {"name": view.name, "type": view.type} for view in views}

    def adopt(self, settings: Mapping[Key, Any]) -> None:
        self.fields |= {key[1]: (str(value),) for key, value in settings.items() if key[0] == "fields"}

    def rename(self, field: str, name: str) -> None:
        held = self.table.find(self.fields[field][0])
        assert held is not None
        held.name = name

    def lose(self, *, after: bool = False) -> None:
        self.server.faults.append(Fault(is_write, reset=True, after=after))

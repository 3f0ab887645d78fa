"""The schema of a tracker in memory: fields that an admin, or escsync, has made; names need not be unique."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from escsync.adapter import FieldKind, Vocabulary
from escsync.offers import Key

from .mishaps import Mishaps


@dataclass(slots=True)
class Column:
    """A field as the tracker has it: *description* holds the mark of who made it; *options* are id -> name."""

    id: str
    name: str
    kind: FieldKind
    description: str = ""
    options: dict[str, str] = field(default_factory=dict)


class MemorySchema(Mishaps):
    """What an admin of the tracker does (the protocol `Admins`).

    *unmakeable* are our fields that only a person can make here, *denied* those for which escsync lacks the right.
    """

    vocabulary: Vocabulary

    def __init__(self) -> None:
        super().__init__()
        self.columns: dict[str, Column] = {}
        self.unmakeable: set[str] = set()
        self.denied: set[str] = set()
        self._columns_made = 0

    def column(self, name: str, kind: FieldKind, description: str = "", **options: str) -> Column:
        """Make a field, whether there is one of this name or not."""
        self._columns_made += 1
        made = Column(f"f{self._columns_made}", name, kind, description, options)
        self.columns[made.id] = made
        return made

    def schema(self) -> Mapping[str, Mapping[str, Any]]:
        """Every field as plain data."""
        return {
            c.id: {"name": c.name, "type": c.kind.value, "options": dict(c.options)}
            for c in self.columns.values()
        }

    def adopt(self, settings: Mapping[Key, Any]) -> None:
        """The configuration says this from now on."""
        fields = {key[1]: (str(value),) for key, value in settings.items() if key[0] == "fields"}
        self.vocabulary = replace(self.vocabulary, fields={**self.vocabulary.fields, **fields})

    def rename(self, field: str, name: str) -> None:
        """Call the field to which ours is mapped otherwise."""
        (id,) = self.vocabulary.fields[field]
        self.columns[id].name = name

"""The admin of a local tracker, as the contract of what adapters offer needs one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from escsync_local.admin import Admin
from fakes.local_humans import LocalHumans

from escsync.adapter import Vocabulary
from escsync.offers import Key


class LocalAdmins(LocalHumans):
    """The people of a file that declares nothing yet."""

    def __init__(self, folder: Path, vocabulary: Vocabulary | None = None) -> None:
        super().__init__(folder, vocabulary or Vocabulary())
        self.admin = Admin(self.tracker.store)

    def schema(self) -> Mapping[str, Mapping[str, Any]]:
        """Fields and statuses."""
        fields = {
            f.id: {"name": f.name, "type": f.kind.value, "options": dict(f.options)}
            for f in self.admin.fields().values()
        }
        return fields | {
            f"status {s.id}": {"name": s.name, "type": "status", "done": s.done}
            for s in self.admin.statuses().values()
        }

    def adopt(self, settings: Mapping[Key, Any]) -> None:
        """The configuration says this from now on."""
        fields = {key[1]: (str(value),) for key, value in settings.items() if key[0] == "fields"}
        self.vocabulary = replace(self.vocabulary, fields={**self.vocabulary.fields, **fields})

    def rename(self, field: str, name: str) -> None:
        """Call a field otherwise."""
        self.admin.rename_field(self.vocabulary.fields.get(field, (field,))[0], name)

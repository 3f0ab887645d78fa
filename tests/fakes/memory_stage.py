"""A tracker in memory that escsync finds by its configuration, as if its adapter were installed."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import BaseModel

from escsync.adapter import FIELDS, Adapter, Binding, Plugin, Ticket
from escsync.domain.fields import MAPPED_STAGES
from escsync.testing import MemoryTracker
from escsync.testing.tracker import Held

_STAGES: dict[str, MemoryStage] = {}


class Connection(BaseModel):
    """Which one."""

    stage: str


class Settings(BaseModel):
    """A tracker in memory."""

    connection: Connection
    scope: dict[str, str] = {}


plugin = Plugin("memory", "Memory", "fakes.memory_stage:Settings", "fakes.memory_stage:connect")


def connect(binding: Binding) -> Adapter:
    """A connection to the tracker that the settings name."""
    stage = _STAGES[binding.settings.connection.stage]
    stage.vocabulary = binding.vocabulary
    return stage.connect()


class MemoryStage(MemoryTracker):
    """People on a tracker in memory; *folder* also holds the sign that its adapter is installed."""

    def __init__(self, folder: Path, **how: Any) -> None:
        super().__init__(datetime(2026, 3, 3, 9, tzinfo=UTC), **how)
        self._name = uuid4().hex
        self._place = str(folder / "installed")
        info = Path(self._place) / "memory_stage-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: memory-stage\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[escsync.adapters]\nmemory = fakes.memory_stage:plugin\n")
        sys.path.insert(0, self._place)
        _STAGES[self._name] = self

    def seen(self, held: Held) -> Ticket:
        """Without the fields that escsync would keep up to date: nobody has mapped them."""
        ticket = super().seen(held)
        return replace(ticket, values={n: value for n, value in ticket.values.items() if not FIELDS[n].own})

    def section(self) -> dict[str, Any]:
        return {
            "adapter": "memory",
            "connection": {"stage": self._name},
            "stages": {stage.value: stage.value.replace("_", " ").title() for stage in MAPPED_STAGES},
        }

    def environ(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        sys.path.remove(self._place)
        del _STAGES[self._name]

"""A stage: a tracker on which people can act, and the YAML by which escsync finds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from fakes.local_humans import LocalHumans

from escsync.testing import Humans


class Stage(Protocol):
    """Where a scenario is played."""

    humans: Humans

    def section(self) -> dict[str, Any]:
        """The tracker's part of escsync.yaml, without its mode; a new connection each time is made by escsync."""
        ...

    def environ(self) -> dict[str, str]:
        """The variables that the section names."""
        ...

    def close(self) -> None:
        """Take it down."""
        ...


class LocalStage:
    """The local tracker."""

    def __init__(self, folder: Path) -> None:
        self.humans: Humans = LocalHumans(folder)

    def section(self) -> dict[str, Any]:
        return {
            "adapter": "local",
            "connection": {"path": "tracker.db"},
            "stages": {
                "candidate": "Candidate",
                "intake": "Intake",
                "investigation": "Investigation",
                "solution_design": "Solution design",
                "customer_update": "Customer update",
                "resolution_pending": "Resolution pending",
                "closed": "Closed",
                "rejected": "Rejected",
                "duplicate": "Duplicate",
            },
        }

    def environ(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        self.humans.tracker.close()

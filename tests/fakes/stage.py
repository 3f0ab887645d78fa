"""A stage: a tracker on which people can act, and the YAML by which escsync finds it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, Protocol

from fakes.jira_humans import SCOPE, STATUSES, JiraHumans
from fakes.local_humans import LocalHumans

from escsync.adapter import FIELDS
from escsync.testing import Humans


class Stage(Protocol):
    """Where a scenario is played; made with a folder, and the fields that are to hold a mere day."""

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

    def __init__(self, folder: Path, days: Collection[str] = ()) -> None:
        self.humans = LocalHumans(folder)

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


class _JiraStage:
    """A Jira site over HTTP, with a field for all that escsync reads."""

    dialect: str

    def __init__(self, folder: Path, days: Collection[str] = ()) -> None:
        self.humans = JiraHumans(self.dialect, days=days)

    def section(self) -> dict[str, Any]:
        told = {name: list(ids) for name, ids in self.humans.fields.items() if not FIELDS[name].own}
        return {
            "adapter": "jira",
            "connection": self.humans.connection("${env:JIRA_TOKEN}"),
            "scope": SCOPE,
            "stages": {stage.value: name for stage, (_, name, _) in STATUSES.items()},
            "fields": told,
        }

    def environ(self) -> dict[str, str]:
        return {"JIRA_TOKEN": self.humans.connection()["token"]}

    def close(self) -> None:
        self.humans.close()


class CloudStage(_JiraStage):
    """Jira Cloud."""

    dialect = "cloud"


class DataCenterStage(_JiraStage):
    """Jira Data Center."""

    dialect = "datacenter"

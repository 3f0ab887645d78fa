"""Scenario files: what people do on a tracker, and what escsync must then say."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

SCENARIOS = Path(__file__).parent / "scenarios"
"""The files that are shipped; README.md beside them explains how they are written."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario of a file; *options* is all that it says besides its steps."""

    id: str
    title: str
    day: date
    steps: tuple[Mapping[str, Any], ...]
    options: Mapping[str, Any]

    @property
    def days(self) -> Collection[str]:
        """The fields that are to hold a mere day where the tracker has such."""
        return tuple(self.options.get("days", ()))

    def paused(self, at: datetime) -> bool:
        """Does the job not run at that instant? (`pauses`)"""
        return any(
            self.when(first) <= at <= self.when(last) for first, last in self.options.get("pauses", ())
        )

    def when(self, told: object) -> datetime:
        """An instant: `09:20` on the scenario's day, or with a date."""
        text = told.isoformat() if isinstance(told, datetime | date) else str(told)
        text = text if "-" in text else f"{self.day.isoformat()}T{text}"
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


def scenarios(folder: Path = SCENARIOS) -> Iterator[Scenario]:
    """All scenarios of all files of *folder*."""
    for path in sorted(path for path in folder.glob("*.yaml") if path.stem != "cast"):
        told = read(path)
        for one in told["scenarios"]:
            steps = (*told.get("told", ()), *one["steps"])
            yield Scenario(one["id"], one["title"], told["day"], steps, one)


def cast() -> Any:
    """The people, the account and the words of all scenarios."""
    return read(SCENARIOS / "cast.yaml")


def read(path: Path) -> Any:
    """A YAML file as plain data of one's own."""
    return copy.deepcopy(_parsed(path.read_text("utf-8")))


@cache
def _parsed(text: str) -> Any:
    # Whoever only inherits the contract needs no YAML.
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(text)

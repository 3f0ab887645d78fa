"""The configuration as commands use it: checked, complete, and without a reference left in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from escsync.adapter import Plugin, Vocabulary
from escsync.domain.account import Accounts
from escsync.domain.people import Directory
from escsync.domain.plan import Limits, Mode
from escsync.domain.policy import Policy

from .problem import Origin, Problem
from .problem import Path as Keys


@dataclass(frozen=True, slots=True)
class TrackerConfig:
    """One tracker to work with; *settings* is the adapter's own validated model, None where they were not read."""

    name: str
    adapter: str
    mode: Mode
    settings: Any = field(repr=False)
    vocabulary: Vocabulary
    plugin: Plugin
    leave_out: tuple[str, ...] = ()
    """Canonical fields that the team does without."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a command needs to know.

    *trackers* are those to work with: named by `only` where that is given, and not off. *modes* has every
    tracker of the file. *ledger* is a SQLAlchemy URL, SQLite paths made absolute.
    """

    path: Path
    timezone: str
    company: str
    policy: Policy
    directory: Directory
    accounts: Accounts
    ledger: str = field(repr=False)
    store_text: bool
    limits: Limits
    notify: Mapping[str, tuple[str, ...]] = field(repr=False)
    trackers: Mapping[str, TrackerConfig]
    modes: Mapping[str, Mode] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What must never be shown, whoever repeats it."""
    warnings: tuple[Problem, ...] = ()
    """What is well enough to go on with, and should be known."""
    origins: Mapping[Keys, Origin] = field(default_factory=dict, repr=False)
    policy_origins: Mapping[Keys, Origin] = field(default_factory=dict, repr=False)
    """Where each key of the policy that is written anywhere stands; the others hold by default."""

    def origin(self, path: Keys) -> Origin:
        """Where *path* really stands, be it in an included file, or the nearest section above it that is there."""
        while path and path not in self.origins:
            path = path[:-1]
        return self.origins.get(path, Origin(str(self.path), 1))

"""Progress: how far one pull is, and where the next one starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from escsync.adapter import Cursor

from .overlap import Overlap

OVERLAP = timedelta(minutes=10)
"""A row is stamped when it is saved and seen when its transaction ends, which may be minutes later."""


@dataclass
class Progress:
    """One pull under way: since when each kind was asked for, and what the last pull knew of it."""

    since: dict[str, datetime]
    seen: Mapping[str, Any]
    watched: frozenset[str]
    started: datetime | None = None
    overlaps: dict[str, Overlap] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def overlap(self, name: str) -> Overlap:
        if name not in self.overlaps:
            onward = self.started - OVERLAP if self.started else None
            self.overlaps[name] = Overlap(self.seen.get(name), onward)
        return self.overlaps[name]

    def from_when(self, name: str) -> datetime | None:
        """From when on to ask; None for a kind that was never asked for."""
        since = self.since.get(name)
        return since - OVERLAP if since is not None else None

    def cursor(self, names: Iterable[str]) -> Cursor:
        """Where the next pull starts: what was not asked for this time keeps its place."""
        told = {name: int(when.timestamp()) for name, when in self.since.items() if name in names}
        if self.started is not None:
            told |= dict.fromkeys(self.asked, int(self.started.timestamp()))
        seen = {name: self.seen[name] for name in self.seen.keys() - self.asked if name in told}
        seen |= {name: overlap.seen() for name, overlap in self.overlaps.items() if name in self.asked}
        return {"v": 1, "since": told, "seen": {name: some for name, some in seen.items() if some}}

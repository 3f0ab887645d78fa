"""The demo: a support team's local tracker with realistic escalations, and the project that watches it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from .early import early
from .late import late
from .play import play
from .project import write_project

__all__ = ["build"]


def build(directory: Path, now: datetime) -> int:
    """Write the project into *directory*, its tracker as it stands at *now*; answer how many escalations it holds."""
    now = now.replace(second=0, microsecond=0)  # deadlines on the full minute read better
    stories = (*early(now), *late(now))
    write_project(directory, now)
    play(directory / "tracker.db", stories, now)
    return len(stories)

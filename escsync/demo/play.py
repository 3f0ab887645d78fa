"""Playing stories into a local tracker, in the order in which things happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import assert_never

from escsync_local.tracker import LocalTracker

from escsync.domain.people import PersonKind

from .project import PEOPLE
from .story import Event, Go, Put, Say, Story


class _Clock:
    """The tracker's clock, which the stories set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def play(path: Path, stories: Sequence[Story], now: datetime) -> None:
    """Make the tracker at *path* and let everything happen that happened until *now*."""
    clock = _Clock(now)
    tracker = LocalTracker(path, clock)
    try:
        for person in PEOPLE:
            tracker.add_user(
                person.id, person.name, email=person.email, username=person.id, kind=PersonKind(person.kind)
            )
        beginnings = [(story.opened, number, None) for number, story in enumerate(stories)]
        moments: list[tuple[datetime, int, Event | None]] = [
            *beginnings,
            *((event.at, number, event) for number, story in enumerate(stories) for event in story.events),
        ]
        keys: dict[int, str] = {}
        for at, number, event in sorted(moments, key=lambda moment: (moment[0], moment[2] is not None)):
            clock.now = at
            if event is None:
                keys[number] = tracker.create(stories[number].fields, by=stories[number].by)
            else:
                _happen(tracker, keys[number], event)
    finally:
        tracker.close()


def _happen(tracker: LocalTracker, key: str, event: Event) -> None:
    match event.act:
        case Put(fields):
            tracker.set(key, fields, by=event.by)
        case Go(status):
            tracker.move(key, status, by=event.by)
        case Say(text):
            tracker.comment(key, text, by=event.by)
        case _:
            assert_never(event.act)

"""What was loaded of the file at once: the tickets that can be read, and those that cannot."""

from __future__ import annotations

from dataclasses import dataclass, field

from escsync.adapter import Ticket, Unreadable


@dataclass(slots=True)
class Loaded:
    """Rows read together: what they are, and up to which *revision*."""

    tickets: list[Ticket] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    revision: int = 0

    def add(self, other: Loaded) -> None:
        """Take over what *other* holds, but for its revision: it was asked for by id."""
        self.tickets += other.tickets
        self.unreadable += other.unreadable
        self.ids |= other.ids

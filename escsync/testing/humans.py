"""What people do on a tracker while an adapter looks on: the other side of every test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from escsync.adapter import Adapter, PersonKind, Stage, TicketRef


class Humans(Protocol):
    """The people of one tracker, and its server's clock.

    They speak our vocabulary: values are those of `escsync.adapter.FIELDS`, except that people are tuples of native
    user ids (or mere text) and a stage is a `Stage`. *by* is the native id of whoever acts.
    """

    now: datetime
    """The tracker's own clock; it stands still until it is set."""

    def connect(self) -> Adapter:
        """A new connection, its pass's clock showing the same time as the tracker's."""
        ...

    def hire(self, user: str, name: str, *, email: str = "", kind: PersonKind = PersonKind.HUMAN) -> str:
        """Add a user, queue or bot and return its native id (*user* where the tracker lets us choose)."""
        ...

    def dismiss(self, user: str) -> None:
        """Deactivate a user."""
        ...

    def create(self, values: Mapping[str, object], *, by: str) -> TicketRef:
        """Open a ticket in scope."""
        ...

    def set(self, ticket: TicketRef, field: str, value: object, *, by: str) -> None:
        """Change a field."""
        ...

    def move(self, ticket: TicketRef, stage: Stage, *, by: str) -> None:
        """Change the status to the first one of *stage*."""
        ...

    def comment(self, ticket: TicketRef, text: str, *, by: str) -> str:
        """Write an internal comment and return its id."""
        ...

    def edit_comment(self, ticket: TicketRef, comment: str, text: str, *, by: str) -> None:
        """Change a comment's text."""
        ...

    def delete_comment(self, ticket: TicketRef, comment: str, *, by: str) -> None:
        """Remove a comment."""
        ...

    def delete(self, ticket: TicketRef, *, by: str) -> None:
        """Remove a ticket."""
        ...

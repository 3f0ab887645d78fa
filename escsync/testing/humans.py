"""What people do on a tracker while an adapter looks on: the other side of every test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from escsync.adapter import Adapter, PersonKind, Stage, TicketRef
from escsync.offers import Key


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


@runtime_checkable
class Staged(Humans, Protocol):
    """People on a tracker that escsync finds by its configuration: what a scenario is played on."""

    def section(self) -> dict[str, Any]:
        """The tracker's part of escsync.yaml without its `mode`: adapter, connection, scope, stages, fields, options."""
        ...

    def environ(self) -> dict[str, str]:
        """The variables that the section names."""
        ...

    def close(self) -> None:
        """Take it down."""
        ...


@runtime_checkable
class Admins(Humans, Protocol):
    """What the tracker's own admin sees and does, so that the contract can test what an adapter offers beside it."""

    def schema(self) -> Mapping[str, Mapping[str, Any]]:
        """Everything that could be changed by provisioning, by its id: its `name`, its `type`, its `options` (id -> name)."""
        ...

    def adopt(self, settings: Mapping[Key, Any]) -> None:
        """The configuration says this from now on: it holds for the next connection."""
        ...

    def rename(self, field: str, name: str) -> None:
        """Call the tracker's field to which our *field* is mapped otherwise."""
        ...


class Losing(Protocol):
    """What a fake offers besides, so that a half-done run can be tried."""

    def lose(self, *, after: bool = False) -> None:
        """The next write request breaks off without an answer; *after*: it is carried out first."""
        ...


@runtime_checkable
class Trouble(Protocol):
    """What a fake offers besides, so that the contract can test what goes wrong with a tracker."""

    waits: list[float]
    """Seconds for which adapters would have slept, in their order."""

    def outage(self, times: int = 1, *, after: bool = False) -> None:
        """The next *times* requests break off without an answer; *after*: they are carried out first."""
        ...

    def throttle(self, seconds: float, times: int = 1) -> None:
        """The next *times* requests are refused, with a wait of *seconds* where the tracker can say so."""
        ...

    def hide(self) -> None:
        """escsync's account loses sight of every ticket, as by a lost permission."""
        ...

    def leave(self, ticket: TicketRef) -> None:
        """The ticket leaves the scope and stays readable by its id."""
        ...

    def ignore(self, field: str) -> None:
        """Writes of this canonical field are accepted and change nothing, as by a workflow rule or a trigger."""
        ...

    def between(self, act: Callable[[], None]) -> None:
        """Do *act* once, right before the tracker carries out the next write request."""
        ...

    def skew(self, delta: timedelta) -> None:
        """From the next connection on the pass's clock is off from the tracker's by *delta*."""
        ...

    def spoil(self, ticket: TicketRef) -> None:
        """From now on the tracker shows this ticket in a way that cannot be understood."""
        ...

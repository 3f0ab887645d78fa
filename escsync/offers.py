"""What an adapter may offer beside the contract, for the admin's first hour: a guide for `escsync init`, provisioning,
an outline of its schema for `escsync drift`, and a rehearsal for `escsync doctor --write-test`.

Each is a protocol of its own; an adapter that lacks one loses that comfort and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias, runtime_checkable

from escsync.adapter import Field, FieldKind, Problem, Retry, TicketRef

Key: TypeAlias = tuple[str, ...]
"""Where a value stands in a tracker's section of escsync.yaml: ("fields", "account.tier"), ("scope", "database")."""


@dataclass(frozen=True, slots=True)
class Right:
    """One right that escsync's account needs: *name* as the tracker calls it, *mode* from which on.

    *mode* is observe, annotate, enforce, or provision (only while `escsync provision --apply` runs).
    """

    name: str
    mode: str
    purpose: str
    where: str = ""
    """Where an admin grants it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that `escsync init` asks. *default* is proposed; a *secret* is never typed in: it is the name of the
    environment variable that will hold it, and the reference to that is what is written."""

    key: Key
    asks: str
    default: str = ""
    secret: bool = False
    optional: bool = False
    only: Mapping[Key, str] = field(default_factory=dict)
    """Asked only where these earlier answers were given."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where tickets may be kept: a project and issue type, a record type, a database.

    *scope* is what choosing it writes under `scope:`. *empty* says that it has yet to be made: provisioning does.
    """

    id: str
    name: str
    scope: Mapping[str, Any]
    kind: str = ""
    empty: bool = False
    also: tuple[Mapping[str, Any], ...] = ()
    """Other scopes that mean this place, each as complete as *scope*."""


@dataclass(frozen=True, slots=True)
class Available:
    """One field of a place as the tracker shows it. *spelling* is what to write under `fields:`.

    *kinds* are the forms of ours that it can hold, the best first. *options* are id -> name.
    """

    spelling: str
    name: str
    type: str
    kinds: tuple[FieldKind, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One status of a place. *spelling* is what to write under `stages:`; *order* is its place in the workflow."""

    spelling: str
    name: str
    done: bool = False
    initial: bool = False
    order: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """What a place is made of."""

    fields: tuple[Available, ...] = ()
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
    """What the admin should know before going on, one sentence each."""


@runtime_checkable
class Explorer(Protocol):
    """A connection that knows no mapping yet. Every method may raise TrackerError."""

    def places(self) -> Iterator[Place]:
        """Where tickets may be kept, the likeliest first."""
        ...

    def shape(self, place: Place) -> Shape:
        """What *place* is made of."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class Guide(Protocol):
    """What `escsync init` and the documentation know of a kind of tracker: named by `Plugin.guide`."""

    questions: tuple[Question, ...]
    rights: tuple[Right, ...]

    def explore(self, connection: Any, retry: Retry) -> Explorer:
        """Connect with a validated `connection:` section and nothing else."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """A canonical field that should exist. *named* is what the configuration maps it to, () where it maps nothing.

    *label* is the name to give it where it has to be made; *choices* are canonical value -> label of its options.
    """

    wanted: Field
    label: str
    named: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is needed and that the tracker lacks; *subject* is the key that asks for it (`fields.tone`).

    *by_hand* tells exactly what to click where escsync cannot make it; "" where `provide` can. *found* is set where
    it exists already, only the configuration does not say so: providing it then writes nothing to the tracker.
    """

    id: str
    subject: str
    what: str
    by_hand: str = ""
    found: bool = False
    optional: bool = False
    """A pass works without: the tracker holds it all the same, and making it only adds its name and its options."""


@dataclass(frozen=True, slots=True)
class Provided:
    """Something that escsync made (or found) in a tracker: *id* as the tracker names it, *kind* for its order of removal.

    *settings* is what the configuration should say from now on.
    """

    id: str
    kind: str
    what: str
    settings: Mapping[Key, Any] = field(default_factory=dict)
    kept: str = ""
    """Why it cannot be taken away again by escsync, and what to click; "" where `withdraw` can."""


@runtime_checkable
class Provisioner(Protocol):
    """Makes what is lacking; never deletes, renames or narrows anything that exists. Every method may raise TrackerError."""

    def missing(self, wishes: Sequence[Wish]) -> Iterator[Gap]:
        """What is lacking for *wishes* and for a pass, in the order in which it has to be made.

        Looks at the tracker as it is now: what a half-done run has made is no gap any more.
        """
        ...

    def provide(self, gap: Gap) -> Provided:
        """Make one gap of the last `missing` good. Repeating it makes no second one: what is there is found."""
        ...

    def provided(self) -> Iterator[Provided]:
        """What escsync made and is still there, known by its mark in the tracker; in the order to remove it."""
        ...

    def withdraw(self, one: Provided) -> None:
        """Remove what escsync made; Rejected where the tracker or its people need it."""
        ...


@runtime_checkable
class Accompanied(Protocol):
    """A Provisioner that keeps what other places of its tracker need, too."""

    def together(self, others: Sequence[Any]) -> None:
        """*others* are the settings of those trackers of this adapter from which the same run takes everything away:
        what these alone need beside is not kept for them."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One thing of the tracker's schema on which the configuration leans. None means: not known.

    *kind* is field, status, path (a transition that a process of ours needs), or workflow; *used* are the keys that
    name it (`fields.root_cause`), empty where it is newly required of everybody who creates or moves a ticket.
    """

    kind: str
    id: str
    name: str
    used: tuple[str, ...] = ()
    type: str | None = None
    options: Mapping[str, str] | None = None
    """id -> name, without those that are switched off."""
    required: bool | None = None
    category: str | None = None
    """Of a status: open or done."""
    steps: tuple[str, ...] | None = None
    """Of a workflow: its moves as "from -> to", by name, sorted."""


@runtime_checkable
class Outlined(Protocol):
    """Tells its schema, so that a change of it can be said before it hurts."""

    def outline(self) -> Iterator[Part]:
        """The schema as it is now, freshly asked for. What is mapped and not there is left out."""
        ...

    def recalled(self) -> Iterator[Part]:
        """The same as far as `Binding.discovery` tells it, which was handed back; nothing is asked."""
        ...


@runtime_checkable
class Rehearsed(Protocol):
    """Lets a whole round be tried on a ticket made for it."""

    def scratch(self, mark: str) -> TicketRef:
        """Make a ticket in scope whose summary says that it is escsync's test and may be deleted; *mark* finds it."""
        ...

    def discard(self, ref: TicketRef) -> None:
        """Delete it; Denied or Rejected with the click that does it by hand where that is not allowed."""
        ...


@runtime_checkable
class Timed(Protocol):
    """Knows the tracker's own clock."""

    @property
    def time(self) -> datetime | None:
        """The tracker's clock at the last answer (the Date header), and None before one came."""
        ...


@runtime_checkable
class Rightful(Protocol):
    """Knows which rights the account holds. Part of `check` and apart from it: doctor shows both."""

    def rights(self, mode: str) -> Iterator[Problem]:
        """One line per right that *mode* needs, well or not; a WARNING (code EXCESS) for each that it does not need."""
        ...

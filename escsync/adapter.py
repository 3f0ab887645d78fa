"""The contract between escsync and a tracker: all that an adapter author imports.

An adapter knows one tracker and no process. It reads tickets in our vocabulary and writes edits of our
vocabulary; staleness, verification, limits and the process itself are the core's job.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from escsync.domain.communication import DEFAULT_MARKERS, Message, MessageKind
from escsync.domain.evidence import Evidence, Grade, instant
from escsync.domain.fields import FIELDS, Field, FieldKind, Stage, canonical
from escsync.domain.people import PersonKind, PersonRef
from escsync.domain.plan import Change, Create, Draft, Edit, Move, SetField, WriteNote
from escsync.domain.ticket import Fact, Heard, History, NoteSeen, Status, Ticket, TicketRef, Touch, Value

__all__ = [
    "API", "FIELDS", "Adapter", "Ambiguous", "Binding", "Capabilities", "Change", "Conflict", "Create", "Cursor",
    "Denied", "Draft", "Edit", "EffectKey", "Evidence", "Fact", "Field", "FieldKind", "Found", "Grade", "Heard",
    "History", "Level", "Listener", "Message", "MessageKind", "Move", "NoteSeen", "Page", "PersonKind", "PersonRef", "Plugin", "Problem",
    "Rejected", "Retry", "Scoped", "SetField", "Stage", "Status", "Ticket", "TicketRef", "Touch", "TrackerError", "TrackerPerson",
    "Unavailable", "Unreadable", "Value", "Vanished", "Vocabulary", "WriteNote", "Written", "canonical", "instant",
]  # fmt: skip

API = 1
"""The contract's number; a plug-in that was written for another one is refused by name."""

Cursor = Mapping[str, Any]
"""Where the next incremental pull starts: small plain JSON that only its adapter understands."""
EffectKey = str
"""What an effect is for; also the marker that makes it findable."""


class TrackerError(Exception):
    """Something a tracker did not do. Each subclass is named for what the caller does next.

    *remedy* tells a person what to do; neither text holds a secret or customer text. *code* names it for programs
    where its class says too little.
    """

    def __init__(self, message: str, *, remedy: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.code = code


class Unavailable(TrackerError):
    """Wait and try again. The request was surely not executed where *executed* is False (429, refused).

    *retry_after* is the least number of seconds to wait; *everywhere* means the whole tracker must pause.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        executed: bool | None = None,
        everywhere: bool = False,
        remedy: str = "",
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after
        self.executed = executed
        self.everywhere = everywhere


class Denied(TrackerError):
    """Credentials or permissions: retrying is useless, a person must act (401, 403)."""


class Rejected(TrackerError):
    """The tracker refuses this write for a reason of its own; *field* is the canonical field where it says."""

    def __init__(self, message: str, *, field: str = "", remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.field = field


class Conflict(TrackerError):
    """Somebody else changed it first: read again and decide again."""


class Vanished(TrackerError):
    """It is not there: deleted, moved out of sight, or the right to see it is gone."""


class Ambiguous(TrackerError):
    """A write whose fate is unknown: only reading tells."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a tracker can do; the core acts on each of these.

    *history*: changes are recorded by the tracker. *messages*: it has messages. *compare_and_set*: a write can be
    made conditional on a version. *note*: an internal note can be written and surely is internal. *read_batch*
    and *write_batch*: how many tickets one call reads or writes. *ticks*: None, "minute" or "day" for what
    instants are rounded to. *incremental*: pull can return only what changed. *apart*: messages and the note do not
    come with a pulled ticket; the adapter is a `Listener`, and is asked for them where a ticket waits for one.
    """

    history: bool = True
    messages: bool = True
    compare_and_set: bool = False
    note: bool = True
    read_batch: int = 100
    write_batch: int = 1
    incremental: bool = True
    apart: bool = False


class Level(StrEnum):
    """How bad a problem of the set-up is."""

    OK = "ok"
    WARNING = "warning"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of `escsync doctor`: what was looked at, how it is, and the fix where it is not well."""

    level: Level
    subject: str
    message: str
    remedy: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A ticket that came but could not be read; it never stops the others."""

    ref: TicketRef
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some tickets, complete with evidence, and where to go on after them."""

    tickets: tuple[Ticket, ...]
    cursor: Cursor
    unreadable: tuple[Unreadable, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What the tracker's schema no longer holds (level FAIL, code DRIFT), said once per pull."""
    gone: tuple[TicketRef, ...] = ()
    """Tickets that the tracker itself calls deleted; one that merely does not come is not among them."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one change: *failures* has the error of each edit that failed, by its index.

    Edits that are not in it were accepted by the tracker, which does not prove that they took effect. *after* is
    the ticket as it stands after the write, where the tracker's answer showed it whole: then it is not read again.
    """

    ticket: TicketRef
    failures: Mapping[int, TrackerError] = field(default_factory=dict)
    created: Mapping[int, TicketRef] = field(default_factory=dict)
    after: Ticket | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A marked effect that exists on the tracker."""

    key: EffectKey
    ref: TicketRef


@dataclass(frozen=True, slots=True)
class TrackerPerson:
    """A user, queue or bot of the tracker."""

    id: str
    name: str
    email: str = ""
    username: str = ""
    kind: PersonKind = PersonKind.HUMAN
    active: bool = True


class Retry(Protocol):
    """How a call is tried again: retry.py implements it, the adapter only says what is safe."""

    def __call__(self, operation: Callable[[], Any], *, safe: bool) -> Any:
        """Run *operation*; on Unavailable wait and run it again, within the pass's budget.

        *safe*: may it be repeated although its fate is unknown (reads, idempotent writes)? Otherwise it is
        repeated only where it was surely not executed, and an unknown fate is raised as Ambiguous.
        """
        ...

    def paced(self, rate: float) -> Retry:
        """The same patience, with at most *rate* attempts a second, evenly spaced."""
        ...


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How our words map to the tracker's: `stages:`, `fields:`, `options:`, `communications:`.

    *fields*: canonical field -> the tracker's fields (one, or several for owner). *options*: canonical field ->
    canonical value -> the tracker's option. *stages*: canonical stage -> the tracker's statuses, the first of
    which is the one written.
    """

    stages: Mapping[Stage, tuple[str, ...]] = field(default_factory=dict)
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    markers: Mapping[MessageKind, tuple[str, ...]] = field(default_factory=lambda: dict(DEFAULT_MARKERS))
    native: bool = True
    follow_up: str = ""
    """`task` where the tracker's own tasks and events tell the follow-up (decision 61)."""
    reminds: bool = False
    """Is a task created where nobody has scheduled the check-in?"""

    def stage_of(self, *names: str) -> Stage | None:
        """The stage that a status with any of these ids or names maps to; names whatever their case."""
        wanted = {name.strip().casefold() for name in names if name}
        for stage, statuses in self.stages.items():
            if any(status.strip().casefold() in wanted for status in statuses):
                return stage
        return None

    def choice(self, name: str, *raw: str) -> str:
        """The canonical value of a field's option given by its id and its name, else the last of *raw* as it is."""
        options = self.options.get(name, {})
        wanted = {value.strip().casefold() for value in raw if value}
        for value, spellings in options.items():
            if any(spelling.strip().casefold() in wanted for spelling in spellings):
                return value
        for value in raw:
            known = canonical(FIELDS[name], value) if value else None
            if known is not None:
                return known
        return next((value for value in reversed(raw) if value), "")

    def marker(self, text: str) -> tuple[MessageKind | None, str]:
        """The kind that a leading marker names, and the text after it (decision 20)."""
        body = text.lstrip()
        for kind, markers in self.markers.items():
            for marker in markers:
                if body[: len(marker)].casefold() == marker.casefold():
                    rest = body[len(marker) :]
                    if not rest or not (rest[0].isalnum() or rest[0] in "_-"):
                        return kind, rest.lstrip(" \t:,-").lstrip()
        return None, text


@dataclass(frozen=True, slots=True)
class Binding:
    """Everything that goes into a connection. *settings* is the plug-in's own validated model.

    *clock* is the pass's only clock. *discovery* is what the adapter learnt of the tracker earlier (fields,
    statuses, its own account), handed back so that an idle pass need not ask again; *fresh* forbids using it.
    """

    tracker: str
    settings: Any
    vocabulary: Vocabulary
    retry: Retry
    clock: Callable[[], datetime]
    discovery: Mapping[str, Any] = field(default_factory=dict)
    fresh: bool = False


@runtime_checkable
class Adapter(Protocol):
    """One open connection to one tracker. Every method may raise TrackerError."""

    @property
    def capabilities(self) -> Capabilities:
        """What this tracker can do."""
        ...

    @property
    def me(self) -> str:
        """The native id of the account that escsync works as: what it writes is never evidence."""
        ...

    @property
    def calls(self) -> int:
        """How many requests were made so far."""
        ...

    @property
    def discovery(self) -> Mapping[str, Any]:
        """What was learnt of the tracker, as plain JSON, to be kept for the next connection."""
        ...

    def check(self) -> Iterator[Problem]:
        """Credentials, permissions, fields, options, statuses: each as one line, well or not."""
        ...

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef] = ()) -> Iterator[Page]:
        """What changed since *cursor*, overlapping; None: everything in scope, closed tickets included.

        *watch* are tickets to return as well, changed or not, where that costs no further call.
        """
        ...

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """These tickets as they stand now, wherever they are, in bulk where the API can; absent ones are left out."""
        ...

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """Carry out *changes*, in bulk where the API can; one outcome per change, in their order."""
        ...

    def create(self, draft: Draft) -> TicketRef:
        """Create a record that carries the draft's key, so that *find* finds it."""
        ...

    def find(self, keys: Sequence[EffectKey]) -> Iterator[Found]:
        """Which marked records exist? Read from the database, never from a search index that lags."""
        ...

    def people(self) -> Iterator[TrackerPerson]:
        """Who can be named as owner."""
        ...

    def fit(self, field: str, value: Value) -> Value:
        """*value* as the tracker will show it after storing it (rounded to the day, say)."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


@runtime_checkable
class Listener(Protocol):
    """What an adapter offers besides where its `Capabilities.apart` is set: messages cost a call of their own."""

    def listen(self, refs: Sequence[TicketRef]) -> Iterator[Heard]:
        """The messages and the note of these tickets; absent ones are left out."""
        ...


@runtime_checkable
class Scoped(Protocol):
    """What an adapter offers besides whose search may for a while not find what is there."""

    def inside(self, refs: Sequence[TicketRef]) -> Collection[str]:
        """The ids of those of these tickets, all known to exist, that are in scope: no lagging index is believed."""
        ...


@dataclass(frozen=True, slots=True)
class Plugin:
    """What an entry point of the group `escsync.adapters` names. Making one imports no SDK.

    *settings* and *connect* are "module:name" references, resolved only when a configuration names the adapter:
    a pydantic model with the fields `connection` and `scope`, and a function Binding -> Adapter. *template* is
    the package file (a "module:name" string constant) that `escsync init` writes. *extra* is what pip installs.
    *guide* names an `escsync.offers.Guide`, where the adapter has one.
    """

    name: str
    title: str
    settings: str
    connect: str
    template: str = ""
    extra: str = ""
    api: int = API
    guide: str = ""

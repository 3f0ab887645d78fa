"""What a pass needs, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from escsync.adapter import (
    Adapter,
    Ambiguous,
    Edit,
    PersonRef,
    Rejected,
    SetField,
    TrackerError,
    Unavailable,
    Vocabulary,
)
from escsync.domain.assessment import Assessment
from escsync.domain.duration import spoken
from escsync.domain.escalation import World
from escsync.domain.findings import Severity
from escsync.domain.plan import Limits, Mode, Plan, UnsafePlan
from escsync.domain.policy import Policy

if TYPE_CHECKING:
    from escsync.ledger import Ledger


def _silent(what: str, done: int = 0, total: int | None = None) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Everything that one pass over one tracker works with. *now* is its only clock, *pass_id* its name in the ledger.

    *elapsed* says how long the pass has been going on, *clean* takes secrets out of what a server said. *progress* is told what is being done, how much of it is done,
    and of how much.
    """

    tracker: str
    mode: Mode
    adapter: Adapter
    vocabulary: Vocabulary
    ledger: Ledger
    world: World
    policy: Policy
    limits: Limits
    now: datetime
    pass_id: str
    progress: Callable[..., None] = _silent
    elapsed: Callable[[], timedelta] = timedelta
    clean: Callable[[str], str] = str

    def later(self) -> datetime:
        """The pass's clock by now: what waits for something counts from here, never from when the pass began."""
        return self.now + self.elapsed()


@dataclass(slots=True)
class Counts:
    """What a pass counted; edits from *planned* on (decisions 9 and 10).

    seen = assessed + unreadable; planned = applied + stale + ignored + refused + failed.
    """

    pulled: int = 0
    seen: int = 0
    assessed: int = 0
    unreadable: int = 0
    planned: int = 0
    applied: int = 0
    stale: int = 0
    ignored: int = 0
    refused: int = 0
    failed: int = 0
    api_calls: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """One record that could not be done, and what to do about it; without an id it is the tracker as a whole."""

    id: str
    key: str
    code: str
    message: str
    remedy: str = ""


@dataclass(slots=True)
class Outcome:
    """What came of one pass over one tracker. *refused*: a limit stopped the plan whole. *lost*: the tracker failed.
    *held*: another pass works on it, or took over from this one.

    *stale* names, by native id and step, the edits that people's own edits have overtaken.
    """

    tracker: str
    counts: Counts = field(default_factory=Counts)
    errors: tuple[Failure, ...] = ()
    plan: Plan = field(default_factory=Plan)
    assessments: tuple[Assessment, ...] = ()
    """Of the tickets that the plan changes; one that was made to be read has all."""
    worst: Severity | None = None
    """The worst finding's severity among all escalations."""
    next_wake: datetime | None = None
    """When the first verdict changes by itself."""
    refused: UnsafePlan | None = None
    lost: bool = False
    held: bool = False
    stale: tuple[tuple[str, str], ...] = ()


def code_of(error: TrackerError) -> str:
    """The error's code in `errors`: its own, else the name of its class among the contract's."""
    if error.code:
        return error.code
    known = next(kind for kind in type(error).__mro__ if kind.__module__ == TrackerError.__module__)
    return known.__name__.upper()


def failure_of(error: TrackerError, id: str = "", key: str = "") -> Failure:
    """What *error* means for one record, or without an *id* for the tracker as a whole, with what to do about it."""
    message, remedy = error.message, error.remedy
    if isinstance(error, Unavailable):
        if error.retry_after and error.retry_after >= 1:
            message += f"; it asks for a pause of {spoken(timedelta(seconds=round(error.retry_after)))}"
        remedy = remedy or "nothing is lost: the next pass goes on from here"
    elif isinstance(error, Ambiguous):
        remedy = remedy or "nothing is lost: the next pass looks whether it was done"
    return Failure(id, key, code_of(error), message, remedy)


def with_person(error: TrackerError, edit: Edit, one: Pass) -> TrackerError:
    """A refusal of an owner tells first whose id to look at: where it is wrong, no right and no screen helps."""
    if not (isinstance(error, Rejected) and error.field == "owner" and isinstance(edit, SetField)):
        return error
    refs = [ref for ref in edit.new if isinstance(ref, PersonRef)] if isinstance(edit.new, tuple) else []
    person = one.world.directory.find(one.tracker, refs[0]) if refs else None
    if person is None:
        return error
    remedy = f"correct ids.{one.tracker} of {person.id} in people.yaml, which `escsync doctor` checks"
    more = f"; or {error.remedy}" if error.remedy else ""
    return Rejected(error.message, field=error.field, remedy=remedy + more)

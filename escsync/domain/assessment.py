"""What assess() concludes of one escalation: stage, clocks, findings, priority and who owes what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from .evidence import Grade
from .fields import ENDED, Stage
from .findings import Finding
from .people import Money, Person


class Verdict(StrEnum):
    """How a clock stands (process rules, A.0)."""

    MET = "met"
    BREACHED = "breached"
    RUNNING = "running"
    INDETERMINATE = "indeterminate"
    UNPROVEN = "unproven"
    WAIVED = "waived"
    NOT_APPLICABLE = "not_applicable"


CLOCK_NAMES = (
    "ack",
    "immediate",
    "owner",
    "investigation",
    "authorization",
    "update",
    "commitment",
    "closure_comm",
    "follow_up_schedule",
    "follow_up",
)
_BY_MESSAGE = frozenset({"ack", "immediate", "update", "closure_comm"})
"""The clocks that a message stops."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a clock's time, counted or skipped, and why."""

    start: datetime
    end: datetime
    counted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline of one cycle.

    *source* is `process` where the process names the number, else `derived`. *anchor* and *evidence* say in
    words what started and what stopped it; *soon_at* is when it begins to count as due soon.
    """

    name: str
    cycle: int
    anchor_at: datetime
    due_at: datetime
    verdict: Verdict
    source: str
    anchor: str
    met_at: datetime | None = None
    grade: Grade | None = None
    evidence: str = ""
    detail: str = ""
    soon_at: datetime | None = None
    segments: tuple[Segment, ...] = ()
    policy_version: str = ""


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account as the tracker and accounts.csv together tell it."""

    id: str | None
    name: str | None
    tier: str | None
    arr: Money | None
    customer_since: str | None
    csm: Person | None
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened, for `show`: *kind* of the data model's Event, *detail* in words.

    *until* is set where the entry is a state that ended (an owner, a finding since cleared).
    """

    at: datetime
    kind: str
    detail: str
    grade: Grade
    actor: str = ""
    source: str = ""
    cycle: int = 1
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """One escalation, judged as of *now*. The JSON of `list` and `show` is written from this."""

    id: str
    key: str
    url: str
    tracker: str
    now: datetime
    account: AccountView
    summary: str
    entry_point: str | None
    stage: Stage
    tracker_status: str
    tracker_stage: Stage | None
    cycle: int
    priority: str
    priority_reasons: tuple[str, ...]
    churn_signal: bool
    owner: Person | None
    """The one valid or invalid person named; None where nobody or several are."""
    owners: tuple[Person, ...]
    ownership_gap_minutes: int
    hand_offs: int
    policy_version: str
    created_at: datetime
    identified_at: datetime
    received_at: datetime | None
    closed_at: datetime | None
    root_cause: str | None
    clocks: tuple[Clock, ...]
    findings: tuple[Finding, ...]
    story: Callable[[], tuple[TimelineEntry, ...]] = field(compare=False, repr=False)
    """Tells the timeline when somebody asks: few do, and it is the longest part."""
    linked: str | None = None
    """The id of the earlier escalation that this one continues (decision 66)."""

    @property
    def timeline(self) -> tuple[TimelineEntry, ...]:
        """Everything that happened, oldest first."""
        return self.story()

    @property
    def running(self) -> tuple[Clock, ...]:
        """The current cycle's clocks that still ask for something: running, or late and not met."""
        if self.stage in ENDED:
            return ()
        return tuple(
            clock
            for clock in self.clocks
            if clock.cycle == self.cycle
            and (
                clock.verdict is Verdict.RUNNING
                or (clock.verdict is Verdict.BREACHED and clock.met_at is None)
            )
        )

    @property
    def awaits_message(self) -> bool:
        """Is a message to the customer still owed, or one that names the owner? (decision 27a)"""
        owed = any(clock.name in _BY_MESSAGE for clock in self.running)
        return owed or (
            self.stage not in ENDED and any(f.code == "ACK_OWNER_MISMATCH" for f in self.findings)
        )

    @property
    def next_due(self) -> datetime | None:
        """The nearest deadline that is still open, past ones included."""
        return min((clock.due_at for clock in self.running), default=None)

    @property
    def health(self) -> str:
        """`breached`, `due_soon` or `ok`: what the health field shows."""
        if any(clock.verdict is Verdict.BREACHED for clock in self.running):
            return "breached"
        soon = any(clock.soon_at is not None and clock.soon_at <= self.now for clock in self.running)
        return "due_soon" if soon else "ok"

    @property
    def next_wake(self) -> datetime | None:
        """When time alone changes this assessment next."""
        marks = [mark for clock in self.running for mark in (clock.soon_at, clock.due_at) if mark is not None]
        return min((mark for mark in marks if mark >= self.now), default=None)

"""Plans: what a pass would change, as data that can be read, saved, refused and applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from .fields import FIELDS, Stage
from .ticket import TicketRef, Value


class Mode(StrEnum):
    """How far escsync may go on a tracker."""

    OFF = "off"
    OBSERVE = "observe"
    ANNOTATE = "annotate"
    ENFORCE = "enforce"

    @property
    def rank(self) -> int:
        """A higher mode may do all that a lower one may."""
        return list(Mode).index(self)


@dataclass(frozen=True, slots=True)
class SetField:
    """Give the canonical *field* the value *new*; *old* is what it held when the plan was made."""

    field: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class Move:
    """Move the ticket from the status *old* to (a status of) the stage *new*."""

    old: str
    new: Stage


@dataclass(frozen=True, slots=True)
class WriteNote:
    """Write the one living internal note, or bring it up to date: *text* in plain lines.

    *digest* is the hash of its content, carried in the note's marker line; *old* is the digest found, None where
    there is no note yet, and *at* the native id of the note found. *twins* are further notes of ours: they go.
    """

    text: str
    digest: str
    old: str | None
    at: str = ""
    twins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to create. *key* is unique and carried in the record, so that it is found again after a crash.

    *parent* is the ticket it belongs to, None for a new escalation.
    """

    key: str
    values: Mapping[str, Value]
    parent: TicketRef | None = None


@dataclass(frozen=True, slots=True)
class Create:
    """Create a record beside the ticket (a follow-up task); *key* makes it findable again."""

    draft: Draft


Edit: TypeAlias = SetField | Move | WriteNote | Create


@dataclass(frozen=True, slots=True)
class Change:
    """All edits of one ticket. *based_on* is the digest of the ticket they were planned on."""

    tracker: str
    ticket: TicketRef
    based_on: str
    edits: tuple[Edit, ...]
    because: tuple[str, ...]
    version: str = ""
    """The tracker's own revision mark of that ticket, for trackers with compare-and-set."""

    @property
    def id(self) -> str:
        """The escalation's id."""
        return f"{self.tracker}:{self.ticket.id}"


@dataclass(frozen=True, slots=True)
class Withheld:
    """A change that a limit, the mode or the mapping kept back. *reason*: `mode:observe`, `limit:max_writes`,
    `unmapped:FIELD`, `not_internal`, `set_aside` (it failed for its own reasons), `settling` (it may have been done),
    `ignored` (it was accepted before and not seen)."""

    change: Change
    reason: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The safety valve: at most *max_writes* tickets written in a pass, at most *max_share* of the open ones
    enforced upon (0..1, counted from 10 open ones on)."""

    max_writes: int = 25
    max_share: float = 0.3
    min_open: int = 10


@dataclass(frozen=True, slots=True)
class UnsafePlan:
    """Why a plan is refused whole: *reason* is `limit:max_writes` or else `limit:max_share`; *message* names all."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What one pass would change on one tracker."""

    changes: tuple[Change, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    def guard(self, limits: Limits, open_count: int) -> UnsafePlan | None:
        """None where the plan is within *limits*, else why it is refused."""
        enforced = sum(1 for change in self.changes if any(enforces(edit) for edit in change.edits))
        return refusal(limits, open_count, writes=len(self.changes), enforced=enforced)

    def kept_back(self, unsafe: UnsafePlan) -> Plan:
        """The same plan as long as a limit refuses it: nothing would be done, everything is withheld."""
        held = (Withheld(change, unsafe.reason) for change in self.changes)
        return Plan((), (*held, *self.withheld))


def refusal(limits: Limits, open_count: int, *, writes: int, enforced: int) -> UnsafePlan | None:
    """None where a plan of so many tickets is within *limits*, else the refusal with the numbers, the key and the flag.

    The share counts only enforced edits (owner, move, create): notes and escsync's own fields disturb nobody
    (decision 58).
    """
    why, flags = [], []
    if too_many := writes > limits.max_writes:
        why.append(f"{writes} tickets would be written; limits.max_writes is {limits.max_writes}")
        flags.append(f"--max-writes {writes}")
    if open_count >= limits.min_open and enforced > limits.max_share * open_count:
        why.append(
            f"{enforced} of {open_count} open escalations ({enforced / open_count:.0%}) would be enforced upon; "
            f"limits.max_share is {limits.max_share:.0%}"
        )
        flags.append(letting_through(enforced, open_count))
    if not why:
        return None
    # Both at once: whoever raised the one would be refused by the other.
    return UnsafePlan(
        "limit:max_writes" if too_many else "limit:max_share",
        f"{', and '.join(why)}. Read the plan with `escsync plan`, then raise {'both' if flags[1:] else 'it'}: "
        f"{' '.join(flags)}",
    )


def letting_through(enforced: int, open_count: int) -> str:
    """The flag with which that share is not refused: rounded up."""
    return f"--max-share {-(-100 * enforced // open_count) / 100:.2f}"


def enforces(edit: Edit) -> bool:
    """Does *edit* change what people work with, rather than escsync's own note and fields?"""
    match edit:
        case SetField():
            return not FIELDS[edit.field].own
        case Move() | Create():
            return True
        case WriteNote():
            return False


def edits_of(changes: Sequence[Change]) -> int:
    """How many edits *changes* hold: every counter counts these (decision 9)."""
    return sum(len(change.edits) for change in changes)

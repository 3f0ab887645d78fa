"""People: who they are, which role each held when, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo


class PersonKind(StrEnum):
    """What answers to a name in a tracker."""

    HUMAN = "human"
    BOT = "bot"
    QUEUE = "queue"
    GROUP = "group"
    SHARED_MAILBOX = "shared_mailbox"


class Role(StrEnum):
    """A role that the process gives a right or a duty."""

    TIER1_AGENT = "tier1_agent"
    TIER2_AGENT = "tier2_agent"
    SUPPORT_MANAGER = "support_manager"
    SUPPORT_DIRECTOR = "support_director"
    SUPPORT_VP = "support_vp"
    CSM = "csm"
    ACCOUNT_EXECUTIVE = "account_executive"
    ENGINEERING = "engineering"
    PRODUCT = "product"
    SUPPORT_OPS = "support_ops"
    OPERATIONS_LEADER = "operations_leader"
    PRODUCT_LEADER = "product_leader"
    EXECUTIVE = "executive"


class Function(StrEnum):
    """The part of the company a person works in."""

    SUPPORT = "support"
    SUPPORT_OPS = "support_ops"
    CS = "cs"
    SALES = "sales"
    ENGINEERING = "engineering"
    PRODUCT = "product"
    OPERATIONS = "operations"
    EXECUTIVE = "executive"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,.2f}"


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as a tracker names one: a native *id*, or only a *name* or *email* where a field holds text.

    *active* is None where the tracker does not say.
    """

    id: str = ""
    name: str = ""
    email: str = ""
    kind: PersonKind = PersonKind.HUMAN
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Tenure:
    """A role held from *since* (inclusive) until *until* (exclusive); None is open."""

    role: Role
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Is the role held at *at*?"""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Absence:
    """Away from *first* to *last*, both inclusive local days; *fallback* is a people id."""

    first: date
    last: date
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One entry of people.yaml, or (*known* False) somebody only a tracker knows."""

    id: str
    name: str
    kind: PersonKind = PersonKind.HUMAN
    title: str = ""
    email: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    function: Function | None = None
    tenures: tuple[Tenure, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()
    fallback: str | None = None
    is_executive: bool = False
    active: bool = True
    may_approve_exceptions: bool = False
    approve_limit: Money | None = None
    known: bool = True

    @property
    def human(self) -> bool:
        """Can this one own an escalation or speak for the company?"""
        return self.kind is PersonKind.HUMAN

    def roles(self, at: datetime) -> frozenset[Role]:
        """The roles held at *at*."""
        return frozenset(tenure.role for tenure in self.tenures if tenure.holds(at))

    def absence(self, at: datetime) -> Absence | None:
        """The absence that covers *at*, in the person's own time zone."""
        day = at.astimezone(self.zone).date()
        return next((a for a in self.absences if a.first <= day <= a.last), None)


class Directory:
    """Everybody in people.yaml, found by people id, native id, e-mail or full name."""

    def __init__(self, people: Iterable[Person] = (), fallback_owner: str | None = None) -> None:
        self.people: Mapping[str, Person] = {person.id: person for person in people}
        self.fallback_owner = fallback_owner
        self._native = {
            (tracker, native): person
            for person in self.people.values()
            for tracker, native in person.ids.items()
        }
        self._text: dict[str, Person | None] = {}
        for person in self.people.values():
            for key in {person.id, person.email, person.name} - {""}:
                folded = key.casefold()
                clash = folded in self._text and self._text[folded] is not person
                self._text[folded] = None if clash else person

    def get(self, person_id: str | None) -> Person | None:
        """The person with this people id."""
        return self.people.get(person_id) if person_id else None

    def named(self, text: str) -> Person | None:
        """The one person whose people id, e-mail or full name is *text*, whatever its case (decision 18)."""
        return self._text.get(text.strip().casefold())

    def find(self, tracker: str, ref: PersonRef) -> Person | None:
        """The person a tracker's reference means: by native id; by text only where it has none."""
        if ref.id:
            return self._native.get((tracker, ref.id))
        return (self.named(ref.email) if ref.email else None) or (self.named(ref.name) if ref.name else None)

    def resolve(self, tracker: str, ref: PersonRef) -> Person:
        """As *find*, else a stand-in with *known* False: unknown people are a finding, never a guess."""
        found = self.find(tracker, ref)
        if found is not None:
            return found
        name = ref.name or ref.email or ref.id
        return Person(id=ref.id or name, name=name, kind=ref.kind, email=ref.email, known=False)

    def stand_in(self, person: Person | None, at: datetime) -> Person | None:
        """Who owns in *person*'s place at *at*: the absence's, the person's or the global fallback.

        A fallback who is inactive or absent is followed once to his own; then nobody (decision 39).
        """
        for _ in range(2):
            absence = person.absence(at) if person else None
            named = (absence and absence.fallback) or (person and person.fallback) or self.fallback_owner
            candidate = self.get(named or None)
            if candidate is None or candidate is person:
                return None
            if candidate.human and candidate.active and candidate.absence(at) is None:
                return candidate
            person = candidate
        return None


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """00:00 of *day* in *zone*, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last second of *day* in *zone*, in UTC."""
    return local_midnight(day + timedelta(days=1), zone) - timedelta(seconds=1)

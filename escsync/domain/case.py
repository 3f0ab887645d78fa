"""A case: one cycle of an escalation as it stood at an instant, with everything the rules ask of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from .account import AccountRow
from .cycles import Cycle
from .escalation import Escalation
from .evidence import Evidence, moment, whole_day
from .fields import FIELDS, canonical
from .missing import blank, lacks
from .owners import Ownership, Span, at, owned_by
from .people import Money, Person, PersonRef, end_of_day
from .policy import Policy
from .ticket import Fact, Status

_RENEWED = (
    "committed_at",
    "implemented_at",
    "root_cause",
    "breakdown_point",
    "follow_up.",
    "exception.",
)
"""Fields that a reopening makes due again: what was said before it no longer counts (D21)."""


_ABSURD = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed instant and the record of its typing: *value* is what was typed, *when* when the tracker saw it."""

    value: datetime
    when: Evidence
    day: bool
    """Only a day was typed."""


@dataclass(frozen=True, slots=True)
class Case:
    """One cycle, its policy, and only the evidence that counts in it up to *now*."""

    escalation: Escalation
    cycle: Cycle
    policy: Policy
    now: datetime
    spans: tuple[Span, ...]
    current: bool
    latest: dict[str, Fact | None] = field(default_factory=dict, compare=False, repr=False)
    """What *fact* answered before: the rules ask the same things many times."""

    @property
    def start(self) -> datetime:
        """When this cycle's duties begin: identified, or reopened."""
        return self.cycle.start.at

    @property
    def renewed(self) -> bool:
        """Did a reopening start it, within the same escalation or as one linked to it?"""
        return self.cycle.reopened is not None

    def facts(self, name: str) -> tuple[Fact, ...]:
        """A field's facts that count in this cycle, oldest first."""
        facts = self.escalation.history.get(name, ())
        end = self.cycle.end
        if end is not None:
            facts = tuple(f for f in facts if f.when.at < end)
        if self.renewed and name.startswith(_RENEWED):
            facts = tuple(f for f in facts if f.when.at >= self.start)
        return facts

    def fact(self, name: str) -> Fact | None:
        """The latest fact of a field, None where its value is missing."""
        if name in self.latest:
            return self.latest[name]
        facts = self.facts(name)
        found = facts[-1] if facts and not lacks(name, facts[-1].value) else None
        self.latest[name] = found
        return found

    def filled(self, name: str) -> Fact | None:
        """The fact that filled a field which has held a value ever since: later corrections do not undo it."""
        found: Fact | None = None
        for fact in self.facts(name):
            if lacks(name, fact.value):
                found = None
            elif found is None:
                found = fact
        return found

    def text(self, name: str) -> str:
        """A field's value as text, "" where it is missing."""
        fact = self.fact(name)
        return fact.value.strip() if fact is not None and isinstance(fact.value, str) else ""

    def choices(self, name: str) -> tuple[str, ...]:
        """A multiple choice's values."""
        fact = self.fact(name)
        if fact is None or not isinstance(fact.value, tuple):
            return (fact.value,) if fact is not None and isinstance(fact.value, str) else ()
        return tuple(value for value in fact.value if isinstance(value, str))

    def people(self, name: str) -> tuple[Person, ...]:
        """A person field's people."""
        fact = self.fact(name)
        if fact is None or not isinstance(fact.value, tuple):
            return ()
        refs = (ref for ref in fact.value if isinstance(ref, PersonRef))
        return tuple(
            self.escalation.person(ref) for ref in refs if ref.id or ref.email or not blank(ref.name)
        )

    def typed(self, name: str) -> Typed | None:
        """A typed instant that has come to pass by *now* (decision 22)."""
        fact = self.fact(name)
        found = None if fact is None else self.read_typed(fact)
        return found if found is not None and found.value <= self.now else None

    def read_typed(self, fact: Fact) -> Typed | None:
        """The instant a fact names; a bare day is the instant of its typing where that fell on the day, else the
        day's end in the account's zone."""
        day = whole_day(fact.value)
        if day is None:
            value = moment(fact.value)
            return None if value is None else Typed(value, fact.when, False)
        same = fact.when.at.astimezone(self.zone).date() == day
        return Typed(fact.when.at if same else end_of_day(day, self.zone), fact.when, True)

    def in_time(self, name: str, due: datetime) -> Typed | None:
        """The first typing of an instant that lay before *due*, was recorded before it, and had come to pass then:
        correcting it later takes nothing back."""
        begun = self.filled(name)
        for fact in self.facts(name):
            if begun is not None and fact.when.at >= begun.when.at:
                told = self.read_typed(fact)
                if told is not None and told.value <= fact.when.at <= due:
                    return told
        return None

    @property
    def zone(self) -> ZoneInfo:
        """The account's zone, else that of this cycle's policy."""
        return self.escalation.local or self.policy.zone

    @property
    def closed(self) -> Fact | None:
        """The status change that closed this cycle."""
        return self.cycle.closed

    @property
    def span(self) -> Span | None:
        """Who owns it now."""
        return at(self.spans, self.now)

    def owner_at(self, when: datetime) -> Person | None:
        """The one valid owner at *when*."""
        span = at(self.spans, when)
        return span.owner if span else None

    @property
    def owner(self) -> Person | None:
        """The one valid owner now."""
        return self.owner_at(self.now)

    def owned_by(self, person: Person, when: datetime) -> bool:
        """Was *person* the owner at *when*, as far as that is known?"""
        return owned_by(self.spans, person.id, when)

    def first_owned(self) -> Evidence | None:
        """When a valid owner first held it in this cycle."""
        for span in self.spans:
            if span.state is Ownership.VALID and (span.end is None or span.end > self.start):
                return span.start if span.start.at >= self.start else self.cycle.start
        return None

    @property
    def row(self) -> AccountRow | None:
        """The account's line in accounts.csv."""
        return self.escalation.account_row

    def account(self, name: str) -> str:
        """A fact of the account (`name`, `tier` ...): the tracker's own value, else accounts.csv's."""
        own = self.text(f"account.{name}")
        value = str(own or (getattr(self.row, name, "") if self.row else "") or "")
        field = FIELDS[f"account.{name}"]
        known = not value or not field.choices or value in field.choices
        return value if known else canonical(field, value) or value

    @property
    def arr(self) -> Money | None:
        """The account's ARR with its currency; None where either is missing (decision 98)."""
        fact = self.fact("account.arr")
        raw = fact.value if fact is not None else (self.row.arr if self.row else None)
        currency = self.account("currency").upper()
        try:
            amount = raw if isinstance(raw, Decimal) else Decimal(str(raw)) if raw else None
        except ArithmeticError:
            amount = None
        if amount is None or not amount.is_finite() or not 0 <= amount < _ABSURD:
            return None
        return Money(amount, currency) if len(currency) == 3 and currency.isalpha() else None

    @property
    def customer_since(self) -> date | None:
        """Since when the account is a customer."""
        fact = self.fact("account.customer_since")
        value = fact.value if fact is not None else (self.row.customer_since if self.row else None)
        return whole_day(value.date() if isinstance(value, datetime) else value)

    @property
    def csm(self) -> Person | None:
        """The account's customer success manager."""
        named = self.people("account.csm")
        if named:
            return named[0]
        return self.escalation.world.directory.get(self.row.csm) if self.row and self.row.csm else None

    @property
    def csm_may_be_absent(self) -> bool:
        """Would the source of accounts say so if there is none, rather than say nothing?"""
        if not self.escalation.readable("account.csm") or (self.row is not None and self.row.csm):
            return False
        return self.escalation.mapped("account.csm") or self.row is not None

    @property
    def status(self) -> Status:
        """The tracker's status in force."""
        facts = self.facts("stage")
        value = facts[-1].value if facts else None
        return value if isinstance(value, Status) else Status("", "")

    def by(self, fact: Fact) -> Person | None:
        """Who set a fact."""
        return None if fact.actor is None else self.escalation.person(fact.actor)

"""A case: one cycle of an escalation as it stood at an instant, with everything the rules ask of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from .account import AccountRow
from .communication import Spoken
from .cycles import Cycle
from .escalation import Escalation, blank
from .evidence import Evidence, Grade, instant
from .owners import Ownership, Span, at
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
    spoken: tuple[Spoken, ...] = field(default=())

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
        facts = self.facts(name)
        return facts[-1] if facts and not blank(facts[-1].value) else None

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
        return tuple(self.escalation.person(ref) for ref in fact.value if isinstance(ref, PersonRef))

    def typed(self, name: str) -> Typed | None:
        """A typed instant that has come to pass by *now* (decision 22)."""
        fact = self.fact(name)
        found = None if fact is None else self.read_typed(fact)
        return found if found is not None and found.value <= self.now else None

    def read_typed(self, fact: Fact) -> Typed | None:
        """The instant a fact names; a bare day is the instant of its typing where that fell on the day, else the
        day's end in the account's zone."""
        match fact.value:
            case datetime():
                return Typed(instant(fact.value), fact.when, False)
            case date():
                zone = self.escalation.zone
                same = fact.when.at.astimezone(zone).date() == fact.value
                return Typed(fact.when.at if same else end_of_day(fact.value, zone), fact.when, True)
            case _:
                return None

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
        value = own or (getattr(self.row, name, "") if self.row else "")
        return str(value or "")

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
        valid = amount is not None and amount.is_finite() and amount >= 0 and len(currency) == 3
        return Money(amount, currency) if valid and amount is not None else None

    @property
    def customer_since(self) -> date | None:
        """Since when the account is a customer."""
        fact = self.fact("account.customer_since")
        value = fact.value if fact is not None else (self.row.customer_since if self.row else None)
        return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None

    @property
    def csm(self) -> Person | None:
        """The account's customer success manager."""
        named = self.people("account.csm")
        if named:
            return named[0]
        return self.escalation.world.directory.get(self.row.csm) if self.row and self.row.csm else None

    @property
    def csm_known_absent(self) -> bool:
        """Does the source of accounts say that there is none, rather than say nothing?"""
        if self.csm is not None or not self.escalation.readable("account.csm"):
            return False
        return self.escalation.mapped("account.csm") or (self.row is not None and not self.row.csm)

    @property
    def status(self) -> Status:
        """The tracker's status in force."""
        facts = self.facts("stage")
        value = facts[-1].value if facts else None
        return value if isinstance(value, Status) else Status("", "")

    def by(self, fact: Fact) -> Person | None:
        """Who set a fact."""
        return None if fact.actor is None else self.escalation.person(fact.actor)


def graded(typed: Typed) -> Evidence:
    """The evidence of a typed instant that nobody doubts: the typed value, with its record's grade."""
    return Evidence(typed.value, None, typed.when.grade, typed.when.source or Grade.C.value)

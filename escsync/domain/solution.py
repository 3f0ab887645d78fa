"""The solution: what was decided, with whose authority, and what the customer was promised (SOL, UPD-7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from .case import Case
from .communication import MessageKind
from .contacts import Contact, Contacts, sent
from .evidence import Evidence, moment, whole_day
from .people import Money, Person, end_of_day
from .ticket import Fact

_NUMBER = r"(?<![\d.,'])\d(?:[\d.,' ]{0,24}\d)?"
_AMOUNT = re.compile(
    rf"\b(?P<c1>[A-Z]{{3}})\s?(?P<a1>{_NUMBER})|(?P<a2>{_NUMBER})\s?(?P<c2>[A-Z]{{3}})\b"
    rf"|(?P<s1>[€$£])\s?(?P<a3>{_NUMBER})|(?P<a4>{_NUMBER})\s?(?P<s2>[€$£])"
)
_LONGEST = 10_000
"""Only so much of the resolution links is read."""
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}


@dataclass(frozen=True, slots=True)
class Commitment:
    """The date given to the customer: *due* since *made*; *silent* is a later date nobody told the customer."""

    due: datetime
    made: Evidence
    silent: Fact | None = None


def commitment(case: Case, told: Contacts) -> Commitment | None:
    """The committed date in force. An earlier date always counts; a later one only with a further personal update
    sent before the old date passed (UPD-7)."""
    found: Commitment | None = None
    for fact in case.facts("committed_at"):
        due = _promised(case, fact.value)
        if due is None:
            continue
        if found is None or due <= found.due or _told(case, told, found, fact, due):
            found = Commitment(due, fact.when)
        else:
            found = Commitment(found.due, found.made, fact)
    return found or _spoken(case, told)


def _spoken(case: Case, told: Contacts) -> Commitment | None:
    """The date in the messages themselves, where no field holds it: a later message moves it while it can."""
    found: Commitment | None = None
    for contact in told.human:
        day = max(filter(whole_day, contact.spoken.reading.dates), default=None)
        first = found is None and contact is told.update
        if day is not None and (
            first or (found is not None and _further(contact) and contact.at <= found.due)
        ):
            found = Commitment(end_of_day(day, case.zone), sent(contact))
    return found


def _promised(case: Case, value: object) -> datetime | None:
    day = whole_day(value)
    return moment(value) if day is None else end_of_day(day, case.zone)


def _further(contact: Contact) -> bool:
    return contact.kind is MessageKind.CUSTOMER_UPDATE and contact.by_owner and contact.personal


def _told(case: Case, told: Contacts, before: Commitment, fact: Fact, due: datetime) -> bool:
    """Was the customer told of the later date before the old one passed: by its day, or right after the change?"""
    day = due.astimezone(case.zone).date()
    return any(
        _further(contact)
        and before.made.at < contact.at <= before.due
        and (day in contact.spoken.reading.dates or (contact.at >= fact.when.at and not _dated(contact)))
        for contact in told.human
    )


def _dated(contact: Contact) -> bool:
    return bool(contact.spoken.reading.dates)


@dataclass(frozen=True, slots=True)
class Authority:
    """A policy exception: *decided* when it was chosen, *own* whether the owner may grant it himself."""

    decided: Fact
    owner: Person | None
    own: bool
    authorizer: Person | None


def authority(case: Case) -> Authority | None:
    """Who may grant the policy exception, where one was chosen (SOL-7, SOL-8)."""
    chosen = next((f for f in case.facts("resolution_types") if _chose(f, "policy_exception")), None)
    if chosen is None or "policy_exception" not in case.choices("resolution_types"):
        return None
    owner = case.owner_at(chosen.when.at) or case.owner
    named = case.people("exception.authorizer")
    return Authority(chosen, owner, may_approve(owner, amount(case)), named[0] if named else None)


def _chose(fact: Fact, kind: str) -> bool:
    return fact.value == kind or (isinstance(fact.value, tuple) and kind in fact.value)


def may_approve(person: Person | None, credit: Money | None) -> bool:
    """May *person* grant an exception of this amount? Without an amount the limit cannot bind."""
    if person is None or not person.may_approve_exceptions:
        return False
    limit = person.approve_limit
    if limit is None or credit is None:
        return True
    return limit.currency == credit.currency and credit.amount <= limit.amount


def amount(case: Case) -> Money | None:
    """The first amount with a currency in the resolution links."""
    match = _AMOUNT.search(case.text("resolution_links")[:_LONGEST])
    if match is None:
        return None
    group = {key: value for key, value in match.groupdict().items() if value}
    number = next(value for key, value in group.items() if key.startswith("a"))
    unit = next(value for key, value in group.items() if not key.startswith("a"))
    try:
        return Money(_decimal(number), _SIGNS.get(unit, unit))
    except InvalidOperation:
        return None


def _decimal(text: str) -> Decimal:
    """`1,250.50`, `1.250,50` and `1 250` alike: the last separator with other than three digits is the point."""
    digits = re.sub(r"[' ]", "", text)
    point = max(digits.rfind("."), digits.rfind(","))
    if point >= 0 and len(digits) - point - 1 != 3:
        whole, fraction = digits[:point], digits[point + 1 :]
        return Decimal(re.sub(r"[.,]", "", whole) + "." + fraction)
    return Decimal(re.sub(r"[.,]", "", digits))


def linked(case: Case, kind: str) -> bool:
    """Has a chosen resolution its counterpart on record (SOL-2..5)?

    Entries of `resolution_links` may begin with their type (`engineering_fix: PROJ-12`); an entry without one
    serves any type, a billing credit needs an amount with a currency.
    """
    if kind == "policy_exception" and (
        case.people("exception.authorizer") or case.fact("exception.requested_at")
    ):
        return True
    text = case.text("resolution_links")[:_LONGEST]
    entries = [entry.strip() for entry in re.split(r"[\n;]+", text) if entry.strip()]
    for entry in entries:
        head, colon, rest = entry.partition(":")
        typed = re.sub(r"[\s-]+", "_", head.strip().casefold()) if colon else ""
        body = rest.strip() if typed in _KINDS else entry
        if (typed in _KINDS and typed != kind) or not body:
            continue
        if kind != "billing_credit" or _AMOUNT.search(body):
            return True
    return False


_KINDS = frozenset(
    {"engineering_fix", "billing_credit", "product_configuration_change", "policy_exception", "other"}
)

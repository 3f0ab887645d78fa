"""An escalation: a ticket and everything known of it, as the process sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .account import AccountRow
from .communication import Reading, Spoken
from .cycles import Cycle, chapters
from .evidence import Evidence, Grade, bounded
from .missing import blank, lacks
from .people import Person, PersonRef
from .policy import Policy, Waiver
from .record import Record, World
from .ticket import Fact, History, Ticket, Value

__all__ = ["Escalation", "Record", "World", "blank", "escalations"]


@dataclass(frozen=True, slots=True)
class Escalation:
    """One complaint's life, with only the evidence known by *now*.

    *history* is every field's past; *spoken* the messages, read, oldest first; *cycles* at least one. *began* is
    the reopening that started it where it continues an older escalation (*linked*, decision 66).
    """

    id: str
    record: Record
    world: World
    history: Mapping[str, History]
    spoken: tuple[Spoken, ...]
    cycles: tuple[Cycle, ...]
    account_row: AccountRow | None
    zone: ZoneInfo
    now: datetime
    linked: str | None = None
    waivers: tuple[Waiver, ...] = ()
    local: ZoneInfo | None = None
    """The account's own zone; where it has none, each cycle's policy zone stands in."""

    def waiver(self, clock: str, cycle: int) -> str:
        """Who waived this deadline and why, "" where nobody did."""
        for waiver in self.waivers:
            if waiver.clock == clock and waiver.cycle == cycle and waiver.id in (self.id, self.ticket.key):
                return f"waived by {waiver.by}: {waiver.reason}"
        return ""

    @property
    def ticket(self) -> Ticket:
        """The ticket as last seen."""
        return self.record.ticket

    def person(self, ref: PersonRef) -> Person:
        """Who a tracker's reference means."""
        return self.world.directory.resolve(self.record.tracker, ref)

    def mapped(self, name: str) -> bool:
        """Can the tracker tell this field at all?"""
        return name in self.ticket.values

    def readable(self, name: str) -> bool:
        """False where the field should be there and could not be read: then it is unknown, not missing.

        "messages" are unread as long as nobody has asked for them.
        """
        return name not in self.ticket.unreadable and (name != "messages" or self.ticket.heard)

    def fact(self, name: str) -> Fact | None:
        """The latest fact of a field."""
        facts = self.history.get(name)
        return facts[-1] if facts else None

    def value(self, name: str) -> Value:
        """A field's value; None where it is blank, a placeholder such as "TBD", unmapped or unreadable."""
        fact = self.fact(name)
        return None if fact is None or lacks(name, fact.value) else fact.value

    def text(self, name: str) -> str:
        """A field's value as text, "" where there is none."""
        value = self.value(name)
        return value.strip() if isinstance(value, str) else ""


def escalations(record: Record, world: World, policy: Policy, now: datetime) -> tuple[Escalation, ...]:
    """The escalations that a ticket holds as of *now*: one, or one more per reopening after the window (D21).

    Empty where the ticket did not exist yet.
    """
    ticket = record.ticket
    now = bounded(now)
    if ticket.created_at > now:
        return ()
    history = _history(ticket, now)
    groups = chapters(record, history, policy, now)
    if groups[0][0].start.at > now:
        return ()  # an ordinary ticket then: nobody had identified it yet
    row = world.accounts.find(_text(history, "account.id") or None, _text(history, "account.name") or None)
    local = _zone(_text(history, "account.time_zone"), row)
    told = _told(record, world, now)
    found: list[Escalation] = []
    for number, cycles in enumerate(groups, start=1):
        found.append(
            Escalation(
                id=record.id if number == 1 else f"{record.id}~{number}",
                record=record,
                world=world,
                history=history,
                spoken=told,
                cycles=cycles,
                account_row=row,
                zone=local or policy.zone,
                now=now,
                linked=found[-1].id if found else None,
                waivers=policy.waivers,
                local=local,
            )
        )
    return tuple(found)


def _history(ticket: Ticket, now: datetime) -> dict[str, History]:
    """Each field's past up to *now*, oldest first; a value without a past is known since the last change."""
    history = {name: _until(facts, now) for name, facts in ticket.history.items()}
    for name, value in ticket.values.items():
        if name not in ticket.history:
            seen = max(ticket.created_at, ticket.updated_at or ticket.created_at)
            when = Evidence(seen, None if seen == ticket.created_at else ticket.created_at, Grade.B, "poll")
            history[name] = (Fact(when, value),) if when.at <= now else ()
    return history


def _until(facts: History, now: datetime) -> History:
    if any(after.when.at < before.when.at for before, after in pairwise(facts)):
        facts = tuple(sorted(facts, key=lambda fact: fact.when.at))
    return facts if not facts or facts[-1].when.at <= now else tuple(f for f in facts if f.when.at <= now)


def _told(record: Record, world: World, now: datetime) -> tuple[Spoken, ...]:
    """The messages sent by *now*, oldest first; our own account's words are never evidence (decision 51)."""
    return tuple(
        Spoken(
            message,
            world.directory.resolve(record.tracker, message.sender),
            record.readings.get(message.id, _UNREAD),
            _by(record.gone.get(message.id), now),
        )
        for message in sorted(record.ticket.messages, key=lambda m: (m.when.at, m.id))
        if message.when.at <= now and not (record.ours and message.sender.id == record.ours)
    )


_UNREAD = Reading()


def _by(evidence: Evidence | None, now: datetime) -> Evidence | None:
    return evidence if evidence is not None and evidence.at <= now else None


def _text(history: Mapping[str, History], name: str) -> str:
    facts = history.get(name, ())
    value = facts[-1].value if facts else None
    return value.strip() if isinstance(value, str) and not blank(value) else ""


def _zone(own: str, row: AccountRow | None) -> ZoneInfo | None:
    """The account's own zone, None where nobody named one that exists."""
    for name in (own, row.time_zone if row else ""):
        if ("/" in name and len(name) < 64) or name == "UTC":
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return None

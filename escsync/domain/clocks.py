"""Clocks: what starts and what stops each deadline of one cycle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from .assessment import Clock, Segment
from .calendar import add
from .case import Case
from .contacts import Contact, Contacts, sent
from .duration import Duration
from .evidence import Evidence, Grade
from .fields import CHECKLIST
from .investigation import FINDINGS, Investigation
from .judging import DERIVED, PROCESS, Anchor, Met, dated, timed
from .solution import authority, commitment

_MESSAGES = ("messages",)
_INQUIRY = (*(f"checklist.{item}" for item in CHECKLIST), FINDINGS)


@dataclass(frozen=True, slots=True)
class Desk:
    """The clocks of one case."""

    case: Case
    told: Contacts
    inquiry: Investigation

    def clocks(self) -> Iterator[Clock]:
        """Every clock that runs, ran, or cannot run any more, in the order of the process."""
        ack = self.ack()
        yield ack
        yield from self.immediate(ack)
        yield self.owner(ack)
        yield from self.investigation(ack)
        yield from self.authorization()
        yield from self.update(ack)
        yield from self.commitment()
        yield from self.closing()

    def ack(self) -> Clock:
        """ACK-1: two hours from identification; only the first qualifying message stops it."""
        case, rule = self.case, self.case.policy.clocks.ack
        anchor = Anchor(case.cycle.start, "reopened" if case.renewed else "identified")
        received = case.typed("received_at")
        counts = rule.anchor == "received_at" and received is not None and not case.renewed
        if counts and received is not None and received.value < case.start:
            anchor = Anchor(Evidence(received.value, None, Grade.C, "received_at"), "received")
        return timed(case, "ack", rule, anchor, _by(self.told.ack, "acknowledged by"), needs=_MESSAGES)

    def immediate(self, ack: Clock) -> Iterator[Clock]:
        """PRI-8, D12: a threat shortens a clock and never lengthens it (decision 24)."""
        raised = self.threat()
        if raised is None:
            return
        case, first = self.case, self.told.ack
        answered = first is not None and first.at <= raised.at
        yield timed(
            case,
            "immediate",
            case.policy.clocks.immediate,
            Anchor(raised, "public or threatened", DERIVED),
            _by(self._reply(raised.at) if answered else first, "answered by"),
            within=case.policy.priority.immediate_response,
            cap=None if answered else ack.due_at,
            needs=_MESSAGES,
        )

    def _reply(self, after: datetime) -> Contact | None:
        """The next personal message by the owner, or by anybody who may acknowledge."""
        senior = (c for c in self.told.human if c.at > after and c.personal)
        return next((c for c in senior if c.by_owner or c.may_acknowledge), None)

    def threat(self) -> Evidence | None:
        """When the complaint became public or the customer threatened that, within this cycle."""
        urgent = self.case.policy.priority.urgent_tones
        facts = self.case.facts("tone")
        for i, fact in enumerate(facts):
            ends = facts[i + 1].when.at if i + 1 < len(facts) else None
            if fact.value in urgent and (ends is None or ends > self.case.start):
                return fact.when if fact.when.at >= self.case.start else self.case.cycle.start
        return None

    def owner(self, ack: Clock) -> Clock:
        """D11: one single human owner by the acknowledgement deadline."""
        case, first = self.case, self.case.first_owned()
        met = Met(first, "a single human owner named") if first else None
        anchor = Anchor(case.cycle.start, ack.anchor, DERIVED)
        return dated(case, "owner", case.policy.clocks.owner, anchor, met, ack.due_at, ack.segments)

    def investigation(self, ack: Clock) -> Iterator[Clock]:
        """INV-1, D7: four hours from the first valid owner, or from the acknowledgement deadline."""
        case, rule, first = self.case, self.case.policy.clocks.investigation, self.told.ack
        owned = case.first_owned()
        anchor = Anchor(owned, "owner assigned") if owned else None
        if rule.anchor == "identified_at":
            anchor = Anchor(case.cycle.start, "identified")
        elif rule.anchor == "actual_ack":
            anchor = Anchor(sent(first), "acknowledged") if first else None
        if rule.backstop == "ack_due" and (anchor is None or anchor.when.at > ack.due_at):
            anchor = Anchor(Evidence(ack.due_at, source="backstop"), "acknowledgement due (backstop)")
        if anchor is None:
            return
        done = self.inquiry.met
        if rule.restart_on_reassign:
            anchor = self._restarted(anchor, done)
        met = Met(done, "checklist and findings complete") if done else None
        yield timed(case, "investigation", rule, anchor, met, needs=_INQUIRY)

    def _restarted(self, anchor: Anchor, done: Evidence | None) -> Anchor:
        """The last change of owner that came before it was done; a first assignment is no change."""
        owners = [span for span in self.case.spans if span.owner is not None]
        for before, after in pairwise(owners):
            changed = before.people != after.people and after.start.at > anchor.when.at
            if changed and (done is None or after.start.at <= done.at):
                anchor = Anchor(after.start, "owner reassigned")
        return anchor

    def authorization(self) -> Iterator[Clock]:
        """SOL-8, D12: authority is asked for at once where the owner has none."""
        case, name = self.case, "exception.requested_at"
        grant = authority(case)
        if grant is None or grant.own:
            return
        asked = case.typed(name)
        yield timed(
            case,
            "authorization",
            case.policy.clocks.authorization,
            Anchor(grant.decided.when, "policy exception decided", DERIVED),
            Met(asked.when, "authorization requested", asked, name) if asked else None,
            within=case.policy.solution.immediately,
            needs=(name,),
        )

    def update(self, ack: Clock) -> Iterator[Clock]:
        """UPD-1, D9: eight hours from the first qualifying acknowledgement, from its deadline where there is none."""
        case, rule, first = self.case, self.case.policy.clocks.update, self.told.ack
        anchor = Anchor(sent(first), "acknowledged") if first else None
        if rule.anchor == "identified_at":
            anchor = Anchor(case.cycle.start, "identified")
        if anchor is None:
            if rule.no_ack_anchor == "none":
                return
            due = Evidence(ack.due_at, source="backstop")
            anchor = Anchor(due, "acknowledgement due (no acknowledgement)")
        cap = self.planned_update(ack) if rule.late_ack == "capped" else None
        met = _by(self.told.update, "full account by")
        yield timed(case, "update", rule, anchor, met, cap=cap, needs=_MESSAGES)

    def planned_update(self, ack: Clock) -> datetime:
        """When the update would be due had the acknowledgement been sent at its deadline."""
        rule = self.case.policy.clocks.update
        return add(ack.due_at, rule.within or Duration(), rule.calendar, self.case.policy.calendars)[0]

    def commitment(self) -> Iterator[Clock]:
        """UPD-7: the date given to the customer is a deadline."""
        case, name = self.case, "implemented_at"
        given = commitment(case, self.told)
        if given is None:
            return
        done = case.typed(name)
        met = Met(done.when, "implemented", done, name) if done else None
        segments = (
            Segment(given.made.at, max(given.due, given.made.at), True, "date given to the customer"),
        )
        anchor = Anchor(given.made, "date committed", DERIVED)
        rule = case.policy.clocks.commitment
        yield dated(case, "commitment", rule, anchor, met, given.due, segments, (name,))

    def closing(self) -> Iterator[Clock]:
        """CLO-2..CLO-5: the closure message, the check-in's booking and the check-in itself."""
        case, rules = self.case, self.case.policy.clocks
        done, closed = case.typed("implemented_at"), case.closed
        told = self.told.closure(done.value if done else None)
        if done is not None:
            start = Evidence(done.value, None, done.when.grade, done.when.source)
            met = _by(told, "completion confirmed by")
            anchor = Anchor(start, "implemented", DERIVED)
            yield timed(case, "closure_comm", rules.closure_comm, anchor, met, needs=_MESSAGES)
        if closed is not None:
            booked = case.filled("follow_up.scheduled_for") or case.filled("follow_up.held_at")
            yield timed(
                case,
                "follow_up_schedule",
                rules.follow_up_schedule,
                Anchor(closed.when, "closed", DERIVED),
                Met(booked.when, "check-in scheduled") if booked else None,
                within=rules.follow_up.schedule_grace,
                needs=("follow_up.scheduled_for",),
            )
        # Without a closure message the closing itself is the anchor, and that is our reading (decision 62).
        by_message = told is not None and rules.follow_up.anchor == "closure_comm"
        if told is not None and by_message:
            yield self._follow_up(Anchor(sent(told), "closure message"))
        elif closed is not None:
            literal = rules.follow_up.anchor == "closed_at"
            yield self._follow_up(Anchor(closed.when, "closed", PROCESS if literal else DERIVED))

    def _follow_up(self, anchor: Anchor) -> Clock:
        case, rule, name = self.case, self.case.policy.clocks.follow_up, "follow_up.held_at"
        held = case.typed(name)
        met = Met(held.when, "check-in held", held, name) if held else None
        within = rule.within or Duration()
        if rule.unit == "elapsed":
            within = Duration(seconds=int(within.elapsed.total_seconds()))
        return timed(case, "follow_up", rule, anchor, met, within=within, needs=(name,))


def _by(contact: Contact | None, what: str) -> Met | None:
    return None if contact is None else Met(sent(contact), f"{what} {contact.spoken.sender.name}")

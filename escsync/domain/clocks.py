"""Clocks: anchor, due, met and verdict of each deadline of one cycle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .assessment import Clock, Segment, Verdict
from .calendar import add, add_days
from .case import Case, Typed
from .contacts import Contacts, sent
from .duration import Duration, spoken
from .evidence import Evidence, Grade
from .fields import ENDED, Stage
from .investigation import Investigation
from .policy import ClockRule
from .solution import authority, commitment

PROCESS, DERIVED = "process", "derived"


@dataclass(frozen=True, slots=True)
class Met:
    """What stopped a clock: the record *when*, the instant believed, and in words."""

    when: Evidence
    what: str
    typed: Typed | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """The clocks of one case, and how each is judged."""

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

    # -- one clock each ---------------------------------------------------------------------------------------

    def ack(self) -> Clock:
        """ACK-1: two hours from identification; only the first qualifying message stops it."""
        rule = self.case.policy.clocks.ack
        start = self.case.cycle.start
        anchor = "reopened" if self.case.renewed else "identified"
        received = self.case.typed("received_at")
        if rule.anchor == "received_at" and received is not None and not self.case.renewed:
            start, anchor = Evidence(received.value, None, Grade.C, "received_at"), "received"
        first = self.told.ack
        met = Met(sent(first), f"acknowledged by {first.spoken.sender.name}") if first else None
        return self._within("ack", rule, start, anchor, PROCESS, met)

    def immediate(self, ack: Clock) -> Iterator[Clock]:
        """PRI-8, D12: a threat shortens a clock and never lengthens it (decision 24)."""
        raised = self.threat()
        if raised is None:
            return
        case, rule = self.case, self.case.policy.clocks.immediate
        within = case.policy.priority.immediate_response
        first = self.told.ack
        answered = first is not None and first.at <= raised.at
        if answered:
            allowed = frozenset(case.policy.roles.may_acknowledge)
            reply = next(
                (
                    c
                    for c in self.told.human
                    if c.at > raised.at and c.personal and (c.by_owner or c.roles & allowed)
                ),
                None,
            )
        else:
            reply = first
        met = Met(sent(reply), f"answered by {reply.spoken.sender.name}") if reply else None
        clock = self._within("immediate", rule, raised, "public or threatened", DERIVED, met, within=within)
        if not answered and clock.due_at > ack.due_at:
            clock = self._judged(replace(clock, due_at=ack.due_at), met)
        yield clock

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
        first = self.case.first_owned()
        met = Met(first, "a single human owner named") if first else None
        clock = self._clock("owner", ack.due_at, self.case.cycle.start, ack.anchor, DERIVED, ack.segments)
        return self._judged(self._soon(clock, self.case.policy.clocks.owner), met)

    def investigation(self, ack: Clock) -> Iterator[Clock]:
        """INV-1, D7: four hours from the first valid owner, or from the acknowledgement deadline."""
        case, rule = self.case, self.case.policy.clocks.investigation
        owned = self._restarted() if rule.restart_on_reassign else case.first_owned()
        anchor, start = "owner assigned", owned
        if rule.anchor == "identified_at":
            anchor, start = "identified", case.cycle.start
        elif rule.anchor == "actual_ack":
            anchor, start = "acknowledged", sent(self.told.ack) if self.told.ack else None
        if start is None or start.at > ack.due_at:
            if rule.backstop == "ack_due":
                anchor, start = (
                    "acknowledgement due (backstop)",
                    Evidence(ack.due_at, None, Grade.A, "backstop"),
                )
            elif start is None:
                return
        done = self.inquiry.met
        met = Met(done, "checklist and findings complete") if done else None
        yield self._within("investigation", rule, start, anchor, PROCESS, met)

    def _restarted(self) -> Evidence | None:
        from_owners = [s.start for s in self.case.spans if s.owner and s.start.at >= self.case.start]
        return from_owners[-1] if from_owners else self.case.first_owned()

    def authorization(self) -> Iterator[Clock]:
        """SOL-8, D12: authority is asked for at once where the owner has none."""
        grant = authority(self.case)
        if grant is None or grant.own:
            return
        asked = self.case.typed("exception.requested_at")
        met = Met(asked.when, "authorization requested", asked) if asked else None
        yield self._within(
            "authorization",
            self.case.policy.clocks.authorization,
            grant.decided.when,
            "policy exception decided",
            DERIVED,
            met,
            within=self.case.policy.solution.immediately,
        )

    def update(self, ack: Clock) -> Iterator[Clock]:
        """UPD-1, D9: eight hours from the first qualifying acknowledgement, from its deadline where there is none."""
        rule = self.case.policy.clocks.update
        first = self.told.ack
        anchor, start = "acknowledged", sent(first) if first else None
        if rule.anchor == "identified_at":
            anchor, start = "identified", self.case.cycle.start
        if start is None:
            if rule.no_ack_anchor == "none":
                return
            anchor, start = (
                "acknowledgement due (no acknowledgement)",
                Evidence(ack.due_at, source="backstop"),
            )
        done = self.told.update
        met = Met(sent(done), f"full account by {done.spoken.sender.name}") if done else None
        clock = self._within("update", rule, start, anchor, PROCESS, met)
        if rule.late_ack == "capped" and clock.due_at > self.planned_update(ack):
            cap = replace(clock, due_at=self.planned_update(ack), anchor=f"{anchor}, capped")
            clock = self._judged(self._soon(cap, rule), met)
        yield clock

    def planned_update(self, ack: Clock) -> datetime:
        """When the update would be due had the acknowledgement been sent at its deadline."""
        rule = self.case.policy.clocks.update
        return add(ack.due_at, rule.within or Duration(), rule.calendar, self.case.policy.calendars)[0]

    def commitment(self) -> Iterator[Clock]:
        """UPD-7: the date given to the customer is a deadline."""
        given = commitment(self.case, self.told)
        if given is None:
            return
        done = self.case.typed("implemented_at")
        met = Met(done.when, "implemented", done) if done else None
        segments = (Segment(given.made.at, given.due, True, "date given to the customer"),)
        clock = self._clock("commitment", given.due, given.made, "date committed", DERIVED, segments)
        yield self._judged(self._soon(clock, self.case.policy.clocks.commitment), met)

    def closing(self) -> Iterator[Clock]:
        """CLO-2..CLO-5: the closure message, the check-in's booking and the check-in itself."""
        case, rules = self.case, self.case.policy.clocks
        done = case.typed("implemented_at")
        told = self.told.closure(done.value if done else None)
        if done is not None:
            start = Evidence(done.value, None, done.when.grade, done.when.source)
            met = Met(sent(told), f"completion confirmed by {told.spoken.sender.name}") if told else None
            yield self._within("closure_comm", rules.closure_comm, start, "implemented", DERIVED, met)
        closed = case.closed
        if closed is not None:
            booked = case.fact("follow_up.scheduled_for") or case.fact("follow_up.held_at")
            met = Met(booked.when, "check-in scheduled") if booked else None
            grace = rules.follow_up.schedule_grace
            yield self._within(
                "follow_up_schedule",
                rules.follow_up_schedule,
                closed.when,
                "closed",
                DERIVED,
                met,
                within=grace,
            )
        anchor, since = "closed", closed.when if closed else None
        if told is not None and rules.follow_up.anchor == "closure_comm":
            anchor, since = "closure message", sent(told)
        if since is not None:
            held = case.typed("follow_up.held_at")
            met = Met(held.when, "check-in held", held) if held else None
            yield self._follow_up(since, anchor, met)

    def _follow_up(self, since: Evidence, anchor: str, met: Met | None) -> Clock:
        rule, zone = self.case.policy.clocks.follow_up, self.case.escalation.zone
        if rule.unit == "elapsed":
            return self._within("follow_up", rule, since, anchor, PROCESS, met)
        due = add_days(since.at, rule.within or Duration(), zone)
        segments = (Segment(since.at, due, True, f"calendar days in {zone.key}"),)
        clock = self._clock("follow_up", due, since, anchor, PROCESS, segments)
        return self._judged(self._soon(clock, rule), met)

    # -- how a clock is made and judged -----------------------------------------------------------------------

    def _within(
        self,
        name: str,
        rule: ClockRule,
        start: Evidence,
        anchor: str,
        source: str,
        met: Met | None,
        *,
        within: Duration | None = None,
    ) -> Clock:
        length = within or rule.within or Duration()
        if length.days or length.months:
            due = add_days(start.at, length, self.case.policy.zone)
            segments: tuple[Segment, ...] = (Segment(start.at, due, True, "calendar days"),)
        else:
            due, segments = add(start.at, length, rule.calendar, self.case.policy.calendars)
        clock = self._clock(name, due, start, anchor, source, segments)
        return self._judged(self._soon(clock, rule), met)

    def _clock(
        self,
        name: str,
        due: datetime,
        start: Evidence,
        anchor: str,
        source: str,
        segments: tuple[Segment, ...],
    ) -> Clock:
        return Clock(
            name=name,
            cycle=self.case.cycle.number,
            anchor_at=start.at,
            due_at=due,
            verdict=Verdict.RUNNING,
            source=source,
            anchor=anchor,
            segments=segments,
            policy_version=self.case.policy.version,
        )

    def _soon(self, clock: Clock, rule: ClockRule) -> Clock:
        """When the last part of the time begins (decision 29)."""
        share = rule.due_soon.strip()
        if share.endswith("%"):
            lead = (clock.due_at - clock.anchor_at) * (float(share[:-1]) / 100)
        else:
            lead = Duration.parse(share).elapsed
        soon = clock.due_at - max(lead, timedelta())
        return replace(clock, soon_at=soon.replace(microsecond=0))

    def _judged(self, clock: Clock, met: Met | None) -> Clock:
        case = self.case
        waiver = case.escalation.waiver(clock.name, case.cycle.number)
        if waiver:
            return replace(clock, verdict=Verdict.WAIVED, detail=waiver)
        if met is None:
            if case.now <= clock.due_at:
                over = not case.current or case.status.stage in ENDED
                return replace(clock, verdict=Verdict.NOT_APPLICABLE if over else Verdict.RUNNING)
            if case.status.stage in _SIDE_EXITS:
                return replace(clock, verdict=Verdict.NOT_APPLICABLE)
            late = spoken(case.now - clock.due_at)
            return replace(clock, verdict=Verdict.BREACHED, detail=f"overdue by {late}")
        verdict, at, detail = _verdict(clock.due_at, met, case.policy.evidence.min_grade)
        return replace(
            clock,
            verdict=verdict,
            met_at=at,
            grade=met.when.grade,
            evidence=f"{met.what} ({met.when.source})" if met.when.source else met.what,
            detail=detail,
        )


_SIDE_EXITS = frozenset({Stage.REJECTED, Stage.DUPLICATE, Stage.WITHDRAWN})


def _verdict(due: datetime, met: Met, weakest: Grade) -> tuple[Verdict, datetime, str]:
    """Judge evidence against a deadline, inclusive (D22); an interval that straddles it proves nothing (D5)."""
    when, typed = met.when, met.typed
    at = when.at if typed is None else typed.value
    if typed is not None and typed.value <= due < when.at:
        if when.after is not None and when.after < due:
            return Verdict.INDETERMINATE, at, "first seen in an interval that contains the deadline"
        return Verdict.UNPROVEN, at, "typed before the deadline, recorded after it"
    if typed is None and when.after is not None and when.after < due < when.at:
        return Verdict.INDETERMINATE, at, "first seen in an interval that contains the deadline"
    if at > due:
        return Verdict.BREACHED, at, f"late by {spoken(at - due)}"
    if when.grade.rank > weakest.rank:
        return Verdict.UNPROVEN, at, f"only grade {when.grade} evidence"
    return Verdict.MET, at, f"with {spoken(due - at)} to spare"

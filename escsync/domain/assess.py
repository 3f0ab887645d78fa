"""Judging an escalation: a pure function of the evidence, the policy and the instant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from .assessment import AccountView, Assessment, Clock
from .case import Case
from .catalogue import finding
from .clocks import Desk
from .contacts import Contacts, contacts
from .cycles import Cycle, ruling
from .escalation import Escalation, escalations
from .evidence import bounded
from .fields import Stage
from .findings import Finding
from .investigation import investigate
from .owners import Span, gap, hand_offs, spans
from .people import Person
from .policy import Policy
from .priority import Priority, prioritize
from .rules.acknowledgement import acknowledgement
from .rules.closing import checking_in, closing, order
from .rules.intake import ownership, required
from .rules.investigating import investigating
from .rules.keeping import keeping, priority_drift, typed
from .rules.merging import merged, merging
from .rules.solving import solving
from .rules.updating import updating
from .stage import derive
from .timeline import timeline


def assess(escalation: Escalation, policy: Policy, now: datetime) -> Assessment:
    """Clocks, findings, stage and priority of *escalation* as of *now*.

    *policy* is the one in force; a cycle that has a policy pinned is judged by that (D23). Evidence later than
    *now* is left out. The same arguments give the same answer; nothing is read or written.
    """
    now = bounded(now)
    escalation = _as_of(escalation, policy, now)
    owned = spans(escalation)
    cases = [_case(escalation, cycle, policy, now, owned) for cycle in escalation.cycles]
    clocks: list[Clock] = []
    found: list[Finding] = []
    heard: list[Contacts] = []
    stage, priority, told = Stage.INTAKE, Priority("P2", ()), Contacts((), (), ())
    for case in cases:
        told = contacts(case)
        heard.append(told)
        desk = Desk(case, told, investigate(case))
        ruling = {clock.name: clock for clock in desk.clocks()}
        stage, priority = derive(case, told, ruling), prioritize(case)
        if stage is Stage.CANDIDATE:  # a proposal owes nothing until a person confirms it
            found.extend(keeping(case, told))
            continue
        clocks.extend(ruling.values())
        found.extend(_findings(case, told, desk, ruling, stage, priority))
    last = cases[-1]
    owner_span = last.span
    people = owner_span.people if owner_span else ()
    ended = last.closed.when.at if last.closed else now
    first = escalation.cycles[0].start.at
    received = last.typed("received_at")
    return Assessment(
        id=escalation.id,
        key=escalation.ticket.key,
        url=escalation.ticket.url,
        tracker=escalation.record.tracker,
        now=now,
        account=_account(last),
        summary=last.text("summary"),
        entry_point=last.text("entry_point") or None,
        stage=stage,
        tracker_status=last.status.name or last.status.id,
        tracker_stage=last.status.stage,
        cycle=last.cycle.number,
        priority=priority.level,
        priority_reasons=priority.reasons,
        churn_signal=bool(priority.churn),
        owner=people[0] if len(people) == 1 else None,
        owners=people,
        ownership_gap_minutes=gap(owned, last.start, min(now, ended)),
        hand_offs=hand_offs(owned, first),
        policy_version=last.policy.version,
        created_at=escalation.ticket.created_at,
        identified_at=first,
        received_at=received.value if received else None,
        closed_at=last.closed.when.at if last.closed else None,
        root_cause=last.text("root_cause") or None,
        clocks=tuple(clocks),
        findings=tuple(_sorted(found)),
        story=partial(timeline, escalation, owned, tuple(heard)),
        linked=escalation.linked,
    )


def _as_of(escalation: Escalation, policy: Policy, now: datetime) -> Escalation:
    """*escalation* with only what was known by *now*, and the waivers of *policy*."""
    if escalation.now != now:
        again = escalations(escalation.record, escalation.world, policy, now)
        known = next((e for e in again if e.id == escalation.id), None)
        if known is None:
            raise ValueError(f"nothing was known of {escalation.id} by {now:%Y-%m-%d %H:%M} UTC")
        return known
    return escalation if escalation.waivers == policy.waivers else replace(escalation, waivers=policy.waivers)


def _case(
    escalation: Escalation, cycle: Cycle, policy: Policy, now: datetime, owned: tuple[Span, ...]
) -> Case:
    rules = ruling(escalation.record, policy, cycle.ordinal)
    current = cycle is escalation.cycles[-1] and cycle.end is None
    seen = now if cycle.end is None else min(now, cycle.end)
    return Case(escalation, cycle, rules, seen, owned, current)


def _findings(
    case: Case, told: Contacts, desk: Desk, clocks: dict[str, Clock], stage: Stage, priority: Priority
) -> Iterator[Finding]:
    if case.status.stage in (Stage.REJECTED, Stage.DUPLICATE):
        if case.status.stage is Stage.DUPLICATE:
            yield merged(case, case.facts("stage")[-1].when.at)
        yield from keeping(case, told)
        return
    yield from acknowledgement(case, told, clocks)
    if case.current:
        yield from required(case)
        if case.closed is None or stage is Stage.INTAKE:
            yield from ownership(case, clocks)
        yield from keeping(case, told)
        yield from merging(case)
        yield from priority_drift(case, priority.level)
        if priority.churn:
            since = case.escalation.cycles[0].start.at
            yield finding("CHURN_SIGNAL", case.cycle.number, since, priority.churn)
    yield from investigating(case, told, desk.inquiry, clocks, stage)
    yield from solving(case, clocks, stage)
    yield from updating(case, told, desk, clocks)
    yield from closing(case, told, clocks)
    yield from checking_in(case, clocks)
    yield from order(case, told, clocks)
    yield from typed(case, clocks)


def _sorted(found: list[Finding]) -> list[Finding]:
    """Worst first, then oldest; equal ones once."""
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda f: (f.severity.rank, f.since, f.code, f.cycle, f.detail))


def _account(case: Case) -> AccountView:
    csm: Person | None = case.csm
    since = case.customer_since
    return AccountView(
        id=case.text("account.id") or (case.row.id if case.row and case.row.id else None),
        name=case.account("name") or None,
        tier=case.account("tier") or None,
        arr=case.arr,
        customer_since=since.isoformat() if since else None,
        csm=csm,
        zone=case.zone,
    )

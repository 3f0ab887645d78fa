"""The stage: the first step whose duties are not done, whatever the status label says (decision 27)."""

from __future__ import annotations

from .assessment import Clock, Verdict
from .case import Case
from .contacts import Contacts
from .fields import BREAKDOWN_POINTS, ROOT_CAUSES, Stage
from .investigation import FINDINGS, investigate, lacking
from .solution import authority, linked

_BY_LABEL = frozenset({Stage.CANDIDATE, Stage.REJECTED, Stage.DUPLICATE})


def derive(case: Case, told: Contacts, clocks: dict[str, Clock]) -> Stage:
    """Where the escalation really stands; only side exits are believed from the label."""
    label = case.status.stage
    if label in _BY_LABEL:
        return label
    for step in (
        Stage.INTAKE,
        Stage.INVESTIGATION,
        Stage.SOLUTION_DESIGN,
        Stage.CUSTOMER_UPDATE,
        Stage.RESOLUTION_PENDING,
    ):
        if unmet(case, told, clocks, step):
            return step
    held = case.typed("follow_up.held_at") is not None and bool(case.text("follow_up.outcome"))
    return Stage.COMPLETE if held else Stage.CLOSED_FOLLOW_UP_DUE


def unmet(case: Case, told: Contacts, clocks: dict[str, Clock], step: Stage) -> tuple[str, ...]:
    """The duties of *step* that are not done, in words (the data model's enforcement table).

    A waived deadline is waived with its duty; closing fixes who owned it, whoever leaves afterwards.
    """
    match step:
        case Stage.INTAKE:
            ack = clocks["ack"]
            sent = told.ack is not None or case.now > ack.due_at or ack.verdict is Verdict.WAIVED
            owned = case.owner or (case.closed and case.owner_at(case.closed.when.at))
            return tuple(what for what, done in (("one owner", owned), ("acknowledgement", sent)) if not done)
        case Stage.INVESTIGATION:
            clock = clocks.get("investigation")
            if clock is None:
                inquiry = investigate(case)
                return () if inquiry.met is not None else inquiry.lacking
            done = clock.met_at is not None or clock.verdict is Verdict.WAIVED
            return () if done else lacking(case, case.now) or (FINDINGS,)
        case Stage.SOLUTION_DESIGN:
            return _undecided(case)
        case Stage.CUSTOMER_UPDATE:
            waived = "update" in clocks and clocks["update"].verdict is Verdict.WAIVED
            return () if told.update is not None or waived else ("personal update by the owner",)
        case Stage.RESOLUTION_PENDING:
            return _unfinished(case, told)
        case _:
            return ()


def _undecided(case: Case) -> tuple[str, ...]:
    kinds = case.choices("resolution_types")
    if not kinds:
        return ("resolution type",)
    mapped = case.escalation.mapped("resolution_links")
    open_duties = [f"link for {kind}" for kind in kinds if mapped and not linked(case, kind)]
    grant = authority(case)
    if grant is not None and not grant.own and case.fact("exception.requested_at") is None:
        open_duties.append("authorization request")
    return tuple(open_duties)


def _unfinished(case: Case, told: Contacts) -> tuple[str, ...]:
    implemented = case.typed("implemented_at")
    held = case.fact("follow_up.held_at") is not None
    return tuple(
        what
        for what, done in (
            ("implementation", implemented is not None),
            ("closure message", told.closure(implemented.value if implemented else None) is not None),
            (
                "root cause",
                case.text("root_cause") in ROOT_CAUSES or not case.policy.root_cause.primary_required,
            ),
            ("breakdown point", case.text("breakdown_point") in BREAKDOWN_POINTS),
            ("check-in scheduled", held or case.fact("follow_up.scheduled_for") is not None),
            ("closing", case.closed is not None),
        )
        if not done
    )

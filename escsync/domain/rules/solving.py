"""SOL: the owner decides the resolution, with authority and with a counterpart on record."""

from __future__ import annotations

from collections.abc import Iterator

from ..assessment import Clock, Verdict
from ..case import Case
from ..catalogue import finding
from ..fields import STEPS, Stage
from ..findings import Finding
from ..people import Function
from ..solution import amount, authority, linked, may_approve

_COUNTERPARTS = {
    "engineering_fix": (Function.ENGINEERING,),
    "product_configuration_change": (Function.PRODUCT, Function.ENGINEERING, Function.SUPPORT_OPS),
}


def solving(case: Case, clocks: dict[str, Clock], stage: Stage) -> Iterator[Finding]:
    """SOL-1..SOL-8."""
    cycle = case.cycle.number
    chosen = case.fact("resolution_types")
    if chosen is None:
        owed = stage in STEPS and STEPS.index(stage) >= STEPS.index(Stage.SOLUTION_DESIGN)
        inquiry = clocks.get("investigation")
        if owed and case.escalation.readable("resolution_types") and inquiry is not None:
            yield finding(
                "RESOLUTION_TYPE_MISSING", cycle, inquiry.met_at or case.start, "resolution_types is blank"
            )
        return
    since, author = chosen.when.at, case.by(chosen)
    owner = case.owner_at(since)
    if author is not None and owner is not None and author.id != owner.id:
        yield finding(
            "DECISION_NOT_BY_OWNER", cycle, since, f"decided by {author.name}, owned by {owner.name}"
        )
    for kind in case.choices("resolution_types"):
        if not linked(case, kind):
            if case.escalation.readable("resolution_links"):
                yield finding("RESOLUTION_LINK_MISSING", cycle, since, f"nothing on record for {kind}")
        elif kind in _COUNTERPARTS and not _named(case, kind):
            yield finding("COUNTERPART_MISSING", cycle, since, f"nobody named for {kind}")
    yield from _authority(case, clocks)


def _named(case: Case, kind: str) -> bool:
    text = case.text("resolution_links").casefold()
    return any(
        person.function in _COUNTERPARTS[kind] and person.name.casefold() in text
        for person in case.escalation.world.directory.people.values()
    )


def _authority(case: Case, clocks: dict[str, Clock]) -> Iterator[Finding]:
    grant, cycle = authority(case), case.cycle.number
    if grant is None or grant.own:
        return
    clock = clocks.get("authorization")
    if clock is not None and clock.verdict is Verdict.BREACHED:
        yield finding("AUTHORIZATION_NOT_REQUESTED", cycle, clock.due_at, clock.detail)
    asked, decided = case.typed("exception.requested_at"), case.typed("exception.decided_at")
    outcome = case.text("exception.outcome")
    if asked is not None and decided is None and not outcome:
        yield finding("AUTHORIZATION_PENDING", cycle, asked.value, "asked for, not decided")
    granted = outcome.casefold() in {"approved", "granted", "yes"} or (decided is not None and not outcome)
    implemented = case.typed("implemented_at")
    if granted and not may_approve(grant.authorizer, amount(case)):
        who = grant.authorizer.name if grant.authorizer else "nobody"
        at = decided.value if decided else grant.decided.when.at
        yield finding("EXCEPTION_WITHOUT_AUTHORITY", cycle, at, f"authorized by {who}")
    elif implemented is not None and not granted:
        yield finding(
            "EXCEPTION_WITHOUT_AUTHORITY", cycle, implemented.value, "implemented before it was granted"
        )

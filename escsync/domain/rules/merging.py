"""ENT-8: one complaint arriving by two paths is one escalation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ..case import Case
from ..catalogue import finding
from ..escalation import Escalation
from ..findings import Finding
from ..twins import Mark, gist_of, source_of


def merging(case: Case) -> Iterator[Finding]:
    """DUPLICATE where the source is the very same, POSSIBLE_DUPLICATE where it only looks so; said of the later one."""
    one, rule = mark(case.escalation), case.policy.duplicates
    marks = case.escalation.world.marks
    same = marks.same(one)
    if same is not None:
        yield finding("DUPLICATE", case.cycle.number, one.identified_at, f"same source as {_named(same)}")
        return
    alike = marks.alike(one, rule.window.elapsed, rule.similarity / 100)
    if alike is not None:
        yield finding(
            "POSSIBLE_DUPLICATE", case.cycle.number, one.identified_at, f"looks like {_named(alike)}"
        )


def merged(case: Case, since: datetime) -> Finding:
    """DUPLICATE of what has been set aside, with the survivor's name where the source tells it."""
    same = case.escalation.world.marks.same(mark(case.escalation))
    detail = f"same source as {_named(same)}" if same else "merged into another escalation"
    return finding("DUPLICATE", case.cycle.number, since, detail)


def _named(other: Mark) -> str:
    ended = "; it has ended: reopen it if the customer came back" if other.ended else ""
    return f"{other.key or other.id}, identified {other.identified_at:%Y-%m-%d %H:%M} UTC{ended}"


def mark(escalation: Escalation) -> Mark:
    """What tells an escalation apart."""
    row = escalation.account_row
    name = escalation.text("account.name") or (row.name if row else "")
    return Mark(
        id=escalation.record.id,
        key=escalation.ticket.key,
        account=escalation.text("account.id") or name.casefold(),
        identified_at=escalation.cycles[0].start.at,
        source=source_of(escalation.text("source_url")),
        gist=gist_of(escalation.text("summary"), name),
    )

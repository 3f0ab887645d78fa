"""What people have renamed since it was accepted: it is there, and a second one beside it would be the worst of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.config import TrackerConfig
    from escsync.offers import Gap
    from escsync.setup.schema.drift import Shift

_KINDS = ("fields", "options", "stages")


def spared(session: Session, tracker: TrackerConfig, gaps: Sequence[Gap]) -> Iterator[Gap]:
    """*gaps*, where nothing is made that is there under another name: then the mapping is to be mended.

    Asks the tracker only where such a gap stands beside a schema that was accepted: names are told apart by it alone.
    """
    asking = any(gap.subject.partition(".")[0] in _KINDS and not (gap.by_hand or gap.found) for gap in gaps)
    shifts = _shifts(session, tracker) if asking and session.ledger.outline(tracker.name) else []
    for gap in gaps:
        found = [one for one in shifts if not gap.by_hand and _same(gap.subject, one.subject)]
        yield _left(gap, found) if found else gap


def _shifts(session: Session, tracker: TrackerConfig) -> list[Shift]:
    from escsync.cli.inspection.outlines import compared
    from escsync.setup.schema.drift import Kind

    shifts = compared(session, tracker, None).shifts
    return [one for one in shifts if one.kind in (Kind.RENAMED, Kind.OPTION_RENAMED) and one.breaks]


def _same(gap: str, shift: str) -> bool:
    """Is it about the same thing? `options.tone` and `fields.tone`; `stages`, as a whole, and any of them."""
    kind, _, name = gap.partition(".")
    if kind == "stages":
        return shift == gap if name else shift.startswith("stages.")
    return kind in _KINDS and shift in (f"options.{name}", f"fields.{name}")


def _left(gap: Gap, found: Sequence[Shift]) -> Gap:
    told = "; ".join(f"{one.subject}: {one.message} -> {one.remedy}" for one in found)
    return replace(gap, by_hand=f"do not make it a second time: {told}; then run the same command again")

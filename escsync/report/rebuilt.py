"""A rebuilt ledger in words and as JSON: what was read, and what is no longer known because of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.text import Text

from escsync.report import document, outcome
from escsync.report.display import shown

if TYPE_CHECKING:
    from escsync.sync.rebuilding import Proof, Rebuilt, Shift

_NEVER = (
    "messages that were deleted, and what an edited one said when it was first seen",
    "which policy each cycle was judged by: all are judged by the present one",
    "what escsync wrote, when and why; its marks on the tracker still keep it from writing anything twice",
)
_NO_HISTORY = "when fields changed: the tracker keeps no record of it, and what polls saw of it (grade B) begins anew now"


def told(one: Rebuilt) -> Iterator[Text]:
    """A line for the tracker, one for each loss, and one for each record that could not be read."""
    name, calls = shown(one.outcome.tracker), one.outcome.counts.api_calls
    yield Text(f"{name}: {len(one.now)} escalations read anew ({calls} {'call' if calls == 1 else 'calls'})")
    yield from list(outcome.told(one.outcome))[1:]
    if not one.whole:
        return
    if one.before is None:
        yield Text("  the ledger before says nothing; what cannot come back:")
        yield from (Text(f"  - {loss}") for loss in losses(one))
        return
    clocks = sum(len(found.clocks) for found in one.now.values())
    if not (one.shifts or one.gone or one.before.unreadable):
        yield Text(f"  nothing is lost: all {clocks} deadlines are judged as before", style="green")
    for shift in one.shifts:
        yield Text(
            f"  {shown(shift.key)} {_clock(shift)}: {_proof(shift.before)} -> {_proof(shift.after)}",
            style="yellow",
        )
    for found in one.gone:
        yield Text(
            f"  {shown(found.key)}: the tracker does not show it any more; only the ledger before tells of it",
            style="yellow",
        )
    for id in one.before.unreadable:
        yield Text(
            f"  {shown(id)}: the ledger before could not be read here, so nothing is compared", style="yellow"
        )


def losses(one: Rebuilt) -> tuple[str, ...]:
    """What no tracker can tell, where the ledger before tells nothing either."""
    return _NEVER if one.history else (_NO_HISTORY, *_NEVER)


def row(one: Rebuilt) -> dict[str, Any]:
    """The same for programs."""
    counts = document.counts(one.outcome)
    return {
        **{name: counts[name] for name in ("pulled", "seen", "assessed", "unreadable", "api_calls")},
        "escalations": len(one.now),
        "compared": one.before is not None,
        "changed": [
            {
                "id": shift.id,
                "key": shift.key,
                "clock": shift.clock,
                "cycle": shift.cycle,
                "before": _pair(shift.before),
                "after": _pair(shift.after),
            }
            for shift in one.shifts
        ],
        "gone": [{"id": found.id, "key": found.key} for found in one.gone],
        "not_compared": list(one.before.unreadable) if one.before else [],
        "lost": list(losses(one)) if one.before is None else [],
        "errors": [document.failure(error) for error in one.outcome.errors],
    }


def _clock(shift: Shift) -> str:
    return shift.clock if shift.cycle == 1 else f"{shift.clock} (cycle {shift.cycle})"


def _proof(proof: Proof | None) -> str:
    if proof is None:
        return "none"
    verdict, grade = proof
    return f"{verdict} (grade {grade})" if grade else verdict


def _pair(proof: Proof | None) -> dict[str, str | None] | None:
    return None if proof is None else {"verdict": proof[0], "grade": proof[1] or None}

"""What a pass did, in a line per tracker and one per record that failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from escsync.report.display import shown

if TYPE_CHECKING:
    from escsync.sync import Counts, Outcome

_ALWAYS = ("pulled", "assessed", "planned", "applied")
_WHERE_ANY = ("unreadable", "stale", "ignored", "refused", "failed")


def line(outcome: Outcome) -> str:
    """`support: pulled 12, assessed 12, planned 9, applied 9 (4 calls)`."""
    counts = outcome.counts
    told = [f"{name} {getattr(counts, name)}" for name in _ALWAYS]
    told += [f"{name} {getattr(counts, name)}" for name in _WHERE_ANY if getattr(counts, name)]
    calls = f"{counts.api_calls} {'call' if counts.api_calls == 1 else 'calls'}"
    return f"{shown(outcome.tracker)}: {', '.join(told)} ({calls})"


def told(outcome: Outcome) -> Iterator[Text]:
    """The line, why a plan was refused, and each failure with what to do about it."""
    yield Text(line(outcome))
    if outcome.refused is not None:
        yield Text(f"  refused, nothing was written: {outcome.refused.message}", style="bold red")
    if outcome.held:
        yield Text("  left to the other pass; nothing is lost", style="yellow")
    elif outcome.lost:
        yield Text("  the tracker failed as a whole; what is known of it stays as it was", style="bold red")
    keys = {change.ticket.id: change.ticket.key for change in outcome.plan.changes}
    for native, step in outcome.stale:
        name = step.rpartition(":")[2] or step
        key = shown(keys.get(native) or native)
        yield Text(f"  {key} {name}: stale, somebody changed it since the plan; left alone", style="yellow")
    for error in outcome.errors:
        where = shown(error.key or error.id)
        remedy = f" -> {shown(error.remedy)}" if error.remedy else ""
        yield Text(
            f"  {where + ' ' if where else ''}{error.code}: {shown(error.message)}{remedy}", style="red"
        )


def silent(counts: Counts) -> bool:
    """Was nothing to be done?"""
    return counts.planned == 0

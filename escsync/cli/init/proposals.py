"""Proposals as they are shown: a table for people, a document for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from escsync.report.display import shown

if TYPE_CHECKING:
    from escsync.cli.session import Session
    from escsync.setup.mapping.draft import Section
    from escsync.setup.mapping.proposal import Proposal

_WIDEST = 48
_NARROW = 80
"""Columns that a table of four needs to be read."""


def tabled(session: Session, found: Proposal, *, aside: bool = False) -> None:
    """Every line of the proposal, the sure ones first in each section; *aside*: stdout is taken."""
    from rich.table import Table
    from rich.text import Text

    say = session.terminal.note if aside else session.terminal.say
    for note in found.notes:
        say(shown(session.discretion.clean(note)))
    if session.terminal.width < _NARROW and not aside:
        for ours, theirs, confidence, why, sure in _lines(found):
            say(
                f"{'' if sure else '? '}{ours}: {shown(theirs, _WIDEST)} ({confidence} %: {shown(why, 2 * _WIDEST)})"
            )
        _summed(found, say)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("ours", "the tracker's", "sure", "why"):
        numbers, names = title == "sure", title == "ours"
        table.add_column(
            title, justify="right" if numbers else "left", overflow="fold", no_wrap=numbers or names
        )
    for ours, theirs, confidence, why, sure in _lines(found):
        cells = (
            ours if sure else f"? {ours}",
            shown(theirs, _WIDEST),
            f"{confidence} %",
            shown(why, 2 * _WIDEST),
        )
        table.add_row(*(Text(cell, style="" if sure else "dim") for cell in cells))
    if table.row_count and aside:
        session.terminal.status(table)
    elif table.row_count:
        session.terminal.draw(table)
    _summed(found, say)


def summary(found: Proposal) -> str:
    """The proposal in one line."""
    fields, stages = (sum(one.sure for one in part) for part in (found.fields, found.stages))
    unsure = sum(not one.sure for part in (found.fields, found.stages) for one in part)
    parts = [f"mapped: {_counted(fields, 'field')} and {_counted(stages, 'status', 'statuses')}"]
    parts += [f"behind a #, for you to decide: {unsure}"] if unsure else []
    parts += [f"not there yet: {_counted(len(found.lacking), 'field')}"] if found.lacking else []
    return "; ".join(parts)


def unserved(found: Proposal) -> str:
    """The steps for which no status stands, what comes of it and what to do; "" where there are none."""
    from escsync.setup.mapping.stages import NEEDED

    if not found.unserved:
        return ""
    return (
        f"no status stands for {len(found.unserved)} of the {len(NEEDED)} steps: {', '.join(found.unserved)}. escsync judges "
        "them by what was done all the same, but no ticket can be moved there: add a status for each to the tracker's "
        "workflow, and name it under `stages:`; `escsync provision` lists them"
    )


def _summed(found: Proposal, say: Callable[[str], None]) -> None:
    say(summary(found))
    if lacking := unserved(found):
        say(lacking)


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def document(section: Section) -> dict[str, Any]:
    """The proposal as JSON."""
    found = section.proposal
    return {
        "tracker": {"name": section.name, "adapter": section.adapter, "scope": dict(section.scope)},
        "looked": section.looked,
        "stages": [
            {
                "stage": one.stage.value,
                "to": one.step.spelling,
                "name": one.step.name,
                "confidence": one.confidence,
                "reason": one.reason,
                "mapped": one.sure,
            }
            for one in found.stages
        ],
        "fields": [
            {
                "field": one.name,
                "to": one.found.spelling,
                "name": one.found.name,
                "type": one.found.type,
                "confidence": one.confidence,
                "reason": one.reason,
                "mapped": one.sure,
                "options": [
                    {
                        "value": each.value,
                        "to": each.option,
                        "confidence": each.confidence,
                        "mapped": each.sure,
                    }
                    for each in one.options
                ],
            }
            for one in found.fields
        ],
        "lacking": list(found.lacking),
        "unserved": [stage.value for stage in found.unserved],
        "unplaced": [one.name for one in found.unplaced],
        "notes": list(found.notes),
    }


def _lines(found: Proposal) -> Iterator[tuple[str, str, int, str, bool]]:
    for rung in found.stages:
        yield f"stages.{rung.stage.value}", rung.step.name, rung.confidence, rung.reason, rung.sure
    for match in found.fields:
        yield f"fields.{match.name}", match.found.name, match.confidence, match.reason, match.sure

"""Plans in words: each change, field by field, old -> new, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from rich.text import Text

from escsync.domain.assessment import Assessment
from escsync.domain.plan import Change, Create, Edit, Move, Plan, SetField, WriteNote, edits_of
from escsync.domain.ticket import Value, plain
from escsync.report import words
from escsync.report.display import shown

REASONS = {
    "mode:off": "the tracker is switched off (mode: off)",
    "mode:observe": "mode observe writes nothing; with mode: annotate or enforce it would be written",
    "mode:annotate": "mode annotate writes only notes and escsync's own fields; mode: enforce would do it",
    "limit:max_writes": "more tickets than limits.max_writes allows; --max-writes raises it",
    "limit:max_share": "more of the open escalations than limits.max_share allows; --max-share raises it",
    "not_internal": "the tracker cannot prove that the note is internal",
    "set_aside": "it failed for its own reasons; `escsync ledger letters` says why and when it is tried again",
    "settling": "it may have been done although no answer came; it is certain within a minute",
    "ignored": "the tracker accepted it before and showed something else",
}

_REASONS = 3
"""Findings whose words stand in a plan; of the others the codes."""


def told(plan: Plan, found: Iterable[Assessment], zone: ZoneInfo) -> Iterator[Text]:
    """*plan* line by line, what is withheld after what would be done."""
    known = {one.id.partition("~")[0]: one for one in found}
    for change in plan.changes:
        yield from _change(change, known.get(change.id), zone)
    reasons = dict.fromkeys(held.reason for held in plan.withheld)
    for reason in reasons:
        yield Text(f"Withheld: {reason_in_words(reason)}", style="yellow")
        for change in _whole(held.change for held in plan.withheld if held.reason == reason):
            for line in _change(change, known.get(change.id), zone):
                yield Text("  ").append_text(line)


def summary(tracker: str, plan: Plan) -> str:
    """`support: 4 changes (9 edits), 2 withheld`."""
    count = len(plan.changes)
    head = (
        f"{count} {'change' if count == 1 else 'changes'} ({_edits(plan.changes)})" if count else "no change"
    )
    return f"{tracker}: {head}" + (f", {len(plan.withheld)} withheld" if plan.withheld else "")


def reason_in_words(reason: str) -> str:
    """Why a change is withheld, for people."""
    kind, _, subject = reason.partition(":")
    if kind == "unmapped":
        return f"the field {shown(subject)} is not mapped; add it under fields:"
    return REASONS.get(reason, shown(reason))


def edit_line(edit: Edit, zone: ZoneInfo) -> str:
    """One edit: `owner: Lena Fox -> Dana Reyes`."""
    match edit:
        case SetField(field, old, new):
            return f"{field}: {_value(old, zone)} -> {_value(new, zone)}"
        case Move(old, new):
            return f"status: {shown(old)} -> {new.value.replace('_', ' ')}"
        case WriteNote(text, _, old):
            count = text.count("\n") + 1
            return f"internal note: {'written' if old is None else 'brought up to date'} ({count} {'line' if count == 1 else 'lines'})"
        case Create(draft):
            return f"new record: {shown(draft.values.get('summary') or draft.key, 80)}"
        case _:
            assert_never(edit)


def _change(change: Change, found: Assessment | None, zone: ZoneInfo) -> Iterator[Text]:
    about = f"  {_about(found)}" if found else ""
    yield Text(shown(change.ticket.key or change.id), style="bold").append(about, style="not bold")
    for edit in change.edits:
        yield Text(f"    {edit_line(edit, zone)}")
    details = _details(found)
    for code in change.because[:_REASONS]:
        why = details.get(code) or details.get(code.partition(":")[0], "")
        yield Text(f"    because {shown(code)}{': ' + why if why else ''}", style="dim")
    if more := change.because[_REASONS:]:
        yield Text(f"    and {', '.join(map(shown, more))}", style="dim")


def _about(found: Assessment) -> str:
    known = found.account.name or found.account.id
    return f"{words.account(found)}: {shown(found.summary, 70)}" if known else shown(found.summary, 70)


def _whole(changes: Iterable[Change]) -> Iterator[Change]:
    """What is withheld comes edit by edit; a person reads it ticket by ticket."""
    together: dict[str, list[Change]] = {}
    for change in changes:
        together.setdefault(change.id, []).append(change)
    for some in together.values():
        because = dict.fromkeys(code for one in some for code in one.because)
        yield replace(
            some[0], edits=tuple(edit for one in some for edit in one.edits), because=tuple(because)
        )


def _details(found: Assessment | None) -> Mapping[str, str]:
    if found is None:
        return {}
    return {name: shown(f.detail, 160) for f in reversed(found.findings) for name in (f.base, f.code)}


def _value(value: Value, zone: ZoneInfo) -> str:
    match value:
        case None | "" | ():
            return "(empty)"
        case datetime():
            return words.when(value, zone)
        case date():
            return value.isoformat()
        case tuple():
            names = (item if isinstance(item, str) else item.name or item.email or item.id for item in value)
            return shown(" / ".join(names), 80)
        case _:
            return shown(plain(value), 80)


def _edits(changes: tuple[Change, ...]) -> str:
    count = edits_of(changes)
    return f"{count} {'edit' if count == 1 else 'edits'}"

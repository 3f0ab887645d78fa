"""Parity: what escsync says of the same facts on every tracker, side by side, and which differences are declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from escsync.testing import Difference, Moment
from escsync.testing.scenario import read

DECLARED = Path(__file__).parents[1] / "differences.yaml"
NOBODY = {"OWNER_MISSING": "OWNER_MISSING|IS_QUEUE", "OWNER_IS_QUEUE": "OWNER_MISSING|IS_QUEUE"}
"""A Salesforce case always has an owner: nobody's is a queue's (decision 27b)."""
QUEUE = "00G"
"""How the id of a Salesforce queue begins, whom no scenario knows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that escsync says at one step: *cells* by tracker, the reference first; *reasons* of declared
    differences by tracker, *undeclared* trackers that differ without one."""

    scenario: str
    at: str
    ticket: str
    what: str
    cells: Mapping[str, str]
    reasons: Mapping[str, str]
    undeclared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """What may differ on one tracker: *grades* gives the reason why evidence is graded otherwise there, "" if it may
    not be."""

    grades: str = ""
    differences: tuple[Difference, ...] = ()


def declared() -> dict[str, Declared]:
    """The file of declared differences, by tracker."""
    return {
        tracker: Declared(
            told.get("grades", ""),
            tuple(
                Difference(str(d["scenario"]), str(d["at"]), d["what"], d["reason"])
                for d in told["differences"]
            ),
        )
        for tracker, told in read(DECLARED).items()
    }


def table(played: Mapping[str, Sequence[Moment]], allowed: Mapping[str, Declared]) -> Iterator[Row]:
    """One row for everything that is said anywhere; the first tracker of *played* is the reference."""
    steps = {
        tracker: {(m.at, m.ticket, n): m for n, m in _numbered(told)} for tracker, told in played.items()
    }
    for step in sorted({step for told in steps.values() for step in told}):
        said = {tracker: _said(told[step]) if step in told else {} for tracker, told in steps.items()}
        scenario = next(told[step].scenario for told in steps.values() if step in told)
        for what in sorted({what for cells in said.values() for what in cells}):
            cells = {tracker: told.get(what, ("-", "")) for tracker, told in said.items()}
            yield _row(scenario, step[0], step[1], what, cells, allowed)


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """The table in words: equal cells as `=`, a declared difference with its reason below."""
    trackers = list(rows[0].cells) if rows else []
    yield f"{'scenario':10} {'at':17} {'':4} {'what':34} " + " ".join(f"{name:24}" for name in trackers)
    for row in rows:
        first = row.cells[trackers[0]]
        cells = [first, *("=" if row.cells[name] == first else row.cells[name] for name in trackers[1:])]
        told = " ".join(f"{cell:24}" for cell in cells)
        yield f"{row.scenario:10} {row.at:17} {row.ticket:4} {row.what:34} {told}".rstrip()
        for tracker, reason in row.reasons.items():
            yield f"{'':32} {tracker}: {reason}"


def _numbered(told: Sequence[Moment]) -> Iterator[tuple[int, Moment]]:
    """Two commands at one instant are two steps."""
    seen: dict[tuple[str, str], int] = {}
    for moment in told:
        place = (moment.at, moment.ticket)
        seen[place] = seen.get(place, 0) + 1
        yield seen[place], moment


def _said(moment: Moment) -> dict[str, tuple[str, str]]:
    """Everything that is said at a step: what is said, and the grade of its evidence."""
    nobody = moment.owner is None or moment.owner.startswith(QUEUE)
    told = {
        "stage": (moment.stage, ""),
        "cycle": (str(moment.cycle), ""),
        "priority": (moment.priority, ""),
        "owner": ("nobody" if nobody else str(moment.owner), ""),
    }
    for clock in moment.clocks:
        met = f" met {_short(clock.met)}" if clock.met else ""
        told[f"clocks.{clock.name}#{clock.cycle}"] = (
            f"{_short(clock.due)} {clock.verdict}{met}",
            clock.grade or "",
        )
    for finding in moment.findings:
        code = NOBODY.get(finding.code, finding.code)
        what = f"found.{code}#{finding.cycle}"
        severity = "" if finding.code in NOBODY else f" {finding.severity}"
        before = told.get(what)
        cell = f"{_short(finding.since)}{severity}"
        told[what] = (f"{before[0]}, {cell}" if before else cell, "")
    return told


def _row(
    scenario: str,
    at: str,
    ticket: str,
    what: str,
    cells: Mapping[str, tuple[str, str]],
    allowed: Mapping[str, Declared],
) -> Row:
    reference, *others = cells
    reasons: dict[str, str] = {}
    undeclared: list[str] = []
    for tracker in others:
        same_words = cells[tracker][0] == cells[reference][0]
        if same_words and cells[tracker][1] == cells[reference][1]:
            continue
        reason = _reason(allowed.get(tracker, Declared()), scenario, at, what, grade_only=same_words)
        if reason:
            reasons[tracker] = reason
        else:
            undeclared.append(tracker)
    told = {tracker: f"{cell} {grade}".rstrip() for tracker, (cell, grade) in cells.items()}
    return Row(scenario, at.removesuffix("Z")[:16], ticket, what, told, reasons, tuple(undeclared))


def _reason(allowed: Declared, scenario: str, at: str, what: str, *, grade_only: bool) -> str:
    if grade_only:
        return allowed.grades
    bare = what.partition("#")[0]
    minute = f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%dT%H:%M}"
    found = (
        d
        for d in allowed.differences
        if d.covers(scenario, minute, bare) or d.covers(scenario, minute[11:], bare)
    )
    return next((d.reason for d in found), "")


def _short(instant: str | None) -> str:
    return (instant or "-").removesuffix("Z").removesuffix(":00")[5:]

"""Moments: what escsync says of each ticket at one step of a scenario, ready to be compared between trackers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ClockSeen:
    """A deadline as `show` has it."""

    name: str
    cycle: int
    due: str | None
    met: str | None
    verdict: str
    grade: str | None


@dataclass(frozen=True, slots=True)
class FindingSeen:
    """A finding as `show` has it, without its words."""

    code: str
    cycle: int
    since: str
    severity: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One escalation at one step: *at* is the instant, *ticket* the scenario's letter (`A`, or `A~2`)."""

    scenario: str
    at: str
    ticket: str
    stage: str
    cycle: int
    priority: str
    owner: str | None
    clocks: tuple[ClockSeen, ...]
    findings: tuple[FindingSeen, ...]


def moments(
    scenario: str, listing: Mapping[str, Any], letters: Mapping[str, str], tracker: str
) -> Iterator[Moment]:
    """What a `list` document says of the tickets whose native ids have *letters*."""
    for told in listing["escalations"]:
        native, mark, later = told["id"].removeprefix(f"{tracker}:").partition("~")
        if native in letters:
            yield _moment(scenario, listing["at"], letters[native] + mark + later, told)


def _moment(scenario: str, at: str, ticket: str, told: Mapping[str, Any]) -> Moment:
    clocks = (
        ClockSeen(c["name"], c["cycle"], c["due_at"], c["met_at"], c["verdict"], c["grade"])
        for c in told["clocks"]
    )
    findings = (FindingSeen(f["code"], f["cycle"], f["since"], f["severity"]) for f in told["findings"])
    return Moment(
        scenario=scenario,
        at=at,
        ticket=ticket,
        stage=told["stage"],
        cycle=told["cycle"],
        priority=told["priority"],
        owner=told["owner"] and told["owner"]["id"],
        clocks=tuple(sorted(clocks, key=lambda clock: (clock.name, clock.cycle))),
        findings=tuple(sorted(findings, key=lambda f: (f.code, f.cycle, f.since, f.severity))),
    )

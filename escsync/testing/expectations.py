"""Expectations: what a step of a scenario says of `show`, `plan` and the counts, held against what is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

When = Callable[[object], datetime]
"""How a scenario's times are read."""

SHOWN = {"stage", "cycle", "priority", "churn", "gap", "owner", "linked", "clocks", "found", "absent"}
PLANNED = {"plan", "withheld", "unplanned"}
KEYS = SHOWN | PLANNED | {"exit", "counts", "of"}
"""Everything that a step may expect."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One expectation that does not hold: *what* it is about, and what there is instead."""

    what: str
    said: str


def of_shown(expect: Mapping[str, Any], shown: Mapping[str, Any], when: When) -> Iterator[Miss]:
    """What `show` says otherwise."""
    simple = {
        "stage": shown["stage"],
        "cycle": shown["cycle"],
        "priority": shown["priority"],
        "churn": shown["churn_signal"],
        "gap": shown["ownership_gap_minutes"],
        "owner": shown["owner"] and shown["owner"]["id"],
        "linked": bool(shown.get("linked")),
    }
    for name, found in simple.items():
        if name in expect and expect[name] != found:
            yield Miss(name, f"{found!r} instead of {expect[name]!r}")
    for name, wanted in expect.get("clocks", {}).items():
        yield from _clock(shown, name, dict(wanted), when)
    for code, wanted in expect.get("found", {}).items():
        for each in wanted if isinstance(wanted, list) else [wanted]:
            yield from _finding(shown, code, each, when)
    for pattern in expect.get("absent", ()):
        codes = [f["code"] for f in shown["findings"] if fnmatchcase(f["code"], pattern)]
        if codes:
            yield Miss(f"absent.{pattern}", f"{codes} is there")


def of_plan(expect: Mapping[str, Any], plan: Mapping[str, Any], people: Mapping[str, str]) -> Iterator[Miss]:
    """What the plan says otherwise; *people* are scenario ids by native ones."""
    done = [_plain(edit, people) for change in plan["changes"] for edit in change["edits"]]
    held = [
        _plain({**edit, "reason": change["reason"]}, people)
        for change in plan["withheld"]
        for edit in change["edits"]
    ]
    for name, edits in (("plan", done), ("withheld", held)):
        wanted = expect.get(name)
        if name == "plan" and wanted == [] and any(edit["kind"] != "note" for edit in edits):
            yield Miss(name, f"{edits} instead of nothing")
        for each in wanted or ():
            if not any(each.items() <= edit.items() for edit in edits):
                yield Miss(name, f"{each} is not among {edits}")
    for field in expect.get("unplanned", ()):
        if field in {edit["field"] for edit in done + held}:
            yield Miss(f"unplanned.{field}", "it is planned")


def of_counts(wanted: Mapping[str, int], counts: Mapping[str, int]) -> Iterator[Miss]:
    """What was counted otherwise."""
    found = {name: counts[name] for name in wanted}
    if found != wanted:
        yield Miss("counts", f"{found} instead of {wanted}")


def _clock(shown: Mapping[str, Any], name: str, wanted: dict[str, Any], when: When) -> Iterator[Miss]:
    cycle = wanted.pop("cycle", shown["cycle"])
    clock = next((c for c in shown["clocks"] if (c["name"], c["cycle"]) == (name, cycle)), None)
    if clock is None:
        yield Miss(f"clocks.{name}", f"there is none in cycle {cycle}")
        return
    told = {"due": clock["due_at"], "met": clock["met_at"], "verdict": clock["verdict"]}
    expected = {
        key: _instant(value, when) if key in ("due", "met") and value else value
        for key, value in wanted.items()
    }
    if {key: told[key] for key in expected} != expected:
        yield Miss(f"clocks.{name}", f"{told} instead of {expected}")


def _finding(shown: Mapping[str, Any], code: str, wanted: Any, when: When) -> Iterator[Miss]:
    expected = {} if wanted is True else {"since": wanted} if isinstance(wanted, str) else dict(wanted)
    if "since" in expected:
        expected["since"] = _instant(expected["since"], when)
    detail = expected.pop("detail", "")
    found = [finding for finding in shown["findings"] if finding["code"] == code]
    if not any(expected.items() <= f.items() and detail in f["detail"] for f in found):
        known = [(f["code"], f["since"], f["detail"]) for f in found or shown["findings"]]
        yield Miss(f"found.{code}", f"{wanted} is not among {known}")


def _plain(edit: Mapping[str, Any], people: Mapping[str, str]) -> dict[str, Any]:
    """An edit with one person instead of a list of native ids."""

    def one(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        named: Sequence[Any] = [people.get(each, each) for each in value]
        return named[0] if len(named) == 1 else named or None

    return {key: one(value) for key, value in edit.items() if isinstance(value, str | list | None)}


def _instant(told: object, when: When) -> str:
    return when(told).strftime("%Y-%m-%dT%H:%M:%SZ")

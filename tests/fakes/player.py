"""Plays a scenario file on a stage, step by step, and compares what escsync then says."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from fakes.program import Program
from fakes.stage import Stage as Tracker
from ruamel.yaml import YAML

from escsync.adapter import FIELDS, FieldKind, PersonKind, Stage, TicketRef

SCENARIOS = Path(__file__).parent.parent / "scenarios"
COMMANDS = {"sync", "plan", "apply", "look"}
ACTS = {"create", "set", "move", "say", "dismiss"}
COUNTED = ("planned", "applied", "stale", "ignored", "refused", "failed")


def read(path: Path) -> Any:
    """A YAML file as plain data."""
    return copy.deepcopy(_parsed(path.read_text("utf-8")))


@cache
def _parsed(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario of a file."""

    id: str
    title: str
    day: date
    steps: tuple[Mapping[str, Any], ...]
    options: Mapping[str, Any]


def scenarios(folder: Path = SCENARIOS) -> Iterator[Scenario]:
    """All scenarios of all files."""
    for path in sorted(folder.glob("g*.yaml")):
        told = read(path)
        for one in told["scenarios"]:
            steps = (*told.get("told", ()), *one["steps"])
            yield Scenario(one["id"], one["title"], told["day"], steps, one)


class Player:
    """One scenario on one stage, in a project folder of its own."""

    def __init__(self, scenario: Scenario, stage: Tracker, folder: Path) -> None:
        self.scenario = scenario
        self.stage = stage
        self.folder = folder
        self.cast = read(SCENARIOS / "cast.yaml")
        self.program = Program(folder, stage.environ())
        self.tickets: dict[str, TicketRef] = {}
        self.native: dict[str, str] = {}

    def play(self) -> None:
        """Every step in order; at the end a pass that must find nothing to do."""
        first = min(self.when(step["at"]) for step in self.scenario.steps)
        self.stage.humans.now = first
        for person in self.cast["people"]:
            kind = PersonKind(person.get("kind", "human"))
            self.native[person["id"]] = self.stage.humans.hire(
                person["id"], person["name"], email=person.get("email", ""), kind=kind
            )
        self._project()
        for step in self.scenario.steps:
            self._step(step, self.when(step["at"]))
        last = self.when(self.scenario.steps[-1]["at"])
        self._counts(self.program("sync", at=last).json)
        counts = self._counts(self.program("sync", at=last).json)
        assert counts["planned"] == counts["applied"] == 0, f"a second pass has nothing to do: {counts}"

    def when(self, told: object) -> datetime:
        """An instant: `09:20` on the scenario's day, or with a date."""
        text = told.isoformat() if isinstance(told, datetime | date) else str(told)
        text = text if "-" in text else f"{self.scenario.day.isoformat()}T{text}"
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)

    def _project(self) -> None:
        people = copy.deepcopy(self.cast["people"])
        for person in people:
            person["ids"] = {"support": self.native[person["id"]]}
            person.update(self.scenario.options.get("people", {}).get(person["id"], {}))
        directory: dict[str, Any] = {"people": people}
        if "fallback_owner" in self.scenario.options:
            directory["fallback_owner"] = self.scenario.options["fallback_owner"]
        mode = self.scenario.options.get("mode", "annotate")
        project = {
            "version": 1,
            "timezone": "UTC",
            "company": self.cast["company"],
            "people": "people.yaml",
            "policy": self.scenario.options.get("policy", {}),
            "trackers": {"support": {**self.stage.section(), "mode": mode}},
        }
        # JSON is YAML, too.
        (self.folder / "people.yaml").write_text(json.dumps(directory, default=str))
        (self.folder / "escsync.yaml").write_text(json.dumps(project))

    def _step(self, step: Mapping[str, Any], at: datetime) -> None:
        self.stage.humans.now = at
        (what,) = (COMMANDS | ACTS) & set(step)
        known = {"at", "ticket", what} | ({"expect"} if what in COMMANDS else {"by"})
        assert set(step) <= known, f"{self.scenario.id}: {sorted(set(step) - known)} means nothing here"
        if what in COMMANDS:
            self._command(what, step, at)
        else:
            self._act(step)

    def _act(self, step: Mapping[str, Any]) -> None:
        humans, by = self.stage.humans, self.native[step["by"]]
        letter = step.get("ticket", "A")
        if "create" in step:
            told = {**self.cast["ticket"], **step["create"]}
            fields = {name: self._value(name, value) for name, value in told.items()}
            self.tickets[letter] = humans.create(fields, by=by)
            return
        ticket = self.tickets[letter]
        for name, value in step.get("set", {}).items():
            humans.set(ticket, name, self._value(name, value), by=by)
        if "move" in step:
            humans.move(ticket, Stage(step["move"]), by=by)
        if "say" in step:
            humans.comment(ticket, self._said(step["say"], step["by"]), by=by)
        if "dismiss" in step:
            humans.dismiss(self.native[step["dismiss"]])

    def _said(self, text: str, by: str) -> str:
        speaker = next(person for person in self.cast["people"] if person["id"] == by)
        for name, words in self.cast["texts"].items():
            text = text.replace("{" + name + "}", words)
        return text.replace("{name}", speaker["name"]).replace("{title}", speaker.get("title", ""))

    def _value(self, name: str, raw: Any) -> object:
        match FIELDS[name].kind:
            case FieldKind.PEOPLE:
                return tuple(
                    self.native.get(each, each) for each in (raw if isinstance(raw, list) else [raw])
                )
            case FieldKind.INSTANT if isinstance(raw, str) and len(raw) > 10:
                return datetime.fromisoformat(raw)
            case FieldKind.INSTANT | FieldKind.DAY if isinstance(raw, str):
                return date.fromisoformat(raw)
            case FieldKind.CHOICES:
                return tuple(raw)
            case FieldKind.NUMBER:
                try:
                    return Decimal(raw)
                except InvalidOperation:
                    return raw
            case _:
                return raw

    def _command(self, command: str, step: Mapping[str, Any], at: datetime) -> None:
        expect = dict(step.get("expect", {}))
        answer = None
        if command == "sync":
            answer = self.program("sync", *(["--full"] if step["sync"] == "full" else []), at=at)
        elif command == "plan":
            answer = self.program("plan", "--out", str(self.folder / step["plan"]), at=at)
        elif command == "apply":
            answer = self.program("apply", str(self.folder / step["apply"]), at=at)
        if answer is not None:
            assert answer.code == expect.pop("exit", 0), f"{step}: {answer.err}"
        if "counts" in expect:
            counts = self._counts(answer.json)
            wanted = expect.pop("counts")
            assert {name: counts[name] for name in wanted} == wanted, f"{step['at']}: counts"
        if {"plan", "withheld", "unplanned"} & set(expect):
            plan = answer.json if command == "plan" else self.program("plan", at=at).json
            self._planned(plan, expect, step)
        self._seen(expect, step, at)

    def _counts(self, answer: Any) -> dict[str, int]:
        (counts,) = answer["trackers"].values()
        assert counts["seen"] == counts["assessed"] + counts["unreadable"]
        assert counts["planned"] == sum(counts[name] for name in COUNTED[1:])
        assert counts["errors"] == []
        return counts

    def _planned(self, plan: Any, expect: dict[str, Any], step: Mapping[str, Any]) -> None:
        done = [edit for change in plan["changes"] for edit in change["edits"]]
        held = [
            {**edit, "reason": change["reason"]} for change in plan["withheld"] for edit in change["edits"]
        ]
        for name, edits in (("plan", done), ("withheld", held)):
            wanted = expect.pop(name, None)
            if wanted is None:
                continue
            shown = [self._plain(edit) for edit in edits]
            if name == "plan" and not wanted:
                assert [edit for edit in shown if edit["kind"] != "note"] == [], f"{step['at']}: plan"
            for each in wanted:
                assert any(each.items() <= edit.items() for edit in shown), f"{step['at']}: {each} in {shown}"
        for field in expect.pop("unplanned", ()):
            assert field not in {edit["field"] for edit in done + held}, f"{step['at']}: {field} is planned"

    def _plain(self, edit: Mapping[str, Any]) -> dict[str, Any]:
        """An edit with one person instead of a list of native ids."""
        people = {native: person for person, native in self.native.items()}

        def one(value: Any) -> Any:
            if not isinstance(value, list):
                return value
            named = [people.get(each, each) for each in value]
            return named[0] if len(named) == 1 else named or None

        return {key: one(value) for key, value in edit.items() if isinstance(value, str | list | None)}

    def _seen(self, expect: dict[str, Any], step: Mapping[str, Any], at: datetime) -> None:
        if not expect:
            return
        ticket = self.tickets[step.get("ticket", "A")]
        answer = self.program("show", f"support:{ticket.id}{expect.pop('of', '')}", at=at)
        assert answer.code == 0, answer.err
        shown, where = answer.json, f"{self.scenario.id} at {step['at']}"
        codes = [finding["code"] for finding in shown["findings"]]
        for name, wanted in expect.pop("clocks", {}).items():
            self._clock(shown, name, dict(wanted), where)
        for code, wanted in expect.pop("found", {}).items():
            for each in wanted if isinstance(wanted, list) else [wanted]:
                self._finding(shown, code, each, where)
        for pattern in expect.pop("absent", ()):
            found = [code for code in codes if fnmatchcase(code, pattern)]
            assert not found, f"{where}: {found}"
        simple = {
            "stage": shown["stage"],
            "cycle": shown["cycle"],
            "priority": shown["priority"],
            "churn": shown["churn_signal"],
            "gap": shown["ownership_gap_minutes"],
            "owner": shown["owner"] and shown["owner"]["id"],
            "linked": bool(shown.get("linked")),
        }
        assert {name: simple[name] for name in expect} == expect, where

    def _clock(self, shown: Any, name: str, wanted: dict[str, Any], where: str) -> None:
        cycle = wanted.pop("cycle", shown["cycle"])
        clock = next((c for c in shown["clocks"] if (c["name"], c["cycle"]) == (name, cycle)), None)
        assert clock is not None, f"{where}: no clock {name} in cycle {cycle}"
        told = {"due": clock["due_at"], "met": clock["met_at"], "verdict": clock["verdict"]}
        expected = {
            key: self._instant(value) if key in ("due", "met") and value else value
            for key, value in wanted.items()
        }
        assert {key: told[key] for key in expected} == expected, f"{where}: clock {name}"

    def _finding(self, shown: Any, code: str, wanted: Any, where: str) -> None:
        expected = {} if wanted is True else {"since": wanted} if isinstance(wanted, str) else dict(wanted)
        if "since" in expected:
            expected["since"] = self._instant(expected["since"])
        detail = expected.pop("detail", "")
        found = [finding for finding in shown["findings"] if finding["code"] == code]
        fits = [f for f in found if expected.items() <= f.items() and detail in f["detail"]]
        known = [(f["code"], f["since"], f["detail"]) for f in found or shown["findings"]]
        assert fits, f"{where}: {code} {wanted} among {known}"

    def _instant(self, told: object) -> str:
        return self.when(told).strftime("%Y-%m-%dT%H:%M:%SZ")

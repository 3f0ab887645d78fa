"""Plays a scenario file on a tracker, step by step, and compares what escsync then says."""

from __future__ import annotations

import copy
import json
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from escsync.adapter import FIELDS, FieldKind, PersonKind, Stage, TicketRef

from .difference import Difference
from .expectations import KEYS, PLANNED, SHOWN, Miss, of_counts, of_plan, of_shown
from .humans import Staged
from .moment import Moment, moments
from .program import Answer, Program
from .scenario import Scenario, cast

TRACKER = "support"
COMMANDS = {"sync", "plan", "apply", "look"}
ACTS = {"create", "set", "move", "say", "dismiss"}
COUNTED = ("applied", "stale", "ignored", "refused", "failed")
GRID = timedelta(minutes=5)
"""How often escsync looks where the tracker keeps no history."""


class Player:
    """One scenario on one tracker, in a project folder of its own.

    *differences* are expectations that need not hold here; *used* are those of them that were needed. A tracker
    without history is polled every five minutes, as far as a poll can matter: before and after each human act.
    """

    def __init__(
        self, scenario: Scenario, stage: Staged, folder: Path, differences: Collection[Difference] = ()
    ) -> None:
        self.scenario = scenario
        self.stage = stage
        self.folder = folder
        self.differences = tuple(differences)
        self.cast = cast()
        self.program = Program(folder, stage.environ())
        self.tickets: dict[str, TicketRef] = {}
        self.native: dict[str, str] = {}
        self.moments: list[Moment] = []
        self.used: list[Difference] = []
        self._polled = False
        self._polls: list[datetime] = []
        self._present = datetime.min.replace(tzinfo=UTC)
        self._passed = self._present

    def play(self) -> list[Moment]:
        """Every step in order; at the end a pass that must find nothing to do. What was said at each command."""
        # Everybody is there before anything happens, and so is the first poll.
        self._turn(min(self.scenario.when(step["at"]) for step in self.scenario.steps) - GRID)
        for person in self.cast["people"]:
            kind = PersonKind(person.get("kind", "human"))
            self.native[person["id"]] = self.stage.hire(
                person["id"], person["name"], email=person.get("email", ""), kind=kind
            )
        self._project()
        with closing(self.stage.connect()) as adapter:
            self._polled = not adapter.capabilities.history
        for step in self.scenario.steps:
            self._step(step, self.scenario.when(step["at"]))
        last = self.scenario.steps[-1]["at"]
        self._counts(self._run("sync").json)
        counts = self._counts(self._run("sync").json)
        idle = counts["planned"] == counts["applied"] == 0
        self._held(last, [] if idle else [Miss("second pass", f"it has nothing to do: {counts}")])
        return self.moments

    def _project(self) -> None:
        people = copy.deepcopy(self.cast["people"])
        for person in people:
            person["ids"] = {TRACKER: self.native[person["id"]]}
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
            "trackers": {TRACKER: {**self.stage.section(), "mode": mode}},
        }
        # JSON is YAML, too.
        (self.folder / "people.yaml").write_text(json.dumps(directory, default=str), "utf-8")
        (self.folder / "escsync.yaml").write_text(json.dumps(project), "utf-8")

    def _step(self, step: Mapping[str, Any], at: datetime) -> None:
        (what,) = (COMMANDS | ACTS) & set(step)
        known = {"at", "ticket", what} | ({"expect"} if what in COMMANDS else {"by"})
        strange = (set(step) - known) | (set(step.get("expect", {})) - KEYS)
        assert not strange, f"{self.scenario.id}: {sorted(strange)} means nothing here"
        self._poll(at, command=what in COMMANDS)
        self._turn(at)
        if what in COMMANDS:
            self._command(what, step)
        else:
            self._act(step)

    def _turn(self, at: datetime) -> None:
        self.stage.now = self._present = at

    def _poll(self, at: datetime, *, command: bool) -> None:
        """Look as often as a job would that runs every five minutes, where it matters for the step at *at*.

        In the same minute people act first, then the job looks, then comes the scenario's own command.
        """
        if not self._polled:
            return
        due = [poll for poll in self._polls if poll < at or (command and poll == at)]
        self._polls = [poll for poll in self._polls if poll not in due]
        if not command:
            before = at - ((at - datetime.min.replace(tzinfo=UTC)) % GRID or GRID)
            # After something else within these five minutes it is too late to look as of their beginning.
            due += [before] if before >= self._present else []
            self._polls.append(before + GRID)
        for poll in sorted(set(due)):
            if poll > self._passed and not self.scenario.paused(poll):
                self._turn(poll)
                answer = self._run("plan")
                assert answer.code == 0, answer.err

    def _run(self, *arguments: str) -> Answer:
        """One command as of now."""
        if arguments[0] in {"sync", "plan", "apply"}:
            self._passed = self._present
        return self.program(*arguments, at=self._present)

    def _act(self, step: Mapping[str, Any]) -> None:
        humans, by = self.stage, self.native[step["by"]]
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
                each = raw if isinstance(raw, list) else [raw]
                return tuple(self.native.get(one, one) for one in each)
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

    def _command(self, command: str, step: Mapping[str, Any]) -> None:
        expect: dict[str, Any] = dict(step.get("expect", {}))
        arguments = {
            "sync": ("sync", *(["--full"] if step.get("sync") == "full" else [])),
            "plan": ("plan", "--out", str(self.folder / str(step.get("plan")))),
            "apply": ("apply", str(self.folder / str(step.get("apply")))),
        }
        answer = self._run(*arguments[command]) if command in arguments else None
        if answer is not None and answer.code != expect.get("exit", 0):
            self._held(step["at"], [Miss("exit", f"{answer.code}: {answer.err}")])
        if "counts" in expect and answer is not None:
            self._held(step["at"], of_counts(expect["counts"], self._counts(answer.json)))
        if PLANNED & set(expect):
            plan = answer.json if answer is not None and command == "plan" else self._run("plan").json
            people = {native: person for person, native in self.native.items()}
            self._held(step["at"], of_plan(expect, plan, people))
        if SHOWN & set(expect):
            ticket = self.tickets[step.get("ticket", "A")]
            shown = self._run("show", f"{TRACKER}:{ticket.id}{expect.get('of', '')}")
            assert shown.code == 0, shown.err
            self._held(step["at"], of_shown(expect, shown.json, self.scenario.when))
        letters = {ref.id: letter for letter, ref in self.tickets.items()}
        self.moments += moments(self.scenario.id, self._run("list").json, letters, TRACKER)

    def _counts(self, answer: Any) -> dict[str, int]:
        (counts,) = answer["trackers"].values()
        assert counts["seen"] == counts["assessed"] + counts["unreadable"]
        assert counts["planned"] == sum(counts[name] for name in COUNTED)
        assert counts["errors"] == []
        return dict(counts)

    def _held(self, at: object, misses: Iterable[Miss]) -> None:
        """Everything is as it should be, or is declared to differ here."""
        problems = []
        for miss in misses:
            declared = [d for d in self.differences if d.covers(self.scenario.id, str(at), miss.what)]
            self.used += [difference for difference in declared if difference not in self.used]
            if not declared:
                problems.append(f"{miss.what}: {miss.said}")
        assert not problems, f"{self.scenario.id} at {at}: " + "; ".join(problems)

"""The command that looks whether everything is in place, one line each, with the fix."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escsync.cli.exits import Exit, Stop
from escsync.cli.inspection.lines import line
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.adapter import Problem
    from escsync.cli.inspection.examination import Examination
    from escsync.domain.people import Directory

_STYLES = {"ok": "green", "warning": "yellow", "fail": "bold red"}
_SIGNS = {"ok": "OK  ", "warning": "WARN", "fail": "FAIL"}
_RIGHTS = frozenset({"permission", "right", "capability"})
"""What the line about a right begins with, as each tracker calls it."""
_EXCESS = "you granted more than is needed"
_TAKE_AWAY = "take them away (-v says where, one by one), or leave those that the mode you are going to needs"


class _Report:
    """What was found so far; each line is shown as soon as it is known. *aside*: results go elsewhere.

    The rights that a mode does not need are one line together, and each a problem for programs.
    """

    def __init__(self, session: Session, *, aside: bool) -> None:
        self.session = session
        self.found: list[tuple[str, Problem]] = []
        self._aside = aside
        self._needless: list[tuple[str, Problem]] = []

    def note(self, tracker: str, problem: Problem) -> None:
        """One line more."""
        self.found.append((tracker, problem))
        if self.session.terminal.as_json:
            return
        together = problem.code == "EXCESS" and not self.session.options.verbose
        if together and problem.subject.partition(" ")[0] in _RIGHTS:
            self._needless.append((tracker, problem))
            return
        self._say_needless()
        self._say(tracker, problem)

    def _say_needless(self) -> None:
        from escsync.adapter import Level, Problem

        some, self._needless = self._needless, []
        if len(some) == 1:
            self._say(*some[0])
        elif some:
            tracker = some[0][0]
            names = ", ".join(problem.subject.partition(" ")[2] for _, problem in some)
            message = (
                f"mode {self.session.config.trackers[tracker].mode.value} does not need: {names}: {_EXCESS}"
            )
            self._say(tracker, Problem(Level.WARNING, "rights", message, _TAKE_AWAY))

    def _say(self, tracker: str, problem: Problem) -> None:
        level, about = problem.level.value, f"{tracker}: {problem.subject}" if tracker else problem.subject
        told = line(self.session, _SIGNS[level], _STYLES[level], about, problem.message, problem.remedy)
        (self.session.terminal.note if self._aside else self.session.terminal.say)(told)

    @property
    def failed(self) -> list[Problem]:
        """The lines that say FAIL."""
        return [problem for _, problem in self.found if problem.level.value == "fail"]

    def end(self, step: str) -> None:
        """The last line: ready, or the next step to take."""
        ready, clean = not self.failed, self.session.discretion.clean
        if self.session.terminal.as_json:
            rows = [
                {
                    "tracker": tracker,
                    "level": problem.level.value,
                    "subject": problem.subject,
                    "message": clean(problem.message),
                    "remedy": clean(problem.remedy),
                    "code": problem.code,
                }
                for tracker, problem in self.found
            ]
            self.session.terminal.document({"schema": 1, "ready": ready, "problems": rows})
            return
        last = f"{'ready' if ready else 'not ready'}; next: {clean(step)}"
        (self.session.terminal.note if self._aside else self.session.terminal.say)(last)


def doctor(
    session: Session,
    people: Annotated[
        Path | None,
        typer.Option("--people", help="Write the proposed people.yaml there; - prints it.", metavar="FILE"),
    ] = None,
    write_test: Annotated[
        bool,
        typer.Option(
            "--write-test", help="Try a whole round on a ticket that is made for it and deleted again."
        ),
    ] = False,
) -> Exit:
    """Checks access, rights, fields, options, stages, people, clocks and limits: one line each, with the fix."""
    from escsync.adapter import Level, Problem
    from escsync.domain.plan import Mode

    printed = people is not None and str(people) == "-"
    if printed and session.terminal.as_json:
        raise Stop("--people -: the proposal is YAML; name a file, or leave --format json out")
    if people is not None and not printed and (session.host.directory() / people).exists():
        raise Stop(f"--people {people}: exists already, and nothing is written over; name a new file")
    report = _Report(session, aside=printed)
    try:
        config = session.config
        chosen = session.chosen()
    except Stop as stop:
        remedies = [str(problem.get("remedy", "")) for problem in stop.problems]
        for told, remedy in zip_longest(stop.lines, remedies, fillvalue=""):
            report.note("", Problem(Level.FAIL, "configuration", told, remedy))
        report.end("correct the configuration, then run `escsync doctor` again")
        return Exit.USAGE
    for warning in config.warnings:
        message = f"{warning.file}:{warning.line}: {warning.message}"
        report.note("", Problem(Level.WARNING, "configuration", message, warning.remedy))
    for problem in _ours(session, config.directory):
        report.note("", problem)
        if problem.code == "CLOSED":
            chosen = []  # without a ledger there is no looking at a tracker
    made = [_examined(session, report, name, write_test) for name in [one.name for one in chosen]]
    if people is not None:
        _propose(session, report, people, made)
    codes = {problem.code for problem in report.failed}
    if "UNREACHABLE" in codes:
        code = Exit.TRACKER
    elif codes == {"HELD"}:
        code = Exit.HELD
    else:
        code = Exit.USAGE if codes else Exit.DONE
    step = "mend the lines that say FAIL, then run `escsync doctor` again"
    if not report.failed:
        step = "`escsync plan` shows what the first pass would do"
        if not write_test and any(one.mode.rank > Mode.OBSERVE.rank for one in chosen):
            step += "; `escsync doctor --write-test` tries a whole round before it"
    report.end(next((problem.remedy for problem in report.failed if problem.remedy), step))
    return code


def _ours(session: Session, directory: Directory) -> Iterator[Problem]:
    """What needs no tracker: the configuration, the clock, the people, the ledger."""
    from escsync.adapter import Level, Problem
    from escsync.cli.inspection import footing
    from escsync.setup.people import sanity

    policy = session.config.policy
    count = len(directory.people)
    yield Problem(
        Level.OK, "configuration", f"{session.path}, {count} {'person' if count == 1 else 'people'}"
    )
    yield Problem(Level.OK, "clock", f"{session.now:%Y-%m-%dT%H:%M:%SZ}, policy zone {policy.timezone}")
    yield sanity.acknowledging(directory, policy, session.now)
    yield from footing.ledger(session)


def _examined(session: Session, report: _Report, name: str, write_test: bool) -> Examination:
    from escsync.cli.inspection.examination import Examination

    made = Examination(session, session.config.trackers[name])
    for problem in made.lines():
        report.note(name, problem)
    if write_test:
        _rehearsed(made, report, name)
    report.note(name, made.mode())
    return made


def _rehearsed(made: Examination, report: _Report, name: str) -> None:
    """The write test; whoever ends it in the middle is told what became of its ticket, programs too."""
    from escsync.adapter import Level, Problem
    from escsync.cli.ending import orderly

    try:
        with orderly():
            made.rehearse(lambda problem: report.note(name, problem))
    except KeyboardInterrupt:
        report.note(name, Problem(Level.FAIL, "write test", "interrupted before its end", "run it again"))
        if report.session.terminal.as_json:
            report.end("run it again")
        raise


def _propose(session: Session, report: _Report, target: Path, made: list[Examination]) -> None:
    """The people.yaml that the accounts speak for."""
    from escsync.adapter import Level, Problem
    from escsync.cli.inspection.footing import people_file
    from escsync.setup.people import roster

    file = people_file(session)
    seen = [one for one in made if one.accounts is not None]
    if not seen:
        message = "none can be proposed: no tracker told its people"
        report.note("", Problem(Level.WARNING, "people.yaml", message, "mend the lines above first"))
        return
    if file is not None and session.config.directory.people:
        text = roster.proposed(file.read_text("utf-8"), {one.name: one.matches for one in seen})
    else:
        text = roster.starting({one.name: one.accounts or () for one in seen})
    if str(target) == "-":
        session.terminal.raw(text)
        return
    path = session.host.directory() / target
    try:
        with path.open("x", encoding="utf-8", newline="") as out:
            out.write(text)
    except OSError as error:
        raise Stop(f"--people {target}: cannot be written: {error.strerror}") from None
    name = file.name if file else "people.yaml"
    if session.config.directory.people and not any(match.accounts for one in seen for match in one.matches):
        message, step = f"{target} is {name} as it is: no account speaks for an id that is missing", ""
    else:
        message = f"a proposal is written to {target}"
        step = f"check what is marked as proposed, then put it in the place of {name}"
    report.note("", Problem(Level.OK, "people.yaml", message, step))

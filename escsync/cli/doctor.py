"""The command that looks whether everything is in place, one line each, with the fix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from escsync.cli.exits import Exit, Stop
from escsync.cli.letters import kept
from escsync.cli.rounds import connected
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.adapter import Adapter, Problem, TrackerPerson
    from escsync.config import TrackerConfig
    from escsync.domain.people import Directory, Person

_STYLES = {"ok": "green", "warning": "yellow", "fail": "bold red"}
_SIGNS = {"ok": "OK  ", "warning": "WARN", "fail": "FAIL"}


def doctor(session: Session) -> Exit:
    """Checks access, fields, options, stages and people: one line each, with the fix."""
    from escsync.adapter import Level, Problem

    found: list[tuple[str, Problem]] = []

    def note(tracker: str, problem: Problem) -> None:
        found.append((tracker, problem))
        if not session.terminal.as_json:
            _say(session, tracker, problem)

    exit_code = Exit.DONE
    try:
        config = session.config
        chosen = session.chosen()
    except Stop as stop:
        for line in stop.lines:
            note("", Problem(Level.FAIL, "configuration", line))
        _end(session, found, "correct the configuration, then run `escsync doctor` again")
        return Exit.USAGE
    note("", Problem(Level.OK, "configuration", f"{session.path}, {_people_in(config.directory)}"))
    note(
        "",
        Problem(Level.OK, "clock", f"{session.now:%Y-%m-%dT%H:%M:%SZ}, policy zone {config.policy.timezone}"),
    )
    for problem in _ledger(session):
        note("", problem)
        if problem.code == "CLOSED":
            chosen = []  # without a ledger there is no looking at a tracker
    for tracker in chosen:
        for problem in _tracker(session, tracker):
            note(tracker.name, problem)
            if problem.code == "UNREACHABLE":
                exit_code = Exit.TRACKER
    failed = [problem for _, problem in found if problem.level is Level.FAIL]
    if failed and exit_code is Exit.DONE:
        exit_code = Exit.USAGE
    step = "`escsync plan` shows what the first pass would do" if not failed else failed[0].remedy
    _end(session, found, step or "mend the lines that say FAIL, then run `escsync doctor` again")
    return exit_code


def proposals(
    directory: Directory, tracker: str, accounts: Iterable[TrackerPerson]
) -> Iterator[tuple[Person, tuple[TrackerPerson, ...]]]:
    """People of people.yaml without an id on *tracker*, each with the accounts that match by e-mail or username."""
    from escsync.adapter import PersonKind

    accounts = [one for one in accounts if one.kind is PersonKind.HUMAN]
    taken = {one.ids[tracker] for one in directory.people.values() if tracker in one.ids}
    free = [one for one in accounts if one.id not in taken]
    for person in directory.people.values():
        if not person.human or tracker in person.ids:
            continue
        email, name = person.email.casefold(), person.id.casefold()
        local = email.partition("@")[0]
        matches = [one for one in free if email and one.email.casefold() == email]
        matches = matches or [
            one for one in free if one.username and one.username.casefold() in {name, email, local}
        ]
        yield person, tuple(matches)


def _ledger(session: Session) -> Iterator[Problem]:
    from escsync.adapter import Level, Problem
    from escsync.ledger import LedgerError
    from escsync.report import aside

    try:
        problems = session.ledger.check()
    except LedgerError as error:
        yield Problem(Level.FAIL, "ledger", session.discretion.clean(error.message), error.remedy, "CLOSED")
        return
    for line in problems:
        yield Problem(
            Level.FAIL, "ledger", line, "restore the last backup, or move the file away and sync --full"
        )
    if not problems:
        yield Problem(Level.OK, "ledger", "opens, and its counts agree")
    told = aside.summary(letter for letter in kept(session) if letter.aside)
    if told:
        yield Problem(Level.WARNING, "letters", told, "`escsync ledger letters` says why and what to do")


def _tracker(session: Session, tracker: TrackerConfig) -> Iterator[Problem]:
    """Everything that can be asked of one tracker; TrackerError ends it, not the others."""
    from escsync.adapter import Level, Problem, TrackerError
    from escsync.registry import PluginError

    try:
        with connected(session, tracker, session.now, fresh=True) as adapter:
            for problem in adapter.check():
                if problem.level is Level.FAIL and problem.subject == "access":
                    yield replace(problem, code="UNREACHABLE")
                    return
                yield problem
            _remember(session, tracker, adapter)
            yield from _people(session, tracker, adapter)
    except TrackerError as error:
        yield Problem(
            Level.FAIL, "access", session.discretion.clean(error.message), error.remedy, "UNREACHABLE"
        )
    except PluginError as error:
        yield Problem(Level.FAIL, "adapter", error.message, error.remedy, "UNREACHABLE")
    yield Problem(Level.OK, "mode", _MODES[tracker.mode.value])


def _remember(session: Session, tracker: TrackerConfig, adapter: Adapter) -> None:
    """What was learnt just now is what the next pass goes by."""
    from escsync.adapter import TrackerError

    try:
        me = adapter.me
    except TrackerError:
        return  # the check has said why
    session.ledger.discovered(tracker.name, adapter.discovery, me)


_MODES = {
    "observe": "observe: nothing is ever written",
    "annotate": "annotate: writes its own fields and one internal note per ticket",
    "enforce": "enforce: may also assign the fallback owner and undo an illegal jump once",
    "off": "off",
}


def _people_in(directory: Directory) -> str:
    count = len(directory.people)
    return f"{count} {'person' if count == 1 else 'people'}"


def _people(session: Session, tracker: TrackerConfig, adapter: Adapter) -> Iterator[Problem]:
    from escsync.adapter import Denied, Level, PersonKind, Problem

    directory = session.config.directory
    try:
        accounts = list(adapter.people())
    except Denied as error:
        message = f"nobody can be matched with people.yaml: {session.discretion.clean(error.message)}"
        yield Problem(Level.WARNING, "people", message, error.remedy)
        return
    known: Mapping[str, TrackerPerson] = {one.id: one for one in accounts}
    for person in directory.people.values():
        native = person.ids.get(tracker.name)
        if native is None or not person.human:
            continue
        account = known.get(native)
        if account is None:
            yield Problem(
                Level.WARNING,
                f"person {person.id}",
                f"the tracker shows no assignable account {native}",
                f"correct ids.{tracker.name} in people.yaml, or give the account access",
            )
        elif account.kind is not PersonKind.HUMAN:
            yield Problem(
                Level.WARNING,
                f"person {person.id}",
                f"{account.name} is a {account.kind.value} there, and can own nothing",
                f"correct ids.{tracker.name} in people.yaml",
            )
        elif not account.active:
            yield Problem(
                Level.WARNING,
                f"person {person.id}",
                f"{account.name} is deactivated",
                "name a fallback for this person",
            )
        else:
            yield Problem(Level.OK, f"person {person.id}", account.name)
    for person, matches in proposals(directory, tracker.name, accounts):
        if len(matches) == 1:
            (match,) = matches
            message = f"no id yet; {match.name} has the same e-mail or username"
            remedy = f'if that is {person.name}, add under {person.id} in people.yaml: ids: {{{tracker.name}: "{match.id}"}}'
        elif matches:
            message = f"no id yet; several accounts match: {', '.join(f'{m.name} ({m.id})' for m in matches)}"
            remedy = f"choose one and add it in people.yaml: ids: {{{tracker.name}: ...}}"
        else:
            message = "no id, and no account has this e-mail or username"
            remedy = (
                f"add ids: {{{tracker.name}: ...}} in people.yaml, unless this person does not work there"
            )
        yield Problem(Level.WARNING, f"person {person.id}", message, remedy)


def _say(session: Session, tracker: str, problem: Problem) -> None:
    from rich.text import Text

    from escsync.report.display import shown

    line = Text(_SIGNS[problem.level.value], style=_STYLES[problem.level.value])
    subject = f"{tracker}: {shown(problem.subject)}" if tracker else shown(problem.subject)
    line.append(f" {subject}: {session.discretion.clean(shown(problem.message))}", style="default not bold")
    if problem.remedy:
        line.append(f" -> {session.discretion.clean(shown(problem.remedy))}", style="default not bold")
    session.terminal.say(line)


def _end(session: Session, found: list[tuple[str, Problem]], step: str) -> None:
    ready = not any(problem.level.value == "fail" for _, problem in found)
    if session.terminal.as_json:
        rows = [
            {
                "tracker": tracker,
                "level": problem.level.value,
                "subject": problem.subject,
                "message": session.discretion.clean(problem.message),
                "remedy": session.discretion.clean(problem.remedy),
                "code": problem.code,
            }
            for tracker, problem in found
        ]
        session.terminal.document({"schema": 1, "ready": ready, "problems": rows})
    else:
        session.terminal.say(f"ready; next: {step}" if ready else f"not ready; next: {step}")

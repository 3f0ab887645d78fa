"""The command that says what changed in a tracker's schema, one line each, with the fix."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escsync.cli.exits import Exit, worst
from escsync.cli.lines import line
from escsync.cli.rounds import connected, rested
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.adapter import Adapter, TrackerPerson
    from escsync.config import TrackerConfig
    from escsync.offers import Part
    from escsync.setup.drift import Shift
    from escsync.setup.outline import Spelled

_NOW_AND_THEN = ("fields.", "stages.", "options.", "scope")
"""What `check` says of these keys is about the tracker's schema."""


@dataclass(frozen=True, slots=True)
class Look:
    """A tracker's schema compared with the one that was accepted *since*. *outlined*: does the adapter tell it at all?"""

    tracker: str
    outlined: bool = True
    since: datetime | None = None
    now: tuple[Part, ...] = ()
    shifts: tuple[Shift, ...] = ()
    lost: tuple[Shift, ...] = ()
    error: tuple[str, str, str] | None = None
    """The code, the message and the remedy of a tracker that failed as a whole."""

    @property
    def changes(self) -> tuple[Shift, ...]:
        """Everything that there is to say, each key once."""
        from escsync.setup.drift import joined

        return joined(self.shifts, self.lost)


def drift(
    session: Session,
    accept: Annotated[
        bool,
        typer.Option("--accept", help="What is there now is well: say nothing of these changes again."),
    ] = False,
) -> Exit:
    """What changed in the trackers' schemas since it was last accepted, one line each, with the fix; exit 4."""
    looks = []
    for tracker in session.chosen():
        look = looked(session, tracker)
        if accept and look.error is None:
            _keep(session, tracker, look.now, session.now)
        looks.append(look)
        if not session.terminal.as_json:
            _tell(session, look, accept)
    if session.terminal.as_json:
        rows = {look.tracker: _row(session, look, accept) for look in looks}
        session.terminal.document({"schema": 1, "trackers": rows})
    elif any(look.shifts for look in looks) and not accept:
        session.terminal.note(
            "Each is said again until it is mended, or accepted as it is: escsync drift --accept"
        )
    return worst(_code(look, accept) for look in looks)


def looked(session: Session, tracker: TrackerConfig) -> Look:
    """One look at *tracker*; what fails is in it."""
    from escsync.adapter import TrackerError
    from escsync.registry import PluginError
    from escsync.sync.outcome import failure_of

    try:
        rested(session, tracker.name, session.now)
        return _looked(session, tracker)
    except TrackerError as error:
        told = failure_of(error)
        return Look(tracker.name, error=(told.code, told.message, told.remedy))
    except PluginError as error:
        return Look(tracker.name, error=("ADAPTER", error.message, error.remedy))


def compared(session: Session, tracker: TrackerConfig, accounts: Sequence[TrackerPerson] | None) -> Look:
    """The schema as it is beside the one that was accepted; where none was, beside what is remembered, which counts from
    now on. None are *accounts* of which nothing is known."""
    from escsync.offers import Outlined
    from escsync.setup.drift import compare
    from escsync.setup.outline import expected, first, known, people

    names = _names(session, tracker)
    directory = session.config.directory
    found = list(people(directory, tracker.name, accounts or ()))
    with connected(session, tracker, session.now) as adapter:
        outlined = isinstance(adapter, Outlined)
        # What is remembered is told first: asking again may take its place.
        remembered = list(adapter.recalled()) if isinstance(adapter, Outlined) else []
        now = [*(adapter.outline() if isinstance(adapter, Outlined) else ()), *found]
    accepted = session.ledger.outline(tracker.name)
    if accepted is not None and accepted.parts[:1] == (_place(tracker),):
        since, before = accepted.at, known(accepted.parts[1:], names)
    else:
        polled = session.ledger.last_pass(tracker.name) if remembered and accepted is None else None
        since = polled or session.now
        told = [*(remembered if polled else ()), *expected(directory, tracker.name, accounts or ())]
        before = first(told, now)
        session.ledger.accept(tracker.name, _content(tracker, before, names), since)
    if accounts is None:
        before = tuple(part for part in before if part.kind != "person")
    shifts = compare(before, now, tracker.vocabulary)
    return Look(tracker.name, outlined, since, tuple(now), shifts)


def accept(session: Session, tracker: TrackerConfig, adapter: Adapter) -> None:
    """Keep the schema of *tracker* as it is now: what an admin has just made is no drift."""
    from escsync.offers import Outlined
    from escsync.setup.outline import people

    if isinstance(adapter, Outlined):
        found = people(session.config.directory, tracker.name, accounts_of(adapter) or ())
        _keep(session, tracker, [*adapter.outline(), *found], session.now)


def accounts_of(adapter: Adapter) -> list[TrackerPerson] | None:
    """Who can be named as owner; None where the account may not know."""
    from escsync.adapter import Denied

    try:
        return list(adapter.people())
    except Denied:
        return None


def _looked(session: Session, tracker: TrackerConfig) -> Look:
    from dataclasses import replace

    from escsync.adapter import Level
    from escsync.setup.drift import Kind, Shift

    lost = []
    with connected(session, tracker, session.now, fresh=True) as adapter:
        for problem in adapter.check():
            if problem.level is not Level.FAIL:
                continue
            if problem.subject == "access":
                return Look(tracker.name, error=("ACCESS", problem.message, problem.remedy))
            if problem.subject.startswith(_NOW_AND_THEN):
                lost.append(Shift(problem.subject, Kind.LOST, problem.message, problem.remedy, True))
        accounts = accounts_of(adapter)
    return replace(compared(session, tracker, accounts), lost=tuple(lost))


def _keep(session: Session, tracker: TrackerConfig, parts: Sequence[Part], at: datetime) -> None:
    session.ledger.accept(tracker.name, _content(tracker, parts, _names(session, tracker)), at)


def _content(tracker: TrackerConfig, parts: Sequence[Part], names: Spelled) -> list[Any]:
    from escsync.setup.outline import kept

    return [_place(tracker), *kept(parts, names)]


def _names(session: Session, tracker: TrackerConfig) -> Spelled:
    from escsync.setup.outline import spelled

    return spelled(tracker.vocabulary, session.config.directory, tracker.name)


def _place(tracker: TrackerConfig) -> dict[str, str]:
    """Which tracker and which scope an outline is of: that of another one is no base for comparing."""
    settings = tracker.settings
    connection = getattr(settings, "connection", None)
    address = getattr(connection, "url", None) or getattr(connection, "path", None)
    told = f"{tracker.adapter}|{address}|{getattr(settings, 'scope', None)!r}"
    return {"place": hashlib.sha256(told.encode()).hexdigest()[:16]}


def _code(look: Look, accepted: bool) -> Exit:
    if look.error is not None:
        return Exit.TRACKER
    return Exit.DRIFT if (look.lost if accepted else look.changes) else Exit.DONE


def _tell(session: Session, look: Look, accepted: bool) -> None:
    from escsync.domain.evidence import iso

    def say(sign: str, style: str, subject: str, message: str, remedy: str = "") -> None:
        about = f"{look.tracker}: {subject}" if subject else look.tracker
        session.terminal.say(line(session, sign, style, about, message, remedy))

    if look.error is not None:
        _, message, remedy = look.error
        say("FAIL  ", "bold red", "", message, remedy)
        return
    if not look.outlined:
        say(
            "NOTE  ",
            "yellow",
            "",
            "its adapter tells no schema: only what is mapped and lost, and people, are seen",
        )
    if accepted:
        for shift in look.shifts:
            say("OK    ", "green", shift.subject, f"accepted: {shift.message}")
    for shift in look.lost if accepted else look.changes:
        sign, style = ("BREAKS", "bold red") if shift.breaks else ("NOTE  ", "yellow")
        say(sign, style, shift.subject, shift.message, shift.remedy)
    if not look.changes:
        say(
            "OK    ",
            "green",
            "",
            f"nothing changed since {iso(look.since)}" if look.since else "nothing changed",
        )


def _row(session: Session, look: Look, accepted: bool) -> dict[str, Any]:
    from escsync.domain.evidence import iso

    clean = session.discretion.clean

    def told(shifts: Sequence[Shift]) -> list[dict[str, Any]]:
        return [
            {
                "kind": one.kind.value,
                "subject": one.subject,
                "message": clean(one.message),
                "remedy": clean(one.remedy),
                "breaks": one.breaks,
            }
            for one in shifts
        ]

    code, message, remedy = look.error or ("", "", "")
    return {
        "since": iso(look.since) if look.since else None,
        "outlined": look.outlined,
        "changes": told(look.lost if accepted else look.changes),
        "accepted": told(look.shifts) if accepted else [],
        "errors": [{"code": code, "message": clean(message), "remedy": clean(remedy)}] if code else [],
    }

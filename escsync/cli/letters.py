"""Commands for what is set aside: which, why, and another try. No tracker is asked."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated

import typer

from escsync.cli.exits import Exit, Stop
from escsync.cli.session import Session, means, suggestion

if TYPE_CHECKING:
    from escsync.domain.letter import Letter


def letters(session: Session) -> Exit:
    """What is set aside because it fails for its own reasons: why, what to do, and when it is tried again."""
    from escsync.report import aside, document

    found = kept(session)
    if session.terminal.as_json:
        session.terminal.document(document.lines(map(aside.row, found), "letters"))
    elif found:
        for line in aside.told(found, session.zone):
            line.plain = session.discretion.clean(line.plain)
            session.terminal.say(line)
        session.terminal.note("`escsync ledger replay ID` has the next pass try again; --all means each.")
    else:
        session.terminal.note("Nothing is set aside.")
    return Exit.DONE


def replay(
    session: Session,
    ids: Annotated[
        list[str] | None,
        typer.Argument(help="What `escsync ledger letters` names, or a ticket's id or key.", metavar="ID..."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that is set aside.")] = False,
) -> Exit:
    """Has the next pass try again what is set aside; nothing is written now."""
    from escsync.report import document

    found = kept(session)
    if bool(ids) == everything:
        raise Stop("name what is to be tried again, or say --all; `escsync ledger letters` lists it")
    chosen = (
        found if everything else list(dict.fromkeys(one for id in ids or () for one in _named(id, found)))
    )
    by_tracker: dict[str, list[Letter]] = defaultdict(list)
    for letter in chosen:
        by_tracker[letter.tracker].append(letter)
    for tracker, some in by_tracker.items():
        session.ledger.letters.replay(tracker, some)
    if session.terminal.as_json:
        session.terminal.document({"schema": document.SCHEMA, "replayed": [one.id for one in chosen]})
    elif chosen:
        session.terminal.tell(f"{one.id}: tried again by the next pass" for one in chosen)
    else:
        session.terminal.note("Nothing is set aside.")
    return Exit.DONE


def kept(session: Session) -> list[Letter]:
    """The letters of the trackers asked for, as far as they existed at the session's instant."""
    _ = session.offline.trackers  # an unknown --tracker is said before anything else
    names = session.options.tracker or tuple(session.offline.modes)
    return [one for name in names for one in session.ledger.letters.of(name) if one.since <= session.now]


def _named(wanted: str, found: list[Letter]) -> list[Letter]:
    """The letters that *wanted* means: all of a ticket, or the one of a step after its id."""
    ticket, _, step = wanted.strip().rpartition("/")
    named = [one for one in found if means(wanted, one.tracker, one.ticket, one.key)] or [
        one
        for one in found
        if means(ticket, one.tracker, one.ticket, one.key) and one.step in (step, f"set:{step}")
    ]
    if not named:
        near = suggestion(wanted, [name for one in found for name in (one.id, one.of, one.key) if name])
        raise Stop(f"{wanted}: nothing of this name is set aside{near}; `escsync ledger letters` lists all")
    return named

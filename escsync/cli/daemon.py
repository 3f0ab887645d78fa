"""The command that stays: one pass after another, waking for the next deadline."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from escsync.cli.exits import Exit, Stop
from escsync.cli.faults import remedied
from escsync.cli.rounds import on_each
from escsync.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from escsync.config import TrackerConfig
    from escsync.sync import Outcome

_SHORTEST = 1.0
"""Seconds between two passes at the least, however near the next deadline is."""


def run(
    session: Session,
    every: Annotated[
        str, typer.Option("--every", help="How long to rest between passes.", metavar="DURATION")
    ] = "60s",
) -> Exit:
    """Pass after pass until SIGTERM or Ctrl-C, which let the running pass end."""
    rest = _rest(every)
    bell = session.host.bell
    chosen = session.chosen()  # a mistake in the configuration is said now, not in the middle of the night
    session.terminal.note(
        f"watching {', '.join(one.name for one in chosen)} every {every}; SIGTERM or Ctrl-C ends it"
    )
    with bell.on_signals():
        while not bell.rung:
            now = session.later()
            outcomes = _pass(session, now)
            bell.wait(_pause(outcomes, session.later(), rest))
            while not bell.rung and (left := _resting(session, chosen)):
                bell.wait(max(_SHORTEST, min(rest, left)))
    session.terminal.note("ended cleanly")
    return Exit.DONE


def _pass(session: Session, now: datetime) -> tuple[Outcome, ...]:
    """One pass over every tracker; whatever fails is said, and tried again by the next one."""
    import json

    from escsync import sync as engine
    from escsync.domain.evidence import iso
    from escsync.ledger import LedgerError
    from escsync.report import document, outcome

    try:
        done = on_each(session, engine.sync, now=now)
    except LedgerError as error:
        # Another pass, a full disk, a clock set back: what passes must not end the watch.
        why = session.discretion.clean(remedied(error.message, error.remedy))
        session.terminal.note(f"{iso(now)} {why}; trying again", style="yellow")
        return ()
    if session.terminal.as_json:
        told = document.passed(done.id, done.outcomes)
        session.terminal.raw(json.dumps({**told, "at": iso(now)}))
    for one in done.outcomes:
        line, *more = outcome.told(one)
        if not session.terminal.as_json:
            session.terminal.say(f"{iso(now)} {line.plain}")
        for said in more:
            session.terminal.note(said)
    session.terminal.out.file.flush()
    return done.outcomes


def _resting(session: Session, trackers: Iterable[TrackerConfig]) -> float:
    """For how many seconds every tracker still asks to be left alone: a pass would only say so again."""
    from escsync.ledger import LedgerError

    now = session.later()
    try:
        states = [session.ledger.state(one.name) for one in trackers]
    except LedgerError:
        return 0.0  # the pass will say what is wrong
    if not all(state.resting(now) for state in states):
        return 0.0
    return min((state.not_before - now).total_seconds() for state in states if state.not_before is not None)


def _pause(outcomes: Iterable[Outcome], now: datetime, rest: float) -> float:
    """Until the next deadline or the next round, whichever comes first."""
    wakes = [one.next_wake for one in outcomes if one.next_wake is not None]
    until = (min(wakes) - now).total_seconds() if wakes else rest
    return max(_SHORTEST, min(rest, until))


def _rest(text: str) -> float:
    from escsync.domain.duration import Duration

    try:
        seconds = Duration.parse(f"{text}s" if re.fullmatch(r"\d+", text) else text).elapsed.total_seconds()
    except ValueError as error:
        raise Stop(f"--every {text}: {error}") from None
    if seconds < _SHORTEST:
        raise Stop(f"--every {text}: at least 1s")
    return seconds

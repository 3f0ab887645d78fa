"""Commands that look at what the ledger knows: status, list, show, explain. No tracker is asked."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from escsync.cli.exits import Exit, Stop
from escsync.cli.letters import kept
from escsync.cli.session import Session, means, suggestion

if TYPE_CHECKING:
    from escsync.domain.assessment import Assessment
    from escsync.domain.people import Person

_FORGOTTEN = timedelta(days=92)
"""Rejected ones and duplicates leave the list so long after they came (decision 74)."""


def status(session: Session) -> Exit:
    """The board: what is open, what is late, and which deadline comes next."""
    from escsync.domain.evidence import iso
    from escsync.report import aside, board, document

    found = session.assessments()
    shown = board.board(found, session.offline.policy.money, session.now)
    held = [letter for letter in kept(session) if letter.aside]
    if session.terminal.as_json:
        risk = shown.at_risk
        session.terminal.document(
            {
                **document.listing(shown.rows, session.now),
                "open": len(shown.rows),
                "breached": shown.breached,
                "due_within_60_min": shown.due_soon,
                "ownerless": shown.ownerless,
                "arr_at_risk": {
                    "amount": f"{risk.total.amount:.2f}",
                    "currency": risk.total.currency,
                    "accounts": risk.accounts,
                    "missing": list(risk.missing),
                },
                "set_aside": [aside.row(letter) for letter in held],
                "last_pass": {name: iso(session.ledger.last_pass(name)) for name in session.offline.trackers},
                "paused_until": {
                    name: iso(state.not_before)
                    for name in session.offline.trackers
                    if (state := session.ledger.state(name)).resting(session.now)
                },
            }
        )
        return ending(session, shown.rows)
    session.terminal.say(board.headline(shown))
    if shown.rows:
        for part in board.drawn(shown.rows, session.terminal.width):
            session.terminal.draw(part)
    if shown.at_risk.missing:
        session.terminal.say(f"ARR or exchange rate missing for: {board.unknown(shown.at_risk)}")
    if held:
        session.terminal.say(
            f"{session.discretion.clean(aside.summary(held))} (see `escsync ledger letters`)"
        )
    _freshness(session)
    return ending(session, shown.rows)


def listed(
    session: Session,
    stage: Annotated[
        list[str] | None,
        typer.Option("--stage", help="Only this stage; may be given again.", metavar="STAGE"),
    ] = None,
    open_only: Annotated[
        bool, typer.Option("--open", help="Only those to which something is still owed.")
    ] = False,
    csm: Annotated[
        str | None,
        typer.Option("--csm", help="Only accounts of this CSM: id, e-mail, name, or me.", metavar="PERSON"),
    ] = None,
) -> Exit:
    """One line per escalation, the next deadline first."""
    from escsync.report import board, document

    stages = {_stage(name) for name in stage or ()}
    person = _csm(session, csm) if csm else None
    found = [
        one
        for one in session.assessments()
        if not _forgotten(one)
        and (not stages or one.stage in stages)
        and (not open_only or board.is_open(one))
        and (person is None or (one.account.csm is not None and one.account.csm.id == person.id))
    ]
    found = board.by_deadline(found)
    if session.terminal.as_json:
        session.terminal.document(document.listing(found, session.now))
    elif found:
        session.terminal.tell(board.listed(found, session.terminal.width))
    else:
        session.terminal.note("No escalation matches. `escsync sync` brings the ledger up to date.")
    return ending(session, found)


def show(session: Session, id: Annotated[str, typer.Argument(help="An id, a key or a native id.")]) -> Exit:
    """One escalation whole: facts, deadlines, findings, timeline, and what escsync wrote to it."""
    from escsync.report import document, single

    found = pick(session, id)
    every = session.ledger.effects(found.tracker, _native(found))
    writes = [effect for effect in every if effect.at is None or effect.at <= session.now]
    if session.terminal.as_json:
        session.terminal.document(document.whole(found, writes))
    else:
        session.terminal.tell(single.story(found, session.zone, writes))
    return ending(session, [found])


def explain(
    session: Session,
    id: Annotated[str, typer.Argument(help="An id, a key or a native id.")],
    clock: Annotated[str | None, typer.Argument(help="Only this clock, such as ack or update.")] = None,
) -> Exit:
    """Every deadline's arithmetic: anchor, evidence, what was counted, verdict."""
    from escsync.domain.assessment import CLOCK_NAMES
    from escsync.report import document, single
    from escsync.report.display import shown

    if clock is not None and clock not in CLOCK_NAMES:
        known = list(CLOCK_NAMES)
        raise Stop(f"{clock}: no such clock; known are {', '.join(known)}{suggestion(clock, known)}")
    found = pick(session, id)
    clocks = [one for one in found.clocks if clock in (None, one.name)]
    if session.terminal.as_json:
        session.terminal.document(document.arithmetic(found, clocks))
    elif clocks:
        session.terminal.tell(single.reckoning(found, clocks, session.zone))
    else:
        session.terminal.say(
            f"{shown(found.key)}: the clock {clock or ''} has not started; nothing asks for it yet."
        )
    return ending(session, [found])


def pick(session: Session, wanted: str) -> Assessment:
    """The escalation that *wanted* names by id, key or native id."""
    found = session.assessments(wanted)
    if not found:
        # A ticket that vanished is found among all; so is what was probably meant.
        everything = session.assessments()
        found = [one for one in everything if means(wanted, one.tracker, _native(one), one.key)]
        if not found:
            near = suggestion(wanted, [name for one in everything for name in (one.key, one.id)])
            raise Stop(f"{wanted}: the ledger knows no such escalation{near}; `escsync list` names all")
    exact = [one for one in found if one.id == wanted.strip()]
    if not exact and len({one.id.partition("~")[0] for one in found}) > 1:
        raise Stop(
            f"{wanted}: this names several escalations; say which by its id:",
            *(f"  {one.id}  {one.key}  {one.summary}" for one in found),
        )
    # A ticket reopened after the window holds two escalations: its key means the present one.
    return max(exact or found, key=lambda one: one.identified_at)


def ending(session: Session, found: Iterable[Assessment]) -> Exit:
    """1 where findings as severe as --fail-on remain in *found*; 5 where a record could not be judged."""
    from escsync.cli.exits import worst

    codes = [Exit.PARTIAL] if session.unjudged else []
    if session.options.fail_on is not None and remaining(found, session.options.fail_on.value):
        codes.append(Exit.FINDINGS)
    return worst(codes)


def remaining(found: Iterable[Assessment], least: str) -> bool:
    """Is there a finding of this severity or a worse one?"""
    from escsync.domain.findings import Severity

    limit = Severity(least).rank
    return any(finding.severity.rank <= limit for one in found for finding in one.findings)


def _native(found: Assessment) -> str:
    return found.id.partition(":")[2].partition("~")[0]


def _stage(name: str) -> str:
    from escsync.domain.fields import Stage, folded

    known = {folded(stage.value): stage for stage in Stage if stage is not Stage.CLOSED}
    if folded(name) not in known:
        names = [stage.value for stage in known.values()]
        raise Stop(f"--stage {name}: no such stage; known are {', '.join(names)}{suggestion(name, names)}")
    return known[folded(name)]


def _forgotten(one: Assessment) -> bool:
    from escsync.domain.fields import Stage

    aside = one.stage in (Stage.REJECTED, Stage.DUPLICATE)
    return aside and one.now - (one.closed_at or one.identified_at) > _FORGOTTEN


def _csm(session: Session, name: str) -> Person:
    if name.casefold() != "me":
        return session.person("--csm", name)
    person = session.offline.directory.named(session.host.environ.get("ESCSYNC_ME") or getpass.getuser())
    if person is None:
        raise Stop("--csm me: say who you are: export ESCSYNC_ME=your id, e-mail or name in people.yaml")
    return person


def _freshness(session: Session) -> None:
    """Say how old the picture is: a silent stop is the worst failure of a watchdog."""
    from escsync.domain.duration import spoken
    from escsync.domain.evidence import iso

    for name in session.offline.trackers:
        state = session.ledger.state(name)
        last = state.polled_at
        if state.not_before is not None and state.resting(session.now):
            told = session.discretion.clean(f"{name} asked for a pause until {iso(state.not_before)}")
            session.terminal.note(told, style="yellow")
        if last is None:
            session.terminal.note(f"{name}: never synced; run `escsync sync`", style="yellow")
        elif (age := session.now - last) > timedelta(0):
            stale = age > timedelta(hours=1)
            session.terminal.note(f"{name}: last pass {spoken(age)} ago", style="yellow" if stale else "")

"""Commands that make what a tracker lacks, and take it away again: provision, deprovision."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escsync.cli.ending import orderly
from escsync.cli.exits import Exit, Stop, worst
from escsync.cli.provisioning.pen import Pen, files, sound
from escsync.cli.provisioning.removal import ask, remove, removed
from escsync.cli.provisioning.renamed import spared
from escsync.cli.provisioning.work import Work, row
from escsync.cli.session import Session, suggestion

if TYPE_CHECKING:
    from escsync.offers import Gap, Provided, Provisioner


def provision(
    session: Session,
    apply: Annotated[
        bool, typer.Option("--apply", help="Make it, and write into the configuration what it is called.")
    ] = False,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            help="Only this field of ours; may be given again.",
            metavar="FIELD",
            autocompletion=lambda: _fields(),
        ),
    ] = None,
) -> Exit:
    """Lists the fields, options, screens and rights that the trackers lack, one line each; --apply makes them."""
    only = _named(field or ())
    works = _works(session, apply, lambda work, adapter: _provision(work, adapter, only, apply=apply), _gaps)
    terminal, code = session.terminal, worst(work.code for work in works)
    if terminal.as_json:
        return code
    if not apply and any(not gap.by_hand for work in works for gap in work.things):
        terminal.say("Nothing was changed. Next: `escsync provision --apply`, then `escsync doctor`.")
    elif all(work.code is Exit.DONE for work in works):
        left = any(gap.by_hand for work in works for gap in work.things)
        terminal.say(f"Next: {'what is to do by hand, then ' if left else ''}`escsync doctor`.")
    return code


def deprovision(
    session: Session,
    apply: Annotated[bool, typer.Option("--apply", help="Remove it, with all the values in it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, on a terminal either.")] = False,
) -> Exit:
    """Lists what escsync made in the trackers, and what of it is kept and why; --apply removes it, and nothing else."""

    def do(work: Work, adapter: Provisioner) -> None:
        remove(work, adapter, apply=apply)

    # On a terminal a person is asked once more; a script has said --apply.
    asking = apply and not yes and session.terminal.interactive and sys.stdin.isatty()
    works = _works(session, apply, do, removed, ask if asking else None)
    listed = any(not one.kept for work in works for one in work.things)
    if listed and not apply and not session.terminal.as_json:
        session.terminal.say(
            "Nothing was removed. Next: `escsync deprovision --apply`; all values in it go with it."
        )
    return worst(work.code for work in works)


def _named(fields: Sequence[str]) -> tuple[str, ...]:
    from escsync.adapter import FIELDS

    for name in fields:
        if name not in FIELDS:
            raise Stop(
                f"--field {name}: no such field{suggestion(name, FIELDS)}; docs/fields.md has them all"
            )
    return tuple(fields)


def _fields() -> list[str]:
    from escsync.adapter import FIELDS

    return list(FIELDS)


def _works(
    session: Session,
    apply: bool,
    do: Callable[[Work, Provisioner], None],
    told: Callable[[Work], dict[str, Any]],
    first: Callable[[Work, Provisioner], None] | None = None,
) -> list[Work]:
    """*do* it on each tracker, where *first* a person agrees; the document says what was done, however it ends."""
    works: list[Work] = []
    trackers, known = session.chosen(), files(session)
    with orderly():
        try:
            for tracker in trackers:
                works.append(work := Work(session, tracker, known))
                if first is not None:
                    work.run(partial(first, work), alone=False)
                if first is None or work.agreed:
                    work.run(partial(do, work), alone=apply)
                    work.settle()
        except BaseException as error:
            for work in works[-1:]:
                work.broken_off(error)
            raise
        finally:
            if session.terminal.as_json:
                _document(session, works, apply, told)
    return works


def _provision(work: Work, adapter: Provisioner, only: tuple[str, ...], *, apply: bool) -> None:
    from escsync.setup.vacancies import gaps
    from escsync.setup.wishes import wishes

    tracker, session = work.tracker, work.session
    accounts = bool(session.config.accounts.rows)
    work.wishes = wishes(tracker.vocabulary, accounts=accounts, leave_out=tracker.leave_out, only=only)
    lacking = [*adapter.missing(work.wishes), *(() if only else gaps(tracker.vocabulary))]
    work.things = list(spared(session, tracker, lacking))
    makes = [gap for gap in work.things if not gap.by_hand]
    by_hand = [gap for gap in work.things if gap.by_hand]
    if apply:
        pen = Pen(session, tracker.name, sound(session), work.known)
        try:
            with pen:
                for gap, made in work.each(makes, adapter.provide, lambda gap: gap.subject):
                    work.done.append(made)
                    work.subjects.append(gap.subject)
                    pen.note(made)
                    work.say("MAPPED" if gap.found else "MADE", gap.subject, _called(gap, made))
        finally:
            work.wrote([pen], "it should say")
    else:
        for gap in makes:
            work.say("FOUND" if gap.found else "MAKE", gap.subject, gap.what)
    for gap in by_hand:
        work.say("HAND", gap.subject, gap.what, gap.by_hand)
    found = sum(gap.found for gap in makes)
    if apply:
        work.sum((len(work.done), "done"), (len(work.errors), "failed"), (len(by_hand), "to do by hand"))
    else:
        work.sum((len(makes) - found, "to make"), (found, "found"), (len(by_hand), "to do by hand"))


def _called(gap: Gap, made: Provided) -> str:
    known = made.id in gap.what or gap.subject.endswith(f".{made.id}")
    return gap.what if known else f"{gap.what} ({made.id})"


def _document(
    session: Session, works: Sequence[Work], applied: bool, told: Callable[[Work], dict[str, Any]]
) -> None:
    session.terminal.document(
        {
            "schema": 1,
            "applied": applied,
            "trackers": {
                work.tracker.name: {
                    **{key: value for key, value in told(work).items() if value is not None},
                    "errors": work.errors,
                }
                for work in works
            },
        }
    )


def _gaps(work: Work) -> dict[str, Any]:
    clean = work.session.discretion.clean
    gaps = [
        {
            "id": gap.id,
            "subject": gap.subject,
            "what": clean(gap.what),
            "by_hand": clean(gap.by_hand),
            "found": gap.found,
        }
        for gap in work.things
    ]
    return {"gaps": gaps, "made": [row(work, made) for made in work.done], "paste": work.unwritten}

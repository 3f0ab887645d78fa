"""Commands that go to the trackers: plan, apply, sync."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escsync.cli.exits import Exit, Stop
from escsync.cli.rounds import Round, code_of, limits, on_each
from escsync.cli.session import Session, suggestion

if TYPE_CHECKING:
    from escsync.config import TrackerConfig
    from escsync.domain.plan import Plan

_MaxWrites = Annotated[
    int | None,
    typer.Option(
        "--max-writes", min=0, help="At most so many tickets are written in this pass.", metavar="N"
    ),
]
_MaxShare = Annotated[
    float | None,
    typer.Option(
        "--max-share", min=0, max=1, help="At most this share of the open ones is enforced upon.", metavar="F"
    ),
]


def sync(
    session: Session,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Read everything, not only what changed; once a day a pass does so by itself."
        ),
    ] = False,
    max_writes: _MaxWrites = None,
    max_share: _MaxShare = None,
) -> Exit:
    """One pass: pull, assess, plan, and write what each tracker's mode allows."""
    from escsync import sync as engine

    within = limits(session, max_writes, max_share)
    return reported(session, on_each(session, lambda one: engine.sync(one, full=full), within=within))


def plan(
    session: Session,
    out: Annotated[
        Path | None, typer.Option("--out", help="Save the plan here, for `escsync apply`.", metavar="FILE")
    ] = None,
    max_writes: _MaxWrites = None,
    max_share: _MaxShare = None,
) -> Exit:
    """One pass without a write to any tracker: each change, field by field, and why."""
    from escsync import sync as engine
    from escsync.report import changes, outcome, saved_plan

    outcomes = on_each(session, engine.plan, within=limits(session, max_writes, max_share)).outcomes
    plans = (one.plan.kept_back(one.refused) if one.refused else one.plan for one in outcomes)
    document = saved_plan.planned(plans, session.now)
    if out is not None:
        _save(session.host.directory() / out, out, document)
    if session.terminal.as_json:
        session.terminal.document(document)
    for one in outcomes:
        if not session.terminal.as_json and not one.lost:
            session.terminal.tell(changes.told(one.plan, one.assessments, session.zone))
            session.terminal.say(changes.summary(one.tracker, one.plan))
        for line in list(outcome.told(one))[1:]:
            session.terminal.note(line)
    # Where a limit refuses, its own line has said what to raise.
    refused = any(one.refused for one in outcomes)
    if not session.terminal.as_json and not refused and any(one.plan.changes for one in outcomes):
        target = str(out) if out else "plan.json"
        saved = "" if out else f"`escsync plan --out {target}`, then "
        session.terminal.note(
            f"Nothing was written. Next: {saved}`escsync apply {target}`, or `escsync sync`."
        )
    return code_of(session, outcomes)


def apply(
    session: Session,
    file: Annotated[Path, typer.Argument(help="A plan that `escsync plan --out` saved.", metavar="FILE")],
    max_writes: _MaxWrites = None,
    max_share: _MaxShare = None,
) -> Exit:
    """Exactly the saved plan; changes that went stale are skipped and said so."""
    from escsync import sync as engine
    from escsync.report import saved_plan

    try:
        made, plans = saved_plan.load((session.host.directory() / file).read_text("utf-8"))
    except OSError as error:
        raise Stop(f"{file}: {error.strerror or 'cannot be read'}") from None
    except (saved_plan.NotAPlan, UnicodeDecodeError) as error:
        reason = error if isinstance(error, saved_plan.NotAPlan) else "this is not a text file"
        raise Stop(f"{file}: {reason}") from None
    if session.now < made:
        raise Stop(f"{file}: the plan was made at {made:%Y-%m-%dT%H:%M:%SZ}, after the instant of --at")
    modes = session.config.modes
    for name in plans:
        if name not in modes:
            raise Stop(f"{file}: the tracker {name!r} is not configured{suggestion(name, modes)}")
    wanted = [one for one in session.config.trackers.values() if one.name in plans]
    for tracker in wanted:
        _allowed(tracker, plans[tracker.name])
    left = sorted(set(plans) - {one.name for one in wanted})
    if left:
        session.terminal.note(f"left alone (mode: off, or not asked for): {', '.join(left)}")
    if not plans and not session.terminal.as_json:
        session.terminal.say(f"{file}: the plan holds no change; there is nothing to apply")
    within = limits(session, max_writes, max_share)
    done = on_each(session, lambda one: engine.apply(one, plans[one.tracker]), within=within, trackers=wanted)
    return reported(session, done)


def reported(session: Session, done: Round) -> Exit:
    """Print what a round did, and how to exit."""
    from escsync.report import document, outcome

    if session.terminal.as_json:
        session.terminal.document(document.passed(done.id, done.outcomes))
    for one in done.outcomes:
        line, *more = outcome.told(one)
        if not session.terminal.as_json:
            session.terminal.say(line)
        for said in more:
            session.terminal.note(said)
    return code_of(session, done.outcomes)


def _allowed(tracker: TrackerConfig, saved: Plan) -> None:
    """Stop where the mode was lowered since: a saved plan grants nothing that the configuration does not."""
    from escsync.domain.plan import Mode, enforces

    edits = [edit for change in saved.changes for edit in change.edits]
    needed = Mode.ENFORCE if any(map(enforces, edits)) else Mode.ANNOTATE if edits else Mode.OFF
    if tracker.mode.rank < needed.rank:
        raise Stop(
            f"{tracker.name}: the plan needs mode: {needed}, the configuration says mode: {tracker.mode}; "
            "raise the mode, or make the plan anew"
        )


def _save(path: Path, named: Path, document: object) -> None:
    """Write the plan, whole or not at all, readable by its owner only: it names customers."""
    import json
    import os
    import tempfile

    folder = path.parent
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2)
            file.write("\n")
        os.replace(name, path)
    except OSError as error:
        raise Stop(f"{named}: the plan cannot be written here ({error.strerror})") from None

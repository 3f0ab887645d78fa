"""The command that shows everything at once, on a local tracker of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escsync.cli.exits import Exit, Stop
from escsync.cli.rounds import on_each
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.sync import Outcome

_MARK = ".escsync-demo"
"""Lists what the demo wrote, so that a second demo replaces its own files and no others."""
_SHOWN = 4
"""Changes of the plan that are printed in full."""


def demo(
    session: Session,
    dir: Annotated[
        Path, typer.Option("--dir", help="Where the project to play with is left.", metavar="DIR")
    ] = Path("escsync-demo"),
) -> Exit:
    """Realistic escalations on a new local tracker: plan, apply, board, and a silent second pass."""
    folder = session.host.directory() / dir
    count = _build(session, folder, dir)
    inner = session.at(folder / "escsync.yaml")
    try:
        outcomes, second = _play(inner, dir)
    finally:
        inner.close()
    writes = sum(one.counts.applied for one in second)
    if session.terminal.as_json:
        session.terminal.document(
            {
                "schema": 1,
                "directory": str(dir),
                "escalations": count,
                "planned": sum(one.counts.planned for one in outcomes),
                "applied": sum(one.counts.applied for one in outcomes),
                "second_pass_writes": writes,
            }
        )
    failed = any(one.errors or one.lost for one in [*outcomes, *second])
    return Exit.PARTIAL if failed or writes else Exit.DONE


def _build(session: Session, folder: Path, shown: Path) -> int:
    """Write the project, into a new folder or over an earlier demo."""
    from escsync import demo as story

    mark = folder / _MARK
    if folder.exists() and not folder.is_dir():
        raise Stop(f"{shown}: this is a file; name a folder with --dir")
    if mark.is_file():
        session.terminal.note(
            f"{shown}: an earlier demo is there; it is made anew, with all that was tried in it"
        )
        for name in mark.read_text("utf-8").split("\n"):
            if name and Path(name).name == name:
                (folder / name).unlink(missing_ok=True)
    elif folder.exists() and any(folder.iterdir()):
        raise Stop(f"{shown}: this folder is not empty and not a demo's; name another with --dir")
    folder.mkdir(parents=True, exist_ok=True)
    before = {path.name for path in folder.iterdir()}
    count = story.build(folder, session.now)
    ours = sorted({path.name for path in folder.iterdir()} - before - {_MARK})
    later = ["plan.json", "escsync.db", "escsync.db-wal", "escsync.db-shm"]
    mark.write_text("\n".join([*ours, *(name for name in later if name not in ours)]) + "\n", "utf-8")
    return count


def _play(session: Session, shown: Path) -> tuple[tuple[Outcome, ...], tuple[Outcome, ...]]:
    """The tour: each step says what it does before it does it."""
    from escsync import sync as engine
    from escsync.report import board, outcome, saved_plan

    text = not session.terminal.as_json

    def say(words: str = "") -> None:
        if text:
            session.terminal.say(words)

    say(f"A support team's local tracker now lies in {shown}/, with its people, accounts and escsync.yaml.")
    say()
    say("1. escsync plan: what would escsync change, and why? Nothing is written yet.")
    say()
    planned = on_each(session, engine.plan).outcomes
    for one in planned:
        if text:
            _part_of_plan(session, one)
    say(f"Saved as {shown}/plan.json.")
    document = saved_plan.planned((one.plan for one in planned), session.now)
    (session.path.parent / "plan.json").write_text(_json(document), "utf-8")
    say()
    say("2. escsync apply plan.json: exactly that, each ticket read again first and checked afterwards.")
    plans = saved_plan.load((session.path.parent / "plan.json").read_text("utf-8"))[1]
    applied = on_each(session, lambda one: engine.apply(one, plans[one.tracker])).outcomes
    for one in applied:
        say(f"   {outcome.line(one)}")
    say()
    say("3. escsync status: the board, the next deadline first.")
    say()
    if text:
        found = session.assessments()
        shown_board = board.board(found, session.config.policy.money, session.now)
        session.terminal.say(board.headline(shown_board))
        for part in board.drawn(shown_board.rows, session.terminal.width):
            session.terminal.draw(part)
    say("4. escsync sync: a second pass over an unchanged tracker writes nothing.")
    second = on_each(session, engine.sync).outcomes
    for one in second:
        say(f"   {outcome.line(one)}")
    say()
    key = next((a.key for a in board.by_deadline(session.assessments())), "")
    config = f"--config {shown / 'escsync.yaml'}"
    say("Yours to play with:")
    for line in (
        f"escsync show {key} {config}",
        f"escsync explain {key} ack {config}",
        f"escsync draft update {key} {config}",
        f"escsync list --open --format json {config}",
        "escsync rule ACK_BREACHED",
        "escsync init --tracker jira        (then the same on your own tracker; it starts in mode observe)",
    ):
        say(f"   {line}")
    return applied, second


def _part_of_plan(session: Session, one: Outcome) -> None:
    from dataclasses import replace

    from escsync.report.changes import summary, told

    few = replace(one.plan, changes=one.plan.changes[:_SHOWN], withheld=())
    session.terminal.tell(told(few, one.assessments, session.zone))
    more = len(one.plan.changes) - _SHOWN
    if more > 0:
        session.terminal.say(f"... and {more} more changes like these.")
    session.terminal.say(summary(one.tracker, one.plan))


def _json(document: object) -> str:
    import json

    return json.dumps(document, indent=2) + "\n"

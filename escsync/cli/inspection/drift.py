"""The command that says what changed in a tracker's schema, one line each, with the fix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from escsync.cli.exits import Exit, worst
from escsync.cli.inspection.lines import line
from escsync.cli.inspection.outlines import Look, keep, looked
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.setup.schema.drift import Shift


def drift(
    session: Session,
    accepting: Annotated[
        bool,
        typer.Option("--accept", help="What is there now is well: say nothing of these changes again."),
    ] = False,
) -> Exit:
    """What changed in the trackers' schemas since it was last accepted, one line each, with the fix; exit 4."""
    looks = []
    for tracker in session.chosen():
        look = looked(session, tracker)
        if accepting and look.error is None:
            keep(session, tracker, look.now, session.now)
        looks.append(look)
        if not session.terminal.as_json:
            _tell(session, look, accepting)
    if session.terminal.as_json:
        rows = {look.tracker: _row(session, look, accepting) for look in looks}
        session.terminal.document({"schema": 1, "trackers": rows})
    elif any(look.shifts for look in looks) and not accepting:
        session.terminal.note(
            "Each is said again until it is mended, or accepted as it is: escsync drift --accept"
        )
    return worst(_code(look, accepting) for look in looks)


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

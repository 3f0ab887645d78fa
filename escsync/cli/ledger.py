"""Commands that care for the ledger: check, backup, export."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from escsync.cli.exits import Exit, Stop
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.ledger.history import Head

_SHORTEST = 12
"""Fewer digits of a link prove nothing."""


def check(
    session: Session,
    head: Annotated[
        list[str] | None,
        typer.Option(
            "--head",
            help="A head that was noted earlier, which must still be part of the history; may be given again.",
            metavar="TRACKER:N:LINK",
        ),
    ] = None,
) -> Exit:
    """Is the ledger whole, do its counts agree, and is its history as it was written?"""
    from escsync.domain.evidence import iso

    noted = [_noted(one) for one in head or ()]
    care = session.existing.care
    problems = care.check()
    problems += filter(None, map(care.contradicted, noted))
    heads = care.heads()
    if session.terminal.as_json:
        told = [
            {
                "tracker": one.tracker,
                "entries": one.n,
                "link": one.link,
                "rebuilt": [{"entry": n, "at": iso(at)} for n, at in one.rebuilt],
            }
            for one in heads
        ]
        session.terminal.document({"schema": 1, "ok": not problems, "problems": problems, "heads": told})
    else:
        session.terminal.tell(
            problems or ["The ledger is whole, its counts agree, and its history is as it was written."]
        )
        for one in heads:
            anew = "".join(f", read anew at entry {n} ({iso(at)})" for n, at in one.rebuilt)
            session.terminal.say(f"history of {one.tracker}: {one.n} entries{anew}, head {one}")
    return Exit.PARTIAL if problems else Exit.DONE


def backup(
    session: Session, file: Annotated[Path, typer.Argument(help="Where the copy goes.", metavar="FILE")]
) -> Exit:
    """A copy of the ledger in an SQLite file, made while passes may run."""
    path = _new(session, file, "a backup")
    session.existing.care.backup(path)
    size = path.stat().st_size
    if session.terminal.as_json:
        session.terminal.document({"schema": 1, "file": str(path), "bytes": size})
    else:
        session.terminal.say(f"{file}: the ledger as it is now ({size:,} bytes)")
    return Exit.DONE


def export(
    session: Session,
    file: Annotated[Path, typer.Argument(help="Where the lines go; - is stdout.", metavar="FILE")],
) -> Exit:
    """Every row of the ledger as one line of JSON; customers' words only where store_text keeps them."""
    lines = session.existing.care.export(text=session.offline.store_text)
    if str(file) == "-":
        for line in lines:
            session.terminal.raw(line)
        return Exit.DONE
    path = _new(session, file, "an export")
    count = _written(path, file, lines)
    if session.terminal.as_json:
        session.terminal.document({"schema": 1, "file": str(path), "lines": count})
    else:
        session.terminal.say(f"{file}: the ledger as it is now ({count:,} lines)")
    return Exit.DONE


def _written(path: Path, shown: Path, lines: Iterable[str]) -> int:
    """Write *lines*, all or none; how many there are."""
    from escsync.ledger.transfer import finished

    count = 0
    try:
        with finished(path) as made, made.open("x", encoding="ascii") as out:
            for line in lines:
                out.write(line + "\n")
                count += 1
    except OSError as error:
        raise Stop(f"{shown}: cannot be written ({error.strerror})") from None
    return count


def _new(session: Session, file: Path, what: str) -> Path:
    """Where *file* is to be made; Stop where there is one, or no folder for it."""
    path = session.host.directory() / file
    if str(file) == "-":
        raise Stop(f"name a file: {what} is no text for stdout")
    if path.exists():
        raise Stop(f"{file}: exists already; {what} overwrites nothing")
    if not path.parent.is_dir():
        raise Stop(f"{file}: its folder does not exist")
    return path


def _noted(text: str) -> Head:
    from escsync.ledger.history import Head

    tracker, _, rest = text.strip().rpartition(":")[0].rpartition(":")
    link = text.strip().rpartition(":")[2].lower()
    if not (tracker and rest.isdecimal() and len(link) >= _SHORTEST and set(link) <= set("0123456789abcdef")):
        raise Stop(
            f"--head {text}: write it as `escsync ledger check` prints it, TRACKER:N:LINK, "
            f"with at least {_SHORTEST} digits of the link"
        )
    return Head(tracker, int(rest), link)

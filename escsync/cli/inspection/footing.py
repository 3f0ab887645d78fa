"""What doctor asks of this machine: the ledger, its database, and the files beside the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from escsync.cli.letters import kept
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.adapter import Problem

_MOUNTS = Path("/proc/self/mounts")
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "fuse.sshfs"})


def ledger(session: Session) -> Iterator[Problem]:
    """Can it be opened, is it whole, does it keep what it confirms, does its clock agree?"""
    from escsync.adapter import Level, Problem
    from escsync.ledger import LedgerError
    from escsync.report import aside
    from escsync.setup import skew

    try:
        wrong = session.ledger.check()
        there, forgetful = session.ledger.care.time(), session.ledger.care.forgetful()
        here = session.later()
    except LedgerError as error:
        message = session.discretion.clean(error.message)
        yield Problem(Level.FAIL, "ledger", message, error.remedy, "CLOSED")
        return
    for told in wrong:
        remedy = "restore the last backup, or move the file away and sync --full"
        yield Problem(Level.FAIL, "ledger", told, remedy)
    if not wrong:
        yield Problem(Level.OK, "ledger", "opens, and its counts agree")
    for name in forgetful:
        message = f"{name} is off: after a crash the server may have forgotten what it confirmed, and a write be done twice"
        yield Problem(Level.WARNING, "ledger", message, f"switch {name} on, for this database at least")
    if there is not None and session.options.at is None:
        yield skew.ledger(here, there)
    file = session.ledger.care.file
    kind = remote(file.resolve(), _mounts()) if file is not None else ""
    if kind:
        message = f"{file} is on a network drive ({kind}), where SQLite's locks do not hold"
        yield Problem(Level.WARNING, "ledger", message, "move it to a local disk, or take PostgreSQL")
    told = aside.summary(letter for letter in kept(session) if letter.aside)
    if told:
        yield Problem(Level.WARNING, "letters", told, "`escsync ledger letters` says why and what to do")


def people_file(session: Session) -> Path | None:
    """Where people.yaml stands; None where the configuration names none."""
    from escsync.config import document

    config = session.config
    data = document.read(Path(config.origin(("people",)).file)).data
    name = data.get("people") if isinstance(data, dict) else None
    return config.path.parent / name if isinstance(name, str) else None


def remote(path: Path, mounts: str) -> str:
    """The kind of network drive that *path* is on, as the machine lists its *mounts*; empty where it is on none."""
    best, kind = -1, ""
    for entry in mounts.splitlines():
        parts = entry.split(" ")
        if len(parts) < 3:
            continue
        place = Path(parts[1].replace("\\040", " "))
        depth = len(place.parts)
        if depth > best and (place == path or place in path.parents):
            best, kind = depth, parts[2]
    return kind if kind in _REMOTE else ""


def _mounts() -> str:
    try:
        return _MOUNTS.read_text("utf-8", errors="replace")
    except OSError:
        return ""  # only Linux tells

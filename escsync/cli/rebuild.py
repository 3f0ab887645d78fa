"""`escsync ledger rebuild`: the ledger made anew from the trackers, the old one kept beside it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from escsync.cli.exits import Exit, Stop, worst
from escsync.cli.rounds import code_of, on_each
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.ledger import Ledger
    from escsync.sync import Outcome, Pass
    from escsync.sync.rebuilding import Before, Rebuilt


def rebuild(session: Session) -> Exit:
    """The ledger made anew from the trackers, which are only read; the old one is kept, and what got lost is said."""
    from escsync.report import document, rebuilt

    found, kept = _rebuilt(session)
    if session.terminal.as_json:
        told = {"schema": document.SCHEMA, "replaced": kept is not None, "kept": str(kept) if kept else None}
        session.terminal.document(
            {**told, "trackers": {one.outcome.tracker: rebuilt.row(one) for one in found}}
        )
    else:
        for one in found:
            session.terminal.tell(rebuilt.told(one))
        if kept is None:
            session.terminal.note("Nothing was replaced: the ledger is as it was.", style="red")
        elif kept.name:
            session.terminal.say(f"The ledger before is kept as {kept.name}.")
    code = code_of(session, [one.outcome for one in found])
    return code if kept is not None else worst([code, Exit.TRACKER])


def _rebuilt(session: Session) -> tuple[list[Rebuilt], Path | None]:
    """What came of each tracker, and where the ledger before is kept: None where nothing was replaced."""
    names = [one.name for one in session.chosen()]
    old = _readable(session)
    if old is None and session.options.tracker and set(names) != _active(session):
        raise Stop("the ledger cannot be read: rebuild all of it, without --tracker")
    with ExitStack() as leases, _empty(session) as new:
        if old is not None:
            for name in names:
                _forward(session, old, name)
                leases.enter_context(old.lease(name, f"rebuild-{session.now:%Y%m%dT%H%M%SZ}"))
                old.care.seed(new.care, name)
        pass_id, found = _read(session, old, new)
        if not all(one.whole for one in found):
            return found, None
        if old is not None:
            kept = _aside(session)
            old.care.backup(kept)
            for tracker in names:
                old.care.renew(new.care, tracker, pass_id, session.now)
            return found, kept
        return found, _placed(session, new)


def _read(session: Session, old: Ledger | None, new: Ledger) -> tuple[str, list[Rebuilt]]:
    """Every tracker read into the new ledger, in a pass of this name, and compared with what the old one says."""
    from escsync.sync import rebuilding
    from escsync.sync.rebuilding import Rebuilt

    history: dict[str, bool] = {}

    def work(one: Pass) -> Outcome:
        history[one.tracker] = one.adapter.capabilities.history
        shown = one.progress

        def progress(*said: object) -> None:
            if old is not None:  # nobody else may write to it meanwhile
                old.alive(one.tracker)
            shown(*said)

        known = old.refs(one.tracker, open_only=False) if old else ()
        return rebuilding.rebuild(replace(one, progress=progress), known)

    inner = session.over(new)
    done = on_each(inner, work)
    made = []
    for one in done.outcomes:
        # A ledger that never saw the tracker, as a lost one leaves it behind, is nothing to compare with.
        known = old is not None and old.last_pass(one.tracker) is not None
        before = _before(session, one.tracker) if known else None
        now = rebuilding.said(new, one.tracker, inner.world(), session.config.policy, session.now)
        made.append(Rebuilt(one, now.found, before, history.get(one.tracker, True)))
    return done.id, made


def _before(session: Session, tracker: str) -> Before | None:
    """What the old ledger says; None where so much is wrong with it that it says nothing."""
    from escsync.ledger import LedgerError
    from escsync.sync import rebuilding

    try:
        policy = session.config.policy
        return rebuilding.said(session.ledger, tracker, session.world(), policy, session.now)
    except LedgerError:
        return None


def _readable(session: Session) -> Ledger | None:
    """The ledger, where there is one that can be read."""
    from escsync.ledger.renewal import damage

    path = _file(session)
    if path is not None and not path.exists():
        session.terminal.note("There is no ledger yet: all is read anew.")
        return None
    wrong = damage(path) if path is not None else ""
    if wrong:
        session.terminal.note(f"The ledger cannot be read ({wrong}): nothing of it can be taken over.")
        return None
    return session.ledger


def _forward(session: Session, old: Ledger, tracker: str) -> None:
    from escsync.ledger import LookBack

    last = old.last_pass(tracker)
    if last is not None and session.now < last:
        raise LookBack(tracker, session.now, last)


@contextmanager
def _empty(session: Session) -> Iterator[Ledger]:
    """A new ledger beside the old one, gone at the end unless it was given the old one's place."""
    from escsync.ledger import Ledger

    path = _file(session)
    folder = path.parent if path is not None else None
    with tempfile.TemporaryDirectory(dir=folder, prefix=".rebuild-") as place:
        url = f"sqlite:///{place}/ledger.db"
        with Ledger.open(url, text=session.offline.store_text, clock=session.host.monotonic) as new:
            yield new


def _placed(session: Session, new: Ledger) -> Path:
    """Give the new ledger the place of one that cannot be read; where that one is kept."""
    from escsync.ledger.renewal import set_aside

    path = _file(session)
    made = new.care.file
    if path is None or made is None:  # a database on a server is read, or the command has ended
        raise Stop("only a ledger in a file can be replaced whole")
    new.close()
    kept = _aside(session)
    there = path.exists()
    if there:
        set_aside(path, kept)
    os.replace(made, path)
    return kept if there else Path()


def _aside(session: Session) -> Path:
    """A name for the ledger before."""
    from escsync.ledger.renewal import free

    path = _file(session) or session.path.parent / "escsync-ledger.db"
    return next(free(path.with_name(f"{path.name}.before-{session.now:%Y%m%dT%H%M%SZ}")))


def _file(session: Session) -> Path | None:
    """The ledger's file; None where it is a database on a server."""
    from sqlalchemy.engine import make_url

    url = make_url(session.offline.ledger)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _active(session: Session) -> set[str]:
    return {name for name, mode in session.offline.modes.items() if mode.value != "off"}

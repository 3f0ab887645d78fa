"""A tracker's schema as it is, beside the one that somebody accepted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from escsync.cli.rounds import connected, rested
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.adapter import Adapter, TrackerPerson
    from escsync.config import TrackerConfig
    from escsync.offers import Part
    from escsync.setup.schema.drift import Shift
    from escsync.setup.schema.outline import Spelled
    from escsync.setup.schema.settlement import Deeds

_SCHEMA = ("fields.", "stages.", "options.", "scope")
"""What `check` says of these keys is about the tracker's schema."""


@dataclass(frozen=True, slots=True)
class Look:
    """A tracker's schema compared with the one that was accepted *since*. *outlined*: does the adapter tell it at all?"""

    tracker: str
    outlined: bool = True
    since: datetime | None = None
    now: tuple[Part, ...] = ()
    shifts: tuple[Shift, ...] = ()
    lost: tuple[Shift, ...] = ()
    error: tuple[str, str, str] | None = None
    """The code, the message and the remedy of a tracker that failed as a whole."""

    @property
    def changes(self) -> tuple[Shift, ...]:
        """Everything that there is to say, each key once."""
        from escsync.setup.schema.drift import joined

        return joined(self.shifts, self.lost)


def looked(session: Session, tracker: TrackerConfig) -> Look:
    """One look at *tracker*; what fails is in it."""
    from escsync.adapter import TrackerError
    from escsync.registry import PluginError
    from escsync.sync.outcome import failure_of

    try:
        rested(session, tracker.name, session.now)
        return _looked(session, tracker)
    except TrackerError as error:
        told = failure_of(error)
        return Look(tracker.name, error=(told.code, told.message, told.remedy))
    except PluginError as error:
        return Look(tracker.name, error=("ADAPTER", error.message, error.remedy))


def compared(session: Session, tracker: TrackerConfig, accounts: Sequence[TrackerPerson] | None) -> Look:
    """The schema as it is beside the one that was accepted; where none was, beside what is remembered, which counts from
    now on. None are *accounts* of which nothing is known."""
    from escsync.offers import Outlined
    from escsync.setup.schema.drift import compare
    from escsync.setup.schema.outline import known, missing, people

    found = list(people(session.config.directory, tracker.name, accounts or ()))
    remembered: list[Part] = []
    now = found
    with connected(session, tracker, session.now) as adapter:
        outlined = isinstance(adapter, Outlined)
        if isinstance(adapter, Outlined):
            # What is remembered is told first: asking again may take its place.
            remembered = list(adapter.recalled())
            now = [*adapter.outline(), *found]
    since, content, legible = _base(session, tracker, remembered, now, accounts)
    before = known(content, _names(session, tracker))
    if accounts is None:
        before = tuple(part for part in before if part.kind != "person")
    now += _renamed(session, tracker, missing(before, now, tracker.vocabulary)) if outlined else []
    shifts = compare(before, now, tracker.vocabulary)
    return Look(
        tracker.name, outlined, since, tuple(now), shifts if legible else (_unreadable(since), *shifts)
    )


def _unreadable(since: datetime) -> Shift:
    from escsync.domain.evidence import iso
    from escsync.setup.schema.drift import Kind, Shift

    return Shift(
        "schema",
        Kind.UNREADABLE,
        f"what was accepted of it, from {iso(since)} on, cannot be read: what changed since then is not known",
        "use the escsync that wrote it, or a backup of the ledger; or see with `escsync doctor` that all is well, "
        "then `escsync drift --accept`",
    )


def _base(
    session: Session,
    tracker: TrackerConfig,
    remembered: Sequence[Part],
    now: Sequence[Part],
    accounts: Sequence[TrackerPerson] | None,
) -> tuple[datetime, Sequence[Any], bool]:
    """What was accepted, and when; where nothing was, what is *remembered* of the last pass, which counts from now on.

    False: what was accepted cannot be read, and stays as it is; what is remembered stands in for it.
    """
    from escsync.setup.schema.outline import expected, first

    accepted = session.ledger.outline(tracker.name)
    parts = accepted.parts or () if accepted is not None else ()
    legible = bool(parts) and "place" in parts[0]
    if accepted is not None and legible and parts[0] == _place(tracker):
        return accepted.at, parts[1:], True
    polled = session.ledger.last_pass(tracker.name) if remembered and not legible else None
    since = polled or session.now
    people = expected(session.config.directory, tracker.name, accounts or ())
    told = [*(remembered if polled else ()), *people]
    content = _content(tracker, first(told, now), _names(session, tracker))
    if accepted is not None and not legible:
        return accepted.at, content[1:], False
    session.ledger.accept(tracker.name, content, since)
    return since, content[1:], True


def settle(session: Session, tracker: TrackerConfig, adapter: Adapter, did: Deeds) -> None:
    """What an admin has just made or removed is no drift; what else has changed still is."""
    from escsync.offers import Outlined
    from escsync.setup.schema.outline import kept, meant, people
    from escsync.setup.schema.settlement import merged

    if not isinstance(adapter, Outlined):
        return
    accounts, names = accounts_of(adapter), _names(session, tracker)
    remembered = list(adapter.recalled())
    now = [*adapter.outline(), *people(session.config.directory, tracker.name, accounts or ())]
    since, content, legible = _base(session, tracker, remembered, now, accounts)
    if not legible:
        return
    shown = kept([one for one in now if meant(one, names)], names)
    session.ledger.accept(tracker.name, [_place(tracker), *merged(content, shown, did)], since)


def accounts_of(adapter: Adapter) -> list[TrackerPerson] | None:
    """Who can be named as owner; None where the account may not know."""
    from escsync.adapter import Denied

    try:
        return list(adapter.people())
    except Denied:
        return None


def _renamed(session: Session, tracker: TrackerConfig, lost: Sequence[Part]) -> list[Part]:
    """Which of these, that are mapped by a name which nothing has any more, are still there under another one."""
    from escsync.offers import Outlined
    from escsync.setup.schema.outline import by_id

    if not lost:
        return []
    ids = {(part.kind, part.id) for part in lost}
    known = replace(tracker, vocabulary=by_id(tracker.vocabulary, lost))
    with connected(session, known, session.now) as adapter:
        parts = list(adapter.outline()) if isinstance(adapter, Outlined) else []
    return [part for part in parts if (part.kind, part.id) in ids]


def _looked(session: Session, tracker: TrackerConfig) -> Look:
    from escsync.adapter import Level
    from escsync.setup.schema.drift import Kind, Shift

    lost = []
    with connected(session, tracker, session.now, fresh=True) as adapter:
        for problem in adapter.check():
            if problem.level is not Level.FAIL:
                continue
            if problem.subject == "access":
                return Look(tracker.name, error=("ACCESS", problem.message, problem.remedy))
            if problem.subject.startswith(_SCHEMA):
                lost.append(Shift(problem.subject, Kind.LOST, problem.message, problem.remedy, True))
        accounts = accounts_of(adapter)
    return replace(compared(session, tracker, accounts), lost=tuple(lost))


def keep(session: Session, tracker: TrackerConfig, parts: Sequence[Part], at: datetime) -> None:
    """These *parts* are well as they are; what only goes by a name that it no longer has is none of them."""
    from escsync.setup.schema.outline import meant

    names = _names(session, tracker)
    session.ledger.accept(
        tracker.name, _content(tracker, [one for one in parts if meant(one, names)], names), at
    )


def _content(tracker: TrackerConfig, parts: Sequence[Part], names: Spelled) -> list[Any]:
    from escsync.setup.schema.outline import kept

    return [_place(tracker), *kept(parts, names)]


def _names(session: Session, tracker: TrackerConfig) -> Spelled:
    from escsync.setup.schema.outline import spelled

    return spelled(tracker.vocabulary, session.config.directory, tracker.name)


def _place(tracker: TrackerConfig) -> dict[str, str]:
    """Which tracker and which scope an outline is of: that of another one is no base for comparing."""
    settings = tracker.settings
    connection = getattr(settings, "connection", None)
    address = getattr(connection, "url", None) or getattr(connection, "path", None)
    told = f"{tracker.adapter}|{address}|{getattr(settings, 'scope', None)!r}"
    return {"place": hashlib.sha256(told.encode()).hexdigest()[:16]}

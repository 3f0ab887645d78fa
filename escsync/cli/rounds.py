"""A round: one pass over each tracker that a command asks for, in turn."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, TypeAlias

from escsync.cli.exits import Exit, worst
from escsync.cli.session import Session

if TYPE_CHECKING:
    from escsync.adapter import Adapter, TrackerError
    from escsync.config import TrackerConfig
    from escsync.domain.plan import Limits
    from escsync.ledger import LedgerError
    from escsync.sync import Outcome, Pass

Progress: TypeAlias = Callable[..., None]
_AT_ONCE = timedelta(seconds=60)
"""So much later another pass may be that began when this one did."""


@dataclass(frozen=True, slots=True)
class Round:
    """What came of it: *id* is written to every record of it."""

    id: str
    outcomes: tuple[Outcome, ...]


def limits(session: Session, max_writes: int | None = None, max_share: float | None = None) -> Limits:
    """The configured limits, as the command line changes them."""
    found = session.config.limits
    if max_writes is not None:
        found = replace(found, max_writes=max_writes)
    return found if max_share is None else replace(found, max_share=max_share)


def on_each(
    session: Session,
    work: Callable[[Pass], Outcome],
    *,
    within: Limits | None = None,
    now: datetime | None = None,
    trackers: Iterable[TrackerConfig] | None = None,
) -> Round:
    """*work* on each tracker in turn; one that fails whole, or that another pass works on, stops no other."""
    from escsync.adapter import TrackerError
    from escsync.ledger import Held, LedgerError, LookBack

    now = now or session.now
    name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    outcomes = []
    for tracker in session.chosen() if trackers is None else trackers:
        try:
            rested(session, tracker.name, now)
            with connected(session, tracker, now) as adapter, _watched(session, tracker.name) as progress:
                one = _begin(session, tracker, adapter, now, within or limits(session), name, progress)
                outcomes.append(work(one))
        except TrackerError as error:
            outcomes.append(_lost(tracker.name, error, session.discretion.clean))
        except Held as error:
            outcomes.append(_held(tracker.name, error))
        except LookBack as error:
            if session.options.at is not None or error.last - error.now > _AT_ONCE:
                raise
            quicker = LedgerError(
                "another pass that began in the same instant was quicker", remedy="nothing is lost"
            )
            outcomes.append(_held(tracker.name, quicker))
    return Round(name, tuple(outcomes))


@contextmanager
def connected(
    session: Session, tracker: TrackerConfig, now: datetime, *, fresh: bool = False
) -> Iterator[Adapter]:
    """An open connection to *tracker*; TrackerError where there is none.

    A pause that the tracker asked for and that outlasts the connection is kept for the next pass.
    """
    from escsync import registry
    from escsync.adapter import Binding
    from escsync.retry import Patience

    host = session.host
    patience = Patience(
        sleep=host.sleep,
        clock=host.monotonic,
        random=host.random,
        alive=lambda: session.ledger.alive(tracker.name),
    )
    binding = Binding(
        tracker=tracker.name,
        settings=tracker.settings,
        vocabulary=tracker.vocabulary,
        retry=patience,
        clock=lambda: now,
        discovery=session.ledger.discovery(tracker.name),
        fresh=fresh,
    )
    try:
        with closing(registry.connect(tracker.plugin, binding)) as adapter:
            yield adapter
    finally:
        if (pause := patience.pause) is not None:
            until = session.later() + timedelta(seconds=ceil(pause.seconds))
            session.ledger.pause(tracker.name, until, session.discretion.clean(pause.why))


def rested(session: Session, tracker: str, now: datetime) -> None:
    """Unavailable where *tracker* asked for a pause that is not over: then it is not even asked."""
    from escsync.adapter import Unavailable
    from escsync.domain.evidence import iso

    state = session.ledger.state(tracker)
    if state.resting(now):
        why = f" ({state.pause})" if state.pause else ""
        raise Unavailable(
            f"{tracker} asked for a pause until {iso(state.not_before)}{why}; it was not asked anything",
            executed=False,
            everywhere=True,
            remedy="nothing is lost: the first pass after that goes on from here",
        )


def code_of(session: Session, outcomes: Iterable[Outcome]) -> Exit:
    """The highest of 7, 6, 5, 3 and 1 that applies (decision 77)."""
    codes = []
    for one in outcomes:
        if one.held:
            codes.append(Exit.HELD)
        elif one.lost:
            codes.append(Exit.TRACKER)
        elif one.refused is not None and not one.errors:
            codes.append(Exit.LIMIT)
        elif one.errors or one.counts.failed or one.counts.refused or one.counts.ignored:
            codes.append(Exit.PARTIAL)
        if session.options.fail_on is not None and one.worst is not None:
            least = type(one.worst)(session.options.fail_on.value)
            codes += [Exit.FINDINGS] if one.worst.rank <= least.rank else []
    return worst(codes)


def _begin(
    session: Session,
    tracker: TrackerConfig,
    adapter: Adapter,
    now: datetime,
    within: Limits,
    name: str,
    progress: Progress,
) -> Pass:
    from escsync.sync import Pass

    clock = session.host.monotonic
    begun = clock()
    return Pass(
        tracker=tracker.name,
        mode=tracker.mode,
        adapter=adapter,
        vocabulary=tracker.vocabulary,
        ledger=session.ledger,
        world=session.world(),
        policy=session.config.policy,
        limits=within,
        now=now,
        pass_id=name,
        progress=progress,
        elapsed=lambda: timedelta(seconds=clock() - begun),
        clean=session.discretion.clean,
    )


@contextmanager
def _watched(session: Session, tracker: str) -> Iterator[Progress]:
    """Show a person who watches how far a pass is; say nothing to a log."""
    if not session.terminal.interactive:
        yield lambda *said: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=session.terminal.err, transient=True) as bar:
        task = bar.add_task(tracker, total=None)

        def show(what: str, done: int = 0, total: int | None = None) -> None:
            bar.update(task, description=f"{tracker}: {what}", completed=done, total=total)

        yield show


def _lost(tracker: str, error: TrackerError, clean: Callable[[str], str]) -> Outcome:
    """A tracker to which there was not even a connection."""
    from escsync.sync import Counts, Outcome
    from escsync.sync.outcome import failure_of

    told = failure_of(error)
    failure = replace(told, message=clean(told.message), remedy=clean(told.remedy))
    return Outcome(tracker=tracker, counts=Counts(), errors=(failure,), lost=True)


def _held(tracker: str, error: LedgerError) -> Outcome:
    """A tracker that another pass works on, or took over from this one."""
    from escsync.sync import Outcome
    from escsync.sync.outcome import Failure

    failure = Failure("", "", "HELD", error.message, error.remedy)
    return Outcome(tracker=tracker, errors=(failure,), lost=True, held=True)

"""Passes that die: each in a process of its own, which kills itself at a point that the test names."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any, Self

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from escsync import registry, sync
from escsync.adapter import Binding, Retry, Unavailable, Vocabulary
from escsync.domain.escalation import World
from escsync.domain.plan import Limits, Mode, Plan
from escsync.domain.policy import Policy
from escsync.ledger import Ledger
from escsync.testing import Stopwatch

TRACKER = "support"


@dataclass(frozen=True)
class Access:
    """How a pass connects to a tracker."""

    plugin: str
    settings: Mapping[str, Any]
    vocabulary: Vocabulary


@dataclass(frozen=True)
class Blow:
    """What befalls a pass right before or *after* its *n*th point: it is killed, or with *cut* it hears nothing of it."""

    n: int
    after: bool
    cut: bool = False

    def __str__(self) -> str:
        return f"{'cut' if self.cut else 'killed'} {'after' if self.after else 'before'} point {self.n}"


@dataclass(frozen=True)
class Job:
    """One pass to make: `sync`, `plan`, or `apply` where there is a *saved* plan. *last*: the ledger is looked at then."""

    access: Access
    ledger: str
    world: World
    at: datetime
    name: str
    kind: str = "sync"
    saved: Plan | None = None
    blow: Blow | None = None
    last: bool = False


@dataclass(frozen=True)
class Told:
    """What came of it: nothing else where it was *killed*. *points* are the calls and commits that it made."""

    killed: bool = False
    points: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    plan: Plan = field(default_factory=Plan)
    unsettled: tuple[str, ...] = ()
    """After the last: the effects whose fate nobody knows, and what is wrong with the ledger."""


class Points:
    """Every remote call and every commit of a ledger, counted; the blow falls at one of them."""

    def __init__(self, blow: Blow | None) -> None:
        self.told: list[str] = []
        self._blow = blow
        self._lock = threading.Lock()
        self._open: dict[int, int] = {}
        self._written: set[int] = set()

    def call(self, operation: Callable[[], Any], what: str) -> Any:
        """A remote call."""
        n = self._begun(what)
        self._strike(n, after=False)
        answer = operation()
        self._strike(n, after=True)
        return answer

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While inside, whatever is committed is a point, where something was written."""
        listeners = (
            (Engine, "before_cursor_execute", self._executed),
            (Engine, "commit", self._committing),
            (Pool, "checkin", self._committed),
        )
        for target, name, heard in listeners:
            event.listen(target, name, heard)
        try:
            yield
        finally:
            for target, name, heard in listeners:
                event.remove(target, name, heard)

    def _executed(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN")):
            self._written.add(id(connection.connection.dbapi_connection))

    def _committing(self, connection: Any) -> None:
        link = id(connection.connection.dbapi_connection)
        if link in self._written:
            self._written.discard(link)
            self._open[link] = n = self._begun("commit")
            self._strike(n, after=False)

    def _committed(self, link: Any, _record: Any) -> None:
        n = self._open.pop(id(link), None)
        if n is not None:
            self._strike(n, after=True)

    def _begun(self, what: str) -> int:
        with self._lock:
            self.told.append(what)
            return len(self.told) - 1

    def _strike(self, n: int, *, after: bool) -> None:
        blow = self._blow
        if blow is None or (blow.n, blow.after) != (n, after):
            return
        if blow.cut:
            raise Unavailable("the connection broke off")
        os.kill(os.getpid(), signal.SIGKILL)


class _Watched:
    """Patience whose every attempt is a point."""

    def __init__(self, retry: Retry, points: Points) -> None:
        self._retry = retry
        self._points = points

    def __call__(self, operation: Callable[[], Any], *, safe: bool) -> Any:
        what = "question" if safe else "request"
        return self._retry(lambda: self._points.call(operation, what), safe=safe)

    def paced(self, rate: float) -> Retry:
        return _Watched(self._retry.paced(rate), self._points)


class Gallows:
    """A process beside the test's that makes passes, and forks another one for each that dies; a context manager."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there,), daemon=True)
        self._process.start()
        there.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.send(None)
        self._process.join(10)
        self._pipe.close()

    def run(self, job: Job) -> Told:
        """One pass; one that is struck has a process of its own."""
        self._pipe.send(job)
        told = self._pipe.recv()
        assert isinstance(told, Told), told
        return told


def _serve(pipe: Connection) -> None:
    while (job := pipe.recv()) is not None:
        pipe.send(_pass(job) if job.blow is None else _forked(job))


def _forked(job: Job) -> Told | str:
    """What the pass told, the traceback where it broke."""
    there, here = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(there)
            gc.disable()  # it would touch, and so copy, all that the parent has
            with os.fdopen(here, "wb") as out:
                pickle.dump(_pass(job), out)
        finally:
            os._exit(0)
    os.close(here)
    with os.fdopen(there, "rb") as heard:
        said = heard.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return Told(killed=True)
    told: Told | str = pickle.loads(said)
    return told


def _pass(job: Job) -> Told | str:
    points = Points(job.blow)
    try:
        with points.watching(), closing(Ledger.open(job.ledger)) as ledger:
            outcome = _made(job, ledger, points)
    except Exception:  # noqa: BLE001  the test shall tell what broke
        return traceback.format_exc()
    return Told(
        points=tuple(points.told),
        counts=asdict(outcome.counts),
        errors=tuple(f"{failure.code}: {failure.message}" for failure in outcome.errors),
        plan=outcome.plan,
        unsettled=tuple(_unsettled(job)) if job.last else (),
    )


def _unsettled(job: Job) -> Iterator[str]:
    with closing(Ledger.open(job.ledger)) as ledger:
        for effect in ledger.unfinished(TRACKER):
            yield f"{effect.purpose.step}: {effect.state}"
        yield from ledger.check()


def _made(job: Job, ledger: Ledger, points: Points) -> sync.Outcome:
    plugin = registry.get(job.access.plugin)
    settings = registry.settings_model(plugin).model_validate(dict(job.access.settings))
    watch = Stopwatch()
    binding = Binding(
        TRACKER,
        settings,
        job.access.vocabulary,
        _Watched(watch.patience(), points),
        lambda: job.at,
        ledger.discovery(TRACKER),
    )
    with closing(registry.connect(plugin, binding)) as adapter:
        one = sync.Pass(
            tracker=TRACKER,
            mode=Mode.ENFORCE,
            adapter=adapter,
            vocabulary=job.access.vocabulary,
            ledger=ledger,
            world=job.world,
            policy=Policy(),
            limits=Limits(max_share=1.0),
            now=job.at,
            pass_id=job.name,
        )
        if job.saved is not None:
            return sync.apply(one, job.saved)
        return sync.plan(one) if job.kind == "plan" else sync.sync(one)

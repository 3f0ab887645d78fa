"""Passes at once: each in a process of its own, which can fall asleep at a point that the test names."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from fakes.killing import TRACKER, Access
from sqlalchemy import event

from escsync import registry, sync
from escsync.adapter import Binding
from escsync.domain.effect import Effect
from escsync.domain.escalation import World
from escsync.domain.plan import Limits, Mode
from escsync.domain.policy import Policy
from escsync.ledger import Held, Ledger
from escsync.retry import Patience
from escsync.testing import Stopwatch

MINUTE = 60.0
"""How long a sleeper finds that it has slept: as long as a lease."""


@dataclass(frozen=True)
class Runner:
    """One pass to make; it falls asleep when it comes to *point* for the *nth* time."""

    access: Access
    ledger: str
    world: World
    at: datetime
    name: str
    point: str = ""
    nth: int = 1


class Sleepy(Ledger):
    """A ledger whose program falls asleep at a point of its pass: it is stopped, and finds later that a minute has
    passed."""

    point = ""
    nth = 1
    slept = 0.0
    claimed = False

    def reached(self, point: str) -> None:
        if point != self.point:
            return
        self.nth -= 1
        if self.nth == 0:
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)  # all threads, and this one at once
            self.slept += MINUTE

    def clock(self) -> float:
        return time.monotonic() + self.slept

    def begin(self, *told: Any, **more: Any) -> None:
        self.reached("begin")
        super().begin(*told, **more)

    def claim(self, tracker: str, effects: Sequence[Effect], pass_id: str) -> None:
        self.reached("before claim")
        super().claim(tracker, effects, pass_id)
        self.claimed = True
        self.reached("after claim")

    def alive(self, tracker: str) -> None:
        self.reached("before write" if self.claimed else "before read")
        super().alive(tracker)

    def settle(self, tracker: str, effects: Iterable[Effect]) -> None:
        self.reached("before settle")
        super().settle(tracker, effects)
        self.claimed = False
        self.reached("after settle")

    def finish(self, *told: Any, **more: Any) -> None:
        self.reached("before finish")
        super().finish(*told, **more)


@dataclass
class Started:
    """A pass that was started."""

    pid: int
    errors: Path

    def wake(self) -> None:
        os.kill(self.pid, signal.SIGCONT)


class Track:
    """A process that forks a process for each pass; use as a context manager. The first pass is made by itself, so that
    the forks find everything loaded."""

    def __init__(self, folder: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._folder = folder
        self._made = 0
        self._running: set[int] = set()
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there,), daemon=True)
        self._process.start()
        there.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self._running:  # there are some only where a test failed
            os.kill(pid, signal.SIGKILL)
        self._pipe.send(None)
        self._process.join(10)
        self._pipe.close()

    def start(self, *runners: Runner) -> list[Started]:
        """Let them go at the same time."""
        made = []
        for _ in runners:
            self._made += 1
            made.append(self._folder / f"{self._made}.txt")
        self._pipe.send([(runner, str(path)) for runner, path in zip(runners, made, strict=True)])
        pids = self._told()
        self._running.update(pids)
        return [Started(pid, path) for pid, path in zip(pids, made, strict=True)]

    def ended(self, one: Started) -> int | None:
        """The exit code once it has ended; None where it has fallen asleep instead."""
        self._pipe.send(one.pid)
        code = self._told()
        if code is not None:
            self._running.discard(one.pid)
        assert code in (None, 0, 7), one.errors.read_text()
        return code  # type: ignore[no-any-return]

    def run(self, *runners: Runner) -> list[int | None]:
        """Let them go at the same time, and wait for all."""
        return [self.ended(one) for one in self.start(*runners)]

    def _told(self) -> Any:
        assert self._pipe.poll(30), "a pass hangs"
        return self._pipe.recv()


def _serve(pipe: Connection) -> None:
    """Start and await what is asked for; the very first pass is made here."""
    warm = False
    while (asked := pipe.recv()) is not None:
        if isinstance(asked, int):
            pipe.send(_awaited(asked))
            continue
        if not warm:
            warm = True
            (runner, path) = asked[0]
            code = _run(runner, path)
            pipe.send([_forked(lambda code=code: code)])
            continue
        pipe.send([_forked(lambda runner=runner, path=path: _run(runner, path)) for runner, path in asked])


def _forked(work: Callable[[], int]) -> int:
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = work()
        finally:
            os._exit(code)
    return child


def _awaited(pid: int) -> int | None:
    _, status = os.waitpid(pid, os.WUNTRACED)
    return None if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)


def _run(runner: Runner, path: str) -> int:
    try:
        _made(runner)
    except Held:
        return 7
    except Exception:  # noqa: BLE001  the test shall tell what broke
        Path(path).write_text(traceback.format_exc())
        return 70
    return 0


def _made(runner: Runner) -> sync.Outcome:
    slept: list[Sleepy] = []
    with closing(Sleepy.open(runner.ledger, clock=lambda: slept[0].clock())) as ledger:
        slept.append(ledger)
        ledger.point, ledger.nth = runner.point, runner.nth
        if runner.point == "in claim":
            event.listen(ledger._database.engine, "before_cursor_execute", _claiming(ledger))
        plugin = registry.get(runner.access.plugin)
        settings = registry.settings_model(plugin).model_validate(dict(runner.access.settings))
        watch = Stopwatch()
        patience = Patience(sleep=watch.sleep, clock=watch.monotonic, alive=lambda: ledger.alive(TRACKER))
        binding = Binding(
            TRACKER,
            settings,
            runner.access.vocabulary,
            patience,
            lambda: runner.at,
            ledger.discovery(TRACKER),
        )
        with closing(registry.connect(plugin, binding)) as adapter:
            return sync.sync(
                sync.Pass(
                    tracker=TRACKER,
                    mode=Mode.ENFORCE,
                    adapter=adapter,
                    vocabulary=runner.access.vocabulary,
                    ledger=ledger,
                    world=runner.world,
                    policy=Policy(),
                    limits=Limits(max_writes=1000, max_share=1.0),
                    now=runner.at,
                    pass_id=runner.name,
                )
            )


def _claiming(ledger: Sleepy) -> Callable[..., None]:
    """In the middle of the transaction: the tracker's row is taken, nothing is committed yet."""

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO effects"):
            ledger.reached("in claim")

    return executed

"""Befalling: what may happen to a pass at each of its requests, and before each transaction of the ledger."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from escsync.adapter import Unavailable

from . import brittle
from .brittle import BEGAN, BrittleTracker, Request
from .brittle_adapter import Line
from .choices import Choices
from .desk import DANA, IDRIS, LENA
from .lapses import ledger
from .watched import WatchedDatabase
from .worlds import World

TRACKER = "support"
FIRST = BEGAN + timedelta(minutes=1)
"""When the first pass is made."""


class Killed(BaseException):
    """The process died here: nothing after it runs."""


@dataclass(slots=True)
class Running:
    """One pass under way. *moments*: how often something was durable in it."""

    worker: int
    name: str
    dead: bool = False
    late: bool = False
    overtaken: bool = False
    in_the_gap: bool = False
    commits: int = 0
    calls: int = 0
    wrote: int = 0
    durable: tuple[int, ...] = ()
    moments: int = 0
    left: tuple[Any, ...] = ()
    """What the ledger held when it was overtaken."""


class Befalling(Line, ABC):
    """The tracker, the ledger and the choices of a run."""

    def __init__(self, budget: int, workers: int, off: frozenset[str]) -> None:
        self.budget, self.workers, self.off = budget, workers, off
        self.tracker = BrittleTracker(FIRST)
        for one in (DANA, IDRIS, LENA):
            self.tracker.hire(one.id, one.name, one.email)
        self.database = WatchedDatabase(lambda: self.now)
        self.database.watcher = self
        self.ledgers = [ledger(self.database, off, lambda: self.now.timestamp()) for _ in range(2)]
        self.hand: Callable[[], None] | None = None
        """What a person may do at any moment, once."""
        self.guarded = True
        """Are writes made conditional on what was read? Else nobody can see what a person does in the last moment."""
        self.choices = Choices(0)
        self.doom = ""
        """The moment at which the process really dies, where a script is played."""
        self.log: list[str] = []
        self.passes = self.spent = 0
        self.acted = self.excused = False
        self.owed: list[tuple[datetime, Request]] = []
        self.wrong: list[str] = []
        self._running: list[Running] = []
        self._died: list[World] = []

    @abstractmethod
    def world(self) -> World:
        """As it is now."""

    @abstractmethod
    def _overtaken(self, one: Running) -> None:
        """Another worker makes a whole pass while *one* is paused."""

    def _say(self, what: str) -> None:
        self.log.append(f"{(self.now - FIRST).total_seconds():6.0f} s  {what}")

    # Time and the ledger's database

    @property
    def now(self) -> datetime:
        """The one clock: of the passes, of the tracker, and of the ledger's leases."""
        return self.tracker.now

    def begins(self, *, writes: bool) -> None:
        """The ledger is about to be read or written."""
        if self._running:
            one = self._living()
            if writes:
                where = f"before {_verb()}"
                self._say(f"    {_verb()}")
                self._moment(where)
                self._pause(f"{where} (commit {one.commits + 1})")

    def kept(self) -> None:
        """Something was written to the ledger."""
        if self._running:
            self._living().commits += 1

    def _living(self) -> Running:
        one = self._running[-1]
        if one.dead:
            raise Killed
        return one

    def _die(self) -> None:
        self._say(f"{self._running[-1].name}: dies")
        self._running[-1].dead = True
        raise Killed

    def _moment(self, where: str, *, sent: Request | None = None) -> None:
        """Keep what a process that dies here leaves, if that is anything new."""
        one = self._running[-1]
        durable = (one.commits, self.tracker.changes)
        if durable == one.durable and sent is None:
            return
        one.durable = durable
        one.moments += 1
        where = f"{where} (moment {one.moments})"
        if len(self._running) > 1:
            if sent is None and self.choices.pick(f"{one.name}: {where}", "dies"):
                self._die()
        elif self.doom:
            if where.startswith(self.doom):
                if sent is not None:
                    self.owed.append((self.now, sent))
                self._die()
        elif self.choices.spent + self.spent < self.budget and not self.choices.repeating:
            owed = self.owed + ([(self.now, sent)] if sent is not None else [])
            left = replace(self.world(), spent=self.spent + self.choices.spent + 1, owed=tuple(owed))
            self._died.append(left.told(*self.choices.told, ("dies", where)))

    # Requests

    def read(self, name: str) -> None:
        """A read may fail; a person may act before it, another pass may overtake this one."""
        where = self._called(name)
        chosen = self.choices.pick(where, "fails", *self._hands())
        self._say(f"{where} {chosen}")
        match chosen:
            case "fails":
                raise Unavailable("the connection broke off")
            case "a person acts":
                self._act()

    def write(self, request: Request, deliver: Callable[[], Any]) -> Any:
        """A write may be lost, refused, or carried out without an answer."""
        where = self._called(request.verb)
        one = self._running[-1]
        if len(self._running) == 1:
            self._moment(f"{request.verb} on its way", sent=request)
        mishaps = ["lost", "no answer", "429", "rejected", *(self._hands() if self.guarded else ())]
        if self._may_pause(one):
            mishaps += ["paused in the gap"]
        chosen = self.choices.pick(where, *mishaps)
        self._say(f"{where} {chosen}")
        if chosen == "paused in the gap":
            self._overtaken(one)
            one.in_the_gap = self.excused = True
        if one.overtaken and not one.in_the_gap:
            self.wrong.append(f"{one.name} was overtaken and sent {request.verb} all the same")
        match chosen:
            case "lost":
                self.owed.append((self.now, request))
                raise brittle.lost(request)
            case "429":
                raise brittle.refused()
            case "rejected":
                raise brittle.rejected()
            case "a person acts":
                self._act()
        one.wrote += 1
        one.in_the_gap = False
        answer = deliver()
        self._moment(f"{request.verb} done")
        if chosen == "no answer":
            raise brittle.lost(request)
        self._pause(f"after {request.verb} (call {one.calls})")
        return answer

    def _called(self, name: str) -> str:
        """A request is about to be made by the pass under way, unless it was overtaken."""
        one = self._living()
        for flight in [flight for flight in self.tracker.flying if flight.earliest <= self.now]:
            if self.choices.pick(
                f"{one.name}: before {name} (call {one.calls + 1})",
                free=(f"a lost {flight.request.verb} lands",),
            ):
                self._say(f"a lost {flight.request.verb} lands")
                self.tracker.land(flight)
        self._moment(f"before {name}")
        self._pause(f"before {name} (call {one.calls + 1})")
        if "deadline" not in self.off:
            self.ledgers[one.worker].alive(TRACKER)
        one.calls += 1
        return f"{one.name}: {name} (call {one.calls})"

    def _hands(self) -> tuple[str, ...]:
        return ("a person acts",) if self.hand is not None and not self.acted else ()

    def _act(self) -> None:
        assert self.hand is not None
        self.acted = True
        self.hand()

    # Two workers

    def _may_pause(self, one: Running) -> bool:
        return self.workers > 1 and len(self._running) == 1 and not one.late and not self.doom

    def _pause(self, where: str) -> None:
        one = self._running[-1]
        if self._may_pause(one) and self.choices.pick(f"{one.name}: {where}", "paused"):
            self._overtaken(one)


def _verb() -> str:
    """Which verb of the ledger is under way."""
    frame, verb = sys._getframe(3), "a transaction"
    while frame is not None and frame.f_code.co_name != "_pass":
        if "/escsync/ledger/" in frame.f_code.co_filename and not frame.f_code.co_name.startswith("_"):
            verb = frame.f_code.co_name
        frame = frame.f_back  # type: ignore[assignment]
    return verb

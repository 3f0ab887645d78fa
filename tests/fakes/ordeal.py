"""An ordeal: passes of the real code over a brittle tracker, and everything that may befall them.

What befalls a pass is chosen at each of its requests; a process that dies leaves what was durable at that moment, which
is therefore kept as a world of its own at each such moment of a pass that goes on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from escsync.adapter import Create, TrackerError, Unavailable, Vocabulary
from escsync.domain.escalation import World as Surroundings
from escsync.domain.people import Directory
from escsync.domain.plan import Limits, Mode, Plan
from escsync.domain.policy import Policy
from escsync.ledger import Held as LeaseHeld
from escsync.ledger import LookBack, LostLease
from escsync.sync import Outcome, Pass, apply, sync

from . import brittle
from .brittle import BEGAN, BrittleTracker, Request
from .brittle_adapter import BrittleAdapter, Line
from .choices import Choices, Script, Told, every
from .desk import DANA, IDRIS, LENA, STATUSES
from .lapses import Blind, ledger
from .watched import WatchedDatabase
from .worlds import World, content

TRACKER = "support"
REST = timedelta(seconds=70)
"""Longer than a lease lasts, and than a lost request is waited for."""
FIRST = BEGAN + timedelta(minutes=1)


class Killed(BaseException):
    """The process died here: nothing after it runs."""


@dataclass(slots=True)
class _Running:
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


class Ordeal(Line):
    """One team, one tracker, one ledger; *off* are the rules that are switched off, *workers* two where a pass may be
    paused while another one overtakes it."""

    def __init__(
        self,
        story: Callable[[Ordeal], None],
        *,
        budget: int = 2,
        workers: int = 1,
        off: frozenset[str] = frozenset(),
    ) -> None:
        self.budget, self.workers, self.off = budget, workers, off
        self.tracker = BrittleTracker(FIRST)
        for one in (DANA, IDRIS, LENA):
            self.tracker.hire(one.id, one.name, one.email)
        self.database = WatchedDatabase(lambda: self.now)
        self.database.watcher = self
        self._raw = self.database.raw
        self.ledgers = [ledger(self.database, off, lambda: self.now.timestamp()) for _ in range(2)]
        self.policy = Policy()
        self.surroundings = Surroundings(Directory((DANA, IDRIS, LENA), "dana"), company="Acme")
        self.saved: Plan | None = None
        self.hand: Callable[[], None] | None = None
        """What a person may do at any moment, once."""
        self.ends: dict[str, dict[str, list[Any]]] = {}
        """What each ticket is to hold in the end: one of these."""
        self.hands: dict[str, dict[str, list[Any]]] = {}
        """What it holds in the end where a person acted."""
        self.wanted: tuple[str, ...] = ()
        """The keys of the records that are to be created."""
        self.choices = Choices(0)
        self.doom = ""
        """The moment at which the process really dies, where a script is played."""
        self.log: list[str] = []
        self._running: list[_Running] = []
        self._died: list[World] = []
        self._reset(World(FIRST, self.tracker.snapshot(), self._raw.serialize()))
        story(self)
        self.start = self.world()

    def close(self) -> None:
        """Give the memory back."""
        self.database.close()

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

    def _living(self) -> _Running:
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
        mishaps = ["lost", "no answer", "429", "rejected", *self._hands()]
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

    def _may_pause(self, one: _Running) -> bool:
        return self.workers > 1 and len(self._running) == 1 and not one.late and not self.doom

    def _pause(self, where: str) -> None:
        one = self._running[-1]
        if self._may_pause(one) and self.choices.pick(f"{one.name}: {where}", "paused"):
            self._overtaken(one)

    def _overtaken(self, one: _Running) -> None:
        """The pass is paused for longer than its lease, and another worker makes a whole one meanwhile."""
        self.tracker.wait(self.now + REST)
        self._pass(1, f"{one.name}, overtaking")
        # Without a lease as yet it was not overtaken, only late.
        one.late, one.overtaken = True, one.commits > 0
        one.left = content(self._raw, whole=False)

    # Passes

    def _pass(self, worker: int, name: str, kind: str = "sync") -> Outcome | None:
        self.last = one = _Running(worker, name)
        adapter: Any = BrittleAdapter(self.tracker, self, sweeps="sweep" not in self.off)
        self.passes += 1
        made = Pass(
            tracker=TRACKER,
            mode=Mode.ENFORCE,
            adapter=Blind(adapter) if "read-back" in self.off else adapter,
            vocabulary=Vocabulary(stages=STATUSES),
            ledger=self.ledgers[worker],
            world=self.surroundings,
            policy=self.policy,
            limits=Limits(max_share=1.0),
            now=self.now,
            pass_id=f"pass-{self.passes}",
        )
        outcome = None
        self._running.append(one)
        try:
            outcome = apply(made, self._plan()) if kind == "apply" else sync(made)
        except Killed:
            if not one.dead:
                raise
        except LostLease as error:
            if not one.overtaken:
                self.wrong.append(f"{name} lost its lease to nobody: {error}")
        except LookBack as error:
            if not one.late:
                self.wrong.append(f"{name} is refused: {error}")
        except (LeaseHeld, TrackerError) as error:
            self.wrong.append(f"{name} broke off with {error!r}")
        except AssertionError:
            raise
        except Exception as error:  # noqa: BLE001  whatever breaks is what is looked for
            self.wrong.append(f"{name} broke with {error!r}")
        finally:
            self._running.remove(one)
        if one.dead:
            self._bury()
        elif one.overtaken and content(self._raw, whole=False) != one.left:
            self.wrong.append(f"{name} was overtaken and wrote to the ledger all the same")
        return outcome

    def _bury(self) -> None:
        """Nobody waits for a dead process of the same machine."""
        self._raw.execute("UPDATE trackers SET lease_until=NULL, holder=''")

    def _plan(self) -> Plan:
        assert self.saved is not None
        if "key" not in self.off:
            return self.saved
        (change,) = self.saved.changes
        edits = (
            Create(replace(e.draft, key=f"{e.draft.key}-{self.passes}")) if isinstance(e, Create) else e
            for e in change.edits
        )
        return Plan((replace(change, edits=tuple(edits)),))

    # Worlds

    def world(self) -> World:
        """As it is now."""
        return World(
            now=self.now,
            tracker=self.tracker.snapshot(),
            ledger=self._raw.serialize(),
            passes=self.passes,
            spent=self.spent,
            acted=self.acted,
            excused=self.excused,
            owed=tuple(self.owed),
            scripts=self._scripts,
            wrong=tuple(self.wrong),
        )

    def _reset(self, world: World) -> None:
        self.tracker.now = world.now
        self.tracker.restore(world.tracker)
        self._raw.deserialize(world.ledger)
        self.passes, self.spent, self.acted, self.excused = (
            world.passes,
            world.spent,
            world.acted,
            world.excused,
        )
        self._scripts, self.wrong, self.owed = world.scripts, list(world.wrong), list(world.owed)

    def raw(self, world: World) -> Any:
        """The ledger's database as it is in *world*."""
        self._raw.deserialize(world.ledger)
        return self._raw

    def step(self, world: World, gap: timedelta, kind: str) -> Iterator[World]:
        """Where *world* may be after the next pass, in every way that is left of the budget."""

        def run(choices: Choices) -> None:
            self._set_out(world, gap, choices)
            self._pass(0, f"pass {self.passes + 1}", kind)

        for choices in every(self.budget - world.spent, run):
            end = replace(self.world(), spent=world.spent + choices.spent).told(*choices.told)
            for one in (end, *self._died):
                yield from one.fates() if one.owed else (one,)

    def play(self, world: World, gap: timedelta, kind: str, script: Script) -> World:
        """Where *world* is after a pass in which *script* happens: a process that dies really does here."""
        told = [one for one in script if one[0] != "dies" and not one[0].startswith("lost ")]
        self._set_out(world, gap, Told(tuple(told)))
        self.doom = next((what for where, what in script if where == "dies"), "")
        self._pass(0, f"pass {self.passes + 1}", kind)
        self.doom = ""
        end = self.world().told(*told)
        fates = tuple(one for one in script if one[0].startswith("lost "))
        return next(one for one in end.fates() if one.scripts[-1] == (*told, *fates))

    def said(self) -> Iterator[str]:
        """What happened since it was last asked."""
        yield from self.log
        self.log.clear()

    def _say(self, what: str) -> None:
        self.log.append(f"{(self.now - FIRST).total_seconds():6.0f} s  {what}")

    def rest(self, world: World, gap: timedelta) -> tuple[World, bool]:
        """*world* after a pass without mishaps, and whether there was nothing left to do."""
        self._set_out(world, gap, Choices(0))
        quiet = not self.tracker.flying
        for kind in ("apply", "sync") if self.saved is not None else ("sync",):
            outcome = self._pass(0, f"pass {self.passes + 1}", kind)
            quiet &= outcome is not None and not outcome.lost and not self.last.wrote
            if outcome is not None:
                counts = outcome.counts
                todo = counts.planned if kind == "sync" else counts.planned - counts.applied
                quiet &= not todo and not outcome.plan.withheld
        return self.world(), quiet and not self.ledgers[0].unfinished(TRACKER)

    def settle(self) -> None:
        """Passes without mishaps, before the ordeal begins."""
        for _ in range(2):
            self._pass(0, "a pass before")
            self.tracker.wait(self.now + REST)

    def _set_out(self, world: World, gap: timedelta, choices: Choices) -> None:
        self._reset(world)
        self._bury()
        self._died = []
        self.log.clear()
        self.choices = choices
        self.tracker.wait(self.now + gap)


def _verb() -> str:
    """Which verb of the ledger is under way."""
    frame, verb = sys._getframe(3), "a transaction"
    while frame is not None and frame.f_code.co_name != "_pass":
        if "/escsync/ledger/" in frame.f_code.co_filename and not frame.f_code.co_name.startswith("_"):
            verb = frame.f_code.co_name
        frame = frame.f_back  # type: ignore[assignment]
    return verb

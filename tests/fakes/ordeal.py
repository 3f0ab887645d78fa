"""An ordeal: passes of the real code over a brittle tracker, and everything that may befall them.

What befalls a pass is chosen at each of its requests; a process that dies leaves what was durable at that moment, which
is therefore kept as a world of its own at each such moment of a pass that goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from escsync.adapter import Create, TrackerError, Vocabulary
from escsync.domain.escalation import World as Surroundings
from escsync.domain.people import Directory
from escsync.domain.plan import Limits, Mode, Plan
from escsync.domain.policy import Policy
from escsync.ledger import Held as LeaseHeld
from escsync.ledger import LookBack, LostLease
from escsync.sync import Outcome, Pass, apply, sync

from .befalling import FIRST, TRACKER, Befalling, Killed, Running
from .brittle_adapter import BrittleAdapter
from .choices import Choices, Script, Told, every
from .desk import DANA, IDRIS, LENA, STATUSES
from .lapses import Blind
from .worlds import World, content

REST = timedelta(seconds=70)
"""Longer than a lease lasts, and than a lost request is waited for."""


class Ordeal(Befalling):
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
        super().__init__(budget, workers, off)
        self.policy = Policy()
        self.surroundings = Surroundings(Directory((DANA, IDRIS, LENA), "dana"), company="Acme")
        self.saved: Plan | None = None
        self.ends: dict[str, dict[str, list[Any]]] = {}
        """What each ticket is to hold in the end: one of these."""
        self.hands: dict[str, dict[str, list[Any]]] = {}
        """What it holds in the end where a person acted."""
        self.wanted: tuple[str, ...] = ()
        """The keys of the records that are to be created."""
        self._reset(World(FIRST, self.tracker.snapshot(), self.database.raw.serialize()))
        story(self)
        self.start = self.world()

    def close(self) -> None:
        """Give the memory back."""
        self.database.close()

    # Passes

    def _overtaken(self, one: Running) -> None:
        """The pass is paused for longer than its lease, and another worker makes a whole one meanwhile."""
        self.tracker.wait(self.now + REST)
        self._pass(1, f"{one.name}, overtaking")
        # Without a lease as yet it was not overtaken, only late.
        one.late, one.overtaken = True, one.commits > 0
        one.left = content(self.database.raw, whole=False)

    def _pass(self, worker: int, name: str, kind: str = "sync") -> Outcome | None:
        self.last = one = Running(worker, name)
        adapter: Any = BrittleAdapter(
            self.tracker, self, compare_and_set=self.guarded, sweeps="sweep" not in self.off
        )
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
        elif one.overtaken and content(self.database.raw, whole=False) != one.left:
            self.wrong.append(f"{name} was overtaken and wrote to the ledger all the same")
        return outcome

    def _bury(self) -> None:
        """Nobody waits for a dead process of the same machine."""
        self.database.raw.execute("UPDATE trackers SET lease_until=NULL, holder=''")

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
            ledger=self.database.raw.serialize(),
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
        self.database.raw.deserialize(world.ledger)
        self.passes, self.spent, self.acted, self.excused = (
            world.passes,
            world.spent,
            world.acted,
            world.excused,
        )
        self._scripts, self.wrong, self.owed = world.scripts, list(world.wrong), list(world.owed)

    def raw(self, world: World) -> Any:
        """The ledger's database as it is in *world*."""
        self.database.raw.deserialize(world.ledger)
        return self.database.raw

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

"""Enumeration: every run of an ordeal to its end, and what must be true there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from escsync.adapter import Fact, Stage, Status
from escsync.domain.ticket import plain

from .befalling import TRACKER
from .brittle import US, Held
from .choices import Script
from .ordeal import REST, Ordeal
from .worlds import World, likeness

DAY = timedelta(hours=25)
STEPS = ((0, "apply"), (20, "apply"), (50, "sync"), (70, "apply"))
"""The passes that may meet mishaps, each so many seconds after the one before: some of them within the time that a
lost request has. A saved plan is applied where there is one."""

_PATIENCE = 4
"""Passes without mishaps within which everything comes to rest."""


@dataclass(slots=True)
class Report:
    """What came of it: how many *runs* there are, how many *passes* had to be made for them, how many ended with
    *twice* something for a while, and which went *wrong*, each with its script."""

    runs: int = 0
    passes: int = 0
    worlds: int = 0
    twice: int = 0
    wrong: list[tuple[tuple[str, ...], tuple[Script, ...]]] = field(default_factory=list)

    sizes: list[int] = field(default_factory=list)

    def add(self, end: World, ways: int, wrong: tuple[str, ...]) -> None:
        """Note an end to which there are so many *ways*."""
        self.runs += ways
        self.worlds += 1
        self.twice += ways if end.tracker.most else 0
        if wrong:
            self.wrong.append((wrong, end.scripts))

    def __str__(self) -> str:
        return f"{self.runs} runs ({self.passes} passes, {self.worlds} ends), {self.twice} briefly two, {len(self.wrong)} wrong"

    def tale(self, most: int = 3) -> str:
        """The first ones that went wrong, each with what happened."""
        told = sorted(self.wrong, key=lambda one: sum(len(script) for script in one[1]))
        return "\n".join(f"{'; '.join(what)}\n  {scripts}" for what, scripts in told[:most])


def enumerate_(ordeal: Ordeal, *, steps: int = 4, first: bool = False) -> Report:
    """Every run, mishaps in the first *steps* passes. *first*: the first one that goes wrong is enough."""
    report = Report()
    level = {0: (ordeal.start, 1)}
    for n, (gap, kind) in enumerate(STEPS[:steps]):
        following: _Level = {}
        for world, ways in level.values():
            for end in ordeal.step(
                world, timedelta(seconds=gap), kind if ordeal.saved is not None else "sync"
            ):
                report.passes += ends_pass(end)
                if end.wrong:
                    report.add(end, ways, end.wrong)
                    if first:
                        return report
                else:
                    _merge(ordeal, following, end, ways, over=n == steps - 1)
        level = following
        report.sizes.append(len(level))
    for n in range(_PATIENCE if first else 2 * _PATIENCE):
        following = {}
        for world, ways in level.values():
            end, quiet = ordeal.rest(world, REST if n < _PATIENCE else DAY)
            report.passes += 1
            wrong = end.wrong or (tuple(faults(ordeal, end)) if quiet else ())
            if wrong or quiet:
                report.add(end, ways, wrong)
                if wrong and first:
                    return report
            else:
                _merge(ordeal, following, end, ways, over=True)
        level = following
        report.sizes.append(len(level))
    for world, ways in level.values():
        report.add(world, ways, ("it never comes to rest",))
    return report


_Level: TypeAlias = dict[int, tuple[World, int]]


def replay(ordeal: Ordeal, scripts: Sequence[Script]) -> Iterator[str]:
    """What happens where *scripts* are played, one per pass, and what is wrong in the end: a line each."""
    world = ordeal.start
    ordeal.log = []
    for n, script in enumerate(scripts):
        if n < len(STEPS):
            gap, kind = STEPS[n]
            world = ordeal.play(
                world, timedelta(seconds=gap), kind if ordeal.saved is not None else "sync", script
            )
        yield from ordeal.said()
    quiet, passes = False, 0
    while not quiet and not world.wrong and passes < 2 * _PATIENCE:
        world, quiet = ordeal.rest(world, REST if passes < _PATIENCE else DAY)
        passes += 1
        yield from ordeal.said()
    yield from world.wrong or (faults(ordeal, world) if quiet else ("it never comes to rest",))


def ends_pass(end: World) -> bool:
    """Did a pass of its own lead there, or was it met on the way of another one?"""
    return not any(where in ("dies",) or where.startswith("lost ") for where, _ in end.scripts[-1])


def _merge(ordeal: Ordeal, level: _Level, world: World, ways: int, *, over: bool) -> None:
    found = likeness(world, ordeal.raw(world), over=over)
    known, before = level.get(found, (world, 0))
    level[found] = (known, before + ways)


def faults(ordeal: Ordeal, end: World) -> Iterator[str]:
    """What is not as it must be in the *end*."""
    ledger = ordeal.ledgers[0]
    yield from (f"the ledger: {problem}" for problem in ledger.check())
    for effect in ledger.unfinished(TRACKER):
        yield f"{effect.purpose.step} is {effect.state} for ever"
    cycles = ordeal.database.raw.execute("SELECT max(cycle) FROM pins").fetchone()[0]
    if cycles > 1:
        yield f"a cycle that nobody began: {cycles}"
    known = {entry.id: entry.digest for entry in ledger.entries(TRACKER)}
    for held in ordeal.tracker.held.values():
        if held.key:
            continue
        if known.get(held.id) != ordeal.tracker.shown(held).digest():
            yield f"the ledger holds another ticket {held.id} than the tracker"
        yield from _ticket(ordeal, held, end)
    for key in ordeal.wanted:
        copies = sum(one.key == key for one in ordeal.tracker.held.values())
        if copies == 0:
            yield f"record {key} is lost"
        elif copies > 1 and not end.excused:
            yield f"record {key} is there {copies} times"
    others = {one.key for one in ordeal.tracker.held.values() if one.key} - set(ordeal.wanted)
    if others:
        yield f"records that nobody wanted: {len(others)}"
    for what, copies in ordeal.tracker.most.items():
        if copies > 1 and what.startswith("record") and not end.excused:
            yield f"{what} was there {copies} times"


def _ticket(ordeal: Ordeal, held: Held, end: World) -> Iterator[str]:
    wanted = {**ordeal.ends.get(held.id, {}), **(ordeal.hands.get(held.id, {}) if end.acted else {})}
    for name, values in wanted.items():
        if held.values[name] not in values:
            yield f"{name} of {held.id} is not as wanted: {plain(held.values[name])}"
    stage = held.values["stage"]
    silent = isinstance(stage, Status) and stage.stage is Stage.REJECTED
    if len(held.notes) > 1 or not (held.notes or silent):
        yield f"ticket {held.id} has {len(held.notes)} notes"
    for name in ("owner", "stage"):
        facts = held.history[name]
        ours = [n for n, fact in enumerate(facts) if _by_us(fact)]
        if len(ours) > 1:
            yield f"{name} of {held.id} was written {len(ours)} times"
        human = max((n for n, fact in enumerate(facts) if not _by_us(fact)), default=0)
        if end.acted and ours and max(ours) > human and name in ordeal.hands.get(held.id, {}):
            yield f"{name} of {held.id}: a person's value was overwritten"


def _by_us(fact: Fact) -> bool:
    return fact.actor is not None and fact.actor.id == US

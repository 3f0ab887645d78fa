"""The story that passes die in: four escalations on which a pass has everything to do that it can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from fakes.desk import DANA, IDRIS, LENA, START
from fakes.http import Fault
from fakes.killing import TRACKER, Blow, Gallows, Job, Told
from fakes.killing_ledger import kept, laid
from fakes.killing_stages import Place, Shown, writes

from escsync.adapter import Stage, TicketRef
from escsync.domain.escalation import World
from escsync.domain.people import Directory, Person

KINDS = ("sync", "apply")
_LONG_AGO = -9 * 24 * 60
"""Minutes before START: whoever closed something then should have booked the check-in by now."""


@dataclass(frozen=True)
class Struck:
    """What the struck pass *told*, how it left the tracker and the ledger, and how many requests changed anything."""

    told: Told
    left: str
    writes: int


@dataclass(frozen=True)
class Ending:
    """How everything stands in the end: what people see, who owns the orphan, and what the passes told."""

    seen: Shown
    owner: str
    told: tuple[Told, ...]

    def wrong(self, right: Ending) -> Iterator[str]:
        """Where it is not as it should be."""
        if self.owner != right.owner:
            yield f"it belongs to {self.owner}"
        if len(self.seen) != len(right.seen):
            yield f"{len(self.seen)} records, not {len(right.seen)}"
        for here, there in zip(self.seen, right.seen, strict=False):
            for name in sorted(here.keys() | there.keys()):
                if here.get(name) != there.get(name):
                    yield f"{name}: {here.get(name)!r:.300}, not {there.get(name)!r:.300}"
        last = self.told[-1]
        if last.plan.changes or last.plan.withheld or last.counts["planned"]:
            yield f"not all is done: {last.counts}"
        yield from last.errors
        yield from last.unsettled


class Story:
    """One tracker, one ledger, and four escalations.

    *settled* is closed, and nobody has booked the check-in; *fresh* has lost its owner and has no note yet; *jumped*
    has a note that is out of date, and was closed before its time; *orphan* is as fresh, and somebody gives it an
    owner while the pass lies dead.
    """

    def __init__(self, name: str, place: Place, folder: Path, gallows: Gallows) -> None:
        self.name = name
        self.place = place
        self.gallows = gallows
        self.path = folder / "ledger.db"
        self.world = World(Directory(tuple(self._hired()), "dana"), company="Acme")
        self.lena = self.world.directory.people["lena"].ids[TRACKER]
        self._prepared()
        before = laid(self.path)
        self.saved = self._pass(12, "plan").plan
        self._ledger = {"sync": before, "apply": laid(self.path)}
        self._tracker = place.kept()
        self.struck = {kind: self.strike(kind) for kind in KINDS}
        self._ended: dict[str, dict[str, Ending]] = {kind: {} for kind in KINDS}
        self.right = {kind: self.end(kind, self.strike(kind)) for kind in KINDS}

    def strike(
        self, kind: str, blow: Blow | None = None, fault: Fault | None = None, patience: float | None = None
    ) -> Struck:
        """Take everything back to where it was, and make the pass that is struck.

        *patience* is how many seconds it waits for an answer.
        """
        self._tracker()
        self._ledger[kind]()
        server = self.place.server
        if fault is not None and server is not None:
            server.faults.append(fault)
        told = self._pass(12, kind, blow, patience)
        done = 0
        if server is not None:
            server.faults.clear()
            done = sum(writes(call.request) for call in server.log)
        return Struck(told, repr((self.place.shown(), kept(self.path))), done)

    def end(self, kind: str, struck: Struck) -> Ending:
        """What comes after the struck pass; known already where it left everything as another one did."""
        known = self._ended[kind]
        if struck.left not in known:
            people = self.place.humans
            self._at(13)
            people.set(self.fresh, "contact.name", "Casey Moss", by=self.lena)
            people.set(self.orphan, "owner", (self.lena,), by=self.lena)
            # What may have been created is certain only after the second: the third has nothing to do.
            told = (self._pass(14), self._pass(16, kind), self._pass(18, last=True))
            known[struck.left] = Ending(self.place.shown(), self._owner(), told)
        return known[struck.left]

    def _owner(self) -> str:
        with closing(self.place.humans.connect()) as adapter:
            (ticket,) = adapter.read([self.orphan])
        return ", ".join(one.id for one in ticket.values["owner"])

    def wrong(self, kind: str, struck: Struck) -> list[str]:
        """What in the end is not as it is without the blow."""
        return list(self.end(kind, struck).wrong(self.right[kind]))

    def _hired(self) -> Iterator[Person]:
        for one in (DANA, IDRIS, LENA):
            yield replace(one, ids={TRACKER: self.place.humans.hire(one.id, one.name, email=one.email)})

    def _prepared(self) -> None:
        """Until the minute before the pass: by then it has everything to do that a pass can do."""
        people = self.place.humans
        self._at(_LONG_AGO)
        self.settled = self._opened("Old trouble")
        # Closed too early, opened again by escsync, closed again: people have the last word.
        for minute in (10, 20):
            self._at(_LONG_AGO + minute)
            people.move(self.settled, Stage.CLOSED, by=self.lena)
            self._pass(_LONG_AGO + minute + 2)
        self._at(0)
        self.jumped = self._opened("Wrong invoices")
        self._pass(5)
        self._at(10)
        self.fresh, self.orphan = self._opened("Lost order"), self._opened("Slow export")
        self._pass(10, "plan")  # a tracker without history tells only what somebody saw
        self._at(11)
        for ref in (self.fresh, self.orphan):
            people.set(ref, "owner", (), by=self.lena)
        people.set(self.jumped, "severity", "billing_dispute", by=self.lena)
        people.move(self.jumped, Stage.CLOSED, by=self.lena)

    def _opened(self, summary: str) -> TicketRef:
        told = {"summary": summary, "account.name": f"{summary} AG", "owner": (self.lena,)}
        return self.place.humans.create(told, by=self.lena)

    def _at(self, minutes: float) -> datetime:
        self.place.humans.now = now = START + timedelta(minutes=minutes)
        return now

    def _pass(
        self,
        minutes: int,
        kind: str = "sync",
        blow: Blow | None = None,
        patience: float | None = None,
        *,
        last: bool = False,
    ) -> Told:
        """A pass at the tracker's own time, so many minutes after START."""
        now = self._at(minutes)
        access = self.place.access(patience, reminds=minutes >= 12)
        saved = self.saved if kind == "apply" else None
        name, url = f"{kind} at {minutes}", f"sqlite:///{self.path}"
        return self.gallows.run(Job(access, url, self.world, now, name, kind, saved, blow, last))


def nth(n: int, **how: Any) -> Fault:
    """What goes wrong with the *n*th request that changes anything."""
    met = count()
    return Fault(lambda request: writes(request) and next(met) == n, **how)

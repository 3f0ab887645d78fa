"""Worlds: all that is left when a pass is over, and which of them are alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any

from escsync.ledger.schema import metadata

from .brittle import LANDS_AFTER, LANDS_BY, LANDS_WITHIN, Flight, Request, Snapshot
from .choices import Script


@dataclass(frozen=True, slots=True)
class World:
    """All that is left: *acted*: a person did something meanwhile; *excused*: something landed later than anybody can
    wait for, so that there may have been two of a thing for a while; *owed*: lost requests whose fate is open."""

    now: datetime
    tracker: Snapshot
    ledger: bytes
    passes: int = 0
    spent: int = 0
    acted: bool = False
    excused: bool = False
    owed: tuple[tuple[datetime, Request], ...] = ()
    scripts: tuple[Script, ...] = ()
    wrong: tuple[str, ...] = ()

    def told(self, *script: tuple[str, str]) -> World:
        """The same, with what happened in the last pass."""
        return replace(self, scripts=(*self.scripts, script))

    def fates(self) -> Iterator[World]:
        """The same with each lost request gone for good, landing in time, or later than anybody waits for it."""
        for fates in product(("", "lands", "lands late"), repeat=len(self.owed)):
            flying, told = self.tracker.flying, self.scripts[-1]
            for (sent, request), fate in zip(self.owed, fates, strict=True):
                if fate:
                    late = fate.endswith("late")
                    when = (sent + LANDS_AFTER, sent + LANDS_BY) if late else (sent, sent + LANDS_WITHIN)
                    flying = (*flying, Flight(request, *when))
                    told = (*told, (f"lost {request.verb}", fate))
            yield replace(
                self,
                tracker=replace(self.tracker, flying=flying),
                owed=(),
                excused=self.excused or "lands late" in fates,
                scripts=(*self.scripts[:-1], told),
            )


_PASSING = {
    "trackers": {"fence", "holder", "lease_until", "chain_n", "chain_link"},
    "people": {"active_at"},
    "receipts": {"at", "fence", "attempt"},
}
"""Columns by which nothing is decided."""
_UNTOLD = {"passes", "chain", "policies"}
_LASTING = """SELECT ticket, step, state, remote_id, not_before, new_hash, CASE step WHEN 'create' THEN key END
FROM effects AS e WHERE state IN ('sending', 'doubt') OR (step = 'create' AND state = 'done')
OR (state NOT IN ('done', 'superseded') AND n = (
SELECT max(n) FROM effects WHERE tracker = e.tracker AND ticket = e.ticket AND step = e.step))
ORDER BY ticket, step, n"""
"""The effects by which anything is decided: those that are open, those that failed the last time, and what was created."""


def content(raw: Any, *, whole: bool = True) -> tuple[Any, ...]:
    """What a ledger's database holds, as far as anything is decided by it; *whole*: receipts too."""
    return tuple(tuple(raw.execute(query)) for query in _QUERIES[whole])


def _queries(*, whole: bool) -> Iterator[str]:
    for table in metadata.sorted_tables:
        if table.name in _UNTOLD or (table.name == "receipts" and not whole):
            continue
        if table.name == "effects":
            yield _LASTING
            continue
        columns = ", ".join(c.name for c in table.columns if c.name not in _PASSING.get(table.name, ()))
        yield f"SELECT {columns} FROM {table.name} ORDER BY {', '.join(c.name for c in table.primary_key)}"


_QUERIES = {whole: tuple(_queries(whole=whole)) for whole in (False, True)}


def likeness(world: World, raw: Any, *, over: bool) -> int:
    """The same for worlds that go on in the same way; *over*: no mishap comes any more."""
    told = world.tracker
    return hash(
        (
            world.now,
            repr((sorted(told.held.items()), told.flying, told.most)),
            content(raw),
            None if over else world.spent,
            world.acted,
            world.excused,
            world.wrong,
        )
    )

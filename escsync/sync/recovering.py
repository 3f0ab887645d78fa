"""Recovering: finding out what became of writes whose fate an earlier pass did not learn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from escsync.adapter import Ticket, TicketRef
from escsync.domain.effect import Effect
from escsync.effects import recover, shown

from .looking import observe, read
from .outcome import Pass


def settle(one: Pass, unfinished: Sequence[Effect], live: Mapping[str, Ticket]) -> None:
    """Record what is known of *unfinished* effects now; *live* are their tickets as they stand."""
    if not unfinished:
        return
    known = one.ledger.receipts(one.tracker)
    found = recover(unfinished, live, one.adapter, now=one.later(), receipts=known)
    if found:
        one.ledger.settle(one.tracker, found)


def look(one: Pass) -> None:
    """The same for a pass that pulls nothing: the tickets are read for it."""
    unfinished = one.ledger.unfinished(one.tracker)
    refs = [TicketRef(ticket) for ticket in sorted(doubtful(unfinished))]
    live, _ = read(one, refs)
    possible = [*unfinished, *one.ledger.late(one.tracker, one.now)]
    observe(one, list(live.values()), by_us=ours(possible, live.values()))
    settle(one, [effect for effect in unfinished if _told(effect, live)], live)


def ours(unfinished: Sequence[Effect], tickets: Iterable[Ticket]) -> frozenset[tuple[str, str]]:
    """Which fields of *tickets* show what an unfinished effect was to bring about: it was we who wrote them."""
    by_ticket = {ticket.id: ticket for ticket in tickets}
    return frozenset(
        (effect.purpose.ticket, effect.purpose.step.removeprefix("set:").replace("move", "stage"))
        for effect in unfinished
        if effect.purpose.step == "move" or effect.purpose.step.startswith("set:")
        if (ticket := by_ticket.get(effect.purpose.ticket)) is not None
        if shown(ticket, effect.purpose.step) == effect.new
    )


def doubtful(unfinished: Sequence[Effect]) -> set[str]:
    """The tickets that tell what became of these effects; what was created stands for itself."""
    return {effect.purpose.ticket for effect in unfinished if effect.purpose.step != "create"}


def _told(effect: Effect, live: Mapping[str, Ticket]) -> bool:
    return effect.purpose.step == "create" or effect.purpose.ticket in live

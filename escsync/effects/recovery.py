"""Recovery: what became of the writes of a pass that died."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from escsync.adapter import Adapter, Ticket, TrackerError
from escsync.domain.effect import Effect, EffectState

from .traces import shown


def recover(effects: Sequence[Effect], live: Mapping[str, Ticket], adapter: Adapter) -> list[Effect]:
    """What became of the effects of a pass that died: *live* are their tickets as they stand now.

    Whatever is not there is superseded, because this pass decides anew what is to be done. Where a created record
    cannot be looked for, the doubt stays.
    """
    keys = [effect.key for effect in effects if effect.purpose.step == "create"]
    found: dict[str, str] | None = {}
    try:
        found = {one.key: one.ref.id for one in adapter.find(keys)} if keys else {}
    except TrackerError:
        found = None
    settled = []
    for effect in effects:
        if effect.purpose.step != "create":
            ticket = live.get(effect.purpose.ticket)
            done = ticket is not None and shown(ticket, effect.purpose.step) == effect.new
            state = EffectState.DONE if done else EffectState.SUPERSEDED
            settled.append(replace(effect, state=state))
        elif found is None:
            settled.append(replace(effect, state=EffectState.DOUBT))
        elif effect.key in found:
            settled.append(replace(effect, state=EffectState.DONE, remote_id=found[effect.key]))
        else:
            settled.append(replace(effect, state=EffectState.SUPERSEDED))
    return settled

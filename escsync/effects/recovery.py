"""Recovery: what became of the writes of a pass that died, or whose fate it did not learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from escsync.adapter import Adapter, Ticket, TrackerError
from escsync.domain.effect import SETTLE, Effect, EffectState

from .traces import shown


def recover(
    effects: Sequence[Effect],
    live: Mapping[str, Ticket],
    adapter: Adapter,
    *,
    now: datetime,
    receipts: Mapping[str, Sequence[str]],
) -> list[Effect]:
    """What is known now of *effects* whose fate was open: *live* are their tickets as they stand.

    What a ticket does not show is superseded: writing it again does no harm, and this pass decides anew what is to be
    done; should the request land after all, it is known as ours. What is *created* and cannot be found stays in doubt for as long as the request may still land. *receipts*
    are the records that the tracker said it made.
    """
    open_keys = [e.key for e in effects if e.purpose.step == "create" and e.key not in receipts]
    found: dict[str, str] | None = {}
    try:
        found = {one.key: one.ref.id for one in adapter.find(open_keys)} if open_keys else {}
    except TrackerError:
        found = None
    settled = []
    for effect in effects:
        if effect.purpose.step == "create":
            told = receipts.get(effect.key) or ()
            known = {effect.key: told[0]} if told else found
            settled.append(_created(effect, known, now))
        else:
            ticket = live.get(effect.purpose.ticket)
            done = ticket is not None and shown(ticket, effect.purpose.step) == effect.new
            if done:
                settled.append(replace(effect, state=EffectState.DONE, not_before=None))
            else:
                until = effect.not_before or now + SETTLE
                settled.append(replace(effect, state=EffectState.SUPERSEDED, not_before=until))
    return [after for before, after in zip(effects, settled, strict=True) if after != before]


def _created(effect: Effect, found: Mapping[str, str] | None, now: datetime) -> Effect:
    """A creation, looked for; *found* is None where nobody could look."""
    if found is not None and effect.key in found:
        return replace(effect, state=EffectState.DONE, remote_id=found[effect.key], not_before=None)
    waited = effect.not_before is not None and now >= effect.not_before
    if found is not None and waited:
        return replace(effect, state=EffectState.SUPERSEDED, not_before=None)
    return replace(effect, state=EffectState.DOUBT, not_before=effect.not_before or now + SETTLE)

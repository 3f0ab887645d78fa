"""The journal of effects: each write to a tracker, recorded before it is tried and settled after it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from escsync.domain.effect import OPEN, Effect, EffectState, Purpose

from .batches import chunks
from .database import clock
from .schema import EFFECTS

_OPEN = [state.value for state in OPEN]


def unfinished(connection: Connection, tracker: str) -> Iterator[Effect]:
    """The effects whose fate nobody knows."""
    statement = select(EFFECTS).where(EFFECTS.c.tracker == tracker, EFFECTS.c.state.in_(_OPEN))
    for row in connection.execute(statement.order_by(EFFECTS.c.claimed_at, EFFECTS.c.key)):
        yield _effect(row)


def counted(connection: Connection, purposes: Collection[Purpose]) -> dict[Purpose, int]:
    """How many effects each purpose has had so far."""
    found = dict.fromkeys(purposes, 0)
    for tracker in {purpose.tracker for purpose in purposes}:
        tickets = sorted({purpose.ticket for purpose in purposes if purpose.tracker == tracker})
        of = (EFFECTS.c.tracker, EFFECTS.c.ticket, EFFECTS.c.episode, EFFECTS.c.rule, EFFECTS.c.step)
        for batch in chunks(tickets):
            statement = select(*of, func.count().label("times")).where(
                EFFECTS.c.tracker == tracker, EFFECTS.c.ticket.in_(batch)
            )
            for row in connection.execute(statement.group_by(*of)):
                purpose = Purpose(row.tracker, row.ticket, row.episode, row.rule, row.step)
                if purpose in found:
                    found[purpose] = row.times
    return found


def claim(connection: Connection, effects: Sequence[Effect], pass_id: str, fence: int) -> None:
    """Record that these are about to be sent; a key that is there already gets another attempt."""
    now = clock(connection)
    attempts: dict[str, int] = {}
    for batch in chunks([effect.key for effect in effects]):
        known = select(EFFECTS.c.key, EFFECTS.c.attempt).where(EFFECTS.c.key.in_(batch))
        attempts |= {row.key: row.attempt for row in connection.execute(known)}
    new = [effect for effect in effects if effect.key not in attempts]
    if new:
        connection.execute(insert(EFFECTS), [_row(e, pass_id, fence) | {"claimed_at": now} for e in new])
    for effect in effects:
        if effect.key in attempts:
            connection.execute(
                update(EFFECTS)
                .where(EFFECTS.c.key == effect.key)
                .values(
                    state=EffectState.SENDING,
                    attempt=attempts[effect.key] + 1,
                    fence=fence,
                    pass_id=pass_id,
                    old_hash=effect.old,
                    new_hash=effect.new,
                    because=" ".join(effect.because),
                    policy=effect.policy,
                    claimed_at=now,
                    settled_at=None,
                    error="",
                )
            )


def settle(connection: Connection, effects: Iterable[Effect]) -> None:
    """Record what became of them."""
    now = clock(connection)
    for effect in effects:
        connection.execute(
            update(EFFECTS)
            .where(EFFECTS.c.key == effect.key)
            .values(state=effect.state, remote_id=effect.remote_id, error=effect.error, settled_at=now)
        )


def created(connection: Connection, tracker: str) -> dict[str, str]:
    """What was created for each key, by the journal."""
    statement = select(EFFECTS.c.key, EFFECTS.c.remote_id).where(
        EFFECTS.c.tracker == tracker, EFFECTS.c.step == "create", EFFECTS.c.state == EffectState.DONE
    )
    return {row.key: row.remote_id for row in connection.execute(statement)}


def of_ticket(connection: Connection, tracker: str, ticket: str) -> Iterator[Effect]:
    """Everything that was done to one ticket, oldest first."""
    statement = select(EFFECTS).where(EFFECTS.c.tracker == tracker, EFFECTS.c.ticket == ticket)
    for row in connection.execute(statement.order_by(EFFECTS.c.claimed_at, EFFECTS.c.key)):
        yield _effect(row)


def _row(effect: Effect, pass_id: str, fence: int) -> dict[str, Any]:
    return {
        "key": effect.key,
        "tracker": effect.purpose.tracker,
        "ticket": effect.purpose.ticket,
        "episode": effect.purpose.episode,
        "rule": effect.purpose.rule,
        "step": effect.purpose.step,
        "n": effect.n,
        "state": EffectState.SENDING,
        "attempt": 1,
        "fence": fence,
        "remote_id": effect.remote_id,
        "old_hash": effect.old,
        "new_hash": effect.new,
        "because": " ".join(effect.because),
        "policy": effect.policy,
        "pass_id": pass_id,
        "error": "",
    }


def _effect(row: Row[Any]) -> Effect:
    return Effect(
        row.key,
        Purpose(row.tracker, row.ticket, row.episode, row.rule, row.step),
        row.n,
        EffectState(row.state),
        row.old_hash,
        row.new_hash,
        tuple(row.because.split()),
        row.policy,
        row.attempt,
        row.remote_id,
        row.error,
    )

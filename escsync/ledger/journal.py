"""The journal of effects: each write to a tracker, recorded before it is tried and settled after it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from escsync.domain.effect import OPEN, Effect, EffectState, Purpose

from .batches import chunks, put, put_missing
from .database import clock
from .schema import EFFECTS, RECEIPTS

_OPEN = [state.value for state in OPEN]
_TROUBLED = [EffectState.REJECTED.value, EffectState.IGNORED.value, EffectState.FAILED.value]


def unfinished(connection: Connection, tracker: str) -> Iterator[Effect]:
    """The effects whose fate nobody knows."""
    statement = select(EFFECTS).where(EFFECTS.c.tracker == tracker, EFFECTS.c.state.in_(_OPEN))
    for row in connection.execute(statement.order_by(EFFECTS.c.claimed_at, EFFECTS.c.n, EFFECTS.c.key)):
        yield _effect(row)


def late(connection: Connection, tracker: str, now: datetime) -> Iterator[Effect]:
    """The effects that were given up, and whose requests may still land."""
    given_up = and_(EFFECTS.c.state == EffectState.SUPERSEDED.value, EFFECTS.c.not_before > now)
    for row in connection.execute(select(EFFECTS).where(EFFECTS.c.tracker == tracker, given_up)):
        yield _effect(row)


def counted(connection: Connection, tracker: str, tickets: Collection[str]) -> dict[tuple[str, str], int]:
    """How many effects each step of each ticket has had so far."""
    found: dict[tuple[str, str], int] = {}
    of = (EFFECTS.c.ticket, EFFECTS.c.step)
    for batch in chunks(sorted(tickets)):
        statement = select(*of, func.count().label("times")).where(
            EFFECTS.c.tracker == tracker, EFFECTS.c.ticket.in_(batch)
        )
        for row in connection.execute(statement.group_by(*of)):
            found[row.ticket, row.step] = row.times
    return found


def troubled(connection: Connection, tracker: str) -> dict[tuple[str, str], Effect]:
    """The steps whose last effect did not come about, although the tracker answered."""
    of = (EFFECTS.c.ticket, EFFECTS.c.step)
    last = (
        select(*of, func.max(EFFECTS.c.n).label("n"))
        .where(EFFECTS.c.tracker == tracker)
        .group_by(*of)
        .subquery()
    )
    statement = (
        select(EFFECTS)
        .join(
            last,
            and_(EFFECTS.c.ticket == last.c.ticket, EFFECTS.c.step == last.c.step, EFFECTS.c.n == last.c.n),
        )
        .where(EFFECTS.c.tracker == tracker, EFFECTS.c.state.in_(_TROUBLED))
    )
    return {(row.ticket, row.step): _effect(row) for row in connection.execute(statement)}


def claim(
    connection: Connection, effects: Sequence[Effect], pass_id: str, fence: int, at: datetime | None = None
) -> None:
    """Record that these are about to be sent; a key that is there already gets another attempt. *at* is the pass's own
    instant, else the database's."""
    now = at or clock(connection)
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
                    not_before=None,
                    error="",
                )
            )


def settle(connection: Connection, effects: Iterable[Effect], at: datetime | None = None) -> None:
    """Record what became of them."""
    now = at or clock(connection)
    rows = [
        {
            "key": effect.key,
            "state": effect.state,
            "remote_id": effect.remote_id,
            "error": effect.error,
            "not_before": effect.not_before,
            "settled_at": now,
        }
        for effect in effects
    ]
    put(connection, EFFECTS, rows)


def created(connection: Connection, tracker: str) -> dict[str, str]:
    """What was created for each key, by the journal."""
    statement = select(EFFECTS.c.key, EFFECTS.c.remote_id).where(
        EFFECTS.c.tracker == tracker, EFFECTS.c.step == "create", EFFECTS.c.state == EffectState.DONE
    )
    return {row.key: row.remote_id for row in connection.execute(statement)}


def receipt(connection: Connection, tracker: str, key: str, remote_id: str, fence: int) -> None:
    """Record which record the tracker said it made: no fence keeps this out, for it is what happened."""
    here = and_(RECEIPTS.c.key == key, RECEIPTS.c.remote_id == remote_id)
    if connection.execute(select(RECEIPTS.c.key).where(here)).first() is not None:
        return
    attempt = connection.execute(select(EFFECTS.c.attempt).where(EFFECTS.c.key == key)).scalar()
    row = {"key": key, "remote_id": remote_id, "tracker": tracker, "attempt": attempt or 0, "fence": fence}
    put_missing(connection, RECEIPTS, row | {"at": clock(connection)})


def receipts(connection: Connection, tracker: str) -> dict[str, tuple[str, ...]]:
    """Per key, the records that the tracker said it made, the first one first; more than one is one too many."""
    found: dict[str, list[str]] = {}
    told = select(RECEIPTS).where(RECEIPTS.c.tracker == tracker).order_by(RECEIPTS.c.at, RECEIPTS.c.remote_id)
    for row in connection.execute(told):
        found.setdefault(row.key, []).append(row.remote_id)
    return {key: tuple(ids) for key, ids in found.items()}


def of_ticket(connection: Connection, tracker: str, ticket: str) -> Iterator[Effect]:
    """Everything that was done to one ticket, oldest first."""
    statement = select(EFFECTS).where(EFFECTS.c.tracker == tracker, EFFECTS.c.ticket == ticket)
    for row in connection.execute(statement.order_by(EFFECTS.c.claimed_at, EFFECTS.c.n, EFFECTS.c.key)):
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
        row.not_before,
        row.pass_id,
        row.claimed_at,
    )

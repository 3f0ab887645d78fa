"""Passes: when each began and ended, and what it counted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from .codec import dumps
from .database import clock
from .schema import PASSES


@dataclass(frozen=True, slots=True)
class PassRow:
    """One pass as it was recorded; *began* and *ended* are the database's clock, *at* the pass's own."""

    id: str
    tracker: str
    kind: str
    at: datetime
    began: datetime
    ended: datetime | None
    ok: bool
    counts: Mapping[str, int]
    errors: tuple[Mapping[str, str], ...]


def begin(connection: Connection, tracker: str, pass_id: str, kind: str, at: datetime) -> None:
    """Record that a pass starts."""
    row = {"id": pass_id, "tracker": tracker, "kind": kind, "at": at, "began": clock(connection)}
    connection.execute(insert(PASSES).values(row))


def finish(
    connection: Connection,
    tracker: str,
    pass_id: str,
    ok: bool,
    counts: Mapping[str, int],
    errors: Sequence[Mapping[str, str]],
) -> None:
    """Record how a pass ended."""
    connection.execute(
        update(PASSES)
        .where(PASSES.c.tracker == tracker, PASSES.c.id == pass_id)
        .values(ended=clock(connection), ok=ok, counts=dumps(dict(counts)), errors=dumps(list(errors)))
    )


def last(connection: Connection, tracker: str, limit: int) -> list[PassRow]:
    """The last passes, newest first."""
    newest = (
        select(PASSES).where(PASSES.c.tracker == tracker).order_by(PASSES.c.began.desc(), PASSES.c.at.desc())
    )
    return [_pass(row) for row in connection.execute(newest.limit(limit))]


def _pass(row: Row[tuple[object, ...]]) -> PassRow:
    return PassRow(
        row.id,
        row.tracker,
        row.kind,
        row.at,
        row.began,
        row.ended,
        row.ok,
        json.loads(row.counts),
        tuple(json.loads(row.errors)),
    )

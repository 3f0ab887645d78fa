"""Renewal: a tracker's evidence taken out of the ledger and put back as it was read anew."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Table, delete, insert, select, update

from escsync.domain.effect import OPEN

from .chain import EVIDENCE, REBUILT, take, touched
from .policies import to_policy
from .schema import (
    EFFECTS,
    HEAD,
    LETTERS,
    MESSAGES,
    OBSERVATIONS,
    PASSES,
    PEOPLE,
    PINS,
    POLICIES,
    RECEIPTS,
    TICKETS,
    TRACKERS,
    metadata,
)
from .transfer import copy

_ANEW = (TICKETS, OBSERVATIONS, MESSAGES, PEOPLE, LETTERS)
"""What a look at the tracker tells."""
_LEARNT = ("cursor", "discovery", "ours", "fingerprint", "polled_at", "swept_at", "not_before", "pause")
_BESIDE = ("", "-wal", "-shm")


def seed(reading: Connection, writing: Connection, tracker: str) -> None:
    """Take into an empty ledger what no tracker can tell: which policy each cycle keeps, and what was written.

    Writes whose fate is unknown stay where they are: this ledger is not to find out about them.
    """
    known = set()
    for row in reading.execute(select(POLICIES)).mappings():
        with suppress(ValueError):
            if to_policy(json.loads(row["content"])).version == row["version"]:
                known.add(row["version"])
                _missing(writing, POLICIES, dict(row))
    copy(reading, writing, PINS, PINS.c.tracker == tracker, PINS.c.version.in_(known))
    settled = EFFECTS.c.state.not_in([state.value for state in OPEN])
    copy(reading, writing, EFFECTS, EFFECTS.c.tracker == tracker, settled)
    copy(reading, writing, RECEIPTS, RECEIPTS.c.tracker == tracker)
    resting = select(TRACKERS.c.not_before, TRACKERS.c.pause).where(TRACKERS.c.name == tracker)
    for row in reading.execute(resting).mappings():
        _missing(writing, TRACKERS, {"name": tracker, **row})


def renew(reading: Connection, writing: Connection, tracker: str, pass_id: str, at: datetime) -> None:
    """Replace the evidence of *tracker* by what the other ledger holds; its history goes on, and says so.

    What only this ledger knows stays: pinned policies, writes and receipts.
    """
    for table in _ANEW:
        writing.execute(delete(table).where(table.c.tracker == tracker))
        copy(reading, writing, table, table.c.tracker == tracker)
    learnt = select(*TRACKERS.c[_LEARNT]).where(TRACKERS.c.name == tracker)
    row = reading.execute(learnt).mappings().one()
    writing.execute(update(TRACKERS).where(TRACKERS.c.name == tracker).values(dict(row)))
    copy(reading, writing, PASSES, PASSES.c.tracker == tracker, PASSES.c.kind == "rebuild")
    for policy in reading.execute(select(POLICIES)).mappings():
        _missing(writing, POLICIES, dict(policy))
    pins = [dict(row) for row in reading.execute(select(PINS).where(PINS.c.tracker == tracker)).mappings()]
    new = [pin for pin in pins if _missing(writing, PINS, pin)]
    take(writing, tracker, EVIDENCE, pass_id=pass_id, at=at, mark={REBUILT: list(EVIDENCE)})
    touched(writing, PINS, new, new=True)


def damage(path: Path) -> str:
    """What makes the file at *path* no ledger any more; empty where it is one, or where that cannot be told now."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            (told,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if told != "ok":
                return f"the database file is damaged: {told}"
            tables = {
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
            versions = list(connection.execute("SELECT version_num FROM alembic_version")) if tables else []
    except sqlite3.OperationalError as error:
        return f"it is no ledger: {error}" if "no such table" in str(error) else ""
    except sqlite3.DatabaseError as error:
        return f"the database file is damaged: {error}"
    lacking = sorted(metadata.tables.keys() - tables) if versions == [(HEAD,)] else []
    return f"the table {lacking[0]} is missing" if lacking else ""


def set_aside(path: Path, target: Path) -> None:
    """Give what is left of a ledger that cannot be read another name."""
    for end in _BESIDE:
        with suppress(FileNotFoundError):
            os.rename(f"{path}{end}", f"{target}{end}")


def free(path: Path) -> Iterator[Path]:
    """Names like *path* that nothing has yet."""
    for n in range(1, 1000):
        name = path if n == 1 else path.with_name(f"{path.name}-{n}")
        if not any(os.path.lexists(f"{name}{end}") for end in _BESIDE):
            yield name


def _missing(connection: Connection, table: Table, row: dict[str, object]) -> bool:
    """Insert *row* unless its key is there; was it missing?"""
    here = [column == row[column.name] for column in table.primary_key]
    if connection.execute(select(*table.primary_key).where(*here)).first() is not None:
        return False
    connection.execute(insert(table), [row])
    return True

"""Databases in files: what stands in them, put back to how it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

_CLOCKED = {
    "holder",
    "lease_until",
    "fence",
    "chain_link",
    "chain_n",
    "claimed_at",
    "settled_at",
    "receipts.at",
}
"""Columns of a ledger that hang on the database's own clock, or on a process."""
_TOLD = {"passes", "chain"}
"""Tables that only tell what was done, and decide nothing."""


def laid(path: Path) -> Callable[[], None]:
    """Remember a database's file as it is, while nobody has it open; what is answered puts it back."""
    with closing(sqlite3.connect(path)) as link:
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held = path.read_bytes()
    return lambda: _laid(path, held)


def kept(path: Path) -> list[tuple[Any, ...]]:
    """What passes go by in a ledger, whenever it was written."""
    rows: list[tuple[Any, ...]] = []
    with closing(sqlite3.connect(path)) as link:
        for (table,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table in _TOLD:
                continue
            names = [name for _, name, *_ in link.execute(f"PRAGMA table_info({table})")]
            told = [name for name in names if not {name, f"{table}.{name}"} & _CLOCKED]
            rows += [(table, *row) for row in link.execute(f"SELECT {', '.join(told)} FROM {table}")]
    return sorted(rows, key=repr)


def _laid(path: Path, held: bytes) -> None:
    """The file as it was, and nothing beside it."""
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    path.write_bytes(held)

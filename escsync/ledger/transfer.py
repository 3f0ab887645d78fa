"""Transfer: a ledger's rows as of one instant, taken to another database or into a file."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from escsync.domain.fields import FIELDS

from .batches import CHUNK
from .codec import from_message, from_ticket, from_value, to_message, to_ticket, to_value
from .database import Database
from .discretion import discreet, hidden, wordless
from .errors import LedgerError
from .schema import HEAD, MESSAGES, OBSERVATIONS, TICKETS, metadata

FORMAT = 1
"""The version of an export's form."""
_DOCUMENTS = {
    "doc",
    "reading",
    "value",
    "actor",
    "cursor",
    "discovery",
    "counts",
    "errors",
    "content",
    "body",
}
"""Columns that hold JSON."""


def backup(database: Database, target: Path) -> None:
    """Write a complete copy to *target*, an SQLite file, while passes go on; it appears there whole or not at all."""
    if target.exists():
        raise LedgerError(f"{target} exists already", remedy="name a new file")
    try:
        with finished(target) as made:
            if database.path is not None:
                with (
                    closing(sqlite3.connect(database.path)) as live,
                    closing(sqlite3.connect(made)) as copied,
                ):
                    live.backup(copied)
                    (told,) = copied.execute("PRAGMA quick_check(1)").fetchone()
                    if told != "ok":
                        raise LedgerError(
                            f"the ledger is damaged, and so would be its copy: {told}",
                            remedy="run `escsync ledger rebuild`, or restore the last backup",
                        )
            else:
                _copied(database, made)
    except (sqlite3.Error, OSError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise LedgerError(
            f"the copy could not be written: {said}", remedy="see that the folder exists and has room"
        ) from None


@contextmanager
def finished(target: Path) -> Iterator[Path]:
    """A name beside *target* to write to; what stands there at the end becomes *target*, after an error nothing does."""
    made = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        yield made
        appear(made, target)
    finally:
        for rest in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                os.unlink(f"{made}{rest}")


def _copied(database: Database, made: Path) -> None:
    with (
        closing(Database(f"sqlite:///{made}")) as new,
        database.read() as reading,
        new.write() as writing,
    ):
        for table in metadata.sorted_tables:
            copy(reading, writing, table)


def appear(made: Path, target: Path) -> None:
    """Give a finished file its name; one that has it already stays as it is."""
    try:
        os.link(made, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if target.exists():
            raise
        made.rename(target)


def copy(source: Connection, target: Connection, table: Table, *where: Any) -> None:
    """Take the rows of *table* over, some hundred at a time."""
    for part in source.execute(_rows(table, *where)).mappings().partitions():
        target.execute(insert(table), [dict(row) for row in part])


def lines(connection: Connection, *, text: bool) -> Iterator[str]:
    """Every row as one line of JSON, after a line that tells the form; *text*: customers' words as they are kept."""
    yield json.dumps({"table": "ledger", "format": FORMAT, "schema": HEAD, "text": text})
    for table in metadata.sorted_tables:
        for row in connection.execute(_rows(table)).mappings():
            told = {name: _plain(name, value) for name, value in row.items()}
            yield json.dumps({"table": table.name, **(told if text else _discreet(table, told))})


def _rows(table: Table, *where: Any) -> Any:
    held = select(table).where(*where).order_by(*table.primary_key.columns)
    return held.execution_options(yield_per=CHUNK)


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if name in _DOCUMENTS and isinstance(value, str):
        with suppress(ValueError):
            return json.loads(value)
    return value


def _discreet(table: Table, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """*row* without customers' words, which are there where `store_text` was on; what cannot be read is left out."""
    without: Callable[[Any], Any]
    if table is TICKETS:
        column, without = "doc", _ticket
    elif table is MESSAGES:
        column, without = "doc", _message
    elif table is OBSERVATIONS and _private(row["field"]):
        column, without = "value", _value
    else:
        return row
    try:
        return {**row, column: without(row[column])}
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError):
        return {**row, column: None}


def _private(field: str) -> bool:
    return field in FIELDS and FIELDS[field].private


def _ticket(doc: Any) -> Any:
    return from_ticket(discreet(to_ticket(doc)))


def _message(doc: Any) -> Any:
    return from_message(wordless(to_message(doc)))


def _value(value: Any) -> Any:
    return from_value(hidden(to_value(value)))

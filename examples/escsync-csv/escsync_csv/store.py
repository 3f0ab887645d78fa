"""The tracker itself: a folder of CSV files, read whole and written one change at a time.

In a package that `escsync adapter new` has made, this stands in for your tracker's API until you replace it.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Row: TypeAlias = dict[str, str]
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "tickets": ("id", "key", "created_at", "created_by", "updated_at", "marker", "parent"),
    "comments": ("id", "ticket", "author", "created_at", "edited_at", "body"),
    "notes": ("ticket", "digest", "text"),
    "people": ("id", "name", "email", "kind", "active"),
}
"""The columns that each file has at least; those of tickets.csv besides are fields."""


class Busy(Exception):
    """Another program is writing."""


class Damaged(Exception):
    """A file is there but is no such table."""


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its columns in their order, and its rows."""

    columns: tuple[str, ...]
    rows: list[Row]

    def by(self, column: str, value: str) -> list[Row]:
        """The rows in which *column* holds *value*."""
        return [row for row in self.rows if row[column] == value]


Tables: TypeAlias = Mapping[str, Table]


class Store:
    """The folder. What people change in it by other means counts from the next time it is read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self) -> Tables:
        """Everything as it is now; OSError where it cannot be read."""
        return {name: self._read(name) for name in COLUMNS}

    @contextmanager
    def changing(self) -> Iterator[Tables]:
        """Everything, to be changed in place: what differs at the end is written, a file at once or not at all."""
        lock = self.folder / ".lock"
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            raise Busy from None
        try:
            tables = self.read()
            before = {name: _text(table) for name, table in tables.items()}
            yield tables
            for name, table in tables.items():
                if (text := _text(table)) != before[name]:
                    self._replace(f"{name}.csv", text)
        finally:
            lock.unlink()

    def make(self, fields: Sequence[str]) -> None:
        """A new folder with empty files; tickets have these *fields*."""
        self.folder.mkdir(parents=True)
        for name, columns in COLUMNS.items():
            more = tuple(fields) if name == "tickets" else ()
            self._replace(f"{name}.csv", _text(Table(columns + more, [])))

    def _read(self, name: str) -> Table:
        text = (self.folder / f"{name}.csv").read_bytes()
        try:
            # Spreadsheets put a mark before the first column; a lone newline within a cell is the cell's.
            reader = csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""), restval="")
            rows = [{k: v for k, v in row.items() if k is not None} for row in reader]
        except (UnicodeDecodeError, csv.Error) as error:
            raise Damaged(f"{name}.csv is no CSV in UTF-8") from error
        columns = tuple(reader.fieldnames or ())
        lacking = [column for column in COLUMNS[name] if column not in columns]
        if lacking:
            raise Damaged(f"{name}.csv has no column {lacking[0]}")
        return Table(columns, rows)

    def _replace(self, file: str, text: str) -> None:
        new = self.folder / f".{file}.new"
        new.write_bytes(text.encode("utf-8", "replace"))
        new.replace(self.folder / file)


def _text(table: Table) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, table.columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(table.rows)
    return out.getvalue()

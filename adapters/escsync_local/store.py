"""The file behind a local tracker: its tables, its statuses, and one transaction at a time."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from escsync.adapter import instant

STATUSES = (
    ("candidate", "Candidate", False),
    ("intake", "Intake", False),
    ("investigation", "Investigation", False),
    ("solution-design", "Solution design", False),
    ("customer-update", "Customer update", False),
    ("resolution-pending", "Resolution pending", False),
    ("closed", "Closed", True),
    ("rejected", "Rejected", True),
    ("duplicate", "Duplicate", True),
)
"""Id, name and "is it done?" of the statuses that a new tracker has."""
ACCOUNT = "escsync"
"""The user that escsync works as: a bot, made with the file."""
FORMAT = 1

_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE people (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, username TEXT NOT NULL,
    kind TEXT NOT NULL, customer INTEGER NOT NULL, inactive_since TEXT
);
CREATE TABLE statuses (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, done INTEGER NOT NULL, place INTEGER NOT NULL);
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL, created_by TEXT NOT NULL, revision INTEGER NOT NULL,
    flagged INTEGER NOT NULL, ever_flagged INTEGER NOT NULL, entered_at TEXT, marker TEXT UNIQUE, parent INTEGER
);
CREATE INDEX tickets_by_revision ON tickets (revision);
CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ticket INTEGER NOT NULL REFERENCES tickets ON DELETE CASCADE,
    revision INTEGER NOT NULL, field TEXT NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL, value TEXT NOT NULL
);
CREATE INDEX changes_by_ticket ON changes (ticket);
CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ticket INTEGER NOT NULL REFERENCES tickets ON DELETE CASCADE,
    author TEXT NOT NULL, created_at TEXT NOT NULL, edited_at TEXT, public INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE INDEX comments_by_ticket ON comments (ticket);
"""
SCHEMA = """
CREATE TABLE IF NOT EXISTS fields (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, options TEXT NOT NULL, place INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS made (
    kind TEXT NOT NULL, id TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (kind, id)
);
"""
"""The fields that the tracker declares, and what of its schema escsync has made; an older file gets them when it needs
them."""


class NotATracker(Exception):
    """The file is there but holds something else."""


class Store:
    """One connection to the file; makes the file where there is none."""

    def __init__(self, path: Path, *, project: str = "ESC", patience: float = 10.0) -> None:
        self.path = path
        self._link = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
        self._link.row_factory = sqlite3.Row
        try:
            self._prepare(project)
        except BaseException:
            self._link.close()
            raise

    def _prepare(self, project: str) -> None:
        self._link.execute("PRAGMA foreign_keys = ON")
        if self._is_ours():
            return
        self._link.execute("PRAGMA journal_mode = WAL")
        with self.changing() as link:
            if self._is_ours():  # somebody else made it while we waited for our turn
                return
            for statement in (_TABLES + SCHEMA).split(";\n"):
                link.execute(statement)
            about = {"format": str(FORMAT), "tracker": uuid.uuid4().hex, "project": project, "revision": "0"}
            link.executemany("INSERT INTO about VALUES (?, ?)", about.items())
            link.executemany(
                "INSERT INTO statuses VALUES (?, ?, ?, ?)",
                [(*status, place) for place, status in enumerate(STATUSES)],
            )
            link.execute(
                "INSERT INTO people VALUES (?, ?, '', ?, 'bot', 0, NULL)", (ACCOUNT, "escsync", ACCOUNT)
            )

    def _is_ours(self) -> bool:
        names = {row["name"] for row in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not names:
            return False
        if "about" not in names or self.about("format") != str(FORMAT):
            raise NotATracker(f"{self.path} is a database, but not a local tracker of this version")
        return True

    def has(self, table: str) -> bool:
        """Is there a table of this name?"""
        return self.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table) is not None

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """The rows of one query."""
        with closing(self._link.execute(sql, values)) as cursor:
            return cursor.fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        """The first row of one query, or None."""
        return next(iter(self.rows(sql, *values)), None)

    def about(self, name: str) -> str:
        """A fact of the file itself: `format`, `tracker` (its identity), `project`, `revision`."""
        found = self.row("SELECT value FROM about WHERE name = ?", name)
        return "" if found is None else str(found["value"])

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several queries that see one and the same state."""
        self._link.execute("BEGIN")
        try:
            yield
        finally:
            self._link.execute("ROLLBACK")

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone in the file, so that revisions are committed in their order."""
        self._link.execute("BEGIN IMMEDIATE")
        try:
            yield self._link
        except BaseException:
            self._link.execute("ROLLBACK")
            raise
        self._link.execute("COMMIT")

    def next_revision(self) -> int:
        """A number that no earlier change of the file has; only within *changing*."""
        revision = int(self.about("revision")) + 1
        self._link.execute("UPDATE about SET value = ? WHERE name = 'revision'", (str(revision),))
        return revision

    def close(self) -> None:
        """Close the file."""
        self._link.close()


def stamp(when: datetime) -> str:
    """How the file holds an instant: UTC, seconds."""
    return instant(when).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(value: object) -> Any:
    """*value* as JSON holds it."""
    match value:
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case str() | bool() | int() | float() | None:
            return value
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case Iterable():
            return [plain(item) for item in value]
    raise TypeError(f"a field cannot hold a {type(value).__name__}")

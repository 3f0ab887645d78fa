"""What an admin does to a local tracker: the fields that it declares, their options, and its statuses.

A ticket may hold any field; one that is declared has a name, a kind and options that can be shown and watched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from escsync.adapter import FieldKind

from .store import SCHEMA, STATUSES, Store


@dataclass(frozen=True, slots=True)
class Declared:
    """A field that the tracker declares; *options* are id -> name."""

    id: str
    name: str
    kind: FieldKind
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A status as the tracker has it."""

    id: str
    name: str
    done: bool


@dataclass(frozen=True, slots=True)
class Made:
    """Something that escsync made: a field, an option or a status, and the canonical name for which it did."""

    kind: str
    id: str
    mark: str


NEW = tuple(StatusRow(*status) for status in STATUSES)
"""The statuses that a file has when it is made."""


class Admin:
    """The schema of the tracker in *store*; what is made for escsync carries a *mark*."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def fields(self) -> dict[str, Declared]:
        """The declared fields by id, in their order."""
        rows = self.store.rows("SELECT * FROM fields ORDER BY place") if self.store.has("fields") else []
        return {
            row["id"]: Declared(row["id"], row["name"], FieldKind(row["kind"]), json.loads(row["options"]))
            for row in rows
        }

    def statuses(self) -> dict[str, StatusRow]:
        """The statuses by id, in their order."""
        rows = self.store.rows("SELECT * FROM statuses ORDER BY place")
        return {row["id"]: StatusRow(row["id"], row["name"], bool(row["done"])) for row in rows}

    def made(self) -> list[Made]:
        """What escsync made, the last first."""
        rows = self.store.rows("SELECT * FROM made ORDER BY rowid DESC") if self.store.has("made") else []
        return [Made(row["kind"], row["id"], row["mark"]) for row in rows]

    def add_field(self, new: Declared, mark: str = "") -> None:
        """Declare a field; one that is there stays as it is."""
        with self._changing():
            if self.store.row("SELECT 1 FROM fields WHERE id = ?", new.id) is None:
                self.store.rows(
                    "INSERT INTO fields SELECT ?, ?, ?, ?, 1 + coalesce(max(place), 0) FROM fields",
                    *(new.id, new.name, new.kind.value, json.dumps(dict(new.options))),
                )
                self._mark("field", new.id, mark)

    def add_options(self, name: str, options: Mapping[str, str], mark: str = "") -> None:
        """Add options to a field; those that are there stay as they are."""
        with self._changing():
            known = self.fields()[name]
            fresh = {key: shown for key, shown in options.items() if key not in known.options}
            self._keep(replace(known, options={**known.options, **fresh}))
            for key in fresh:
                self._mark("option", f"{name}#{key}", mark)

    def add_status(self, new: StatusRow, mark: str = "") -> None:
        """Add a status at the end; one that is there stays as it is."""
        with self._changing():
            if self.store.row("SELECT 1 FROM statuses WHERE id = ?", new.id) is None:
                self.store.rows(
                    "INSERT INTO statuses SELECT ?, ?, ?, 1 + max(place) FROM statuses",
                    new.id,
                    new.name,
                    new.done,
                )
                self._mark("status", new.id, mark)

    def rename_field(self, name: str, shown: str) -> None:
        """Call a field otherwise; its id stays."""
        with self._changing():
            self._keep(replace(self.fields()[name], name=shown))

    def rename_status(self, status: str, shown: str) -> None:
        """Call a status otherwise; its id stays."""
        with self._changing():
            self.store.rows("UPDATE statuses SET name = ? WHERE id = ?", shown, status)

    def retype_field(self, name: str, kind: FieldKind) -> None:
        """Make a field one of another kind."""
        with self._changing():
            self._keep(replace(self.fields()[name], kind=kind))

    def remove_field(self, name: str) -> None:
        """Declare a field no more; what tickets hold under it stays in them."""
        with self._changing():
            self.store.rows("DELETE FROM fields WHERE id = ?", name)
            mine = f"{name}#"
            self.store.rows(
                "DELETE FROM made WHERE kind = 'option' AND substr(id, 1, ?) = ?", len(mine), mine
            )
            self._unmark("field", name)

    def remove_option(self, name: str, option: str) -> None:
        """Take an option away; tickets that hold it keep it."""
        with self._changing():
            known = self.fields()[name]
            self._keep(replace(known, options={k: v for k, v in known.options.items() if k != option}))
            self._unmark("option", f"{name}#{option}")

    def remove_status(self, status: str) -> None:
        """Take a status away."""
        with self._changing():
            self.store.rows("DELETE FROM statuses WHERE id = ?", status)
            self._unmark("status", status)

    def in_use(self, status: str) -> int:
        """How many tickets stand in a status, or stood in it: their past would lose its name."""
        query = "SELECT count(DISTINCT ticket) AS n FROM changes WHERE field = 'stage' AND value = ?"
        row = self.store.row(query, json.dumps(status))
        return int(row["n"]) if row else 0

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self.store.changing() as link:
            for statement in SCHEMA.split(";\n"):
                link.execute(statement)
            yield

    def _keep(self, known: Declared) -> None:
        self.store.rows(
            "UPDATE fields SET name = ?, kind = ?, options = ? WHERE id = ?",
            *(known.name, known.kind.value, json.dumps(dict(known.options)), known.id),
        )

    def _mark(self, kind: str, id: str, mark: str) -> None:
        if mark:
            self.store.rows("INSERT OR REPLACE INTO made VALUES (?, ?, ?)", kind, id, mark)

    def _unmark(self, kind: str, id: str) -> None:
        self.store.rows("DELETE FROM made WHERE kind = ? AND id = ?", kind, id)

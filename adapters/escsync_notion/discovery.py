"""What escsync learnt of one Notion database, kept from connection to connection so that an idle pass need not ask again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from escsync.adapter import Binding, Denied, Problem
from escsync.offers import Part

from . import columns as looks
from . import drift
from .columns import Column
from .connection import Connection
from .drift import ESSENTIAL, Lost
from .inquiry import Before, Inquiry, resolved
from .schema import Schema
from .settings import NotionSettings
from .setup import outlines

_FORMAT = 1
_GOOD_FOR = timedelta(days=1)
_KEPT = ("for", "names", "marks", "notes")
"""What stays true when the rest is asked for again."""
_MOST_NAMES = 500
_MOST_MARKS = 300
_MOST_NOTES = 1000


class Discovery:
    """The memory of one connection: plain JSON inside, a Schema outside."""

    def __init__(self, connection: Connection, binding: Binding) -> None:
        self.settings: NotionSettings = binding.settings
        self._connection = connection
        self._binding = binding
        told = dict(binding.discovery)
        ours = told.get("format") == _FORMAT and told.get("for") == self._digest()
        self._before = Before(told.get("source", ""), told.get("columns", {})) if ours else Before()
        self._handed: Mapping[str, Any] = self._before.columns
        self._known: dict[str, Any] = told if ours and self._is_fresh(told) else {}
        if ours and not self._known:
            self._known = {key: told[key] for key in _KEPT if key in told}
            # What was refused may have been granted since.
            self._known["may"] = {what: True for what, allowed in told.get("may", {}).items() if allowed}
        self._schema: Schema | None = None
        self._changed: dict[str, str] = {}
        self._renamed: Mapping[str, str] = {}
        self.asked = False
        """Was Notion asked in this connection?"""

    def _is_fresh(self, told: Mapping[str, Any]) -> bool:
        if self._binding.fresh:
            return False
        try:
            return abs(self._binding.clock() - datetime.fromisoformat(told["at"])) < _GOOD_FOR
        except (KeyError, TypeError, ValueError):
            return False

    def _digest(self) -> str:
        """A hash of what the answers depend on: another address, token, scope or mapping makes them worthless."""
        connection, scope = self.settings.connection, self.settings.scope
        token = hashlib.sha256(connection.token.get_secret_value().encode()).hexdigest()
        told = [
            connection.url,
            connection.version,
            token,
            scope.database,
            scope.data_source,
            scope.key_property,
        ]
        mapping = sorted(looks.spelled(self._binding.vocabulary).items())
        return hashlib.sha256(json.dumps([told, mapping]).encode()).hexdigest()[:16]

    @property
    def schema(self) -> Schema:
        """Notion as the codec needs to know it."""
        if self._schema is None:
            if "columns" not in self._known:
                self._ask()
            self._schema = self._built()
        return self._schema

    @property
    def faces(self) -> Schema:
        """A schema to tell people by: they are there before any database is."""
        return Schema("", "", self._binding.vocabulary) if self.settings.scope.unmade else self.schema

    @property
    def me(self) -> dict[str, str]:
        """Escsync's own account: id, name and workspace."""
        _ = self.schema
        found: dict[str, str] = self._known["me"]
        return found

    def refresh(self) -> Schema:
        """Ask for the properties again, for something no longer fits."""
        if "columns" not in self._known:
            return self.schema
        self._before = Before(self._known["source"], self._known["columns"])
        inquiry = Inquiry(self._connection, self.settings.scope, self._before)
        found = inquiry.columns(self._known["source"], self._binding.vocabulary)
        self._keep()
        self._known |= found
        self._compare(inquiry)
        self._schema = None
        return self.schema

    def current(self) -> Schema:
        """The schema for a pull: what was missing is looked for once more, for it may have been mended since."""
        known = self._known.get("columns")
        if known is not None and resolved(self._binding.vocabulary, known)[1]:
            self.renewed()
        return self.schema

    def renewed(self) -> Schema | None:
        """The schema asked for again, where this connection has not done so yet."""
        return None if self.asked else self.refresh()

    def problems(self) -> tuple[Problem, ...]:
        """What the configuration maps and Notion no longer has, has changed, or does not let us do."""
        schema = self.schema
        found = list(drift.lost(schema))
        found += [drift.changed(*one) for one in self._changed.items() if one[0] not in schema.lost]
        found += drift.renamed(schema.vocabulary, self._known["columns"], self._renamed)
        if self.may("read") is False:
            found.append(drift.unheard())
        return tuple(found)

    def outline(self) -> Iterator[Part]:
        """The schema that the configuration leans on, freshly asked for."""
        source = str(self._known.get("source") or self._before.source)
        inquiry = Inquiry(self._connection, self.settings.scope, self._before)
        found = inquiry.columns(source or inquiry.source()["source"], self._binding.vocabulary)
        yield from outlines.parts(self._binding.vocabulary, found["columns"], self._handed)

    def recalled(self) -> Iterator[Part]:
        """The same as it was handed back; nothing is asked."""
        yield from outlines.parts(self._binding.vocabulary, self._handed)

    @property
    def beside(self) -> list[str]:
        """Other data sources of the same database."""
        return list(self._known.get("beside", ()))

    def told(self) -> Mapping[str, Any]:
        """Everything, as plain JSON."""
        self._keep()
        return self._known

    def may(self, what: str) -> bool | None:
        """May the connection `read` comments, or see `users`? None: it was not tried yet."""
        found: bool | None = self._known.get("may", {}).get(what)
        return found

    def learn(self, what: str, allowed: bool) -> None:
        """It was tried."""
        self._known["may"] = {**self._known.get("may", {}), what: allowed}

    def marks(self) -> dict[str, str]:
        """The marks of the pages that escsync created, by their ids, as far as they were looked at."""
        found: dict[str, str] = self._known.setdefault("marks", {})
        return found

    def mark(self, id: str, mark: str) -> None:
        """A page was looked at, and this is its mark ("" for none)."""
        self._known["marks"] = dict(list({**self.marks(), id: mark}.items())[-_MOST_MARKS:])

    def note(self, page: str) -> str:
        """The id of the note that was last seen or written on a page; "" where none is known."""
        return str(self._known.get("notes", {}).get(page, ""))

    def remember(self, page: str, note: str) -> None:
        """This is the page's note; "" for none any more."""
        notes = {id: one for id, one in self._known.get("notes", {}).items() if id != page}
        self._known["notes"] = dict(list({**notes, **({page: note} if note else {})}.items())[-_MOST_NOTES:])

    def _keep(self) -> None:
        if self._schema is not None:
            self._known["resolved"] = {id: list(one) for id, one in self._schema.resolved.items()}
            self._known["names"] = dict(list(self._schema.names.items())[-_MOST_NAMES:])

    def _ask(self) -> None:
        inquiry = Inquiry(self._connection, self.settings.scope, self._before)
        me, where = inquiry.me(), inquiry.source()
        found = inquiry.columns(where["source"], self._binding.vocabulary)
        at = self._binding.clock().astimezone(UTC).isoformat()
        self._known |= {"me": me, **where, **found, "format": _FORMAT, "for": self._digest(), "at": at}
        self._compare(inquiry)

    def _compare(self, inquiry: Inquiry) -> None:
        """What is of another type, or another name, than it was."""
        self.asked = True
        self._renamed = inquiry.renamed
        now = self._known["columns"]
        self._changed |= dict(drift.changes(self._binding.vocabulary, self._before.columns, now))

    def _built(self) -> Schema:
        known = self._known
        columns, lost = resolved(self._binding.vocabulary, known["columns"])
        spelled = looks.spelled(self._binding.vocabulary)
        for name in ESSENTIAL:
            if name in lost and not spelled[name]:
                raise Denied(f"fields.{name}: {lost[name]}", remedy=f"escsync cannot work without {name}")
            if name in lost:
                raise Lost(name, lost[name])
        key = known["columns"].get(self.settings.scope.key_property)
        unique = known.get("unique")
        return Schema(
            me=known["me"]["id"],
            source=known["source"],
            vocabulary=self._binding.vocabulary,
            columns=columns,
            lost=lost,
            unique=Column.of(unique) if unique else None,
            key=Column.of(key) if isinstance(key, dict) and key["type"] == "rich_text" else None,
            resolved={id: (one[0], one[1], one[2]) for id, one in known.get("resolved", {}).items()},
            names={known["me"]["id"]: known["me"]["name"], **known.get("names", {})},
        )

"""What a page does not tell by itself: long lists, related pages, and people of whom it shows nothing but an id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from escsync.adapter import Denied, Rejected, Vanished

from . import codec
from .codec import Raw
from .columns import Column, plain
from .connection import Connection
from .discovery import Discovery
from .query import Query
from .schema import Schema, by_id
from .settings import dashes

_MOST_LOOKED_AT = 1000
_FEW = 5
"""So many related pages are read one by one; more of them by asking their data source."""


class Completion:
    """Pages, completed where they need it. What was read of other data sources is kept for the connection's life."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery
        self.related: dict[str, Raw] = {}
        self.dark: dict[str, str] = {}
        """The relations, by their ids, that led to a page which is not shared, and what they are called."""

    def complete(self, pages: Sequence[Raw], schema: Schema) -> None:
        """Look up what is related to *pages*, and ask about strangers on them and there."""
        self.people((id for raw in pages for id in codec.strangers(raw, schema)), schema)
        for source in dict.fromkeys(column.source for column in schema.every() if column.via):
            of_it = [column for column in schema.every() if column.via and column.source == source]
            self._relations(pages, of_it)
        self.people((id for raw in pages for id in self._beyond(raw, schema)), schema)

    def lists(self, raw: Raw, schema: Schema) -> None:
        """Fill in what is cut short on a page."""
        found = by_id(raw)
        for column in codec.cut(raw, schema):
            entry = found[plain(column.via or column.id)]
            kind = str(entry["type"])
            try:
                found[plain(column.via or column.id)] = {
                    **entry,
                    kind: self._items(raw, str(entry["id"]), kind),
                    "has_more": False,
                }
            except (Rejected, Vanished):
                continue  # deleted, or without an address: then what the page tells has to do

    def _items(self, raw: Raw, property: str, kind: str) -> list[Any]:
        path = f"pages/{codec.reference(raw).id}/properties/{property}"
        pages = self._connection.listed(path, what="reading a long property")
        return [one[kind] for page in pages for one in page if one.get("type") == kind and one.get(kind)]

    def people(self, ids: Iterable[str], schema: Schema) -> None:
        """Who is it? One who has left cannot be asked about any more."""
        for id in dict.fromkeys(ids):
            if id in schema.resolved or self._discovery.may("users") is False:
                continue
            try:
                raw = self._connection.get(
                    f"users/{id}", what="asking about a user", needs="user information"
                ).page()
            except (Vanished, Rejected):
                schema.resolved[id] = (schema.names.get(id, ""), "person", False)
            except Denied:
                if self._connection.shut is not None:
                    raise
                self._discovery.learn("users", allowed=False)
            else:
                name = raw.get("name")
                schema.resolved[id] = (name if isinstance(name, str) else "", str(raw.get("type")), True)

    def _relations(self, pages: Sequence[Raw], columns: Sequence[Column]) -> None:
        """The pages that *columns*, all of one data source, stand on."""
        ids = (id for raw in pages for column in columns for id in codec.relations(raw, column))
        wanted = [id for id in dict.fromkeys(ids) if id not in self.related]
        if len(wanted) > _FEW:
            needed = list(dict.fromkeys(plain(column.id) for column in columns))
            query = Query(self._connection, columns[0].source, needed, "asking for related pages")
            missing = set(wanted)
            try:
                for page in query.everything():
                    self.related |= {dashes(str(one.get("id"))): one for one in page}
                    missing -= self.related.keys()
                    if not missing:
                        break
            except (Vanished, Rejected):
                pass  # not shared any more, or changed: one by one tells which
            wanted = list(missing)
        for id in wanted[:_MOST_LOOKED_AT]:
            try:
                self.related[id] = self._connection.get(f"pages/{id}", what="reading a related page").page()
            except (Vanished, Rejected):
                self.related[id] = {}
        for column in columns:
            if column.via not in self.dark and any(self._is_dark(raw, column) for raw in pages):
                self.dark[column.via] = column.through or column.via

    def is_whole(self, raw: Raw, schema: Schema) -> bool:
        """Could all be read that the page relates to?"""
        return not any(column.via and self._is_dark(raw, column) for column in schema.every())

    def _is_dark(self, raw: Raw, column: Column) -> bool:
        return any(not self.related.get(id) for id in codec.relations(raw, column))

    def _beyond(self, raw: Raw, schema: Schema) -> Iterable[str]:
        """The strangers among the people of related pages."""
        for column in schema.every():
            for id in codec.relations(raw, column) if column.via else ():
                told = by_id(self.related.get(id) or {}).get(plain(column.id), {}).get("people")
                for one in told if isinstance(told, list) else ():
                    if isinstance(one, dict) and schema.is_stranger(one):
                        yield str(one["id"])

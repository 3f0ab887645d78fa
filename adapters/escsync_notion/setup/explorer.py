"""A first look round a workspace, before anything is mapped: where escalations may be kept, and what a database holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import FieldKind, Retry
from escsync.offers import Available, Place, Shape, Step

from .. import columns as looks
from .. import richtext
from ..codec import Raw
from ..columns import GROUPS, Column
from ..connection import Connection, Transport
from ..settings import NotionConnection, dashes

_LIKELY = re.compile(r"escal|eskal|exec|vip|incident", re.IGNORECASE)
_MOST = 5
"""So many pages of a hundred results are looked at: search does not promise to find everything."""
_KINDS = tuple(kind for kind in FieldKind if kind is not FieldKind.STAGE)


class NotionExplorer:
    """A connection that knows no mapping yet."""

    def __init__(self, settings: NotionConnection, retry: Retry, transport: Transport | None = None) -> None:
        self._connection = Connection(settings, retry, transport)

    def places(self) -> Iterator[Place]:
        """The databases that are shared with the connection, and then the pages below which one can be made."""
        sources = [raw for raw in found(self._connection, "data_source") if not raw.get("in_trash")]
        above = Counter(map(_database, sources))
        for raw in sorted(sources, key=lambda raw: not _LIKELY.search(title(raw))):
            id, database = dashes(str(raw.get("id"))), _database(raw)
            # Of a database with several data sources its own name would not tell which.
            also = ({"database": database},) if database and above[database] == 1 else ()
            yield Place(id, title(raw) or id, {"data_source": id}, "database", also=also)
        pages = [raw for raw in found(self._connection, "page") if is_plain(raw)]
        for raw in sorted(pages, key=lambda raw: not _LIKELY.search(title(raw))):
            id = dashes(str(raw.get("id")))
            yield Place(id, title(raw) or id, {"page": id}, "page", empty=True)

    def shape(self, place: Place) -> Shape:
        """The properties of the database, and the options of its status property."""
        if place.empty:
            return Shape(
                notes=("there is no database yet: `escsync provision --apply` makes it below the page",)
            )
        what = "reading the properties"
        raw = self._connection.get(f"data_sources/{place.id}", what=what).mapping()
        every = looks.listed(raw.get("properties"))
        status = next((one for one in every if one.type == "status"), None) or _stood_in(every)
        notes = (
            [] if status else ["it has no property of the type Status: `escsync provision --apply` adds one"]
        )
        if status is not None and status.type != "status":
            notes = [
                f"it has no property of the type Status: map the select under fields.stage: {status.id!r}"
            ]
        if not any(one.type == "unique_id" for one in every):
            notes.append(
                "its pages have no numbers: `escsync provision --apply` adds a property of the type ID"
            )
        return Shape(tuple(map(_available, every)), tuple(_steps(status)), tuple(notes))

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def found(connection: Connection, kind: str, most: int = _MOST) -> Iterator[Raw]:
    """What of this kind (page, data_source) the connection may see, the latest edited first, as far as *most* answers tell."""
    body: dict[str, Any] = {
        "filter": {"property": "object", "value": kind},
        "sort": {"timestamp": "last_edited_time", "direction": "descending"},
        "page_size": 100,
    }
    met = set[str]()
    for _ in range(most):
        answer = connection.post("search", body, what="looking what is shared with the connection", safe=True)
        for raw in answer.listing():
            id = str(raw.get("id"))
            if raw.get("object") == kind and id not in met:
                met.add(id)
                yield raw
        cursor = answer.onward()
        if not cursor:
            return
        body = {**body, "start_cursor": cursor}


def title(raw: Mapping[str, Any]) -> str:
    """What a page or a data source is called, in one line."""
    told = raw.get("title")
    if not isinstance(told, list):
        entries = raw.get("properties")
        listed = entries.values() if isinstance(entries, dict) else ()
        told = next(
            (one.get("title") for one in listed if isinstance(one, dict) and one.get("type") == "title"), []
        )
    return " ".join(richtext.plain(told).split())[:80]


def is_plain(raw: Mapping[str, Any]) -> bool:
    """Is a page one that stands by itself, and no row of a database?"""
    parent = raw.get("parent")
    kind = parent.get("type") if isinstance(parent, dict) else ""
    return kind in ("workspace", "page_id", "block_id") and not raw.get("in_trash")


def _database(raw: Mapping[str, Any]) -> str:
    """The id of the database in which a data source stands; "" where that is not told."""
    parent = raw.get("parent")
    told = parent.get("database_id") if isinstance(parent, dict) else None
    return dashes(told) if isinstance(told, str) else ""


def _available(column: Column) -> Available:
    """What a property can hold, the best first: by the first of the types that are best for each form."""
    fit = [kind for kind in _KINDS if column.type in looks.FITTING[kind]]
    kinds: list[FieldKind] = sorted(fit, key=lambda kind: looks.FITTING[kind].index(column.type))
    writable = column.type not in looks.READ_ONLY
    options = {one.id: one.name for one in column.options}
    if column.type == "status":
        kinds.insert(0, FieldKind.STAGE)
    elif column.type == "select":
        kinds.append(FieldKind.STAGE)
    return Available(column.id, column.name, column.type, tuple(kinds), options, writable)


def _stood_in(every: list[Column]) -> Column | None:
    """A select that is called as a status property would be."""
    known = (one for one in every if one.type == "select" and one.options)
    return next((one for one in known if one.name.strip().casefold() in ("status", "stage", "state")), None)


def _steps(status: Column | None) -> Iterator[Step]:
    """The statuses, group by group as Notion shows them; a new page gets the first."""
    options = status.options if status else ()
    ordered = sorted(options, key=lambda one: GROUPS.index(one.group) if one.group in GROUPS else len(GROUPS))
    for order, one in enumerate(ordered):
        yield Step(one.name, one.name, done=one.group == GROUPS[-1], initial=order == 0, order=order)

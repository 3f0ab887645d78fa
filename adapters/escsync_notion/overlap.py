"""What two pulls both bring: told apart from what changed between them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from . import codec, instants
from .schema import Schema

_MOST = 500
"""More than that is not worth remembering: the rest is only read twice."""


class Overlap:
    """Pages by a hash of all that is read of them: those that were edited shortly before the last pull, for Notion's
    times have no seconds, and of two edits in one minute the second shows in the content alone.

    With *costly* also those that are watched: they come in every pull, and to tell them takes calls of its own, since
    facts of them stand on related pages. The hash covers who has left, which is what they are watched for.
    """

    def __init__(self, cursor: Mapping[str, Any], watched: Collection[str], *, costly: bool) -> None:
        self._before = _marks(cursor.get("seen"))
        self._watched = watched
        self._costly = costly
        self._known = _marks(cursor.get("known")) if costly else {}
        self._now: dict[str, str] = {}

    def new(
        self, pages: list[dict[str, Any]], since: datetime | None, schema: Schema
    ) -> Iterator[dict[str, Any]]:
        """Those of *pages* that are not known like this, or are watched at no cost. The next pull will ask *since*."""
        for raw in pages:
            id = codec.reference(raw).id
            edited = instants.moment(raw.get("last_edited_time"))
            again = bool(edited and since and since <= edited)
            kept = self._costly and (id in self._watched or id in self._known)
            # What a page does not tell in full, its hash does not cover.
            if (again or kept or id in self._before) and not codec.cut(raw, schema):
                mark = codec.mark(raw, schema)
                told = mark in (self._before.get(id), self._known.pop(id, None))
                if again:
                    self._now[id] = mark
                if kept:
                    self._known[id] = mark
                if told and (self._costly or id not in self._watched):
                    continue
            yield raw

    def forget(self, id: str) -> None:
        """Have a page come again: something that belongs to it could not be read."""
        self._now.pop(id, None)
        self._known.pop(id, None)

    def seen(self) -> dict[str, dict[str, str]]:
        """What the next pull must know."""
        known = {"known": dict(list(self._known.items())[-_MOST:])} if self._known else {}
        return {"seen": dict(list(self._now.items())[-_MOST:]), **known}


def _marks(told: object) -> dict[str, str]:
    return dict(told) if isinstance(told, dict) else {}

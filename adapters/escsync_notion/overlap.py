"""What two pulls both bring, because they overlap: told apart from what changed between them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from . import codec, instants
from .schema import Schema

_MOST = 500
"""More than that is not worth remembering: the rest is only read twice."""


class Overlap:
    """Pages that were edited shortly before the last pull, by a hash of all that is read of them.

    Notion's times have no seconds: of two edits in one minute the second shows in the content alone.
    """

    def __init__(self, seen: object, watched: Collection[str]) -> None:
        self._before: Mapping[str, Any] = seen if isinstance(seen, dict) else {}
        self._watched = watched
        self._now: dict[str, str] = {}

    def new(
        self, pages: list[dict[str, Any]], since: datetime | None, schema: Schema
    ) -> Iterator[dict[str, Any]]:
        """Those of *pages* that are watched or not known like this. The next pull will ask again *since*."""
        for raw in pages:
            id = codec.reference(raw).id
            edited = instants.moment(raw.get("last_edited_time"))
            again = bool(edited and since and since <= edited)
            # What a page does not tell in full, its hash does not cover.
            if (again or id in self._before) and not codec.cut(raw, schema):
                mark = codec.mark(raw, schema)
                if again:
                    self._now[id] = mark
                if self._before.get(id) == mark and id not in self._watched:
                    continue
            yield raw

    def seen(self) -> dict[str, str]:
        """What the next pull must know."""
        return dict(list(self._now.items())[-_MOST:])

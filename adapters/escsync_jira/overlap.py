"""What two pulls both bring, because they overlap: told apart from what changed between them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from . import instants

_MOST = 500
"""More than that is not worth remembering: the rest is only read twice."""


class Overlap:
    """Tickets that came at the end of the last pull, by a hash of all that came of them."""

    def __init__(self, seen: object, watched: Collection[str]) -> None:
        self._before: Mapping[str, Any] = seen if isinstance(seen, dict) else {}
        self._watched = watched
        self._now: dict[str, str] = {}

    def new(
        self, page: list[dict[str, Any]], started: datetime | None, since: datetime | None, zone: tzinfo
    ) -> Iterator[dict[str, Any]]:
        """The tickets of *page* that are watched or not known like this.

        The next pull will ask again *since*; what changed after this one *started* is better read twice.
        """
        for raw in page:
            id = str(raw.get("id"))
            updated = _updated(raw, zone)
            again = bool(updated and started and since and since <= updated <= started)
            if (again or id in self._before) and _whole(raw):
                digest = _digest(raw)
                if again:
                    self._now[id] = digest
                if self._before.get(id) == digest and id not in self._watched:
                    continue
            yield raw

    def seen(self) -> dict[str, str]:
        """What the next pull must know."""
        return dict(list(self._now.items())[-_MOST:])


def _updated(raw: Mapping[str, Any], zone: tzinfo) -> datetime | None:
    fields = raw.get("fields")
    return instants.moment(fields.get("updated") if isinstance(fields, dict) else None, zone)


def _whole(raw: Mapping[str, Any]) -> bool:
    """Does the hash cover comments and changes? If it does not, nothing can be told from it."""
    fields, changelog = raw.get("fields"), raw.get("changelog")
    comment = fields.get("comment") if isinstance(fields, dict) else None
    return isinstance(comment, dict) and isinstance(changelog, dict)


def _digest(raw: Mapping[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(raw, sort_keys=True).encode(), digest_size=9).hexdigest()

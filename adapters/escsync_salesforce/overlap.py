"""What two pulls both bring, because they overlap: told apart from what changed between them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

_MOST = 500
"""More than that is not worth remembering: the rest is only read twice."""


class Overlap:
    """Rows of one kind that came at the end of the last pull, by a hash of what came of them.

    *since* is from when on the next pull will ask: what is older will not come again.
    """

    def __init__(self, seen: object, since: datetime | None) -> None:
        self._before: Mapping[str, Any] = seen if isinstance(seen, dict) else {}
        self._since = since
        self._now: dict[str, str] = {}

    def is_new(self, key: str, told: object, stamp: datetime | None) -> bool:
        """Was it unknown like this, before this pull and in it? It is known from now on."""
        again = self._since is None or stamp is None or stamp >= self._since
        if not again and key not in self._before:
            return True
        digest = _digest(told)
        known = digest in (self._before.get(key), self._now.get(key))
        if again:
            self._now[key] = digest
        return not known

    def seen(self) -> dict[str, str]:
        """What the next pull must know."""
        return dict(list(self._now.items())[-_MOST:])


def _digest(told: object) -> str:
    written = json.dumps(told, sort_keys=True, default=str).encode()
    return hashlib.blake2b(written, digest_size=9).hexdigest()

"""Listening: a page's comments cost a call of their own, and only where the connection may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from escsync.adapter import Denied, NoteSeen, Rejected, TicketRef, Vanished

from . import comments
from .codec import MALFORMED
from .comments import Said
from .completion import Completion
from .connection import Connection
from .discovery import Discovery
from .settings import identified

_WHAT = "reading comments"
NOBODY = "00000000-0000-4000-8000-000000000000"
"""A page that does not exist: what is asked of it changes nothing, and is refused for want of the right or of the page."""


class Unheard(Denied):
    """The connection may not read comments; said once, and not tried again by this connection."""


class Conversation:
    """The comments of pages."""

    def __init__(self, connection: Connection, discovery: Discovery, completion: Completion) -> None:
        self._connection = connection
        self._discovery = discovery
        self._completion = completion
        self.refused = False
        """Was this connection told that it may not read them? The next one asks again: it may be granted by then."""
        self.heard: set[str] = set()
        """Pages that were listened to."""
        self.twins: dict[str, tuple[str, ...]] = {}
        """The ids of further notes of ours on a page, as a pass that broke off or a resolved thread leaves them."""

    def find_out(self, refs: Sequence[TicketRef]) -> None:
        """May comments be read? Only trying tells; that none are there, or no such page, means something else."""
        ref = next((ref for ref in refs if identified(ref.id)), TicketRef(NOBODY))
        try:
            self.hear(ref)
        except (Vanished, Rejected):
            self._discovery.learn("read", allowed=True)
        except Unheard:
            return

    def hear(self, ref: TicketRef, url: str = "") -> Said | None:
        """What was said on a page; None where this connection was told that it may not read comments.

        Vanished where there is no such page; Unheard where it is found out just now.
        """
        if self.refused:
            return None
        if not identified(ref.id):
            raise Vanished(f"{_WHAT}: no id of a page")
        try:
            raw = self._comments(ref.id)
        except Denied as error:
            if self._connection.shut is None:
                self.refused = True
                self._discovery.learn("read", allowed=False)
                raise Unheard(error.message, remedy=error.remedy) from None
            raise
        self._discovery.learn("read", allowed=True)
        schema = self._discovery.schema
        self._completion.people(list(comments.strangers(raw, schema)), schema)
        try:
            messages, notes = comments.messages(raw, schema, url), comments.notes(raw, schema)
        except MALFORMED:
            raise Rejected(
                f"the comments of {ref.key or ref.id} cannot be read", remedy="open the page in Notion"
            ) from None
        self.heard.add(ref.id)
        if not notes:
            return messages, self._unlisted(ref)
        self._discovery.remember(ref.id, notes[0].id)
        self.twins[ref.id] = tuple(twin.id for twin in notes[1:])
        return messages, replace(notes[0], twins=self.twins[ref.id])

    def _unlisted(self, ref: TicketRef) -> NoteSeen | None:
        """The note that was known before: somebody may have resolved its thread, and it is there all the same."""
        known = self._discovery.note(ref.id)
        if not known:
            return None
        try:
            raw = self._connection.get(f"comments/{known}", what=_WHAT, needs="read comments").page()
            return next(iter(comments.notes([raw], self._discovery.schema)), None)
        except (Vanished, Rejected):
            return None
        except Denied:
            if self._connection.shut is not None:
                raise
            return None

    def _comments(self, page: str) -> list[dict[str, Any]]:
        """All un-resolved ones, each once."""
        found: dict[str, dict[str, Any]] = {}
        for listed in self._connection.listed("comments", what=_WHAT, needs="read comments", block_id=page):
            found |= {str(one.get("id")): one for one in listed if _is_pages(one, page)}
        return list(found.values())


def _is_pages(comment: dict[str, Any], page: str) -> bool:
    """Does it stand on the page itself, rather than on a line of its text?"""
    parent = comment.get("parent")
    told = parent.get("page_id") if isinstance(parent, dict) else None
    return not isinstance(told, str) or identified(told) == page

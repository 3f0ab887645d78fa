"""Listening: a page's comments cost a call of their own, and only where the connection may read them."""

from __future__ import annotations

from typing import Any

from escsync.adapter import Denied, Rejected, TicketRef, Vanished

from . import comments
from .codec import MALFORMED
from .comments import Said
from .completion import Completion
from .connection import Connection
from .discovery import Discovery
from .settings import identified

_WHAT = "reading comments"


class Unheard(Denied):
    """The connection may not read comments; said once, and never tried again by this connection."""


class Conversation:
    """The comments of pages."""

    def __init__(self, connection: Connection, discovery: Discovery, completion: Completion) -> None:
        self._connection = connection
        self._discovery = discovery
        self._completion = completion
        self.notes: dict[str, str] = {}
        """The ids of the notes that were seen or written, "" where there is none."""

    @property
    def open(self) -> bool:
        """May they be read, as far as is known?"""
        return self._discovery.may("read") is not False

    def hear(self, ref: TicketRef, url: str = "") -> Said | None:
        """What was said on a page; None where the connection is known not to read comments.

        Vanished where there is no such page; Unheard where it is found out just now.
        """
        if not self.open:
            return None
        if not identified(ref.id):
            raise Vanished(f"{_WHAT}: no id of a page")
        try:
            raw = self._comments(ref.id)
        except Denied as error:
            if self._connection.shut is None:
                self._discovery.learn("read", allowed=False)
                raise Unheard(error.message, remedy=error.remedy) from None
            raise
        self._discovery.learn("read", allowed=True)
        schema = self._discovery.schema
        self._completion.people(list(comments.strangers(raw, schema)), schema)
        try:
            said = comments.read(raw, schema, url)
        except MALFORMED:
            raise Rejected(
                f"the comments of {ref.key or ref.id} cannot be read", remedy="open the page in Notion"
            ) from None
        self.notes[ref.id] = said[1].id if said[1] else ""
        return said

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

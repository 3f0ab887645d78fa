"""The living note: one comment of escsync's own on each page, brought up to date in place."""

from __future__ import annotations

from collections.abc import Collection

from escsync.adapter import (
    Ambiguous,
    Denied,
    NoteSeen,
    Rejected,
    TicketRef,
    Vanished,
    WriteNote,
)

from . import comments, richtext
from .connection import Connection
from .conversation import Conversation, Unheard
from .discovery import Discovery

_WHAT = "writing the note"
_NEEDS = "insert comments"


class Notes:
    """Escsync's comments. A comment on a page is seen by those who see the page, and by nobody else."""

    def __init__(self, connection: Connection, discovery: Discovery, conversation: Conversation) -> None:
        self._connection = connection
        self._discovery = discovery
        self._conversation = conversation
        self._refused = False

    def write(self, ticket: TicketRef, edit: WriteNote) -> NoteSeen:
        """Write the note, and say which one it is now."""
        if self._refused or self._conversation.refused:
            raise self._forbidden()
        body = comments.body(edit.text, edit.digest)
        if len(body["rich_text"]) > richtext.RUNS:
            raise Rejected(f"{_WHAT}: it is longer than Notion takes")
        at = edit.at or self._known(ticket)
        if not at or not self._rewritten(ticket, at, body):
            at = self._anew(ticket, edit, body, at)
        self._discovery.remember(ticket.id, at)
        self._tidy(ticket, at, edit.twins)
        return NoteSeen(at, edit.digest)

    def _anew(self, ticket: TicketRef, edit: WriteNote, body: dict[str, object], gone: str) -> str:
        """Post the note, where looking shows none that can be changed in place of the one that is *gone*."""
        found = self._look(ticket) if gone else None
        if found is not None and found.id != gone and self._rewritten(ticket, found.id, body):
            return found.id
        if found is not None:
            self._remove(found.id)
        return self._add(ticket, body, edit)

    def _known(self, ticket: TicketRef) -> str:
        """The note that was seen last, in whatever pass; where nobody has looked yet, one of a pass that broke off."""
        known = self._discovery.note(ticket.id)
        if known or ticket.id in self._conversation.heard:
            return known
        found = self._look(ticket)
        return found.id if found else ""

    def _look(self, ticket: TicketRef) -> NoteSeen | None:
        try:
            said = self._conversation.hear(ticket)
        except Unheard:
            said = None
        if said is None:
            raise self._forbidden()
        return said[1]

    def _rewritten(self, ticket: TicketRef, id: str, body: dict[str, object]) -> bool:
        """Was the comment changed in place? It may be gone, another account's, or not every version can change one."""
        try:
            self._connection.patch(f"comments/{id}", body, what=_WHAT, needs=_NEEDS)
        except Vanished:
            if self._discovery.note(ticket.id) == id:
                self._discovery.remember(ticket.id, "")
            return False
        except Rejected:
            return False
        except Denied:
            if self._connection.shut is not None:
                raise
            return False
        return True

    def _remove(self, id: str) -> None:
        """Take back a note that cannot be changed, so that there is never more than one."""
        try:
            self._connection.delete(f"comments/{id}", what=_WHAT, needs=_NEEDS)
        except Vanished:
            pass
        except Denied:
            raise self._denied() from None
        except Rejected:
            raise Rejected(
                f"{_WHAT}: the comment can neither be changed nor removed",
                remedy="delete escsync's comment on the page by hand, or set connection.version to the newest",
            ) from None

    def _tidy(self, ticket: TicketRef, note: str, planned: Collection[str]) -> None:
        """Delete the note's twins: there is one note of escsync's on a page."""
        twins = {*planned, *self._conversation.twins.pop(ticket.id, ())} - {note}
        for twin in sorted(twins):
            try:
                self._connection.delete(f"comments/{twin}", what=_WHAT, needs=_NEEDS)
            except Vanished:
                continue
            except (Denied, Rejected):
                raise Rejected(
                    f"escsync's note stands there {len(twins) + 1} times, and the others could not be deleted",
                    remedy="delete escsync's other comments on the page by hand, or set connection.version to the newest",
                ) from None

    def _add(self, ticket: TicketRef, body: dict[str, object], edit: WriteNote) -> str:
        told = {"parent": {"page_id": ticket.id}, **body}
        try:
            answer = self._connection.post("comments", told, what=_WHAT, safe=False, needs=_NEEDS)
        except Denied:
            raise self._denied() from None
        except Ambiguous:
            # Once posted, twice posted: only looking tells.
            found = self._look(ticket)
            if found is None or found.digest != edit.digest:
                raise
            return found.id
        return str(answer.page()["id"])

    def _denied(self) -> Denied:
        """One refusal is every note's in this connection; the next one tries again."""
        if isinstance(self._connection.shut, Denied):
            return self._connection.shut
        self._refused = True
        return self._forbidden()

    def _forbidden(self) -> Denied:
        needed = "insert comments" if self._refused else "read comments"
        return Denied(
            f"{_WHAT}: the connection may not {needed}",
            remedy="give the connection the capabilities 'read comments' and 'insert comments'",
        )

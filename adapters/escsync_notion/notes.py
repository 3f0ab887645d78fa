"""The living note: one comment of escsync's own on each page, brought up to date in place."""

from __future__ import annotations

from escsync.adapter import Ambiguous, Denied, NoteSeen, Rejected, TicketRef, Vanished, WriteNote

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

    @property
    def possible(self) -> bool:
        """As far as is known: a note that cannot be read again could not be kept up to date."""
        return self._conversation.open and self._discovery.may("insert") is not False

    def write(self, ticket: TicketRef, edit: WriteNote) -> NoteSeen:
        """Write the note, and say which one it is now."""
        if not self.possible:
            raise self._forbidden()
        body = comments.body(edit.text, edit.digest)
        if len(body["rich_text"]) > richtext.RUNS:
            raise Rejected(f"{_WHAT}: it is longer than Notion takes")
        at = edit.at or self._known(ticket)
        if at and self._rewritten(at, body):
            return self._seen(ticket, at, edit)
        if at:
            found = self._look(ticket)
            if found is not None and found.id != at and self._rewritten(found.id, body):
                return self._seen(ticket, found.id, edit)
            if found is not None:
                self._remove(found.id)
        return self._seen(ticket, self._add(ticket, body, edit), edit)

    def _known(self, ticket: TicketRef) -> str:
        """The note that was seen; where nobody has looked yet, there might be one of a pass that broke off."""
        if ticket.id not in self._conversation.notes:
            found = self._look(ticket)
            return found.id if found else ""
        return self._conversation.notes[ticket.id]

    def _look(self, ticket: TicketRef) -> NoteSeen | None:
        try:
            said = self._conversation.hear(ticket)
        except Unheard:
            said = None
        if said is None:
            raise self._forbidden()
        return said[1]

    def _rewritten(self, id: str, body: dict[str, object]) -> bool:
        """Was the comment changed in place? It may be gone, and not every version can change one."""
        try:
            self._connection.patch(f"comments/{id}", body, what=_WHAT, needs=_NEEDS)
        except (Vanished, Rejected):
            return False
        except Denied:
            raise self._denied() from None
        return True

    def _remove(self, id: str) -> None:
        """Take back a note that cannot be changed, so that there is never more than one."""
        try:
            self._connection.delete(f"comments/{id}", what=_WHAT, needs=_NEEDS)
        except Vanished:
            pass
        except (Denied, Rejected):
            raise Rejected(
                f"{_WHAT}: the comment can neither be changed nor removed",
                remedy="delete escsync's comment on the page by hand, or set connection.version to the newest",
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
        self._discovery.learn("insert", allowed=True)
        return str(answer.page()["id"])

    def _seen(self, ticket: TicketRef, id: str, edit: WriteNote) -> NoteSeen:
        self._conversation.notes[ticket.id] = id
        return NoteSeen(id, edit.digest)

    def _denied(self) -> Denied | Rejected:
        if isinstance(self._connection.shut, Denied):
            return self._connection.shut
        self._discovery.learn("insert", allowed=False)
        return self._forbidden()

    def _forbidden(self) -> Rejected:
        return Rejected(
            f"{_WHAT}: the connection may not read and insert comments",
            remedy="give the connection the capabilities 'read comments' and 'insert comments'",
        )

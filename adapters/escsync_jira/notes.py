"""The living note: written beside the fields or alone, and never where a customer could read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from escsync.adapter import Denied, Rejected, Vanished, WriteNote

from . import comments, encode
from .connection import Connection
from .discovery import Discovery
from .reader import Met

_WHAT = "writing the note"


class Notes:
    """Escsync's one comment on each ticket."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery

    @property
    def possible(self) -> bool:
        """Is it known that an internal note can be kept internal here?"""
        return self._discovery.recall("internal") is not False

    def beside_fields(self, met: Met) -> bool:
        """May it go in the request that writes the fields?

        A service desk's first note goes alone, for only then does Jira tell at once who sees it. A server that
        shows no comments with its tickets takes none with them either.
        """
        if met.service_desk and self._discovery.recall("internal") is None:
            return False
        return not self._discovery.recall("partial")

    def operation(self, edit: WriteNote, met: Met) -> dict[str, Any]:
        """The note as a part of a ticket's update."""
        body = self._body(edit, met)
        return {"edit": {"id": met.note, **body}} if met.note else {"add": body}

    def write(self, ticket: str, edit: WriteNote, met: Met) -> None:
        """Write the note by itself."""
        self._allowed(met)
        body, path = self._body(edit, met), f"issue/{ticket}/comment"
        if met.note:
            answer = self._connection.put(f"{path}/{met.note}", body, what=_WHAT, safe=True)
        else:
            answer = self._connection.post(path, body, what=_WHAT, safe=False)
        if met.service_desk and self._discovery.recall("internal") is None:
            self._prove(path, answer.mapping(), new=not met.note)

    def tidy(self, ticket: str, edit: WriteNote) -> None:
        """Delete the note's twins: there is one note of escsync's on a ticket."""
        for twin in edit.twins:
            try:
                self._connection.delete(f"issue/{ticket}/comment/{twin}", what="deleting a second note")
            except Vanished:
                continue
            except (Denied, Rejected):
                raise Rejected(
                    f"escsync's note stands there {len(edit.twins) + 1} times, and the others could not be deleted",
                    remedy=f"let escsync's account delete its own comments, or delete comment {twin} by hand",
                ) from None

    def _body(self, edit: WriteNote, met: Met) -> dict[str, Any]:
        schema = self._discovery.schema
        self._allowed(met)
        return {
            "body": encode.note(edit.text, edit.digest, schema),
            "properties": encode.note_properties(edit.digest, service_desk=met.service_desk),
        }

    def _allowed(self, met: Met) -> None:
        if met.service_desk and not self.possible:
            raise Rejected(
                "not internal: this service desk does not keep escsync's note from customers",
                remedy="let escsync's account be an agent of the service desk, or set mode: observe",
            )

    def _prove(self, path: str, written: Mapping[str, Any], *, new: bool) -> None:
        """Is it really internal? What is not is taken back at once, and no more is written."""
        id = str(written.get("id") or "")
        told = written
        if not isinstance(written.get("jsdPublic"), bool):
            told = self._connection.get(f"{path}/{id}", what=_WHAT, expand="properties").mapping()
        internal = told.get("jsdPublic") is False or ("jsdPublic" not in told and comments.internal(told))
        self._discovery.remember("internal", internal)
        if not internal:
            if new:
                self._connection.delete(f"{path}/{id}", what="taking the note back")
            raise Rejected("not internal: the note was visible to customers and was taken back")

"""The rehearsal: a case of escsync's own, opened to try everything on and deleted again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from escsync.adapter import Denied, Draft, Rejected, TicketRef, TrackerError

from .. import ids, instants, soql
from ..answers import Refusal, failure, of_record
from ..connection import Connection
from ..creation import Creation
from ..describe import options
from ..discovery import Discovery

_WHAT = "deleting the test case"
_SUBJECT = "escsync test, may be deleted"
_FILLERS: Mapping[str, Any] = {
    **dict.fromkeys(("string", "textarea", "combobox"), "escsync test"),
    **dict.fromkeys(("double", "currency", "percent", "int"), 0),
    "email": "escsync@example.com",
    "phone": "0",
    "url": "https://example.com",
}


class Rehearsal:
    """One test case at a time."""

    def __init__(self, connection: Connection, discovery: Discovery, creation: Creation) -> None:
        self._connection = connection
        self._discovery = discovery
        self._creation = creation

    def scratch(self, mark: str) -> TicketRef:
        """Open a case in scope; one that `scope.where` would not find is no test, and is deleted at once."""
        if there := next(iter(self._creation.find([mark])), None):
            return there.ref
        self._deletable()
        draft = Draft(mark, {"summary": f"{_SUBJECT} ({mark})"})
        ref = self._creation.create(draft, self._required())
        if self._beyond(ref):
            self.discard(ref)
            raise Rejected(
                "a new case is not in scope: scope.where asks for more than record type and flag",
                remedy="try with a case of your own, or without scope.where",
            )
        return ref

    def discard(self, ref: TicketRef) -> None:
        """Delete it: it goes to the recycle bin."""
        native = ids.long(ref.id)
        if not self._ours(native):
            return
        answer = self._connection.change(
            "DELETE", f"sobjects/Case/{native}", what=_WHAT, refused=(400, 403, 404)
        )
        code = Refusal.of(answer.body).code
        if answer.ok or code == "ENTITY_IS_DELETED" or answer.status == 404:
            return
        by_hand = f"open {self._connection.url}/{native} and delete case {ref.key or native} by hand"
        if answer.status == 403 or code.startswith("INSUFFICIENT_ACCESS"):
            raise Denied(f"{_WHAT}: escsync's account has no Delete on Cases ({code})", remedy=by_hand)
        error = of_record(answer, what=_WHAT)
        raise Rejected(error.message, remedy=by_hand) if isinstance(error, Rejected) else error

    def _beyond(self, ref: TicketRef) -> bool:
        """Is it surely not in scope? Where nobody can tell any more it counts: who made a case says which."""
        question = f"SELECT Id FROM Case WHERE Id = {soql.quote(ref.id)} AND {self._discovery.scope}"
        try:
            (answer,) = self._connection.composite(
                [self._connection.question(question)], what="looking for the test case"
            )
        except TrackerError:
            return False
        return answer.ok and not answer.listing("records")

    def _deletable(self) -> None:
        """Nothing is made that would be left behind."""
        if self._discovery.inquiry().case().get("deletable") is False:
            raise Denied(
                "escsync's account may not delete cases, and would leave its test case behind",
                remedy="for the test, give its permission set Delete on Cases (Setup > Permission Sets > Object Settings)",
            )

    def _ours(self, native: str) -> bool:
        """Is it there, and a test of ours? Rejected where it is somebody's case."""
        question = f"SELECT Subject, CreatedById FROM Case WHERE Id = {soql.quote(native)}"
        (answer,) = self._connection.composite([self._connection.question(question)], what=_WHAT)
        if not answer.ok:
            raise failure(answer.status, answer.body, what=_WHAT)
        for row in answer.listing("records"):
            mine = ids.long(row.get("CreatedById")) == self._discovery.schema.me
            if not mine or not str(row.get("Subject")).startswith(_SUBJECT):
                raise Rejected(
                    f"{_WHAT}: this is no test case of escsync's", remedy="close it as any other case"
                )
            return True
        return False

    def _required(self) -> dict[str, Any]:
        """Something for every field that must be filled in; a lookup is left to Salesforce to complain of."""
        found = {}
        for raw in self._discovery.inquiry().required():
            name, kind = str(raw["name"]), str(raw.get("type"))
            told = next((value for value, _ in options(raw)), None)
            value = self._now(kind) if kind in ("date", "datetime") else told or _FILLERS.get(kind)
            if value is not None:
                found[name] = value[: raw["length"] or None] if isinstance(value, str) else value
        return found

    def _now(self, kind: str) -> str:
        at = self._connection.time or datetime(2000, 1, 1, tzinfo=UTC)
        return at.date().isoformat() if kind == "date" else instants.written(at)

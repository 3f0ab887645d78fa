"""Access: the permission set that lets escsync's account see and write what provisioning has made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from escsync.adapter import Ambiguous, Denied, Rejected, TrackerError

from .. import ids, soql
from ..answers import Answer, Refusal, failure
from ..connection import Connection
from . import blueprint
from .definitions import DENIED
from .needs import OURS

_NAME = "Escsync"
_MARK = "permission.set"
_WHAT = "granting rights to escsync's account"
_LOOKS = 2
_MOST = 200
_OBJECTS = {
    "Account": ("Read",),
    "Contact": ("Read",),
    "Case": ("Read", "Create", "Edit", "ViewAllRecords"),
}
"""Parents first: rights on a case depend on those on its account and contact."""


class Access:
    """One permission set of ours, known by its description."""

    def __init__(self, connection: Connection, me: Callable[[], str]) -> None:
        self._connection = connection
        self._me = me

    def find(self) -> str:
        """The id of our permission set; "" where there is none."""
        rows = self._rows(f"SELECT Id, Name, Description FROM PermissionSet WHERE Name LIKE '{_NAME}%'")
        return next((str(r["Id"]) for r in rows if blueprint.marked(r.get("Description")) == _MARK), "")

    def grant(self, read: Sequence[str], written: Collection[str]) -> str:
        """Make it, fill it and assign it: whatever of that is there already is left as it is."""
        found = self._own()
        self._records(found)
        self._fields(found, read, written)
        self._assigned(found)
        return found

    def remove(self) -> None:
        """Take it from everybody and delete it."""
        found = self.find()
        if not found:
            return
        rows = self._rows(
            f"SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = {soql.quote(found)}"
        )
        for path in [*(f"PermissionSetAssignment/{row['Id']}" for row in rows), f"PermissionSet/{found}"]:
            answer = self._connection.change(
                "DELETE", f"sobjects/{path}", what="deleting the permission set", refused=(400, 403, 404)
            )
            if not answer.ok and answer.status != 404:
                raise _refusal(answer, "deleting the permission set")

    def _own(self) -> str:
        taken = self._rows(f"SELECT Id FROM PermissionSet WHERE Name = '{_NAME}'")
        body = {
            "Name": f"{_NAME}_Fields" if taken else _NAME,
            "Label": OURS,
            "Description": f"What escsync's account may see and write. Made by escsync provision. {blueprint.mark(_MARK)}",
        }
        return str(self._sure(self.find, lambda: self._created("PermissionSet", body)))

    def _records(self, found: str) -> None:
        for kind, names in _OBJECTS.items():
            wanted = {f"Permissions{name}": True for name in names}
            asked = (
                f"SELECT Id, {', '.join(wanted)} FROM ObjectPermissions WHERE ParentId = {soql.quote(found)} "
            )
            asked += f"AND SobjectType = {soql.quote(kind)}"
            row = next(iter(self._rows(asked)), None)
            if row is None:
                self._sure(
                    partial(self._rows, asked),
                    partial(
                        self._created, "ObjectPermissions", {"ParentId": found, "SobjectType": kind, **wanted}
                    ),
                )
            elif lacking := {name: True for name in wanted if row.get(name) is not True}:
                self._changed(f"ObjectPermissions/{row['Id']}", lacking)

    def _fields(self, found: str, read: Sequence[str], written: Collection[str]) -> None:
        asked = (
            f"SELECT Id, Field, PermissionsEdit FROM FieldPermissions WHERE ParentId = {soql.quote(found)}"
        )
        refused: list[str] = []
        for _ in range(_LOOKS):
            rows = {str(row.get("Field")).casefold(): row for row in self._rows(asked)}
            for name in written:
                row = rows.get(name.casefold())
                if row is not None and row.get("PermissionsEdit") is not True:
                    self._changed(f"FieldPermissions/{row['Id']}", {"PermissionsEdit": True})
            lacking = [name for name in read if name.casefold() not in rows]
            if not lacking:
                return
            try:
                refused = self._inserted(found, lacking, written)
            except Ambiguous:
                continue
            if refused:
                break
        rows = {str(row.get("Field")).casefold(): row for row in self._rows(asked)}
        still = [name for name in read if name.casefold() not in rows]
        if still:
            why = f": {refused[0]}" if refused else ""
            raise Rejected(
                f"{_WHAT}: no rights on {', '.join(still[:5])}{why}"[:200],
                remedy=f"Setup > Permission Sets > {OURS} > Object Settings > Cases > Field Permissions",
            )

    def _inserted(self, found: str, lacking: Sequence[str], written: Collection[str]) -> list[str]:
        """The codes of those that were refused."""
        refused = []
        for at in range(0, len(lacking), _MOST):
            records = [
                {
                    "attributes": {"type": "FieldPermissions"},
                    "ParentId": found,
                    "SobjectType": name.partition(".")[0],
                    "Field": name,
                    "PermissionsRead": True,
                    "PermissionsEdit": name in written,
                }
                for name in lacking[at : at + _MOST]
            ]
            body = {"allOrNone": False, "records": records}
            answer = self._connection.post(
                "composite/sobjects", body, what=_WHAT, safe=False, refused=(400, 403)
            )
            if not answer.ok:
                raise _refusal(answer, _WHAT)
            refused += [Refusal.of(one).code for one in answer.listing() if one.get("success") is not True]
        return refused

    def _assigned(self, found: str) -> None:
        me = self._me()
        asked = f"SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = {soql.quote(found)} AND AssigneeId = {soql.quote(me)}"
        body = {"PermissionSetId": found, "AssigneeId": me}
        self._sure(partial(self._rows, asked), lambda: self._created("PermissionSetAssignment", body))

    def _sure(self, look: Callable[[], Any], make: Callable[[], None]) -> Any:
        """Look, make it where it is not there, and look again: once more where nobody knows whether it was made."""
        for _ in range(_LOOKS):
            if there := look():
                return there
            try:
                make()
            except Ambiguous:
                continue
        if there := look():
            return there
        raise Ambiguous(
            f"{_WHAT}: nobody knows whether it was done", remedy="run `escsync provision --apply` again"
        )

    def _created(self, kind: str, body: Mapping[str, Any]) -> None:
        answer = self._connection.post(
            f"sobjects/{kind}", body, what=_WHAT, safe=False, refused=(400, 403, 404)
        )
        if not answer.ok:
            raise _refusal(answer, _WHAT)

    def _changed(self, path: str, body: Mapping[str, Any]) -> None:
        answer = self._connection.change(
            "PATCH", f"sobjects/{path}", dict(body), what=_WHAT, refused=(400, 403, 404)
        )
        if not answer.ok:
            raise _refusal(answer, _WHAT)

    def _rows(self, question: str) -> list[dict[str, Any]]:
        (answer,) = self._connection.composite([self._connection.question(question)], what=_WHAT)
        if not answer.ok:
            raise _refusal(answer, _WHAT)
        return [row for row in answer.listing("records") if ids.is_id(row.get("Id"))]


def _refusal(answer: Answer, what: str) -> TrackerError:
    if answer.status in (403, 404):
        code = Refusal.of(answer.body).code or str(answer.status)
        return Denied(f"{what}: escsync's account may not give rights ({code})", remedy=DENIED)
    return failure(answer.status, answer.body, what=what)

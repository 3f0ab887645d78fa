"""What the API lets its user write, and how it refuses the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from . import history, permissions
from .ids import full
from .record import Refused, Row, not_found
from .schema import Field, SObject
from .values import accepted

if TYPE_CHECKING:
    from .world import Org

DRAFT = "5"


class Writer:
    """Writes as *user*. *headers* are those of the request, or of the composite's sub-request."""

    def __init__(self, org: Org, user: str, headers: Mapping[str, str] | None = None) -> None:
        self.org = org
        self.user = user
        self.headers = headers or {}

    def find(self, sobject: SObject, told: object, *, bulk: bool = False) -> Row:
        """The row that a request names. Rows of their own say 404; among others the words differ."""
        id_ = full(told)
        if id_ is None and bulk:
            raise Refused("MALFORMED_ID", f"{sobject.label} ID: id value of incorrect type: {told}", ["Id"])
        row = self.org.peek(id_)
        if row is None or row.type != sobject.name or row.unborn or self.org.concealed(row):
            raise (
                Refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id") if bulk else not_found()
            )
        if row.deleted:
            raise Refused("ENTITY_IS_DELETED", "entity is deleted", [], 400 if bulk else 404)
        return row

    def create(self, sobject: SObject, raw: Any) -> Row:
        self._may(sobject, "c")
        values = self._values(sobject, raw, creating=True)
        for field in sobject.fields.values():
            required = field.create and not field.nillable and field.default is None
            if required and values.get(field.name) is None and field.type != "boolean":
                missing = f"Required fields are missing: [{field.name}]"
                raise Refused("REQUIRED_FIELD_MISSING", missing, [field.name])
        if sobject.name == "Event" and not (
            values.get("DurationInMinutes") is not None or values.get("EndDateTime")
        ):
            raise Refused(
                "REQUIRED_FIELD_MISSING", "Required fields are missing: [DurationInMinutes]", ["Duration"]
            )
        self._check(sobject, None, values)
        row = self.org.store.insert(sobject.name, values, self.user)
        self._settle(sobject)
        self._assign(row)
        return row

    def update(self, sobject: SObject, row: Row, raw: Any) -> None:
        self._may(sobject, "u")
        self.fresh(row)
        values = self._values(sobject, raw, creating=False)
        self._open(row)
        self._check(sobject, row, values)
        kept = {name: v for name, v in values.items() if (sobject.name, name) not in self.org.stubborn}
        for trigger in self.org.triggers:
            trigger(row, kept)
        self.org.store.update(row, kept, self.user)
        self._settle(sobject)
        self._assign(row)

    def delete(self, sobject: SObject, row: Row) -> None:
        self._may(sobject, "d")
        self._open(row)
        if sobject.name == "CaseComment" and not (self.org.moderator or self.org.eraser):
            raise _no_access()
        permissions.judge(self.org, sobject, {}, row)
        permissions.in_use(self.org, row)
        self.org.store.delete(row, self.user)
        permissions.swept(self.org, row)
        self._settle(sobject)

    def fresh(self, row: Row) -> None:
        """A conditional write: nothing newer than the header says may have happened, to the second."""
        told = self.headers.get("if-unmodified-since")
        if told is not None and row.values["SystemModstamp"] > http_date(told):
            raise Stale

    # -- rules

    def _may(self, sobject: SObject, right: str) -> None:
        if right == "d" and right not in sobject.rights:
            raise _no_access()
        if right not in sobject.rights or sobject.name in self.org.lost:
            raise not_found()
        if self.org.readonly:
            raise _no_access()

    def _open(self, row: Row) -> None:
        """Locks: of another transaction for a moment, of an approval until it is decided."""
        if row.busy:
            row.busy -= 1
            message = f"unable to obtain exclusive access to this record or 1 records: {row.id}"
            raise Refused("UNABLE_TO_LOCK_ROW", message, [])
        if row.frozen:
            raise Refused("ENTITY_IS_LOCKED", "the entity is locked for editing", [])

    def _values(self, sobject: SObject, raw: Any, *, creating: bool) -> dict[str, Any]:
        if not isinstance(raw, Mapping):
            raise Refused(
                "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body."
            )
        told = {name: value for name, value in raw.items() if name != "attributes"}
        fields: dict[str, Field] = {}
        sealed = []
        for name in told:
            field = sobject.field(name)
            if field is None:
                message = f"No such column '{name}' on sobject of type {sobject.name}"
                raise Refused("INVALID_FIELD", message)
            if field.type == "id":
                raise Refused("INVALID_FIELD", "The Id field should not be specified in the sobject data.")
            fields[name] = field
            where = (sobject.name, field.name)
            writable = field.create if creating else field.update
            if not writable or where in self.org.invisible | self.org.sealed:
                sealed.append(field.name)
        if sealed:
            message = (
                f"Unable to create/update fields: {', '.join(sealed)}. Please check the security settings of this "
                "field and verify that it is read/write for your profile or permission set."
            )
            raise Refused("INVALID_FIELD_FOR_INSERT_UPDATE", message, sealed)
        return {fields[name].name: accepted(fields[name], value) for name, value in told.items()}

    def _settle(self, sobject: SObject) -> None:
        if sobject.name in permissions.NEEDS:
            self.org.settle()

    def _check(self, sobject: SObject, row: Row | None, values: dict[str, Any]) -> None:
        permissions.judge(self.org, sobject, values, row)
        for name, value in values.items():
            field = sobject.fields[name.casefold()]
            if value is None and not field.nillable and row is not None:
                raise Refused("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", [name])
            if field.type == "reference" and value is not None:
                self._reference(field, value)
            if field.unique and value is not None:
                self._unique(sobject, field, row, value)
        if values.get("OwnerId") and (row is None or row.values["OwnerId"] != values["OwnerId"]):
            self._owner(sobject, values["OwnerId"])
        if sobject.name == "CaseComment" and row and "CommentBody" in values and not self.org.moderator:
            raise _no_access()
        if sobject.name == "EmailMessage" and row is not None and row.values["Status"] != DRAFT:
            raise _no_access()
        after = {**(row.values if row else {}), **values}
        for kind, forbids, message, beside in self.org.rules:
            if kind == sobject.name and forbids(after):
                raise Refused("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, [beside] if beside else [])

    def _reference(self, field: Field, id_: str) -> None:
        found = self.org.peek(id_)
        prefixes = {self.org.objects[name].prefix for name in field.refers}
        if id_[:3] not in prefixes:
            raise Refused("MALFORMED_ID", f"{field.label}: id value of incorrect type: {id_}", [field.name])
        if found is not None and found.deleted:
            raise Refused("ENTITY_IS_DELETED", "entity is deleted", [])
        if found is not None and self.org.concealed(found):
            code = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
            raise Refused(code, f"insufficient access rights on cross-reference id: {id_}", [])
        if found is None:
            raise Refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])

    def _unique(self, sobject: SObject, field: Field, row: Row | None, value: Any) -> None:
        for other in self.org.rows[sobject.name].values():
            if other is not row and other.values.get(field.name) == value and not other.deleted:
                message = (
                    f"duplicate value found: {field.name} duplicates value on record with id: {other.id[:15]}"
                )
                raise Refused("DUPLICATE_VALUE", message, [])

    def _owner(self, sobject: SObject, id_: str) -> None:
        owner = self.org.peek(id_)
        assert owner is not None
        if owner.type == "User":
            if not owner.get("IsActive"):
                message = (
                    f"operation performed with inactive user [{id_[:15]}] as owner of {sobject.name.lower()}"
                )
                raise Refused("INACTIVE_OWNER_OR_USER", message, [])
            if owner.get("UserType") != "Standard":
                message = "Operation with an invalid user type"
                raise Refused("OPERATION_WITH_INVALID_USER_TYPE_EXCEPTION", message, ["OwnerId"])
            return
        served = {
            row.get("SobjectType")
            for row in self.org.rows["QueueSobject"].values()
            if row.get("QueueId") == id_
        }
        if owner.get("Type") != "Queue" or sobject.name not in served:
            message = "Queue not associated with this SObject type"
            raise Refused("INVALID_CROSS_REFERENCE_KEY", message, ["OwnerId"])

    def _assign(self, row: Row) -> None:
        """Unless told not to, the API runs assignment; with no rule that matches, the default owner gets the Case."""
        told = self.headers.get("sforce-auto-assign", "TRUE").upper()
        owner = self.org.default_owner
        if row.type == "Case" and told != "FALSE" and owner and row.values["OwnerId"] != owner:
            before = row.values["OwnerId"]
            self.org.store.update(row, {"OwnerId": owner}, self.user, as_="ownerAssignment")
            if "OwnerId" not in self.org.tracked["Case"]:
                name = self.org.named
                entry = history.entry("ownerAssignment", "Text", name(before), name(owner))
                self.org.store.record(row, [entry], self.user)


class Stale(Exception):
    """The row is newer than the request's condition."""


def http_date(told: str) -> datetime:
    try:
        return parsedate_to_datetime(told)
    except ValueError:
        raise Refused("INVALID_HEADER", f"Invalid date in a conditional header: {told}") from None


def _no_access() -> Refused:
    code = "INSUFFICIENT_ACCESS_OR_READONLY"
    return Refused(code, "insufficient access rights on object id", [], 403)

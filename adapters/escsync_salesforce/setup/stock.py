"""The stock: what the org has of fields, seen or not, at the moment it is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from escsync.adapter import Denied

from .. import ids, soql
from ..connection import Connection
from ..describe import Describe, Unknown, column, fields_of
from ..schema import Column

_WHAT = "looking at the set-up of Case"


@dataclass(frozen=True, slots=True)
class Custom:
    """One custom field's definition, which the set-up tells of whoever may see the field's data. *kind* is its object."""

    id: str
    kind: str
    developer: str
    api: str


@dataclass(frozen=True, slots=True)
class Stock:
    """Everything that provisioning looks at.

    *customs* are the definitions by API name in small letters, None where this account may not see them. *tracked* are
    the fields with a history by API name in small letters, None where nobody tells. *described* are the objects.
    """

    described: Mapping[str, Describe]
    customs: Mapping[str, Custom] | None = None
    tracked: frozenset[str] | None = None
    marks: Mapping[str, str] = field(default_factory=dict)
    """API name in small letters -> description."""
    statuses: tuple[tuple[str, str], ...] = ()

    @property
    def case(self) -> Describe:
        """Case as its describe tells it."""
        return self.described["Case"]

    @property
    def seen(self) -> Mapping[str, dict[str, Any]]:
        """The fields of Case that escsync's account sees, by API name."""
        return fields_of(self.case)

    def column(self, name: str, spelling: str) -> Column | None:
        """What *spelling* means for the canonical field *name*; None where nothing is seen that it could mean."""
        try:
            return column(name, spelling, self.case, self.described.get)
        except Unknown:
            return None

    def custom(self, api: str, kind: str = "Case") -> Custom | None:
        """The definition of a custom field, seen or hidden."""
        return (self.customs or {}).get(f"{kind}.{api}".casefold())

    def developed(self, developer: str) -> Custom | None:
        """Case's field of this developer name, whatever its namespace."""
        wanted = developer.casefold()
        every = (self.customs or {}).values()
        return next((one for one in every if one.kind == "Case" and one.developer.casefold() == wanted), None)

    def hidden(self, api: str) -> Custom | None:
        """The definition of a custom field of Case that exists and that escsync's account does not see."""
        found = self.custom(api)
        return found if found is not None and found.api not in self.seen else None

    def labelled(self, *labels: str) -> list[dict[str, Any]]:
        """The fields of Case with one of these labels, whatever the case."""
        wanted = {label.casefold() for label in labels}
        return [one for one in self.seen.values() if str(one.get("label")).casefold() in wanted]

    @property
    def count(self) -> int:
        """How many fields have a history."""
        return len(self.tracked or ())


def look(connection: Connection, kinds: Sequence[str] = ("Case", "Account")) -> Stock:
    """The stock as it is now."""
    described: dict[str, Describe] = {}
    for name in kinds:
        answer = connection.get(f"sobjects/{name}/describe", what=_WHAT, refused=(400, 403, 404))
        if answer.ok:
            described[name] = answer.mapping()
    if "Case" not in described:
        raise Denied(
            "escsync's account cannot see cases",
            remedy="give its permission set Read on Cases (Setup > Permission Sets > Object Settings)",
        )
    definitions = customs(connection)
    rows = connection.tooling(
        "SELECT QualifiedApiName, Description, IsFieldHistoryTracked FROM FieldDefinition "
        "WHERE EntityDefinition.QualifiedApiName = 'Case'",
        what=_WHAT,
    )
    tracked = [row for row in rows or () if row.get("IsFieldHistoryTracked") is True]
    return Stock(
        described,
        definitions,
        frozenset(str(row.get("QualifiedApiName")).casefold() for row in tracked) if rows else None,
        {
            str(row.get("QualifiedApiName")).casefold(): str(row.get("Description") or "")
            for row in rows or ()
        },
        _statuses(connection),
    )


def customs(connection: Connection) -> dict[str, Custom] | None:
    """The custom fields of Case and Account, hidden ones too."""
    rows = connection.tooling(
        "SELECT Id, DeveloperName, NamespacePrefix, TableEnumOrId FROM CustomField "
        f"WHERE {soql.among('TableEnumOrId', ('Case', 'Account'))}",
        what=_WHAT,
    )
    if rows is None:
        return None
    found = [_custom(row) for row in rows if ids.is_id(row.get("Id"))]
    return {f"{one.kind}.{one.api}".casefold(): one for one in found}


def _custom(row: Mapping[str, Any]) -> Custom:
    prefix, name = row.get("NamespacePrefix"), str(row.get("DeveloperName"))
    api = f"{prefix}__{name}__c" if isinstance(prefix, str) and prefix else f"{name}__c"
    return Custom(str(row.get("Id")), str(row.get("TableEnumOrId")), name, api)


def _statuses(connection: Connection) -> tuple[tuple[str, str], ...]:
    question = "SELECT ApiName, MasterLabel, SortOrder FROM CaseStatus ORDER BY SortOrder"
    (answer,) = connection.composite([connection.question(question)], what=_WHAT)
    rows = answer.listing("records") if answer.ok else []
    return tuple(
        (str(row.get("ApiName") or row.get("MasterLabel")), str(row.get("MasterLabel"))) for row in rows
    )

"""The explorer: what an org has before anything is mapped, for `escsync init`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from escsync.adapter import Denied, Retry
from escsync.offers import Available, Place, Shape, Step

from .. import ids, kinds
from ..connection import Connection
from ..describe import children_of, fields_of, options
from ..objects import EMAIL
from ..schema import MOST_TRACKED
from ..settings import SalesforceConnection

_NO_CLOCK = datetime(1970, 1, 1, tzinfo=UTC)
"""Signing in goes by the server's clock; an explorer has no pass, and so no clock of its own."""
_LIKELY = ("exec", "escal", "vip", "priority")
_FLAG = "Executive_Escalation__c"
"""What provisioning makes where nothing tells escalations apart."""
_ACCOUNT = ("Id", "Name", "AccountNumber", "Type", "CurrencyIsoCode", "OwnerId")
"""Of the account's own standard fields those that may tell something of ours."""
_SKIPPED = ("Id", "IsDeleted", "Comments", "LastViewedDate", "LastReferencedDate", "SystemModstamp")


class SalesforceExplorer:
    """A connection that knows no mapping yet."""

    def __init__(self, connection: SalesforceConnection, retry: Retry) -> None:
        self._connection = Connection(connection, retry, lambda: _NO_CLOCK)
        self._described: dict[str, Mapping[str, Any]] = {}

    def places(self) -> Iterator[Place]:
        """Record types of Case, then checkboxes that flag one, the likeliest first."""
        case = self._describe("Case")
        found = [*_record_types(case), *_checkboxes(case)]
        yield from sorted(found, key=_unlikely)
        if not any(place.id == _FLAG for place in found):
            name = "Executive escalation (a new checkbox)"
            yield Place(_FLAG, name, {"flag": _FLAG}, "checkbox", empty=True)

    def shape(self, place: Place) -> Shape:
        """The fields of Case and of the account above it, and the statuses that cases go through."""
        case, account = self._describe("Case"), self._describe("Account", optional=True)
        fields = [_available(one) for name, one in fields_of(case).items() if name not in _SKIPPED]
        fields += [
            _available(one, "Account")
            for name, one in fields_of(account).items()
            if one.get("custom") is True or name in _ACCOUNT
        ]
        return Shape(
            tuple(one for one in fields if one.kinds),
            tuple(self._steps(case)),
            tuple(self._notes(case, place)),
        )

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _steps(self, case: Mapping[str, Any]) -> Iterator[Step]:
        rows = self._rows("SELECT ApiName, MasterLabel, IsClosed, IsDefault, SortOrder FROM CaseStatus")
        for place, row in enumerate(sorted(rows, key=_order)):
            name, label = str(row.get("ApiName") or row.get("MasterLabel")), str(row.get("MasterLabel"))
            yield Step(name, label, row.get("IsClosed") is True, row.get("IsDefault") is True, place)
        if not rows:
            told = options(fields_of(case).get("Status", {}))
            yield from (Step(value, label, order=place) for place, (value, label) in enumerate(told))

    def _notes(self, case: Mapping[str, Any], place: Place) -> Iterator[str]:
        tracked = self._rows(
            "SELECT QualifiedApiName, IsFieldHistoryTracked FROM FieldDefinition "
            "WHERE EntityDefinition.QualifiedApiName = 'Case'"
        )
        if tracked:
            count = sum(row.get("IsFieldHistoryTracked") is True for row in tracked)
            yield (
                f"{count} of {MOST_TRACKED} fields of Case have their history tracked; what is not tracked is known "
                "from escsync's own looking only."
            )
        else:
            yield "Which fields have a history is not told: give the account View Setup and Configuration."
        if EMAIL.place not in children_of(case):
            yield "There are no e-mails on cases here (Email-to-Case): comments are the record of what was sent."
        if place.kind == "record type":
            yield "The record type's support process may leave out some statuses: see Setup > Support Processes."

    def _describe(self, name: str, *, optional: bool = False) -> Mapping[str, Any]:
        if name not in self._described:
            what = f"looking at the fields of {name}"
            answer = self._connection.get(f"sobjects/{name}/describe", what=what, refused=(400, 403, 404))
            if not answer.ok and not optional:
                raise Denied(
                    f"escsync's account cannot see {name}",
                    remedy=f"give its permission set Read on {name} (Object Settings)",
                )
            self._described[name] = answer.mapping() if answer.ok else {}
        return self._described[name]

    def _rows(self, soql: str) -> list[dict[str, Any]]:
        (answer,) = self._connection.composite([self._connection.question(soql)], what="looking at the org")
        return answer.listing("records") if answer.ok else []


def _order(row: Mapping[str, Any]) -> float:
    told = row.get("SortOrder")
    return float(told) if isinstance(told, int | float | Decimal) else 0.0


def _record_types(case: Mapping[str, Any]) -> Iterator[Place]:
    told = case.get("recordTypeInfos")
    for one in told if isinstance(told, list) else ():
        if not isinstance(one, dict) or one.get("master") is True or one.get("active") is False:
            continue
        developer = one.get("developerName")
        native = developer if isinstance(developer, str) and developer else ids.long(one.get("recordTypeId"))
        if native:
            yield Place(native, str(one.get("name") or native), {"record_type": native}, "record type")


def _checkboxes(case: Mapping[str, Any]) -> Iterator[Place]:
    for name, one in fields_of(case).items():
        if one.get("type") == "boolean" and (one.get("custom") is True or name == "IsEscalated"):
            yield Place(name, str(one.get("label") or name), {"flag": name}, "checkbox")


def _unlikely(place: Place) -> tuple[int, bool, str]:
    words = f"{place.id} {place.name}".casefold()
    hits = sum(word in words for word in _LIKELY[:2]) * 2 + any(word in words for word in _LIKELY[2:])
    # Every org has this one, and most use it for something else.
    return -1 if place.id == "IsEscalated" else -2 * hits, place.kind != "record type", place.id


def _available(raw: Mapping[str, Any], parent: str = "") -> Available:
    name, label, kind = str(raw["name"]), str(raw.get("label") or raw["name"]), str(raw.get("type"))
    target = tuple(map(str, raw.get("referenceTo") or ()))
    return Available(
        f"{parent}.{name}" if parent else name,
        f"{parent} {label}" if parent and parent.casefold() not in label.casefold() else label,
        kind,
        kinds.holding(kind, target),
        dict(options(raw)),
        raw.get("updateable") is True and not parent,
    )

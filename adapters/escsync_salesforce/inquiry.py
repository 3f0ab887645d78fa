"""The questions that a new connection puts to Salesforce once a day: who am I, what fields, statuses and users are there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from escsync.adapter import Denied, Vocabulary

from . import ids, kinds, schema, soql
from .answers import Answer
from .connection import Connection
from .describe import Unknown, children_of, column, fields_of, options, required
from .nearness import meant
from .objects import CHILDREN, HISTORY, Child
from .schema import Column
from .settings import SalesforceSettings

_HIDDEN = (400, 403, 404)
_MOST_BOTS = 2000
_VERSION = re.compile(r"\d{2,3}\.0")
_MADE = "where it is not there, `escsync provision --apply` makes it"
_REMEDY = "give escsync's account read access to it: object, record type and fields"


class Inquiry:
    """One round of questions."""

    def __init__(self, connection: Connection, settings: SalesforceSettings) -> None:
        self._connection = connection
        self._settings = settings
        self._described: dict[str, Mapping[str, Any] | None] = {}

    def everything(self, vocabulary: Vocabulary) -> dict[str, Any]:
        """The answers, as plain JSON; of the fields only those that the configuration names."""
        me = self.myself()
        case = self.case()
        columns, lost, misfits = self.fields(vocabulary)
        statuses, tracked, bots, integrations = self._rows(
            "SELECT ApiName, MasterLabel, IsClosed, SortOrder FROM CaseStatus ORDER BY SortOrder",
            "SELECT QualifiedApiName, IsFieldHistoryTracked FROM FieldDefinition "
            "WHERE EntityDefinition.QualifiedApiName = 'Case'",
            f"SELECT Id, Name, UserType FROM User WHERE UserType != 'Standard' LIMIT {_MOST_BOTS}",
            "SELECT Id, Name FROM User WHERE Profile.UserLicense.Name = 'Salesforce Integration' LIMIT 200",
        )
        return {
            "me": me,
            "columns": columns,
            "lost": lost,
            "misfits": misfits,
            "required": [
                [name, str(one.get("label") or name), str(one.get("type"))]
                for name, one in fields_of(case).items()
                if required(one)
            ],
            "statuses": _statuses(statuses, case),
            "tracked": _tracked(tracked, case),
            "bots": {
                **{
                    ids.long(one.get("Id")): str(one.get("Name") or "")
                    for one in [*(bots or ()), *(integrations or ())]
                },
                me["id"]: me["name"],
            },
            "record_type": self._record_type(case),
            "flag": self._flag(case),
            "children": self._children(case, vocabulary),
            "roots": self._roots(columns),
        }

    def fields(
        self, vocabulary: Vocabulary
    ) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str], dict[str, list[dict[str, Any]]]]:
        """Our fields' columns as plain JSON, why others are lost, and the columns of those that are there and cannot hold them."""
        case = self.case()
        columns: dict[str, list[dict[str, Any]]] = {}
        lost: dict[str, str] = {}
        misfits: dict[str, list[dict[str, Any]]] = {}
        for name, spellings in schema.spelled(vocabulary).items():
            try:
                found = [column(name, one, case, self._describe) for one in spellings]
                reason = next(filter(None, (kinds.misfit(name, one, vocabulary) for one in found)), "")
            except Unknown as error:
                found, reason = [], str(error)
            if not reason:
                columns[name] = [one.plain() for one in found]
            elif not schema.implied(name, vocabulary):
                lost[name] = reason
                misfits |= {name: [one.plain() for one in found]} if found else {}
        return columns, lost, misfits

    def again(self, name: str, paths: Sequence[str]) -> list[Column]:
        """What stands now where these columns of our field *name* stood."""
        found = []
        for path in paths:
            try:
                found.append(column(name, path, self.case(), self._describe))
            except Unknown:
                continue
        return found

    def required(self) -> list[Mapping[str, Any]]:
        """The fields that whoever opens a case must fill in."""
        return [one for one in fields_of(self.case()).values() if required(one)]

    def case(self) -> Mapping[str, Any]:
        """Case as its describe tells it."""
        case = self._describe("Case")
        if case is None:
            raise self._unseen()
        if "Status" not in fields_of(case):
            raise Denied(
                "fields.stage: Case has no field 'Status', or escsync's account may not see it",
                remedy="give escsync's account read access to the field; it cannot work without the status",
            )
        return case

    def _unseen(self) -> Denied:
        """Why there are no cases: a version that the org does not offer looks like missing rights."""
        answer = self._connection.get("/services/data", what="looking at the versions", refused=_HIDDEN)
        told = answer.body if isinstance(answer.body, list) else []
        offered = [one.get("version") for one in told if isinstance(one, dict)]
        known = sorted({float(v) for v in offered if isinstance(v, str) and _VERSION.fullmatch(v)})
        mine = self._connection.version
        if known and float(mine) not in known:
            return Denied(
                f"the org does not offer version {mine} of the API: {known[0]} to {known[-1]} are there",
                remedy=f'set connection.api_version: "{known[-1]}"',
            )
        return Denied("escsync's account cannot see cases", remedy=_REMEDY)

    def myself(self) -> dict[str, str]:
        """Who escsync is here."""
        answer = self._connection.get("/services/oauth2/userinfo", what="signing in", refused=(403, 404))
        told = answer.body if isinstance(answer.body, dict) and answer.ok else {}
        native = ids.long(told.get("user_id")) or ids.long(self._connection.identity)
        if not native:
            raise Denied(
                "signing in: Salesforce does not say who escsync is",
                remedy="give the app the scopes `api` and `openid`, and check connection.url",
            )
        return {
            "id": native,
            "name": str(told.get("name") or ""),
            "zone": str(told.get("zoneinfo") or ""),
            "username": str(told.get("preferred_username") or ""),
        }

    def _describe(self, name: str) -> Mapping[str, Any] | None:
        if name not in self._described:
            answer = self._connection.get(
                f"sobjects/{name}/describe", what=f"looking at the fields of {name}", refused=_HIDDEN
            )
            self._described[name] = answer.mapping() if answer.ok else None
        return self._described[name]

    def _rows(self, *questions: str) -> list[list[dict[str, Any]] | None]:
        """The rows of several small queries in one call; None for one that is refused."""
        parts = [self._connection.question(one) for one in questions]
        answers = self._connection.composite(parts, what="looking at the org")
        return [self._all(answer) if answer.ok else None for answer in answers]

    def _all(self, answer: Answer) -> list[dict[str, Any]]:
        rows = answer.listing("records")
        while isinstance(onward := answer.mapping().get("nextRecordsUrl"), str) and onward:
            answer = self._connection.get(onward, what="looking at the org")
            rows += answer.listing("records")
        return rows

    def _record_type(self, case: Mapping[str, Any]) -> list[str]:
        wanted = self._settings.scope.record_type
        if not wanted:
            return []
        told = case.get("recordTypeInfos")
        known = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        for one in known:
            native, names = ids.long(one.get("recordTypeId")), [one.get("developerName"), one.get("name")]
            if (native and native == ids.long(wanted)) or wanted.casefold() in (
                str(n).casefold() for n in names
            ):
                return [native, *(str(name) for name in names if isinstance(name, str))]
        where = "check scope.record_type: its developer name stands in Setup > Object Manager > Case"
        developed = [str(one.get("developerName") or "") for one in known]
        raise Denied(
            f"there is no record type {wanted!r} of Case, or escsync's account may not see it",
            remedy=meant(wanted, developed, "scope.record_type", where),
        )

    def _flag(self, case: Mapping[str, Any]) -> dict[str, Any] | None:
        wanted = self._settings.scope.flag
        if not wanted:
            return None
        try:
            found = column("is_technical", wanted, case, self._describe)
        except Unknown as error:
            raise Denied(f"scope.flag: {error}", remedy=f"{_REMEDY}; {_MADE}") from None
        if found.type != "boolean":
            raise Denied(f"scope.flag: {wanted} is no checkbox", remedy="name a checkbox field of Case")
        return found.plain()

    def _children(self, case: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, list[Any]]:
        """Child object -> its relationship and the fields that may be seen."""
        relations = children_of(case)
        found: dict[str, list[Any]] = {}
        for child in CHILDREN.values():
            wanted = not child.activity or vocabulary.follow_up == "task"
            if child.place in relations and wanted:
                found[child.name] = [relations[child.place], self._visible(child)]
        return found

    def _visible(self, child: Child) -> list[str]:
        described = self._describe(child.name)
        known = fields_of(described) if described is not None else {}
        if not known:
            return list(child.fields)
        return [one for one in child.fields if (one if "." not in one else f"{one.split('.')[0]}Id") in known]

    def _roots(self, columns: Mapping[str, list[dict[str, Any]]]) -> list[str]:
        """Relations to the objects whose own changes show on a case and do not touch it."""
        found = []
        for root in dict.fromkeys(
            one["path"].split(".")[0] for some in columns.values() for one in some if "." in one["path"]
        ):
            lookups = fields_of(self._describe("Case") or {}).values()
            target = next(
                (one.get("referenceTo") for one in lookups if one.get("relationshipName") == root), None
            )
            named = target[0] if isinstance(target, list) and len(target) == 1 else ""
            described = self._describe(named) if named not in ("", "User") else None
            if described is not None and "SystemModstamp" in fields_of(described):
                found.append(root)
        return found


def _statuses(rows: list[dict[str, Any]] | None, case: Mapping[str, Any]) -> dict[str, list[Any]]:
    """API name -> label and whether it closes a case; by the org's own table, never by name."""
    if rows:
        named = {str(row.get("ApiName") or row.get("MasterLabel")): row for row in rows}
        return {
            name: [str(row.get("MasterLabel") or name), row.get("IsClosed") is True]
            for name, row in named.items()
        }
    return {value: [label, False] for value, label in options(fields_of(case)["Status"])}


def _tracked(rows: list[dict[str, Any]] | None, case: Mapping[str, Any]) -> list[str] | None:
    """The fields whose history is kept; None where nobody tells."""
    if HISTORY.place not in children_of(case):
        return []
    if not rows:
        return None
    return sorted(
        str(row.get("QualifiedApiName")) for row in rows if row.get("IsFieldHistoryTracked") is True
    )


def in_scope(settings: SalesforceSettings, record_type: str) -> str:
    """The scope as one condition."""
    scope = settings.scope
    parts = [f"RecordTypeId = {soql.quote(record_type)}"] if record_type else []
    if scope.flag:
        parts.append(f"{scope.flag} = TRUE")
    if scope.where:
        parts.append(f"({scope.where})")
    return soql.conjunction(parts)

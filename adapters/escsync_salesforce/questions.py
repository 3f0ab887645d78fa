"""Questions: every SELECT that is put to Salesforce, made of names that a describe knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from . import soql
from .discovery import Form
from .objects import Held
from .schema import Column, Schema

_ALWAYS = (
    *("Id", "CaseNumber", "Status", "IsClosed", "IsDeleted", "CreatedDate", "CreatedById", "CreatedBy.Name"),
    *("LastModifiedById", "LastModifiedBy.Name"),
    "SystemModstamp",
)
_USER = ("Name", "Email", "IsActive", "UserType")
_OWNER = ("Name", "Email", "IsActive", "Type")
"""Who owns a case is a user or a queue: only what both have can be asked for."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What to ask one org for, in the *form* that it understands."""

    schema: Schema
    scope: str
    children: tuple[Held, ...]
    roots: tuple[str, ...]
    form: Form

    def changed(self, since: datetime | None, watch: Sequence[str] = ()) -> str:
        """The cases in scope that changed *since*, in the order of their last change; None: all of them."""
        condition = self.scope
        if since is not None:
            condition = soql.conjunction([condition, f"SystemModstamp >= {soql.moment(since)}"])
        if watch:
            condition = f"({condition}) OR {soql.among('Id', watch)}"
        return f"{self._cases()} WHERE {condition} ORDER BY SystemModstamp, Id"

    def keyed(self, ids: Sequence[str], *, within: bool = False) -> str:
        """These cases; *within*: only those in scope."""
        scope = f" AND {self.scope}" if within else ""
        return f"{self._cases()} WHERE {soql.among('Id', ids)}{scope}"

    def touched(self, held: Held, since: datetime | None) -> str:
        """The records of one kind that changed *since* under any case in scope."""
        child = held.child
        parts = [f"{child.stamp} >= {soql.moment(since)}"] if since is not None else []
        if self.form.joined:
            parts.insert(0, f"{child.parent} IN (SELECT Id FROM Case WHERE {self.scope})")
        elif child.activity:
            parts.append("What.Type = 'Case'")
        where = f" WHERE {soql.conjunction(parts)}" if parts else ""
        return f"SELECT {', '.join(held.traces())} FROM {child.name}{where} ORDER BY {child.stamp}, Id"

    def shown(self, root: str, since: datetime | None) -> str:
        """The cases in scope that show a record which changed *since* though they did not."""
        stamp = f"{root}.SystemModstamp"
        parts = [self.scope, *([f"{stamp} >= {soql.moment(since)}"] if since is not None else [])]
        return f"SELECT Id, {stamp} FROM Case WHERE {soql.conjunction(parts)} ORDER BY {stamp}, Id"

    def under(self, held: Held, ids: Sequence[str]) -> str:
        """The records of one kind under these cases, whole."""
        child = held.child
        return f"SELECT {', '.join(self._told(held))} FROM {child.name} WHERE {soql.among(child.parent, ids)}"

    def _cases(self) -> str:
        columns = (column for some in self.schema.columns.values() for column in some)
        wanted = [*_ALWAYS, *(path for column in columns for path in self._selected(column))]
        if self.schema.record_type:
            wanted.append("RecordTypeId")
        if self.schema.flag is not None:
            wanted.append(self.schema.flag.path)
        wanted += [f"{root}.SystemModstamp" for root in self.roots]
        parts = [*_unique(wanted), *(self._nested(held) for held in self.children if self.form.nested)]
        return f"SELECT {', '.join(parts)} FROM Case"

    def _nested(self, held: Held) -> str:
        return f"(SELECT {', '.join(self._told(held))} FROM {held.relation})"

    def _told(self, held: Held) -> list[str]:
        return [one for one in held.fields if self.form.described or "." not in one or one.endswith(".Name")]

    def _selected(self, column: Column) -> Iterable[str]:
        """A column, and where it names a record what that one is called; of people more, where the org lets us."""
        yield column.path
        if column.relation:
            shown = _OWNER if "Group" in column.target else _USER if column.person else ("Name",)
            yield from (f"{column.relation}.{name}" for name in (shown if self.form.described else ("Name",)))


def _unique(paths: Iterable[str]) -> list[str]:
    """Each path once, whatever its case: Salesforce refuses to select a field twice."""
    found: dict[str, str] = {}
    for path in paths:
        found.setdefault(path.casefold(), path)
    return list(found.values())

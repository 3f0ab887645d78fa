"""Saving: the one way in which rows change, by people and by the API alike, with stamps, history and triggers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from . import history, permissions
from .ids import made
from .record import Row

if TYPE_CHECKING:
    from .world import Org


class Store:
    """Writes rows of *org* in the inner form of their values; who may is decided before."""

    def __init__(self, org: Org) -> None:
        self.org = org

    @property
    def now(self) -> datetime:
        return self.org.clock.now().replace(microsecond=0)

    def insert(self, type_: str, values: Mapping[str, Any], by: str) -> Row:
        """A new row with its defaults and stamps; a Case's comment in passing becomes one of its own."""
        sobject = self.org.objects[type_]
        held = {f.name: by if f.default == "me" else f.default for f in sobject.fields.values()}
        held |= values
        comment = held.pop("Comments", None)
        for name in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
            held[name] = held.get(name) or self.now
        held["CreatedById"] = held.get("CreatedById") or by
        numbered = type_ if type_ in permissions.NEEDS else ""
        held |= {
            "Id": made(sobject.prefix, self.org.number(numbered)),
            "LastModifiedById": by,
            "IsDeleted": False,
        }
        if type_ == "Case":
            held["CaseNumber"] = f"{self.org.number('Case') + 999:08d}"
        row = Row(held["Id"], type_, held)
        self._derive(row)
        self.org.put(row)
        self._touch(row, new=True)
        if type_ == "Case" and type_ in self.org.tracked:
            self.record(row, [history.entry("created", "Text")], by)
        if comment:
            self.insert("CaseComment", {"ParentId": row.id, "CommentBody": comment, "IsPublished": False}, by)
        self._bump(row)
        return row

    def update(self, row: Row, values: Mapping[str, Any], by: str, *, as_: str = "") -> None:
        """Set *values*; a save that changes nothing is still a save. *as_* renames what the history calls it."""
        self._touch(row)
        comment = values.get("Comments")
        before = dict(row.values)
        row.values |= {name: value for name, value in values.items() if name != "Comments"}
        row.values |= {"LastModifiedDate": self.now, "LastModifiedById": by, "SystemModstamp": self.now}
        self._derive(row)
        changes = {n: (before.get(n), new) for n, new in row.values.items() if before.get(n) != new}
        entries = history.changed(self.org, row, changes)
        self.record(row, [dict(one) | ({"Field": as_} if as_ else {}) for one in entries], by)
        if comment:
            self.insert("CaseComment", {"ParentId": row.id, "CommentBody": comment, "IsPublished": False}, by)
        self._bump(row)

    def touch(self, row: Row) -> None:
        """The system's own edit: only its stamp moves."""
        self._touch(row)
        row.values["SystemModstamp"] = self.now

    def delete(self, row: Row, by: str, master: str | None = None) -> None:
        """Into the recycle bin, with all that hangs on it."""
        self._touch(row)
        row.values |= {"IsDeleted": True, "LastModifiedDate": self.now, "LastModifiedById": by}
        row.values |= {"SystemModstamp": self.now, "MasterRecordId": master}
        for child in self.org.children(row):
            if not child.values["IsDeleted"]:
                self._touch(child)
                child.values |= {"IsDeleted": True, "SystemModstamp": self.now}
        if row.type != "Case":
            self._bump(row)

    def undelete(self, row: Row) -> None:
        """Out of the recycle bin again."""
        for one in (row, *self.org.children(row)):
            self._touch(one)
            one.values |= {"IsDeleted": False, "SystemModstamp": self.now}

    def record(self, row: Row, entries: list[Mapping[str, Any]], by: str) -> None:
        """History rows, which may trail the save."""
        for entry in entries if row.type in self.org.tracked else ():
            held = {"Id": made("017", self.org.number()), "CaseId": row.id, "IsDeleted": False, **entry}
            held |= {"CreatedById": by, "CreatedDate": self.now}
            made_row = Row(held["Id"], "CaseHistory", held)
            self.org.put(made_row)
            self._touch(made_row, new=True)
            if self.org.trailing is not None:
                made_row.unborn = True
                self.org.trailing.append(made_row)

    def _touch(self, row: Row, *, new: bool = False) -> None:
        if self.org.flight is not None:
            self.org.flight.touch(row, new=new)
        held = dict(row.values)
        undo = (lambda: self.org.drop(row)) if new else (lambda: row.values.update(held))
        self.org.undo.note(undo)

    def _bump(self, row: Row) -> None:
        """A comment, mail or task may touch its Case: only where the org does so."""
        if not self.org.children_bump or row.type == "Case":
            return
        parent = self.org.peek(row.values.get("ParentId") or row.values.get("WhatId"))
        if parent is not None and parent.type == "Case":
            self.touch(parent)

    def _derive(self, row: Row) -> None:
        held = row.values
        match row.type:
            case "Case":
                closed = self.org.closes("Case", held.get("Status"))
                held["ClosedDate"] = (held.get("ClosedDate") or self.now) if closed else None
                held["IsClosed"] = closed
                contact = self.org.peek(held.get("ContactId"))
                held["ContactEmail"] = contact.values.get("Email") if contact else None
            case "Task":
                closed = self.org.closes("Task", held.get("Status"))
                held["IsClosed"], held["IsArchived"] = closed, bool(held.get("IsArchived"))
                held["CompletedDateTime"] = (held.get("CompletedDateTime") or self.now) if closed else None
            case "Event":
                start = held.get("StartDateTime") or held.get("ActivityDateTime")
                held |= {"StartDateTime": start, "ActivityDateTime": start}
                held["ActivityDate"] = start.date() if start else held.get("ActivityDate")
            case "User" | "Contact":
                names = (held.get("FirstName"), held.get("LastName"))
                held["Name"] = " ".join(name for name in names if name)

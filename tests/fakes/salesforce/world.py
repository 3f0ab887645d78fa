"""One Salesforce org in memory: what its API shows, and what tests change as people and administrators would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from fakes.jira.clock import Clock

from . import permissions
from .history import MOST
from .ids import full, made
from .objects import standard
from .record import Flight, Row, Undo
from .save import Store
from .schema import Choice, Field, SObject
from .setup import definitions, statuses
from .values import inner

KEPT = timedelta(days=730)
"""So long the API shows field history."""
Rule = tuple[str, Callable[[dict[str, Any]], bool], str, str]
"""A validation rule: object, what it forbids, its message, the field it stands beside."""


class Org:
    """Rights are those of the API's user. *blind*: it sees no Case. *lost*: objects it may not read at all.

    *invisible* fields are kept from it by field-level security, *sealed* ones are read-only, *stubborn* ones are
    put back by a workflow after each of its writes. *moderator*: may it change and delete comments (Modify All)?
    *eraser*: may it delete them at least?
    *permissions* are its rights in general; fields made over the Tooling API (*guarded*) it sees as far as permission sets say.
    *history_on*: may fields be tracked at all? *depended*: fields that something uses, and what. *value_key*: the only name that a
    picklist value's name has here, where it is one. *layouts*: page layouts of Case, and the fields on them.
    *default_owner* gets every Case that is written without `Sforce-Auto-Assign: FALSE`. *children_bump*: does a
    comment touch its Case? *backwards*: history within one second comes in no order that helps. (field, object) pairs are (object, field).
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.objects: dict[str, SObject] = standard()
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in self.objects}
        self.tracked: dict[str, set[str]] = {"Case": set()}
        self.invisible: set[tuple[str, str]] = set()
        self.sealed: set[tuple[str, str]] = set()
        self.stubborn: set[tuple[str, str]] = set()
        self.lost: set[str] = set()
        self.blind = False
        self.moderator = False
        self.eraser = False
        self.readonly = False
        self.default_owner: str | None = None
        self.children_bump = False
        self.backwards = False
        self.permissions: set[str] = set(permissions.DAILY)
        self.guarded: set[tuple[str, str]] = set()
        self.namespace = ""
        self.history_on = True
        self.depended: dict[str, str] = {}
        self.value_key = ""
        self.layouts: dict[str, set[str]] = {}
        self._definitions: dict[tuple[str, str], str] = {}
        self.rules: list[Rule] = []
        self.triggers: list[Callable[[Row, dict[str, Any]], None]] = []
        self.before_write: list[Callable[[], None]] = []
        self.flight: Flight | None = None
        self.trailing: list[Row] | None = None
        self.undo = Undo()
        self.store = Store(self)
        self.users: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._by_id: dict[str, Row] = {row.id: row for row in definitions(self, "EntityDefinition")}
        self.id = made("00D", 1)

    # -- setting up

    def number(self, of: str = "") -> int:
        self._numbers[of] = self._numbers.get(of, 0) + 1
        return self._numbers[of]

    def add_field(self, object_: str, field: Field) -> Field:
        self.objects[object_].add(field)
        return field

    def track(self, *names: str, object_: str = "Case") -> None:
        """Turn field history on for these fields, from now on."""
        wanted = self.tracked.setdefault(object_, set()) | set(names)
        if len(wanted) > MOST:
            raise ValueError(f"Salesforce tracks at most {MOST} fields of an object")
        self.tracked[object_] = wanted

    def definition(self, object_: str, name: str) -> str:
        """The id of a custom field's definition; one of the same name that is made later has another."""
        pair = (object_, name)
        if pair not in self._definitions:
            self._definitions[pair] = made("00N", self.number("00N"))
        return self._definitions[pair]

    def undefine(self, object_: str, name: str) -> None:
        """The field is deleted."""
        self._definitions.pop((object_, name), None)
        self.guarded.discard((object_, name))
        for pairs in (self.invisible, self.sealed):
            pairs.discard((object_, name))

    def settle(self) -> None:
        """Rights have changed: who sees what?"""
        permissions.settle(self)

    def choices(self, object_: str, name: str, values: Iterable[Choice]) -> None:
        """The values that a picklist offers."""
        field = self.objects[object_].fields[name.casefold()]
        field.choices = tuple(values)
        field.default = next((c.value for c in field.choices if c.default), None)

    def setup(self, object_: str, **values: Any) -> Row:
        """A row of the set-up itself: a profile, a record type, a queue."""
        values.setdefault("CreatedById", next(iter(self.users.values()), None))
        return self.store.insert(object_, values, values["CreatedById"])

    def hire(self, handle: str, name: str, **told: Any) -> str:
        """A user; *handle* is the name tests use."""
        first, _, last = name.rpartition(" ")
        held = {
            "Username": f"{handle}@acme.example",
            "FirstName": first or None,
            "LastName": last,
            "Email": f"{handle}@acme.example",
            "Alias": handle[:8],
            "IsActive": True,
            "UserType": "Standard",
            "TimeZoneSidKey": "UTC",
        } | told
        self.users[handle] = self.setup("User", **held).id
        return self.users[handle]

    def add_queue(
        self, handle: str, name: str, *, type_: str = "Queue", serves: Iterable[str] = ("Case",)
    ) -> str:
        """A queue that serves these objects; or a group that serves none."""
        group = self.setup("Group", Name=name, DeveloperName=name.replace(" ", "_"), Type=type_)
        for served in serves:
            self.setup("QueueSobject", QueueId=group.id, SobjectType=served)
        self.users[handle] = group.id
        return group.id

    def dismiss(self, who: str) -> None:
        """Deactivate a user, who keeps what he owns."""
        self.edit(self.row(self.who(who)), by=self.who(who), IsActive=False)

    # -- looking up

    def who(self, handle: str) -> str:
        return self.users.get(handle, handle)

    def peek(self, id_: str | None) -> Row | None:
        """Any row by its id, deleted or not."""
        return self._by_id.get(id_) if id_ else None

    def row(self, id_: str) -> Row:
        return self._by_id[full(id_) or id_]

    def named(self, id_: str | None) -> str | None:
        """The name of what an id points to."""
        found = self.peek(id_)
        return None if found is None else found.values.get("Name") or found.values.get("CaseNumber")

    def closes(self, object_: str, status: Any) -> bool:
        """Closedness belongs to the status; a status that nobody defined is open."""
        choices = self.objects[object_].fields["status"].choices
        return any(c.closed for c in choices if c.value == status)

    def children(self, row: Row) -> list[Row]:
        """What hangs on a record."""
        names = ("ParentId", "CaseId", "WhatId")
        tables = ("CaseComment", "EmailMessage", "CaseHistory", "Task", "Event")
        return [
            one
            for t in tables
            for one in self.rows[t].values()
            if row.id in {one.values.get(n) for n in names}
        ]

    def visible(self, object_: str, *, all_: bool = False) -> Iterator[Row]:
        """The rows that the API's user sees; *all_*: those in the recycle bin and the archive as well."""
        oldest = self.clock.now() - KEPT
        for row in self.table(object_):
            if row.unborn or self.concealed(row):
                continue
            if not all_ and (row.deleted or row.get("IsArchived")):
                continue
            if object_ == "CaseHistory" and row.values["CreatedDate"] < oldest:
                continue
            yield row

    def concealed(self, row: Row) -> bool:
        """Sharing keeps it from the API's user; what hangs on a Case is seen with it."""
        if row.hidden or (self.blind and row.type == "Case"):
            return True
        parent = row.values.get("ParentId") if row.type in {"CaseComment", "EmailMessage"} else None
        parent = parent or (row.values.get("CaseId") if row.type == "CaseHistory" else None)
        above = self.peek(parent)
        return above is not None and self.concealed(above)

    def table(self, object_: str) -> Iterable[Row]:
        match object_:
            case "CaseStatus" | "TaskStatus":
                return statuses(self.objects[object_.removesuffix("Status")], object_)
            case "EntityDefinition" | "FieldDefinition":
                return definitions(self, object_)
            case "UserPermissionAccess":
                return permissions.access(self)
        rows = list(self.rows[object_].values())
        return rows[::-1] if self.backwards and object_ == "CaseHistory" else rows

    def put(self, row: Row) -> None:
        self.rows[row.type][row.id] = self._by_id[row.id] = row

    def drop(self, row: Row) -> None:
        """As if it had never been; also what emptying the recycle bin does."""
        self.rows[row.type].pop(row.id, None)
        self._by_id.pop(row.id, None)

    # -- people working

    def inner(self, object_: str, values: dict[str, Any]) -> dict[str, Any]:
        """Values as a test writes them: people by handle, instants as text."""
        held = {}
        for name, value in values.items():
            field = self.objects[object_].fields[name.casefold()]
            value = self.who(value) if field.type == "reference" and value else value
            held[field.name] = inner(field, value)
        return held

    def create(self, object_: str, *, by: str, **values: Any) -> Row:
        return self.store.insert(object_, self.inner(object_, values), self.who(by))

    def open(self, *, by: str = "ana", subject: str = "An escalation", **values: Any) -> Row:
        """A new Case."""
        return self.create("Case", by=by, Subject=subject, **values)

    def edit(self, row: Row, *, by: str = "ana", **values: Any) -> None:
        self.store.update(row, self.inner(row.type, values), self.who(by))

    def say(self, case: Row, text: str, *, by: str = "ana", published: bool = False) -> Row:
        """A comment on a Case; published ones are for the customer."""
        return self.create("CaseComment", by=by, ParentId=case.id, CommentBody=text, IsPublished=published)

    def mail(self, case: Row, text: str, *, by: str = "ana", incoming: bool = False, **told: Any) -> Row:
        """A mail on a Case: sent, unless told otherwise; from the address of whoever writes it."""
        sender = self.peek(self.who(by))
        held = {
            "Incoming": incoming,
            "Status": "0" if incoming else "3",
            "FromAddress": sender.values.get("Email") if sender else None,
            "ToAddress": "casey@customer.example",
            "Subject": f"Re: {case.values['Subject']}",
            "MessageDate": self.clock.now(),
        } | told
        return self.create("EmailMessage", by=by, ParentId=case.id, TextBody=text, **held)

    def delete(self, row: Row, *, by: str = "ana") -> None:
        self.store.delete(row, self.who(by))

    def purge(self, row: Row) -> None:
        """Empty the recycle bin of it."""
        for one in (*self.children(row), row):
            self.drop(one)

    def merge(self, master: Row, loser: Row, *, by: str = "ana") -> None:
        """Two Cases become one: what hung on the loser hangs on the master, the loser shows as deleted."""
        for child in self.children(loser):
            link = next(n for n in ("ParentId", "CaseId", "WhatId") if child.values.get(n) == loser.id)
            child.values[link] = master.id
        self.store.delete(loser, self.who(by), master=master.id)
        self.store.update(master, {}, self.who(by))

    @contextmanager
    def under_way(self) -> Iterator[Flight]:
        """What is done inside has its stamps now, and is not seen until the flight is committed."""
        self.flight = Flight()
        try:
            yield self.flight
        finally:
            self.flight = None

    def stop_history(self) -> None:
        """From now on history trails behind the saves."""
        self.trailing = []

    def catch_up(self) -> None:
        for row in self.trailing or []:
            row.unborn = False
        self.trailing = None

"""One open connection to one Jira, as the contract asks for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from escsync.adapter import (
    Binding,
    Capabilities,
    Change,
    Cursor,
    Draft,
    EffectKey,
    Found,
    Page,
    PersonKind,
    Problem,
    Ticket,
    TicketRef,
    TrackerPerson,
    Value,
    Written,
)
from escsync.offers import Gap, Part, Provided, Wish

from . import encode
from .belonging import Belonging
from .connection import Connection
from .discovery import Discovery
from .reader import Reader
from .settings import JiraSettings
from .setup.outline import Outline
from .setup.provision import Provision
from .setup.rehearsal import Rehearsal
from .setup.rights import Rights
from .survey import Survey
from .writer import Writer

_USERS = 100
_FIRST_USERS = 1000
"""Jira filters the first thousand users and hands out what is left of each page."""


class JiraAdapter:
    """Jira, Cloud or Data Center."""

    def __init__(self, binding: Binding) -> None:
        settings: JiraSettings = binding.settings
        self._binding = binding
        self._provision: Provision | None = None
        self._connection = Connection(settings.connection, binding.retry)
        self._discovery = Discovery(self._connection, binding)
        self._reader = Reader(self._connection, self._discovery)
        self._belonging = Belonging(self._connection, self._discovery)
        self._writer = Writer(self._connection, self._discovery, self._reader)

    @property
    def capabilities(self) -> Capabilities:
        """What this Jira can do."""
        return Capabilities(note=self._writer.notes.possible)

    @property
    def me(self) -> str:
        """The account that escsync works as."""
        return self._discovery.schema.me

    @property
    def calls(self) -> int:
        """How many requests were made."""
        return self._connection.calls

    @property
    def time(self) -> datetime | None:
        """Jira's clock at its last answer."""
        return self._connection.time

    @property
    def discovery(self) -> Mapping[str, Any]:
        """What was learnt, for the next connection."""
        return self._discovery.told()

    def check(self) -> Iterator[Problem]:
        """Access, permissions, fields, options and statuses."""
        yield from Survey(self._connection, self._discovery).look()

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef] = ()) -> Iterator[Page]:
        """What changed since *cursor*, and what is watched; None: everything in scope."""
        yield from self._reader.pull(cursor, watch)

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """These tickets as they stand now."""
        yield from self._reader.read(refs)

    def inside(self, refs: Sequence[TicketRef]) -> Collection[str]:
        """Which of these are in scope, whatever the search index has lost sight of."""
        return self._belonging.inside(refs)

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """Carry out *changes*, one request each where Jira allows it."""
        yield from self._writer.write(changes)

    def create(self, draft: Draft) -> TicketRef:
        """Create a marked ticket."""
        return self._writer.creation.create(draft)

    def find(self, keys: Sequence[EffectKey]) -> Iterator[Found]:
        """Which marked tickets exist?"""
        yield from self._writer.creation.find(keys)

    def people(self) -> Iterator[TrackerPerson]:
        """Who can be assigned in the project; where none is named, all users."""
        schema, project = self._discovery.schema, self._discovery.project.get("key", "")
        path = "user/assignable/search" if project else "user/search"
        met: set[str] = set()
        for at in range(0, _FIRST_USERS, _USERS):
            users = self._users(path, project, at)
            if not users and path == "user/assignable/search" and at == 0:
                path, project = "user/search", ""
                users = self._users(path, project, at)
            for raw in users:
                ref = schema.person(raw)
                if ref.id and ref.id not in met:
                    met.add(ref.id)
                    yield TrackerPerson(
                        id=ref.id,
                        name=ref.name,
                        email=ref.email,
                        username=str(raw.get("name") or ""),
                        kind=ref.kind if raw.get("accountType") != "app" else PersonKind.BOT,
                        active=ref.active is not False,
                    )
            if not users:
                return

    def _users(self, path: str, project: str, at: int) -> list[dict[str, Any]]:
        every = {"query": ""} if self._discovery.cloud else {"username": "" if project else "."}
        within = {"project": project} if project else {}
        answer = self._connection.get(
            path, what="reading the users", refused=(404,), startAt=at, maxResults=_USERS, **every, **within
        )
        return [] if answer.status == 404 else answer.listing()

    def fit(self, field: str, value: Value) -> Value:
        """*value* as Jira will show it: days where the mapped field holds days."""
        schema = self._discovery.schema
        columns = schema.columns.get(field, ())
        return encode.fit(columns[0], value, schema) if columns else value

    def rights(self, mode: str) -> Iterator[Problem]:
        """What the account may do, and what *mode* needs of it."""
        yield from Rights(self._connection, self._discovery).look(mode)

    def outline(self) -> Iterator[Part]:
        """The schema as far as the configuration leans on it, as it is now."""
        yield from Outline(self._connection, self._discovery, self._binding).now()

    def recalled(self) -> Iterator[Part]:
        """The same as it was last known."""
        yield from Outline(self._connection, self._discovery, self._binding).recalled()

    def scratch(self, mark: str) -> TicketRef:
        """A ticket to try things on."""
        rehearsal = Rehearsal(self._connection, self._discovery, self._writer.creation)
        return rehearsal.scratch(mark, self._binding.clock())

    def discard(self, ref: TicketRef) -> None:
        """Delete it again."""
        Rehearsal(self._connection, self._discovery, self._writer.creation).discard(ref)

    def missing(self, wishes: Sequence[Wish]) -> Iterator[Gap]:
        """What Jira lacks."""
        yield from self._provisioning.missing(wishes)

    def provide(self, gap: Gap) -> Provided:
        """Make one gap good."""
        return self._provisioning.provide(gap)

    def provided(self) -> Iterator[Provided]:
        """What escsync made here."""
        yield from self._provisioning.removal.provided()

    def together(self, others: Sequence[Any]) -> None:
        """For these Jiras' projects nothing is kept."""
        self._provisioning.removal.together(others)

    def withdraw(self, one: Provided) -> None:
        """Take it away again."""
        self._provisioning.removal.withdraw(one)

    @property
    def _provisioning(self) -> Provision:
        if self._provision is None:
            self._provision = Provision(self._connection, self._discovery, self._binding)
        return self._provision

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def connect(binding: Binding) -> JiraAdapter:
    """A connection as *binding* asks for; nothing is asked of Jira before it is used."""
    return JiraAdapter(binding)

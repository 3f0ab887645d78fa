"""One open connection to one Notion database, as the contract asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    Heard,
    Page,
    Problem,
    Ticket,
    TicketRef,
    TrackerPerson,
    Value,
    Written,
)
from escsync.offers import Gap, Part, Provided, Wish

from . import encode
from .connection import Connection, Transport
from .discovery import Discovery
from .reader import Reader
from .settings import NotionSettings
from .setup import rehearsal
from .setup.provision import Provision
from .setup.rights import Rights
from .survey import Survey
from .writer import Writer


class NotionAdapter:
    """Notion. It keeps no history, knows no conditional writes, and tells a page's comments one page at a time."""

    def __init__(self, binding: Binding, transport: Transport | None = None) -> None:
        settings: NotionSettings = binding.settings
        self._connection = Connection(settings.connection, binding.retry, transport)
        self._discovery = Discovery(self._connection, binding)
        self._reader = Reader(self._connection, self._discovery)
        self._writer = Writer(self._connection, self._discovery, self._reader)
        self._rights = Rights(self._connection, self._discovery)
        self._provision = Provision(self._connection, settings.scope, binding.vocabulary)

    @property
    def capabilities(self) -> Capabilities:
        """What this connection can do. Whether a note may be written is told by each note's own refusal."""
        heard = not self._reader.conversation.refused
        return Capabilities(history=False, messages=heard, read_batch=1, apart=heard)

    @property
    def me(self) -> str:
        """The account that escsync works as."""
        return self._discovery.schema.me

    @property
    def calls(self) -> int:
        """How many requests were made."""
        return self._connection.calls

    @property
    def discovery(self) -> Mapping[str, Any]:
        """What was learnt, for the next connection."""
        return self._discovery.told()

    def check(self) -> Iterator[Problem]:
        """Access, properties, options and statuses; `rights` tells the capabilities."""
        yield from Survey(self._connection, self._discovery).look()

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef] = ()) -> Iterator[Page]:
        """What changed since *cursor*, and what is watched; None: every page of the data source."""
        yield from self._reader.pull(cursor, watch)

    def listen(self, refs: Sequence[TicketRef]) -> Iterator[Heard]:
        """The messages and the note of these tickets, one call each."""
        yield from self._reader.listen(refs)

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """These tickets as they stand now, whole: two calls each."""
        yield from self._reader.read(refs)

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """Carry out *changes*: one request for each one's properties, one for its note."""
        yield from self._writer.write(changes)

    def create(self, draft: Draft) -> TicketRef:
        """Create a marked page."""
        return self._writer.creation.create(draft)

    def find(self, keys: Sequence[EffectKey]) -> Iterator[Found]:
        """Which marked pages exist?"""
        yield from self._writer.creation.find(keys)

    def people(self) -> Iterator[TrackerPerson]:
        """The members and bots of the workspace; guests are listed nowhere, and those who left only if they were met."""
        schema, listed = self._discovery.faces, set[str]()
        for page in self._connection.listed("users", what="reading the users", needs="read user information"):
            for raw in page:
                ref = schema.person(raw)
                if ref.id and ref.id not in listed:
                    listed.add(ref.id)
                    yield TrackerPerson(ref.id, ref.name or ref.id, ref.email, kind=ref.kind)
        for id in schema.resolved:
            if id not in listed:
                ref = schema.person({"object": "user", "id": id})
                yield TrackerPerson(id, ref.name, kind=ref.kind, active=ref.active is not False)

    def fit(self, field: str, value: Value) -> Value:
        """*value* as Notion will show it: to the minute where the mapped property is a date."""
        columns = self._discovery.schema.columns.get(field, ())
        return encode.fit(columns[0], value) if columns else value

    # -- what it offers besides

    @property
    def time(self) -> datetime | None:
        """Notion's clock at the last answer."""
        return self._connection.time

    def rights(self, mode: str) -> Iterator[Problem]:
        """The capabilities as *mode* needs them, and what is shared beyond the database."""
        yield from self._rights.judged(mode)

    def outline(self) -> Iterator[Part]:
        """The mapped properties and the statuses as they are now."""
        yield from self._discovery.outline()

    def recalled(self) -> Iterator[Part]:
        """The same as the last connection learnt them."""
        yield from self._discovery.recalled()

    def scratch(self, mark: str) -> TicketRef:
        """Make a page to try things on."""
        return rehearsal.scratch(self._writer.creation, mark)

    def discard(self, ref: TicketRef) -> None:
        """Throw it away."""
        rehearsal.discard(self._connection, ref, self.me)

    def missing(self, wishes: Sequence[Wish]) -> Iterator[Gap]:
        """What the database, or the page below which it is to be made, lacks."""
        yield from self._provision.missing(wishes)

    def provide(self, gap: Gap) -> Provided:
        """Make it."""
        return self._provision.provide(gap)

    def provided(self) -> Iterator[Provided]:
        """What escsync made here."""
        yield from self._provision.provided()

    def withdraw(self, one: Provided) -> None:
        """Take it away again."""
        self._provision.withdraw(one)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def connect(binding: Binding) -> NotionAdapter:
    """A connection as *binding* asks for; nothing is asked of Notion before it is used."""
    return NotionAdapter(binding)

"""One open connection to one Salesforce org, as the contract asks for it."""

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
    Page,
    Problem,
    Ticket,
    TicketRef,
    TrackerPerson,
    Value,
    Written,
)
from escsync.offers import Gap, Part, Provided, Wish

from . import roster, values
from .connection import Connection
from .discovery import Discovery
from .reader import Reader
from .search import MOST_QUERIES
from .settings import SalesforceSettings
from .setup import outline
from .setup.provision import Provision
from .setup.rehearsal import Rehearsal
from .setup.rights import Rights
from .soql import MOST_IDS
from .survey import Survey
from .writer import MOST_PARTS, Writer


class SalesforceAdapter:
    """Salesforce Service Cloud."""

    def __init__(self, binding: Binding) -> None:
        settings: SalesforceSettings = binding.settings
        self._connection = Connection(settings.connection, binding.retry, binding.clock)
        self._discovery = Discovery(self._connection, binding)
        self._reader = Reader(self._connection, self._discovery)
        self._writer = Writer(self._connection, self._discovery, self._reader)
        self._rehearsal = Rehearsal(self._connection, self._discovery, self._writer.creation)
        self._provision = Provision(self._connection, settings, binding.vocabulary)

    @property
    def capabilities(self) -> Capabilities:
        """What Salesforce can do."""
        return Capabilities(compare_and_set=True, read_batch=MOST_QUERIES * MOST_IDS, write_batch=MOST_PARTS)

    @property
    def me(self) -> str:
        """The account that escsync works as."""
        return self._discovery.schema.me

    @property
    def calls(self) -> int:
        """How many requests of the API were made; those for a token are not of the API."""
        return self._connection.calls

    @property
    def discovery(self) -> Mapping[str, Any]:
        """What was learnt, for the next connection."""
        return self._discovery.told()

    def check(self) -> Iterator[Problem]:
        """Access, rights, fields, options, statuses and histories."""
        yield from Survey(self._connection, self._discovery).look()

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef] = ()) -> Iterator[Page]:
        """What changed since *cursor*, and what is watched; None: everything in scope."""
        yield from self._reader.pull(cursor, watch)

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """These tickets as they stand now."""
        yield from self._reader.read(refs)

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """Carry out *changes*, 25 conditional ones in a call."""
        yield from self._writer.write(changes)

    def create(self, draft: Draft) -> TicketRef:
        """Create a marked case or task."""
        return self._writer.creation.create(draft)

    def find(self, keys: Sequence[EffectKey]) -> Iterator[Found]:
        """Which marked records exist?"""
        yield from self._writer.creation.find(keys)

    def people(self) -> Iterator[TrackerPerson]:
        """Users, active or not, and queues."""
        yield from roster.people(self._connection, self._discovery)

    def fit(self, field: str, value: Value) -> Value:
        """*value* as Salesforce will show it."""
        schema = self._discovery.schema
        columns = schema.columns.get(field, ())
        return values.fitted(columns[0], value, schema) if columns else value

    @property
    def time(self) -> datetime | None:
        """Salesforce's clock at the last answer."""
        return self._connection.time

    def rights(self, mode: str) -> Iterator[Problem]:
        """What the account may do, and what beyond that."""
        yield from Rights(self._connection, self._discovery.inquiry()).look(mode)

    def missing(self, wishes: Sequence[Wish]) -> Iterator[Gap]:
        """What the org lacks for *wishes*."""
        yield from self._provision.missing(wishes)

    def provide(self, gap: Gap) -> Provided:
        """Make one gap good."""
        return self._provision.provide(gap)

    def provided(self) -> Iterator[Provided]:
        """What carries escsync's mark."""
        yield from self._provision.provided()

    def withdraw(self, one: Provided) -> None:
        """Delete what carries escsync's mark."""
        self._provision.withdraw(one)

    def outline(self) -> Iterator[Part]:
        """The mapped fields, statuses and scope as they are now."""
        yield from outline.now(self._discovery)

    def recalled(self) -> Iterator[Part]:
        """The same as the last connection knew it."""
        yield from outline.then(self._discovery)

    def scratch(self, mark: str) -> TicketRef:
        """Open a case in scope that may be deleted."""
        return self._rehearsal.scratch(mark)

    def discard(self, ref: TicketRef) -> None:
        """Delete it."""
        self._rehearsal.discard(ref)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def connect(binding: Binding) -> SalesforceAdapter:
    """A connection as *binding* asks for; nothing is asked of Salesforce before it is used."""
    return SalesforceAdapter(binding)

"""What both halves of the contract stand on: a small cast, hostile texts, and short ways to look."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from escsync.adapter import (
    Adapter,
    Change,
    Cursor,
    Edit,
    Listener,
    PersonKind,
    PersonRef,
    SetField,
    Ticket,
    TicketRef,
    TrackerError,
    Value,
)

from .humans import Humans

START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE tickets; -- \" OR project = X",
    "{{config}} ${env:TOKEN} {color:red} [~admin] !x.png! |pipe| @here",
    "Zażółć 漢字 😀 \u202egnp.exe\u202c e\u0301",
    "huge " + "x" * 20_000,
)
OK = SetField("health", None, "ok")
"""An edit of a field that is escsync's own."""


class Bench:
    """Shared by both halves of the contract: a small cast, and short ways to look."""

    tickets_for_paging: ClassVar[int] = 205
    """So many tickets are read page by page; make it more than two of your pages."""
    tells_bots: ClassVar[bool] = True
    """Does the tracker say of an account that it is a bot? If not, people.yaml must."""
    always_owned: ClassVar[bool] = False
    """Has every ticket an owner, so that nobody's is a queue's, and none can be taken away?"""

    def humans(self, folder: Path) -> Humans:
        """The people of a new, empty tracker."""
        raise NotImplementedError

    def teardown_method(self) -> None:
        """Take down what the test has set up, where it can be."""
        for made in self.__dict__.pop("_made", []):
            close = getattr(made, "close", None)
            if close is not None:
                close()

    def cast(self, folder: Path) -> Humans:
        """The people of the tests, at work since START."""
        humans = self.humans(folder)
        self.__dict__.setdefault("_made", []).append(humans)
        humans.now = START
        self.ana = humans.hire("ana", "Ana Silva", email="ana@acme.example")
        self.dana = humans.hire("dana", "Dana Reyes", email="dana@acme.example")
        return humans

    def troubled(self, folder: Path, *members: str) -> tuple[Humans, Any]:
        """The cast, and the same people as `Trouble` with these *members*; skipped by name where the fake lacks one."""
        humans = self.cast(folder)
        lacking = [name for name in members if not hasattr(humans, name)]
        if lacking:
            import pytest

            pytest.skip(
                f"{type(humans).__name__} offers no {', '.join(lacking)}: see escsync.testing.Trouble"
            )
        return humans, humans

    def warm(self, humans: Humans, ref: TicketRef) -> Adapter:
        """A connection that has worked: what it must learn of the tracker it knows."""
        adapter = humans.connect()
        list(adapter.write([change(only(adapter, ref), SetField("computed_priority", None, "P1"))]))
        return adapter


def pulled(adapter: Adapter, cursor: Cursor | None = None) -> tuple[list[Ticket], Cursor]:
    """Everything that a pull brings, and where the next one starts."""
    tickets: list[Ticket] = []
    for page in adapter.pull(cursor):
        assert not page.unreadable, "every ticket of the contract can be read"
        tickets += page.tickets
        cursor = page.cursor
    assert cursor is not None, "a pull yields at least one page, with a cursor"
    return tickets, json.loads(json.dumps(cursor))


def heard(adapter: Adapter, tickets: Iterable[Ticket]) -> list[Ticket]:
    """The tickets with their messages and note, asked for where they stand apart."""
    tickets = list(tickets)
    apart = [ticket.ref for ticket in tickets if not ticket.heard]
    found = {h.ticket.id: h for h in adapter.listen(apart)} if isinstance(adapter, Listener) else {}
    return [
        replace(t, heard=True, messages=found[t.id].messages, note=found[t.id].note) if t.id in found else t
        for t in tickets
    ]


def only(adapter: Adapter, ref: TicketRef) -> Ticket:
    """One ticket as it stands."""
    (ticket,) = adapter.read([ref])
    return ticket


def unowned(value: Value) -> bool:
    """Does nobody in particular own it? A queue is nobody (decision 27b)."""
    refs = value if isinstance(value, tuple) else ()
    return all(isinstance(ref, PersonRef) and ref.kind is PersonKind.QUEUE for ref in refs)


def people(value: Value) -> list[str]:
    """The ids, or else names, of a person field."""
    refs: Sequence[object] = value if isinstance(value, tuple) else ()
    return [ref.id or ref.name for ref in refs if isinstance(ref, PersonRef)]


def change(ticket: Ticket, *edits: Edit) -> Change:
    """A change of one ticket as it stands."""
    return Change("t", ticket.ref, ticket.digest(), edits, ("TEST",), ticket.version)


def error_of(work: Callable[[], object]) -> TrackerError | None:
    """What *work* fails with; any other exception than ours is a fault of the adapter."""
    try:
        work()
    except TrackerError as error:
        return error
    return None


def failure_of(adapter: Adapter, wanted: Change) -> TrackerError | None:
    """What a write of one edit fails with, told or raised."""
    try:
        (written,) = adapter.write([wanted])
    except TrackerError as error:
        return error
    return written.failures.get(0)

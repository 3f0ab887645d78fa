"""What both halves of the contract stand on: a small cast, hostile texts, and short ways to look."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from escsync.adapter import Adapter, Cursor, Listener, PersonRef, Ticket, TicketRef, Value

from .humans import Humans

START = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE tickets; -- \" OR project = X",
    "{{config}} ${env:TOKEN} {color:red} [~admin] !x.png! |pipe| @here",
    "Zażółć 漢字 😀 \u202egnp.exe\u202c e\u0301",
    "huge " + "x" * 20_000,
)


class Bench:
    """Shared by both halves of the contract: a small cast, and short ways to look."""

    tickets_for_paging: ClassVar[int] = 205
    """So many tickets are read page by page; make it more than two of your pages."""
    tells_bots: ClassVar[bool] = True
    """Does the tracker say of an account that it is a bot? If not, people.yaml must."""

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


def people(value: Value) -> list[str]:
    """The ids, or else names, of a person field."""
    refs: Sequence[object] = value if isinstance(value, tuple) else ()
    return [ref.id or ref.name for ref in refs if isinstance(ref, PersonRef)]

"""Polls of one tracker, for the tests of the ledger: tickets and messages as a team would leave them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from escsync.domain.communication import Element, Message, MessageKind, Reading
from escsync.domain.evidence import Evidence
from escsync.domain.fields import Stage
from escsync.domain.people import PersonRef
from escsync.domain.ticket import Status, Ticket
from escsync.ledger.poll import Poll
from escsync.ledger.trackers import Sweep

T = "support"
CREATED = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
DANA = (PersonRef("u1", "Dana Reyes", active=True),)
IDRIS = (PersonRef("u2", "Idris Cole", active=True),)


def at(minutes):
    return CREATED + timedelta(minutes=minutes)


def ticket(number="1", **values):
    shown = {
        "summary": "Invoices are wrong",
        "owner": (),
        "stage": Status("3", "Open", Stage.INTAKE),
        **values,
    }
    return Ticket(number, f"ESC-{number}", "https://tracker.example/1", CREATED, shown, updated_at=CREATED)


def said(number="m1", words="Hello", minutes=10, **more):
    return Message(number, Evidence(at(minutes)), DANA[0], words, MessageKind.ACKNOWLEDGEMENT, **more)


def reading(_ticket, message):
    found = {Element.NAME} if "Dana" in message.text else set()
    return Reading(elements=frozenset(found), digest=str(hash(message.text)))


class Tracker:
    """Polls of one tracker, each a pass that ends well."""

    def __init__(self, ledger):
        self.ledger = ledger

    def poll(self, minutes, *tickets, **more):
        now = at(minutes)
        poll = Poll(T, now, self.ledger.last_pass(T), more.pop("read", reading), ours="bot", **more)
        seen = self.ledger.observe(poll, tickets)
        self.ledger.polled(T, {"since": minutes}, now, Sweep())
        return seen

    def record(self, number="1"):
        (found,) = self.ledger.records(T, ids=[number])
        return found


def dump(ledger, *tables):
    with ledger._database.read() as connection:
        return {
            t: [tuple(r) for r in connection.execute(text(f"SELECT * FROM {t} ORDER BY 1, 2, 3"))]
            for t in tables
        }

"""What keeping 500 tickets and reading them back costs: `make bench` prints it."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from escsync.domain.communication import Element, Message, Reading
from escsync.domain.evidence import Evidence
from escsync.domain.fields import Stage
from escsync.domain.people import PersonRef
from escsync.domain.ticket import Fact, Status, Ticket
from escsync.ledger import Ledger
from escsync.ledger.observation import Poll

BEGIN = datetime(2026, 3, 3, 9, tzinfo=UTC)
DANA = PersonRef("u1", "Dana Reyes", active=True)
TICKETS = 500


def ticket(number, words="Invoices are wrong"):
    shown = {"summary": words, "owner": (DANA,), "stage": Status("3", "Open", Stage.INTAKE)}
    told = Message("m1", Evidence(BEGIN + timedelta(minutes=10)), DANA, "My name is Dana Reyes")
    past = {name: (Fact(Evidence(BEGIN), value, DANA),) for name, value in shown.items()}
    return Ticket(
        str(number), f"ESC-{number}", "", BEGIN, shown, updated_at=BEGIN, history=past, messages=(told,)
    )


def poll(minutes):
    read = Reading(frozenset(Element))
    return Poll("t", BEGIN + timedelta(minutes=minutes), None, lambda ticket, message: read)


@pytest.fixture
def ledgers(tmp_path):
    opened = []

    def new():
        opened.append(Ledger.open(f"sqlite:///{tmp_path}/{len(opened)}.db"))
        return opened[-1]

    yield new
    for ledger in opened:
        ledger.close()


@pytest.mark.benchmark(group="ledger, 500 tickets", timer=time.process_time)
def test_observe_new(benchmark, ledgers):
    """Tickets never seen before."""
    tickets = [ticket(number) for number in range(TICKETS)]

    benchmark.pedantic(
        lambda ledger: ledger.observe(poll(30), tickets), setup=lambda: ((ledgers(),), {}), rounds=5
    )


@pytest.mark.benchmark(group="ledger, 500 tickets", timer=time.process_time)
def test_observe_unchanged(benchmark, ledgers):
    """The same tickets again: no row is written."""
    tickets, ledger = [ticket(number) for number in range(TICKETS)], ledgers()
    ledger.observe(poll(30), tickets)

    assert not benchmark(ledger.observe, poll(31), tickets).changed


@pytest.mark.benchmark(group="ledger, 500 tickets", timer=time.process_time)
def test_records(benchmark, ledgers):
    """All of them read back, ready to be judged."""
    ledger = ledgers()
    ledger.observe(poll(30), [ticket(number) for number in range(TICKETS)])

    assert len(benchmark(lambda: list(ledger.records("t")))) == TICKETS

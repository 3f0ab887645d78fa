"""What it costs to judge one escalation: `make bench` prints it."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from escsync.domain.assess import assess
from escsync.domain.communication import Element, Message, MessageKind, Reading
from escsync.domain.escalation import Record, World, escalations
from escsync.domain.evidence import Evidence
from escsync.domain.fields import Stage
from escsync.domain.people import Directory, Person, PersonRef, Role, Tenure
from escsync.domain.policy import Policy
from escsync.domain.ticket import Fact, Status, Ticket

BEGIN = datetime(2026, 3, 3, 9, tzinfo=UTC)
NOW = BEGIN + timedelta(hours=7)
DANA = Person(
    "dana", "Dana Reyes", title="Support Manager", tenures=(Tenure(Role.SUPPORT_MANAGER),), ids={"t": "d"}
)
WORLD = World(Directory([DANA]), company="Acme")
ALWAYS = {
    "summary": "Invoices doubled after migration",
    "account.name": "Alder AG",
    "account.tier": "enterprise",
    "severity": "billing_dispute",
    "entry_point": "exec_email",
    "stage": Status("1", "Intake", Stage.INTAKE),
}
LATER = (
    ("owner", (PersonRef("d"),)),
    ("checklist.history_reviewed", "done"),
    ("checklist.csm_spoken", "done"),
    ("findings_summary", "Lines were counted twice."),
)


def record(events: int) -> Record:
    """An escalation in the middle of its investigation, with so many events."""
    history = {name: [Fact(Evidence(BEGIN), value)] for name, value in ALWAYS.items()}
    for n in range(events - len(ALWAYS) - 1):
        name, value = LATER[n % len(LATER)]
        history.setdefault(name, []).append(
            Fact(Evidence(BEGIN + timedelta(minutes=5 + n)), value, PersonRef("d"))
        )
    ticket = Ticket(
        id="1",
        key="ESC-1",
        url="https://tracker.example/ESC-1",
        created_at=BEGIN,
        values={name: facts[-1].value for name, facts in history.items()},
        history={name: tuple(facts) for name, facts in history.items()},
        messages=(
            Message(
                "1", Evidence(BEGIN + timedelta(minutes=30)), PersonRef("d"), "", MessageKind.ACKNOWLEDGEMENT
            ),
        ),
    )
    return Record("t", ticket, {"1": Reading(frozenset(Element))})


@pytest.mark.benchmark(timer=time.process_time)  # machines are shared; the work is what counts
@pytest.mark.parametrize("events", [10, 50])
def test_assess(benchmark, events):
    """From the ledger's record to the assessment; must stay below a millisecond with 50 events."""
    kept, policy = record(events), Policy()

    def judge():
        (found,) = escalations(kept, WORLD, policy, NOW)
        return assess(found, policy, NOW)

    assert benchmark(judge).stage is Stage.INVESTIGATION
    assert benchmark.stats is None or benchmark.stats.stats.min < 0.001

"""Judge one escalation from Python, without a tracker, a ledger or the command line.

    python examples/judge_a_ticket.py

The domain is pure: a ticket with its evidence, a policy and an instant go in, an assessment comes out.
"""

from datetime import UTC, datetime

from escsync.domain.assess import assess
from escsync.domain.communication import Message, MessageKind
from escsync.domain.escalation import Record, World, escalations
from escsync.domain.evidence import Evidence
from escsync.domain.fields import Stage
from escsync.domain.people import Directory, Person, PersonRef, Role, Tenure
from escsync.domain.policy import Policy
from escsync.domain.reading import read_message
from escsync.domain.ticket import Fact, Status, Ticket

BEGAN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
TOM = Person(
    "tom", "Tom Beck", title="Support Agent", tenures=(Tenure(Role.TIER1_AGENT),), ids={"mine": "u1"}
)
DANA = Person(
    "dana", "Dana Reyes", title="Support Manager", tenures=(Tenure(Role.SUPPORT_MANAGER),), ids={"mine": "u2"}
)
PEOPLE = Directory([TOM, DANA])


def main() -> None:
    """Print the clocks and findings of a ticket to which only a Tier 1 agent replied."""
    policy = Policy()
    reply = Message(
        "m1",
        Evidence(BEGAN.replace(minute=20)),
        PersonRef("u1"),
        "We are on it.",
        MessageKind.ACKNOWLEDGEMENT,
    )
    opened = Status("1", "Open", Stage.INTAKE)
    ticket = Ticket(
        id="42",
        key="EXEC-42",
        url="https://tracker.example/EXEC-42",
        created_at=BEGAN,
        values={"summary": "Invoices doubled", "owner": (PersonRef("u2"),), "stage": opened},
        history={
            "summary": (Fact(Evidence(BEGAN), "Invoices doubled"),),
            "owner": (
                Fact(Evidence(BEGAN), ()),
                Fact(Evidence(BEGAN.replace(minute=30)), (PersonRef("u2"),)),
            ),
            "stage": (Fact(Evidence(BEGAN), opened),),
        },
        messages=(reply,),
    )
    reading = read_message(
        reply, TOM, summary="Invoices doubled", comms=policy.comms, company="Acme", directory=PEOPLE
    )
    record = Record("mine", ticket, readings={"m1": reading})
    now = BEGAN.replace(hour=12)

    for escalation in escalations(record, World(PEOPLE, company="Acme"), policy, now):
        judged = assess(escalation, policy, now)
        print(
            f"{judged.key}: {judged.stage}, {judged.priority}, owned by {judged.owner.name if judged.owner else 'nobody'}"
        )
        for clock in judged.clocks:
            print(f"  {clock.name:14} due {clock.due_at:%H:%M}  {clock.verdict} {clock.detail}")
        for finding in judged.findings:
            print(f"  {finding.severity:7} {finding.code}: {finding.detail}")


if __name__ == "__main__":
    main()

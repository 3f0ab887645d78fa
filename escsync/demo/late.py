"""Escalations further on: a solution under way, closed, waiting for the check-in, reopened, complete."""

from __future__ import annotations

from datetime import datetime, timedelta

from .story import Event, Go, Put, Story, ack, closure, investigated, opening, update


def late(now: datetime) -> tuple[Story, ...]:
    """The stories, as they stand at *now*."""
    return (
        _exception(now),
        _update_due(now),
        _promised(now),
        _follow_up(now),
        _reopened(now),
        _complete(now),
        _duplicate(now),
    )


def _exception(now: datetime) -> Story:
    """The owner may not grant what the customer needs, has asked, and waits."""
    opened = now - timedelta(hours=6)
    return Story(
        opened,
        "omar",
        opening(
            opened,
            "Quarry Steel",
            "Penalty fee charged for our own outage",
            "ae_escalation",
            severity="billing_dispute",
            owner="dana",
        ),
        (
            Event(opened + timedelta(minutes=40), "dana", ack("Dana Reyes", "the penalty fee")),
            Event(
                opened + timedelta(hours=3),
                "dana",
                investigated("The fee falls into our outage.", technical=False),
            ),
            Event(
                opened + timedelta(hours=4),
                "dana",
                Put(
                    {
                        "resolution_types": ["policy_exception", "billing_credit"],
                        "resolution_links": "billing_credit: EUR 12,000 credit note\npolicy_exception: waive clause 7",
                        "exception.authorizer": "mei",
                        "exception.requested_at": opened + timedelta(hours=4, minutes=5),
                    }
                ),
            ),
            Event(opened + timedelta(hours=4, minutes=10), "dana", Go("solution-design")),
        ),
    )


def _update_due(now: datetime) -> Story:
    """Everything is decided; the customer does not know it yet."""
    opened = now - timedelta(hours=8)
    return Story(
        opened,
        "priya",
        opening(
            opened,
            "Umbra Security",
            "Alert rules vanished after the upgrade",
            "csm_escalation",
            severity="data_issue",
            owner="idris",
        ),
        (
            Event(opened + timedelta(minutes=50), "idris", ack("Idris Cole", "the vanished alert rules")),
            Event(
                opened + timedelta(hours=3),
                "idris",
                investigated("The upgrade dropped rules with old owners."),
            ),
            Event(
                opened + timedelta(hours=5),
                "idris",
                Put(
                    {
                        "resolution_types": ["engineering_fix"],
                        "resolution_links": "engineering_fix: ENG-311, Eli Park",
                    }
                ),
            ),
            Event(opened + timedelta(hours=5, minutes=1), "idris", Go("customer-update")),
        ),
    )


def _promised(now: datetime) -> Story:
    """The customer has a date, and it is near."""
    opened, due = now - timedelta(hours=30), now + timedelta(hours=5)
    return Story(
        opened,
        "omar",
        opening(
            opened,
            "Vela Robotics",
            "Firmware downloads time out worldwide",
            "social_public",
            severity="public_outage",
            tone="public",
            brand_exposure="medium",
            owner="dana",
        ),
        (
            Event(opened + timedelta(minutes=20), "dana", ack("Dana Reyes", "the firmware downloads")),
            Event(opened + timedelta(hours=2), "dana", investigated("One region's cache serves half files.")),
            Event(
                opened + timedelta(hours=3),
                "dana",
                Put(
                    {
                        "resolution_types": ["engineering_fix"],
                        "resolution_links": "engineering_fix: ENG-298, Eli Park",
                    }
                ),
            ),
            Event(opened + timedelta(hours=5), "dana", Put({"committed_at": due})),
            Event(
                opened + timedelta(hours=5, minutes=1),
                "dana",
                update("Dana Reyes", "one region's cache served half files.", "we replace that cache.", due),
            ),
            Event(opened + timedelta(hours=5, minutes=2), "dana", Go("resolution-pending")),
        ),
    )


def _solved(opened: datetime, owner: str, name: str, issue: str, found: str) -> tuple[Event, ...]:
    """A complaint that went well, from the acknowledgement to the closure on the second day."""
    fixed = opened + timedelta(hours=28)
    promised = opened + timedelta(hours=36)
    return (
        Event(opened + timedelta(minutes=45), owner, ack(name, issue)),
        Event(opened + timedelta(hours=3), owner, investigated(found)),
        Event(
            opened + timedelta(hours=4),
            owner,
            Put(
                {
                    "resolution_types": ["engineering_fix"],
                    "resolution_links": "engineering_fix: ENG-254, Eli Park",
                }
            ),
        ),
        Event(opened + timedelta(hours=6), owner, Put({"committed_at": promised})),
        Event(opened + timedelta(hours=6, minutes=1), owner, update(name, found, "we correct it.", promised)),
        Event(fixed, owner, Put({"implemented_at": fixed})),
        Event(
            fixed + timedelta(minutes=30),
            owner,
            closure(name, f"The correction of {issue} is in place and completed."),
        ),
        Event(
            fixed + timedelta(minutes=35),
            owner,
            Put({"root_cause": "product_bug", "breakdown_point": "product"}),
        ),
        Event(fixed + timedelta(minutes=36), owner, Go("closed")),
    )


def _follow_up(now: datetime) -> Story:
    """Closed in order; the CSM's check-in is still to come."""
    opened = now - timedelta(days=4)
    fields = opening(
        opened, "Solis Energy", "Meter readings shifted by a day", severity="data_issue", owner="lena"
    )
    events = _solved(opened, "lena", "Lena Fox", "the meter readings", "A time zone was applied twice.")
    booked = Put({"follow_up.scheduled_for": now + timedelta(days=2)})
    return Story(opened, "omar", fields, (*events, Event(opened + timedelta(hours=30), "priya", booked)))


def _reopened(now: datetime) -> Story:
    """Closed last week, and the customer objects: a second cycle with clocks of its own."""
    opened = now - timedelta(days=6)
    fields = opening(
        opened, "Harbor Foods", "Temperature logs incomplete for audits", severity="data_issue", owner="dana"
    )
    events = _solved(opened, "dana", "Dana Reyes", "the temperature logs", "A sensor driver dropped samples.")
    booked = Put({"follow_up.scheduled_for": opened + timedelta(days=5)})
    return Story(
        opened,
        "priya",
        fields,
        (
            *events,
            Event(opened + timedelta(hours=30), "priya", booked),
            Event(now - timedelta(minutes=70), "priya", Go("intake")),
        ),
    )


def _complete(now: datetime) -> Story:
    """All the way: the customer is content again."""
    opened = now - timedelta(days=12)
    fields = opening(
        opened, "Brightside Schools", "Exam results visible too early", severity="data_issue", owner="idris"
    )
    events = _solved(opened, "idris", "Idris Cole", "the exam results", "A release flag was read too late.")
    met = opened + timedelta(days=6)
    return Story(
        opened,
        "jonas",
        fields,
        (
            *events,
            Event(opened + timedelta(hours=30), "jonas", Put({"follow_up.scheduled_for": met})),
            Event(
                met + timedelta(minutes=30),
                "jonas",
                Put({"follow_up.held_at": met, "follow_up.outcome": "improved"}),
            ),
        ),
    )


def _duplicate(now: datetime) -> Story:
    """The same complaint by a second channel, marked so by a person."""
    opened = now - timedelta(hours=2, minutes=40)
    fields = opening(
        opened,
        "Alder AG",
        "CEO mail forwarded: invoices doubled",
        "ae_escalation",
        severity="billing_dispute",
    )
    return Story(opened, "omar", fields, (Event(opened + timedelta(minutes=15), "dana", Go("duplicate")),))

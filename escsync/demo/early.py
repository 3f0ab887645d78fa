"""Escalations that have only just come in: nobody's, a queue's, late, or badly answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from .story import Event, Go, Put, Say, Story, ack, investigated, opening


def early(now: datetime) -> tuple[Story, ...]:
    """The stories, as they stand at *now*."""

    def ago(hours: float = 0, minutes: float = 0) -> datetime:
        return now - timedelta(hours=hours, minutes=minutes)

    return (
        Story(  # breached: an automatic reply is no answer
            ago(3, 20),
            "omar",
            opening(
                ago(3, 20), "Alder AG", "Invoices doubled after the migration", severity="billing_dispute"
            ),
            (
                Event(
                    ago(3, 18), "autoreply", Say("#ack We received your request. Your ticket number is 4711.")
                ),
                Event(ago(3, 5), "omar", Put({"owner": "lena"})),
            ),
        ),
        Story(  # due soon
            ago(1, 40),
            "dana",
            opening(
                ago(1, 40),
                "Northwind Health",
                "Patient exports miss the last two weeks",
                severity="data_issue",
            ),
            (Event(ago(1, 30), "dana", Put({"owner": "dana"})),),
        ),
        Story(  # nobody owns it
            ago(0, 50),
            "jonas",
            opening(
                ago(0, 50),
                "Pinecrest Bank",
                "Three renewals of the audit report came unsigned",
                "csm_escalation",
                severity="ux_complaint",
            ),
        ),
        Story(  # a queue owns it
            ago(1, 10),
            "tom",
            opening(
                ago(1, 10),
                "Verde Logistics",
                "Shipment tracking page down for drivers since dawn",
                "ticket_flag_submitter",
                severity="public_outage",
            ),
            (Event(ago(1, 8), "tom", Put({"owner": "escalations"})),),
        ),
        Story(  # only Tier 1 has answered
            ago(1, 25),
            "omar",
            opening(
                ago(1, 25),
                "Kestrel Air",
                "Seat maps wrong on every partner booking",
                "ae_escalation",
                severity="data_issue",
            ),
            (
                Event(
                    ago(1, 15),
                    "tom",
                    Say("#ack Hello, I opened a ticket and will look at it. Tom Beck, Support Agent"),
                ),
                Event(ago(1, 10), "dana", Put({"owner": "dana"})),
            ),
        ),
        Story(  # a template sent as it was
            ago(1, 15),
            "lena",
            opening(
                ago(1, 15),
                "Lumen Media",
                "Scheduled publishing fires an hour late",
                "exec_linkedin",
                severity="ux_complaint",
            ),
            (
                Event(ago(1, 5), "lena", Put({"owner": "lena"})),
                Event(
                    ago(0, 40),
                    "lena",
                    Say(
                        "#ack My name is [Name] and I am the [Title] at Acme. I am personally taking responsibility for "
                        "[specific issue] and will personally ensure it is resolved."
                    ),
                ),
            ),
        ),
        Story(  # an agent heard escalation language; nobody has confirmed it yet
            ago(0, 35),
            "ana",
            opening(ago(0, 35), "Orion Games", "Refund for the failed launch weekend", "ticket_flag_agent")
            | {"stage": "candidate"},
            (
                Event(
                    ago(0, 34),
                    "ana",
                    Say("#note The customer writes that they may cancel the contract. Please confirm."),
                ),
            ),
        ),
        Story(  # a threat to go public, in the middle of the work
            ago(2, 30),
            "idris",
            opening(
                ago(2, 30),
                "Fjord Travel",
                "Double bookings in peak season",
                "exec_cc",
                severity="data_issue",
                owner="idris",
            ),
            (
                Event(ago(1, 55), "idris", ack("Idris Cole", "the double bookings")),
                Event(ago(0, 12), "jonas", Put({"tone": "threat_public", "brand_exposure": "high"})),
            ),
        ),
        Story(  # a customer of many years escalates for the first time; the investigation is nearly due
            ago(3, 40),
            "priya",
            opening(
                ago(3, 40),
                "Maple Insurance",
                "Claims search returns other clients' claims",
                "csm_escalation",
                severity="data_issue",
            ),
            (
                Event(ago(3, 25), "dana", Put({"owner": "dana"})),
                Event(ago(3, 10), "dana", ack("Dana Reyes", "the claims search")),
                Event(ago(3, 0), "dana", Go("investigation")),
                Event(ago(1, 20), "dana", Put({"checklist.history_reviewed": "done", "is_technical": True})),
                Event(ago(0, 50), "dana", Put({"checklist.csm_spoken": "done"})),
            ),
        ),
        Story(  # moved straight to Closed, and the label changes nothing
            ago(26),
            "tom",
            opening(ago(26), "Tidewater Telecom", "Porting requests lost for a week", severity="data_issue"),
            (
                Event(ago(25, 50), "lena", Put({"owner": "lena"})),
                Event(ago(25, 10), "lena", ack("Lena Fox", "the lost porting requests")),
                Event(ago(24, 30), "tom", Go("closed")),
            ),
        ),
        Story(  # understood; the solution is being decided
            ago(5),
            "omar",
            opening(
                ago(5), "Basalt Mining", "Sensor alerts arrive twice at night", "ae_escalation", owner="lena"
            ),
            (
                Event(ago(4, 20), "lena", ack("Lena Fox", "the sensor alerts")),
                Event(ago(4, 15), "lena", Go("investigation")),
                Event(ago(2), "lena", investigated("Two relays answer for one site since the last release.")),
                Event(ago(1, 55), "lena", Go("solution-design")),
            ),
        ),
    )

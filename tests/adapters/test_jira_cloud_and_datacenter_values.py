"""Reading Jira, Cloud and Data Center alike: every kind of field, empty, absurd, and owned by several."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from fakes.jira.rig import pull
from fakes.jira.site import FIELDS

from escsync.adapter import PersonKind, PersonRef, Stage, Status


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ids(value):
    return [ref.id for ref in value or ()]


def test_every_field_is_read_by_its_kind(jira):
    """Options by name, people by id, checks box by box, days as days, numbers as Decimal, rich text as lines."""
    issue = jira.world.create(
        summary="Everything is late",
        description="One\nTwo",
        assignee="dana",
        Severity="Data issue",
        ARR=120000.5,
        Tier="Mid Market",
        Checklist=["CSM spoken"],
        Findings="First.\n\nSecond.",
        **{
            "Committed at": "2026-03-05T17:00:00+01:00",
            "Follow-up day": "2026-03-20",
            "CSM": "idris",
            "Root cause": "Something new",
            "Account": "Globex",
            "Resolution types": ["Engineering fix", "Billing credit"],
            "Technical": "Yes",
        },
    )

    ticket = pull(jira.connect()).one

    assert (ticket.id, ticket.key) == (issue.id, "EXEC-1")
    assert ticket.url == f"{jira.server.url}/browse/EXEC-1"
    assert ticket.created_at == at("2026-03-03T09:00:00")
    values = ticket.values
    assert values["summary"] == "Everything is late"
    assert values["description"] == "One\nTwo"
    assert ids(values["owner"]) == [jira.who("dana")]
    assert values["stage"] == Status("1", "Open", Stage.INTAKE, False)
    assert values["severity"] == "data_issue"
    assert values["account.arr"] == Decimal("120000.5")
    assert values["account.tier"] == "mid_market"
    assert values["checklist.csm_spoken"] == "done"
    assert values["checklist.history_reviewed"] == "open"
    assert "Second." in str(values["findings_summary"])
    assert values["committed_at"] == at("2026-03-05T16:00:00")
    assert values["follow_up.scheduled_for"] == date(2026, 3, 20)
    assert ids(values["account.csm"]) == [jira.who("idris")]
    assert values["root_cause"] == "Something new"
    assert values["account.name"] == "Globex"
    assert values["resolution_types"] == ("engineering_fix", "billing_credit")
    assert values["is_technical"] is True
    assert ticket.in_scope
    assert ticket.entered_at is None


def test_every_field_may_be_empty(jira):
    """An empty field is None, not missing and not a crash."""
    jira.world.create()

    ticket = pull(jira.connect()).one

    empty = {name for name, value in ticket.values.items() if value is None}
    assert set(FIELDS) - empty <= {name for name in FIELDS if name.startswith("checklist.")}
    assert not ticket.unreadable


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "banana",
        0,
        -1,
        1e300,
        True,
        [],
        [None],
        [[]],
        {},
        {"x": 1},
        {"id": None},
        [{"id": 7}],
        "\x00\u202e",
    ],
)
def test_an_absurd_value_never_stops_a_ticket(jira, raw):
    """Apps put anything into fields: what cannot be understood is handed on or left empty."""
    issue = jira.world.create(summary="still here")
    for number in range(10050, 10068):
        issue.show(f"customfield_{number}", raw)
    issue.show("duedate", raw)
    issue.show("description", raw)

    pulled = pull(jira.connect())

    assert pulled.unreadable == []
    assert pulled.one.values["summary"] == "still here"


def test_one_unreadable_ticket_does_not_stop_the_others(jira):
    """A ticket without a status is named, the rest goes on."""
    broken = jira.world.create()
    jira.world.create()
    broken.show("status", None)
    broken.show("created", "never")

    pulled = pull(jira.connect())

    assert pulled.keys == ["EXEC-2"]
    assert [one.ref.key for one in pulled.unreadable] == ["EXEC-1"]
    assert "banana" not in pulled.unreadable[0].message


def test_owners_are_the_union_of_their_fields(jira):
    """Assignee and co-owners together; a person named in both is one (decision 13)."""
    jira.world.create(assignee="dana", **{"Co-owners": ["dana", "idris"]})

    ticket = pull(jira.connect()).one

    assert ids(ticket.values["owner"]) == [jira.who("dana"), jira.who("idris")]


@pytest.mark.parametrize("text", ["Dana / Ana", "Dana & Ana", "Dana, Ana", "Dana; Ana", "Dana and Ana"])
def test_owners_in_a_text_field_are_split(jira, text):
    """A text may name several."""
    jira.world.create(Account=text)
    fields = dict(FIELDS) | {"owner": ("Account",)}
    del fields["account.name"]

    ticket = pull(jira.connect(fields=fields)).one

    assert ticket.values["owner"] == (PersonRef(name="Dana"), PersonRef(name="Ana"))


def test_a_robot_or_an_inactive_owner_is_known_as_one(jira):
    """An app account is no human; a deactivated one is told as inactive."""
    jira.world.create(assignee="robot")
    jira.world.create(assignee="idris")
    jira.world.deactivate("idris")

    robot, idris = (ticket.values["owner"][0] for ticket in pull(jira.connect()).tickets)

    assert robot.kind is (PersonKind.BOT if jira.cloud else PersonKind.HUMAN)
    assert (robot.active, idris.active) == (True, False)

"""Plans in words: who, what, from what to what, and why."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from domain.story import Story, at

from escsync.domain.fields import Stage
from escsync.domain.people import PersonRef
from escsync.domain.plan import Change, Create, Draft, Move, Plan, SetField, Withheld, WriteNote
from escsync.domain.ticket import TicketRef
from escsync.report import changes

BERLIN = ZoneInfo("Europe/Berlin")
LENA, DANA = PersonRef("l", "Lena Fox"), PersonRef("d", "Dana Reyes")


def change(*edits):
    """A change of ESC-1 because nobody owns it."""
    return Change("t", TicketRef("1", "ESC-1"), "digest", edits, ("OWNER_MISSING",))


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (SetField("owner", (LENA,), (DANA,)), "owner: Lena Fox -> Dana Reyes"),
        (SetField("owner", (LENA, DANA), (DANA,)), "owner: Lena Fox / Dana Reyes -> Dana Reyes"),
        (SetField("owner", (), (DANA,)), "owner: (empty) -> Dana Reyes"),
        (SetField("ack_due_at", None, at("11:00")), "ack_due_at: (empty) -> 2026-03-03 12:00 CET (11:00Z)"),
        (SetField("due_at", date(2026, 3, 4), None), "due_at: 2026-03-04 -> (empty)"),
        (SetField("account.arr", Decimal("1.50"), None), "account.arr: 1.50 -> (empty)"),
        (SetField("health", "x\x1b[2J\ny", "ok"), "health: x [2J y -> ok"),
        (Move("Closed", Stage.INVESTIGATION), "status: Closed -> investigation"),
        (WriteNote("a\nb", "d", None), "internal note: written (2 lines)"),
        (WriteNote("a", "d", "c"), "internal note: brought up to date (1 line)"),
        (Create(Draft("k", {"summary": "Check-in with Alder AG"})), "new record: Check-in with Alder AG"),
    ],
)
def test_an_edit_is_a_line(edit, expected):
    """Old -> new, in words."""
    assert changes.edit_line(edit, BERLIN) == expected


def test_a_change_names_the_ticket_its_account_and_the_reason():
    """Who reads the plan need not look the ticket up."""
    found = Story().judge("10:50")

    text = "\n".join(
        line.plain for line in changes.told(Plan((change(SetField("owner", (), (DANA,))),)), [found], BERLIN)
    )

    assert "ESC-1  Alder AG: Invoices doubled after migration" in text
    assert "    owner: (empty) -> Dana Reyes" in text
    assert "because OWNER_MISSING: " in text


def test_a_ticket_without_an_account_is_told_by_its_summary():
    """Nothing stands in the account's place."""
    found = Story().judge("10:50")
    found = replace(found, account=replace(found.account, id="", name=""))

    (line, *_) = changes.told(Plan((change(SetField("owner", (), (DANA,))),)), [found], BERLIN)

    assert line.plain == "ESC-1  Invoices doubled after migration"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("mode:observe", "mode observe writes nothing"),
        ("unmapped:stages.closed", "stages.closed is not mapped"),
        ("not_internal", "cannot prove that the note is internal"),
        ("limit:max_writes", "--max-writes raises it"),
        ("something:new", "something:new"),
    ],
)
def test_what_is_withheld_says_why(reason, said):
    """Once per reason, then the changes."""
    plan = Plan((), (Withheld(change(Move("Closed", Stage.INTAKE)), reason),))

    lines = [line.plain for line in changes.told(plan, [], BERLIN)]

    assert lines[0].startswith("Withheld: ")
    assert said in lines[0]
    assert "status: Closed -> intake" in "\n".join(lines)


def test_what_is_withheld_of_a_ticket_stands_together():
    """The plan withholds edit by edit; who reads it sees the ticket and each reason once."""
    parts = (SetField("owner", (), (DANA,)), SetField("health", None, "ok"), SetField("due_at", None, None))
    plan = Plan((), tuple(Withheld(change(part), "mode:observe") for part in parts))

    lines = [line.plain for line in changes.told(plan, [], BERLIN)]

    assert sum("ESC-1" in line for line in lines) == 1
    assert sum("because OWNER_MISSING" in line for line in lines) == 1
    assert [sum(f"{part.field}: " in line for line in lines) for part in parts] == [1, 1, 1]


def test_a_summary_counts_changes_and_edits():
    """One line per tracker."""
    one = change(Move("a", Stage.INTAKE), WriteNote("x", "d", None))

    assert changes.summary("support", Plan((one,), (Withheld(one, "mode:observe"),))) == (
        "support: 1 change (2 edits), 1 withheld"
    )
    assert changes.summary("support", Plan()) == "support: no change"

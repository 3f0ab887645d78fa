"""The board: its headline, its order and its words."""

from dataclasses import replace
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from domain.story import Story, at
from rich.console import Console

from escsync.domain.assessment import Clock, Verdict
from escsync.domain.fields import Stage
from escsync.domain.people import Money, Person, PersonKind
from escsync.domain.policy import MoneyRule
from escsync.report import board, words


def late(**changes):
    """An escalation that nobody acknowledged."""
    return replace(Story().own("09:10", "dana").judge("12:15"), **changes)


def account(found, **changes):
    """The same with another account."""
    return replace(found, account=replace(found.account, **changes))


def drawn(*parts, width=400):
    """What they look like in a pipe."""
    file = StringIO()
    Console(file=file, width=width, markup=False, emoji=False, highlight=False).print(*parts, sep="\n")
    return file.getvalue()


def test_the_headline_counts_what_leadership_asks():
    """Open, breached, due within the hour, ownerless and revenue at risk, in ten seconds."""
    first = account(late(id="t:1"), id="a", name="Alder AG", arr=Money(Decimal(500000), "USD"))
    second = account(late(id="t:2"), id="b", name="Birch", arr=Money(Decimal(128400), "EUR"))
    nobody = account(Story().judge("10:30"), id="c", name="Cedar", arr=None)
    done = account(late(id="t:4", stage=Stage.COMPLETE), id="d", arr=Money(Decimal(1), "USD"))
    money = MoneyRule(rates={"2026-01-01": {"EUR": Decimal("1.10")}, "2027-01-01": {"EUR": Decimal(9)}})

    found = board.board([first, second, nobody, done], money, at("12:15"))

    assert board.headline(found) == (
        "Open 3 | breached 2 | due < 60 min 2 | ownerless 1 | ARR at risk USD 641,240 (3 accounts, 1 missing)"
    )
    assert found.at_risk.missing == ("Cedar",)


def test_an_account_with_two_escalations_counts_once():
    """D24: each account once, by the one that knows the amount."""
    unknown = account(late(id="t:1"), id="a", arr=None)
    known = account(late(id="t:2"), id="A", arr=Money(Decimal(7), "USD"))

    risk = board.at_risk([unknown, known], MoneyRule(), at("12:00"))

    assert risk == board.AtRisk(Money(Decimal(7), "USD"), 1, ())


def test_a_currency_without_a_rate_is_missing_and_never_zero():
    """Missing money is counted aloud."""
    known = account(late(), id="a", name="Alder AG", arr=Money(Decimal(7), "CHF"))

    assert board.at_risk([known], MoneyRule(), at("12:00")).missing == ("Alder AG",)


def test_the_longest_overdue_comes_first_and_nothing_to_do_last():
    """Sorted by the next deadline."""

    def due(name, instant):
        clock = Clock("ack", 1, at("09:00"), at(instant), Verdict.RUNNING, "process", "identified")
        return late(id=name, clocks=(clock,))

    found = [late(id="done", clocks=()), due("soon", "12:30"), due("late", "11:00"), due("later", "16:00")]

    assert [one.id for one in board.by_deadline(found)] == ["late", "soon", "later", "done"]


def test_the_table_says_what_is_late_and_what_is_missing():
    """A tired person reads the deadline in words."""
    text = drawn(*board.drawn([late()], 400))

    assert "ACK overdue 1 h 15 min" in text
    assert "1 of 5 intake" in text or "2 of 5 investigation" in text
    assert "Dana Reyes" in text
    assert "ack breached" in text


def test_missing_revenue_is_named_within_reason():
    """Ten names at the most, none of them a megabyte long."""
    risk = board.AtRisk(Money(Decimal(0), "USD"), 12, ("x" * 1_000_000, *"bcdefghijkl"))

    told = board.unknown(risk)

    assert told.startswith("xxx")
    assert told.endswith("…, b, c, d, e, f, g, h, i, j and 2 more")
    assert len(told) < 100


def test_a_narrow_terminal_gets_two_lines_each():
    """Nothing is broken in the middle of a word."""
    head, rest = board.drawn([late()], 80)

    assert head.plain == "ESC-1      P1  ACK overdue 1 h 15 min"
    assert rest.renderable.plain.startswith("Alder AG, ")
    assert "Dana Reyes: ack breached" in rest.renderable.plain
    assert rest.left == 11


def test_markup_and_colours_of_a_tracker_do_nothing():
    """A hostile account name is shown as it is spelt."""
    hostile = account(late(summary="[red]x[/red]\x1b[2J", key="[link]"), name="[bold]Al\u202eder[/bold]")

    text = (
        drawn(*board.drawn([hostile], 400))
        + drawn(*board.drawn([hostile], 80))
        + drawn(*board.listed([hostile], 400))
    )

    assert "[bold]Alder[/bold]" in text
    assert "[red]x[/red] [2J" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_list_has_one_line_per_escalation():
    """So that grep and cut work on it."""
    assert len(drawn(*board.listed([late(), late(key="ESC-2")], 400)).splitlines()) == 2


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_list_never_loses_the_key(width):
    """Where columns are short the summary is cut, then owner and stage go; by the key everything is asked for."""
    long = late(key="ESCALATION-12345", summary="x" * 200)

    (line,) = board.listed([long], width)

    assert line.plain.startswith("ESCALATION-12345  P1  breached  ")
    assert "ACK overdue 1 h 15 min" in line.plain
    assert line.cell_len <= max(width, 80)


@pytest.mark.parametrize(
    ("instant", "zone", "expected"),
    [
        ("2026-03-03T11:00", "Europe/Berlin", "2026-03-03 12:00 CET (11:00Z)"),
        ("2026-07-03T23:00", "Europe/Berlin", "2026-07-04 01:00 CEST (2026-07-03 23:00Z)"),
        ("2026-03-03T11:00:05", "UTC", "2026-03-03 11:00:05Z"),
    ],
)
def test_an_instant_is_shown_in_the_policy_zone_and_in_utc(instant, zone, expected):
    """Nobody has to compute a deadline in the head."""
    assert words.when(at(instant), ZoneInfo(zone)) == expected


def test_a_verdict_is_said_in_words():
    """How much was left, or how late it was."""
    clock = Clock(
        "ack", 1, at("09:00"), at("11:00"), Verdict.MET, "process", "identified", met_at=at("10:45")
    )

    assert words.judgement(clock, at("12:00")) == "met with 15 min left"
    late_one = replace(clock, verdict=Verdict.BREACHED, met_at=at("12:15"))
    assert words.judgement(late_one, at("13:00")) == "breached, late by 1 h 15 min"
    missed = replace(clock, verdict=Verdict.BREACHED, met_at=None)
    assert words.judgement(missed, at("12:15")) == "breached, overdue 1 h 15 min"
    running = replace(clock, verdict=Verdict.RUNNING, met_at=None)
    assert words.judgement(running, at("10:18")) == "running, 42 min left"
    assert words.judgement(replace(clock, verdict=Verdict.NOT_APPLICABLE), at("10:00")) == "not applicable"


def test_a_queue_is_called_a_queue_and_two_owners_are_both_named():
    """Nobody takes a queue for a person."""
    queue = Person("q", "Escalations", kind=PersonKind.QUEUE)

    assert words.owner(late(owner=queue)) == "Escalations (queue)"
    assert words.owner(late(owner=None, owners=(Person("a", "Dana"), Person("b", "Ana")))) == "Dana / Ana"
    assert words.owner(late(owner=None, owners=())) == "nobody"


def test_missing_things_are_named_shortly_and_the_rest_counted():
    """Three at the most, the worst first."""
    text = words.missing(late(), most=1)

    assert text.startswith("ack breached, +")


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (Stage.CUSTOMER_UPDATE, "4 of 5 customer update"),
        (Stage.CLOSED_FOLLOW_UP_DUE, "5 of 5 closed follow up due"),
        (Stage.CANDIDATE, "candidate"),
    ],
)
def test_a_stage_is_counted(stage, expected):
    """Step n of 5, where it is a step."""
    assert words.step(stage) == expected

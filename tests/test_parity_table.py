"""The parity table itself: it sees every kind of difference, and lets none pass that is not declared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.parity import Declared, declared, lines, table

from escsync.testing import Difference, Moment
from escsync.testing.moment import ClockSeen, FindingSeen

AT = "2026-03-03T11:10:00Z"
CLOCK = ClockSeen("owner", 1, "2026-03-03T11:00:00Z", "2026-03-03T10:58:00Z", "met", "A")
FINDING = FindingSeen("OWNER_MISSING", 1, "2026-03-03T09:00:00Z", "warning")
HERE = Moment("X-1", AT, "A", "intake", 1, "P1", "dana", (CLOCK,), (FINDING,))


def told(other, allowed=None):
    return list(table({"local": [HERE], "other": [other]}, allowed or {}))


def undeclared(rows):
    return {row.what for row in rows if row.undeclared}


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (replace(HERE, stage="investigation"), "stage"),
        (replace(HERE, cycle=2), "cycle"),
        (replace(HERE, priority="P0"), "priority"),
        (replace(HERE, owner=None), "owner"),
        (replace(HERE, clocks=()), "clocks.owner#1"),
        (replace(HERE, clocks=(replace(CLOCK, due="2026-03-03T11:01:00Z"),)), "clocks.owner#1"),
        (replace(HERE, clocks=(replace(CLOCK, met=None),)), "clocks.owner#1"),
        (replace(HERE, clocks=(replace(CLOCK, verdict="breached"),)), "clocks.owner#1"),
        (replace(HERE, clocks=(replace(CLOCK, grade="B"),)), "clocks.owner#1"),
        (replace(HERE, findings=()), "found.OWNER_MISSING|IS_QUEUE#1"),
        (
            replace(HERE, findings=(replace(FINDING, since="2026-03-03T09:05:00Z"),)),
            "found.OWNER_MISSING|IS_QUEUE#1",
        ),
        (replace(HERE, findings=(FINDING, replace(FINDING, code="NO_CSM"))), "found.NO_CSM#1"),
    ],
)
def test_every_difference_is_seen(other, what):
    """Stage, cycle, priority, owner, each clock whole, each finding with its instant."""
    assert undeclared(told(other)) == {what}


def test_a_missing_step_is_a_difference():
    """A tracker on which nothing is said differs in everything."""
    rows = list(table({"local": [HERE], "other": []}, {}))

    assert undeclared(rows) == {row.what for row in rows}


def test_nobody_and_a_queue_are_the_same_nobody():
    """Decision 27b: a Salesforce case cannot be without an owner."""
    assert (
        undeclared(told(replace(HERE, findings=(replace(FINDING, code="OWNER_IS_QUEUE", severity="error"),))))
        == set()
    )


def test_a_grade_needs_a_reason_and_hides_nothing_else():
    """Where grades may differ, verdicts may not."""
    allowed = {"other": Declared(grades="it keeps no history")}
    weaker = replace(CLOCK, grade="B")

    graded = told(replace(HERE, clocks=(weaker,)), allowed)
    worse = told(replace(HERE, clocks=(replace(weaker, verdict="breached"),)), allowed)

    assert undeclared(graded) == set()
    assert [row.reasons for row in graded if row.reasons] == [{"other": "it keeps no history"}]
    assert undeclared(worse) == {"clocks.owner#1"}


def test_a_declared_difference_is_printed_with_its_reason():
    """And covers only what it names."""
    allowed = {"other": Declared("", (Difference("X-1", "11:10", "clocks.owner", "between two polls"),))}
    unclear = replace(
        HERE, clocks=(replace(CLOCK, verdict="indeterminate", grade="B"),), stage="investigation"
    )

    rows = told(unclear, allowed)

    assert undeclared(rows) == {"stage"}
    assert any("other: between two polls" in line for line in lines(rows))


def test_every_declared_difference_says_why():
    """A reason is a sentence."""
    for tracker, allowed in declared().items():
        for difference in allowed.differences:
            assert len(difference.reason.split()) > 5, (tracker, difference)

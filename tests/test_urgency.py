"""What a pass that breaks off has done: the escalations with the nearest deadlines."""

from __future__ import annotations

import pytest
from fakes.desk import Desk

from escsync.adapter import Capabilities

OPENED = {"a": 40, "b": 0, "c": 60, "d": 20, "e": 80, "f": 10}
"""Minutes after the start; what was opened first is due first."""


@pytest.fixture(params=[100, 1], ids=["in bulk", "one by one"])
def desk(request, tmp_path):
    """Six escalations, opened in no order."""
    made = Desk(tmp_path, capabilities=Capabilities(compare_and_set=True, read_batch=request.param))
    yield made
    made.close()


def opened(desk):
    """By name, each created at its minute."""
    return {name: desk.at(minute).open(summary=f"Wrong invoices {name}") for name, minute in OPENED.items()}


def annotated(desk, refs):
    """The names of the tickets that escsync has written to."""
    return {name for name, ref in refs.items() if desk.shown(ref).note is not None}


def failing_after(desk, writes, misfortune):
    """From so many writes on *misfortune* befalls the tracker."""
    made = 0

    def counting(what, moment):
        nonlocal made
        if (what, moment) == ("write", "before"):
            made += 1
            if made == writes + 1:
                misfortune()

    desk.tracker.hook = counting


@pytest.mark.parametrize("writes", [1, 3])
@pytest.mark.parametrize("kind", ["quota", "dead"])
def test_a_budget_that_ends_midway_has_gone_to_the_nearest_deadlines(desk, writes, kind):
    """A quota that is used up, or a tracker that dies: what is left undone is what can wait longest."""
    refs = opened(desk)
    misfortunes = {
        "quota": lambda: desk.tracker.throttle(3600, times=1000),
        "dead": lambda: desk.tracker.outage(times=1000),
    }
    failing_after(desk, writes, misfortunes[kind])

    outcome = desk.at(90).sync()

    nearest = sorted(OPENED, key=OPENED.get)[:writes]
    assert annotated(desk, refs) == set(nearest)
    assert outcome.errors
    assert {error.id for error in outcome.errors} >= {
        f"support:{refs[n].id}" for n in refs if n not in nearest
    }


def test_the_rest_is_done_by_the_next_pass(desk):
    """Nothing is lost by it."""
    refs = opened(desk)
    failing_after(desk, 2, lambda: desk.tracker.throttle(3600, times=1))
    desk.at(90).sync()
    desk.tracker.hook = None

    desk.at(160).sync()

    assert annotated(desk, refs) == set(refs)

"""The pause that a tracker asked for is kept beside it, until it is over or a complete poll shows that it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ledger.polls import at

from escsync.ledger import Ledger
from escsync.ledger.trackers import Sweep


def test_a_pause_is_known_to_whoever_comes_next(address):
    """Until when, and why, for this tracker alone."""
    with Ledger.open(address) as ledger:
        ledger.pause("support", at(30), "the quota is used up")

    with Ledger.open(address) as ledger:
        state, other = ledger.state("support"), ledger.state("crm")

    assert (state.not_before, state.pause) == (at(30), "the quota is used up")
    assert (other.not_before, other.pause) == (None, "")


@pytest.mark.parametrize(
    ("now", "resting"),
    [(at(29), True), (at(30), False), (at(31), False), (at(30) - timedelta(days=1), True),
     (at(30) - timedelta(days=1, seconds=1), False)],
)  # fmt: skip
def test_it_holds_until_its_instant_and_for_a_day_at_the_most(ledger, now, resting):
    """One that seems to last longer was noted by a clock that ran ahead."""
    ledger.pause("support", at(30), "")

    assert ledger.state("support").resting(now) is resting


def test_a_complete_poll_ends_it(ledger):
    """The tracker has answered: nothing is left of the pause."""
    ledger.pause("support", at(30), "the quota is used up")

    ledger.polled("support", {"n": 1}, at(5), Sweep())

    state = ledger.state("support")
    assert (state.not_before, state.pause, state.resting(at(6))) == (None, "", False)


def test_a_later_pause_takes_the_place_of_an_earlier_one(ledger):
    """And none takes it away."""
    ledger.pause("support", at(30), "first")
    ledger.pause("support", at(60), "second")
    second = ledger.state("support")
    ledger.pause("support", None)

    assert (second.not_before, second.pause) == (at(60), "second")
    assert ledger.state("support").not_before is None


def test_without_any_pause_nobody_rests(ledger):
    """As in a ledger that is new."""
    assert not ledger.state("support").resting(at(0))

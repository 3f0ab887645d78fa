"""What assessments leave in the ledger, and what passes ask of it."""

from __future__ import annotations

import pytest
from ledger.polls import T, at, ticket

from escsync.domain.duration import Duration
from escsync.domain.policy import AckRule, Clocks, Policy
from escsync.ledger import LookBack
from escsync.ledger.decisions import Judgement


def test_a_pass_never_goes_back_in_time(tracker, ledger):
    """Evidence is stamped by the pass's clock; going back would stamp it falsely (decision 1)."""
    tracker.poll(10, ticket())

    ledger.begin(T, "same", "sync", at(10))
    with pytest.raises(LookBack, match="list, show or explain|before the last pass"):
        ledger.begin(T, "back", "sync", at(9))


def test_each_cycle_keeps_the_policy_under_which_it_was_first_judged(tracker, ledger):
    """D23: a changed policy is for new cycles."""
    strict = Policy(clocks=Clocks(ack=AckRule(within=Duration.parse("1h"))))
    tracker.poll(10, ticket())
    ledger.judged(T, Policy(), at(10), [Judgement("1", False, None, "", None, (1,))])
    ledger.judged(T, strict, at(20), [Judgement("1", False, None, "", None, (1, 2))])

    assert tracker.record().pins == {1: Policy(), 2: strict}


def test_earlier_escalations_of_an_account_are_told(tracker, ledger):
    """Whether a customer escalates for the first time is known over all trackers."""
    tracker.poll(10, ticket("1"), ticket("2"), ticket("3"))
    ledger.judged(
        T,
        Policy(),
        at(10),
        [
            Judgement("1", False, None, "alder", at(5)),
            Judgement("2", True, None, "alder", at(1)),
            Judgement("3", True, None, "", at(2)),
        ],
    )

    assert ledger.earlier() == {"alder": ((at(1), "support:2"), (at(5), "support:1"))}


def test_only_open_ones_and_those_asked_for_are_looked_at(tracker, ledger):
    """An ended escalation costs nothing until it changes."""
    tracker.poll(10, ticket("1"), ticket("2"), ticket("3"))
    ended = [Judgement("2", True, None, "", None), Judgement("3", True, None, "", None)]
    ledger.judged(T, Policy(), at(10), ended)

    assert [entry.id for entry in ledger.entries(T, open_only=True)] == ["1"]
    assert [entry.id for entry in ledger.entries(T, ids={"3"}, open_only=True)] == ["1", "3"]
    many = {"3", *map(str, range(100, 700))}
    assert [entry.id for entry in ledger.entries(T, ids=many, open_only=True)] == ["1", "3"]
    assert [entry.id for entry in ledger.entries(T, ids=many)] == ["3"]


def test_passes_are_recorded_with_their_counts_and_errors(ledger):
    """`status` tells when the last pass was, and what it could not do."""
    ledger.begin(T, "p1", "sync", at(1))
    ledger.finish(T, "p1", ok=False, counts={"seen": 2}, errors=[{"code": "DRIFT"}])

    (row,) = ledger.passes(T)
    assert (row.id, row.kind, row.at, row.ok, row.counts, row.errors) == (
        "p1",
        "sync",
        at(1),
        False,
        {"seen": 2},
        ({"code": "DRIFT"},),
    )

"""A rebuilt ledger in words and as JSON: what is no longer known is said, line by line."""

from dataclasses import replace

import pytest
from domain.story import Story

from escsync.domain.assessment import Assessment
from escsync.report import rebuilt
from escsync.sync import Counts, Failure, Outcome
from escsync.sync.rebuilding import Before, Rebuilt


def text(one):
    return "\n".join(line.plain for line in rebuilt.told(one))


def acknowledged() -> Assessment:
    return Story().own("09:10", "dana").ack("09:15").judge("13:00")


def silent() -> Assessment:
    return Story().own("09:10", "dana").judge("13:00")


@pytest.fixture
def outcome():
    return Outcome("support", Counts(pulled=1, seen=1, assessed=1, api_calls=1))


def made(outcome, now, before, **more):
    found = {one.id: one for one in now}
    return Rebuilt(outcome, found, before and Before({one.id: one for one in before}), **more)


def test_nothing_lost_is_said_in_one_line(outcome):
    """How much was compared."""
    told = text(made(outcome, [acknowledged()], [acknowledged()]))

    clocks = len(acknowledged().clocks)
    assert told == (
        "support: 1 escalations read anew (1 call)\n"
        f"  nothing is lost: all {clocks} deadlines are judged as before"
    )


def test_each_deadline_that_is_judged_otherwise_is_named(outcome):
    """Its verdict and grade before and after, also where a clock is there only before."""
    one = made(outcome, [silent()], [acknowledged()])

    assert "  ESC-1 ack: met (grade A) -> breached" in text(one)
    (shift,) = [change for change in rebuilt.row(one)["changed"] if change["clock"] == "ack"]
    assert (shift["before"], shift["after"]["verdict"]) == ({"verdict": "met", "grade": "A"}, "breached")


def test_what_the_tracker_no_longer_shows_is_named(outcome):
    """And what could not be read before."""
    one = made(outcome, [], [acknowledged()])
    one = replace(one, before=replace(one.before, unreadable=("support:9",)))

    assert "  ESC-1: the tracker does not show it any more; only the ledger before tells of it" in text(one)
    assert "  support:9: the ledger before could not be read here, so nothing is compared" in text(one)
    assert [gone["key"] for gone in rebuilt.row(one)["gone"]] == ["ESC-1"]


def test_where_nothing_can_be_compared_the_losses_are_those_of_the_tracker(outcome):
    """A tracker without a history loses when fields changed, too."""
    with_history, without = (made(outcome, [silent()], None, history=kept) for kept in (True, False))

    assert "what cannot come back:\n  - messages that were deleted" in text(with_history)
    assert len(rebuilt.losses(without)) == len(rebuilt.losses(with_history)) + 1
    assert "grade B" in text(without)
    assert rebuilt.row(without)["compared"] is False


def test_a_tracker_that_failed_says_why_and_compares_nothing(outcome):
    """The ledger before stays, so nothing is lost."""
    failed = replace(
        outcome, lost=True, errors=(Failure("", "", "DENIED", "the token is not valid", "make one"),)
    )
    one = made(failed, [], [acknowledged()])

    assert not one.whole
    assert "DENIED: the token is not valid -> make one" in text(one)
    assert "ESC-1" not in text(one)


def test_one_record_that_cannot_be_read_is_named_beside_the_rest(outcome):
    """It stops no other."""
    failed = replace(outcome, errors=(Failure("support:7", "ESC-7", "UNREADABLE", "a field holds rubbish"),))
    one = made(failed, [acknowledged()], [acknowledged()])

    assert one.whole
    assert "ESC-7 UNREADABLE: a field holds rubbish" in text(one)

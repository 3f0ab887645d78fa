"""A pass in a line, and what went wrong with what to do about it."""

from escsync.domain.plan import Change, Plan, SetField, UnsafePlan
from escsync.domain.ticket import TicketRef
from escsync.report import document, outcome
from escsync.sync import Counts, Failure, Outcome

DONE = Outcome("support", Counts(pulled=3, seen=12, assessed=12, planned=2, applied=1, stale=1, api_calls=4))


def test_a_line_names_what_always_counts_and_what_is_unusual():
    """Zeroes of the unusual are left out."""
    assert outcome.line(DONE) == "support: pulled 3, assessed 12, planned 2, applied 1, stale 1 (4 calls)"
    assert outcome.line(Outcome("t", Counts(api_calls=1))).endswith("planned 0, applied 0 (1 call)")


def test_what_was_left_alone_is_named():
    """Skipped, and said so."""
    change = Change("support", TicketRef("8", "ESC-8"), "d", (SetField("owner", None, None),), ())
    left = Outcome("support", plan=Plan((change,)), stale=(("8", "set:owner"), ("9", "move")))

    text = [line.plain.strip() for line in outcome.told(left)][1:]

    assert text == [
        "ESC-8 owner: stale, somebody changed it since the plan; left alone",
        "9 move: stale, somebody changed it since the plan; left alone",
    ]


def test_a_failure_says_what_to_do():
    """Key, code, message and remedy, harmless to a terminal."""
    failed = Outcome(
        "support",
        errors=(Failure("support:4", "ESC-4", "REJECTED", "no \x1b[2Jway", "ask an admin"),),
        refused=UnsafePlan("limit:max_writes", "30 tickets would be written"),
        lost=True,
    )

    text = "\n".join(line.plain for line in outcome.told(failed))

    assert "ESC-4 REJECTED: no [2Jway -> ask an admin" in text
    assert "refused, nothing was written: 30 tickets" in text
    assert "the tracker failed as a whole" in text


def test_the_document_has_every_counter_and_every_error():
    """The interface's order, and E of errors."""
    told = document.passed(
        "p-1", [DONE, Outcome("crm", errors=(Failure("", "", "DENIED", "401", "a new token"),))]
    )

    assert (told["schema"], told["pass"]) == (1, "p-1")
    assert told["trackers"]["support"]["stale"] == 1
    assert list(told["trackers"]["support"]) == [
        "pulled", "seen", "assessed", "unreadable", "planned", "applied", "stale", "ignored", "refused", "failed",
        "api_calls", "errors",
    ]  # fmt: skip
    assert told["trackers"]["crm"]["errors"] == [
        {"id": "", "key": "", "code": "DENIED", "message": "401", "remedy": "a new token"}
    ]

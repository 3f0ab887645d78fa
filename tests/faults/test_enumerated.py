"""Enumerated: every way in which a pass can go wrong, and each rule that sees to it that nothing is lost or done twice.

Passes of the real code run over a ledger in memory and a brittle tracker; at each request and at each commit everything
is tried that can happen there, up to so many mishaps a run (two; ESCSYNC_ENUMERATE=3 for people with time). What goes
wrong is told by a script that `fakes.enumeration.replay` plays.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

import pytest
from fakes import stories
from fakes.befalling import TRACKER
from fakes.enumeration import Report, enumerate_, replay
from fakes.ordeal import Ordeal

MORE = int(os.environ.get("ESCSYNC_ENUMERATE", "2")) - 2
"""Mishaps a run beyond what everybody has time for."""
ALONE = {
    "ownerless": (1, 2),
    "unguarded": (1, 1),
    "unrecorded": (1, 1),
    "closed": (1, 2),
    "forgotten": (1, 2),
    "rewritten": (1, 2),
    "followed": (2, 3),
}
"""One worker: the mishaps a run of each story, and the passes that may meet them."""
TWO = {"ownerless": 1, "followed": 1, **({"rewritten": 1} if MORE else {})}
"""Two workers, the first of which may be paused for longer than its lease."""


def enumerated(
    story: str, budget: int, *, workers: int = 1, off: str = "", steps: int = 3, first: bool = False
) -> Report:
    """Everything that can happen to one story; *off* is the rule that is switched off."""
    ordeal = Ordeal(
        getattr(stories, story), budget=budget, workers=workers, off=frozenset({off} if off else ())
    )
    try:
        report = enumerate_(ordeal, steps=steps, first=first)
    finally:
        ordeal.close()
    sys.stdout.write(f"{story}, {workers} at work, {budget} mishaps, {off or 'nothing'} off: {report}\n")
    return report


def told(report: Report) -> str:
    """What a failing test says: what went wrong, and the scripts that show it."""
    return f"{report}\n{report.tale()}"


@pytest.mark.parametrize(("story", "budget", "steps"), [(name, *size) for name, size in ALONE.items()])
def test_whatever_befalls_a_pass_nothing_is_lost_or_there_twice(story, budget, steps, record_property):
    """Each effect is there once, people have the last word, nothing stays open, the ledger is whole, then all is quiet."""
    report = enumerated(story, budget + MORE, steps=min(steps + MORE, 4))

    record_property("enumerated", str(report))
    assert not report.wrong, told(report)
    assert report.runs > 20


@pytest.mark.parametrize(("story", "budget"), TWO.items())
def test_a_pass_that_was_overtaken_does_no_harm(story, budget, record_property):
    """Paused anywhere for longer than its lease: it sends nothing and records nothing but receipts when it wakes up."""
    report = enumerated(story, budget + MORE, workers=2, steps=1 + MORE)

    record_property("enumerated", str(report))
    assert not report.wrong, told(report)


@pytest.mark.parametrize(
    ("rule", "story", "workers", "budget", "steps"),
    [
        ("claim", "followed", 1, 1, 2),  # recorded before the first byte
        ("settle", "followed", 1, 1, 2),  # a lost request is waited for
        ("read-back", "followed", 1, 2, 2),  # what is there is found by its mark
        ("key", "followed", 1, 1, 1),  # an effect has the same mark every time
        ("deadline", "followed", 2, 1, 1),  # no request without a lease that outlasts it
        ("sweep", "ownerless", 1, 1, 1),  # twins are deleted
        ("fence", "followed", 2, 1, 1),  # nobody records anything without the lease
    ],
)
def test_every_rule_is_needed(rule, story, workers, budget, steps):
    """Switched off, it is missed: something is lost, is there twice, or never comes to rest."""
    report = enumerated(story, budget, workers=workers, off=rule, steps=steps, first=True)

    assert report.wrong


@pytest.mark.parametrize(
    ("rule", "moment", "known"),
    [("", "before settle", {"k1"}), ("receipts", "create done", set())],
)
def test_a_receipt_is_as_good_as_a_look(rule, moment, known):
    """What a tracker said it made is known to the next pass, even where that one cannot look."""
    ordeal = Ordeal(stories.followed, off=frozenset({rule}))
    try:
        dead = ordeal.play(ordeal.start, timedelta(), "apply", (("dies", moment),))
        ordeal.play(dead, timedelta(minutes=2), "apply", (("pass 4: find", "fails"),) * 2)

        assert ordeal.ledgers[0].created(TRACKER).keys() == known
        assert [held.key for held in ordeal.tracker.held.values() if held.key] == ["k1"]
    finally:
        ordeal.close()


def test_a_script_is_replayed_as_it_was_told():
    """A process that really dies leaves what the enumeration took it to leave, and the end is the same."""
    ordeal = Ordeal(stories.ownerless, budget=1)
    try:
        worlds = [one for one in ordeal.step(ordeal.start, timedelta(), "sync") if one.spent == 1]
        for world in worlds[::2]:
            (script,) = world.scripts
            again = ordeal.play(ordeal.start, timedelta(), "sync", script)

            assert again.tracker == world.tracker, script
            assert again.owed == world.owed
        dead = next(one for one in worlds if one.scripts[0][0][0] == "dies")
        lines = list(replay(ordeal, dead.scripts))

        assert len(worlds) > 40
        assert any("dies" in line for line in lines)
        assert all(line.split()[1] == "s" for line in lines)
    finally:
        ordeal.close()

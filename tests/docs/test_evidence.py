"""The examples of docs/evidence.md are what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from domain.story import UPDATE_TEXT, Story, at, clock, codes

from escsync.adapter import PersonRef

PAGE = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
INTERVALS = re.findall(
    r"\| (recorded at|seen between) ([\d:]+)(?: and ([\d:]+))? \| (\w) \| `(\w+)` \|", PAGE
)
TYPED = re.findall(r"\| ([\d:]+) \| at ([\d:]+) \| `(\w+)` \| (?:`(\w+)` )?\|", PAGE)


def test_the_page_has_its_examples():
    """A table that is written otherwise would not be looked at."""
    assert (len(INTERVALS), len(TYPED)) == (7, 3)


@pytest.mark.parametrize(("how", "first", "second", "grade", "verdict"), INTERVALS)
def test_an_interval_is_judged_as_the_page_says(how, first, second, grade, verdict):
    """An owner is needed by 11:00; recorded is an instant, seen is an interval."""
    story = Story()
    after = first if how == "seen between" else None
    story.set(second or first, "owner", (PersonRef("dana"),), after=after)

    owner = clock(story.judge("12:00"), "owner")

    assert (owner.due_at, owner.verdict.value, owner.grade) == (at("11:00"), verdict, grade)


@pytest.mark.parametrize(("typed", "recorded", "verdict", "finding"), TYPED)
def test_a_typed_time_is_judged_as_the_page_says(typed, recorded, verdict, finding):
    """The promise is 14:00; typed and recorded on the same side of it are believed."""
    story = Story().own("09:05", "dana").ack("09:20").investigated("10:00").solved("10:30")
    story.set("11:00", "committed_at", at("14:00")).say("11:01", "dana", UPDATE_TEXT, "customer_update")
    story.set(recorded, "implemented_at", at(typed))

    judged = story.judge("16:00")

    assert clock(judged, "commitment").verdict.value == verdict
    assert ("BACKDATED" in codes(judged)) is (finding == "BACKDATED")

"""A week in a minute: whatever fails meanwhile, it ends as a week in which nothing failed.

`ESCSYNC_WEEKS=200 pytest tests/faults/test_week.py` plays more of them.
"""

from __future__ import annotations

import os

import pytest
from fakes.faults import KINDS
from fakes.week import DEEDS, REMEMBERS, replay
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

WEEKS = int(os.environ.get("ESCSYNC_WEEKS", "0"))
_DAY = 24 * 60
_TEAM = ("dana", "idris", "omar", "tom")
_COURSE = [deed for deed in DEEDS if deed != "open"]


@st.composite
def weeks(draw, tracker):
    """Five days with a few passes each, two or three tickets whose stories go more or less as they should, and failures."""
    plain = tracker in REMEMBERS
    passes = []
    for day in range(5):
        at = day * _DAY + draw(st.integers(0, 120))
        for gap in draw(st.lists(st.integers(5, 60), min_size=2, max_size=12 if WEEKS else 4)):
            passes.append(at)
            at += gap
    acts = []
    for ticket in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, 3))
        acts.append({"pass": number, "before": 0, "ticket": ticket, "do": "open", "by": "omar"})
        course = draw(st.lists(st.sampled_from(_COURSE), max_size=6))
        sound = draw(st.lists(st.sampled_from(range(len(_COURSE))), unique=True, max_size=14).map(sorted))
        for deed in [*(_COURSE[n] for n in sound), *course]:
            number += draw(st.integers(0, 2) if plain else st.integers(1, 2))
            if number >= len(passes):
                break
            act = {"pass": number, "ticket": ticket, "do": deed, "by": draw(st.sampled_from(_TEAM))}
            acts.append(act | draw(moments(passes, number, plain or "say" in DEEDS[deed])))
    spots = st.tuples(st.integers(0, len(passes) - 1), st.sampled_from((0, 1, 2, 3, 4, 5, 6, 8)))
    faults = st.tuples(spots, st.sampled_from([kind.name for kind in KINDS[tracker]]))
    late = st.lists(st.integers(0, len(passes) - 1), unique=True, max_size=3)
    return {
        "tracker": tracker,
        "passes": passes,
        "acts": ordered(acts),
        "faults": sparing([p, c, kind] for (p, c), kind in draw(st.lists(faults, min_size=3, max_size=14))),
        "lags": draw(late),
        "missing": draw(late.map(lambda found: [[number, 0] for number in found])),
    }


def sparing(faults):
    """At most one call that is never answered: it costs a second of real time."""
    told = list(faults)
    hung = [fault for fault in told if "timeout" in fault[2]]
    return [fault for fault in told if fault not in hung[1:]]


def moments(passes, number, during):
    """Shortly before a pass, or *during* it."""
    since = passes[number] - passes[number - 1] if number else _DAY
    before = st.sampled_from([n for n in (0, 1, 2, 3, 4, 10, 25, 55) if n < since]).map(
        lambda n: {"before": n}
    )
    return st.one_of(before, before, st.integers(0, 5).map(lambda n: {"call": n}) if during else before)


def ordered(acts):
    """Tickets are opened in the order of their numbers, each before anything is done to it."""
    opened = sorted((act for act in acts if act["do"] == "open"), key=lambda act: act["pass"])
    numbers = {act["ticket"]: place for place, act in enumerate(opened)}
    begun = {act["ticket"]: act["pass"] for act in opened}
    told = [
        act | {"ticket": numbers[act["ticket"]]} | ({"before": 0} if _hasty(act, begun) else {})
        for act in acts
    ]
    return sorted(
        told, key=lambda act: (act["pass"], "call" in act, -act.get("before", 0), act["do"] != "open")
    )


def _hasty(act, begun):
    return "before" in act and act["pass"] == begun[act["ticket"]]


@pytest.mark.parametrize("tracker", KINDS)
def test_a_week_ends_alike_whatever_fails_meanwhile(tracker):
    """Every deadline, finding, note and field is in the end what it is after a week without a failure."""

    @settings(
        max_examples=WEEKS or 1,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=tuple(Phase) if WEEKS else (Phase.generate, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(weeks(tracker))
    def week(script):
        replay(script)

    week()

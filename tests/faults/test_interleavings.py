"""Whatever a person does between any two calls of a pass is there when the pass is over.

`ESCSYNC_INTERLEAVINGS=500 pytest tests/faults/test_interleavings.py` tries more of them.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import defaultdict
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path

import pytest
from fakes.faults import KINDS
from fakes.week import SHM, do, minute
from fakes.week_office import Office
from fakes.week_peek import join, peek
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from escsync.adapter import Move, SetField, Stage

MANY = int(os.environ.get("ESCSYNC_INTERLEAVINGS", "0"))
OPEN = ("take", "join", "rename", "chat", "close", "reopen", "reject", "delete")
"""What people do to a ticket that nobody owns: escsync is about to name the fallback owner."""
CLOSED = ("reopen", "reject", "rename", "chat", "hand to ana", "delete")
"""What people do to one that was closed too early: escsync is about to move it back."""
TICKETS = (OPEN, OPEN, OPEN, CLOSED)
CALLS = 26
GUARDED = {"local", "memory", "salesforce"}
"""Trackers that refuse a write based on an older version: no human's value is ever overwritten, not for a moment."""
GAP = {"notion": 0}
"""No history and no conditional write: what a person sets within the call that writes it too, or so many calls before
it, is lost to it."""
NATIVE: set[str] = set()
"""Where a second owner is named in a field of its own, and gets lost in the last blink."""


class Watched:
    """One pass watched from call to call: *told* has who changed what in which call, in its order."""

    def __init__(self, office, acts):
        self.office = office
        self.told = []
        self._last = self._look()
        self.acts = {n: [partial(self._note, n - 1, "us")] for n in range(4 * CALLS)}
        for call, act in acts:
            self.acts[call].append(act)
        for n, each in self.acts.items():
            each.append(partial(self._note, n, "human"))

    def end(self):
        self._note(max(0, self.office.weather.calls - 1), "us")

    def _look(self):
        return [peek(self.office, ref) for ref in self.office.tickets]

    def _note(self, call, who):
        now = self._look()
        for ticket, (old, new) in enumerate(zip(self._last, now, strict=True)):
            for name in new or {}:
                if old is not None and old[name] != new[name]:
                    self.told.append((ticket, name, call, who, old[name], new[name]))
        self._last = now


def prepared(tracker, folder):
    """Three tickets that nobody owns, and one that was closed before anything was done."""
    office = Office(tracker, folder, end=minute(60), mode="enforce", fallback_owner="dana")
    for ticket in range(len(TICKETS)):
        do(office, {"do": "open", "ticket": ticket, "by": "omar"}, minute(0))
    do(office, {"do": "hand to ana", "ticket": 3, "by": "omar"}, minute(1))
    do(office, {"do": "close", "ticket": 3, "by": "omar"}, minute(2))
    return office


@contextmanager
def office_of(tracker):
    with (
        tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as folder,
        closing(prepared(tracker, Path(folder))) as office,
    ):
        yield office


def human(office, ticket, what):
    """Somebody acts in the middle of a pass."""
    if peek(office, office.tickets[ticket]) is None:
        return
    match what:
        case "delete":
            office.stage.delete(office.tickets[ticket], by=office.native["idris"])
        case "join":
            join(office, office.tickets[ticket], "idris")
        case "reject":
            office.stage.move(office.tickets[ticket], Stage.REJECTED, by=office.native["idris"])
        case _:
            do(office, {"do": what, "ticket": ticket, "by": "idris"}, office.stage.now)


def replay(script):
    """Play one interleaving, given as a dict or its JSON text; fails where a human's edit is lost."""
    told = json.loads(script) if isinstance(script, str) else script
    wrong = list(problems(told["tracker"], told["acts"]))
    if wrong:
        raise AssertionError("\n".join([*wrong, "replay it: replay('''" + json.dumps(told) + "''')"]))


def problems(tracker, acts):
    """What is lost of *acts*, each of them (call, ticket, what), in a pass over a tracker of its own."""
    with office_of(tracker) as office:
        watched = Watched(
            office, [(call, partial(human, office, ticket, what)) for call, ticket, what in acts]
        )
        office.weather.begin({}, watched.acts)
        outcome = office.look(minute(5))
        watched.end()
        yield from lost(tracker, watched, outcome, office)
        kept = [peek(office, ref) for ref in office.tickets]
        office.weather.clear()
        # What is gone is noticed by a look at everything; what was closed is moved back, and then gets its owner.
        office.look(minute(15), full=True)
        office.look(minute(20))
        last = office.look(minute(25))
        yield from later(office, acts, kept, last, outcome)


def lost(tracker, watched, outcome, office):
    """Human values that do not stand at the end of the pass, and stale edits that are counted as done."""
    by_field = defaultdict(list)
    for ticket, name, call, who, old, new in watched.told:
        by_field[ticket, name].append((call, who, old, new))
    if tracker not in GAP and any(failure.code == "IGNORED" for failure in outcome.errors):
        yield f"a person who was faster is called an error: {outcome.errors}"
    changes = {change.ticket.id: change for change in outcome.plan.changes}
    for (ticket, name), events in by_field.items():
        native = office.tickets[ticket].id
        change = changes.get(native)
        edits = change.edits if change else ()
        humans = [n for n, (_, who, _, _) in enumerate(events) if who == "human"]
        if not humans:
            continue
        at, _, _, value = events[humans[-1]]
        overwritten = [event for event in events[humans[-1] + 1 :] if event[1] == "us"]
        if not overwritten:
            step = "move" if name == "stage" else "set:owner"
            ours = any(who == "us" for _, who, _, _ in events)
            planned = [e for e in edits if isinstance(e, Move if name == "stage" else SetField)]
            planned = [e for e in planned if isinstance(e, Move) or e.field == "owner"]
            if name in {"owner", "stage"} and planned and not ours and (native, step) not in outcome.stale:
                yield f"{ticket} {name}: left alone, and yet not said to be stale ({outcome.counts})"
            continue
        known = name == "stage" and any(isinstance(e, Move) and e.old == _shown(office, value) for e in edits)
        same_call = tracker in GAP and overwritten[0][0] - at <= GAP[tracker]
        if known or same_call:
            continue
        if tracker in GUARDED:
            yield f"{ticket} {name}: overwritten although the tracker guards it: {events}"
        elif events[-1][3] != value:
            yield f"{ticket} {name}: {value!r} of call {at} was overwritten and not given back: {events}"
        elif not any(stale[0] == native for stale in outcome.stale):
            yield f"{ticket} {name}: overwritten, given back, and not said to be stale"


def _shown(office, value):
    """How the tracker names a status, as a plan would hold it."""
    if office.tracker.startswith("jira"):
        return office.stage.world.status(value).name
    if office.tracker == "notion":
        found = office.stage.table.find(office.stage._plain("stage"))
        return next(option.name for option in found.options if option.id == value)
    return str(value).title() if office.tracker in {"local", "memory"} else value


def later(office, acts, kept, last, outcome):
    """What passes after it undid or forgot."""
    if last.counts.planned:
        yield f"the last pass still plans {last.plan.changes}"
    for ticket, ref in enumerate(office.tickets):
        did = [what for _, number, what in acts if number == ticket]
        now, before = peek(office, ref), kept[ticket]
        if (now is None) != ("delete" in did):
            yield f"{ticket}: {did} and it is {'gone' if now is None else 'there'}"
        if now is None or before is None:
            continue
        for name in set(now) - {"stage"}:
            if now[name] != before[name] and name != "owner":
                yield f"{ticket} {name}: {before[name]!r} became {now[name]!r} in a later pass"
        if "take" in did and now["owner"] != before["owner"]:
            yield f"{ticket} owner: {before['owner']!r} became {now['owner']!r} in a later pass"
        if (
            not set(did) & {"take", "join", "close", "reject", "delete", "hand to ana"}
            and ticket < 3
            and not _owned(office, now)
        ):
            yield f"{ticket}: {did}, and yet the fallback owner is not named: {now}"
        if len(office.notes(ref)) > 1:
            yield f"{ticket} has {len(office.notes(ref))} notes"


def _owned(office, now):
    return now["owner"] in ([office.native["dana"]], ["dana"])


@cache
def written(tracker):
    """In which call of the pass each ticket is written, where nobody interferes."""
    with office_of(tracker) as office:
        watched = Watched(office, [])
        office.weather.begin({}, watched.acts)
        office.look(minute(5))
        watched.end()
        told = {ticket: call for ticket, name, call, _, _, _ in watched.told if name in {"owner", "stage"}}
    assert len(told) == len(TICKETS)
    return told


@st.composite
def interleavings(draw, tracker):
    """One or two deeds on each ticket, each right before some call of the pass, mostly about where it is written."""
    acts = []
    for ticket, deeds in enumerate(TICKETS):
        near = st.integers(-3, 2).map(partial(int.__add__, written(tracker)[ticket]))
        for _ in range(draw(st.integers(0, 2))):
            call = draw(st.one_of(near, near, st.integers(0, CALLS)))
            acts.append([max(0, call), ticket, draw(st.sampled_from(deeds))])
    return {"tracker": tracker, "acts": _spared(tracker, acts)}


def _spared(tracker, acts):
    return sorted((a for a in acts if a[2] != "join" or tracker not in NATIVE), key=lambda act: act[0])


def narrow(tracker):
    """Everybody acts in the very call that writes their ticket, or right before it, or right after it."""
    for off in (-1, 0, 1):
        for deeds in (("take", "join", "rename", "reopen"), ("close", "delete", "take", "reject")):
            acts = [[written(tracker)[n] + off, n, deed] for n, deed in enumerate(deeds)]
            yield {"tracker": tracker, "acts": _spared(tracker, acts)}


@pytest.mark.parametrize("tracker", KINDS)
def test_what_people_do_during_a_pass_stands_when_it_is_over(tracker):
    """At whatever call of the pass, and whatever they do: theirs is the last word, and escsync says that it is stale."""

    @settings(
        max_examples=MANY or 1,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=tuple(Phase) if MANY else (Phase.explicit, Phase.generate, Phase.shrink),
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(interleavings(tracker))
    def interleaving(script):
        replay(script)

    for script in narrow(tracker):
        interleaving = example(script)(interleaving)
    interleaving()

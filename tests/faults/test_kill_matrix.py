"""Nothing lost, nothing twice, wherever a pass dies: it is killed at every point, or hears nothing of what it did.

`pytest tests/faults/test_kill_matrix.py -rP` prints how many cases there were on each tracker.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest
from fakes.http import Fault, Reply
from fakes.killing import Blow, Gallows
from fakes.killing_stages import PLACES
from fakes.killing_story import KINDS, Story, Struck, nth

from escsync.adapter import Create, Move, SetField, WriteNote
from escsync.domain.fields import FIELDS

EVERYWHERE = os.environ.get("ESCSYNC_FAULTS") == "all"
GATEWAY = Reply(502, raw=b"<html><body><h1>502 Bad Gateway</h1></body></html>", content="text/html")
"""What a proxy says when it has lost the server's answer."""


@pytest.fixture(scope="module", params=PLACES)
def story(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    place = PLACES[request.param](folder)
    with Gallows() as gallows:
        try:
            yield Story(request.param, place, folder, gallows)
        finally:
            place.close()


def outcome(story: Story, kind: str, cases: Iterable[tuple[str, Struck]]) -> tuple[int, str]:
    """How many cases there were, and what is wrong in the end, a line for each."""
    made = [(name, story.wrong(kind, struck)) for name, struck in cases]
    return len(made), "\n".join(f"{name}: {'; '.join(wrong)}"[:500] for name, wrong in made if wrong)


def test_the_pass_has_everything_to_do(story):
    """Own fields, an owner, a move, a note made and a note rewritten, a task: and in the end each stands there once,
    beside what people have done meanwhile."""
    edits = [edit for change in story.saved.changes for edit in change.edits]
    kinds = {type(edit) for edit in edits}
    own = {FIELDS[edit.field].own for edit in edits if isinstance(edit, SetField)}
    rewritten = {edit.old is not None for edit in edits if isinstance(edit, WriteNote)}
    notes = [len(record["notes"]) for record in story.right["apply"].seen]
    named = [sum("Casey Moss" in repr(record) for record in story.right[kind].seen) for kind in KINDS]

    assert (kinds, own, rewritten) == ({SetField, Move, WriteNote, Create}, {True, False}, {True, False})
    assert sorted(notes) == [0, 1, 1, 1, 1]
    assert [len(story.right[kind].seen) for kind in KINDS] == [5, 5]
    assert (named, [story.right[kind].owner for kind in KINDS]) == ([1, 1], [story.lena, story.lena])
    assert [list(story.right[kind].wrong(story.right[kind])) for kind in KINDS] == [[], []]


@pytest.mark.parametrize("kind", KINDS)
def test_a_pass_that_is_killed_is_finished_by_the_next(story, kind, record_property):
    """Killed before the first and after every call and every commit: the same end as without, people's own edits included.

    Nothing lasts that is done between one point and the next, so that before a point is after the one before it; and a
    saved plan is written by the same code: it is killed after every call. ESCSYNC_FAULTS=all kills both everywhere.
    """
    points = list(enumerate(story.struck[kind].told.points))
    blows = [(Blow(n, after=after), what) for n, what in points for after in (False, True)]
    if not EVERYWHERE:
        blows = [(blow, what) for blow, what in blows if blow.after or blow == Blow(0, after=False)]
    if story.name in ("notion", "jira-datacenter") and kind == "sync" and not EVERYWHERE:
        blows = blows[
            ::2
        ]  # most of Notion's requests are reads, which leave nothing to lose; Jira's other kind has all
    if kind == "apply" and not EVERYWHERE:
        blows = [(blow, what) for blow, what in blows if what == "request" and blow.after]

    def cases():
        for blow, what in blows:
            struck = story.strike(kind, blow)
            assert struck.told.killed, blow
            yield f"{blow}, a {what}", struck

    made, wrong = outcome(story, kind, cases())

    record_property("kills", made)
    print(f"{story.name}: {kind} is killed in {made} ways")  # noqa: T201  how much was tried is the point
    assert made == len(blows) > (10 if kind == "sync" else 2)
    assert wrong == ""


def test_a_pass_that_hears_nothing_of_a_write_does_not_repeat_it(story, record_property):
    """The answer to each write is lost, before or after it was carried out: the same end as if it had come.

    The first write loses it in every way, each further one in one of them; ESCSYNC_FAULTS=all tries all for each.
    """

    def unwired():
        for n, what in enumerate(story.struck["sync"].told.points):
            for after in (False, True) if what == "request" else ():
                blow = Blow(n, after=after, cut=True)
                yield str(blow), story.strike("sync", blow)

    def wired():
        # Jira's two kinds differ in how they are asked, not in how an answer gets lost.
        some = range(story.struck["sync"].writes)
        for n in some if EVERYWHERE or story.name != "jira-datacenter" else some[:1]:
            ways = list(faults(n).items())
            for name, fault in ways if EVERYWHERE or n == 0 else [ways[n % len(ways)]]:
                patience = {"patience": 0.3} if fault.hang else {}
                yield f"{name}, write {n}", story.strike("sync", fault=fault, **patience)

    made, wrong = outcome(story, "sync", wired() if story.place.server else unwired())

    record_property("cuts", made)
    print(f"{story.name}: a pass hears nothing in {made} ways")  # noqa: T201  how much was tried is the point
    assert made > 5
    assert wrong == ""


def faults(n: int) -> dict[str, Fault]:
    """Each way in which nothing is heard of the *n*th write."""
    return {
        "broken off before": nth(n, reset=True),
        "broken off after": nth(n, reset=True, after=True),
        "lost by a proxy before": nth(n, reply=GATEWAY),
        "lost by a proxy after": nth(n, reply=GATEWAY, after=True),
        "cut short": nth(n, cut=5, after=True),
        "no answer ever": nth(n, hang=True, after=True),
    }

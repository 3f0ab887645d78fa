"""The settlement: what provisioning did is no drift afterwards, and everything else that changed still is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from setup.test_drift import ALL, CAUSE, DUE, FLOW, HEALTH, INTAKE, NAMES, TEAM, after, parts, without

from escsync.adapter import FIELDS
from escsync.offers import Part, Provided, Wish
from escsync.setup.schema.drift import compare
from escsync.setup.schema.outline import kept, known
from escsync.setup.schema.settlement import Deeds, deeds, merged

CAUSES = {"1": "Product bug", "2": "SLA breach"}
MADE = Part("field", "f20", "Tone", ("fields.tone",), type="select", options={"8": "Private"})
TONE = deeds([Provided("f20", "field", "", {("fields", "tone"): "f20"})])
OPTIONS = deeds(
    [Provided("f1", "option", "")],
    ["fields.root_cause"],
    [
        Wish(
            FIELDS["root_cause"],
            "",
            choices={"product_bug": "Product bug", "routing_failure": "Routing failure"},
        )
    ],
)
GONE = deeds([Provided("f2", "field", "", {("fields", "due_at"): "f2"})])


def told(now, did, before=ALL):
    """What drift says after the settlement."""
    content = json.loads(json.dumps(kept(before, {})))
    return [
        (one.subject, one.kind.value)
        for one in compare(known(merged(content, kept(now, {}), did), {}), now, NAMES)
    ]


@pytest.mark.parametrize(
    ("now", "did", "changes"),
    [
        pytest.param([*ALL, MADE], TONE, [], id="a field that was made"),
        pytest.param(
            [*after(INTAKE, name="Inbox"), MADE], TONE, [("stages.intake", "renamed")], id="a status renamed before"
        ),
        pytest.param(
            [*after(CAUSE, options={"2": "SLA breach"}), MADE],
            TONE,
            [("fields.root_cause", "options_removed")],
            id="an option of another field lost before",
        ),
        pytest.param([*without(DUE), MADE], TONE, [("fields.due_at", "gone")], id="another field lost before"),
        pytest.param(
            [*after(DUE, id="f7"), MADE], TONE, [("fields.due_at", "replaced")], id="another field made anew by somebody"
        ),
        pytest.param(
            [*ALL, MADE, Part("field", "f8", "Region", required=True)],
            TONE,
            [("field Region", "required")],
            id="a field that everybody has to fill in by now",
        ),
        pytest.param([*without(TEAM), MADE], TONE, [("field Team", "optional")], id="one that nobody has to any more"),
        pytest.param([*after(FLOW, steps=()), MADE], TONE, [("workflow Escalations", "moves")], id="other moves"),
        pytest.param(
            after(CAUSE, options={**CAUSES, "3": "Routing failure"}), OPTIONS, [], id="an option that was added"
        ),
        pytest.param(
            after(CAUSE, options={"2": "SLA breach", "3": "Product bug"}),
            OPTIONS,
            [],
            id="an option that somebody had removed and that was made again",
        ),
        pytest.param(
            after(CAUSE, options={"1": "Product bug", "3": "Routing failure"}),
            OPTIONS,
            [("fields.root_cause", "options_removed")],
            id="an option added, while another one is lost",
        ),
        pytest.param(
            after(CAUSE, options={**CAUSES, "3": "Routing failure", "4": "Aliens"}),
            OPTIONS,
            [("fields.root_cause", "options_added")],
            id="an option added, and one by somebody else",
        ),
        pytest.param(
            after(CAUSE, name="Cause", type="text", required=True, options={**CAUSES, "3": "Routing failure"}),
            OPTIONS,
            [("fields.root_cause", "renamed"), ("fields.root_cause", "required"), ("fields.root_cause", "retyped")],
            id="options added to a field that somebody had changed",
        ),
        pytest.param(after(HEALTH, category="tracked"), deeds([], ["fields.health"]), [], id="its history kept from now on"),
        pytest.param(without(DUE), GONE, [], id="a field that was removed"),
        pytest.param(
            without(DUE, HEALTH), GONE, [("fields.health", "gone")], id="one that was removed, and one by somebody else"
        ),
        pytest.param(
            after(CAUSE, options={"1": "Product bug"}),
            deeds([Provided("f1#2", "option", "")]),
            [],
            id="an option that was removed",
        ),
        pytest.param(
            after(DUE, id="f7"), deeds([Provided("f7", "field", "")], ["fields.due_at"]), [], id="a lost field made anew"
        ),
    ],
)  # fmt: skip
def test_only_what_was_done_is_settled(now, did, changes):
    """Whatever else had changed by then is told as before, until it is mended or accepted."""
    assert told(now, did) == changes


@settings(max_examples=40, deadline=None)
@given(parts, parts)
def test_a_run_that_did_nothing_settles_nothing(before, now):
    """Drift says the same before and after it."""
    outline = known(json.loads(json.dumps(kept(before, {}))), {})

    assert told(now, Deeds(), before) == [
        (one.subject, one.kind.value) for one in compare(outline, now, NAMES)
    ]


@settings(max_examples=40, deadline=None)
@given(parts)
def test_what_is_new_is_watched_from_then_on(now):
    """As after the first look at a tracker of which nothing was known."""
    assert known(merged([], kept(now, {}), Deeds()), {}) == known(kept(now, {}), {})


def test_what_nobody_accepted_of_a_field_is_no_drift():
    """The configuration named another one, and names this one since: whatever it was then, it counts as it is now."""
    before = kept([replace(MADE, name="Old")], {"fields.tone": ("Old",)})
    names = {"fields.tone": ("f20",)}

    after_ = known(merged(before, kept([MADE], names), TONE), names)

    assert compare(after_, [MADE]) == ()
    assert after_ == (MADE,)


def test_rubbish_in_an_outline_is_left_out():
    """Somebody may have written into the ledger."""
    assert merged(["x", 1, {"kind": "field"}, {"used": "x"}], kept([MADE], {}), TONE) == kept([MADE], {})

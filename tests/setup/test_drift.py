"""Drift: every change of a tracker's schema gives one line with its fix, and nothing else gives any."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escsync.adapter import Stage, Vocabulary
from escsync.offers import Part
from escsync.setup.schema.drift import Kind, Shift, compare, joined

CAUSES = {"1": "Product bug", "2": "SLA breach"}
CAUSE = Part(
    "field", "f1", "Root cause", ("fields.root_cause",), type="select", options=CAUSES, required=False
)
DUE = Part("field", "f2", "Due", ("fields.due_at",), type="datetime", required=False)
OWNER = Part("field", "f3", "Owner", ("fields.owner",), type="user")
HEALTH = Part("field", "f4", "Health", ("fields.health",), options={"5": "OK", "6": "Breached"})
INTAKE = Part("status", "s1", "Intake", ("stages.intake",), category="open")
DONE = Part("status", "s2", "Done", ("stages.closed",), category="done")
PATH = Part("path", "t1", "Intake -> Done", ("stages.closed",))
FLOW = Part("workflow", "w1", "Escalations", steps=("Done -> Intake", "Intake -> Done"))
TEAM = Part("field", "f9", "Team", required=True)
DANA = Part("person", "u1", "Dana Reyes", ("people.dana",), category="active")
IDRIS = Part("person", "u2", "Idris Haddad", ("fallback_owner", "people.idris"), category="active")
ALL = (CAUSE, DUE, OWNER, HEALTH, INTAKE, DONE, PATH, FLOW, TEAM, DANA, IDRIS)
NAMES = Vocabulary(
    fields={"root_cause": ("Root cause",), "due_at": ("f2",)},
    stages={Stage.INTAKE: ("Intake",), Stage.CLOSED: ("s2",)},
)


def after(part, **change):
    """Everything as before, but for one part."""
    return [replace(one, **change) if one is part else one for one in ALL]


def without(*parts):
    """Everything as before, but for what is gone."""
    return [one for one in ALL if one not in parts]


@pytest.mark.parametrize(
    ("now", "subject", "kind", "message", "remedy", "breaks"),
    [
        (without(CAUSE), "fields.root_cause", "gone", "the field 'Root cause' (f1) is gone", "bring it back", True),
        (after(CAUSE, name="Cause"), "fields.root_cause", "renamed", "'Root cause' is now called 'Cause'",
         'name it by its id, which no renaming changes: fields: {root_cause: f1}', True),
        (after(DUE, name="Due by"), "fields.due_at", "renamed", "'Due' is now called 'Due by'", "nothing depends", False),
        (after(CAUSE, id="f7"), "fields.root_cause", "replaced", "it was f1 and is now f7", "came along", False),
        (after(CAUSE, type="text"), "fields.root_cause", "retyped", "was a select and is now a text", "change it back",
         False),
        (after(OWNER, type="text"), "fields.owner", "retyped", "was a user and is now a text", "change it back", True),
        (after(CAUSE, required=True), "fields.root_cause", "required", "has to be filled in now", "people fill it in",
         False),
        (after(DUE, required=True), "fields.due_at", "required", "has to be filled in now", "make it optional", False),
        (without(TEAM), "field Team", "optional", "need not be filled in any more", "drift --accept", False),
        ([*ALL, Part("field", "f8", "Region", required=True)], "field Region", "required",
         "'Region' (f8) has to be filled in now", "give it a default or make it optional", True),
        (after(CAUSE, options={**CAUSES, "3": "Routing failure"}), "fields.root_cause", "options_added",
         "new: 'Routing failure'", "drift --accept", False),
        (after(CAUSE, options={**CAUSES, "3": "Aliens"}), "fields.root_cause", "options_added", "new: 'Aliens'",
         'options: {root_cause: {VALUE: "3"}}', False),
        (after(CAUSE, options={"1": "Product bug"}), "fields.root_cause", "options_removed", "no longer 'SLA breach'",
         "options: {root_cause: {sla_breach: ...}}", False),
        (after(HEALTH, options={"5": "OK"}), "fields.health", "options_removed", "no longer 'Breached'",
         "bring it back", True),
        (after(CAUSE, options={"1": "Bug", "2": "SLA breach"}), "fields.root_cause", "option_renamed",
         "the option 'Product bug' is now called 'Bug'", 'options: {root_cause: {product_bug: "1"}}', True),
        (after(CAUSE, options={"1": "PRODUCT-BUG", "2": "SLA breach"}), "fields.root_cause", "option_renamed",
         "is now called 'PRODUCT-BUG'", "drift --accept", False),
        (after(CAUSE, options={"7": "Product bug", "2": "SLA breach"}), "fields.root_cause", "option_renamed",
         "the option 'Product bug' was made anew: it was 1 and is now 7", "drift --accept", False),
        (without(INTAKE), "stages.intake", "gone", "the status 'Intake' (s1) is gone", "name another status", True),
        (after(INTAKE, name="Inbox"), "stages.intake", "renamed", "'Intake' is now called 'Inbox'",
         'stages: {intake: s1}', True),
        (after(DONE, name="Shut"), "stages.closed", "renamed", "'Done' is now called 'Shut'", "nothing depends", False),
        (after(DONE, category="open"), "stages.closed", "category", "was done and is now open", "still means it", False),
        (without(PATH), "stages.closed", "moves", "the move 'Intake -> Done' is gone", "bring it back", True),
        (after(FLOW, steps=("Intake -> Done",)), "workflow Escalations", "moves", "no longer 'Done -> Intake'",
         "escsync doctor", False),
        (after(FLOW, steps=(*FLOW.steps, "Done -> Done")), "workflow Escalations", "moves", "new 'Done -> Done'",
         "escsync doctor", False),
        (after(FLOW, id="w2", name="Other"), "workflow Escalations", "gone", "is not used any more", "doctor", False),
        (without(DANA), "people.dana", "gone", "'Dana Reyes' (u1) is no account", "correct the id of dana", False),
        (after(DANA, category="inactive"), "people.dana", "deactivated", "'Dana Reyes' was deactivated",
         "`active: false` for dana", False),
        (after(IDRIS, category="inactive"), "fallback_owner, people.idris", "deactivated", "was deactivated",
         "for idris", True),
        (after(DANA, name="Dana R"), "people.dana", "renamed", "is now called 'Dana R'", "correct the name of dana",
         False),
        (after(DANA, type="bot"), "people.dana", None, "", "", False),
    ],
)  # fmt: skip
def test_each_change_gives_its_line_with_the_fix(now, subject, kind, message, remedy, breaks):
    """What changed, for which key, whether a pass has to do without it, and what to do."""
    found = compare(ALL, now, NAMES)

    if kind is None:
        assert found == ()
        return
    (line,) = found
    assert (line.subject, line.kind.value, line.breaks) == (subject, kind, breaks)
    assert message in line.message
    assert remedy in line.remedy


def test_of_several_statuses_the_others_stay():
    """The line to paste is the whole list."""
    words = Vocabulary(stages={Stage.INTAKE: ("New", "Intake")})

    (line,) = compare(ALL, after(INTAKE, name="Inbox"), words)

    assert "stages: {intake: [New, s1]}" in line.remedy


def test_a_renamed_status_does_not_change_the_workflow():
    """Its moves are told by the names of statuses; that they have others is told once."""
    now = [replace(one, name="Inbox") if one is INTAKE else one for one in ALL]
    now = [replace(one, steps=("Done -> Inbox", "Inbox -> Done")) if one is FLOW else one for one in now]

    assert [one.kind for one in compare(ALL, now)] == [Kind.RENAMED]


def test_what_became_another_type_has_other_options_because_of_that():
    """One line."""
    (line,) = compare(ALL, after(CAUSE, type="radio", options={"7": "Yes"}))

    assert line.kind is Kind.RETYPED


def test_what_becomes_active_again_is_said():
    """Good news is news as well."""
    (line,) = compare(after(DANA, category="inactive"), ALL)

    assert (line.kind, line.breaks) == (Kind.REACTIVATED, False)


def test_where_names_are_ids_one_for_one_is_a_renaming():
    """As a picklist value whose name is all there is of it."""
    before = replace(CAUSE, options={"Product bug": "Product bug", "SLA breach": "SLA breach"})
    now = replace(CAUSE, options={"Bug": "Bug", "SLA breach": "SLA breach"})

    (line,) = compare([before], [now])

    assert (line.kind, line.breaks) == (Kind.OPTION_RENAMED, True)
    assert "options: {root_cause: {product_bug: Bug}}" in line.remedy


def test_yes_and_no_mean_what_they_say():
    """Nobody is asked what they mean."""
    flag = Part("field", "f1", "Technical", ("fields.is_technical",), options={})

    (line,) = compare([flag], [replace(flag, options={"1": "Yes", "2": "No"})])

    assert (line.kind, line.remedy) == (Kind.OPTIONS_ADDED, "`escsync drift --accept` if that is meant")


def test_several_options_of_the_same_name_anew_are_paired():
    """Each with its own line, however many."""
    now = replace(CAUSE, options={"8": "Product bug", "9": "SLA breach"})

    lines = compare([CAUSE], [now])

    assert [line.kind for line in lines] == [Kind.OPTION_RENAMED] * 2


def test_a_list_that_was_made_anew_is_one_line():
    """Nobody reads three thousand."""
    before = replace(CAUSE, options={str(n): f"Cause {n}" for n in range(3000)})
    now = replace(CAUSE, options={str(n + 3000): f"Cause {n}" for n in range(3000)})

    (line,) = compare([before], [now])

    assert line.message.startswith("3000 options were renamed or made anew: 'Cause 0', 'Cause 1', ")
    assert line.message.endswith(" and 2992 more")


def test_a_field_whose_history_is_kept_no_longer_proves_less():
    """Where the tracker lets its admin switch that."""
    before = replace(CAUSE, category="tracked")

    (worse,) = compare([before], [replace(before, category="untracked")])
    (better,) = compare([replace(before, category="untracked")], [before])

    assert "have its history kept again, or what it proves is of grade B" in worse.remedy
    assert better.remedy == "`escsync drift --accept` if that is meant"


def test_a_name_is_not_longer_than_anybody_reads():
    """Whatever a tracker allows."""
    (line,) = compare([CAUSE], [replace(CAUSE, name="x" * 10_000)])

    assert len(line.message) < 200


def test_two_keys_on_one_field_give_one_line():
    """A checkbox field that holds several checks is one field."""
    one = Part("field", "f1", "Checks", ("fields.checklist.csm_spoken",), type="boxes")
    two = replace(one, used=("fields.checklist.history_reviewed",))

    (line,) = compare([one, two], [])

    assert line.subject == "fields.checklist.csm_spoken, fields.checklist.history_reviewed"


def test_what_is_not_known_is_no_change():
    """None on either side; and who did not know what is required does not find it new."""
    bare = [replace(one, type=None, options=None, required=None, category=None, steps=None) for one in ALL]

    assert compare(bare, ALL) == ()
    assert compare(ALL, bare) == ()
    assert compare([one for one in bare if one.used], ALL) == ()


def test_what_is_lost_is_told_once():
    """As its change where that is known, else as the look at the tracker tells it."""
    lost = [
        Shift("fields.root_cause", Kind.LOST, "cannot hold it", "map another one", True),
        Shift("fields.tone", Kind.LOST, "there is no such field", "map it", True),
    ]

    found = joined(compare(ALL, after(CAUSE, type="boolean")), lost)

    assert [(one.subject, one.kind, one.breaks) for one in found] == [
        ("fields.root_cause", Kind.RETYPED, True),
        ("fields.tone", Kind.LOST, True),
    ]


def test_an_option_that_is_gone_and_what_it_meant_are_one_line():
    """The field tells which option, and the check which value nothing stands for: the same thing, said once."""
    lost = [
        Shift("options.health", Kind.LOST, "no option stands for breached", "add it", True),
        Shift("options.tone", Kind.LOST, "no option stands for rude", "add it", True),
    ]

    found = joined(compare(ALL, after(HEALTH, options={"5": "OK"})), lost)

    assert [(one.subject, one.kind, one.breaks) for one in found] == [
        ("fields.health", Kind.OPTIONS_REMOVED, True),
        ("options.tone", Kind.LOST, True),
    ]


# -- laws

text = st.text(min_size=1, max_size=6)
maybe = lambda some: st.none() | some
USED = ("fields.root_cause", "fields.health", "fields.owner", "stages.intake", "stages.closed", "people.dana")
parts = st.lists(
    st.builds(
        Part,
        kind=st.sampled_from(["field", "status", "path", "workflow", "person"]),
        id=text,
        name=text,
        used=st.lists(st.sampled_from(USED), max_size=2, unique=True).map(tuple),
        type=maybe(st.sampled_from("ab")),
        options=maybe(st.dictionaries(text, text, max_size=3)),
        required=maybe(st.booleans()),
        category=maybe(st.sampled_from(["open", "done", "active", "inactive"])),
        steps=maybe(st.lists(text, max_size=3).map(tuple)),
    ),
    max_size=6,
    unique_by=lambda part: (part.kind, part.id),
)


@settings(max_examples=60, deadline=None)
@given(parts)
def test_a_schema_does_not_differ_from_itself(some):
    """Whatever it is."""
    assert compare(some, some) == ()


@settings(max_examples=60, deadline=None)
@given(parts, parts, st.randoms(use_true_random=False))
def test_the_order_of_parts_does_not_matter(before, now, random):
    """Trackers tell them in any order."""
    one, two = list(before), list(now)
    random.shuffle(one)
    random.shuffle(two)

    assert compare(before, now) == compare(one, two)


MUTATIONS = {
    "name": lambda part: replace(part, name=part.name + "2"),
    "type": lambda part: replace(part, type=(part.type or "") + "x") if part.type else None,
    "required": lambda part: replace(part, required=not part.required) if part.required is not None else None,
    "category": lambda part: replace(part, category=part.category + "x") if part.category else None,
    "steps": lambda part: replace(part, steps=(*part.steps, "new -> move")) if part.steps is not None else None,
    "option more": lambda part: replace(part, options={**part.options, "new": "More"}) if part.options is not None else None,
    "option less": lambda part: replace(part, options=dict(list(part.options.items())[1:])) if part.options else None,
    "option name": lambda part: replace(part, options={**part.options, min(part.options): "Other"}) if part.options else None,
    "gone": lambda part: (),
}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(parts, st.data())
def test_one_change_gives_exactly_one_line(some, data):
    """And it names what changed."""
    if not some:
        return
    part = data.draw(st.sampled_from(some))
    changed = MUTATIONS[data.draw(st.sampled_from(sorted(MUTATIONS)))](part)
    if changed in (None, part) or (changed and changed.options == part.options and changed == part):
        return
    now = [one for one in some if one is not part] + ([changed] if changed else [])

    (line,) = compare(some, now)

    assert line.message
    assert line.remedy
    assert line.subject == ", ".join(sorted(part.used)) or part.name in line.subject

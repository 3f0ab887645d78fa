"""The outline of a Jira: each change of its schema is seen in it, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.jira.rig import pull, rig
from fakes.jira.schema import Option
from fakes.jira.site import FIELDS, STAGES

from escsync.adapter import Stage, Vocabulary
from escsync.setup.schema.drift import compare

BY_NAME = {**FIELDS, "root_cause": ("Root cause",)}
WORDS = Vocabulary(fields=BY_NAME, stages={Stage(name): some for name, some in STAGES.items()})


def field(world, number):
    return world.fields[f"customfield_{number}"]


def renamed(world):
    field(world, 10059).name = "Cause"


def deleted(world):
    del world.fields["customfield_10059"]


def retyped(world):
    own = field(world, 10059)
    own.type, own.custom = "string", "textfield"
    own.options.clear()


def required(world):
    world.project("EXEC").required.add("customfield_10059")


def required_elsewhere(world):
    world.add_field(10400, "Cost centre", "textfield")
    world.project("EXEC").required.add("customfield_10400")


def option_added(world):
    world.offer("Root cause", "SLA breach")


def option_removed(world):
    field(world, 10059).options.pop(0)


def option_off(world):
    options = field(world, 10059).options
    options[0] = replace(options[0], disabled=True)


def option_renamed(world):
    options = field(world, 10059).options
    options[0] = Option(options[0].id, "Bug")


def status_renamed(world):
    world.statuses["10001"].name = "Solving"


def status_gone(world):
    world.project("EXEC").statuses = [id for id in world.statuses if id != "10001"]


def status_closed(world):
    world.statuses["10001"].category = "done"


CHANGES = {
    renamed: ("fields.root_cause", "renamed", "Cause"),
    deleted: ("fields.root_cause", "gone", "Root cause"),
    retyped: ("fields.root_cause", "retyped", "textfield"),
    required: ("fields.root_cause", "required", "Root cause"),
    required_elsewhere: ("field Cost centre", "required", "Cost centre"),
    option_added: ("fields.root_cause", "options_added", "SLA breach"),
    option_removed: ("fields.root_cause", "options_removed", "Product bug"),
    option_off: ("fields.root_cause", "options_removed", "Product bug"),
    option_renamed: ("fields.root_cause", "option_renamed", "Bug"),
    status_renamed: ("stages.solution_design", "renamed", "Solving"),
    status_gone: ("stages.solution_design", "gone", "Designing"),
    status_closed: ("stages.solution_design", "category", "Designing"),
}


def looked(made, discovery=None, fields=BY_NAME):
    adapter = made.connect(fields=fields, discovery=discovery)
    return list(adapter.outline()), adapter


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_change_of_the_schema_is_seen(jira, change):
    """Two outlines, and the one line that tells them apart."""
    jira.world.create()
    before, adapter = looked(jira)
    _ = adapter.me
    change(jira.world)
    after, _ = looked(jira, adapter.discovery)

    shifts = [one for one in compare(before, after, WORDS) if one.kind != "moves"]

    subject, kind, word = CHANGES[change]
    assert [(one.subject, one.kind) for one in shifts] == [(subject, kind)]
    assert word in shifts[0].message


@pytest.mark.parametrize(
    "change", [renamed, deleted, retyped, status_renamed, status_closed], ids=lambda c: c.__name__
)
def test_a_change_since_the_last_pass_is_seen_without_an_outline_of_old(jira, change):
    """What a pass learnt is enough to tell what was renamed, retyped or deleted since."""
    jira.world.create()
    first = jira.connect(fields=BY_NAME)
    pull(first)
    change(jira.world)
    later = jira.connect(fields=BY_NAME, discovery=first.discovery)

    shifts = compare(list(later.recalled()), list(later.outline()), WORDS)

    assert [(one.subject, one.kind) for one in shifts] == [CHANGES[change][:2]]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_pass_goes_on_with_what_still_holds(jira, change):
    """Whatever an administrator changed: tickets come, and what is lost is said once, by its key."""
    issue = jira.world.create()
    first = jira.connect(fields=BY_NAME)
    cursor = pull(first).cursor
    change(jira.world)
    issue.set("summary", "Still read")

    later = jira.connect(fields=BY_NAME, discovery=first.discovery, fresh=True)
    pulled = pull(later, cursor)

    assert pulled.one.values["summary"] == "Still read"
    lost = ["fields.root_cause"] if change in (renamed, deleted) else []
    assert [problem.subject for problem in pulled.problems] == lost
    assert all(problem.code == "DRIFT" and problem.remedy for problem in pulled.problems)


def test_nothing_changed_is_nothing_said(jira):
    """Two looks, and a look beside what is remembered."""
    jira.world.create()
    before, adapter = looked(jira)
    pull(adapter)
    after, later = looked(jira, adapter.discovery)

    assert compare(before, after, WORDS) == ()
    assert compare(list(later.recalled()), after, WORDS) == ()
    assert list(jira.connect().recalled()) == []


def test_a_lost_move_is_seen_on_cloud():
    """The workflow itself is asked, where the account may look at it; where not, nothing is claimed."""
    with rig("cloud") as made:
        before, _ = looked(made)
        project = made.world.project("EXEC")
        project.transitions = [t for t in project.transitions if t.target != "6"]
        after, _ = looked(made)
        made.world.granted = {"BROWSE_PROJECTS", "CREATE_ISSUES"}
        blind, _ = looked(made)

        (shift,) = compare(before, after, WORDS)

        assert "Pending -> Closed" in shift.message
        assert compare(before, blind, WORDS) == ()


def test_a_move_that_asks_for_more_is_seen_on_cloud():
    """A field that a transition has come to require stops escsync's own moves."""
    with rig("cloud") as made:
        before, _ = looked(made)
        made.world.project("EXEC").transitions[0].screen["customfield_10062"] = True
        after, _ = looked(made)

        (shift,) = compare(before, after, WORDS)

        assert shift.kind == "moves"
        assert "'Open -> Investigating (asks for Account)'" in shift.message


def test_two_keys_of_one_field_are_one_part(jira):
    """Three boxes of a checkbox field lean on it together."""
    parts = [part for part in looked(jira)[0] if part.id == "customfield_10054"]

    assert [len(part.used) for part in parts] == [3]
    assert "CSM spoken" in parts[0].options.values()


def test_the_schema_of_what_the_form_does_not_show_is_told_by_a_ticket(jira):
    """Options are read where they can be seen; what cannot be seen is not known, and no change."""
    jira.world.project("EXEC").uneditable.add("customfield_10059")
    part = next(part for part in looked(jira)[0] if part.id == "customfield_10059")

    assert (part.options, part.required) == (None, None)

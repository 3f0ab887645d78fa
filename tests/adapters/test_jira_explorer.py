"""What `escsync init` and `escsync doctor` learn of a Jira before and beside a mapping: places, shapes, ways."""

from __future__ import annotations

import pytest
from fakes.http import Reply
from fakes.jira.empty import empty
from fakes.jira.rig import named, rig
from fakes.jira.site import FIELDS

from escsync.adapter import Denied, FieldKind
from escsync.offers import Guide, Place
from escsync.retry import Budget, Patience


def explorer(made, **told):
    guide: Guide = named(named("escsync_jira:plugin").guide)
    model = named("escsync_jira.settings:JiraConnection")
    patience = Patience(
        sleep=lambda _: None, clock=lambda: 0.0, random=lambda: 0.0, budget=Budget(attempts=2)
    )
    connection = {"url": made.server.url, **made.credentials(), **told}
    return guide.explore(model.model_validate(connection), patience)


def place(key="EXEC", kind="Escalation"):
    return Place(key, key, {"project": key, "issue_type": kind})


def test_places_are_the_issue_types_of_every_project_the_likeliest_first(jira):
    """A project of many types is many places; sub-tasks are none."""
    found = list(explorer(jira).places())

    assert [dict(one.scope) for one in found][:2] == [
        {"project": "EXEC", "issue_type": "Escalation"},
        {"project": "OTHER", "issue_type": "Escalation"},
    ]
    assert {one.scope["issue_type"] for one in found} == {"Escalation", "Task"}
    assert len({one.id for one in found}) == len(found)


def test_a_project_that_its_team_manages_is_told_apart():
    """There escsync can make no fields."""
    with rig("cloud", empty(team=True)) as made:
        found = explorer(made)

        assert {one.kind for one in found.places()} == {"team-managed software project"}
        assert "team-managed" in found.shape(place()).notes[0]


def test_a_shape_has_the_fields_with_their_options_and_what_they_can_hold(jira):
    """By the id that is to be written; each box of a checkbox field beside the field itself."""
    shape = explorer(jira).shape(place())
    fields = {one.spelling: one for one in shape.fields}

    assert fields["customfield_10051"].kinds[0] is FieldKind.CHOICE
    assert next(iter(fields["customfield_10051"].options.values())) == "Billing dispute"
    assert (fields["customfield_10056"].name, fields["customfield_10056"].type) == (
        "Committed at",
        "datetime",
    )
    assert fields["customfield_10054#CSM spoken"].kinds == (FieldKind.CHECK, FieldKind.FLAG)
    assert "summary" not in fields
    assert {name for some in FIELDS.values() for name in some if name != "assignee"} <= set(fields)


def test_a_field_that_is_on_no_screen_is_shown_as_one_that_cannot_be_written():
    """It can be mapped all the same; provisioning puts it on the screens."""
    with rig("cloud", empty()) as made:
        made.world.add_field(10300, "Hidden", "textfield")
        fields = {one.name: one for one in explorer(made).shape(place()).fields}

        assert not fields["Hidden"].writable
        assert fields["Due date"].writable


def test_steps_come_in_the_order_of_the_work(jira):
    """Open ones before closed ones, the first one named; statuses of one name by their ids."""
    twin = type(jira.world.statuses["1"])("10077", "Pending", "indeterminate")
    jira.world.statuses[twin.id] = twin
    steps = explorer(jira).shape(place()).steps

    assert (steps[0].name, steps[0].initial) == ("Open", True)
    assert [one.done for one in steps] == sorted(one.done for one in steps)
    assert [one.order for one in steps] == list(range(len(steps)))
    assert {one.spelling for one in steps if one.name == "Pending"} == {"10003", "10077"}


def test_on_cloud_the_workflow_itself_tells_the_order():
    """An administrator's account may look at it."""
    with rig("cloud", empty()) as made:
        made.world.statuses = dict(reversed(made.world.statuses.items()))
        names = [one.name for one in explorer(made).shape(place()).steps]

        assert names[:3] == ["Open", "Investigation", "Solution Design"]


@pytest.mark.parametrize("path", ["/workflows", "/issuetypes/10101", "/project/EXEC/statuses"])
def test_what_a_jira_does_not_tell_is_left_out(path):
    """Shapes are told as far as the account may look."""
    with rig("cloud", empty()) as made:
        for method in ("GET", "POST"):
            made.server.fail(method, path, Reply(404, {"errorMessages": ["no"]}), times=9)

        assert explorer(made).shape(place()).fields


def test_wrong_credentials_are_said_in_a_word(jira):
    """As doctor would."""
    with pytest.raises(Denied) as raised:
        list(explorer(jira, token="wrong").places())

    assert "credentials" in raised.value.message
    assert "wrong" not in f"{raised.value.message}{raised.value.remedy}"


def test_the_guide_asks_for_what_connects(jira):
    """Its questions are keys of `connection:`, and its secret is never typed in."""
    guide = named(named("escsync_jira:plugin").guide)
    model = named("escsync_jira.settings:JiraConnection")

    assert {question.key[1] for question in guide.questions} <= set(model.model_fields)
    assert [question.key[1] for question in guide.questions if question.secret] == ["token"]
    assert {right.mode for right in guide.rights} == {"observe", "annotate", "enforce", "provision"}


def test_the_servers_clock_is_known_from_its_answers(jira):
    """By the Date header, to the second."""
    adapter = jira.connect()
    before = adapter.time
    _ = adapter.me

    assert before is None
    assert adapter.time == jira.world.clock.now().replace(microsecond=0)


def test_a_status_that_no_way_leads_to_is_a_warning(jira):
    """On Cloud by the workflow; on Data Center by the moves of tickets, where they show the whole of it."""
    project = jira.world.project("EXEC")
    for status in ("Open", "Investigating", "Designing", "Updating", "Pending", "Closed", "Rejected"):
        jira.world.create().move(status)
    jira.world.create().move("Waiting for legal")
    project.transitions = [t for t in project.transitions if t.target != "10005"]

    lines = [line for line in jira.connect().check() if "no way" in line.message]

    assert [line.subject for line in lines] == ["stages.duplicate"]
    assert "transition" in lines[0].remedy


def test_what_was_not_seen_of_a_workflow_is_not_called_missing():
    """Three tickets do not show a whole workflow."""
    with rig("datacenter") as made:
        made.world.create()

        assert [line for line in made.connect().check() if "no way" in line.message] == []

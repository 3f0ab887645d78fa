"""What provisioning a Jira leaves to people: said exactly, and believed when it was done."""

from __future__ import annotations

import pytest
from fakes.http import Reply
from fakes.jira.empty import empty
from fakes.jira.provisioning import FEW, apply, connected, drawn, gaps, named, words
from fakes.jira.rig import rig

from escsync.adapter import Rejected
from escsync.setup.wishes import wishes


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ([("Root cause", "textfield")], "customfield_10300 (textfield)"),
        ([("Root cause", "select"), ("root cause", "select")], "customfield_10301"),
    ],
    ids=["another type", "twice"],
)
def test_a_name_that_is_taken_is_a_persons_decision(cloud, made, said):
    """Another type, or two of that name: nothing is guessed and nothing is made beside them."""
    for number, (name, custom) in enumerate(made, 10300):
        cloud.world.add_field(number, name, custom)
    adapter = connected(cloud)

    (gap,) = gaps(adapter, only=("root_cause",))

    assert said in gap.what
    assert "fields: {root_cause: customfield_10300}" in gap.by_hand
    with pytest.raises(Rejected):
        adapter.provide(gap)


def test_a_team_managed_project_is_made_by_hand_with_every_click_named():
    """Jira offers no way over REST: the list is exact, and what people made by it is found."""
    with rig("cloud", empty(team=True)) as made:
        adapter = connected(made)
        told, *found = gaps(adapter, only=("root_cause", "committed_at"))

        assert "team-managed" in told.what
        assert [gap.id for gap in found] == ["field:committed_at", "field:root_cause"]
        assert "'Time stamp'" in found[0].by_hand
        assert all(
            word in found[1].by_hand for word in ("Escalation", "'Dropdown'", "'Root cause'", "'Product bug'")
        )
        project = made.world.project("EXEC")
        labels = next(iter(wishes(words(), only=("root_cause",)))).choices.values()
        made.world.add_field(10400, "Root cause", "select", labels, scope=project.id)
        made.world.add_field(10401, "Committed at", "datetime", scope=project.id)
        adapter = connected(made)
        found = gaps(adapter, only=("root_cause", "committed_at"))
        fields = apply(adapter, found)
        assert [gap.found for gap in found] == [True, True]
        assert gaps(connected(made, fields), fields, only=("root_cause", "committed_at")) == []
        assert not [
            one for one in made.server.log if one.request.method != "GET" and "/field" in one.request.path
        ]


def test_a_field_of_another_teams_project_is_nothing_to_us(cloud):
    """Its name is taken there alone: neither provisioning nor a pass confuses the two."""
    cloud.world.add_field(10300, "Root cause", "select", scope=cloud.world.project("HELP").id)
    adapter = connected(cloud)
    fields = apply(adapter, gaps(adapter, only=("root_cause",)))

    later = connected(cloud, {"root_cause": ("Root cause",)})
    _ = later.me

    assert fields["root_cause"] != ("customfield_10300",)
    assert [line for line in later.check() if line.code == "DRIFT"] == []


def test_on_data_center_fields_and_screens_are_made_and_options_by_hand(server):
    """Data Center has no REST for options: what to click is said, and believed when it was done."""
    adapter = connected(server)
    found = gaps(adapter, only=("root_cause", "committed_at"))
    fields = apply(adapter, found)

    assert [(gap.id, bool(gap.by_hand)) for gap in found] == [
        ("field:committed_at", False),
        ("field:root_cause", False),
        ("options:root_cause", True),
    ]
    (field,) = named(server.world, "Root cause")
    assert all(
        field.id in screen.shows()
        for screen in server.world.arrangement.screens.values()
        if "EXEC" in screen.name
    )
    (left,) = gaps(connected(server, fields), fields, only=("root_cause", "committed_at"))
    assert "Edit Options" in left.by_hand
    server.world.offer("Root cause", *next(iter(wishes(words(), only=("root_cause",)))).choices.values())
    assert gaps(connected(server, fields), fields, only=("root_cause", "committed_at")) == []


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_without_the_right_everything_is_said_and_nothing_tried(dialect):
    """One line says which right is lacking and where it is granted; the others say what to click."""
    with rig(dialect, empty()) as made:
        made.world.granted = {"BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES"}
        adapter = connected(made)
        before = drawn(made.world)

        told, *found = gaps(adapter)

        assert "Administer Jira" in told.what
        assert "Global permissions" in told.by_hand
        assert len(found) == len(FEW)
        assert all(gap.by_hand for gap in found)
        assert drawn(made.world) == before


def test_a_jira_that_refuses_to_make_fields_says_what_to_click(cloud):
    """The permission is there, and still it answers no."""
    adapter = connected(cloud)
    (gap,) = gaps(adapter, only=("root_cause",))
    cloud.server.fail("POST", "/field", Reply(405, {"errorMessages": ["no"]}))

    with pytest.raises(Rejected) as raised:
        adapter.provide(gap)

    assert "405" in raised.value.message
    assert raised.value.remedy.startswith("by hand: Settings > Issues")


def test_statuses_and_the_issue_type_are_named_and_never_made(jira):
    """Workflows are the team's: what the configuration names and the project lacks is said, with the clicks."""
    stages = {"intake": ("1",), "closed": ("Nowhere", "Closed")}
    adapter = connected(jira, stages=stages, scope={"project": "EXEC", "issue_type": "Incident"})

    (kind,) = gaps(adapter, only=("summary",))
    (status,) = gaps(connected(jira, stages=stages), only=("summary",))

    assert (kind.id, kind.subject) == ("issue_type", "scope.issue_type")
    assert "'Incident'" in kind.by_hand
    assert (status.subject, "'Nowhere'" in status.by_hand) == ("stages.closed", True)


def test_a_project_that_is_not_there_is_an_error_with_its_remedy(cloud):
    """Nothing can be made in it."""
    with pytest.raises(Rejected) as raised:
        gaps(connected(cloud, scope={"project": "NOPE", "issue_type": "Escalation"}))

    assert "NOPE" in raised.value.message
    assert raised.value.remedy


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_a_status_that_was_renamed_is_not_to_be_made_again(dialect):
    """What the last pass learnt tells its id, and that it is there under another name."""
    with rig(dialect, empty()) as made:
        adapter = connected(made)
        list(adapter.check())
        id = next(one.id for one in made.world.statuses.values() if one.name == "Investigation")
        made.world.statuses[id].name = "Looking into it"

        (told,) = gaps(connected(made, discovery=adapter.discovery), only=("summary",))
        (unknown,) = gaps(connected(made), only=("summary",))

    assert (told.subject, unknown.subject) == ("stages.investigation", "stages.investigation")
    assert f"it is called 'Looking into it' now; write that, or its id '{id}'" in told.by_hand
    assert "Add status 'Investigation'" in unknown.by_hand

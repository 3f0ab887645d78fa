"""Provisioning a Jira: from nothing to every field, on screens, with its options; and nothing twice."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

from fakes.jira.empty import FULL, SHOWN
from fakes.jira.provisioning import FEW, STAGES, apply, connected, drawn, gaps, named, words

from escsync.adapter import FIELDS, SetField, TicketRef
from escsync.setup.wishes import wishes


def test_an_empty_cloud_project_gets_every_field_that_is_wished_for(cloud):
    """All of them, mapped by id, editable, with every option: then nothing is missing, and a pass writes them."""
    every = wishes(words())
    adapter = connected(cloud)
    found = list(adapter.missing(every))
    fields = apply(adapter, found)

    assert [gap for gap in found if gap.by_hand] == []
    assert set(fields) == {wish.wanted.name for wish in every}
    again = connected(cloud, fields)
    assert list(again.missing(wishes(words(fields)))) == []
    issue = cloud.world.create(type_="Escalation")
    lines = list(again.check())
    assert [p for p in lines if p.subject.startswith(("fields.", "options.")) and p.level != "ok"] == []
    due = datetime(2026, 3, 3, 17, tzinfo=UTC)
    edits = (SetField("health", None, "due_soon"), SetField("due_at", None, due))
    (written,) = again.write([cloud.change(issue, *edits)])
    (ticket,) = again.read([TicketRef(issue.id, issue.key)])
    assert (written.failures, ticket.values["health"], ticket.values["due_at"]) == ({}, "due_soon", due)


def test_each_kind_of_value_gets_the_kind_of_field_that_keeps_it(cloud):
    """Hours are kept by date-time fields, long texts by paragraphs."""
    adapter = connected(cloud)
    fields = apply(adapter, gaps(adapter))

    made = {name: cloud.world.fields[fields[name][0]] for name in FEW}
    assert {name: field.custom for name, field in made.items()} == {
        "root_cause": "select",
        "committed_at": "datetime",
        "health": "select",
        "findings_summary": "textarea",
        "checklist.csm_spoken": "select",
        "is_technical": "select",
    }
    assert [option.value for option in made["is_technical"].options] == ["Yes", "No"]
    assert len(made["root_cause"].options) == len(FIELDS["root_cause"].choices)
    assert "[escsync:root_cause EXEC]" in made["root_cause"].description


def test_a_second_run_without_the_settings_finds_what_the_first_made(cloud):
    """The file could not be written: the marks in Jira tell, and nothing is made twice."""
    adapter = connected(cloud)
    apply(adapter, gaps(adapter))
    before = drawn(cloud.world)

    again = connected(cloud)
    found = gaps(again)
    fields = apply(again, found)

    assert {gap.found for gap in found} == {True}
    assert set(fields) == set(FEW)
    assert drawn(cloud.world) == before


def test_repeating_one_step_makes_no_second_field(cloud):
    """The same gap, twice."""
    adapter = connected(cloud)
    (gap,) = gaps(adapter, only=("root_cause",))
    first = adapter.provide(gap)

    assert adapter.provide(gap).settings == first.settings
    assert len(named(cloud.world, "Root cause")) == 1


def test_what_exists_is_not_touched(cloud):
    """A field of the team gets the option that is lacking and its place on the screen; all else stays as it was."""
    own = cloud.world.add_field(10300, "Why", "select", ("Product bug", "Our own reason"))
    other = cloud.world.add_field(10301, "Something else", "select", ("A", "B"))
    screens = copy.deepcopy(cloud.world.arrangement.screens)
    fields = {"root_cause": (own.id,)}
    adapter = connected(cloud, fields)

    (gap,) = gaps(adapter, fields, only=("root_cause",))
    provided = adapter.provide(gap)

    assert provided.settings == {}
    assert [o.value for o in own.options[:2]] == ["Product bug", "Our own reason"]
    assert len(own.options) == 1 + len(FIELDS["root_cause"].choices)
    assert [o.value for o in other.options] == ["A", "B"]
    for id, screen in cloud.world.arrangement.screens.items():
        assert screen.shows() - {own.id} == screens[id].shows()
    assert gaps(connected(cloud, fields), fields, only=("root_cause",)) == []


def test_options_that_mean_the_same_are_not_added(cloud):
    """`options:` maps the team's words; what it maps is there."""
    told = ("Bug", "Docs", "Routing", "Policy", "SLA", "We did not talk")
    own = cloud.world.add_field(10300, "Why", "select", told)
    cloud.world.arrangement.screens["703"].tabs[0].fields.append(own.id)
    meant = {value: (word,) for value, word in zip(FIELDS["root_cause"].choices, told, strict=True)}
    fields = {"root_cause": ("Why",)}
    adapter = cloud.connect(fields=fields, stages=STAGES, options={"root_cause": meant}, fresh=True)

    assert gaps(adapter, fields, only=("root_cause",), root_cause=meant) == []


def test_a_field_of_the_right_name_and_type_is_found_and_only_mapped(cloud):
    """Nothing is written to Jira for it."""
    own = cloud.world.add_field(10300, "Committed at", "datetime")
    for screen in cloud.world.arrangement.screens.values():
        screen.tabs[0].fields.append(own.id)
    before = drawn(cloud.world)
    adapter = connected(cloud)

    (gap,) = gaps(adapter, only=("committed_at",))

    assert (gap.found, gap.by_hand) == (True, "")
    assert adapter.provide(gap).settings == {("fields", "committed_at"): own.id}
    assert drawn(cloud.world) == before


def test_a_name_that_the_configuration_gives_is_the_name_of_the_field(cloud):
    """`root_cause: Ursache` makes the field Ursache; an id that is not there makes nothing."""
    fields = {"root_cause": ("Ursache",), "committed_at": ("customfield_99999",)}
    adapter = connected(cloud, fields)

    made, wrong = gaps(adapter, fields, only=("root_cause", "committed_at"))[::-1]

    assert adapter.provide(made).settings[("fields", "root_cause")] == named(cloud.world, "Ursache")[0].id
    assert "customfield_99999" in wrong.what
    assert "remove the entry, then `escsync provision --apply` makes the field anew" in wrong.by_hand
    assert "correct the id" in wrong.by_hand


def test_boxes_of_one_checkbox_field_are_made_in_one_field(cloud):
    """`FIELD#Option`, three times."""
    names = ("checklist.history_reviewed", "checklist.csm_spoken", "checklist.eng_product_consulted")
    fields = {name: (f"Checklist#{box}",) for name, box in zip(names, ("A", "B", "C"), strict=True)}
    adapter = connected(cloud, fields)
    made = apply(adapter, gaps(adapter, fields, only=names))

    (field,) = named(cloud.world, "Checklist")
    assert field.custom == "multicheckboxes"
    assert [option.value for option in field.options] == ["A", "B", "C"]
    assert made["checklist.csm_spoken"] == (f"{field.id}#B",)
    assert gaps(connected(cloud, made), made, only=names) == []


def test_a_second_owner_field_is_made_beside_the_assignee(cloud):
    """A list stays a list; what stands in it stays in its place."""
    fields = {"owner": ("assignee", "Co-owner")}
    adapter = connected(cloud, fields)
    (gap,) = gaps(adapter, fields, only=("owner",))

    (made,) = [adapter.provide(gap).settings[("fields", "owner")]]

    assert made == ["assignee", named(cloud.world, "Co-owner")[0].id]


def test_the_site_of_the_first_day_shows_none_of_our_fields(cloud):
    """The fake keeps its promise: a field that is on no screen can be neither seen nor written."""
    project = cloud.world.project("EXEC")
    field = cloud.world.add_field(10300, "Hidden", "textfield")

    assert field.id not in cloud.world.arrangement.visible(project, "", "edit")
    assert set(SHOWN) <= cloud.world.arrangement.visible(project, "", "create")
    assert len(FULL) == len(project.statuses)

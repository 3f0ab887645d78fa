"""Provisioning a Jira: from nothing to every field, on screens, with its options; and nothing twice."""

from __future__ import annotations

import copy
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from fakes.http import Reply
from fakes.jira.empty import FULL, SHOWN, empty
from fakes.jira.rig import rig

from escsync.adapter import FIELDS, Rejected, SetField, TicketRef, TrackerError, Vocabulary
from escsync.setup.wishes import wishes

STAGES = {"intake": ("Open",), "investigation": ("Investigation",), "closed": ("Closed",)}
FEW = ("root_cause", "committed_at", "health", "findings_summary", "checklist.csm_spoken", "is_technical")

RUBBISH = (None, [], {}, [1, None], {"values": [{}, 7], "fields": "x", "total": "y"}, "text")


def words(fields=None, **options):
    return Vocabulary(fields=dict(fields or {}), options=options)


def connected(made, fields=None, stages=STAGES, scope=None, **how):
    where = {"scope": scope} if scope else {}
    return made.connect(fields=dict(fields or {}), stages=stages, fresh=True, **where, **how)


def gaps(adapter, fields=None, only=FEW, **options):
    return list(adapter.missing(wishes(words(fields, **options), only=only)))


def apply(adapter, found):
    """Everything that can be made, and what the configuration says from then on."""
    fields = {}
    for gap in found:
        if not gap.by_hand:
            for key, value in adapter.provide(gap).settings.items():
                assert key[0] == "fields"
                fields[key[1]] = tuple(value) if isinstance(value, list) else (value,)
    return fields


def named(world, name):
    return [field for field in world.fields.values() if field.name == name]


def drawn(world):
    """Everything that an administrator could have arranged."""
    arranged = world.arrangement
    fields = {
        f.id: (f.name, f.custom, f.description, [o.value for o in f.options]) for f in world.fields.values()
    }
    return copy.deepcopy((fields, arranged.screens, arranged.schemes, arranged.projects))


@pytest.fixture
def cloud():
    with rig("cloud", empty()) as made:
        yield made


@pytest.fixture
def server():
    with rig("datacenter", empty()) as made:
        yield made


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


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
@pytest.mark.parametrize("answered", [False, True], ids=["not done", "done, unheard"])
def test_a_run_that_breaks_off_at_any_write_is_finished_by_the_next(dialect, answered):
    """Whichever write is lost, with or without having been done: the next run goes on, and nothing is there twice."""
    count = 0
    while True:
        with rig(dialect, empty()) as made:
            count += 1
            before = len(made.server.log)
            seen = []

            def nth(request, seen=seen, count=count):
                if (
                    request.method in ("POST", "PUT")
                    and "mapping" not in request.path
                    and "search" not in request.path
                ):
                    seen.append(request.path)
                    return len(seen) == count
                return False

            fault = made.server.fail("POST", "", reset=True, after=answered)
            fault.match = nth
            adapter = connected(made)
            with suppress(TrackerError):
                apply(adapter, gaps(adapter, only=("root_cause", "due_at")))
            if len(seen) < count:
                break
            assert fault.times == 0, before
            again = connected(made)
            fields = apply(again, gaps(again, only=("root_cause", "due_at")))
            left = gaps(connected(made, fields), fields, only=("root_cause", "due_at"))
            assert [gap for gap in left if not gap.by_hand] == [], (count, seen)
            for name in ("Root cause", "Next deadline"):
                assert len(named(made.world, name)) == 1, (count, seen)
    assert count > 6


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


def test_a_name_that_the_configuration_gives_is_the_name_of_the_field(cloud):
    """`root_cause: Ursache` makes the field Ursache; an id that is not there makes nothing."""
    fields = {"root_cause": ("Ursache",), "committed_at": ("customfield_99999",)}
    adapter = connected(cloud, fields)

    made, wrong = gaps(adapter, fields, only=("root_cause", "committed_at"))[::-1]

    assert adapter.provide(made).settings[("fields", "root_cause")] == named(cloud.world, "Ursache")[0].id
    assert "customfield_99999" in wrong.what
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


def test_a_field_of_other_projects_gets_a_context_of_its_own(cloud):
    """The team's field applies to another project only: that context is left alone."""
    own = cloud.world.add_field(10300, "Root cause", "select", ("Theirs",))
    own.contexts[0].projects = {cloud.world.project("HELP").id}
    adapter = connected(cloud)
    apply(adapter, gaps(adapter, only=("root_cause",)))

    first, second = own.contexts
    assert [o.value for o in first.options] == ["Theirs"]
    assert second.projects == {cloud.world.project("EXEC").id}
    assert len(second.options) == len(FIELDS["root_cause"].choices)


def test_a_field_that_the_project_does_not_show_is_offered_to_it(cloud):
    """It stands on every screen, and its scheme or its context leaves the project out."""
    world, project = cloud.world, cloud.world.project("EXEC")
    scheme, context = (world.add_field(n, name, "datetime") for n, name in ((10300, "One"), (10301, "Two")))
    world.arrangement.unassociated.add(scheme.id)
    context.contexts[0].projects = {world.project("HELP").id}
    for screen in world.arrangement.screens.values():
        screen.tabs[0].fields += [scheme.id, context.id]
    fields = {"committed_at": (scheme.id,), "implemented_at": (context.id,)}
    adapter = connected(cloud, fields)

    found = gaps(adapter, fields, only=tuple(fields))
    apply(adapter, found)

    assert len(found) == 2
    assert {scheme.id, context.id} <= world.arrangement.visible(project, "", "edit")
    assert gaps(connected(cloud, fields), fields, only=tuple(fields)) == []


def test_an_option_that_is_switched_off_is_not_made_again(cloud):
    """It has to be enabled, and that is a person's click."""
    adapter = connected(cloud)
    fields = apply(adapter, gaps(adapter, only=("health",)))
    field = cloud.world.fields[fields["health"][0]]
    field.contexts[0].options[0] = type(field.options[0])(
        field.options[0].id, field.options[0].value, disabled=True
    )
    adapter = connected(cloud, fields)
    (gap,) = gaps(adapter, fields, only=("health",))

    with pytest.raises(Rejected) as raised:
        adapter.provide(gap)

    assert "switched off" in raised.value.message
    assert "enable" in raised.value.remedy


def test_long_lists_are_read_to_their_end(cloud):
    """Pages of two: fields, options, schemes."""
    cloud.face.page_of = 2
    adapter = connected(cloud)
    fields = apply(adapter, gaps(adapter))

    assert gaps(connected(cloud, fields), fields) == []
    assert len(list(connected(cloud, fields).provided())) == len(FEW)


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


def test_of_two_runs_that_met_the_older_field_counts(cloud):
    """Both looked, both made one: from then on everybody takes the first."""
    first, second = connected(cloud), connected(cloud)
    (gap,), (same,) = gaps(first, only=("due_at",)), gaps(second, only=("due_at",))
    cloud.server.fail("GET", "/field/search", alter=lambda body: {**body, "values": []}, times=2)
    one, other = first.provide(gap), second.provide(same)

    third = connected(cloud)
    (found,) = gaps(third, only=("due_at",))

    assert one.id < other.id
    assert (found.found, third.provide(found).id) == (True, one.id)


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


def test_a_scope_that_names_a_field_still_to_be_made_is_no_obstacle(cloud):
    """Jira refuses the question until the field is there."""
    scope = {"project": "EXEC", "issue_type": "Escalation", "jql": '"Escalation health" = Breached'}

    (gap,) = gaps(connected(cloud, scope=scope), only=("health",))

    assert not gap.by_hand


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_rubbish_is_an_error_in_words_or_nothing(dialect):
    """Whatever a server answers to any question: never a crash."""
    with rig(dialect, empty()) as made:
        made.server.judge = None
        count, more = 0, True
        while more:
            count += 1
            seen = []

            def nth(request, seen=seen, count=count):
                seen.append(request.path)
                return len(seen) == count

            fault = made.server.fail("GET", "", Reply(200, RUBBISH[count % len(RUBBISH)]))
            fault.match = nth
            adapter = connected(made, {"root_cause": ("Root cause",)})
            with suppress(TrackerError):
                list(adapter.outline())
                apply(adapter, gaps(adapter, {"root_cause": ("Root cause",)}, only=("root_cause",)))
                for one in adapter.provided():
                    adapter.withdraw(one)
            more = len(seen) >= count and count < 60
            made.server.faults.clear()

    assert count >= 15


def test_hostile_names_stay_on_their_line(cloud):
    """A field may be called anything."""
    own = cloud.world.add_field(10300, "a\nb\x1b[31m\u202e: ${env:X} #", "select", ("x\ny",))
    fields = {"root_cause": (own.id,), "committed_at": ("No\nsuch",)}

    told = gaps(connected(cloud, fields), fields, only=("root_cause", "committed_at"))

    assert len(told) == 2
    assert not [ch for gap in told for ch in f"{gap.what}{gap.by_hand}" if not ch.isprintable()]


def test_statuses_and_the_issue_type_are_named_and_never_made(jira):
    """Workflows are the team's: what the configuration names and the project lacks is said, with the clicks."""
    stages = {"intake": ("1",), "closed": ("Nowhere", "Closed")}
    adapter = connected(jira, stages=stages, scope={"project": "EXEC", "issue_type": "Incident"})

    (kind,) = gaps(adapter, only=("summary",))
    (status,) = gaps(connected(jira, stages=stages), only=("summary",))

    assert (kind.id, kind.subject) == ("issue_type", "scope.issue_type")
    assert "'Incident'" in kind.by_hand
    assert (status.subject, "'Nowhere'" in status.by_hand) == ("stages.closed", True)


def test_where_no_issue_type_is_named_every_one_gets_the_fields(cloud):
    """Labels tell what is an escalation: then tickets of any type may be one."""
    world, project = cloud.world, cloud.world.project("EXEC")
    own = world.arrangement.screen("EXEC: Task Screen", *SHOWN)
    world.arrangement.schemes["900"] = {"default": own.id}
    world.arrangement.projects[project.id][next(iter(project.types))] = "900"
    scope = {"project": "EXEC", "labels": ["executive"]}
    adapter = connected(cloud, scope=scope)

    fields = apply(adapter, gaps(adapter, only=("root_cause",)))

    for type_ in project.types:
        assert fields["root_cause"][0] in world.arrangement.visible(project, type_, "edit")
    assert gaps(connected(cloud, fields, scope=scope), fields, only=("root_cause",)) == []


def test_a_project_that_is_not_there_is_an_error_with_its_remedy(cloud):
    """Nothing can be made in it."""
    with pytest.raises(Rejected) as raised:
        gaps(connected(cloud, scope={"project": "NOPE", "issue_type": "Escalation"}))

    assert "NOPE" in raised.value.message
    assert raised.value.remedy


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_only_what_was_made_is_taken_back(dialect):
    """Known by its mark; a field of the same name without it is somebody else's, and so is one of another project."""
    with rig(dialect, empty()) as made:
        own = made.world.add_field(10300, "Why", "textfield")
        other = made.world.add_field(10301, "Health of another", "textfield")
        other.description = "[escsync:health HELP]"
        adapter = connected(made)
        fields = apply(adapter, gaps(adapter, only=("committed_at", "due_at")))

        listed = list(adapter.provided())
        for one in listed:
            adapter.withdraw(one)
            adapter.withdraw(one)

        assert {key: value for one in listed for key, value in one.settings.items()} == {
            ("fields", name): id for name, (id,) in fields.items()
        }
        assert set(made.world.fields) >= {own.id, other.id}
        assert not {id for (id,) in fields.values()} & set(made.world.fields)
        assert list(connected(made).provided()) == []


def test_values_that_people_entered_are_counted_before_they_go(cloud):
    """Cloud has a trash, from which it can be brought back; what other projects use is spared."""
    adapter = connected(cloud)
    apply(adapter, gaps(adapter, only=("committed_at",)))
    cloud.world.create(type_="Escalation", **{"Committed at": cloud.world.clock.now()})
    (mine,) = adapter.provided()
    cloud.world.create("HELP", **{"Committed at": cloud.world.clock.now()})
    (theirs,) = adapter.provided()

    assert ("1 ticket hold a value" in mine.what, mine.kept) == (True, "")
    assert "other projects" in theirs.kept
    with pytest.raises(Rejected):
        adapter.withdraw(theirs)


def test_data_center_deletes_no_values(server):
    """There is no trash: a field that holds anything is kept, and the click named."""
    adapter = connected(server)
    apply(adapter, gaps(adapter, only=("committed_at",)))
    server.world.create(type_="Escalation", **{"Committed at": server.world.clock.now()})

    (one,) = adapter.provided()

    assert "Delete" in one.kept
    with pytest.raises(Rejected):
        adapter.withdraw(one)


def test_the_site_of_the_first_day_shows_none_of_our_fields(cloud):
    """The fake keeps its promise: a field that is on no screen can be neither seen nor written."""
    project = cloud.world.project("EXEC")
    field = cloud.world.add_field(10300, "Hidden", "textfield")

    assert field.id not in cloud.world.arrangement.visible(project, "", "edit")
    assert set(SHOWN) <= cloud.world.arrangement.visible(project, "", "create")
    assert len(FULL) == len(project.statuses)

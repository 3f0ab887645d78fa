"""Provisioning a Jira that breaks off, is crowded, answers rubbish, or is arranged in its own way."""

from __future__ import annotations

from contextlib import suppress

import pytest
from fakes.http import Reply
from fakes.jira.empty import SHOWN, empty
from fakes.jira.provisioning import FEW, apply, connected, gaps, named
from fakes.jira.rig import rig

from escsync.adapter import FIELDS, Level, Rejected, TrackerError

RUBBISH = (None, [], {}, [1, None], {"values": [{}, 7], "fields": "x", "total": "y"}, "text")


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
                id = named(made.world, name)[0].id
                assert made.world.arrangement.showing(id) == 2, (count, seen)
    assert count > 6


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


@pytest.mark.parametrize("meta", [["x"], 7])
@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_a_form_that_tells_rubbish_of_a_field_shows_it_all_the_same(dialect, meta):
    """What is no JSON object tells nothing of the field but that it is there."""
    with rig(dialect, empty()) as made:
        adapter = connected(made)
        fields = apply(adapter, gaps(adapter, only=("health",)))
        made.world.create(type_="Escalation")
        made.server.fail(
            "GET", "/editmeta", alter=lambda body: {"fields": dict.fromkeys(body["fields"], meta)}, times=9
        )
        later = connected(made, fields)

        lines = [one for one in later.check() if one.subject == "fields.health"]

        assert [one.level for one in lines] == [Level.OK]
        assert all(gap.by_hand for gap in gaps(later, fields, only=("health",)))


def test_hostile_names_stay_on_their_line(cloud):
    """A field may be called anything."""
    own = cloud.world.add_field(10300, "a\nb\x1b[31m\u202e: ${env:X} #", "select", ("x\ny",))
    fields = {"root_cause": (own.id,), "committed_at": ("No\nsuch",)}

    told = gaps(connected(cloud, fields), fields, only=("root_cause", "committed_at"))

    assert len(told) == 2
    assert not [ch for gap in told for ch in f"{gap.what}{gap.by_hand}" if not ch.isprintable()]


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

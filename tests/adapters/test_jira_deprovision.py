"""Taking back what provisioning made: ours alone, and not what people need by now."""

from __future__ import annotations

import pytest
from escsync_jira.settings import JiraSettings
from fakes.http import Reply
from fakes.jira.arrangement import Context
from fakes.jira.empty import empty
from fakes.jira.provisioning import apply, connected, gaps
from fakes.jira.rig import rig

from escsync.adapter import Denied, Rejected


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


def test_what_another_project_has_made_its_own_stays(cloud):
    """A field with a context for another project serves it, whether or not a ticket there holds a value by now."""
    adapter = connected(cloud)
    apply(adapter, gaps(adapter, only=("tone", "root_cause")))
    tone = next(field for field in cloud.world.fields.values() if field.name == "Tone")
    tone.contexts.append(Context("1", "escsync HELP", {cloud.world.project("HELP").id}))

    kept = {one.id: one.kept for one in adapter.provided()}

    assert [id for id, why in kept.items() if why] == [tone.id]
    assert "it applies to HELP as well" in kept[tone.id]
    with pytest.raises(Rejected):
        adapter.withdraw(next(one for one in adapter.provided() if one.id == tone.id))


@pytest.mark.parametrize(
    "reply", [Reply(400, {}), Reply(404, {}), Reply(200, {}), Reply(200, {"count": None})]
)
def test_what_may_hold_values_of_other_projects_stays(cloud, reply):
    """Where Jira does not count them, nobody knows that there are none."""
    adapter = connected(cloud)
    apply(adapter, gaps(adapter, only=("committed_at",)))
    (made,) = adapter.provided()
    cloud.world.create("HELP", **{"Committed at": cloud.world.clock.now()})
    cloud.server.fail("POST", "/search/approximate-count", reply, times=9)

    (one,) = adapter.provided()

    assert (made.kept, one.id) == ("", made.id)
    assert "an unknown number of tickets of other projects" in one.kept
    with pytest.raises(Rejected):
        adapter.withdraw(one)


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_what_stands_on_the_screens_of_others_stays(dialect):
    """Another project works with it, wherever its configuration is."""
    with rig(dialect, empty()) as made:
        adapter = connected(made)
        fields = apply(adapter, gaps(adapter, only=("committed_at", "due_at")))
        (shared,) = fields["due_at"]
        made.world.arrangement.screen("HELP: screen", shared)

        kept = {one.id: one.kept for one in connected(made).provided()}

    assert [id for id, why in kept.items() if why] == [shared]
    assert "it stands on 1 screen beyond those of EXEC" in kept[shared]


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_what_serves_projects_that_are_taken_back_together_is_kept_for_none_of_them(dialect):
    """Screens, contexts and values there are no obstacle; those of a third project, or of another Jira, are."""
    with rig(dialect, empty()) as made:
        scope = {"project": "HELP", "issue_type": "Escalation"}
        adapter = connected(made)
        apply(adapter, gaps(adapter, only=("due_at",)))
        second = connected(made, scope=scope)
        apply(second, gaps(second, only=("due_at",)))
        if made.cloud:
            made.world.create("HELP", **{"Next deadline": made.world.clock.now()})
        settings = JiraSettings.model_validate(
            {"connection": {"url": made.server.url} | made.credentials(), "scope": scope}
        )
        elsewhere = settings.connection.model_copy(update={"url": "https://other.example"})

        (alone,) = adapter.provided()
        adapter.together([settings.model_copy(update={"connection": elsewhere})])
        (apart,) = adapter.provided()
        adapter.together([settings])
        (both,) = adapter.provided()
        (id,) = [one.id for one in made.world.fields.values() if one.name == "Next deadline"]
        made.world.arrangement.screen("THIRD: screen", id)
        (third,) = adapter.provided()

    assert alone.kept
    assert apart.kept == alone.kept
    assert both.kept == ""
    assert "it stands on 1 screen beyond those of EXEC and HELP" in third.kept


@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_who_may_not_look_is_told_so(dialect):
    """Without Administer Jira nothing is seen: that is no reason to say that nothing is there."""
    with rig(dialect, empty()) as made:
        adapter = connected(made)
        apply(adapter, gaps(adapter, only=("tone",)))
        made.world.granted = {"BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES"}

        with pytest.raises(Denied) as error:
            list(connected(made).provided())

    assert "Administer Jira" in error.value.message
    assert "Global permissions" in error.value.remedy


@pytest.mark.parametrize(
    "reply", [Reply(400), Reply(403), Reply(404), Reply(405), Reply(200, {}), Reply(200, [])]
)
@pytest.mark.parametrize("dialect", ["cloud", "datacenter"])
def test_a_list_of_fields_that_is_not_told_is_not_an_empty_one(dialect, reply):
    """An older Data Center, or a proxy that keeps the list back: what escsync made is there all the same."""
    with rig(dialect, empty()) as made:
        adapter = connected(made)
        apply(adapter, gaps(adapter, only=("committed_at",)))
        (one,) = adapter.provided()
        made.server.fail("GET", ("/field/search", "/customFields"), reply, times=9)

        with pytest.raises(Rejected) as error:
            list(connected(made).provided())
        with pytest.raises(Rejected):
            adapter.withdraw(one)
        missing = gaps(connected(made), only=("committed_at",))

    assert "does not list its custom fields" in error.value.message
    assert "[escsync:... EXEC]" in error.value.remedy
    assert [gap.found for gap in missing] == [True]


def test_data_center_deletes_no_values(server):
    """There is no trash: a field that holds anything is kept, and the click named."""
    adapter = connected(server)
    apply(adapter, gaps(adapter, only=("committed_at",)))
    server.world.create(type_="Escalation", **{"Committed at": server.world.clock.now()})

    (one,) = adapter.provided()

    assert "Delete" in one.kept
    with pytest.raises(Rejected):
        adapter.withdraw(one)

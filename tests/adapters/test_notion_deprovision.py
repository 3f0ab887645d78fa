"""Taking away what escsync made in Notion: by its marks, never what people made or entered a page into."""

from __future__ import annotations

import pytest
from escsync_notion.columns import Column
from escsync_notion.setup.ground import Held
from fakes.notion.errand import errand, inventory, nth
from fakes.notion.rig import rig
from fakes.notion.site import empty

from escsync.adapter import Rejected, Vanished


@pytest.mark.parametrize("listed", [5, True, "x", {"a": 1}, [1, None, {"name": "no id"}]])
def test_options_that_are_no_list_are_none(listed):
    """An answer of a shape that the documentation does not know ends in order."""
    held = Held(Column("x", "Tone", "select"), "tone", {"select": {"options": listed}})

    assert held.options == []


@pytest.fixture
def fresh():
    """A database that escsync made below a page."""
    with rig(empty()) as made:
        made.done = errand(made).apply()
        yield made


@pytest.fixture
def theirs():
    """A database of people's own, into which escsync made a property and an option."""
    with rig() as made:
        made.world.add_property(
            made.site.escalations, "Brand exposure", "select", ("None", "Low", "Medium", "High")
        )
        told = {"fields": {"owner": "Owner"}, "stages": {"intake": "Open"}}
        made.before = inventory(made.world)
        made.done = errand(made, **told).apply(only=["tone", "brand_exposure"])
        yield made


def table(notion):
    (source,) = (one for one in notion.world.sources.values() if one.title == "Executive escalations")
    return source


def connected(notion):
    return notion.connect(**notion.done.how)


def test_an_empty_database_of_ours_goes_as_a_whole(fresh):
    """To the trash, from which it can be taken as it was; the configuration forgets all that it holds."""
    adapter = connected(fresh)
    (only,) = adapter.provided()

    adapter.withdraw(only)

    assert (only.kind, table(fresh).database.in_trash) == ("database", True)
    assert len(table(fresh).properties) > 40
    assert only.settings["fields", "tone"] == fresh.done.settings["fields", "tone"]
    assert only.settings["stages", "closed"] == "Closed"
    assert list(fresh.connect(scope=fresh.site.scope, fields={}, stages={}).provided()) == []


def test_a_database_that_holds_pages_is_kept(fresh):
    """Its properties can go one by one, each with a word on what would be lost with it."""
    person = fresh.site.people["ana"].id
    fresh.world.open(table(fresh), {"title": "One", "Tone": "Public"}, person)
    adapter = connected(fresh)

    found = list(adapter.provided())

    last = found[-1]
    assert (last.kind, "move them to the trash" in last.kept) == ("database", True)
    assert [one.what for one in found[:2]] == ["view 'Board'", "view 'Overdue'"]
    assert "property 'Tone' (select), filled in 1 of 1 pages: what stands there is lost" in [
        f.what for f in found
    ]
    with pytest.raises(Rejected, match="it holds pages"):
        adapter.withdraw(last)


def test_a_page_that_comes_meanwhile_keeps_the_database(fresh):
    """It is looked at once more before it goes."""
    adapter = connected(fresh)
    (only,) = adapter.provided()
    fresh.world.open(table(fresh), {"title": "One"}, fresh.site.people["ana"].id)

    with pytest.raises(Rejected, match="holds pages by now"):
        adapter.withdraw(only)

    assert not table(fresh).database.in_trash


def test_a_table_that_people_added_keeps_the_database(fresh):
    """It would go to the trash with it."""
    adapter = connected(fresh)
    (only,) = adapter.provided()
    fresh.world.add_source(table(fresh).database, "Theirs")
    named = fresh.connect(**{**fresh.done.how, "scope": {"data_source": table(fresh).id}})

    with pytest.raises(Rejected, match="other data sources"):
        named.withdraw(only)


def test_of_peoples_database_only_what_is_ours_goes(theirs):
    """All else is as it was before provisioning; an option stays, for its pages would be emptied."""
    adapter = connected(theirs)
    found = list(adapter.provided())
    for one in found:
        if not one.kept:
            adapter.withdraw(one)

    options = [one for one in found if one.kind == "options"]
    after = inventory(theirs.world)
    held = theirs.site.escalations.find("Brand exposure")
    assert [one.what for one in found if one.kind == "property"] == ["property 'Tone' (select)"]
    assert [one.what for one in options] == ["option 'Unknown' of 'Brand exposure'"]
    assert "delete it in Notion" in options[0].kept
    theirs.before["properties"].pop((theirs.site.escalations.id, held.id))
    after["properties"].pop((theirs.site.escalations.id, held.id))
    assert after == theirs.before
    with pytest.raises(Rejected):
        adapter.withdraw(options[0])


def test_what_has_lost_its_mark_is_peoples(theirs):
    """Whoever rewrote its description has made it theirs."""
    adapter = connected(theirs)
    one = next(one for one in adapter.provided() if one.kind == "property")
    theirs.site.escalations.find("Tone").description = "Ours now"

    with pytest.raises(Rejected, match="lost escsync's mark"):
        adapter.withdraw(one)

    assert theirs.site.escalations.find("Tone") is not None


def test_a_copy_that_people_made_is_not_taken_for_ours(theirs):
    """Whoever duplicates a property copies its mark: none of the two is taken away, and none is mapped by it."""
    made = theirs.site.escalations.find("Tone")
    copy = theirs.world.add_property(theirs.site.escalations, "Tone (1)", "select", ("Private",))
    adapter = connected(theirs)
    before = next(one for one in adapter.provided() if one.kind == "property")
    copy.description = made.description

    found = [one for one in adapter.provided() if one.kind == "property"]

    assert before.kept == ""
    assert [bool(one.kept) for one in found] == [True, True]
    with pytest.raises(Rejected, match="several bear this mark"):
        adapter.withdraw(before)


def test_a_removal_whose_answer_is_lost_is_done_once(theirs):
    """Made again, the request finds nothing to remove, and that is well; asked for once more, it is gone."""
    adapter = connected(theirs)
    one = next(one for one in adapter.provided() if one.kind == "property")
    theirs.server.faults.append(nth(0, after=True, reset=True))

    adapter.withdraw(one)

    with pytest.raises(Vanished):
        adapter.withdraw(one)
    assert theirs.site.escalations.find("Tone") is None


def test_a_view_of_ours_goes_and_others_stay(fresh):
    """One that somebody renamed is somebody's."""
    database = table(fresh).database
    fresh.world.open(table(fresh), {"title": "One"}, fresh.site.people["ana"].id)
    adapter = connected(fresh)
    board, overdue, *_ = adapter.provided()
    next(view for view in database.views if view.name == "Overdue").name = "Late"

    adapter.withdraw(board)
    with pytest.raises(Vanished):
        adapter.withdraw(board)
    with pytest.raises(Rejected, match="renamed by somebody else"):
        adapter.withdraw(overdue)

    assert [view.name for view in database.views] == ["Default view", "Late"]

"""What of a Notion database is shown, gone, retyped, watched or malformed."""

from __future__ import annotations

import pytest
from fakes.notion.rig import pull, rig
from fakes.notion.site import site
from fakes.notion.steps import QUERY, queries, settled

from escsync.adapter import Stage, TicketRef, Vanished


@pytest.fixture
def notion():
    """A workspace with one database of escalations."""
    with rig() as made:
        yield made


def test_trashed_pages_do_not_come_and_are_not_read(notion):
    """They stay readable for thirty days and are gone all the same."""
    gone, here = notion.site.create("gone"), notion.site.create("here")
    notion.world.trash(gone, notion.world.me)
    adapter = notion.connect()

    assert pull(adapter).keys == [here.key]
    assert [t.key for t in adapter.read([notion.ref(gone), notion.ref(here)])] == [here.key]


def test_a_page_in_another_database_is_out_of_scope(notion):
    """It is read by its id, says so, and tells only what it still has."""
    page = notion.site.create()
    notion.world.move(page, notion.site.accounts, notion.world.me)

    (ticket,) = notion.connect().read([notion.ref(page)])

    assert not ticket.in_scope
    assert "owner" in ticket.unreadable


def test_a_database_no_longer_shared_is_not_an_empty_one(notion):
    """404 means out of sight, never deleted."""
    notion.site.create()
    adapter, cursor = settled(notion)
    notion.world.blind = True

    with pytest.raises(Vanished):
        pull(notion.again(adapter), cursor)


def test_a_renamed_property_changes_nothing(notion):
    """What counts is its id."""
    page = notion.site.create(Tier="SMB")
    adapter, cursor = settled(notion)
    fields = notion.site.fields
    notion.site.escalations.find("Tier").name = "Segment"
    notion.site.edit(page, "ARR", 7)

    found = pull(notion.again(adapter, fields=fields), cursor)

    assert found.one.values["account.tier"] == "smb"
    assert found.problems == []


def test_a_deleted_property_is_drift_and_the_rest_is_read(notion):
    """The question for it is refused as a whole: the properties are looked at once more, and it is asked without."""
    page = notion.site.create(Tier="SMB")
    adapter, cursor = settled(notion)
    source, fields = notion.site.escalations, notion.site.fields
    del source.properties[source.find("Tier").id]
    notion.site.edit(page, "ARR", 7)
    again = notion.again(adapter, fields=fields)

    found = pull(again, cursor)

    assert found.one.values["account.arr"] == 7
    assert "account.tier" in found.one.unreadable
    assert [(p.subject, p.code) for p in found.problems] == [("fields.account.tier", "DRIFT")]
    assert again.calls == 3
    assert pull(notion.again(again, fields=fields), cursor).problems


@pytest.mark.parametrize(("now", "readable"), [("multi_select", True), ("relation", False)])
def test_a_property_of_another_type_is_drift(notion, now, readable):
    """What still fits is read in its new form; what does not is unreadable, and said so."""
    page = notion.site.create(Tier="SMB")
    adapter, cursor = settled(notion)
    held = notion.site.escalations.find("Tier")
    held.type = now
    page.values[held.id] = [page.values[held.id]] if readable else []
    held.config = {} if readable else {"data_source_id": notion.site.accounts.id}
    notion.site.edit(page, "ARR", 7)

    found = pull(notion.again(adapter), cursor)

    assert ("account.tier" in found.one.values) is readable
    assert [(p.subject, p.code) for p in found.problems] == [("fields.account.tier", "DRIFT")]
    if readable:
        assert found.one.values["account.tier"] == "smb"
        assert "was a select and is now a multi_select" in found.problems[0].message


def test_a_status_that_is_new_is_looked_up(notion):
    """Its group tells whether Notion calls it done."""
    page = notion.site.create()
    adapter, cursor = settled(notion)
    notion.site.escalations.find("Status").offer("Abandoned", group="Complete")
    notion.site.edit(page, "Status", "Abandoned")

    status = pull(notion.again(adapter), cursor).one.status

    assert (status.name, status.stage, status.done) == ("Abandoned", None, True)


def test_stages_are_told_with_their_group(notion):
    """By the option's name as mapped."""
    page = notion.site.create(Status="Closed")

    status = pull(notion.connect()).one.status

    assert (status.stage, status.done) == (Stage.CLOSED, True)
    assert page.key == "ESC-1"


def test_watched_pages_ride_along(notion):
    """By their numbers, in the same call; they come although nothing changed on them."""
    pages = [notion.site.create(f"n{n}") for n in range(3)]
    adapter, cursor = settled(notion)
    notion.world.clock.advance(hours=1)
    again = notion.again(adapter)

    found = pull(again, cursor, [notion.ref(pages[1]), TicketRef("x", "no number")])

    assert found.keys == [pages[1].key]
    assert again.calls == 1


def test_watched_pages_cost_no_further_call(notion):
    """What does not fit behind the changed ones is left out."""
    pages = [notion.site.create(f"n{n}") for n in range(150)]
    adapter, cursor = settled(notion)
    notion.world.clock.advance(hours=1)
    for page in pages[:50]:
        notion.site.edit(page, "ARR", 7)
    again = notion.again(adapter)

    found = pull(again, cursor, [notion.ref(page) for page in pages[50:]])

    assert again.calls == 1
    assert {page.key for page in pages[:50]} <= set(found.keys)


def test_an_owner_who_left_is_seen_on_a_watched_page(notion):
    """Nothing was edited: the person is no longer more than an id."""
    page = notion.site.create(Owner=[notion.site.people["dana"].id])
    adapter, cursor = settled(notion)
    notion.site.people["dana"].removed = True
    again = notion.again(adapter)

    found = pull(again, cursor, [notion.ref(page)])

    (owner,) = found.one.values["owner"]
    assert (owner.id, owner.name, owner.active) == (notion.site.people["dana"].id, "Dana Reyes", False)
    assert again.calls == 2
    assert pull(notion.again(again), cursor, [notion.ref(page)]).one.values["owner"][0].active is False
    assert len(notion.server.calls("GET", notion.site.people["dana"].id)) == 1


def test_users_are_not_listed_in_a_pull(notion):
    """Pages show their people whole."""
    notion.site.create(Owner=[notion.site.people["dana"].id, notion.site.people["guest"].id])
    pull(notion.connect())

    assert not notion.server.calls("GET", "/users")


def test_without_the_right_to_see_users_nobody_is_called_gone(notion):
    """Everybody is a mere id then: not verified, and asked about once in all."""
    notion.site.create(Owner=[notion.site.people["dana"].id, notion.site.people["idris"].id])
    notion.world.can -= {"read_users", "read_emails"}

    found = pull(notion.connect())

    assert [ref.active for ref in found.one.values["owner"]] == [None, None]
    assert (
        len([r for r in notion.server.calls("GET") if "/users/" in r.path and not r.path.endswith("me")]) == 1
    )


def test_long_lists_are_read_in_full(notion):
    """A page tells 25 people; whether there are more is asked."""
    crowd = [notion.world.add_user(f"u{n:02}", f"User {n}").id for n in range(30)]
    few = notion.site.create("few", Owner=crowd[:24])
    many = notion.site.create("many", Owner=crowd)

    found = {t.key: t for t in pull(notion.connect()).tickets}

    assert len(found[few.key].values["owner"]) == 24
    assert [ref.id for ref in found[many.key].values["owner"]] == crowd
    assert len(notion.server.calls("GET", "/properties/" + notion.site.escalations.find("Owner").id)) == 1


def test_related_pages_are_read_in_bulk_and_only_when_needed(notion):
    """`Relation.Property`: one query for all accounts; nothing on an idle pass."""
    world, accounts = notion.world, notion.site.accounts
    related = [world.open(accounts, {"title": f"A{n}", "ARR": n, "Tier": "SMB"}, world.me) for n in range(20)]
    pages = [notion.site.create(f"n{n}", Account=[related[n].id]) for n in range(20)]
    path = {
        "account.arr": ("Account.ARR",),
        "account.tier": ("Account.Tier",),
        "account.name": ("Account.Name",),
    }
    fields = {**notion.site.fields, **path}
    adapter = notion.connect(fields=fields)

    found = pull(adapter)

    assert {t.values["account.arr"] for t in found.tickets} == set(range(20))
    assert {t.values["account.tier"] for t in found.tickets} == {"smb"}
    assert len(queries(notion)) == 2
    notion.world.clock.advance(hours=1)
    cursor = pull(adapter, found.cursor).cursor
    before = adapter.calls
    pull(notion.again(adapter, fields=fields), cursor)
    assert adapter.calls == before
    notion.site.edit(pages[3], "Source", "https://a.example")
    again = notion.again(adapter, fields=fields)
    assert pull(again, cursor).one.values["account.name"] == "A3"
    assert again.calls == 2


def test_a_related_page_that_is_not_shared_is_unreadable_not_empty(notion):
    """Somebody must share it; nobody must fill it in."""
    account = notion.world.open(notion.site.accounts, {"title": "A", "ARR": 5}, notion.world.me)
    notion.site.create(Account=[account.id])
    account.hidden = True

    ticket = pull(notion.connect(fields={**notion.site.fields, "account.arr": ("Account.ARR",)})).one

    assert "not shared" in ticket.unreadable["account.arr"]


def test_one_malformed_page_stops_no_other(notion):
    """Whatever a page holds, the sound ones are read."""
    sound = notion.site.create("sound")
    rubbish = [
        {"object": "page"},
        {"object": "page", "id": "zzz", "properties": {}},
        {"object": "page", "id": notion.world.home, "properties": {"x": 5, "y": {"id": 7}}},
        {"object": "data_source", "id": notion.site.accounts.id},
        {"object": "page", "id": notion.world.home, "created_time": "yesterday", "properties": {}},
    ]
    notion.server.fail(
        "POST", QUERY, alter=lambda body: body | {"results": [*rubbish, None, 5, *body["results"]]}
    )

    found = pull(notion.connect())

    assert found.keys == [sound.key]
    assert len(found.unreadable) == 4


@pytest.mark.parametrize("version", ["2026-03-11", "2025-09-03"])
def test_both_versions_read_the_same(notion, version):
    """The version is pinned in every request."""
    notion.site.create("x", Tier="SMB")

    ticket = pull(notion.connect(connection={"version": version})).one

    assert (ticket.values["summary"], ticket.values["account.tier"]) == ("x", "smb")
    assert {request.headers["notion-version"] for request in notion.server.calls()} == {version}


def test_a_database_is_resolved_to_its_one_data_source():
    """People paste the database's address; its schema and its rows are the data source's."""
    with rig(site()) as notion:
        page = notion.site.create()
        database = notion.site.escalations.database

        assert pull(notion.connect(scope={"database": database.id})).keys == [page.key]

        notion.world.add_source(database, "Archive")
        with pytest.raises(Exception, match="2 data sources.*'Archive'") as refusal:
            pull(notion.connect(scope={"database": database.id}))
        assert notion.site.escalations.id in str(refusal.value)
        assert pull(notion.connect(scope={"data_source": notion.site.escalations.id})).keys == [page.key]

"""Pulling from Notion: every change once, whatever its clock, its limits and its cursors do."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

import pytest
from fakes.notion.rig import pull, rig
from fakes.notion.site import site
from fakes.notion.trouble import slow, unavailable

from escsync.adapter import Rejected, Stage, TicketRef, Unavailable, Vanished
from escsync.retry import Budget

QUERY = "/query"


@pytest.fixture
def notion():
    """A workspace with one database of escalations."""
    with rig() as made:
        yield made


def settled(notion):
    """An adapter that has read everything and whose overlap is behind it, and the cursor to go on from."""
    adapter = notion.connect()
    cursor = pull(adapter).cursor
    notion.world.clock.advance(hours=1)
    return adapter, pull(adapter, cursor).cursor


def queries(notion):
    return notion.server.calls("POST", QUERY)


def test_an_idle_pull_is_one_call(notion):
    """Also on the next pass's new connection, which is handed what was learnt."""
    notion.site.create()
    adapter, cursor = settled(notion)
    notion.world.clock.advance(hours=1)
    again = notion.again(adapter)

    assert pull(again, cursor).tickets == []
    assert again.calls == 1


def test_230_changed_pages_are_read_in_three_calls(notion):
    """A hundred a page, with all that is mapped."""
    pages = [notion.site.create(f"n{n}") for n in range(230)]
    adapter, cursor = settled(notion)
    notion.world.clock.advance(hours=1)
    for page in pages:
        notion.site.edit(page, "Account name", "Alder AG")
    again = notion.again(adapter)

    found = pull(again, cursor)

    assert again.calls == 3
    assert sorted(found.keys) == sorted(page.key for page in pages)
    assert {t.values["account.name"] for t in found.tickets} == {"Alder AG"}


def test_two_edits_in_one_minute_both_come(notion):
    """The clock has no seconds: the second edit shows in the content alone."""
    page = notion.site.create()
    adapter = notion.connect()
    cursor = pull(adapter).cursor
    seen = []
    for tier in ("Enterprise", "SMB", "Mid Market"):
        notion.world.clock.advance(seconds=7)
        notion.site.edit(page, "Tier", tier)
        found = pull(adapter, cursor)
        seen += [ticket.values["account.tier"] for ticket in found.tickets]
        cursor = found.cursor

    assert seen == ["enterprise", "smb", "mid_market"]
    assert pull(adapter, cursor).tickets == []


def test_the_watermark_is_the_servers_clock(notion):
    """A pass's own clock may be hours off; the cursor begins when Notion answered first."""
    notion.site.create()
    ahead = notion.connect(clock=lambda: notion.world.clock.now() + timedelta(hours=9))
    cursor = pull(ahead).cursor
    late = notion.site.create("after the pull")

    assert cursor["since"] <= notion.world.clock.now().timestamp()
    assert pull(notion.again(ahead), cursor).keys == [late.key]


def test_the_question_overlaps_and_is_never_strict(notion):
    """On or after the last pull less five minutes, to the minute."""
    adapter, cursor = settled(notion)
    started = notion.world.clock.now()
    pull(adapter, cursor)

    told = queries(notion)[-1].body["filter"]
    assert told["timestamp"] == "last_edited_time"
    assert list(told["last_edited_time"]) == ["on_or_after"]
    wanted = (started - timedelta(minutes=5)).replace(second=0).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told["last_edited_time"]["on_or_after"] == wanted


def test_only_mapped_properties_are_asked_for_by_id(notion):
    """Each id once, and encoded once only: Notion does not know `%253B`."""
    notion.site.create()
    pull(notion.connect())

    asked = queries(notion)[0].query["filter_properties"]
    assert len(asked) == len(set(asked)) > 20
    assert set(asked) <= set(notion.site.escalations.properties)
    assert any(unquote(id_) != id_ or not id_.isalnum() for id_ in notion.site.escalations.properties)


def test_a_list_cut_short_is_gone_on_with(notion):
    """request_status: incomplete stands on the last page of a query with too many results; the rest is asked for."""
    notion.api.result_limit = 120
    pages = []
    for n in range(300):
        pages.append(notion.site.create(f"n{n}"))
        notion.world.clock.advance(seconds=30)

    adapter = notion.connect()
    whole = pull(adapter)
    assert sorted(whole.keys) == sorted(page.key for page in pages)

    notion.world.clock.advance(hours=8)
    cursor = pull(adapter, whole.cursor).cursor
    notion.world.clock.advance(hours=1)
    for page in pages:
        notion.site.edit(page, "ARR", 5)
    assert sorted(pull(adapter, cursor).keys) == sorted(page.key for page in pages)


def test_too_many_pages_of_one_minute_are_an_error_and_no_end(notion):
    """Where no window is narrow enough nothing is taken for the whole."""
    notion.api.result_limit = 50
    for n in range(60):
        notion.site.create(f"n{n}")

    with pytest.raises(Rejected, match="in one minute"):
        pull(notion.connect())


@pytest.mark.parametrize("lost", ["refuse", "restart"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_cursor_that_dies_begins_the_window_again(notion, lost, whole):
    """Refused or silently restarted: every page comes, each once."""
    pages = [notion.site.create(f"n{n}") for n in range(250)]
    adapter, cursor = settled(notion)
    notion.world.clock.advance(hours=1)
    for page in pages:
        notion.site.edit(page, "ARR", 5)
    notion.api.lost = lost
    keys = []
    for number, page in enumerate(adapter.pull(None if whole else cursor)):
        keys += [ticket.key for ticket in page.tickets]
        if number == 0:
            notion.api.drop_cursors()

    assert sorted(keys) == sorted(page.key for page in pages)


def test_cursors_that_always_die_are_an_outage_and_no_end(notion):
    """A partial list is never a result, and nothing loops."""
    for n in range(150):
        notion.site.create(f"n{n}")
    notion.api.lost = "restart"
    handle = notion.api.handle

    def forgetful(request):
        notion.api.drop_cursors()
        return handle(request)

    notion.api.handle = forgetful
    with pytest.raises(Unavailable, match="losing its place"):
        pull(notion.connect())


def test_cursors_are_not_kept(notion):
    """What one pass tells the next is an instant and hashes."""
    for n in range(150):
        notion.site.create(f"n{n}")
    adapter = notion.connect()
    cursor = pull(adapter).cursor

    assert set(cursor) == {"v", "since", "seen"}
    assert "s:" not in repr(cursor) + repr(adapter.discovery)


def test_short_and_empty_pages_are_not_the_end(notion):
    """A page may hold fewer than were asked for."""
    pages = [notion.site.create(f"n{n}") for n in range(30)]
    notion.api.page_caps = [7, 1, 9]

    assert sorted(pull(notion.connect()).keys) == sorted(page.key for page in pages)


@pytest.mark.parametrize("trouble", [slow, unavailable])
def test_a_query_that_takes_too_long_asks_for_less(notion, trouble):
    """Half as much each time, down to ten."""
    for n in range(20):
        notion.site.create(f"n{n}")
    notion.server.fail("POST", QUERY, trouble(), times=4)

    found = pull(notion.connect(budget=Budget(attempts=6)))

    assert len(found.tickets) == 20
    assert [request.body["page_size"] for request in queries(notion)][:5] == [100, 50, 25, 12, 10]


def test_a_pull_that_breaks_off_keeps_its_cursor(notion):
    """The new cursor stands on the last page alone: what came before it is read again."""
    for n in range(150):
        notion.site.create(f"n{n}")
    adapter, cursor = settled(notion)
    for page in list(notion.world.pages.values()):
        notion.world.touch(page, notion.world.me)

    cursors = [page.cursor for page in adapter.pull(cursor)]

    assert cursors[0] == cursor
    assert cursors[-1]["since"] > cursor["since"]


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

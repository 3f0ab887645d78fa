"""What administrators change in a Notion database under way: nothing is believed that cannot be told any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.notion.rig import pull, rig

from escsync.adapter import Level, Rejected, SetField

QUERY = "/query"


@pytest.fixture
def notion():
    """A workspace with one database of escalations."""
    with rig() as made:
        yield made


def settled(notion, **how):
    """An adapter that has read everything and whose overlap is behind it, and the cursor to go on from."""
    adapter = notion.connect(**how)
    cursor = pull(adapter).cursor
    notion.world.clock.advance(hours=1)
    return adapter, pull(adapter, cursor).cursor


def retype(notion, page, name, type_, value=None):
    """Give a property another type, and the page a value of it; both as an administrator's click does it."""
    held = notion.site.escalations.find(name)
    held.type = type_
    page.values[held.id] = notion.world.inner(held, value)
    notion.site.edit(page, "Source", "https://a.example")


def test_a_database_in_the_trash_is_none(notion):
    """It can still be read, and holds no escalation any more."""
    database = notion.site.escalations.database
    adapter = notion.connect(scope={"database": database.id})
    pull(adapter)
    database.in_trash = True

    (only,) = notion.connect(scope={"database": database.id}).check()

    assert (only.level, only.message) == (Level.FAIL, "scope.database: it lies in Notion's trash")


def told(found):
    """The problems of a pull's first page."""
    return [(problem.subject, problem.level, problem.code) for problem in found.pages[0].problems]


def drift(name):
    return [(f"fields.{name}", Level.FAIL, "DRIFT")]


@pytest.mark.parametrize(
    ("name", "field", "type_", "value"),
    [
        ("Findings", "findings_summary", "checkbox", False),
        ("Findings", "findings_summary", "number", 7),
        ("Findings", "findings_summary", "date", "2026-03-03"),
        ("Received", "received_at", "number", 7),
        ("Committed", "committed_at", "checkbox", True),
        ("Root cause", "root_cause", "checkbox", True),
        ("Details", "description", "checkbox", False),
        ("History reviewed", "checklist.history_reviewed", "number", 1),
    ],
)
def test_a_property_that_cannot_hold_its_field_is_lost_until_it_is_mended(notion, name, field, type_, value):
    """An unticked checkbox is no finding: it is unreadable and not written, and each pass says so."""
    page = notion.site.create()
    adapter, cursor = settled(notion)
    before = notion.site.escalations.find(name).type
    retype(notion, page, name, type_, value)
    first = notion.again(adapter)

    found = pull(first, cursor)
    again = notion.again(first)
    later = pull(again, found.cursor)
    (written,) = notion.write(again, notion.change(page, SetField(field, None, "x")))
    retype(notion, page, name, before)
    mended = pull(notion.again(again), later.cursor)

    assert field in found.one.unreadable
    assert field not in found.one.values
    assert told(found) == told(later) == drift(field)
    assert isinstance(written.failures[0], Rejected)
    assert "cannot hold" in written.failures[0].message
    assert mended.problems == []
    assert field not in mended.one.unreadable


def test_a_change_to_a_type_that_fits_is_said_once(notion):
    """Its values may mean something else; from then on they are believed."""
    page = notion.site.create(Tier="SMB")
    adapter, cursor = settled(notion)
    held = notion.site.escalations.find("Tier")
    retype(notion, page, "Tier", "multi_select", [page.values[held.id]])
    first = notion.again(adapter)

    found = pull(first, cursor)

    assert told(found) == drift("account.tier")
    assert found.one.values["account.tier"] == "smb"
    assert pull(notion.again(first), found.cursor).problems == []


@pytest.mark.parametrize("watch", [True, False])
def test_an_owner_of_another_type_is_said_before_the_first_ticket_is_believed(notion, watch):
    """The first page says it, and every other: whoever reads them keeps nothing until somebody has looked."""
    pages = [notion.site.create(f"n{n}") for n in range(130)]
    adapter, cursor = settled(notion)
    for page in pages:
        retype(notion, page, "Owner", "rich_text", [])

    found = pull(notion.again(adapter), cursor, [notion.ref(pages[0])] if watch else [])

    assert len(found.pages) == 2
    assert all(
        [(p.subject, p.code) for p in page.problems] == [("fields.owner", "DRIFT")] for page in found.pages
    )
    assert "`escsync doctor` accepts the new type" in found.problems[0].remedy


def test_an_owner_that_is_changed_back_ends_it_and_doctor_accepts_it(notion):
    """Nothing that was not kept is remembered: either way out leads back to a pass without a word."""
    page = notion.site.create(Owner=[notion.site.people["dana"].id])
    adapter, cursor = settled(notion)
    retype(notion, page, "Owner", "rich_text", [])
    refused = pull(notion.again(adapter), cursor)
    doctor = notion.again(adapter, fresh=True)
    lines = {p.subject: p for p in doctor.check() if p.level is Level.FAIL}

    accepted = pull(notion.again(doctor), cursor)
    retype(notion, page, "Owner", "people", [notion.site.people["dana"].id])
    mended = pull(notion.again(adapter), cursor)

    assert told(refused) == drift("owner")
    assert "was a people and is now a rich_text" in lines["fields.owner"].message
    assert accepted.problems == []
    assert mended.problems == []
    assert [ref.id for ref in mended.one.values["owner"]] == [notion.site.people["dana"].id]


@pytest.mark.parametrize("name", ["Owner", "Status"])
@pytest.mark.parametrize("gone", [True, False])
def test_where_owner_or_status_is_lost_no_ticket_comes(notion, name, gone):
    """Neither deleted nor as a number can they be told: it is said as drift, and what is known stays."""
    page = notion.site.create()
    adapter, cursor = settled(notion)
    fields, source = notion.site.fields, notion.site.escalations
    if gone:
        del source.properties[source.find(name).id]
        notion.site.edit(page, "ARR", 7)
    else:
        retype(notion, page, name, "number", 7)

    found = pull(notion.again(adapter, fields=fields), cursor)

    assert found.tickets == []
    assert told(found) == drift({"Owner": "owner", "Status": "stage"}[name])
    assert found.cursor == cursor


def test_what_was_edited_while_a_property_was_lost_comes_when_it_is_back(notion):
    """Its pages tell something else now, although nobody touches them again."""
    page = notion.site.create(Tier="SMB")
    adapter, cursor = settled(notion)
    source, fields = notion.site.escalations, notion.site.fields
    held = source.properties.pop(source.find("Tier").id)
    notion.site.edit(page, "ARR", 7)
    first = notion.again(adapter, fields=fields)
    without = pull(first, cursor)
    notion.world.clock.advance(hours=3)
    second = notion.again(first, fields=fields)
    cursor = pull(second, without.cursor).cursor
    source.properties[held.id] = held

    found = pull(notion.again(second, fields=fields), cursor)

    assert "account.tier" in without.one.unreadable
    assert found.one.values["account.tier"] == "smb"
    assert found.problems == []
    assert "lost" not in found.cursor


def named(notion):
    """The mapping by names, as people write it first."""
    names = {"Owner": "owner", "Tier": "account.tier", "Status": "stage"}
    return {**notion.site.fields, **{field: (name,) for name, field in names.items()}}


def test_a_property_that_is_renamed_is_still_meant_by_its_old_name(notion):
    """It is known by its id; once a day it is said how to map it, which makes no pass fail."""
    dana = notion.site.people["dana"].id
    page = notion.site.create(Tier="SMB", Owner=[dana])
    fields = named(notion)
    adapter, cursor = settled(notion, fields=fields)
    for name in ("Tier", "Owner", "Status"):
        notion.site.escalations.find(name).name = f"New {name}"
    notion.world.clock.advance(days=1, hours=1)
    notion.site.edit(page, "ARR", 5)
    next_day = notion.again(adapter, fields=fields)

    found = pull(next_day, cursor)
    quiet = pull(notion.again(next_day, fields=fields), found.cursor)
    notion.world.clock.advance(days=1, hours=1)
    third_day = pull(notion.again(next_day, fields=fields), found.cursor)

    assert (found.one.values["account.tier"], found.one.values["owner"][0].id) == ("smb", dana)
    assert {p.level for p in found.problems} == {Level.WARNING}
    said = {p.subject: p.message for p in found.problems}
    assert said["fields.account.tier"] == "'Tier' was renamed to 'New Tier': map it by its id"
    assert quiet.problems == []
    assert {p.subject: p.message for p in third_day.problems} == said


def test_another_property_of_the_old_name_is_not_taken_for_the_renamed_one(notion):
    """Whose values went before? Only an id tells."""
    page = notion.site.create(Tier="SMB")
    fields = named(notion)
    adapter, cursor = settled(notion, fields=fields)
    notion.site.escalations.find("Tier").name = "Tier until March"
    notion.world.add_property(notion.site.escalations, "Tier", "select", ["Enterprise"])
    notion.world.clock.advance(days=1, hours=1)
    notion.site.edit(page, "ARR", 5)

    found = pull(notion.again(adapter, fields=fields), cursor)

    assert found.one.values["account.tier"] == "smb"
    assert [p.level for p in found.problems] == [Level.WARNING]


def test_a_renamed_property_that_is_deleted_later_is_drift(notion):
    """Where the id is gone, too, nothing is meant."""
    page = notion.site.create(Tier="SMB")
    fields, source = named(notion), notion.site.escalations
    adapter, cursor = settled(notion, fields=fields)
    del source.properties[source.find("Tier").id]
    notion.world.clock.advance(days=1, hours=1)
    notion.site.edit(page, "ARR", 5)

    assert told(pull(notion.again(adapter, fields=fields), cursor)) == drift("account.tier")


def related(notion):
    """Three accounts, six escalations of theirs, and a mapping that leads there."""
    world, accounts = notion.world, notion.site.accounts
    made = [world.open(accounts, {"title": f"A{n}", "ARR": n}, world.me) for n in range(3)]
    dana = notion.site.people["dana"].id
    pages = [notion.site.create(f"n{n}", Account=[made[n % 3].id], Owner=[dana]) for n in range(6)]
    fields = {
        **notion.site.fields,
        "account.arr": ("Account.ARR",),
        "account.name": ("Account.Name",),
    }
    return made, pages, fields


def test_a_relation_and_what_it_leads_to_may_be_renamed(notion):
    """Both are known by their ids."""
    _, pages, fields = related(notion)
    adapter, cursor = settled(notion, fields=fields)
    notion.site.escalations.find("Account").name = "Customer"
    notion.site.accounts.find("ARR").name = "Revenue"
    notion.world.clock.advance(days=1, hours=1)
    notion.site.edit(pages[2], "Source", "https://a.example")

    found = pull(notion.again(adapter, fields=fields), cursor)

    assert found.one.values["account.arr"] == 2
    said = {p.subject: p.message for p in found.problems}
    assert "was renamed to 'Customer.Revenue'" in said["fields.account.arr"]


def test_pages_behind_a_relation_that_are_no_longer_shared_are_said(notion):
    """Their fields are unreadable, neither stale nor empty; the relation is named once in the pull, and tickets go on."""
    accounts, pages, fields = related(notion)
    adapter, cursor = settled(notion, fields=fields)
    for account in accounts:
        account.hidden = True
    for page in pages:
        notion.site.edit(page, "Source", "https://a.example")

    found = pull(notion.again(adapter, fields=fields), cursor)

    assert len(found.tickets) == 6
    assert all({"account.arr", "account.name"} <= set(ticket.unreadable) for ticket in found.tickets)
    (problem,) = found.problems
    assert (problem.subject, problem.level, problem.code) == ("relation Account", Level.FAIL, "DRIFT")
    assert "account.name, account.arr" in problem.message or "account.arr, account.name" in problem.message
    assert "escsync sync --full" in problem.remedy


def test_a_property_that_is_retyped_under_our_hands_is_not_believed(notion):
    """Between the pull and the write, or on a related page: the answer shows the type, and no number is a checkbox."""
    accounts, pages, fields = related(notion)
    adapter, cursor = settled(notion, fields=fields)
    held = notion.site.accounts.find("ARR")
    held.type = "checkbox"
    for account in accounts:
        account.values[held.id] = True
    notion.site.edit(pages[0], "Source", "https://a.example")
    later = notion.again(adapter, fields=fields)
    found = pull(later, cursor)
    notion.world.before_write.append(lambda: retype(notion, pages[0], "Findings", "checkbox", False))

    (written,) = notion.write(later, notion.change(pages[0], SetField("health", None, "ok")))

    assert "cannot hold" in found.one.unreadable["account.arr"]
    assert "cannot hold" in written.after.unreadable["findings_summary"]
    assert written.after.values["health"] == "ok"


def test_an_idle_pull_reads_no_related_pages_of_what_is_watched(notion):
    """A watched page whose content is known costs nothing: one call, whatever it relates to."""
    _, pages, fields = related(notion)
    adapter, cursor = settled(notion, fields=fields)
    watch = [notion.ref(page) for page in pages]
    first = notion.again(adapter, fields=fields)
    found = pull(first, cursor, watch)
    calls = []
    for _ in range(3):
        notion.world.clock.advance(hours=1)
        idle = notion.again(first, fields=fields)
        cursor = pull(idle, found.cursor, watch).cursor
        calls.append(idle.calls)

    assert len(found.tickets) == 6
    assert calls == [1, 1, 1]
    assert len(cursor["known"]) == 6


def test_a_watched_page_that_changes_is_read_with_what_it_relates_to(notion):
    """Edited, or its owner gone; and afterwards it is known again."""
    _, pages, fields = related(notion)
    adapter, cursor = settled(notion, fields=fields)
    watch = [notion.ref(page) for page in pages]
    cursor = pull(notion.again(adapter, fields=fields), cursor, watch).cursor
    notion.world.clock.advance(hours=1)
    notion.site.edit(pages[4], "Source", "https://a.example")
    edited = pull(notion.again(adapter, fields=fields), cursor, watch)
    notion.world.clock.advance(hours=1)
    notion.site.people["dana"].removed = True

    gone = pull(notion.again(adapter, fields=fields), edited.cursor, watch)

    assert (edited.one.key, edited.one.values["account.arr"]) == (pages[4].key, 1)
    assert [ticket.values["owner"][0].active for ticket in gone.tickets] == [False] * 6
    assert pull(notion.again(adapter, fields=fields), gone.cursor, watch).tickets == []


def test_a_watched_page_whose_related_page_is_dark_comes_until_it_is_shared(notion):
    """What could not be read is not taken for known."""
    accounts, pages, fields = related(notion)
    adapter, cursor = settled(notion, fields=fields)
    accounts[0].hidden = True
    watch = [notion.ref(pages[0])]
    dark = pull(notion.again(adapter, fields=fields), cursor, watch)
    accounts[0].hidden = False

    found = pull(notion.again(adapter, fields=fields), dark.cursor, watch)

    assert "account.arr" in dark.one.unreadable
    assert found.one.values["account.arr"] == 0
    assert pull(notion.again(adapter, fields=fields), found.cursor, watch).tickets == []


def test_a_second_data_source_changes_nothing_for_whom_it_was_clear(notion):
    """What was resolved before is kept while it exists; doctor says how to name it."""
    page = notion.site.create()
    source = notion.site.escalations
    where = {"database": source.database.id}
    adapter = notion.connect(scope=where)
    cursor = pull(adapter).cursor
    notion.world.add_source(source.database, "Archive")
    notion.world.clock.advance(days=1, hours=1)
    notion.site.edit(page, "ARR", 5)
    next_day = notion.again(adapter, scope=where)

    found = pull(next_day, cursor)

    lines = {p.subject: p for p in notion.again(next_day, scope=where, fresh=True).check()}
    assert found.keys == [page.key]
    assert (lines["scope.database"].level, "'Archive'" in lines["scope.database"].message) == (
        Level.WARNING,
        True,
    )
    assert source.id in lines["scope.database"].remedy


def test_hostile_cursors_are_no_cursors(notion):
    """Whatever stands in what was kept, the pull goes on."""
    page = notion.site.create()
    since = (notion.world.clock.now() - timedelta(hours=1)).timestamp()

    for rubbish in (5, "x", {"a": 1}, [7, None], None):
        cursor = {"v": 1, "since": int(since), "seen": rubbish, "known": rubbish, "lost": rubbish}
        assert pull(notion.connect(), cursor).keys == [page.key]


@pytest.mark.parametrize(("days", "asked"), [(-2, True), (0, False), (2, True)])
def test_what_was_learnt_holds_for_a_day_on_either_side(notion, days, asked):
    """A clock that was once ahead must not keep an old look at the database alive for ever."""
    first = notion.connect()
    pull(first)
    notion.server.log.clear()
    then = notion.world.clock.now() + timedelta(days=days)

    pull(notion.again(first, clock=lambda: then))

    assert bool(notion.server.calls("GET", "/users/me")) is asked

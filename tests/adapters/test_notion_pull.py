"""Pulling from Notion: every change once, whatever its clock, its limits and its cursors do."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

import pytest
from fakes.notion.rig import pull, rig
from fakes.notion.steps import QUERY, queries, settled
from fakes.notion.trouble import slow, unavailable

from escsync.adapter import Rejected, Unavailable
from escsync.retry import Budget


@pytest.fixture
def notion():
    """A workspace with one database of escalations."""
    with rig() as made:
        yield made


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

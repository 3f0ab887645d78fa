"""What is peculiar to Jira Cloud's search: tokens, empty pages, an index that lags, watched tickets."""

from __future__ import annotations

from datetime import datetime

import pytest
from fakes.http import Reply
from fakes.jira.rig import pull, rig

from escsync.adapter import Stage, TicketRef, Unavailable


@pytest.fixture
def jira():
    with rig("cloud") as made:
        yield made


def test_pages_go_on_by_token_until_the_last(jira):
    """No total, no startAt; a page may hold fewer than asked for."""
    jira.face.page_cap = 7
    for _ in range(30):
        jira.world.create()

    pulled = pull(jira.connect())

    assert sorted(pulled.keys) == sorted(issue.key for issue in jira.world.issues.values())
    assert len(pulled.keys) == 30


def test_an_empty_page_is_not_the_end(jira):
    """Only isLast, or no token, is."""
    jira.face.empty_pages = 1
    for _ in range(3):
        jira.world.create()

    assert len(pull(jira.connect()).keys) == 3


def test_a_token_that_comes_again_ends_the_pull_with_an_error(jira):
    """A loop is an outage of the tracker, not a reason to ask for ever."""
    jira.face.page_cap = 1
    jira.face.stuck = True
    for _ in range(5):
        jira.world.create()

    adapter = jira.connect()
    with pytest.raises(Unavailable):
        pull(adapter)

    assert len(jira.server.calls("POST", "/search/jql")) < 12


def test_what_the_index_had_not_seen_comes_with_the_next_pull(jira):
    """Pulls overlap by more than the index lags; the watermark is the server's clock, not a ticket's."""
    jira.world.create()
    adapter = jira.connect()
    cursor = pull(adapter).cursor
    jira.world.clock.advance(hours=1)
    jira.world.index.stop()
    late = jira.world.create()
    jira.world.clock.advance(minutes=1)
    cursor = pull(adapter := jira.again(adapter), cursor).cursor
    jira.world.index.catch_up()
    jira.world.clock.advance(minutes=3)

    assert late.key in pull(jira.again(adapter), cursor).keys


def test_the_watermark_is_when_the_pull_began(jira):
    """What changes while pages are read is found by the next pull, whatever the host's clock says."""
    jira.face.page_cap = 1
    issues = [jira.world.create() for _ in range(3)]
    adapter = jira.connect()
    pages = adapter.pull(None)
    first = next(pages)
    jira.world.clock.advance(minutes=30)
    issues[0].set("summary", "changed meanwhile")
    jira.world.clock.advance(hours=2)
    during = [first, *pages]
    jira.world.clock.advance(minutes=1)

    after = pull(jira.again(adapter), during[-1].cursor).tickets

    seen = [ticket for page in during for ticket in page.tickets] + after
    assert [t.values["summary"] for t in seen if t.key == "EXEC-1"][-1] == "changed meanwhile"


@pytest.mark.parametrize("at", ["2019-01-01T00:00:00+00:00", "2031-01-01T00:00:00+00:00"])
def test_a_passes_own_clock_is_no_watermark(jira, at):
    """`--at` may be any time: cursors come from the tracker's Date header (decision 1)."""
    issue, untouched = jira.world.create(), jira.world.create()
    jira.world.clock.advance(hours=1)
    adapter = jira.connect(clock=lambda: datetime.fromisoformat(at))
    cursor = pull(adapter).cursor
    jira.world.clock.advance(hours=1)
    issue.set("summary", "changed")
    jira.world.clock.advance(minutes=1)

    keys = pull(jira.again(adapter, clock=lambda: datetime.fromisoformat(at)), cursor).keys

    assert keys == [issue.key]
    assert untouched.key not in keys


def test_what_was_just_written_is_read_from_the_database(jira):
    """Right after a write the index still shows the old: reading must not."""
    issue = jira.world.create()
    adapter = jira.connect()
    pull(adapter)
    jira.world.index.stop()
    issue.move("Investigating")

    (ticket,) = adapter.read([TicketRef(issue.id, issue.key)])

    assert ticket.status.stage is Stage.INVESTIGATION


def test_a_watched_ticket_comes_changed_or_not(jira):
    """Watching costs no further call where the search can carry it."""
    issue = jira.world.create()
    adapter = jira.connect()
    cursor = pull(adapter).cursor
    jira.world.clock.advance(hours=2)
    calls = len(jira.server.log)

    pulled = pull(jira.again(adapter), cursor, [TicketRef(issue.id, issue.key)])

    assert pulled.keys == ["EXEC-1"]
    assert len(jira.server.log) - calls == 1


def test_a_watched_ticket_that_is_gone_does_not_stop_the_pull(jira):
    """Cloud refuses a query that names a key which does not exist."""
    gone, other = jira.world.create(), jira.world.create()
    adapter = jira.connect()
    cursor = pull(adapter).cursor
    jira.world.clock.advance(hours=2)
    gone.delete()
    other.set("summary", "changed")
    jira.world.clock.advance(minutes=1)

    pulled = pull(jira.again(adapter), cursor, [TicketRef(gone.id, gone.key), TicketRef(other.id, other.key)])

    assert pulled.keys == ["EXEC-2"]


def test_a_field_that_went_away_since_discovery_is_drift(jira):
    """What a connection learnt yesterday may be wrong today; the pull goes on with what still holds."""
    jira.world.create()
    adapter = jira.connect()
    pull(adapter)
    del jira.world.fields["customfield_10051"]
    jira.world.clock.advance(days=2)

    pulled = pull(jira.connect(discovery=adapter.discovery, fresh=True))

    assert "severity" in pulled.one.unreadable
    assert [problem.code for problem in pulled.problems] == ["DRIFT"]


def test_an_old_search_address_is_never_asked(jira):
    """/search is gone on Cloud (410)."""
    jira.world.create()
    adapter = jira.connect()
    pull(adapter)
    list(adapter.read([ticket.ref for ticket in pull(adapter).tickets]))

    assert not [r for r in jira.server.calls() if r.path.endswith("/search") and "user" not in r.path]


def test_discovery_is_refreshed_at_most_daily(jira):
    """Cached by the pass's clock: not within the day, again after it."""
    jira.world.create()
    adapter = jira.connect()
    cursor = pull(adapter).cursor
    jira.world.clock.advance(hours=23)
    calls = len(jira.server.log)
    adapter = jira.again(adapter)
    cursor = pull(adapter, cursor).cursor
    within = len(jira.server.log) - calls
    jira.world.clock.advance(hours=2)
    adapter = jira.again(adapter)
    pull(adapter, cursor)

    assert within == 1
    assert len(jira.server.calls("GET", "/myself")) == 2


def test_an_outage_in_the_middle_keeps_the_pages_that_came(jira):
    """The cursor of the last good page is where the next pull goes on; nothing is skipped."""
    jira.face.page_cap = 2
    for _ in range(6):
        jira.world.create()
    adapter = jira.connect()
    pages = adapter.pull(None)
    first = next(pages)
    jira.server.fail("POST", "/search/jql", Reply(503), times=20)
    with pytest.raises(Unavailable):
        list(pages)
    jira.server.faults.clear()

    rest = pull(jira.again(adapter), first.cursor)

    assert {ticket.key for ticket in first.tickets} | set(rest.keys) == {f"EXEC-{n}" for n in range(1, 7)}

"""How many requests a pass over Jira makes: the figures of the promise, counted at the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.jira.rig import pull, rig
from fakes.jira.site import site

from escsync.adapter import Move, SetField, Stage, TicketRef, WriteNote


class Counter:
    """The requests made since it was made."""

    def __init__(self, jira):
        self._jira = jira
        self._start = len(jira.server.log)

    @property
    def made(self):
        return [f"{call.request.method} {call.request.path}" for call in self._jira.server.log[self._start :]]


def settled(jira, count, changes=0):
    """*count* tickets, pulled once, long ago."""
    issues = [jira.world.create(assignee="dana") for _ in range(count)]
    for issue in issues:
        for number in range(changes):
            issue.assign("idris" if number % 2 == 0 else "dana")
    jira.world.clock.advance(hours=1)
    adapter = jira.connect()
    cursor = pull(adapter).cursor
    jira.world.clock.advance(hours=3)
    return issues, adapter, cursor


def changed(jira, issues, times=1):
    for number in range(times):
        jira.world.clock.advance(minutes=1)
        for issue in issues:
            issue.assign("ana" if number % 2 == 0 else "idris")


@pytest.mark.parametrize("count", [0, 1, 150])
def test_an_idle_pass_is_one_call(jira, count):
    """However many tickets there are: nothing changed, one search."""
    _, adapter, cursor = settled(jira, count)
    counter = Counter(jira)

    adapter = jira.again(adapter)
    pulled = pull(adapter, cursor)

    assert pulled.tickets == []
    assert len(counter.made) == 1
    assert adapter.calls == 1


def test_idle_passes_stay_at_one_call(jira):
    """The cursor of an idle pass is as good as any other."""
    _, adapter, cursor = settled(jira, 3)
    counter = Counter(jira)

    for _ in range(5):
        jira.world.clock.advance(hours=1)
        adapter = jira.again(adapter)
        cursor = pull(adapter, cursor).cursor

    assert len(counter.made) == 5


@pytest.mark.parametrize("count", [1, 99, 100])
def test_up_to_a_hundred_changed_tickets_are_one_call(jira, count):
    """Changelogs come along while they are whole."""
    issues, adapter, cursor = settled(jira, count)
    changed(jira, issues)
    counter = Counter(jira)

    pulled = pull(jira.again(adapter), cursor)

    assert len(pulled.tickets) == count
    assert all(len(ticket.history["owner"]) == 2 for ticket in pulled.tickets)
    assert len(counter.made) == 1


def test_a_hundred_with_cut_changelogs_are_two_calls():
    """One search, one bulk changelog for all whose history is cut."""
    with rig("cloud") as jira:
        jira.server.judge = None  # thousands of histories are many to judge; others are judged
        issues, adapter, cursor = settled(jira, 100, changes=44)
        changed(jira, issues)
        counter = Counter(jira)

        pulled = pull(jira.again(adapter), cursor)

        assert all(len(ticket.history["owner"]) == 46 for ticket in pulled.tickets)
        assert len(counter.made) == 2


def test_few_cut_changelogs_are_one_more_call():
    """Only the cut ones are asked for."""
    with rig("cloud") as jira:
        issues, adapter, cursor = settled(jira, 100)
        changed(jira, issues)
        changed(jira, issues[:5], 50)
        counter = Counter(jira)

        pulled = pull(jira.again(adapter), cursor)

        assert len(pulled.tickets) == 100
        assert len(counter.made) == 2
        (asked,) = jira.server.calls("POST", "/changelog/bulkfetch")
        assert len(asked.body["issueIdsOrKeys"]) == 5


def test_two_hundred_and_fifty_changed_tickets_are_three_calls(jira):
    """A hundred a page."""
    issues, adapter, cursor = settled(jira, 250)
    changed(jira, issues)
    counter = Counter(jira)

    pulled = pull(jira.again(adapter), cursor)

    assert len(pulled.tickets) == 250
    assert len(set(pulled.keys)) == 250
    assert len(counter.made) == 3


def test_a_hundred_are_read_in_one_call(jira):
    """The check before and after writing costs ceil(W/100)."""
    issues, adapter, _ = settled(jira, 120)
    refs = [TicketRef(issue.id, issue.key) for issue in issues]
    adapter = jira.again(adapter)
    counter = Counter(jira)

    assert len(list(adapter.read(refs[:100]))) == 100
    hundred = len(counter.made)
    assert len(list(adapter.read(refs))) == 120

    assert (hundred, len(counter.made) - hundred) == (1, 2)
    assert list(adapter.read([])) == []


def test_a_ticket_is_written_in_one_call(jira):
    """Fields and note in one PUT; a note alone is one request; nothing is fetched again behind it."""
    issues, adapter, _ = settled(jira, 4)
    adapter = jira.again(adapter)
    due = SetField("ack_due_at", None, datetime(2026, 3, 3, 11, tzinfo=UTC))
    note = WriteNote("late", "d1", None)
    # Whether a Data Center takes a note beside fields is looked at once and remembered.
    jira.write(adapter, jira.change(issues[3], due, note))
    list(adapter.read([TicketRef(issue.id, issue.key) for issue in issues]))
    counter = Counter(jira)

    outcomes = jira.write(
        adapter, jira.change(issues[0], due, note), jira.change(issues[1], due), jira.change(issues[2], note)
    )

    assert [outcome.failures for outcome in outcomes] == [{}, {}, {}]
    assert len(counter.made) == 3


def test_a_direct_move_is_two_calls(jira):
    """What is offered, and taking it."""
    issues, adapter, _ = settled(jira, 1)
    adapter = jira.again(adapter)
    list(adapter.read([TicketRef(issues[0].id, issues[0].key)]))
    counter = Counter(jira)

    jira.write(adapter, jira.change(issues[0], Move("Open", Stage.INVESTIGATION)))

    assert issues[0].values["status"] == "3"
    assert [call.split()[0] for call in counter.made] == ["GET", "POST"]


def test_a_service_desk_costs_no_more_on_cloud():
    """Cloud tells in the search which comments are public."""
    with rig("cloud", site("service_desk")) as jira:
        issues, adapter, cursor = settled(jira, 30)
        for issue in issues:
            issue.comment("dana", "We are on it", public=True)
        jira.world.clock.advance(minutes=1)
        counter = Counter(jira)

        pulled = pull(jira.again(adapter), cursor)

        assert all(len(ticket.messages) == 1 for ticket in pulled.tickets)
        assert len(counter.made) == 1


def test_connecting_asks_nothing_until_it_must(jira):
    """A connection that is never used makes no request."""
    adapter = jira.connect()

    assert jira.server.log == []
    assert adapter.calls == 0


def test_every_request_is_counted(jira):
    """`api_calls` is what the server saw."""
    jira.world.create()
    adapter = jira.connect()
    pull(adapter)
    list(adapter.people())
    list(adapter.check())

    assert adapter.calls == len(jira.server.log)


def test_only_the_wanted_fields_are_asked_for(jira):
    """Never *all, never *navigable: pages stay large and fast."""
    jira.world.create()
    pull(jira.connect())

    (search,) = [r for r in jira.server.calls() if "/search" in r.path and "user" not in r.path]
    fields = search.body["fields"] if jira.cloud else search.many("fields")
    assert {"summary", "status", "assignee", "comment", "customfield_10051"} <= set(fields)
    assert not [name for name in fields if name.startswith("*")]


@pytest.mark.parametrize(("days", "asked"), [(-2, True), (0, False), (2, True)])
def test_what_was_learnt_holds_for_a_day_on_either_side(jira, days, asked):
    """A clock that was once ahead must not keep an old look at Jira alive for ever."""
    jira.world.create()
    first = jira.connect()
    pull(first)
    jira.server.log.clear()
    then = jira.world.clock.now() + timedelta(days=days)

    pull(jira.again(first, clock=lambda: then))

    assert bool(jira.server.calls("GET", "/field")) is asked

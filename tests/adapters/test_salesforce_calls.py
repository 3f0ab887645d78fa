"""How many requests a pass over Salesforce makes: the figures of the promise, counted at the server."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from escsync_salesforce import ids
from fakes.salesforce.rig import pull, rig

from escsync.adapter import Move, SetField, Stage, TicketRef, WriteNote


@pytest.fixture
def sf():
    with rig() as made:
        yield made


class Counter:
    """The API's requests made since it was made; those for a token are not of the API."""

    def __init__(self, sf):
        self._sf = sf
        self._start = len(sf.server.log)

    @property
    def made(self):
        told = [f"{c.request.method} {c.request.path}" for c in self._sf.server.log[self._start :]]
        return [one for one in told if not one.endswith(("/oauth2/token", "/services/data"))]


def settled(sf, count):
    """*count* cases with a comment and a mail each, pulled once, long ago."""
    cases = [sf.open(f"n{n}", OwnerId="dana") for n in range(count)]
    for case in cases:
        sf.org.say(case, "#ack hello", by="dana")
        sf.org.mail(case, "hello", by="dana")
    sf.org.clock.advance(hours=1)
    adapter = sf.connect()
    cursor = pull(adapter).cursor
    sf.org.clock.advance(hours=3)
    return cases, adapter, cursor


@pytest.mark.parametrize("count", [0, 1, 300])
def test_an_idle_pass_is_one_call(sf, count):
    """However many cases there are: one composite request of at most five queries."""
    _, adapter, cursor = settled(sf, count)
    counter = Counter(sf)

    again = sf.again(adapter)
    pulled = pull(again, cursor)

    assert pulled.tickets == []
    assert counter.made == ["POST /services/data/v66.0/composite"]
    assert again.calls == 1
    assert len(sf.server.log[-1].request.body["compositeRequest"]) <= 5


def test_idle_passes_stay_at_one_call_and_every_kind_has_its_turn(sf):
    """What may hold a message is asked for each time; what finds no room this time is asked for next time."""
    sf.open("x")
    adapter = sf.connect(follow_up="task")
    cursor = pull(adapter).cursor
    counter, asked = Counter(sf), []

    for _ in range(4):
        sf.org.clock.advance(hours=1)
        adapter = sf.again(adapter, follow_up="task")
        cursor = pull(adapter, cursor).cursor
        parts = sf.server.log[-1].request.body["compositeRequest"]
        asked.append([unquote(part["url"]).partition(" WHERE ")[0].rpartition(" ")[2] for part in parts])

    assert len(counter.made) == 4
    assert all(kinds[:3] == ["Case", "CaseComment", "EmailMessage"] and len(kinds) <= 5 for kinds in asked)
    assert {kind for kinds in asked for kind in kinds} >= {"CaseHistory", "Task", "Event"}


def test_idle_passes_within_the_overlap_stay_at_one_call(sf):
    """What came a minute ago comes again, and is known."""
    cases = [sf.open(f"n{n}") for n in range(3)]
    sf.org.say(cases[0], "#ack hello", by="dana")
    adapter = sf.connect()
    cursor = pull(adapter).cursor
    counter = Counter(sf)

    for _ in range(5):
        adapter = sf.again(adapter)
        pulled = pull(adapter, cursor)
        cursor = pulled.cursor
        assert pulled.tickets == []

    assert len(counter.made) == 5


@pytest.mark.parametrize("count", [1, 130])
def test_changed_cases_are_one_call(sf, count):
    """With their history, comments and mails."""
    cases, adapter, cursor = settled(sf, count)
    for case in cases:
        sf.org.edit(case, by="dana", Status="Investigating")
    counter = Counter(sf)

    pulled = pull(sf.again(adapter), cursor)

    assert len(pulled.tickets) == count
    assert all(len(ticket.history["stage"]) == 2 and len(ticket.messages) == 2 for ticket in pulled.tickets)
    assert len(counter.made) == 1


def test_cases_touched_by_their_children_alone_are_two_calls(sf):
    """One that finds them, one that reads them all."""
    cases, adapter, cursor = settled(sf, 130)
    for case in cases:
        sf.org.say(case, "#update more", by="dana")
    counter = Counter(sf)

    pulled = pull(sf.again(adapter), cursor)

    assert len(pulled.tickets) == 130
    assert all(len(ticket.messages) == 3 for ticket in pulled.tickets)
    assert len(counter.made) == 2


def test_an_answer_of_more_pages_costs_one_call_each(sf):
    """Rows by 2000, or by as many as Salesforce sends; what hangs on a case counts as rows."""
    cases, adapter, cursor = settled(sf, 250)
    sf.face.cursors.page = 400
    for case in cases:
        sf.org.edit(case, by="dana", Subject="changed")
    counter = Counter(sf)

    pulled = pull(sf.again(adapter), cursor)

    assert len({ticket.id for ticket in pulled.tickets}) == 250
    assert len(counter.made) == 3


@pytest.mark.parametrize(("count", "calls"), [(1, 1), (200, 1), (1000, 1), (1001, 2)])
def test_reading_by_id_is_a_thousand_in_a_call(sf, count, calls):
    """Five lists of two hundred."""
    refs = [sf.ref(sf.open(f"n{n}")) for n in range(count)]
    adapter = sf.connect()
    assert adapter.me
    counter = Counter(sf)

    found = list(adapter.read(refs))

    assert len({ticket.id for ticket in found}) == count
    assert len(counter.made) == calls


def test_sixty_conditional_writes_are_three_calls(sf):
    """Twenty-five in a call."""
    cases = [sf.open(f"n{n}") for n in range(60)]
    adapter = sf.connect()
    tickets = list(adapter.read([sf.ref(case) for case in cases]))
    counter = Counter(sf)

    changes = [
        sf.change(case, Move("New", Stage.INVESTIGATION), version=t.version)
        for case, t in zip(cases, tickets, strict=True)
    ]
    written = sf.write(adapter, *changes)

    assert not any(one.failures for one in written)
    assert {case.values["Status"] for case in cases} == {"Investigating"}
    assert counter.made == ["POST /services/data/v66.0/composite"] * 3
    assert all(
        part["httpHeaders"].keys() == {"If-Unmodified-Since", "Sforce-Auto-Assign"}
        for call in sf.server.log[-3:]
        for part in call.request.body["compositeRequest"]
    )


def test_our_own_fields_are_two_hundred_in_a_call(sf):
    """They concern nobody else, and so need no condition."""
    cases = [sf.open(f"n{n}") for n in range(205)]
    adapter = sf.connect()
    assert adapter.me
    counter = Counter(sf)

    written = sf.write(
        adapter,
        *(
            sf.change(case, SetField("health", None, "ok"), version="2026-03-03T09:00:00.000+0000")
            for case in cases
        ),
    )

    assert not any(one.failures for one in written)
    assert counter.made == ["PATCH /services/data/v66.0/composite/sobjects"] * 2


def test_notes_are_one_call_for_all_new_and_one_for_all_old(sf):
    """However many cases."""
    sf.org.moderator = True
    cases = [sf.open(f"n{n}") for n in range(60)]
    refs = [sf.ref(case) for case in cases]
    adapter = sf.connect()
    list(adapter.read(refs))
    counter = Counter(sf)

    sf.write(adapter, *(sf.change(case, WriteNote("one", "aa11", None)) for case in cases))
    first = len(counter.made)
    list(adapter.read(refs))
    sf.write(adapter, *(sf.change(case, WriteNote("two", "bb22", "aa11")) for case in cases))

    assert first == 1
    assert len(counter.made) == 3
    assert len(sf.org.rows["CaseComment"]) == 60


def test_where_no_comment_may_be_changed_that_is_tried_once_a_day(sf):
    """Then 250 cases with a field and a note cost three calls for each two hundred: written, deleted, made anew."""
    sf.org.eraser = True
    cases = [sf.open(f"n{n}") for n in range(250)]
    refs = [sf.ref(case) for case in cases]
    first = sf.connect()
    list(first.read(refs))
    rounds = []
    for n, digest in enumerate(("aa11", "bb22", "cc33")):
        adapter = sf.again(first) if n == 2 else first
        list(adapter.read(refs))
        counter = Counter(sf)
        edits = (SetField("health", None, "ok"), WriteNote(f"note {n}", digest, None))
        written = sf.write(adapter, *(sf.change(case, *edits) for case in cases))
        assert not any(one.failures for one in written)
        rounds.append([one.partition(" ")[0] for one in counter.made])
    notes = [row for row in sf.org.rows["CaseComment"].values() if not row.deleted]

    assert rounds[0] == ["PATCH", "POST"] * 2
    assert rounds[1] == ["PATCH", "PATCH", "DELETE", "POST", "PATCH", "DELETE", "POST"]
    assert rounds[2] == ["PATCH", "DELETE", "POST"] * 2
    assert len({row.values["ParentId"] for row in notes}) == len(notes) == 250
    assert all("note 2" in row.values["CommentBody"] for row in notes)


def test_a_pass_after_a_write_brings_its_own_cases_at_most(sf):
    """And then nothing."""
    cases, adapter, cursor = settled(sf, 3)
    sf.write(adapter, *(sf.change(case, SetField("health", None, "ok")) for case in cases[:2]))

    second = pull(sf.again(adapter), cursor)
    counter = Counter(sf)
    third = pull(sf.again(adapter), second.cursor)

    assert {ticket.id for ticket in second.tickets} == {case.id for case in cases[:2]}
    assert third.tickets == []
    assert len(counter.made) == 1


@pytest.mark.parametrize("where", ["", "AccountId NOT IN (SELECT Id FROM Account WHERE Name = 'Other')"])
def test_watched_cases_cost_no_further_call(sf, where):
    """They come along, in the same question or beside it."""
    cases, _, _ = settled(sf, 3)
    scope = {"record_type": "Executive_Escalation", "where": where}
    adapter = sf.connect(scope=scope)
    cursor = pull(adapter).cursor
    sf.org.clock.advance(hours=1)
    counter = Counter(sf)

    pulled = pull(sf.again(adapter, scope=scope), cursor, [sf.ref(cases[1]), TicketRef("not an id")])

    assert [ticket.id for ticket in pulled.tickets] == [cases[1].id]
    assert len(counter.made) == 1


def test_every_request_is_counted(sf):
    """As the server counts them; signing in is not among them."""
    sf.open("x")
    adapter = sf.connect()
    pull(adapter)
    list(adapter.people())
    list(adapter.check())

    data = [call for call in sf.server.log if "/oauth2/token" not in call.request.path]
    assert adapter.calls == len(data)
    assert ids.is_id(adapter.me)

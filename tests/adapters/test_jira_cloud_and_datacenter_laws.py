"""Laws that hold for any ticket of any Jira: its past is what people saw, and quoting lets nothing out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from escsync_jira.jql import quote
from fakes.jira.jql_words import Token, tokens
from fakes.jira.rig import DIALECTS, rig
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escsync.adapter import TicketRef

PEOPLE = ("dana", "idris", "ana", "robot")
EDITS = st.one_of(
    st.tuples(st.just("assignee"), st.sampled_from([None, *PEOPLE])),
    st.tuples(st.just("Co-owners"), st.lists(st.sampled_from(PEOPLE), unique=True, max_size=3)),
    st.tuples(st.just("Severity"), st.sampled_from([None, "Data issue", "UX complaint"])),
    st.tuples(
        st.just("Checklist"), st.lists(st.sampled_from(["History reviewed", "CSM spoken"]), unique=True)
    ),
    st.tuples(st.just("ARR"), st.none() | st.integers(0, 10**9)),
    st.tuples(st.just("Follow-up day"), st.none() | st.sampled_from(["2026-03-20", "2026-04-01"])),
    st.tuples(st.just("Committed at"), st.none() | st.sampled_from(["2026-03-05T10:00:00Z"])),
    st.tuples(st.just("status"), st.sampled_from(["Open", "Investigating", "Pending", "Closed"])),
)
NAMES = (
    "owner",
    "severity",
    "checklist.history_reviewed",
    "checklist.csm_spoken",
    "account.arr",
    "follow_up.scheduled_for",
    "committed_at",
    "stage",
)


@pytest.fixture(scope="module", params=DIALECTS)
def site(request):
    """One site for all examples."""
    with rig(request.param) as made:
        yield made


def told(value):
    """A value without what is known of people only today."""
    if isinstance(value, tuple):
        return {getattr(one, "id", one) for one in value}
    return value or None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(EDITS, max_size=50))
def test_the_past_is_what_people_saw(site, edits):
    """After any edits, the history at each instant tells the value that a reading at that instant told."""
    adapter = site.connect()
    issue = site.world.create(assignee="dana")
    ref = TicketRef(issue.id, issue.key)
    seen = []
    for number, (name, value) in enumerate(edits):
        if name == "status":
            issue.move(value)
        else:
            issue.set(name, value)
        if number % 10 == 9:
            (ticket,) = adapter.read([ref])
            seen.append((site.world.clock.now(), dict(ticket.values)))
        site.world.clock.advance(minutes=1)

    (ticket,) = adapter.read([ref])

    for name in NAMES:
        facts = ticket.history[name]
        assert [fact.when.at for fact in facts] == sorted(fact.when.at for fact in facts)
        assert told(facts[-1].value) == told(ticket.values[name])
        for at, values in seen:
            held = [fact for fact in facts if fact.when.at <= at + timedelta(seconds=1)][-1]
            assert told(held.value) == told(values[name])


@given(text=st.text())
def test_a_quoted_text_is_one_word_of_jql(text):
    """Nothing in a value ends its quotation."""
    assert tokens(quote(text)) == [Token("quoted", text)]

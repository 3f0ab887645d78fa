"""What Jira Cloud cuts short: changelogs after forty changes, comments after twenty."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.jira.rig import pull, rig


@pytest.fixture
def jira():
    with rig("cloud") as made:
        yield made


def busy(world, changes, **how):
    """A ticket with many changes, one a minute."""
    issue = world.create(assignee="dana", **how)
    for number in range(changes):
        world.clock.advance(minutes=1)
        issue.assign("idris" if number % 2 == 0 else "dana")
    return issue


@pytest.mark.parametrize("stamps", ["iso", "s", "ms"])
def test_a_cut_changelog_is_completed(jira, stamps):
    """A search shows the last 40 changes; the first acknowledgement may be older. Times come in three forms."""
    jira.face.stamps = stamps
    busy(jira.world, 130)

    ticket = pull(jira.connect()).one

    owners = ticket.history["owner"]
    assert len(owners) == 131
    assert owners[1].when.at == datetime(2026, 3, 3, 9, 1, tzinfo=UTC)
    assert [fact.when.at for fact in owners] == sorted(fact.when.at for fact in owners)
    assert len(jira.server.calls("POST", "/changelog/bulkfetch")) == 1


def test_changelogs_that_come_in_pages_are_joined(jira):
    """The bulk changelog pages by histories: one ticket's may be split over pages."""
    for _ in range(3):
        busy(jira.world, 450)

    tickets = pull(jira.connect()).tickets

    assert [len(ticket.history["owner"]) for ticket in tickets] == [451, 451, 451]


def test_a_changelog_of_exactly_forty_is_not_fetched_again(jira):
    """Cut means fewer than the total; forty of forty is whole."""
    busy(jira.world, 40)

    ticket = pull(jira.connect()).one

    assert len(ticket.history["owner"]) == 41
    assert jira.server.calls("POST", "/changelog/bulkfetch") == []


def test_more_fields_than_one_bulk_question_takes_are_all_read(jira):
    """The bulk changelog takes at most ten field ids; a mapping has more."""
    issue = busy(jira.world, 45, Severity="UX complaint")
    jira.world.clock.advance(minutes=1)
    first = jira.world.clock.now()
    issue.set("Severity", "Data issue")
    issue.set("ARR", 5)
    issue.set("Implemented at", "2026-03-05T10:00:00Z")
    issue.label("later")
    for number in range(45):
        jira.world.clock.advance(minutes=1)
        issue.set("summary", f"summary {number}")

    ticket = pull(jira.connect()).one

    for name in ("severity", "account.arr", "implemented_at"):
        assert [fact.when.at for fact in ticket.history[name]][1:] == [first]
    assert len(ticket.history["summary"]) == 46


@pytest.mark.parametrize("embedded", [0, 1, 20, 100])
def test_all_comments_are_read_however_few_are_embedded(jira, embedded):
    """A search shows some; total tells that there are more; pages of a hundred bring the rest."""
    jira.face.embedded = embedded
    issue = jira.world.create()
    for number in range(230):
        jira.world.clock.advance(minutes=1)
        issue.comment("dana", f"#update {number}")

    messages = pull(jira.connect()).one.messages

    assert [message.text for message in messages] == [str(number) for number in range(230)]


def test_times_of_the_server_are_floored_to_the_second(jira):
    """Decision 80."""
    jira.world.clock.set(datetime(2026, 3, 3, 9, 0, 0, 999000, tzinfo=UTC))
    issue = jira.world.create()
    jira.world.clock.set(jira.world.clock.now() + timedelta(minutes=1))
    issue.assign("dana")

    ticket = pull(jira.connect()).one

    assert ticket.created_at == datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    assert ticket.history["owner"][-1].when.at == datetime(2026, 3, 3, 9, 1, tzinfo=UTC)

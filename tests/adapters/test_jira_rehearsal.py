"""The ticket that is made on a Jira to try things on, and taken away again."""

from __future__ import annotations

import pytest
from fakes.http import Reply
from fakes.jira.rig import pull, rig
from fakes.jira.site import site

from escsync.adapter import Ambiguous, Denied, Rejected, TicketRef


def test_a_test_ticket_is_in_scope_says_what_it_is_and_goes_again(jira):
    """Found by its mark, pulled as any other, deleted for good."""
    adapter = jira.connect(scope={"project": "EXEC", "issue_type": "Escalation", "labels": ["executive"]})
    ref = adapter.scratch("probe-1")
    ticket = pull(adapter).one

    assert ticket.ref.id == ref.id
    assert "may be deleted" in ticket.values["summary"]
    assert [found.ref.id for found in adapter.find(["probe-1"])] == [ref.id]
    adapter.discard(ref)
    adapter.discard(ref)
    assert list(adapter.read([ref])) == []


def test_what_a_form_insists_on_is_filled_in(jira):
    """Something of every type; a default is left alone."""
    wanted = {
        "customfield_10051",
        "customfield_10052",
        "customfield_10055",
        "customfield_10056",
        "customfield_10057",
    }
    wanted |= {"customfield_10058", "customfield_10062", "customfield_10063", "priority", "description"}
    jira.world.project("EXEC").required |= wanted

    ref = jira.connect().scratch("probe-1")

    assert jira.world.issues[ref.id].values["customfield_10052"] == 0.0


def test_a_form_that_asks_for_the_unknown_is_named(jira):
    """The field, and what to do about it."""
    jira.world.project("EXEC").required.add("parent")

    with pytest.raises(Rejected) as raised:
        jira.connect().scratch("probe-1")

    assert "Parent" in raised.value.message
    assert "optional" in raised.value.remedy


@pytest.mark.parametrize("after", [False, True], ids=["not done", "done, unheard"])
def test_a_test_ticket_whose_making_was_not_heard_is_looked_for(jira, after):
    """It is found if it is there, and never made twice."""
    adapter = jira.connect()
    jira.server.fail("POST", "/issue", reset=True, after=after)

    if after:
        ref = adapter.scratch("probe-1")
        assert [ref.id] == list(jira.world.issues)
    else:
        with pytest.raises(Ambiguous):
            adapter.scratch("probe-1")
        assert adapter.scratch("probe-1").id in jira.world.issues


def test_a_test_ticket_that_may_not_be_deleted_is_left_with_the_click(jira):
    """Deleting is a right that escsync does not need otherwise."""
    adapter = jira.connect()
    ref = adapter.scratch("probe-1")
    jira.world.granted = {"BROWSE_PROJECTS", "CREATE_ISSUES"}

    with pytest.raises(Denied) as raised:
        adapter.discard(ref)

    assert f"delete {ref.key} by hand" in raised.value.remedy


def test_what_could_not_be_deleted_again_is_not_made(jira):
    """An account with the rights of its mode alone leaves no test tickets behind."""
    jira.world.granted = {"BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES"}

    with pytest.raises(Denied) as raised:
        jira.connect().scratch("probe-1")

    assert "Delete issues" in raised.value.remedy
    assert jira.world.issues == {}


def test_a_ticket_of_the_team_is_never_discarded(jira):
    """Whatever it is called: a test ticket bears escsync's mark, too."""
    issue = jira.world.create(summary="escsync test of the customer's")

    with pytest.raises(Rejected):
        jira.connect().discard(TicketRef(issue.id, issue.key))

    assert not issue.deleted


@pytest.mark.parametrize(
    "scope", [{"labels": ["executive"]}, {"project": "EXEC"}, {"project": "EXEC", "issue_type": "Nope"}]
)
def test_without_a_place_to_make_it_there_is_no_test_ticket(jira, scope):
    """Said before anything is made."""
    with pytest.raises(Rejected) as raised:
        jira.connect(scope=scope).scratch("probe-1")

    assert raised.value.remedy
    assert jira.world.issues == {}


def test_a_refused_test_ticket_says_why():
    """In Jira's own words."""
    with rig("cloud", site()) as made:
        refusal = Reply(400, {"errorMessages": [], "errors": {"summary": "Summaries are closed."}})
        made.server.fail("POST", "/issue", refusal)

        with pytest.raises(Rejected) as raised:
            made.connect().scratch("probe-1")

        assert "Summaries are closed" in raised.value.message

"""Moving and creating tickets, Cloud and Data Center alike."""

from __future__ import annotations

from fakes.http import Reply
from fakes.jira.rig import pull

from escsync.adapter import (
    Conflict,
    Create,
    Draft,
    Move,
    Rejected,
    SetField,
    Stage,
    TicketRef,
    WriteNote,
)

NOTE = "Acknowledgement due at 11:00Z\nNobody owns this ticket"


def note(digest, old=None, text=NOTE):
    """The living note of this content."""
    return WriteNote(text, digest, old)


def test_a_move_goes_by_the_target_status(jira):
    """Not by the name or id of a transition, which differ per workflow."""
    issue = jira.world.create()
    adapter = jira.connect()

    (written,) = jira.write(adapter, jira.change(issue, Move("Open", Stage.INVESTIGATION)))

    assert written.failures == {}
    assert issue.values["status"] == "3"


def test_a_move_takes_as_many_hops_as_the_workflow_needs(jira):
    """Where there is no direct way, the shortest one."""
    issue = jira.world.create()
    adapter = jira.connect()

    (written,) = jira.write(adapter, jira.change(issue, Move("Open", Stage.RESOLUTION_PENDING)))

    assert written.failures == {}
    assert issue.values["status"] == "10003"
    visited = [item.new for history in issue.histories for item in history.items if item.field == "status"]
    assert visited[-1] == "10003"
    assert len(visited) <= 4


def test_a_move_without_a_way_is_refused_in_words(jira):
    """A dead end is no crash and no endless walk."""
    issue = jira.world.create()
    issue.move("Rejected")
    jira.world.projects[issue.values["project"]].transitions.clear()
    adapter = jira.connect()

    (written,) = jira.write(adapter, jira.change(issue, Move("Rejected", Stage.INTAKE)))

    assert isinstance(written.failures[0], Rejected)
    assert issue.values["status"] == "10004"


def test_a_transitions_required_field_is_named(jira):
    """A required field that the change does not bring is told by name."""
    issue = jira.world.create()
    issue.move("Pending")
    adapter = jira.connect()

    (written,) = jira.write(adapter, jira.change(issue, Move("Pending", Stage.CLOSED)))

    failure = written.failures[0]
    assert isinstance(failure, Rejected)
    assert "resolution" in f"{failure.message} {failure.remedy} {failure.field}".lower()
    assert issue.values["status"] == "10003"


def test_a_conflicting_transition_is_a_conflict(jira):
    """Two moves at once: 409 means read again and decide again."""
    issue = jira.world.create()
    adapter = jira.connect()
    jira.server.fail("POST", "/transitions", Reply(409, {"errorMessages": ["busy"], "errors": {}}), times=9)

    (written,) = jira.write(adapter, jira.change(issue, Move("Open", Stage.INVESTIGATION)))

    assert isinstance(written.failures[0], Conflict)
    assert issue.values["status"] == "1"


def test_fields_and_a_move_both_happen(jira):
    """Fields first, then the move: what the one refuses does not undo the other."""
    issue = jira.world.create()
    adapter = jira.connect()
    edits = (SetField("health", None, "ok"), Move("Open", Stage.INVESTIGATION), note("n"))

    (written,) = jira.write(adapter, jira.change(issue, *edits))

    assert written.failures == {}
    assert issue.values["status"] == "3"
    assert issue.values["customfield_10061"]
    assert len(issue.comments) == 1


def test_a_created_record_is_found_by_its_key(jira):
    """After a crash the marker tells whether it exists, though the search index lags."""
    parent = jira.world.create()
    adapter = jira.connect()
    pull(adapter)
    jira.world.index.stop()
    draft = Draft("escsync-0123abcd", {"summary": "Follow up with Globex"}, TicketRef(parent.id, parent.key))

    made = adapter.create(draft)
    jira.world.index.catch_up()
    found = {one.key: one.ref.id for one in adapter.find(["escsync-0123abcd", "escsync-ffff0000"])}

    assert found == {"escsync-0123abcd": made.id}
    assert jira.world.issues[made.id].values["summary"] == "Follow up with Globex"


def test_a_follow_up_task_is_created_beside_the_ticket(jira):
    """A Create edit makes one record and names it."""
    issue = jira.world.create()
    adapter = jira.connect()
    draft = Draft("escsync-77", {"summary": "Book the follow-up"}, TicketRef(issue.id, issue.key))

    (written,) = jira.write(adapter, jira.change(issue, Create(draft)))

    assert written.failures == {}
    assert jira.world.issues[written.created[0].id].values["summary"] == "Book the follow-up"


def statuses(issue):
    return [item.new for history in issue.histories for item in history.items if item.field == "status"]


def test_a_ticket_that_somebody_moved_there_already_is_not_moved_again(jira):
    """A plan made on an older status takes no step back and no detour."""
    far, near = jira.world.create(), jira.world.create()
    far.move("Pending")
    near.move("Investigating")

    written = jira.write(
        jira.connect(),
        jira.change(far, Move("Open", Stage.RESOLUTION_PENDING)),
        jira.change(near, Move("Open", Stage.INVESTIGATION)),
    )

    assert (statuses(far), statuses(near)) == (["10003"], ["3"])
    assert [one.failures for one in written] == [{}, {}]

"""Writing fields to Jira, Cloud and Data Center alike: in one request, fitted, refused, and gone."""

from __future__ import annotations

from datetime import UTC, date, datetime

from fakes.jira.rig import SCOPE, pull
from fakes.jira.site import FIELDS

from escsync.adapter import (
    PersonRef,
    Rejected,
    SetField,
    TicketRef,
    Vanished,
    WriteNote,
)

DUE = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)
NOTE = "Acknowledgement due at 11:00Z\nNobody owns this ticket"


def note(digest, old=None, text=NOTE):
    """The living note of this content."""
    return WriteNote(text, digest, old)


def writes(jira):
    return [(call.request.method, call.request.path.rsplit("/rest/api/", 1)[1]) for call in jira.server.log
            if call.request.method in {"PUT", "DELETE"} or
            (call.request.method == "POST" and call.request.path.endswith(("/comment", "/transitions", "/issue")))]  # fmt: skip


def test_all_fields_and_the_note_go_in_one_request(jira):
    """One PUT a ticket: fields and note together (performance.md)."""
    issue = jira.world.create(assignee="ana")
    adapter = jira.connect()
    pull(adapter)
    edits = (
        SetField("ack_due_at", None, DUE),
        SetField("health", None, "due_soon"),
        SetField("computed_priority", None, "P1"),
        SetField("owner", (PersonRef(jira.who("ana")),), (PersonRef(jira.who("dana")),)),
        note("abc123"),
    )

    (written,) = jira.write(adapter, jira.change(issue, *edits))

    assert written.failures == {}
    assert [method for method, _ in writes(jira)] == ["PUT"]
    assert issue.values["customfield_10060"] == DUE
    assert (
        jira.world.fields["customfield_10061"].option(issue.values["customfield_10061"]).value == "due_soon"
    )
    assert issue.values["assignee"] == "dana"
    assert len(issue.histories) == 1
    assert [comment.author for comment in issue.comments] == ["escsync"]
    assert issue.comments[0].text.rstrip().splitlines()[-1] == "escsync-note abc123"


def test_what_was_written_is_read_back(jira):
    """A second pass over what escsync wrote finds nothing to do."""
    issue = jira.world.create()
    adapter = jira.connect()
    due_day = adapter.fit("due_at", datetime(2026, 3, 5, 17, 30, tzinfo=UTC))
    values = {
        "ack_due_at": adapter.fit("ack_due_at", DUE.replace(second=59, microsecond=987000)),
        "due_at": due_day,
        "health": "breached",
        "computed_priority": "P0",
        "owner": (PersonRef(jira.who("dana")),),
    }

    jira.write(adapter, jira.change(issue, *(SetField(name, None, new) for name, new in values.items())))
    (ticket,) = adapter.read([TicketRef(issue.id, issue.key)])

    for name, value in values.items():
        shown = ticket.values[name]
        if name == "owner":
            assert [ref.id for ref in shown] == [jira.who("dana")]
        else:
            assert adapter.fit(name, shown) == value == shown
    assert isinstance(due_day, date)
    assert not isinstance(due_day, datetime)


def test_a_field_is_emptied(jira):
    """None clears: a date, an option, an owner."""
    issue = jira.world.create(assignee="dana", Health="ok", **{"Ack due": DUE, "Co-owners": ["idris"]})
    adapter = jira.connect()
    edits = (
        SetField("ack_due_at", DUE, None),
        SetField("health", "ok", None),
        SetField("owner", (PersonRef(jira.who("dana")),), None),
    )

    (written,) = jira.write(adapter, jira.change(issue, *edits))

    assert written.failures == {}
    (ticket,) = adapter.read([TicketRef(issue.id, issue.key)])
    assert (ticket.values["ack_due_at"], ticket.values["health"]) == (None, None)
    assert issue.values["assignee"] is None


def test_one_owner_replaces_several(jira):
    """Setting an owner leaves exactly one, wherever the others stood (decision 13)."""
    issue = jira.world.create(assignee="ana", **{"Co-owners": ["idris", "dana"]})
    adapter = jira.connect()

    several = pull(adapter).one.values["owner"]

    jira.write(adapter, jira.change(issue, SetField("owner", several, (PersonRef(jira.who("dana")),))))
    (ticket,) = adapter.read([TicketRef(issue.id, issue.key)])

    assert [ref.id for ref in ticket.values["owner"]] == [jira.who("dana")]


def test_a_field_off_the_screen_is_told_by_our_name(jira):
    """The refusal names the canonical field; what Jira refuses it refuses whole, and that is told too."""
    issue = jira.world.create()
    jira.world.projects[issue.values["project"]].uneditable.add("customfield_10060")
    adapter = jira.connect()
    edits = (SetField("ack_due_at", None, DUE), SetField("health", None, "ok"))

    (written,) = jira.write(adapter, jira.change(issue, *edits))

    failure = written.failures[0]
    assert isinstance(failure, Rejected)
    assert failure.field == "ack_due_at"
    stored = issue.values.get("customfield_10061") is not None
    assert stored == (1 not in written.failures)


def test_an_owner_who_cannot_be_assigned_is_refused(jira):
    """Jira decides who can be assigned; the refusal names the owner."""
    jira.world.assignable = {"dana"}
    issue = jira.world.create()
    adapter = jira.connect()

    (written,) = jira.write(
        adapter, jira.change(issue, SetField("owner", None, (PersonRef(jira.who("idris")),)))
    )

    assert isinstance(written.failures[0], Rejected)
    assert written.failures[0].field == "owner"
    assert issue.values.get("assignee") is None


def test_an_option_that_is_not_there_is_refused(jira):
    """A value without an option is the tracker's no, not a crash."""
    jira.world.fields["customfield_10061"].options.pop()
    issue = jira.world.create()
    adapter = jira.connect()

    (written,) = jira.write(adapter, jira.change(issue, SetField("health", None, "breached")))

    assert isinstance(written.failures[0], Rejected)
    assert written.failures[0].field == "health"


def test_a_ticket_that_is_gone_is_vanished_and_the_others_go_on(jira):
    """One outcome per change, in their order."""
    gone, stays = jira.world.create(), jira.world.create()
    adapter = jira.connect()
    gone.delete()
    edit = SetField("health", None, "ok")

    first, second = jira.write(adapter, jira.change(gone, edit), jira.change(stays, edit))

    assert (first.ticket.id, second.ticket.id) == (gone.id, stays.id)
    assert isinstance(first.failures[0], Vanished)
    assert second.failures == {}


def test_a_ticket_is_written_by_its_id(jira):
    """A ticket that moved since has another key; its id still names it."""
    issue = jira.world.create()
    adapter = jira.connect()
    change = jira.change(issue, SetField("health", None, "ok"))
    issue.move_to_project("OTHER")

    (written,) = jira.write(adapter, change)

    assert written.failures == {}
    assert issue.values["customfield_10061"]


def test_fields_whose_fate_is_unknown_are_simply_written_again(jira):
    """Setting fields twice is setting them once."""
    issue = jira.world.create()
    adapter = jira.connect()
    fault = jira.server.fail("PUT", jira.paths(issue), reset=True, after=True)

    (written,) = jira.write(adapter, jira.change(issue, SetField("health", None, "ok")))

    assert fault.times == 0
    assert written.failures == {}
    assert len(issue.histories) == 1


def test_labels_that_people_gave_are_kept(jira):
    """Nothing escsync writes sets the labels of a ticket as a whole."""
    issue = jira.world.create(labels=["vip", "exec"])
    adapter = jira.connect(scope=dict(SCOPE) | {"labels": ["exec"]})

    jira.write(adapter, jira.change(issue, SetField("health", None, "ok"), note("n")))

    assert issue.values["labels"] == ["vip", "exec"]


def test_a_date_field_and_an_instant_field_fit_differently(jira):
    """`fit` says what will be stored: seconds where the field has them, a day where it has not."""
    adapter = jira.connect(fields=dict(FIELDS))
    jira.world.create()
    pull(adapter)

    stored = adapter.fit("ack_due_at", DUE.replace(microsecond=5))

    assert stored == DUE
    assert adapter.fit("due_at", adapter.fit("due_at", DUE)) == adapter.fit("due_at", DUE)

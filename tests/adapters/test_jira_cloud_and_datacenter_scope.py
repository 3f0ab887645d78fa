"""Which of Jira's tickets are read, Cloud and Data Center alike: in scope, moved, deleted, and out of sight."""

from __future__ import annotations

from fakes.jira.rig import pull
from fakes.jira.site import FIELDS, STAGES

from escsync.adapter import Stage, TicketRef


def test_all_labels_and_the_further_jql_must_hold(jira):
    """A scope is a conjunction, quoted whatever is in it."""
    jira.world.create(labels=["exec", 'a"b\\c'])
    jira.world.create(labels=["exec"])
    jira.world.create(labels=["exec", 'a"b\\c'], assignee="dana")

    scope = {"project": "EXEC", "labels": ["exec", 'a"b\\c'], "jql": "assignee is EMPTY OR assignee is EMPTY"}
    pulled = pull(jira.connect(scope=scope))

    assert pulled.keys == ["EXEC-1"]


def test_other_types_and_projects_are_not_pulled(jira):
    """Only what the scope names."""
    jira.world.create()
    jira.world.create(type_="Task")
    jira.world.create("OTHER")

    assert pull(jira.connect()).keys == ["EXEC-1"]


def test_closed_tickets_come_with_the_whole_scope(jira):
    """pull(None) is everything, closed included."""
    jira.world.create().move("Closed")
    jira.world.create()

    statuses = {ticket.key: ticket.status for ticket in pull(jira.connect()).tickets}

    assert statuses["EXEC-1"].done
    assert statuses["EXEC-1"].stage is Stage.CLOSED
    assert not statuses["EXEC-2"].done


def test_an_unmapped_status_keeps_its_name_and_category(jira):
    """No stage, but the tracker's own category tells whether it is done (decision 52)."""
    jira.world.create().move("Closed")
    stages = {name: statuses for name, statuses in STAGES.items() if name != "closed"}

    status = pull(jira.connect(stages=stages)).one.status

    assert (status.name, status.stage, status.done) == ("Closed", None, True)


def test_a_moved_ticket_is_still_read_by_its_id(jira):
    """The key changes, the id does not; out of scope it is followed (decision 68)."""
    issue = jira.world.create()
    adapter = jira.connect()
    before = pull(adapter).one
    jira.world.clock.advance(hours=1)
    issue.move_to_project("OTHER")

    (ticket,) = adapter.read([before.ref])

    assert (ticket.id, ticket.key, ticket.in_scope) == (issue.id, "OTHER-1", False)


def test_deleted_and_hidden_tickets_are_left_out(jira):
    """Nothing is invented for what is gone; the others of the same request still come."""
    gone, hidden, stays = (jira.world.create() for _ in range(3))
    adapter = jira.connect()
    refs = [ticket.ref for ticket in pull(adapter).tickets]
    gone.delete()
    hidden.hidden = True

    assert [ticket.key for ticket in adapter.read(refs)] == [stays.key]


def test_a_field_by_a_name_that_several_have_is_drift(jira):
    """Ambiguous names are refused, the ticket goes on without that field (decision 78)."""
    jira.world.add_field(10099, "Severity", "textfield")
    jira.world.create(Tier="SMB")
    fields = dict(FIELDS) | {
        "severity": ("Severity",),
        "account.tier": ("Tier",),
        "account.name": ("No such",),
    }

    pulled = pull(jira.connect(fields=fields))

    assert pulled.one.values["account.tier"] == "smb"
    assert set(pulled.one.unreadable) == {"severity", "account.name"}
    assert "severity" not in pulled.one.values
    assert {problem.code for problem in pulled.problems} == {"DRIFT"}
    assert len(pulled.problems) == 2


def test_a_reference_by_id_alone_is_read(jira):
    """A ref whose key is not known still names one ticket."""
    issue = jira.world.create()

    (ticket,) = jira.connect().read([TicketRef(issue.id)])

    assert ticket.key == "EXEC-1"


def test_reading_and_pulling_tell_the_same(jira):
    """A plan made on one and checked on the other must see equal digests."""
    issue = jira.world.create(assignee="dana", Severity="Data issue", Findings="x")
    jira.world.clock.advance(minutes=3)
    issue.comment("dana", "#ack Hello")
    issue.assign("idris")
    adapter = jira.connect()

    pulled = pull(adapter).one
    (read,) = adapter.read([pulled.ref])

    assert read.digest() == pulled.digest()
    assert read.messages == pulled.messages
    times = [{name: [f.when for f in facts] for name, facts in t.history.items()} for t in (read, pulled)]
    assert times[0] == times[1]


def test_everybody_who_can_own_is_listed(jira):
    """Native ids and names, for people.yaml and for doctor."""
    people = {person.id: person for person in jira.connect().people()}

    assert people[jira.who("dana")].name == "Dana Reyes"
    assert people[jira.who("dana")].email == "dana@acme.example"
    assert jira.who("customer") not in people

"""Traps of Jira's API that no other test shows; docs/traps.md lists them all."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from fakes.doors import through_responses
from fakes.http import FakeService, Reply
from fakes.jira.cloud import TOKEN, Cloud
from fakes.jira.rig import SCOPE, Rig, pull, rig
from fakes.jira.schema import Transition
from fakes.jira.site import site

from escsync.adapter import (
    Ambiguous,
    Denied,
    Draft,
    Level,
    Move,
    PersonRef,
    Rejected,
    SetField,
    Stage,
    TicketRef,
    Vanished,
    WriteNote,
)

LOGIN = b"<!DOCTYPE html><html><body>Log in</body></html>"
HEALTH = "customfield_10061"


@pytest.fixture
def cloud():
    with rig("cloud") as made:
        yield made


def statuses(issue):
    """The statuses that an issue went through."""
    return [item.new for history in issue.histories for item in history.items if item.field == "status"]


def lost(jira, path):
    """The next POST is carried out, and its answer never comes."""
    return jira.server.fail("POST", path, reset=True, after=True)


# -- the index, and writes of unknown fate


def test_a_pull_right_after_a_write_shows_what_was_written(cloud):
    """The index still shows the old value: what escsync wrote lately is asked for from the database."""
    issue = cloud.world.create()
    adapter = cloud.connect()
    cursor = pull(adapter).cursor
    cloud.world.clock.advance(hours=1)
    cloud.world.index.stop()
    cloud.write(adapter, cloud.change(issue, SetField("health", None, "ok")))
    cloud.world.clock.advance(minutes=1)

    pulled = pull(cloud.again(adapter), cursor)

    assert pulled.one.values["health"] == "ok"


def test_a_record_just_created_is_found_while_the_index_lags(cloud):
    """Asking the index alone would make a second record after a crash; the newest keys come from the database."""
    parent = cloud.world.create()
    adapter = cloud.connect()
    cloud.world.index.stop()
    made = adapter.create(Draft("op-1", {"summary": "Call Globex"}, TicketRef(parent.id, parent.key)))

    found = {one.key: one.ref.id for one in cloud.again(adapter).find(["op-1", "op-2"])}

    assert found == {"op-1": made.id}


def test_a_creation_of_unknown_fate_is_sent_once(jira):
    """The answer to a POST was lost: sending it again would make a second record."""
    parent = jira.world.create()
    adapter = jira.connect()
    fault = lost(jira, "/issue")

    with pytest.raises(Ambiguous):
        adapter.create(Draft("op-1", {"summary": "Call Globex"}, TicketRef(parent.id, parent.key)))

    assert fault.times == 0
    assert len(jira.world.issues) == 2
    assert [one.key for one in adapter.find(["op-1"])] == ["op-1"]


def test_a_move_of_unknown_fate_is_made_once(jira):
    """The answer was lost after the move: a second one would start from the wrong status."""
    issue = jira.world.create()
    adapter = jira.connect()
    lost(jira, "/transitions")

    (written,) = jira.write(adapter, jira.change(issue, Move("Open", Stage.INVESTIGATION)))

    assert isinstance(written.failures[0], Ambiguous)
    assert statuses(issue) == ["3"]


def test_a_page_of_html_in_place_of_a_writes_answer_leaves_its_fate_open(jira):
    """200 and a login page: the note may be there or not, and only reading tells."""
    issue = jira.world.create()
    adapter = jira.connect()
    page = Reply(200, raw=LOGIN, content="text/html")
    jira.server.fail("POST", "/comment", page, after=True, times=9)

    (written,) = jira.write(adapter, jira.change(issue, WriteNote("x", "d", None)))

    assert isinstance(written.failures[0], Ambiguous)
    assert len(issue.comments) == 1


@pytest.mark.parametrize(("status", "kind"), [(401, Denied), (403, Denied), (404, Vanished)])
def test_what_only_a_person_can_mend_is_asked_once(jira, status, kind):
    """Trying again brings no right back, and locks accounts out; 404 may be a lost right as well."""
    ref = jira.world.create()
    adapter = jira.connect()
    pull(adapter)
    jira.server.fail("PUT", jira.paths(ref), Reply(status), times=9)
    before = len(jira.server.log)

    (written,) = jira.write(adapter, jira.change(ref, SetField("health", None, "ok")))

    assert isinstance(written.failures[0], kind)
    assert len(jira.server.log) - before == 1
    assert jira.waits == []


# -- transitions


def test_a_move_takes_the_transition_that_asks_for_least(jira):
    """Several lead to one status, with ids and names that mean nothing; one of them wants a resolution."""
    issue = jira.world.create()
    project = jira.world.projects[issue.values["project"]]
    project.transitions[:] = [
        Transition("901", "Schließen", "1", "6", {"resolution": True}),
        Transition("77", "完成", "1", "6"),
        Transition("5", "Closed", "1", "10004"),
    ]

    (written,) = jira.write(jira.connect(), jira.change(issue, Move("Open", Stage.CLOSED)))

    assert written.failures == {}
    assert statuses(issue) == ["6"]


def test_a_move_brings_what_its_screen_requires_and_nothing_else(jira):
    """A field that is not on the screen spoils the transition; one that is required must come with it."""
    issue = jira.world.create()
    project = jira.world.projects[issue.values["project"]]
    project.transitions[:] = [Transition("7", "Go", "1", "3", {HEALTH: True, "summary": False})]
    edits = (
        SetField("health", None, "ok"),
        SetField("computed_priority", None, "P1"),
        Move("Open", Stage.INVESTIGATION),
    )

    (written,) = jira.write(jira.connect(), jira.change(issue, *edits))

    (asked,) = jira.server.calls("POST", "/transitions")
    assert written.failures == {}
    assert set(asked.body["fields"]) == {HEALTH}
    assert statuses(issue) == ["3"]


# -- people


def test_two_people_of_one_name_are_told_apart(jira):
    """A search for a name has several hits, and the first may be the wrong one: only ids name people."""
    jira.world.add_user("other", "Dana Reyes")
    issue = jira.world.create()
    adapter = jira.connect()

    jira.write(adapter, jira.change(issue, SetField("owner", None, (PersonRef(jira.who("other")),))))
    (ticket,) = adapter.read([TicketRef(issue.id, issue.key)])

    assert issue.values["assignee"] == "other"
    assert [ref.id for ref in ticket.values["owner"]] == [jira.who("other")]
    assert not [call for call in jira.server.calls("GET") if "/user" in call.path]


def test_a_hidden_address_hides_nobody(jira):
    """Most Cloud users hide their e-mail address: it proposes who somebody is, and decides nothing."""
    for user in jira.world.users.values():
        user.email_visible = False
    jira.world.create(assignee="dana")
    adapter = jira.connect()

    (owner,) = pull(adapter).one.values["owner"]

    assert (owner.id, owner.name, owner.email) == (jira.who("dana"), "Dana Reyes", "")
    assert {person.email for person in adapter.people()} == {""}


def test_somebody_who_left_cannot_be_assigned(jira):
    """Jira refuses a deactivated account; the refusal is the owner's and the rest is written."""
    jira.world.deactivate("idris")
    issue = jira.world.create()
    owner = SetField("owner", None, (PersonRef(jira.who("idris")),))

    (written,) = jira.write(jira.connect(), jira.change(issue, owner, SetField("health", None, "ok")))

    assert list(written.failures) == [0]
    assert isinstance(written.failures[0], Rejected)
    assert issue.values[HEALTH]


def test_everybody_is_listed_although_pages_come_short(jira):
    """Jira takes a page and filters it afterwards: fewer people than asked for are not the end."""
    for number in range(120):
        jira.world.add_user(f"u{number:03d}", f"User {number}")
    jira.server.fail("GET", "/user/assignable/search", alter=lambda users: users[:1])

    listed = {person.id for person in jira.connect().people()}

    assert jira.who("u119") in listed


# -- fields and options


def test_a_renamed_field_is_still_ours(jira):
    """Names change and are not unique; what is mapped by its id is found under any name, its past included."""
    issue = jira.world.create(Severity="UX complaint")
    jira.world.clock.advance(minutes=1)
    issue.set("Severity", "Data issue")
    adapter = jira.connect()
    jira.world.fields["customfield_10051"].name = "Schweregrad"

    ticket = pull(jira.connect(fresh=True, discovery=adapter.discovery)).one

    assert [fact.value for fact in ticket.history["severity"]] == ["ux_complaint", "data_issue"]


@pytest.mark.parametrize("disabled", [False, True])
def test_an_option_is_written_by_its_id_unless_it_is_disabled(jira, disabled):
    """Options are spelled as people like, so Jira is asked for their ids; a disabled one must not be chosen."""
    options = jira.world.fields[HEALTH].options
    options[1] = replace(options[1], value="Due soon")
    issue = jira.world.create()

    def shown(body):
        body["fields"][HEALTH]["allowedValues"][1]["disabled"] = disabled
        return body

    jira.server.fail("GET", tuple(f"{path}/editmeta" for path in jira.paths(issue)), alter=shown)

    (written,) = jira.write(jira.connect(), jira.change(issue, SetField("health", None, "due_soon")))

    assert issue.values.get(HEALTH) == (None if disabled else options[1].id)
    assert [type(error) for error in written.failures.values()] == ([Rejected] if disabled else [])


def test_doctor_reads_the_form_of_a_new_ticket_on_either_jira(jira):
    """Cloud and Data Center name the same list differently; without tickets it is all that tells options."""
    jira.world.fields[HEALTH].options.pop()

    lines = {problem.subject: problem for problem in jira.connect().check()}

    assert lines["options.health"].level is Level.FAIL
    assert "breached" in lines["options.health"].message


@pytest.mark.parametrize("text", ["Call\nGlobex", "x" * 256], ids=["two lines", "too long"])
def test_a_text_that_a_line_cannot_hold_is_refused_by_name(jira, text):
    """A summary is one line of 255: anything else is the tracker's no, with our name of the field."""
    parent = jira.world.create()
    draft = Draft("op-1", {"summary": text}, TicketRef(parent.id, parent.key))

    with pytest.raises(Rejected) as refusal:
        jira.connect().create(draft)

    assert refusal.value.field == "summary"


def test_a_note_that_is_too_long_is_refused_and_the_fields_are_written(jira):
    """Jira takes 32,767 characters: the note's no must not cost the deadlines."""
    issue = jira.world.create()
    edits = (SetField("health", None, "ok"), WriteNote("word " * 9000, "d", None))

    (written,) = jira.write(jira.connect(), jira.change(issue, *edits))

    assert [type(error) for error in written.failures.values()] == [Rejected]
    assert 1 in written.failures
    assert issue.values[HEALTH]


# -- what is in scope


@pytest.mark.parametrize("key", ["AND", "OR", "EMPTY", "SELECT"])
def test_reserved_words_are_only_names(jira, key):
    """A project may be called like an operator, and a label may hold a colon or an emoji."""
    labels = ["exec:vip", "\U0001f525", "not", "a-b/c"]
    jira.world.add_project(key, "Reserved", types=("Escalation",))
    jira.world.create(key, labels=labels)
    scope = {"project": key, "labels": labels}

    assert pull(jira.connect(scope=scope)).keys == [f"{key}-1"]


def test_parts_of_a_ticket_are_no_escalations_of_their_own(jira):
    """A scope without a type would catch sub-tasks, our own follow-ups among them."""
    jira.world.create()
    jira.world.create(type_="Sub-task")
    scope = {"project": "EXEC"}

    assert pull(jira.connect(scope=scope)).keys == ["EXEC-1"]
    assert len(pull(jira.connect(scope=SCOPE | {"issue_type": "Sub-task"})).keys) == 1


def test_a_server_with_more_than_its_window_is_asked_anew_from_a_later_time():
    """Data Center refuses offsets beyond 10,000: long before, the question starts from the last ticket seen."""
    with rig("datacenter") as jira:
        jira.world.create()
        late = jira.world.create()

        def many(body):
            first = body["issues"][0]
            rows = [deepcopy(first) | {"id": str(10**6 + n), "key": f"EXEC-{9000 + n}"} for n in range(5000)]
            return body | {"issues": rows, "total": 12_000}

        jira.server.fail("GET", "/search", alter=many)

        pulled = pull(jira.connect())

        asked = jira.server.calls("GET", "/search")
        assert late.key in pulled.keys
        assert {call.number("startAt", 0) for call in asked} == {0}
        assert "updated >=" in asked[1].one("jql")


# -- the gateway


class _Gateway:
    """Atlassian's gateway in front of a site: the same paths behind a prefix, for tokens of its own."""

    def __init__(self, world, prefix):
        self.world, self._prefix = world, prefix
        self._site = Cloud(world, "https://acme.atlassian.net")

    def handle(self, request):
        if not request.path.startswith(self._prefix):
            return Reply(401)
        return self._site.handle(replace(request, path=request.path.removeprefix(self._prefix)))


def test_a_scoped_token_works_at_the_gateway_and_links_lead_to_the_site():
    """The site answers 401 to such a token; people read their tickets at the site all the same."""
    world, prefix = site(), "/ex/jira/0b6f"
    world.create().comment("dana", "#ack Hello")
    service = FakeService(f"https://api.atlassian.com{prefix}", _Gateway(world, prefix))
    gateway = Rig("cloud", world, service)

    with through_responses(service):
        ticket = pull(gateway.connect(connection={"token": TOKEN})).one
        gateway.close()

    assert ticket.url == "https://acme.atlassian.net/browse/EXEC-1"
    assert ticket.messages[0].url.startswith("https://acme.atlassian.net/browse/EXEC-1?")


def test_all_users_are_asked_for_where_the_project_lists_nobody(jira):
    """Without the right to assign, the list of a project is empty and no error."""
    jira.world.assignable = set()

    assert jira.who("dana") in {person.id for person in jira.connect().people()}

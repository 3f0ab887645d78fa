"""What is peculiar to Jira Data Center: pages, old servers, user keys, comment flags, passwords, CAPTCHA."""

from __future__ import annotations

import pytest
from fakes.http import Reply
from fakes.jira.datacenter import PASSWORD, USERNAME
from fakes.jira.rig import pull, rig
from fakes.jira.site import site

from escsync.adapter import Denied, PersonRef, SetField, TicketRef


@pytest.fixture
def jira():
    with rig("datacenter") as made:
        yield made


@pytest.fixture
def desk():
    with rig("datacenter", site("service_desk")) as made:
        yield made


@pytest.mark.parametrize("cap", [1, 7, 50])
def test_a_server_that_caps_its_pages_is_read_to_the_end(jira, cap):
    """maxResults is a wish: pages are counted by what came."""
    jira.face.page_cap = cap
    for _ in range(23):
        jira.world.create()

    keys = pull(jira.connect()).keys

    assert sorted(keys) == sorted(f"EXEC-{n}" for n in range(1, 24))


def test_a_ticket_that_changes_between_pages_is_not_lost(jira):
    """Offsets shift when rows move: what slips is seen in this pull or the next."""
    jira.face.page_cap = 2
    issues = [jira.world.create() for _ in range(6)]
    adapter = jira.connect()
    pages = adapter.pull(None)
    first = next(pages)
    jira.world.clock.advance(minutes=1)
    issues[0].set("summary", "moved to the end")
    rest = list(pages)
    seen = {ticket.key for page in [first, *rest] for ticket in page.tickets}
    seen |= set(pull(jira.again(adapter), rest[-1].cursor).keys)

    assert seen == {issue.key for issue in issues}


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Asia/Kolkata"])
def test_a_server_that_takes_no_milliseconds_is_asked_in_the_accounts_zone(jira, zone):
    """Remembered in what was learnt, so that the next pass asks right at once."""
    jira.face.epochs = False
    jira.world.users["escsync"].zone = zone
    issue = jira.world.create()
    adapter = jira.connect()
    cursor = pull(adapter).cursor
    jira.world.clock.advance(hours=30)
    issue.set("summary", "changed")
    jira.world.clock.advance(minutes=1)
    changed = pull(adapter := jira.again(adapter), cursor)
    jira.world.clock.advance(days=3)
    overlapping = pull(adapter := jira.again(adapter), changed.cursor)
    jira.world.clock.advance(hours=2)
    calls = len(jira.server.log)

    idle = pull(jira.again(adapter), overlapping.cursor)

    assert changed.keys == ["EXEC-1"]
    assert idle.keys == []
    assert len(jira.server.log) - calls == 1


def test_a_newer_accounts_key_is_not_its_name(jira):
    """Changelogs name people by key, fields by login name: one person is one id."""
    jira.world.users["idris"].key = "JIRAUSER10200"
    issue = jira.world.create(assignee="idris")
    jira.world.clock.advance(minutes=1)
    issue.assign("dana")
    issue.set("Co-owners", ["idris"])
    jira.world.clock.advance(minutes=1)
    issue.set("Co-owners", None)
    issue.assign("idris")

    ticket = pull(jira.connect()).one

    told = {ref.id for fact in ticket.history["owner"] for ref in fact.value or ()}
    assert told == {"idris", "dana"}


def test_somebody_who_left_the_ticket_is_still_known_by_name(jira):
    """A key in the past of a ticket that names its owner nowhere else."""
    jira.world.users["idris"].key = "JIRAUSER10200"
    issue = jira.world.create(assignee="idris", by="ana")
    jira.world.clock.advance(minutes=1)
    issue.assign("dana", by="ana")

    ticket = pull(jira.connect()).one

    (first,) = ticket.history["owner"][0].value
    assert (first.id, first.name) == ("idris", "Idris Cole")


def test_a_service_desks_flags_are_asked_for(desk):
    """Embedded comments do not tell whether they are public: only the comments themselves do."""
    issue = desk.world.create(by="customer")
    issue.comment("dana", "between us", public=False)
    issue.comment("dana", "dear customer", public=True)

    (message,) = pull(desk.connect()).one.messages

    assert (message.text, message.native) == ("dear customer", True)


def test_a_service_desks_idle_pass_is_one_call(desk):
    """Flags are asked for only where a ticket changed."""
    issue = desk.world.create(by="customer")
    issue.comment("dana", "dear customer", public=True)
    desk.world.clock.advance(hours=1)
    adapter = desk.connect()
    cursor = pull(adapter).cursor
    desk.world.clock.advance(hours=1)
    calls = len(desk.server.log)

    assert pull(desk.again(adapter), cursor).keys == []
    assert len(desk.server.log) - calls == 1


def test_many_comments_come_whole(jira):
    """Data Center embeds all comments."""
    issue = jira.world.create()
    for number in range(150):
        issue.comment("dana", f"#update {number}")

    assert len(pull(jira.connect()).one.messages) == 150


def test_a_user_name_and_password_do_as_well(jira):
    """For servers without access tokens."""
    jira.world.create()
    login = {"deployment": "datacenter", "username": USERNAME, "password": PASSWORD}

    assert pull(jira.connect(connection=login)).keys == ["EXEC-1"]


def test_what_it_is_can_be_asked(jira):
    """Without `deployment` the server is asked, once."""
    jira.world.create()
    told = jira.credentials()
    del told["deployment"]
    adapter = jira.connect(connection=told)
    cursor = pull(adapter).cursor
    pull(jira.again(adapter, connection=told), cursor)

    assert len(jira.server.calls("GET", "/serverInfo")) == 1


def test_a_captcha_is_said_in_words(jira):
    """After bad logins Data Center wants a browser: retrying makes it worse."""
    jira.face.captcha = True

    with pytest.raises(Denied) as denial:
        pull(jira.connect())

    assert "captcha" in f"{denial.value.message} {denial.value.remedy}".lower()
    assert len(jira.server.log) == 1


def test_a_watched_ticket_that_is_gone_does_not_stop_the_pull(jira):
    """A key that does not exist is refused in JQL; the pull goes on without it."""
    gone, other = jira.world.create(), jira.world.create()
    adapter = jira.connect()
    cursor = pull(adapter).cursor
    jira.world.clock.advance(hours=2)
    gone.delete()
    other.set("summary", "changed")
    jira.world.clock.advance(minutes=1)

    assert pull(jira.again(adapter), cursor, [TicketRef(gone.id, gone.key)]).keys == ["EXEC-2"]


def test_people_are_set_by_name(jira):
    """Data Center knows no account ids."""
    issue = jira.world.create()
    adapter = jira.connect()

    jira.write(adapter, jira.change(issue, SetField("owner", None, (PersonRef("idris"),))))

    (put,) = jira.server.calls("PUT")
    assert put.body["fields"]["assignee"] == {"name": "idris"}


def test_a_server_that_fails_on_a_query_is_not_taken_for_an_old_one(jira):
    """An outage is an outage: the search is not asked in another form for ever after."""
    jira.world.create()
    jira.world.clock.advance(hours=1)
    adapter = jira.connect()
    cursor = pull(adapter).cursor
    jira.world.clock.advance(hours=1)
    jira.server.fail("GET", "/search", Reply(503), times=1)

    pulled = pull(jira.again(adapter), cursor)

    assert pulled.keys == []
    assert "updated >= 1" in jira.server.calls("GET", "/search")[-1].one("jql")

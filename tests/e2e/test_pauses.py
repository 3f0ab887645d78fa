"""Pauses that a tracker asks for, from the command line: kept from one pass to the next, and no longer than they last."""

import json
from datetime import timedelta

import pytest
from e2e.house import House
from fakes.http import Reply
from fakes.jira.rig import SCOPE, rig
from fakes.jira.site import FIELDS, STAGES

from escsync.cli.host import Bell

SEARCH = ("POST", "/search/jql")


@pytest.fixture
def jira():
    """A site with one escalation."""
    with rig("cloud") as made:
        made.world.create(summary="Globex threatens to leave")
        yield made


@pytest.fixture
def house(tmp_path, jira):
    """A project that watches the site, and that has synced once."""
    house = House(tmp_path)
    house.now = jira.world.clock.now()
    house.environ = {"JIRA_TOKEN": jira.credentials()["token"]}
    tracker = {
        "adapter": "jira",
        "mode": "annotate",
        "connection": {**jira.credentials(), "token": "${env:JIRA_TOKEN}", "url": jira.server.url},
        "scope": SCOPE,
        "stages": {stage: list(names) for stage, names in STAGES.items()},
        "fields": {name: list(ids) for name, ids in FIELDS.items()},
    }
    config = {"version": 1, "timezone": "UTC", "company": "Acme", "trackers": {"support": tracker}}
    (tmp_path / "escsync.yaml").write_text(json.dumps(config), "utf-8")
    assert house("sync").code == 0
    return house


def quota(seconds):
    """An hourly quota that is used up."""
    return Reply(429, headers={"Retry-After": str(seconds), "RateLimit-Reason": "jira-quota-tenant-based"})


def sync(house, *arguments):
    """One pass: how it ended, and what it says of the tracker."""
    answer = house("sync", *arguments, "--format", "json")
    return answer.code, answer.json["trackers"]["support"]


def refused(house, jira, seconds=1800, **how):
    """A pass that meets a quota."""
    house.later(minutes=1)
    jira.server.fail(*SEARCH, quota(seconds), **how)
    return sync(house)


def test_the_next_pass_asks_nothing_until_the_pause_is_over(house, jira):
    """No call at all, exit 6, and until when; afterwards all is as ever."""
    code, told = refused(house, jira)
    asked, until = len(jira.server.log), house.now + timedelta(minutes=30)

    within = sync(house.later(minutes=29))
    quiet = len(jira.server.log) - asked
    after = sync(house.later(minutes=1))

    assert (code, told["api_calls"]) == (6, 1)
    assert (within[0], within[1]["api_calls"], quiet) == (6, 0, 0)
    (error,) = within[1]["errors"]
    assert error["code"] == "UNAVAILABLE"
    assert f"asked for a pause until {until:%Y-%m-%dT%H:%M:%SZ}" in error["message"]
    assert error["remedy"]
    assert (after[0], after[1]["errors"]) == (0, [])


@pytest.mark.parametrize("command", [("plan",), ("sync",), ("sync", "--full")])
def test_every_kind_of_pass_keeps_it(house, jira, command):
    """And what the ledger knows can be looked at all the while."""
    refused(house, jira)
    asked = len(jira.server.log)

    ended = house(*command).code

    assert ended == 6
    assert house("list").code == 0
    assert len(jira.server.log) == asked


def test_the_board_says_until_when_the_tracker_is_left_alone(house, jira):
    """In words and for programs; and no longer than it lasts."""
    refused(house, jira)
    until = f"{house.now + timedelta(minutes=30):%Y-%m-%dT%H:%M:%SZ}"

    words, told = house("status").err, house("status", "--format", "json").json
    later = house.later(minutes=31)("status", "--format", "json").json

    assert f"support asked for a pause until {until}" in words
    assert (told["paused_until"], later["paused_until"]) == ({"support": until}, {})


class Watchman(Bell):
    """Lets the time go by that he waits, and rings once it is *until*."""

    def __init__(self, house, until):
        super().__init__()
        self.house = house
        self.until = until

    def wait(self, seconds):
        self.house.later(seconds=seconds)
        if self.house.now >= self.until:
            self.ring()


def test_a_watch_says_it_once_and_goes_on_when_it_is_over(house, jira):
    """It neither asks nor repeats itself every minute; another ten minutes later it has looked ten times."""
    house.later(minutes=1)
    jira.server.fail(*SEARCH, quota(1800))
    asked, begun = len(jira.server.log), house.now

    answer = house(
        "run", "--every", "60s", host=house.host(bell=Watchman(house, begun + timedelta(minutes=40)))
    )

    lines = [line for line in answer.out.splitlines() if "support:" in line]
    assert answer.code == 0
    assert answer.err.count("it asks for a pause of 30 min") == 1
    assert len(lines) == len(jira.server.log) - asked == 1 + 10


def test_a_pause_counts_by_the_clock_of_the_pass(house, jira):
    """--at decides, earlier or later; one that ends further away than a day was noted by another clock."""
    house.later(minutes=1)
    jira.server.fail(*SEARCH, quota(1800), times=1)
    far = house.now + timedelta(days=400)
    assert sync(house, "--at", f"{far:%Y-%m-%dT%H:%M:%SZ}")[0] == 6
    at = [far + timedelta(minutes=29), far + timedelta(minutes=31)]

    codes = [sync(house, "--at", f"{one:%Y-%m-%dT%H:%M:%SZ}")[0] for one in at[:1]]
    codes += [sync(house)[0]]

    assert codes == [6, 0]


def test_a_pause_of_a_month_is_a_day(house, jira):
    """A server's mistake must not silence us for ever."""
    refused(house, jira, seconds=30 * 86_400)

    codes = [sync(house.later(hours=hours))[0] for hours in (23, 1)]

    assert codes == [6, 0]


def test_a_pause_may_be_a_date_of_a_server_whose_clock_is_wrong(house, jira):
    """It lasts as long as the server's own Date says."""
    server = jira.world.clock.now()
    until = (server + timedelta(minutes=20)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    house.later(hours=3)
    jira.server.fail(*SEARCH, Reply(429, headers={"Retry-After": until}))
    assert sync(house)[0] == 6

    codes = [sync(house.later(minutes=minutes))[0] for minutes in (19, 1)]

    assert codes == [6, 0]


def test_a_pause_that_was_waited_out_is_no_matter(house, jira):
    """The pass goes on, and so does the next one at once."""
    code, told = refused(house, jira, seconds=20)

    assert (code, told["errors"]) == (0, [])
    assert sum(house.waits) >= 20
    assert sync(house)[0] == 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_met_while_writing_ends_the_writing_and_is_kept(house, jira, status):
    """Exit 5: what was read counts; the next pass waits, the one after it writes."""
    for n in range(3):
        jira.world.create(summary=f"Initech {n} threatens to leave")
    jira.world.clock.advance(minutes=1)
    house.now = jira.world.clock.now()
    before = len(jira.server.calls("PUT"))
    jira.server.fail("PUT", "", Reply(status, headers={"Retry-After": "1200"}))

    code, told = sync(house)
    writes = len(jira.server.calls("PUT")) - before
    codes = [sync(house.later(minutes=minutes))[0] for minutes in (10, 11)]

    assert (code, writes) == (5, 1)
    assert told["planned"] == told["failed"] > 0
    assert codes == [6, 0]
    assert len(jira.server.calls("PUT")) - before == 1 + 3


def test_a_tracker_at_rest_stops_no_other(house, jira):
    """Each has its own pause."""
    path = house.folder / "escsync.yaml"
    config = json.loads(path.read_text("utf-8"))
    config["trackers"]["second"] = config["trackers"]["support"]
    path.write_text(json.dumps(config), "utf-8")
    refused(house, jira)

    told = house.later(minutes=1)("sync", "--format", "json")

    assert told.code == 6
    assert told.json["trackers"]["support"]["api_calls"] == 0
    assert told.json["trackers"]["second"]["errors"] == []
    assert told.json["trackers"]["second"]["api_calls"] > 0


def test_a_secret_that_a_server_repeats_is_shown_and_kept_nowhere(house, jira):
    """A proxy that echoes the request tells nobody the token: not the screen, not the ledger, not an export."""
    token = house.environ["JIRA_TOKEN"]
    issue = jira.world.create(summary="Another one")
    said = {"errorMessages": [f"bad header Basic {'QWxhZGRpbjpvcGVu' * 2} of {token}"]}
    jira.server.fail("PUT", f"/issue/{issue.id}", Reply(400, said), times=99)

    answer = house.later(minutes=1)("sync", "-v")
    letters = house("ledger", "letters").out
    export = house("ledger", "export", "-").out

    assert "***" in answer.err + letters
    for told in (answer.out, answer.err, letters, export):
        assert token not in told
        assert "QWxhZGRpbjpvcGVu" not in told

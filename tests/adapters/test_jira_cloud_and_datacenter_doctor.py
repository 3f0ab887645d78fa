"""What `escsync doctor` says of a Jira, Cloud and Data Center alike."""

from __future__ import annotations

import pytest
from fakes.http import Reply
from fakes.jira.provisioning import apply, connected, gaps
from fakes.jira.rig import pull
from fakes.jira.schema import Option
from fakes.jira.site import FIELDS, STAGES

from escsync.adapter import (
    Level,
    TrackerError,
)


def test_a_lost_owner_field_fails_the_tracker_whole(jira):
    """Without owner or stage nothing can be judged (decision 78)."""
    jira.world.create()
    fields = dict(FIELDS) | {"owner": ("customfield_99999",)}

    with pytest.raises(TrackerError) as raised:
        pull(jira.connect(fields=fields))

    assert "owner" in f"{raised.value.message} {raised.value.remedy}"


def test_doctor_finds_all_well(jira):
    """Every line of a sound set-up is well."""
    jira.world.create()

    problems = list(jira.connect().check())

    assert problems
    assert [p for p in problems if p.level is Level.FAIL] == []


@pytest.mark.parametrize("status", [403, 404, 405, 410])
def test_doctor_needs_no_count_of_what_is_in_scope(jira, status):
    """Counting is a service of its own on Cloud; that a ticket is found is enough."""
    jira.world.create()
    jira.server.fail("POST", "/search/approximate-count", Reply(status), times=9)

    (scope,) = (p for p in jira.connect().check() if p.subject == "scope")

    assert scope.level is Level.OK


@pytest.mark.parametrize("reply", [Reply(503), Reply(403), Reply(200, raw=b"<html>", content="text/html")])
def test_what_cannot_be_asked_is_a_matter_of_access(jira, reply):
    """An outage in the middle, or a right that was taken, is no change of what the configuration names."""
    jira.world.create()
    jira.server.fail("GET", "/statuses", reply, times=9)

    wrong = [p for p in jira.connect().check() if p.level is Level.FAIL]

    assert [p.subject for p in wrong] == ["access"]


def test_a_project_that_is_listed_and_shut_is_not_proposed_for_itself(jira):
    """It may be seen in the list and not be looked at."""
    jira.server.fail("GET", ("/project/EXEC", "/project/EXEC/statuses"), Reply(404), times=9)

    (wrong,) = [p for p in jira.connect().check() if p.level is Level.FAIL]

    assert "EXEC" in wrong.message
    assert "did you mean" not in wrong.remedy


def test_doctor_names_every_gap_with_its_remedy(jira):
    """A field that is not there, an option that is not, a status that is not: one line each."""
    jira.world.create()
    jira.world.fields["customfield_10061"].options.pop()
    fields = dict(FIELDS) | {"account.name": ("No such field",)}
    stages = dict(STAGES) | {"customer_update": ("No such status",)}

    lines = [p for p in jira.connect(fields=fields, stages=stages).check() if p.level is not Level.OK]

    text = "\n".join(f"{p.subject} {p.message} {p.remedy}" for p in lines)
    assert "account.name" in text
    assert "No such field" in text
    assert "No such status" in text
    assert f"no option of '{jira.world.fields['customfield_10061'].name}' stands for breached" in text
    assert all(p.remedy for p in lines)


def test_a_list_without_any_option_is_told_whatever_it_is_for(server):
    """Data Center makes lists empty, and options are added by hand: until then nobody can fill them in."""
    only = ("root_cause", "is_technical", "checklist.csm_spoken")
    adapter = connected(server)
    fields = apply(adapter, gaps(adapter, only=only))
    before = {p.subject for p in connected(server, fields).check() if p.level is Level.WARNING}
    for (id,) in fields.values():
        server.world.fields[id].options.append(Option(f"9{id[12:]}", "Yes"))

    after = {p.subject for p in connected(server, fields).check() if p.level is Level.WARNING}

    assert before >= {f"options.{name}" for name in only}
    assert not after & {"options.is_technical", "options.checklist.csm_spoken"}


def test_doctor_says_what_is_wrong_with_access(jira):
    """Bad credentials are one line and not a traceback."""
    told = jira.credentials() | {"token": "wrong"}

    problems = list(jira.connect(connection=told).check())

    assert [p.level for p in problems if p.level is Level.FAIL]
    assert all("wrong" not in f"{p.message}{p.remedy}" for p in problems if p.level is Level.FAIL)


def test_a_project_that_is_not_there_is_named(jira):
    """A typo in the scope."""
    scope = {"project": "EXCE"}

    with pytest.raises(TrackerError) as raised:
        pull(jira.connect(scope=scope))

    assert "EXCE" in raised.value.message
    assert any("EXCE" in p.message for p in jira.connect(scope=scope).check() if p.level is Level.FAIL)

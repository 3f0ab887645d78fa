"""The fake Jira itself: JQL, the search index, paging, workflow, and the judge that watches the calls."""

from __future__ import annotations

import pytest
import requests
from fakes.http import Reply, Request
from fakes.jira.adf import document
from fakes.jira.cloud import EMAIL, TOKEN, cloud
from fakes.jira.datacenter import TOKEN as PAT
from fakes.jira.datacenter import datacenter
from fakes.jira.jql import JqlError, Parser
from fakes.jira.site import site
from fakes.openapi import DOCUMENT, official

needs_document = pytest.mark.skipif(not DOCUMENT.exists(), reason="the official OpenAPI document is not here")


def post(server, path, body, status=200):
    answer = requests.post(f"{server.url}/rest/api/3{path}", json=body, auth=(EMAIL, TOKEN), timeout=5)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.text else None


def matches(world, jql):
    query = Parser(world, jql).query()
    return [issue.key for issue in world.index.issues() if query.test is None or query.test(issue)]


@pytest.mark.parametrize(
    ("jql", "expected"),
    [
        ('project = "EXEC"', ["EXEC-1", "EXEC-2"]),
        ('project = "EXEC" AND labels = "vip"', ["EXEC-1"]),
        ('project = "EXEC" AND NOT labels = "vip"', ["EXEC-2"]),
        (
            '(project = "EXEC" AND labels = vip) OR key in ("EXEC-2", "OTHER-1")',
            ["EXEC-1", "EXEC-2", "OTHER-1"],
        ),
        ("labels not in (vip)", ["EXEC-2"]),
        ("labels is EMPTY", ["OTHER-1"]),
        ('issuetype = "Escalation" AND status in (Open, 3)', ["EXEC-1", "EXEC-2", "OTHER-1"]),
        ("statusCategory != Done AND assignee = EMPTY", ["EXEC-2", "OTHER-1"]),
        ('summary ~ "second"', ["EXEC-2"]),
        (r'labels = "a\"b\\c"', ["EXEC-2"]),
        ("updated >= 1772528460000", ["EXEC-2", "OTHER-1"]),
        ('updated >= "2026-03-03 06:01"', ["EXEC-2", "OTHER-1"]),
        ("updated >= -30m AND key = EXEC-1", ["EXEC-1"]),
        ('cf[10051] = "Data issue"', ["EXEC-1"]),
    ],
)
def test_jql_finds_what_jira_finds(jql, expected):
    """Quoted minutes are read in the account's own zone, numbers are milliseconds, OR binds weaker than AND."""
    world = site(zone="America/Sao_Paulo")
    world.create(labels=["vip"], assignee="dana", Severity="Data issue")
    world.clock.advance(minutes=1)
    world.create(labels=['a"b\\c'], summary="The second")
    world.create("OTHER")

    assert expected == matches(world, jql)


@pytest.mark.parametrize(
    ("jql", "words"),
    [
        ("project = EXEC", "'EXEC' is a reserved JQL word"),
        ("nonsense = 1", "Field 'nonsense' does not exist"),
        ('project = "GONE"', "The value 'GONE' does not exist for the field 'project'."),
        ('key in ("EXEC-99")', "An issue with key 'EXEC-99' does not exist for field 'key'."),
        ("labels = {x}", "reserved JQL character"),
        ('updated >= "yesterday"', "Date value 'yesterday' for field 'updated' is invalid"),
        ('labels = "a" labels = "b"', "Expecting either 'OR' or 'AND'"),
    ],
)
def test_jql_is_refused_in_jiras_words(jql, words):
    """What Jira does not understand, or cannot find, is an error and not an empty answer."""
    with pytest.raises(JqlError) as refusal:
        matches(site(), jql)

    assert words in str(refusal.value)


def test_an_unbounded_search_is_refused():
    """Cloud wants a restriction in every query."""
    with cloud(site()) as server:
        told = post(server, "/search/jql", {"jql": "ORDER BY key"}, 400)

    assert told["errorMessages"][0].startswith("Unbounded JQL queries are not allowed here.")


def test_the_index_lags_except_for_reconciled_issues():
    """Ids in reconcileIssues come from the database, everything else from the index."""
    world = site()
    world.create()
    world.index.stop()
    late = world.create()

    with cloud(world) as server:
        query = {"jql": 'project = "EXEC"', "fields": ["summary"]}
        seen = post(server, "/search/jql", query)["issues"]
        reconciled = post(server, "/search/jql", query | {"reconcileIssues": [int(late.id)]})["issues"]

    assert [len(seen), len(reconciled)] == [1, 2]


def test_an_issue_that_changes_while_pages_are_read_is_seen_again():
    """Pages go on behind the last row: what moves to the end is not lost."""
    world = site()
    issues = [world.create() for _ in range(4)]
    world.clock.advance(minutes=1)
    query = {"jql": 'project = "EXEC" ORDER BY updated ASC', "fields": ["summary"], "maxResults": 2}

    with cloud(world) as server:
        first = post(server, "/search/jql", query)
        issues[0].set("summary", "changed")
        second = post(server, "/search/jql", query | {"nextPageToken": first["nextPageToken"]})
        third = post(server, "/search/jql", query | {"nextPageToken": second["nextPageToken"]})

    keys = [issue["key"] for page in (first, second, third) for issue in page["issues"]]
    assert keys == ["EXEC-1", "EXEC-2", "EXEC-3", "EXEC-4", "EXEC-1"]
    assert third["isLast"]


def test_a_refused_write_changes_nothing():
    """A request is checked whole before any of it happens."""
    world = site()
    issue = world.create(summary="as it was")
    body = {
        "fields": {"summary": "new", "customfield_10060": "tomorrow"},
        "update": {"labels": [{"add": "x"}]},
    }

    with cloud(world) as server:
        url = f"{server.url}/rest/api/3/issue/EXEC-1"
        answer = requests.put(url, json=body, auth=(EMAIL, TOKEN), timeout=5)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["customfield_10060"]
    assert issue.values["summary"] == "as it was"
    assert issue.histories == []


def test_a_transition_wants_its_required_fields():
    """The screen of a transition decides what must, and what may, come with it."""
    world = site()
    issue = world.create()
    issue.move("Pending")
    closing = next(t for t in world.projects[issue.values["project"]].transitions if t.screen)

    with cloud(world) as server:
        path = "/issue/EXEC-1/transitions"
        told = post(server, path, {"transition": {"id": closing.id}}, 400)
        post(
            server, path, {"transition": {"id": closing.id}, "fields": {"resolution": {"name": "Done"}}}, 204
        )

    assert told["errors"] == {"resolution": "Resolution is required."}
    assert issue.values["status"] == "6"


def test_data_center_refuses_a_document_and_cloud_a_string():
    """Rich text is ADF on the one and wiki text on the other."""
    world = site()
    world.create()
    with cloud(world) as server:
        told = post(server, "/issue/EXEC-1/comment", {"body": "plain"}, 400)
    with datacenter(world) as server:
        url, key = f"{server.url}/rest/api/2/issue/EXEC-1/comment", {"Authorization": f"Bearer {PAT}"}
        answer = requests.post(url, json={"body": document("x")}, headers=key, timeout=5)

    assert "Atlassian Document" in told["errors"]["comment"]
    assert answer.status_code == 400


@needs_document
@pytest.mark.parametrize(
    ("method", "path", "body", "reply", "word"),
    [
        ("POST", "/rest/api/3/search/jql", {"jql": "x", "startAt": 0}, {}, "startAt"),
        ("POST", "/rest/api/3/search/jql", {"jql": "x", "expand": ["changelog"]}, {}, "request at expand"),
        ("POST", "/rest/api/3/search/jql", {"jql": "x", "reconcileIssues": ["1"]}, {}, "reconcileIssues"),
        ("POST", "/rest/api/3/search/jql", {"jql": "x"}, {"total": 1}, "total"),
        ("POST", "/rest/api/3/changelog/bulkfetch", {"issueIdsOrKeys": []}, {}, "issueIdsOrKeys"),
        ("POST", "/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": [10001]}, {}, "issueIdsOrKeys"),
        ("PUT", "/rest/api/3/issue/X-1", {"fields": {}, "properties": {"key": "x"}}, {}, "properties"),
        ("PUT", "/rest/api/3/issue/X-1/comment/1", {"body": {}, "jsdPublic": False}, {}, "jsdPublic"),
        ("GET", "/rest/api/3/myself", None, {"accountId": 5}, "accountId"),
        ("GET", "/rest/api/3/nothing", None, {}, "no such operation"),
    ],
)
def test_the_judge_objects(method, path, body, reply, word):
    """A judge that never objects proves nothing."""
    found = official(DOCUMENT).faults(Request(method, path, {}, body), Reply(200, reply))

    assert word in "\n".join(found)


@needs_document
def test_a_bad_call_fails_the_test_that_made_it():
    """Even a call that the fake answers happily is a failure when the document does not know it."""
    server = cloud(site())
    with pytest.raises(AssertionError, match="sessionToken"), server:
        post(server, "/search/jql", {"jql": 'project = "EXEC"', "sessionToken": "x"})

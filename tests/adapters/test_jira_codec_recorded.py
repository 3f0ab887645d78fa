"""Real answers of real Jiras, as recorded by other projects: the codec reads each that is its business."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from escsync_jira import changelog, codec, comments, schema, scope, workflow
from escsync_jira.answers import Refusal
from escsync_jira.schema import Column, Schema
from escsync_jira.settings import JiraScope

from escsync.adapter import PersonKind, Stage, Vocabulary

RECORDED = Path(__file__).parents[2].parent / "shared" / "api" / "jira" / "recorded"
STAGES = {Stage.INTAKE: ("1", "Backlog"), Stage.CLOSED: ("6",)}


def recorded(name):
    path = RECORDED / name
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    return json.loads(path.read_text(encoding="utf-8"))


def looks(*, cloud=True, **columns):
    statuses = {"6": ("Closed", "done"), "1": ("Open", "new")}
    mapped = {name: (column,) for name, column in columns.items()} | {
        "summary": (Column("summary", "Summary", "string"),),
        "owner": (Column("assignee", "Assignee", "user"),),
        "stage": (Column("status", "Status", "status"),),
        "priority": (Column("priority", "Priority", "priority"),),
    }
    return Schema("https://j", cloud, "nobody", Vocabulary(stages=STAGES), UTC, mapped, {}, statuses)


def read(raw, *, cloud=True):
    told = raw.get("changelog") or {}
    comment = (raw["fields"].get("comment") or {}).get("comments", [])
    within = JiraScope(project=raw["fields"]["project"]["key"])
    return codec.ticket(raw, told.get("histories"), comment, looks(cloud=cloud), within)


def test_a_cloud_issue_in_chinese():
    """Names are in the site's language; ids and categories decide."""
    raw = recorded("cloud-issue-with-changelog.json")

    ticket = read(raw)

    assert ticket.id == raw["id"]
    assert ticket.status.id == raw["fields"]["status"]["id"]
    assert ticket.status.done == (raw["fields"]["status"]["statusCategory"]["key"] == "done")
    facts = ticket.history["stage"]
    assert facts[-1].value.id == ticket.status.id
    assert [fact.when.at for fact in facts] == sorted(fact.when.at for fact in facts)
    assert all(fact.when.at >= ticket.created_at for fact in facts)


@pytest.mark.parametrize("number", range(4))
def test_cloud_issues_without_field_ids(number):
    """Some items name no fieldId: the type changed under another id."""
    raw = recorded("cloud-faros-issues-with-changelog.json")[number]
    if "status" not in raw["fields"]:
        with pytest.raises(changelog.Unintelligible):
            read(raw)
        return

    ticket = read(raw)

    moves = [i for h in raw["changelog"]["histories"] for i in h["items"] if i["field"] == "status"]
    assert len(ticket.history["stage"]) <= len(moves) + 1
    assert ticket.created_at.tzinfo is UTC


def test_a_page_of_histories():
    """Cloud's own endpoint: oldest first, links and workflows among the changes."""
    values = recorded("cloud-issue-changelog-values.json")["values"]

    changes = changelog.read(values, looks())

    statuses = changes.of(Column("status", "Status", "status"))
    assert statuses[0].side("from") == ("1", "Open")
    assert statuses[0].at == datetime(2021, 1, 29, 7, 58, 12, tzinfo=UTC)
    assert [e.at for some in changes.by_field.values() for e in some]


def test_every_kind_of_item():
    """Estimates, sprints, ranks, links: whatever is not mapped is passed over."""
    items = recorded("cloud-changelog-item-kinds.json")
    history = {"id": "1", "created": "2026-03-03T09:00:00.000+0000", "items": items}

    changes = changelog.read([history], looks())

    (priority,) = changes.of(Column("priority", "Priority", "priority"))
    assert (priority.side("from"), priority.side("to")) == (("3", "Medium"), ("2", "High"))


def test_users():
    """Apps are bots; everybody has an id and a name."""
    refs = [looks().person(raw) for raw in recorded("cloud-user.json")]

    assert [ref.kind for ref in refs] == [PersonKind.BOT, PersonKind.BOT, PersonKind.HUMAN]
    assert all(ref.id and ref.name and ref.active for ref in refs)


@pytest.mark.parametrize("name", ["cloud-status.json", "server-jiraruby-status.json"])
def test_statuses(name):
    """Their category tells what is done, in whatever language."""
    for raw in recorded(name):
        category = (raw.get("statusCategory") or {}).get("key", "")
        status = looks().status(raw["id"], raw["name"], category)
        assert (status.id, status.name, status.done) == (raw["id"], raw["name"], category == "done")


def test_a_data_centers_fields():
    """A user picker by name, a plug-in's field of no known type, and those every Jira has."""
    every = schema.listed(recorded("dc-field-custom.json"))

    (picker,) = schema.matching("cu用户单选", every)
    (branch,) = schema.matching("cf[10400]", every)
    assert (picker.id, picker.type) == ("customfield_10315", "user")
    assert branch.type == "any"
    assert schema.matching("assignee", every)[0].type == "user"
    assert schema.matching("nothing like it", every) == []


def test_a_server_issue():
    """No changelog, no category, users by name, a day for a due date."""
    ticket = read(recorded("server-jiraruby-issue_10002.json"), cloud=False)

    assert (ticket.key, ticket.values["summary"]) == ("SAMPLEPROJECT-1", "Sample Issue")
    assert [ref.id for ref in ticket.values["owner"]] == ["admin"]
    assert ticket.values["priority"] == "Major"
    assert ticket.created_at == datetime(2011, 12, 13, 21, 26, 6, tzinfo=UTC)
    assert ticket.history == {}


def test_a_servers_comments():
    """None is marked, so none is a message."""
    raw = recorded("server-jiraruby-issue_10002_comment.json")["comments"]
    desk = comments.Desk(service_desk=False, reporter="admin", key="S-1")

    assert comments.read(raw, desk, looks(cloud=False)) == ((), None)
    native = comments.read(raw, comments.Desk(True, "", "S-1"), looks(cloud=False))[0]
    assert [message.text for message in native] == ["This is a comment. Creative.", "new comment"]
    assert [message.edited_at is None for message in native] == [False, True]


@pytest.mark.parametrize(
    "name", ["server-gojira-transitions.json", "server-jiraruby-issue_10002_transitions.json"]
)
def test_transitions(name):
    """Each leads to a status with an id and a name; what it requires is named."""
    for transition in recorded(name)["transitions"]:
        assert workflow.leads_to(transition)
        assert workflow.leads_to(transition) in workflow.spellings(transition)
        assert workflow.required(transition) == {
            id: meta["name"]
            for id, meta in transition.get("fields", {}).items()
            if meta.get("required") and not meta.get("hasDefaultValue")
        }


@pytest.mark.parametrize(
    "name",
    [
        "server-jiraruby-issue_10002.invalid.put.json",
        "server-jiraruby-issue_10002.put.missing_field_update.json",
    ],
)
def test_refusals(name):
    """The field is kept beside its message."""
    body = recorded(name)

    refusal = Refusal.of(body)

    assert refusal.fields.keys() == body["errors"].keys()
    assert refusal.words


def test_projects_are_known_by_key_and_by_name():
    """Whatever the case."""
    for raw in recorded("cloud-project.json"):
        assert scope.contains(JiraScope(project=raw["key"].lower()), {"project": raw})
        assert not scope.contains(JiraScope(project="ELSEWHERE"), {"project": raw})


def test_issue_types_are_known_by_name_and_by_id():
    """A type that is a part of another ticket is known as such."""
    for raw in recorded("cloud-issuetype.json"):
        for told in (raw["name"], raw["id"]):
            within = JiraScope(project="P", issue_type=told)
            assert scope.contains(within, {"project": {"key": "P"}, "issuetype": raw})
        assert scope.is_subtask(JiraScope(project="P"), {"issuetype": raw}) == raw["subtask"]

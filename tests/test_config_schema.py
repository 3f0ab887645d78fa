"""The JSON Schemas and the example files that are shipped: complete, true, and of one mind with the loader."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from escsync.config import load, people_schema, policy_file_schema, policy_yaml, schema
from escsync.config.document import parse, read
from escsync.domain.fields import FIELDS, MAPPED_STAGES
from escsync.domain.plan import Mode
from escsync.domain.policy import Policy

CONFIG = Path(__file__).parents[1] / "config"
SCHEMAS = {
    "escsync.schema.json": schema,
    "people.schema.json": people_schema,
    "policy.schema.json": policy_file_schema,
}
SECRETS = dict.fromkeys(
    ("JIRA_TOKEN", "NOTION_TOKEN", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"), "hush"
)
EMPTY = (None, [], [None], [""], [{}], [[]])
EXAMPLES = ["jira-cloud.yaml", "jira-datacenter.yaml", "local.yaml", "notion.yaml", "salesforce.yaml"]


def nodes(value):
    """Every mapping in *value*."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(each)


def wrong(text, made=schema):
    """The keys at which an editor would mark *text*."""
    validator = Draft202012Validator(made())
    return [".".join(map(str, error.path)) for error in validator.iter_errors(parse(text, "f").data)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shipped_schema_is_the_one_of_the_code(name):
    """If this fails: `escsync schema` prints the new one."""
    assert json.loads((CONFIG / name).read_text(encoding="utf-8")) == SCHEMAS[name]()


@pytest.mark.parametrize("made", SCHEMAS.values(), ids=SCHEMAS)
def test_every_key_has_a_description_and_an_example(made):
    """An editor shows both while one types, of the adapters' own keys, too."""
    Draft202012Validator.check_schema(made())
    told = [
        (name, each)
        for node in nodes(made())
        if isinstance(node.get("properties"), dict) and "$schema" not in node["properties"]
        for name, each in node["properties"].items()
        # What only says when something else holds describes nothing.
        if "const" not in each and each.keys() != {"additionalProperties"}
    ]

    assert [name for name, each in told if not str(each.get("description", "")).strip()] == []
    assert [name for name, each in told if each.get("examples") in EMPTY and name != "scope"] == []
    assert len(told) > 15


@pytest.mark.parametrize("made", SCHEMAS.values(), ids=SCHEMAS)
def test_every_example_fits_the_schema(made):
    """What is offered for copying is well."""
    whole = made()
    unfit = [
        (name, example)
        for node in nodes(whole)
        if isinstance(node.get("properties"), dict) and "$schema" not in node["properties"]
        for name, each in node["properties"].items()
        for example in each.get("examples", ())
        if not Draft202012Validator({**each, "$defs": whole["$defs"]}).is_valid(example)
    ]

    assert unfit == []


@pytest.mark.parametrize(
    ("text", "where"),
    [("clocks: {ack: {within: 90m, due_soon: 30m}, update: {within: PT8H}, follow_up: {schedule_grace: 1d 12h}}", []),
     ("clocks: {ack: {within: soon}}", ["clocks"]),
     ("clocks: {ack: {due_soon: often}}", ["clocks"]),
     ("timezone: Europe/Berlin\nanalytics: {timezone: '${env:ZONE}'}", []),
     ("timezone: '+01:00'", ["timezone"]),
     ("calendars: {ny: {timezone: UTC, hours: {Mon-Thu: '9:00-12:00, 13:00-17:00', 'fri,sat': ['09:00-12:00']}}}", []),
     ("calendars: {ny: {timezone: UTC, hours: {mo-fr: '9:00-12:00'}}}", ["calendars.ny.hours"]),
     ("priority: {highest_tier: gold}", ["priority"]),
     ("lifecycle: {slip: 5}", ["lifecycle"])],
)  # fmt: skip
def test_the_schema_knows_durations_and_zones(text, where):
    """A typing mistake is marked before anything is run."""
    assert wrong(text, policy_file_schema) == where


def test_a_file_that_includes_others_need_not_be_whole():
    """What it lacks stands in them; alone, it is marked."""
    part = "company: Acme\ntrackers: {desk: {mode: annotate}}\n"

    assert wrong("include: [base.yaml]\n" + part) == []
    assert sorted(wrong(part)) == ["", "", "trackers.desk"]


def test_every_canonical_word_is_in_the_schema():
    """A field or a stage that is not offered does not exist for an admin."""
    tracker = schema()["$defs"]["TrackerYaml"]["properties"]

    assert set(tracker["fields"]["properties"]) == set(FIELDS)
    assert set(tracker["stages"]["properties"]) == {stage.value for stage in MAPPED_STAGES}


def test_the_schema_knows_each_adapter_s_own_keys():
    """`connection:` is completed for the adapter that is named."""
    head = "version: 1\ntimezone: UTC\ncompany: A\ntrackers:\n  a: {adapter: jira, scope: {project: X}, connection: "

    assert wrong(head + "{url: 'https://a.atlassian.net', email: a@b.c, token: '${env:T}'}}") == []
    assert wrong(head + "{url: 'https://a.atlassian.net', timeout: '${env:T}'}}") == []
    assert wrong(head + "{url: 'https://a.atlassian.net', tokn: x}}") == ["trackers.a.connection"]
    assert wrong(head + "{url: 'https://a.atlassian.net', token: written-out}}") == [
        "trackers.a.connection.token"
    ]


@pytest.mark.parametrize(
    ("text", "where"),
    [("people: [{id: a, name: b, roles: [csm, {role: csm, from: 2024-01-01}]}]", []),
     ("people: [{id: a, name: b, roles: [cms]}]", ["people.0.roles.0"]),
     ("people: [{id: a, name: b, ids: {x: 5}, may_approve_exceptions: true}]", []),
     ("people: [{id: a, nmae: b}]", ["people.0", "people.0"])],
)  # fmt: skip
def test_the_schema_of_people_marks_what_the_loader_refuses(text, where):
    """Bare role names and numbers as ids are well; typing mistakes are not."""
    assert wrong(text, people_schema) == where


@pytest.mark.parametrize("name", [*EXAMPLES, "people.yaml", "policy.yaml"])
def test_an_example_names_its_schema_and_fits_it(name):
    """An editor checks it from the first line on."""
    path = CONFIG / name
    first = path.read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")

    assert list(Draft202012Validator(SCHEMAS[named]()).iter_errors(read(path).data)) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_loads_as_it_is(name, tmp_path):
    """An admin who copies it starts from something that works, and in observe mode."""
    for path in CONFIG.iterdir():
        text = path.read_text(encoding="utf-8").replace("/run/secrets/", f"{tmp_path}/")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    (tmp_path / "jira_token").write_text("hush")

    config = load(tmp_path / name, environ=SECRETS)

    assert set(config.modes.values()) == {Mode.OBSERVE}
    assert len(config.directory.people) > 5
    assert config.accounts.find("A-1001", None).csm in config.directory.people
    assert config.policy == Policy(timezone="Europe/Berlin")


def test_the_shipped_policy_is_the_whole_default():
    """Every key with its meaning: what `escsync policy show` prints."""
    assert (CONFIG / "policy.yaml").read_text(encoding="utf-8") == policy_yaml(Policy())


def test_an_adapter_that_is_broken_costs_its_own_keys_only(tmp_path, monkeypatch):
    """The schema of the others is still there."""
    info = tmp_path / "escsync_test_broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: escsync_test_broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[escsync.adapters]\nbroken = escsync_test_broken:plugin\n")
    (tmp_path / "escsync_test_broken.py").write_text(
        "from escsync.adapter import Plugin\n"
        "plugin = Plugin(name='broken', title='Broken', settings='not_there:Settings', connect='not_there:connect')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    offered = schema()["$defs"]["TrackerYaml"]["properties"]["adapter"]["anyOf"][0]["enum"]

    assert {"jira", "local", "notion", "salesforce"} <= set(offered)
    assert "broken" not in offered

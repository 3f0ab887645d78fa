"""The rights that escsync needs in Jira, mode by mode: what is lacking, what is too much, and which scopes a token needs."""

from __future__ import annotations

import json

import pytest
from fakes.http import Reply
from fakes.jira.rig import named
from fakes.openapi import DOCUMENT

from escsync.adapter import Level

PERMISSIONS = ("BROWSE_PROJECTS", "USER_PICKER", "EDIT_ISSUES", "ADD_COMMENTS", "EDIT_OWN_COMMENTS")
MODES = {
    "observe": {"BROWSE_PROJECTS", "USER_PICKER"},
    "annotate": {*PERMISSIONS, "DELETE_OWN_COMMENTS"},
    "enforce": {*PERMISSIONS, "DELETE_OWN_COMMENTS", "ASSIGN_ISSUES", "TRANSITION_ISSUES", "CREATE_ISSUES"},
}
CALLS = {
    "observe": (
        "get /myself", "get /serverInfo", "get /field", "get /status", "get /project/{projectIdOrKey}",
        "get /project/{projectIdOrKey}/statuses", "get /project/search", "get /mypermissions", "post /search/jql",
        "post /search/approximate-count", "post /issue/bulkfetch", "post /changelog/bulkfetch",
        "get /issue/{issueIdOrKey}", "get /issue/{issueIdOrKey}/changelog", "get /issue/{issueIdOrKey}/comment",
        "get /issue/{issueIdOrKey}/editmeta", "get /issue/{issueIdOrKey}/transitions", "get /user/search",
        "get /issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}", "get /user/assignable/search",
    ),
    "annotate": (
        "put /issue/{issueIdOrKey}", "post /issue/{issueIdOrKey}/comment", "put /issue/{issueIdOrKey}/comment/{id}",
        "delete /issue/{issueIdOrKey}/comment/{id}",
    ),
    "enforce": ("post /issue/{issueIdOrKey}/transitions", "post /issue"),
    "provision": (
        "post /field", "get /field/search", "post /field/{id}/trash", "post /field/{fieldId}/context/mapping",
        "post /field/{fieldId}/context", "get /field/{fieldId}/context/{contextId}/option", "put /field/association",
        "post /field/{fieldId}/context/{contextId}/option", "get /issuetypescreenscheme/project",
        "get /issuetypescreenscheme/mapping", "get /screenscheme", "get /screens/{screenId}/tabs", "post /workflows",
        "get /screens/{screenId}/tabs/{tabId}/fields", "post /screens/{screenId}/tabs/{tabId}/fields",
        "delete /issue/{issueIdOrKey}",
    ),
}  # fmt: skip
"""What is asked of Jira Cloud from each mode on."""
needs_document = pytest.mark.skipif(not DOCUMENT.exists(), reason="the official OpenAPI document is not here")


@needs_document
def test_the_scopes_of_each_mode_are_those_of_its_calls():
    """As Atlassian's own document asks for them, classic and granular, and not one more."""
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    told = {mode: {"Current": set(), "Beta": set()} for mode in CALLS}
    for mode, calls in CALLS.items():
        for method, path in (call.split(" ") for call in calls):
            for some in document["paths"][f"/rest/api/3{path}"][method]["x-atlassian-oauth2-scopes"]:
                told[mode][some["state"]].update(some["scopes"])

    listed = {mode: {"Current": set(), "Beta": set()} for mode in CALLS}
    for right in named(named("escsync_jira:plugin").guide).rights:
        word, _, scopes = right.name.partition(" scopes ")
        if word == "granular":
            listed[right.mode]["Beta"].update(scopes.split())
        elif right.name.startswith("scope "):
            listed[right.mode]["Current"].add(right.name.removeprefix("scope "))
    for state in ("Current", "Beta"):
        before = set()
        for mode, some in told.items():
            assert listed[mode][state] == some[state] - before, mode
            before |= some[state]


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_needs_its_rights_and_no_others(jira, mode):
    """With exactly these all is well."""
    jira.world.granted = MODES[mode]

    lines = list(jira.connect().rights(mode))

    assert len(lines) == len(MODES[mode])
    assert {line.level for line in lines} == {Level.OK}


@pytest.mark.parametrize(
    ("mode", "missing", "level"),
    [
        ("observe", "BROWSE_PROJECTS", Level.FAIL),
        ("observe", "USER_PICKER", Level.WARNING),
        ("annotate", "EDIT_ISSUES", Level.FAIL),
        ("annotate", "ADD_COMMENTS", Level.FAIL),
        ("annotate", "EDIT_OWN_COMMENTS", Level.FAIL),
        ("annotate", "DELETE_OWN_COMMENTS", Level.WARNING),
        ("enforce", "ASSIGN_ISSUES", Level.FAIL),
        ("enforce", "TRANSITION_ISSUES", Level.FAIL),
        ("enforce", "CREATE_ISSUES", Level.WARNING),
    ],
)
def test_a_right_that_is_lacking_is_named_with_where_it_is_granted(jira, mode, missing, level):
    """One line, for exactly that right."""
    adapter = jira.connect()
    _ = adapter.me
    jira.world.granted = MODES[mode] - {missing}

    (line,) = (line for line in adapter.rights(mode) if line.level is not Level.OK)

    assert line.level is level
    assert line.message.startswith("missing")
    assert "permissions" in line.remedy.casefold()


@pytest.mark.parametrize(
    ("mode", "more"),
    [
        ("observe", {"Edit issues", "Administer Jira", "Administer projects", "Create issues"}),
        ("annotate", {"Assign issues", "Delete issues"}),
        ("enforce", {"Administer Jira", "Delete issues", "Delete all comments"}),
    ],
)
def test_a_right_too_many_is_a_warning(jira, mode, more):
    """Least privilege: who may do everything is told what to take away."""
    lines = [line for line in jira.connect().rights(mode) if line.code == "EXCESS"]

    assert {line.level for line in lines} == {Level.WARNING}
    assert more <= {line.subject.removeprefix("permission ") for line in lines}
    assert all("more than is needed" in line.message for line in lines)


def test_for_provisioning_only_the_administrators_right_is_asked_for(jira):
    """And nothing is called too much while it runs."""
    jira.world.granted = {"BROWSE_PROJECTS", "USER_PICKER", "ADMINISTER", "DELETE_ISSUES", "EDIT_ISSUES"}

    assert {line.level for line in jira.connect().rights("provision")} == {Level.OK}


def test_a_permission_that_an_older_jira_does_not_know_is_left_out(jira):
    """Its refusal names it; the others are asked for without it."""
    told = Reply(400, {"errorMessages": ["The permission key 'USER_PICKER' is not valid."], "errors": {}})
    jira.server.fail("GET", "/mypermissions", told)

    lines = list(jira.connect().rights("observe"))

    assert "permission Browse projects" in {line.subject for line in lines}
    assert "permission Browse users and groups" not in {line.subject for line in lines}

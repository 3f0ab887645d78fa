"""The pretended org's set-up behaves as the real one's: what it shows to whom, and what it refuses."""

from __future__ import annotations

import pytest
from fakes.salesforce.caller import Caller
from fakes.salesforce.empty import empty
from fakes.salesforce.schema import Choice, pick, text
from fakes.salesforce.service import unplugged

FIELD = "/tooling/sobjects/CustomField"
TEXT = {"type": "Text", "label": "Tone", "length": 255}


@pytest.fixture
def org():
    return empty()


@pytest.fixture
def api(org):
    return Caller(unplugged(org))


def made(api, name="Tone__c", **told):
    return api("POST", FIELD, {"FullName": f"Case.{name}", "Metadata": TEXT | told})


def code(reply):
    assert reply.status >= 400
    return reply.body[0]["errorCode"]


def described(api):
    return {f["name"]: f["updateable"] for f in api("GET", "/sobjects/Case/describe").body["fields"]}


def granted(api, org, **rights):
    """A permission set for the API's user with rights on Tone__c."""
    body = {"Name": "Mine", "Label": "Mine"}
    own = api("POST", "/sobjects/PermissionSet", body).body["id"]
    told = {"ParentId": own, "SobjectType": "Case", "Field": "Case.Tone__c", "PermissionsRead": True}
    assert api("POST", "/sobjects/FieldPermissions", told | rights).status == 201
    whom = {"PermissionSetId": own, "AssigneeId": org.who("escsync")}
    assert api("POST", "/sobjects/PermissionSetAssignment", whom).status == 201
    return own


def test_a_new_field_is_seen_by_nobody_before_somebody_grants_it(api, org):
    """Reading and writing apart; the definition is told all the same."""
    assert made(api).status == 201

    before = described(api)
    granted(api, org)
    readable = described(api)

    assert "Tone__c" not in before
    assert readable["Tone__c"] is False
    query = "SELECT DeveloperName FROM CustomField WHERE TableEnumOrId = 'Case'"
    (row,) = api("GET", "/tooling/query", q=query).body["records"]
    assert row["DeveloperName"] == "Tone"


def test_rights_to_write_come_with_edit_and_go_with_the_set(api, org):
    """A set that somebody holds is not deleted."""
    made(api)
    own = granted(api, org, PermissionsEdit=True)
    (held,) = [
        row for row in org.rows["PermissionSetAssignment"].values() if row.values["PermissionSetId"] == own
    ]

    writable = described(api)["Tone__c"]
    refused = code(api("DELETE", f"/sobjects/PermissionSet/{own}"))
    api("DELETE", f"/sobjects/PermissionSetAssignment/{held.id}")

    assert writable is True
    assert refused == "DELETE_FAILED"
    assert "Tone__c" not in described(api)
    assert api("DELETE", f"/sobjects/PermissionSet/{own}").status == 204


@pytest.mark.parametrize(
    ("name", "told", "refusal"),
    [
        ("Tone", {}, "INVALID_FULLNAME"),
        ("To__ne__c", {}, "INVALID_FULLNAME"),
        ("1Tone__c", {}, "INVALID_FULLNAME"),
        ("T" * 41 + "__c", {}, "INVALID_FULLNAME"),
        ("Theirs__c", {}, "DUPLICATE_DEVELOPER_NAME"),
        ("Tone__c", {"label": "x" * 41}, "STRING_TOO_LONG"),
        ("Tone__c", {"type": "Picklist"}, "FIELD_INTEGRITY_EXCEPTION"),
        ("Tone__c", {"type": "Lookup", "referenceTo": "User"}, "FIELD_INTEGRITY_EXCEPTION"),
        ("Tone__c", {"type": "Summary"}, "INVALID_TYPE"),
        ("Tone__c", {"trackHistory": True}, "LIMIT_EXCEEDED"),
    ],
)
def test_what_a_new_field_is_refused_for(api, org, name, told, refusal):
    """By the code that tells."""
    org.add_field("Case", text("Theirs__c"))
    others = [org.add_field("Case", text(f"Other_{n}__c")).name for n in range(20)]
    org.track(*others)

    assert code(made(api, name, **told)) == refusal


def test_two_lookups_do_not_share_the_name_of_their_children(api):
    """On the object that they point to."""
    told = {"type": "Lookup", "referenceTo": "User", "relationshipName": "Cases"}

    assert made(api, "A__c", **told).status == 201
    assert code(made(api, "B__c", **told)) == "DUPLICATE_DEVELOPER_NAME"


def test_values_that_an_edit_does_not_name_are_switched_off(api, org):
    """And come back with what is named again."""
    org.add_field("Case", pick("Tone__c", (Choice("a", "A"), Choice("b", "B"))))
    id_ = org.definition("Case", "Tone__c")
    told = api("GET", f"{FIELD}/{id_}").body["Metadata"]
    told["valueSet"]["valueSetDefinition"]["value"].pop(0)

    assert api("PATCH", f"{FIELD}/{id_}", {"Metadata": told}).status == 204
    assert [(c.value, c.active) for c in org.objects["Case"].fields["tone__c"].choices] == [
        ("b", True),
        ("a", False),
    ]


@pytest.mark.parametrize(
    ("right", "method", "path", "body"),
    [
        ("CustomizeApplication", "POST", FIELD, {"FullName": "Case.Tone__c", "Metadata": TEXT}),
        ("ViewSetup", "GET", "/tooling/query", None),
        ("ManageProfilesPermissionsets", "POST", "/sobjects/PermissionSet", {"Name": "X", "Label": "X"}),
    ],
)
def test_who_may_not_set_up_the_org_is_turned_away(api, org, right, method, path, body):
    """With 403, whatever he asks for."""
    org.permissions.discard(right)

    assert api(method, path, body).status == 403


def test_a_deleted_field_is_gone_with_its_history_and_its_rights(api, org):
    """One that something uses is not deleted; one of the same name is another."""
    first = made(api, trackHistory=True).body["id"]
    granted(api, org)
    org.depended["Tone__c"] = "Flow"
    refused = code(api("DELETE", f"{FIELD}/{first}"))
    org.depended.clear()

    assert refused == "DEPENDENCY_EXISTS"
    assert api("DELETE", f"{FIELD}/{first}").status == 204
    assert "Tone__c" not in org.tracked["Case"]
    assert made(api).body["id"] != first
    assert "Tone__c" not in described(api)


def test_what_the_apis_user_may_do_in_general_is_one_row(api, org):
    """Of which every permission is a column."""
    (row,) = api.rows(
        "SELECT PermissionsApiEnabled, PermissionsModifyAllData FROM UserPermissionAccess LIMIT 1"
    )

    assert (row["PermissionsApiEnabled"], row["PermissionsModifyAllData"]) == (True, False)

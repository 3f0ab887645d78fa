"""What escsync's account may do in an org, and what it may do beyond its need."""

from __future__ import annotations

import pytest
from escsync_salesforce.setup.guide import GUIDE
from fakes.salesforce.permissions import granted
from fakes.salesforce.rig import rig

from escsync.adapter import Level

MODES = {
    "observe": (),
    "annotate": ("Edit", "Delete", "ModifyAllRecords"),
    "enforce": ("Create", "Edit", "Delete", "ModifyAllRecords"),
}
"""What each needs on cases beside Read and View All; Delete comes with Modify All."""


@pytest.fixture
def sf():
    with rig() as made:
        yield made


def told(sf, mode):
    """Subject -> the line."""
    return {problem.subject: problem for problem in sf.connect().rights(mode)}


def excess(sf, mode):
    return {problem.subject for problem in told(sf, mode).values() if problem.code == "EXCESS"}


def objects(sf, label, *names):
    """Give a permission set no more than these rights on cases."""
    parent = next(r.id for r in sf.org.rows["PermissionSet"].values() if r.values["Label"] == label)
    for row in sf.org.rows["ObjectPermissions"].values():
        if row.values["ParentId"] == parent and row.values["SobjectType"] == "Case":
            row.values |= {
                n: n.removeprefix("Permissions") in names for n in row.values if n.startswith("Perm")
            }


@pytest.mark.parametrize("mode", ["observe", "annotate", "enforce"])
def test_an_account_with_just_what_the_mode_needs_is_well(sf, mode):
    """Every line is OK, and none says that there is more."""
    rights = MODES[mode]
    objects(sf, "Case agent", "Read", "ViewAllRecords", *rights)

    assert {p.subject for p in told(sf, mode).values() if p.level is not Level.OK} == set()


def test_a_mode_asks_for_no_right_of_a_later_one(sf):
    """Observing writes nothing."""
    assert "right Edit on Case" not in {
        subject for subject, problem in told(sf, "observe").items() if problem.level is Level.OK
    }
    assert "right Transfer Cases" not in told(sf, "annotate")
    assert "right Transfer Cases" in told(sf, "enforce")
    assert "right Customize Application" in told(sf, "provision")


def test_what_is_missing_is_said_with_where_to_grant_it(sf):
    """As a failure where nothing works without it."""
    objects(sf, "Case agent", "Read")
    sf.org.permissions -= {"TransferAnyCase"}
    sf.org.objects["CaseComment"].rights = "r"

    found = told(sf, "enforce")

    assert found["right Edit on Case"].level is Level.FAIL
    assert found["right View All on Case"].level is Level.WARNING
    assert "cannot change the owner" in found["right Transfer Cases"].message
    assert "cannot write the internal note" in found["right Create on CaseComment"].message
    assert found["right Edit on Case"].remedy.startswith("grant Edit on Case: Setup > Permission Sets")


@pytest.mark.parametrize(
    ("held", "mode", "subjects"),
    [
        ("ModifyAllData", "enforce", {"right Modify All Data"}),
        ("AuthorApex", "provision", {"right Author Apex"}),
        ("ManageUsers", "annotate", {"right Manage Users"}),
        ("CustomizeApplication", "enforce", {"right Customize Application"}),
        ("CustomizeApplication", "provision", set()),
    ],
)
def test_what_is_dangerous_and_not_needed_is_too_much(sf, held, mode, subjects):
    """Even where it works all the better; what provisioning uses is its own while it runs."""
    objects(sf, "Case agent", "Read", "ViewAllRecords", *MODES.get(mode, ()))
    sf.org.permissions.add(held)

    assert excess(sf, mode) == subjects


def test_rights_on_cases_beyond_the_mode_name_what_grants_them(sf):
    """A permission set, or the profile."""
    granted(sf.org, "Old helper", "escsync", Case=("Delete", "Edit", "ModifyAllRecords"))
    granted(sf.org, "Eraser", "escsync", Case=("Delete",))
    profile = granted(sf.org, "X00e1", "escsync", Case=("Create",))
    profile.values["IsOwnedByProfile"] = True

    found = told(sf, "observe")

    assert excess(sf, "enforce") == {"right Delete on Case"}
    assert excess(sf, "annotate") == {"right Delete on Case", "right Create on Case"}
    assert found["right Delete on Case"].message.startswith("granted by Eraser: ")
    assert found["right Modify All on Case"].message == "granted by Old helper: View All is enough"
    assert found["right Create on Case"].message == "granted by Case agent, its profile: used in mode enforce"


def test_what_provisioning_granted_is_not_held_against_it(sf):
    """escsync's own permission set is for all modes."""
    objects(sf, "Case agent", "Read", "ViewAllRecords")
    granted(sf.org, "escsync", "escsync", Case=("Read", "Create", "Edit", "ViewAllRecords"))

    assert excess(sf, "observe") == set()


def test_where_rights_may_not_be_looked_at_the_describes_tell(sf):
    """And what they cannot tell is not made up."""
    sf.org.lost |= {"ObjectPermissions", "UserPermissionAccess"}
    sf.org.objects["Case"].rights = "qr"

    found = told(sf, "annotate")

    assert found["right Read on Case"].level is Level.OK
    assert found["right Edit on Case"].level is Level.FAIL
    assert "not told whether" in found["right View All on Case"].message
    assert "not told whether" in found["right API Enabled"].message


def test_the_rights_that_are_told_are_those_that_are_checked():
    """Per mode, each with its purpose and its place."""
    modes = [right.mode for right in GUIDE.rights]

    assert modes == sorted(modes, key=["observe", "annotate", "enforce", "provision"].index)
    assert all(right.purpose and right.where for right in GUIDE.rights)
    assert len({right.name for right in GUIDE.rights}) == len(GUIDE.rights)

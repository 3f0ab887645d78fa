"""The needs: every right that escsync's account has to hold, from which mode on, and what it must not hold."""

from __future__ import annotations

from dataclasses import dataclass

from escsync.adapter import Level
from escsync.offers import Right

MODES = ("observe", "annotate", "enforce", "provision")
SYSTEM = "Setup > Permission Sets > System Permissions"
OBJECTS = "Setup > Permission Sets > Object Settings"
OURS = "escsync"
"""The label of the permission set that provisioning makes."""


@dataclass(frozen=True, slots=True)
class Need:
    """A right, and how it is seen: *user* permissions any of which grants it, or *holds* on an *object*."""

    right: Right
    user: tuple[str, ...] = ()
    object: str = ""
    holds: str = ""
    level: Level = Level.WARNING
    told: str = ""
    """What a describe calls it, where rights themselves may not be looked at."""


def _user(name: str, mode: str, purpose: str, *user: str, level: Level = Level.WARNING) -> Need:
    return Need(Right(name, mode, purpose, SYSTEM), user, level=level)


def _on(
    object: str, holds: str, mode: str, purpose: str, told: str = "", level: Level = Level.WARNING
) -> Need:
    words = {"ViewAllRecords": "View All", "ModifyAllRecords": "Modify All"}.get(holds, holds)
    return Need(Right(f"{words} on {object}", mode, purpose, OBJECTS), (), object, holds, level, told)


_FAIL = Level.FAIL
NEEDS = (
    _user("API Enabled", "observe", "sign in and call the API", "ApiEnabled", level=_FAIL),
    _user(
        "View Setup and Configuration",
        "observe",
        "see which fields have a history, and look at the rights themselves",
        "ViewSetup",
    ),
    _on("Case", "Read", "observe", "read cases, their history, comments and mails", "queryable", _FAIL),
    _on("Case", "ViewAllRecords", "observe", "see every case: what sharing hides looks like what is gone"),
    _on("Account", "Read", "observe", "read the account above a case", "queryable"),
    _on("Contact", "Read", "observe", "read the contact's name", "queryable"),
    _on("Case", "Edit", "annotate", "write escsync's own fields", "updateable", _FAIL),
    Need(
        Right("Create on CaseComment", "annotate", "write the internal note", "comes with Read on Case"),
        (),
        "CaseComment",
        "",
        Level.WARNING,
        "createable",
    ),
    _on(
        "Case",
        "ModifyAllRecords",
        "annotate",
        "keep the note up to date, for no other right changes or deletes a comment, and write on cases that others own",
    ),
    _user("Transfer Cases", "enforce", "change the owner", "TransferAnyCase", "TransferAnyEntity"),
    _on("Case", "Create", "enforce", "open a case for a new escalation, or for a test", "createable"),
    Need(
        Right("Edit Tasks", "enforce", "create follow-up tasks", SYSTEM),
        (),
        "Task",
        "",
        Level.WARNING,
        "createable",
    ),
    _on("Case", "Delete", "provision", "delete the test case of `escsync doctor --write-test`", "deletable"),
    _user(
        "Customize Application",
        "provision",
        "make custom fields over the Tooling API",
        "CustomizeApplication",
        level=_FAIL,
    ),
    _user(
        "Manage Profiles and Permission Sets",
        "provision",
        "make the permission set with the rights on these fields",
        "ManageProfilesPermissionsets",
        level=_FAIL,
    ),
    _user(
        "Assign Permission Sets",
        "provision",
        "assign that permission set",
        "AssignPermissionSets",
        level=_FAIL,
    ),
)
_BY_FIELD = (
    Right(
        "Read on every mapped field",
        "observe",
        "read it",
        "Setup > Permission Sets > Object Settings > Cases",
    ),
    Right(
        "Edit on escsync's own fields",
        "annotate",
        "write due dates, health, stage and priority",
        "Setup > Permission Sets > Object Settings > Cases",
    ),
    Right("Scope api", "observe", "call the API", "the External Client App's OAuth settings"),
    Right(
        "Scope openid", "observe", "know which account this is", "the External Client App's OAuth settings"
    ),
)
"""What `check` says field by field, and what signing in tells."""
RIGHTS = tuple(
    sorted((*(need.right for need in NEEDS), *_BY_FIELD), key=lambda right: MODES.index(right.mode))
)
DANGEROUS = {
    "ModifyAllData": "Modify All Data",
    "ViewAllData": "View All Data",
    "AuthorApex": "Author Apex",
    "ManageUsers": "Manage Users",
    "CustomizeApplication": "Customize Application",
    "ModifyMetadata": "Modify Metadata Through Metadata API Functions",
    "ManageProfilesPermissionsets": "Manage Profiles and Permission Sets",
    "AssignPermissionSets": "Assign Permission Sets",
}
"""Permissions whose loss nobody would notice in a pass, and everybody if the credentials were stolen."""
FOR_PROVISION = frozenset(list(DANGEROUS)[4:])

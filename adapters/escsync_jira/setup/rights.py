"""What escsync's account must be allowed to do in Jira, mode by mode, and what it is allowed."""

from __future__ import annotations

from collections.abc import Iterator

from escsync.adapter import Level, Problem
from escsync.offers import Right

from ..connection import Connection
from ..discovery import Discovery

_SCHEME = "Project settings > Permissions"
_GLOBAL = "Settings (Administration) > System > Global permissions"
_TOKEN = 'when the API token is made: "with scopes", or in the OAuth app'

PERMISSIONS: tuple[tuple[str, Right], ...] = (
    ("BROWSE_PROJECTS", Right("Browse projects", "observe", "read tickets and their history", _SCHEME)),
    ("USER_PICKER", Right("Browse users and groups", "observe", "match people by e-mail or name", _GLOBAL)),
    ("EDIT_ISSUES", Right("Edit issues", "annotate", "write escsync's own fields", _SCHEME)),
    ("ADD_COMMENTS", Right("Add comments", "annotate", "write the note", _SCHEME)),
    ("EDIT_OWN_COMMENTS", Right("Edit own comments", "annotate", "keep the note up to date", _SCHEME)),
    ("DELETE_OWN_COMMENTS", Right("Delete own comments", "annotate", "take back a second note", _SCHEME)),
    ("ASSIGN_ISSUES", Right("Assign issues", "enforce", "assign the fallback owner", _SCHEME)),
    ("TRANSITION_ISSUES", Right("Transition issues", "enforce", "undo an illegal jump", _SCHEME)),
    ("CREATE_ISSUES", Right("Create issues", "enforce", "create follow-ups and taken-in escalations", _SCHEME)),
    ("ADMINISTER", Right("Administer Jira", "provision", "make fields and put them on screens", _GLOBAL)),
    ("DELETE_ISSUES", Right("Delete issues", "provision", "take back the ticket of `doctor --write-test`", _SCHEME)),
)  # fmt: skip
"""Jira's key of a permission, and what it is for."""
_LOOKED_AT = {"ADMINISTER_PROJECTS": "Administer projects", "DELETE_ALL_COMMENTS": "Delete all comments"}
"""Permissions that no mode needs and that say much of an account."""
_GRANULAR = {
    "observe": (
        "read:application-role:jira read:avatar:jira read:comment.property:jira read:comment:jira "
        "read:field-configuration:jira read:field.default-value:jira read:field.option:jira read:field:jira "
        "read:group:jira read:issue-details:jira read:issue-meta:jira read:issue-security-level:jira "
        "read:issue-status:jira read:issue-type-hierarchy:jira read:issue-type:jira read:issue.changelog:jira "
        "read:issue.transition:jira read:issue.vote:jira read:issue:jira read:permission:jira "
        "read:project-category:jira read:project-role:jira read:project-version:jira read:project.component:jira "
        "read:project.property:jira read:project:jira read:status:jira read:user.property:jira read:user:jira"
    ),
    "annotate": "delete:comment.property:jira delete:comment:jira write:comment:jira write:issue:jira",
    "enforce": "write:attachment:jira write:comment.property:jira write:issue.property:jira",
    "provision": (
        "delete:field:jira delete:issue:jira read:custom-field-contextual-configuration:jira "
        "read:issue-type-screen-scheme:jira read:screen-scheme:jira read:screen-tab:jira read:screenable-field:jira "
        "read:workflow:jira write:field-configuration:jira write:field.option:jira write:field:jira "
        "write:screenable-field:jira"
    ),
}
"""What Atlassian's OpenAPI document asks for the calls that a mode makes, beyond those of the modes before."""
SCOPES = (
    Right("scope read:jira-work", "observe", "read tickets (tokens with scopes, OAuth)", _TOKEN),
    Right("scope read:jira-user", "observe", "know who is who", _TOKEN),
    Right("scope write:jira-work", "annotate", "write tickets and comments", _TOKEN),
    Right("scope manage:jira-configuration", "provision", "make fields, options and contexts", _TOKEN),
    Right("scope manage:jira-project", "provision", "look at screens, and put fields on them", _TOKEN),
    *(
        Right(f"granular scopes {scopes}", mode, "in place of the classic scopes above", _TOKEN)
        for mode, scopes in _GRANULAR.items()
    ),
)
"""No API tells which scopes a token has: these are for people, and for the documentation."""
RIGHTS: tuple[Right, ...] = (*(right for _, right in PERMISSIONS), *SCOPES)

_MODES = ("observe", "annotate", "enforce")
_OPTIONAL = ("USER_PICKER", "DELETE_OWN_COMMENTS", "CREATE_ISSUES", "DELETE_ISSUES")
"""Without these one comfort is lost, and the mode is kept."""


def needed(right: Right, mode: str) -> bool:
    """Does *mode* need it?"""
    if mode == "provision":
        return right.mode in ("observe", "provision")
    return right.mode in _MODES[: _MODES.index(mode) + 1] if mode in _MODES else right.mode == "observe"


class Rights:
    """The account's permissions in the project, as Jira itself tells them."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery

    def look(self, mode: str) -> Iterator[Problem]:
        """One line per permission that *mode* needs, and one for each that it does not."""
        # Not the schema: rights are told whether or not the mapping holds.
        _ = self._discovery.cloud
        project = self._discovery.settings.scope.project
        held = self.held(project, [*(key for key, _ in PERMISSIONS), *_LOOKED_AT])
        if held is None:
            yield Problem(
                Level.WARNING, "permissions", "this Jira does not tell them", "watch the first pass"
            )
            return
        where = f" for escsync's account in {project}" if project else " for escsync's account"
        for key, right in PERMISSIONS:
            if key not in held:
                continue
            subject = f"permission {right.name}"
            if needed(right, mode):
                if held[key]:
                    yield Problem(Level.OK, subject, f"granted: {right.purpose}")
                else:
                    level = Level.WARNING if key in _OPTIONAL else Level.FAIL
                    yield Problem(
                        level, subject, f"missing: cannot {right.purpose}", f"grant it{where}: {right.where}"
                    )
            elif held[key] and mode != "provision":
                yield _excess(subject, mode, f"{right.where}; {_when(right)}")
        for key, name in _LOOKED_AT.items():
            if held.get(key):
                yield _excess(f"permission {name}", mode, f"{_SCHEME}; no mode needs it")

    def held(self, project: str, keys: list[str]) -> dict[str, bool] | None:
        """Which of these the account has; one that this Jira does not know is left out, None: it tells none."""
        left = list(keys)
        for _ in range(len(keys)):
            within = {"projectKey": project} if project else {}
            answer = self._connection.get(
                "mypermissions",
                what="asking for permissions",
                permissions=",".join(left),
                refused=(400, 404),
                **within,
            )
            told = answer.body.get("permissions") if isinstance(answer.body, dict) else None
            if isinstance(told, dict):
                found = {key: told[key] for key in left if isinstance(told.get(key), dict)}
                return {key: one.get("havePermission") is True for key, one in found.items()}
            # A key that an older Jira does not know spoils the question, and is named in the refusal.
            refused = str(answer.body)
            unknown = [key for key in left if key in refused]
            if answer.status == 404 or not unknown or len(unknown) == len(left):
                return None
            left = [key for key in left if key not in unknown]
        return None


def _excess(subject: str, mode: str, where: str) -> Problem:
    message = f"granted, and mode {mode} does not need it: you granted more than is needed"
    return Problem(Level.WARNING, subject, message, f"take it away again: {where}", "EXCESS")


def _when(right: Right) -> str:
    if right.mode == "provision":
        return f"it is only for this: {right.purpose}"
    return f"it is for mode {right.mode}"

"""What `escsync init` asks of somebody with a Notion workspace, and which rights escsync needs there."""

from __future__ import annotations

from typing import Any

from escsync.adapter import Retry
from escsync.offers import Explorer, Question, Right

_CAPABILITIES = "Settings > Connections > Develop or manage integrations > the connection > Configuration"
_SHARING = "the database: ... > Connections > the connection"

READ_COMMENTS = "read comments"
READ_USERS = "read user information"
INSERT_COMMENTS = "insert comments"
UPDATE_CONTENT = "update content"
INSERT_CONTENT = "insert content"

RIGHTS = (
    Right("Read content", "observe", "everything that is read", _CAPABILITIES),
    Right("Read comments", "observe", "acknowledgements, updates and closures", _CAPABILITIES),
    Right(
        "Read user information including email addresses",
        "observe",
        "names, matching people by e-mail, and telling who has left",
        _CAPABILITIES,
    ),
    Right(
        "Access to the database, and to those that mapped relations lead to",
        "observe",
        "its pages; nothing else of the workspace is visible",
        _SHARING,
    ),
    Right("Insert comments", "annotate", "the note, one comment of escsync's own", _CAPABILITIES),
    Right(
        "Update content", "annotate", "escsync's own properties; in enforce owner and status", _CAPABILITIES
    ),
    Right(
        "Insert content",
        "enforce",
        "follow-up pages, and the test page of `escsync doctor --write-test`",
        _CAPABILITIES,
    ),
    Right("Update content", "provision", "properties and options that are missing", _CAPABILITIES),
    Right("Insert content", "provision", "a new database and its views", _CAPABILITIES),
    Right(
        "Access to the page below which the database is made",
        "provision",
        "only where there is no database yet",
        "the page: ... > Connections > the connection",
    ),
)
MODES = ("observe", "annotate", "enforce")
NEEDED = {
    READ_COMMENTS: "observe",
    READ_USERS: "observe",
    INSERT_COMMENTS: "annotate",
    UPDATE_CONTENT: "annotate",
    INSERT_CONTENT: "enforce",
}
"""Capability -> the first mode that needs it."""
FOR_PROVISIONING = (UPDATE_CONTENT, INSERT_CONTENT)

QUESTIONS = (
    Question(
        ("connection", "token"),
        "Which environment variable holds the token of the connection (the internal integration)?",
        default="NOTION_TOKEN",
        secret=True,
    ),
)


class NotionGuide:
    """The admin's first questions."""

    questions: tuple[Question, ...] = QUESTIONS
    rights: tuple[Right, ...] = RIGHTS

    def explore(self, connection: Any, retry: Retry) -> Explorer:
        """Connect with a validated `connection:` section and nothing else."""
        from .explorer import NotionExplorer

        return NotionExplorer(connection, retry)


def needs(capability: str, mode: str) -> bool:
    """Does *mode* need *capability*?"""
    if mode not in MODES:
        return NEEDED[capability] == "observe" or (mode == "provision" and capability in FOR_PROVISIONING)
    return MODES.index(NEEDED[capability]) <= MODES.index(mode)


GUIDE = NotionGuide()

"""What a Jira administrator sets up: users, fields, statuses, workflows, projects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CUSTOM = "com.atlassian.jira.plugin.system.customfieldtypes:"
CUSTOM_TYPES = {
    "textfield": ("string", None),
    "textarea": ("string", None),
    "url": ("string", None),
    "float": ("number", None),
    "datepicker": ("date", None),
    "datetime": ("datetime", None),
    "select": ("option", None),
    "radiobuttons": ("option", None),
    "multiselect": ("array", "option"),
    "multicheckboxes": ("array", "option"),
    "userpicker": ("user", None),
    "multiuserpicker": ("array", "user"),
    "labels": ("array", "string"),
}
CATEGORIES = {
    "new": (2, "blue-gray", "To Do"),
    "indeterminate": (4, "yellow", "In Progress"),
    "done": (3, "green", "Done"),
}


@dataclass
class User:
    """*handle* is the name tests use and the login name on Data Center; Cloud knows only *account*.

    *key* is what Data Center's changelogs name: the login name once, something else for newer accounts.
    """

    handle: str
    name: str
    key: str = ""
    email: str = ""
    kind: str = "atlassian"
    active: bool = True
    zone: str = "UTC"
    email_visible: bool = True

    def __post_init__(self) -> None:
        self.key = self.key or self.handle

    @property
    def account(self) -> str:
        return f"712020:{self.handle}-7f1c"


@dataclass(frozen=True)
class Option:
    id: str
    value: str
    disabled: bool = False


@dataclass
class Field:
    """*shown* is how the changelog names it, which is nothing to rely on; *rich* is ADF on Cloud.

    *scope* is the team-managed project that it belongs to; *contexts* say where it applies, and with which options.
    """

    id: str
    name: str
    type: str
    items: str | None = None
    custom: str | None = None
    options: list[Option] = field(default_factory=list)
    shown: str = ""
    description: str = ""
    scope: str = ""
    contexts: list[Any] = field(default_factory=list)

    @property
    def form(self) -> str:
        return f"array/{self.items}" if self.type == "array" else self.type

    @property
    def rich(self) -> bool:
        return self.id in {"description", "environment"} or self.custom == "textarea"

    def option(self, spelling: str) -> Option | None:
        every = [*self.options, *(o for context in self.contexts for o in context.options)]
        return next((o for o in every if spelling in {o.id, o.value}), None)

    @property
    def schema(self) -> dict[str, object]:
        told: dict[str, object] = {"type": self.type}
        if self.items:
            told["items"] = self.items
        if self.custom:
            return told | {"custom": CUSTOM + self.custom, "customId": int(self.id.rsplit("_", 1)[1])}
        return told | {"system": self.id}


@dataclass
class Status:
    id: str
    name: str
    category: str


@dataclass
class Transition:
    """From *source* (None: from everywhere) to *target*. *screen*: field id -> is it required?"""

    id: str
    name: str
    source: str | None
    target: str
    screen: dict[str, bool] = field(default_factory=dict)


@dataclass
class Project:
    """*uneditable*: fields that stand on no edit screen. *kind*: software, service_desk or business.

    *team*: is it managed by its team? *statuses*: those of its workflow, where not all of the site's. *required*:
    what a new issue must give.
    """

    id: str
    key: str
    name: str
    kind: str = "software"
    types: dict[str, str] = field(default_factory=dict)
    transitions: list[Transition] = field(default_factory=list)
    start: str = "1"
    uneditable: set[str] = field(default_factory=set)
    counter: int = 0
    team: bool = False
    statuses: list[str] | None = None
    required: set[str] = field(default_factory=set)


def system_fields() -> list[Field]:
    """The fields every Jira has."""
    return [
        Field("summary", "Summary", "string"),
        Field("description", "Description", "string"),
        Field("environment", "Environment", "string"),
        Field("issuetype", "Issue Type", "issuetype"),
        Field("project", "Project", "project"),
        Field("status", "Status", "status"),
        Field("priority", "Priority", "priority"),
        Field("resolution", "Resolution", "resolution"),
        Field("resolutiondate", "Resolved", "datetime"),
        Field("assignee", "Assignee", "user"),
        Field("reporter", "Reporter", "user"),
        Field("creator", "Creator", "user"),
        Field("labels", "Labels", "array", "string"),
        Field("created", "Created", "datetime"),
        Field("updated", "Updated", "datetime"),
        Field("duedate", "Due date", "date"),
        Field("parent", "Parent", "issuelink"),
        Field("comment", "Comment", "comments-page"),
    ]

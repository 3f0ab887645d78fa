"""The objects that hang on a case: which of their fields are read, and which tell that something changed."""

from __future__ import annotations

from dataclasses import dataclass

_CREATOR = ("CreatedBy.Name", "CreatedBy.Email", "CreatedBy.UserType", "CreatedBy.IsActive")


@dataclass(frozen=True, slots=True)
class Child:
    """One kind of record under a case, under the lookup *parent*.

    *stamp* moves with every change of it; *traces* are what else shows a change within one second. An *optional* one
    is not there in every org.
    """

    name: str
    parent: str
    stamp: str
    fields: tuple[str, ...]
    traces: tuple[str, ...] = ()
    optional: bool = True
    activity: bool = False

    @property
    def place(self) -> str:
        """How a describe of Case names it."""
        return f"{self.name}.{self.parent}"


COMMENT = Child(
    "CaseComment",
    "ParentId",
    "SystemModstamp",
    (
        *("Id", "ParentId", "CommentBody", "IsPublished", "CreatedDate", "CreatedById", *_CREATOR),
        *("LastModifiedDate", "SystemModstamp", "IsDeleted"),
    ),
    ("CommentBody", "IsPublished"),
)
EMAIL = Child(
    "EmailMessage",
    "ParentId",
    "SystemModstamp",
    (
        *(
            "Id",
            "ParentId",
            "Incoming",
            "Status",
            "FromAddress",
            "FromName",
            "TextBody",
            "HtmlBody",
            "Headers",
        ),
        *("MessageDate", "CreatedDate", "CreatedById", *_CREATOR, "SystemModstamp", "IsDeleted"),
    ),
    ("Status",),
)
HISTORY = Child(
    "CaseHistory",
    "CaseId",
    "CreatedDate",
    (
        *("Id", "CaseId", "Field", "OldValue", "NewValue", "DataType", "CreatedDate", "CreatedById"),
        *("CreatedBy.Name", "IsDeleted"),
    ),
)
TASK = Child(
    "Task",
    "WhatId",
    "SystemModstamp",
    (
        *("Id", "WhatId", "Subject", "ActivityDate", "IsClosed", "CompletedDateTime", "LastModifiedDate"),
        *("CreatedDate", "CreatedById", "CreatedBy.Name", "SystemModstamp", "IsDeleted"),
    ),
    ("Subject", "ActivityDate", "IsClosed"),
    activity=True,
)
EVENT = Child(
    "Event",
    "WhatId",
    "SystemModstamp",
    (
        *("Id", "WhatId", "Subject", "StartDateTime", "ActivityDate"),
        *("CreatedDate", "CreatedById", "CreatedBy.Name", "SystemModstamp", "IsDeleted"),
    ),
    ("Subject", "StartDateTime"),
    activity=True,
)
CHILDREN = {child.name: child for child in (COMMENT, EMAIL, HISTORY, TASK, EVENT)}
ALWAYS = (COMMENT.name, EMAIL.name)
"""What may hold a message is looked at in every pull; the others take turns where there are too many."""


@dataclass(frozen=True, slots=True)
class Held:
    """A child as one org has it: its *relation* on Case, and the *fields* that escsync's account may see."""

    child: Child
    relation: str
    fields: tuple[str, ...]

    def traces(self) -> tuple[str, ...]:
        """What to look at for changes: as little as tells them."""
        told = (name for name in self.child.traces if name in self.fields)
        return ("Id", self.child.parent, self.child.stamp, *told)

"""The objects that an org has before anybody adds to them."""

from __future__ import annotations

from . import permissions
from .objects_around import customers, people, setup
from .schema import Choice, Field, SObject, area, flag, made, pick, refer, shown, text

TYPES = ("Mechanical", "Electrical", "Other")
REASONS = ("Installation", "Performance", "Breakdown", "Feedback", "Other")
STATUSES = (
    Choice("New", default=True),
    Choice("Working"),
    Choice("Escalated"),
    Choice("Closed", closed=True),
)
PRIORITIES = (Choice("High"), Choice("Medium", default=True), Choice("Low"))
MAIL = tuple(
    Choice(str(n), label) for n, label in enumerate(("New", "Read", "Replied", "Sent", "Forwarded", "Draft"))
)
TASKS = (
    Choice("Not Started", default=True),
    Choice("In Progress"),
    Choice("Completed", closed=True),
    Choice("Deferred"),
)


def standard() -> dict[str, SObject]:
    """All of them, by name."""
    made = (
        *people(),
        *customers(),
        _case(),
        _comment(),
        _email(),
        _case_history(),
        _task(),
        _event(),
        *setup(),
        *permissions.objects(),
    )
    return {one.name: one for one in made}


def _case() -> SObject:
    return made(
        "Case",
        "500",
        refer("MasterRecordId", "Case", create=False, update=False),
        shown("CaseNumber", length=30, nillable=False, lookup=True),
        refer("ContactId", "Contact", children="Cases"),
        refer("AccountId", "Account", children="Cases"),
        refer("ParentId", "Case", children="Cases"),
        refer("RecordTypeId", "RecordType"),
        text("SuppliedName", 80),
        text("SuppliedEmail", 80, type="email"),
        text("SuppliedPhone", 40),
        text("SuppliedCompany", 80),
        pick("Type", TYPES),
        pick("Status", STATUSES),
        pick("Reason", REASONS),
        pick("Origin", ("Phone", "Email", "Web")),
        text("Subject"),
        pick("Priority", PRIORITIES),
        area("Description"),
        shown("IsClosed", "boolean", nillable=False),
        shown("ClosedDate", "datetime"),
        flag("IsEscalated"),
        refer("OwnerId", "Group", "User", nillable=False, default="me"),
        shown("ContactEmail", "email"),
        area("Comments", 4000),
        shown("LastViewedDate", "datetime"),
        shown("LastReferencedDate", "datetime"),
    )


def _comment() -> SObject:
    return made(
        "CaseComment",
        "00a",
        refer("ParentId", "Case", children="CaseComments", update=False, nillable=False),
        flag("IsPublished"),
        area("CommentBody", 4000),
    )


def _email() -> SObject:
    return made(
        "EmailMessage",
        "02s",
        refer("ParentId", "Case", children="EmailMessages"),
        refer("RelatedToId", "Case", "Account", children="Emails"),
        refer("ActivityId", "Task"),
        area("TextBody"),
        area("HtmlBody"),
        area("Headers"),
        text("Subject", 3000),
        text("FromName", 1000),
        text("FromAddress", 1000, type="email"),
        area("ToAddress", 4000),
        area("CcAddress", 4000),
        flag("Incoming"),
        pick("Status", MAIL, restricted=True, nillable=False, length=40),
        Field("MessageDate", "datetime"),
        text("MessageIdentifier", 765),
        text("ThreadIdentifier", 765),
        flag("IsExternallyVisible"),
        shown("IsClientManaged", "boolean", nillable=False),
    )


def _case_history() -> SObject:
    made = SObject("CaseHistory", "017", "qr", label="Case History")
    made.add(
        shown("Id", "id", nillable=False),
        shown("IsDeleted", "boolean", nillable=False),
        refer("CaseId", "Case", children="Histories", create=False, update=False, nillable=False),
        shown("CreatedById", "reference", refers=("User",), relationship="CreatedBy", naming=True),
        shown("CreatedDate", "datetime", nillable=False),
        shown("Field"),
        shown("DataType"),
        shown("OldValue", "anyType", filterable=False),
        shown("NewValue", "anyType", filterable=False),
    )
    return made


def _task() -> SObject:
    return made(
        "Task",
        "00T",
        refer("WhoId", "Contact", "Lead"),
        refer("WhatId", "Account", "Case", children="Tasks"),
        refer("OwnerId", "Group", "User", nillable=False, default="me"),
        text("Subject", type="combobox"),
        Field("ActivityDate", "date"),
        pick("Status", TASKS, nillable=False),
        pick("Priority", (Choice("High"), Choice("Normal", default=True), Choice("Low")), nillable=False),
        area("Description"),
        shown("IsClosed", "boolean", nillable=False),
        shown("IsArchived", "boolean", nillable=False),
        shown("CompletedDateTime", "datetime"),
        flag("IsReminderSet"),
        Field("ReminderDateTime", "datetime"),
    )


def _event() -> SObject:
    return made(
        "Event",
        "00U",
        refer("WhoId", "Contact", "Lead"),
        refer("WhatId", "Account", "Case", children="Events"),
        refer("OwnerId", "User", nillable=False, default="me", naming=True),
        text("Subject", type="combobox"),
        text("Location"),
        Field("StartDateTime", "datetime"),
        Field("EndDateTime", "datetime"),
        Field("ActivityDateTime", "datetime"),
        Field("ActivityDate", "date"),
        Field("DurationInMinutes", "int"),
        flag("IsAllDayEvent"),
        area("Description"),
    )

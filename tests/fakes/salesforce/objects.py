"""The objects that an org has before anybody adds to them."""

from __future__ import annotations

from .schema import Choice, Field, SObject, area, audit, flag, pick, refer, shown, text

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
        *_people(),
        *_customers(),
        _case(),
        _comment(),
        _email(),
        _case_history(),
        _task(),
        _event(),
        *_setup(),
    )
    return {one.name: one for one in made}


def _object(name: str, prefix: str, *fields: Field, rights: str = "cudqr", plain: bool = False) -> SObject:
    made = SObject(name, prefix, rights, label=name)
    made.add(*([shown("Id", "id", nillable=False)] if plain else audit()), *fields)
    return made


def _case() -> SObject:
    return _object(
        "Case",
        "500",
        refer("MasterRecordId", "Case", create=False, update=False),
        shown("CaseNumber", length=30, nillable=False),
        refer("ContactId", "Contact", children="Cases"),
        refer("AccountId", "Account", children="Cases"),
        refer("ParentId", "Case", children="Cases"),
        refer("RecordTypeId", "RecordType"),
        text("SuppliedName", 80),
        text("SuppliedEmail", 80, type="email"),
        text("SuppliedPhone", 40, type="phone"),
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
    return _object(
        "CaseComment",
        "00a",
        refer("ParentId", "Case", children="CaseComments", update=False, nillable=False),
        flag("IsPublished"),
        area("CommentBody", 4000),
    )


def _email() -> SObject:
    return _object(
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
    return _object(
        "Task",
        "00T",
        refer("WhoId", "Contact"),
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
    return _object(
        "Event",
        "00U",
        refer("WhoId", "Contact"),
        refer("WhatId", "Account", "Case", children="Events"),
        refer("OwnerId", "User", nillable=False, default="me"),
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


def _customers() -> list[SObject]:
    account = _object(
        "Account",
        "001",
        refer("MasterRecordId", "Account", create=False, update=False),
        text("Name", nillable=False),
        pick("Type", ("Prospect", "Customer - Direct", "Other")),
        text("AccountNumber", 40),
        text("Website", type="url"),
        pick("Industry", ("Banking", "Electronics", "Other")),
        Field("AnnualRevenue", "currency"),
        area("Description"),
        refer("OwnerId", "User", nillable=False, default="me"),
    )
    contact = _object(
        "Contact",
        "003",
        refer("AccountId", "Account", children="Contacts"),
        text("FirstName", 40),
        text("LastName", 80, nillable=False),
        shown("Name", length=121),
        text("Email", 80, type="email"),
        text("Phone", 40, type="phone"),
        refer("OwnerId", "User", nillable=False, default="me"),
    )
    return [account, contact]


def _people() -> list[SObject]:
    user = _object(
        "User",
        "005",
        text("Username", 80, nillable=False),
        text("FirstName", 40),
        text("LastName", 80, nillable=False),
        shown("Name", length=121, nillable=False),
        text("Email", 128, type="email", nillable=False),
        text("Title", 80),
        text("Alias", 8),
        flag("IsActive"),
        pick("UserType", ("Standard", "AutomatedProcess", "CloudIntegrationUser", "CsnOnly", "Guest")),
        refer("ProfileId", "Profile"),
        refer("UserRoleId", "UserRole"),
        refer("ManagerId", "User"),
        text("FederationIdentifier", 512),
        text("TimeZoneSidKey", 40),
        rights="cuqr",
    )
    del user.fields["isdeleted"]
    group = _object("Group", "00G", text("Name", 40), text("DeveloperName", 80), rights="cudqr", plain=True)
    group.add(
        pick("Type", ("Regular", "Queue", "Role", "Organization")), text("Email", 255, type="email"), *audit()
    )
    del group.fields["isdeleted"]
    member = _object(
        "GroupMember", "011", refer("GroupId", "Group"), text("UserOrGroupId", 18), rights="cdq", plain=True
    )
    queue = _object(
        "QueueSobject",
        "03g",
        refer("QueueId", "Group", children="QueueSobjects"),
        text("SobjectType", 40),
        rights="cdq",
        plain=True,
    )
    name = SObject("Name", "", "", label="Name")
    name.add(
        shown("Id", "id"),
        *(shown(n) for n in ("Name", "FirstName", "LastName", "Type", "Username", "Alias", "Title", "Phone")),
        shown("Email", "email"),
        shown("IsActive", "boolean", nillable=False),
        refer("ProfileId", "Profile"),
        refer("UserRoleId", "UserRole"),
    )
    return [user, group, member, queue, name]


def _setup() -> list[SObject]:
    status = [
        text("ApiName"),
        text("MasterLabel"),
        flag("IsClosed"),
        flag("IsDefault"),
        Field("SortOrder", "int"),
    ]
    return [
        _object("CaseStatus", "0Xk", *status, rights="q", plain=True),
        _object("TaskStatus", "01U", *status, rights="q", plain=True),
        _object("Profile", "00e", text("Name"), text("UserType", 40), rights="q", plain=True),
        _object("UserRole", "00E", text("Name"), rights="q", plain=True),
        _object(
            "RecordType",
            "012",
            text("Name", 80),
            text("DeveloperName", 80),
            text("SobjectType", 40),
            flag("IsActive"),
            rights="q",
            plain=True,
        ),
        _object(
            "Organization",
            "00D",
            text("Name", 80),
            text("OrganizationType", 40),
            text("InstanceName", 5),
            flag("IsSandbox"),
            text("TimeZoneSidKey", 40),
            rights="qu",
        ),
        _object("EntityDefinition", "", text("QualifiedApiName"), text("Label"), rights="q", plain=True),
        _object(
            "FieldDefinition",
            "",
            text("QualifiedApiName"),
            text("DurableId"),
            text("Label"),
            text("DataType"),
            flag("IsFieldHistoryTracked"),
            refer("EntityDefinitionId", "EntityDefinition"),
            rights="q",
            plain=True,
        ),
    ]

"""The objects around a Case: customers, people, and the set-up itself."""

from __future__ import annotations

from .schema import Field, SObject, area, audit, flag, made, pick, refer, shown, text


def customers() -> list[SObject]:
    account = made(
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
    contact = made(
        "Contact",
        "003",
        refer("AccountId", "Account", children="Contacts"),
        text("FirstName", 40),
        text("LastName", 80, nillable=False),
        shown("Name", length=121, nillable=False),
        text("Email", 80, type="email", lookup=True),
        text("Phone", 40, type="phone"),
        refer("OwnerId", "User", nillable=False, default="me"),
    )
    lead = made("Lead", "00Q", text("LastName", 80, nillable=False), text("Company", nillable=False))
    return [account, contact, lead]


def people() -> list[SObject]:
    user = made(
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
    group = made("Group", "00G", text("Name", 40), text("DeveloperName", 80), rights="cudqr", plain=True)
    group.add(
        pick("Type", ("Regular", "Queue", "Role", "Organization")), text("Email", 255, type="email"), *audit()
    )
    del group.fields["isdeleted"]
    member = made(
        "GroupMember", "011", refer("GroupId", "Group"), text("UserOrGroupId", 18), rights="cdqr", plain=True
    )
    queue = made(
        "QueueSobject",
        "03g",
        refer("QueueId", "Group", children="QueueSobjects"),
        text("SobjectType", 40),
        rights="cdqr",
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


def setup() -> list[SObject]:
    status = [
        text("ApiName"),
        text("MasterLabel"),
        flag("IsClosed"),
        flag("IsDefault"),
        Field("SortOrder", "int"),
    ]
    return [
        made("CaseStatus", "0Xk", *status, rights="q", plain=True),
        made("TaskStatus", "01U", *status, rights="q", plain=True),
        made("Profile", "00e", text("Name"), text("UserType", 40), rights="q", plain=True),
        made("UserRole", "00E", text("Name"), rights="q", plain=True),
        made(
            "RecordType",
            "012",
            text("Name", 80),
            text("DeveloperName", 80),
            text("SobjectType", 40),
            flag("IsActive"),
            rights="cuqr",
            plain=True,
        ),
        made(
            "Organization",
            "00D",
            text("Name", 80),
            text("OrganizationType", 40),
            text("InstanceName", 5),
            flag("IsSandbox"),
            text("TimeZoneSidKey", 40),
            rights="qur",
        ),
        made("EntityDefinition", "", text("QualifiedApiName"), text("Label"), rights="q", plain=True),
        made(
            "FieldDefinition",
            "",
            text("QualifiedApiName"),
            text("DurableId"),
            text("Label"),
            text("DataType"),
            text("Description"),
            flag("IsFieldHistoryTracked"),
            refer("EntityDefinitionId", "EntityDefinition"),
            rights="q",
            plain=True,
        ),
    ]

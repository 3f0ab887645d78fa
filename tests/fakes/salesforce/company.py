"""A ready org: Acme's support with its people, queue, record types, fields and tracked history."""

from __future__ import annotations

from fakes.jira.clock import Clock

from .permissions import granted
from .schema import Choice, Field, area, flag, pick, refer, text
from .world import Org

STATUSES = (
    Choice("New", default=True),
    Choice("Investigating"),
    Choice("Designing"),
    Choice("Updating"),
    Choice("Pending"),
    Choice("Done", "Closed", closed=True),
    Choice("Rejected", closed=True),
    Choice("Duplicate", closed=True),
    Choice("Waiting for legal"),
)
"""One of them is called something else by people; two closed ones do not say so."""
STAGES = {
    "intake": ("New",),
    "investigation": ("Investigating",),
    "solution_design": ("Designing",),
    "customer_update": ("Updating",),
    "resolution_pending": ("Pending",),
    "closed": ("Done",),
    "rejected": ("Rejected",),
    "duplicate": ("Duplicate",),
}
FIELDS: dict[str, tuple[str, ...]] = {
    "owner": ("OwnerId", "Co_Owner__c"),
    "severity": ("Severity__c",),
    "tone": ("Tone__c",),
    "account.name": ("Account.Name",),
    "account.tier": ("Account.Tier__c",),
    "account.arr": ("Account.ARR__c",),
    "account.csm": ("Account.CSM__r.Id",),
    "contact.email": ("ContactEmail",),
    "is_technical": ("Technical__c",),
    "checklist.history_reviewed": ("History_Reviewed__c",),
    "findings_summary": ("Findings__c",),
    "resolution_types": ("Resolution_Types__c",),
    "committed_at": ("Committed_At__c",),
    "implemented_at": ("Implemented_At__c",),
    "root_cause": ("Root_Cause__c",),
    "follow_up.scheduled_for": ("Follow_Up_Day__c",),
    "ack_due_at": ("Ack_Due__c",),
    "health": ("Health__c",),
    "computed_priority": ("Computed_Priority__c",),
}
"""Canonical field -> the org's fields, as a configuration would map them."""
RECORD_TYPE = "Executive_Escalation"
TRACKED = ("Status", "OwnerId", "Co_Owner__c", "Severity__c", "Tone__c", "Findings__c", "Committed_At__c")


def company(clock: Clock | None = None) -> Org:
    """Everybody is there, nothing has happened yet; `escsync` is the API's user."""
    org = Org(clock)
    staff(org)
    org.hire("dana", "Dana Reyes", Title="Support Manager")
    org.hire("idris", "Idris Cole")
    org.hire("ana", "Ana Lima")
    org.add_queue("support", "Support Queue")
    org.choices("Case", "Status", STATUSES)
    org.objects["Account"].add(
        pick("Tier__c", ("Enterprise", "Mid Market", "SMB")),
        Field("ARR__c", "currency", scale=2),
        refer("CSM__c", "User"),
    )
    org.objects["Case"].add(
        refer("Co_Owner__c", "User"),
        pick("Severity__c", ("Billing dispute", "Data issue", "Public outage"), restricted=True),
        pick("Tone__c", ("private", "threat_public", "public"), restricted=True),
        flag("Technical__c"),
        flag("History_Reviewed__c"),
        area("Findings__c", 32768),
        pick(
            "Resolution_Types__c",
            ("Engineering fix", "Billing credit"),
            type="multipicklist",
            restricted=True,
            length=4099,
        ),
        Field("Committed_At__c", "datetime"),
        Field("Implemented_At__c", "datetime"),
        pick("Root_Cause__c", ("Product bug", "Routing failure", "Something new"), restricted=True),
        Field("Follow_Up_Day__c", "date"),
        Field("Ack_Due__c", "datetime"),
        pick("Health__c", ("ok", "due_soon", "breached"), restricted=True),
        pick("Computed_Priority__c", ("P0", "P1", "P2")),
        text("Escsync_Key__c", 80, external=True, unique=True),
    )
    org.track(*TRACKED)
    return org


def staff(org: Org) -> None:
    """Whom every org has: its own automata, our account, and the record types of Cases."""
    org.hire("escsync", "Escalation Sync", Email="escsync@acme.example")
    profile = org.setup("Profile", Name="Salesforce API Only System Integrations", UserType="Standard")
    org.row(org.who("escsync")).values["ProfileId"] = profile.id
    granted(
        org,
        "Case agent",
        "escsync",
        Case=("Read", "Create", "Edit", "ViewAllRecords"),
        Account=("Read",),
        Contact=("Read",),
    )
    org.hire("autoproc", "Automated Process", UserType="AutomatedProcess", Email="noreply@00ddm0")
    org.setup(
        "Organization", Name="Acme", OrganizationType="Developer Edition", InstanceName="DEU1", IsSandbox=True
    )
    for developer, name in ((RECORD_TYPE, "Executive escalation"), ("Standard_Case", "Standard case")):
        org.setup("RecordType", DeveloperName=developer, Name=name, SobjectType="Case", IsActive=True)


def record_type(org: Org, developer: str = RECORD_TYPE) -> str:
    """The id of a record type."""
    rows = org.rows["RecordType"].values()
    return next(row.id for row in rows if row.get("DeveloperName") == developer)

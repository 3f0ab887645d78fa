"""An org with a field for everything that escsync reads, some on the Case, some on the customer's own record."""

from __future__ import annotations

from collections.abc import Collection

from escsync.adapter import FIELDS, FieldKind, Stage

from .company import staff
from .schema import Choice, Field, area, pick, refer, text
from .world import Org

STATUSES = {
    Stage.INTAKE: Choice("Open", default=True),
    Stage.CANDIDATE: Choice("Proposed"),
    Stage.INVESTIGATION: Choice("Investigation"),
    Stage.SOLUTION_DESIGN: Choice("Designing"),
    Stage.CUSTOMER_UPDATE: Choice("Updating"),
    Stage.RESOLUTION_PENDING: Choice("Pending"),
    Stage.CLOSED: Choice("Closed", closed=True),
    Stage.REJECTED: Choice("Rejected", closed=True),
    Stage.DUPLICATE: Choice("Duplicate", closed=True),
}
STANDARD = {
    "summary": "Subject",
    "description": "Description",
    "stage": "Status",
    "priority": "Priority",
    "contact.name": "SuppliedName",
    "contact.email": "SuppliedEmail",
}
ACCOUNT = {
    "account.id": "AccountNumber",
    "account.name": "Name",
    "account.tier": "Tier__c",
    "account.arr": "ARR__c",
    "account.currency": "Currency__c",
    "account.customer_since": "Customer_Since__c",
    "account.csm": "CSM__c",
    "account.time_zone": "Time_Zone__c",
}
"""What stands on the customer's own record: a change there does not touch the Case."""
TRACKED = (
    "stage",
    "owner",
    "tone",
    "identified_at",
    "is_technical",
    *(name for name in FIELDS if name.startswith("checklist.")),
    "findings_summary",
    "resolution_types",
    "resolution_links",
    "exception.requested_at",
    "exception.decided_at",
    "committed_at",
    "implemented_at",
    "root_cause",
    "follow_up.scheduled_for",
    "follow_up.held_at",
    "follow_up.outcome",
)
"""Fields whose history an administrator has turned on: with the owner's two, the 20 that an object may have."""
LONG = {"findings_summary", "resolution_links"}


def furnish(org: Org, days: Collection[str] = ()) -> dict[str, tuple[str, ...]]:
    """Set *org* up; the answer is canonical field -> API names. *days* are fields that hold a mere day."""
    staff(org)
    org.choices("Case", "Status", STATUSES.values())
    org.choices("Case", "Priority", map(Choice, ("P0", "P1", "P2")))
    fields: dict[str, tuple[str, ...]] = {}
    for name in FIELDS:
        if name in ACCOUNT:
            api = ACCOUNT[name]
            fields[name] = ("Account.CSM__r.Id" if api == "CSM__c" else f"Account.{api}",)
            if api.endswith("__c"):
                org.add_field("Account", _field(name, api, days))
        elif name == "owner":
            fields[name] = ("OwnerId", org.add_field("Case", refer("Co_Owner__c", "User")).name)
        elif name not in STANDARD:
            api = name.replace(".", "_").title() + "__c"
            fields[name] = (org.add_field("Case", _field(name, api, days)).name,)
    org.add_field("Case", text("Escsync_Key__c", 80, external=True, unique=True))
    org.track(*(api for name in TRACKED for api in apis(name, fields)))
    return fields


def apis(name: str, fields: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The API names of a canonical field of the Case."""
    return (STANDARD[name],) if name in STANDARD else fields[name]


def _field(name: str, api: str, days: Collection[str]) -> Field:
    match FIELDS[name].kind:
        case FieldKind.PEOPLE:
            return refer(api, "User")
        case FieldKind.NUMBER:
            return Field(api, "currency", scale=2)
        case FieldKind.INSTANT if name not in days:
            return Field(api, "datetime")
        case FieldKind.INSTANT | FieldKind.DAY:
            return Field(api, "date")
        case FieldKind.CHOICES:
            return pick(api, FIELDS[name].choices, type="multipicklist", restricted=True, length=4099)
        case FieldKind.CHOICE | FieldKind.CHECK:
            return pick(api, FIELDS[name].choices, restricted=True)
        case FieldKind.FLAG:
            return pick(api, ("Yes", "No"), restricted=True)
    return area(api, 32768) if name in LONG else text(api)

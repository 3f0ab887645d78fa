"""The glossary: each word of `stages:`, `fields:` and `markers:` in one line, for editors and `escsync schema`."""

from __future__ import annotations

from collections.abc import Mapping

from escsync.domain.communication import MessageKind
from escsync.domain.fields import Stage

STAGES: Mapping[Stage, str] = {
    Stage.CANDIDATE: "Perhaps an executive escalation; nobody has confirmed it yet.",
    Stage.INTAKE: "Identified; to be acknowledged and owned.",
    Stage.INVESTIGATION: "The owner finds out what happened.",
    Stage.SOLUTION_DESIGN: "What to do is being decided.",
    Stage.CUSTOMER_UPDATE: "The customer is told what was understood, what will be done, and when.",
    Stage.RESOLUTION_PENDING: "Promised, and being done.",
    Stage.CLOSED: "Done; the check-in is due or was held.",
    Stage.REJECTED: "No executive escalation after all.",
    Stage.DUPLICATE: "The same as another one.",
}

MARKERS: Mapping[MessageKind, tuple[str, str]] = {
    MessageKind.ACKNOWLEDGEMENT: ("The first personal response.", "#ack"),
    MessageKind.HOLDING: ("We are on it; nothing of substance.", "#holding"),
    MessageKind.HANDOVER: ("Somebody else takes over, by name.", "#handover"),
    MessageKind.CUSTOMER_UPDATE: ("The full account.", "#update"),
    MessageKind.CLOSURE: ("It is done.", "#closure"),
    MessageKind.FOLLOW_UP: ("The check-in after closure.", "#followup"),
}

FIELDS: Mapping[str, str] = {
    "summary": "The complaint in one line.",
    "description": "The complaint in full.",
    "owner": "Who owns it; several fields make all people named in them the owners.",
    "stage": "The tracker's status.",
    "priority": "The tracker's own priority, compared with the computed one and never written.",
    "entry_point": "How it reached the company.",
    "source_url": "Where the original message is.",
    "received_at": "When the customer wrote.",
    "identified_at": "When somebody in the company saw what it was.",
    "identified_by": "Who saw it.",
    "account.id": "The account's id in the CRM.",
    "account.name": "The account's name.",
    "account.tier": "The account's tier.",
    "account.arr": "Annual recurring revenue.",
    "account.currency": "The currency of that revenue.",
    "account.customer_since": "Since when it is a customer.",
    "account.csm": "The account's Customer Success Manager.",
    "account.time_zone": "Where the account works: an IANA name.",
    "contact.name": "Who complained.",
    "contact.email": "The contact's e-mail address.",
    "severity": "What kind of complaint it is.",
    "tone": "Private, public, or with the threat to go public.",
    "brand_exposure": "How much of the public may see it.",
    "is_technical": "Must engineering or product be consulted?",
    "checklist.history_reviewed": "Was the account's history reviewed?",
    "checklist.csm_spoken": "Was the CSM spoken to?",
    "checklist.eng_product_consulted": "Was engineering or product consulted?",
    "findings_summary": "What the investigation found.",
    "resolution_types": "What kinds of resolution were chosen.",
    "resolution_links": "Links to the work that resolves it.",
    "exception.authorizer": "Who may authorize the policy exception.",
    "exception.requested_at": "When authority was asked for.",
    "exception.decided_at": "When it was decided.",
    "exception.outcome": "How it was decided.",
    "committed_at": "The date given to the customer.",
    "implemented_at": "When the resolution was in place.",
    "root_cause": "The one primary cause.",
    "breakdown_point": "Where the ordinary process broke down.",
    "follow_up.scheduled_for": "When the check-in will be.",
    "follow_up.scheduled_by": "Who scheduled it.",
    "follow_up.held_at": "When it was held.",
    "follow_up.outcome": "Whether things improved.",
    "due_at": "Written by escsync: the next deadline.",
    "ack_due_at": "Written by escsync: until when to acknowledge.",
    "investigation_due_at": "Written by escsync: until when to understand the facts.",
    "update_due_at": "Written by escsync: until when to tell the customer.",
    "follow_up_due_at": "Written by escsync: until when to hold the check-in.",
    "computed_priority": "Written by escsync: P0, P1 or P2.",
    "health": "Written by escsync: ok, due_soon or breached.",
    "escsync_stage": "Written by escsync: the stage as the evidence has it.",
}

"""The canonical fields: what a ticket can tell, and in which form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """The form of a field's value, and so how an adapter decodes it.

    An unreadable or unmapped raw value is handed on as its text: rubbish is a finding, not a crash.
    """

    TEXT = "text"
    """str"""
    PEOPLE = "people"
    """tuple[PersonRef, ...]; a text becomes a PersonRef without an id"""
    INSTANT = "instant"
    """aware datetime, or date where only a day is known"""
    DAY = "day"
    """date"""
    NUMBER = "number"
    """Decimal"""
    CHOICE = "choice"
    """one canonical value as str; a value that maps to none is handed on as it is"""
    CHOICES = "choices"
    """tuple[str, ...] of such values"""
    FLAG = "flag"
    """bool"""
    CHECK = "check"
    """"done", "na" or "open" (decision 19)"""
    STAGE = "stage"
    """Status"""


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical field. *own*: written by escsync, never read as evidence. *private*: customer text."""

    name: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    own: bool = False
    private: bool = False


ENTRY_POINTS = (
    "exec_email",
    "exec_linkedin",
    "exec_cc",
    "csm_escalation",
    "ae_escalation",
    "ticket_flag_submitter",
    "ticket_flag_agent",
    "social_public",
)
TIERS = ("enterprise", "mid_market", "smb", "other", "unknown")
SEVERITIES = ("billing_dispute", "data_issue", "public_outage", "ux_complaint", "other", "unknown")
TONES = ("private", "threat_public", "public")
EXPOSURES = ("none", "low", "medium", "high", "unknown")
RESOLUTIONS = (
    "engineering_fix",
    "billing_credit",
    "product_configuration_change",
    "policy_exception",
    "other",
)
ROOT_CAUSES = (
    "product_bug",
    "knowledge_base_gap",
    "routing_failure",
    "policy_inflexibility",
    "sla_breach",
    "communication_failure",
)
BREAKDOWN_POINTS = ("tier1", "tier2", "product", "policy")
OUTCOMES = ("improved", "not_improved", "unreachable")
PRIORITIES = ("P0", "P1", "P2")
HEALTH = ("ok", "due_soon", "breached")
CHECKS = ("done", "na", "open")


class Stage(StrEnum):
    """The canonical stages: the keys of `stages:` and, with the last three, the stages derived from evidence."""

    CANDIDATE = "candidate"
    INTAKE = "intake"
    INVESTIGATION = "investigation"
    SOLUTION_DESIGN = "solution_design"
    CUSTOMER_UPDATE = "customer_update"
    RESOLUTION_PENDING = "resolution_pending"
    CLOSED = "closed"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    CLOSED_FOLLOW_UP_DUE = "closed_follow_up_due"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"


MAPPED_STAGES = tuple(Stage)[:9]
"""The stages that a tracker's statuses are mapped to."""
STEPS = (
    Stage.INTAKE,
    Stage.INVESTIGATION,
    Stage.SOLUTION_DESIGN,
    Stage.CUSTOMER_UPDATE,
    Stage.RESOLUTION_PENDING,
)
"""The steps before closure, in their order."""
ENDED = frozenset({Stage.COMPLETE, Stage.REJECTED, Stage.DUPLICATE, Stage.WITHDRAWN})
"""Nothing is owed any more."""
CHECKLIST = ("history_reviewed", "csm_spoken", "eng_product_consulted")


REQUIRED = ("summary", "account.name", "account.customer_since", "received_at")
"""Fields that intake owes and no finding of its own names (INT-3..INT-5)."""


def _all() -> tuple[Field, ...]:
    text, people, instant = FieldKind.TEXT, FieldKind.PEOPLE, FieldKind.INSTANT
    choice, own_instant = FieldKind.CHOICE, FieldKind.INSTANT
    return (
        Field("summary", text),
        Field("description", text, private=True),
        Field("owner", people),
        Field("stage", FieldKind.STAGE),
        Field("priority", choice, PRIORITIES),
        Field("entry_point", choice, ENTRY_POINTS),
        Field("source_url", text),
        Field("received_at", instant),
        Field("identified_at", instant),
        Field("identified_by", people),
        Field("account.id", text),
        Field("account.name", text),
        Field("account.tier", choice, TIERS),
        Field("account.arr", FieldKind.NUMBER),
        Field("account.currency", text),
        Field("account.customer_since", FieldKind.DAY),
        Field("account.csm", people),
        Field("account.time_zone", text),
        Field("contact.name", text, private=True),
        Field("contact.email", text, private=True),
        Field("severity", choice, SEVERITIES),
        Field("tone", choice, TONES),
        Field("brand_exposure", choice, EXPOSURES),
        Field("is_technical", FieldKind.FLAG),
        *(Field(f"checklist.{item}", FieldKind.CHECK, CHECKS) for item in CHECKLIST),
        Field("findings_summary", text, private=True),
        Field("resolution_types", FieldKind.CHOICES, RESOLUTIONS),
        Field("resolution_links", text),
        Field("exception.authorizer", people),
        Field("exception.requested_at", instant),
        Field("exception.decided_at", instant),
        Field("exception.outcome", text),
        Field("committed_at", instant),
        Field("implemented_at", instant),
        Field("root_cause", choice, ROOT_CAUSES),
        Field("breakdown_point", choice, BREAKDOWN_POINTS),
        Field("follow_up.scheduled_for", instant),
        Field("follow_up.scheduled_by", people),
        Field("follow_up.held_at", instant),
        Field("follow_up.outcome", choice, OUTCOMES),
        Field("due_at", own_instant, own=True),
        Field("ack_due_at", own_instant, own=True),
        Field("investigation_due_at", own_instant, own=True),
        Field("update_due_at", own_instant, own=True),
        Field("follow_up_due_at", own_instant, own=True),
        Field("computed_priority", choice, PRIORITIES, own=True),
        Field("health", choice, HEALTH, own=True),
        Field("escsync_stage", choice, tuple(stage.value for stage in Stage), own=True),
    )


FIELDS: Mapping[str, Field] = {field.name: field for field in _all()}
OWN_FIELDS = tuple(field.name for field in FIELDS.values() if field.own)


def folded(value: str) -> str:
    """How option names are compared: case, spaces, `-` and `_` make no difference."""
    return "".join(ch for ch in value.casefold() if ch not in " -_")


def canonical(field: Field, raw: str) -> str | None:
    """The canonical value that *raw* spells, or None."""
    wanted = folded(raw)
    if field.kind is FieldKind.CHECK and wanted in {"n/a", "na", "notapplicable"}:
        return "na"
    return next((choice for choice in field.choices if folded(choice) == wanted), None)

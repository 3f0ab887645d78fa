"""What should exist in a tracker: the fields of the process that nothing else tells, and what to call them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from escsync.adapter import FIELDS, Field, FieldKind, Vocabulary
from escsync.offers import Wish

NATIVE = ("summary", "description", "owner", "stage", "priority")
"""Every tracker has these under a name of its own."""
OPTIONAL = (
    "identified_at",
    "identified_by",
    "account.id",
    "account.time_zone",
    "contact.name",
    "contact.email",
    "follow_up.scheduled_by",
)
"""Told by the tracker's own record or by nobody's duty: made only where they are asked for by name."""
FROM_ACCOUNTS = (
    "account.tier",
    "account.arr",
    "account.currency",
    "account.customer_since",
    "account.csm",
)
"""What accounts.csv tells where there is one; the account's name joins it."""
_LABELS = {
    "source_url": "Source link",
    "account.arr": "ARR",
    "account.csm": "CSM",
    "account.name": "Account",
    "account.id": "Account ID",
    "is_technical": "Technical",
    "checklist.csm_spoken": "Spoken with the CSM",
    "checklist.history_reviewed": "History reviewed",
    "checklist.eng_product_consulted": "Engineering or Product consulted",
    "findings_summary": "Findings",
    "due_at": "Next deadline",
    "ack_due_at": "Acknowledgement due",
    "investigation_due_at": "Investigation due",
    "update_due_at": "Customer update due",
    "follow_up_due_at": "Follow-up due",
    "computed_priority": "Escalation priority",
    "health": "Escalation health",
    "escsync_stage": "Escalation stage",
}
_CHOICES = {"na": "N/A", "ok": "OK"}
_WORDS = {
    "ae": "AE",
    "cc": "CC",
    "csm": "CSM",
    "linkedin": "LinkedIn",
    "sla": "SLA",
    "smb": "SMB",
    "tier1": "tier 1",
    "tier2": "tier 2",
    "ux": "UX",
}
"""Words of our values that people do not write as we do."""
_FLAG = {"yes": "true", "no": "false"}
"""The choices of a yes-or-no question, and the keys under which `options:` maps them."""


def wishes(
    vocabulary: Vocabulary,
    *,
    accounts: bool = False,
    leave_out: Collection[str] = (),
    only: Collection[str] = (),
) -> tuple[Wish, ...]:
    """What is wanted of a tracker with this *vocabulary*: whatever it maps, and the standard fields that it does not.

    *accounts*: is there an accounts.csv? *leave_out* are fields that the team does without; *only* names the ones to look at.
    """
    absent = set(NATIVE) | set(OPTIONAL) | (set(FROM_ACCOUNTS) if accounts else set()) | set(leave_out)
    return tuple(
        Wish(
            field,
            label(name),
            vocabulary.fields.get(name, ()),
            choices(field, vocabulary.options.get(name, {})),
        )
        for name, field in FIELDS.items()
        if (name in only if only else name in vocabulary.fields or name not in absent)
    )


def label(name: str) -> str:
    """What people call the canonical field *name*: `follow_up.held_at` is "Follow-up held at"."""
    words = name.replace("follow_up", "follow-up").replace(".", " ").replace("_", " ")
    return _LABELS.get(name, words[:1].upper() + words[1:])


def choices(field: Field, options: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The options that *field* should have: canonical value -> its name, as *options* maps it or as people write it."""
    keys = _FLAG if field.kind is FieldKind.FLAG else dict(zip(field.choices, field.choices, strict=True))
    mapped = {value: options.get(key) or options.get(value) or () for value, key in keys.items()}
    return {value: names[0] if names else _spoken(value) for value, names in mapped.items()}


def _spoken(value: str) -> str:
    words = " ".join(_WORDS.get(word, word) for word in value.split("_"))
    return _CHOICES.get(value, words[:1].upper() + words[1:])

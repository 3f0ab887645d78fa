"""The page of canonical fields and stages."""

from __future__ import annotations

from collections.abc import Iterator

from escsync.domain.fields import FIELDS, MAPPED_STAGES, FieldKind

from .made import MADE

FORMS = {
    FieldKind.TEXT: "text",
    FieldKind.PEOPLE: "a user field, or text: a people id, e-mail or full name",
    FieldKind.INSTANT: "a date with time; a bare date counts by the day",
    FieldKind.DAY: "a date",
    FieldKind.NUMBER: "a number",
    FieldKind.CHOICE: "one of",
    FieldKind.CHOICES: "any of",
    FieldKind.FLAG: "yes or no",
    FieldKind.CHECK: "a checkbox, or one of",
    FieldKind.STAGE: "the status; mapped under `stages:`",
}


def fields() -> Iterator[str]:
    """Every canonical field and stage."""
    yield "# Fields and stages"
    yield ""
    yield f"{MADE}. The names on the left are the keys of `fields:`; the values are the tracker's, by id or unique name."
    yield "An option maps by its own name where that equals the canonical value (case, spaces, `-` and `_` aside), else through"
    yield "`options:`."
    for title, own in (
        ("What the tracker tells", False),
        ("What escsync writes, and never reads as evidence", True),
    ):
        yield ""
        yield f"## {title}"
        yield ""
        yield "| field | form |"
        yield "|---|---|"
        for field in FIELDS.values():
            if field.own is own:
                choices = ", ".join(f"`{choice}`" for choice in field.choices)
                yield f"| `{field.name}` | {f'{FORMS[field.kind]} {choices}'.strip()} |"
    yield ""
    yield "## Stages"
    yield ""
    yield "The keys of `stages:`, each with one or more of the tracker's statuses, the first of which is written:"
    yield ", ".join(f"`{stage}`" for stage in MAPPED_STAGES) + "."
    yield "In JSON the stage is derived from evidence; there `closed` appears as `closed_follow_up_due` or `complete`."

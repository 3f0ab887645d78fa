"""Missing values: what counts as not filled in, whatever stands there."""

from __future__ import annotations

from .fields import FIELDS
from .ticket import Value

_PLACEHOLDERS = frozenset(
    {"", "tbd", "tba", "tbc", "n/a", "na", "none", "-", "--", "?", "??", "todo", "xxx", ".", "unknown"}
)


def blank(value: Value) -> bool:
    """Is this value missing? Blank and placeholder texts are ("TBD", "n/a"; INT-2..5), False is not."""
    if isinstance(value, str):
        bare = value.strip()
        return len(bare) < 8 and bare.casefold() in _PLACEHOLDERS
    return value is None or value == ()


def lacks(name: str, value: Value) -> bool:
    """As *blank*, but an option of the field's own says something: a brand exposure of `none` is an answer."""
    if not blank(value):
        return False
    field = FIELDS.get(name)
    return field is None or value not in field.choices or value == "unknown"

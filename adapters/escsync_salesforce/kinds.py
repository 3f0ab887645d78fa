"""Kinds: which types of Salesforce's fields can hold which of our values, and what each type looks like in an answer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from escsync.adapter import FIELDS, FieldKind, Vocabulary
from escsync.spelling import number

from .schema import Column

_NUMBERS = ("currency", "double", "int", "percent")
_LISTS = ("picklist", "multipicklist", "combobox")
_WORDS = ("string", "textarea")
_ANSWERS = ("boolean", *_LISTS, *_WORDS, *_NUMBERS)
_COMPOUND = ("address", "location", "base64", "complexvalue")
_FITTING = {
    FieldKind.INSTANT: ("datetime", "date", "string"),
    FieldKind.DAY: ("date", "datetime", "string"),
    FieldKind.NUMBER: (*_NUMBERS, "string"),
    FieldKind.PEOPLE: ("reference", "string", "email", "textarea", "id", "picklist"),
    FieldKind.STAGE: ("picklist",),
    FieldKind.CHOICE: ("picklist", *_WORDS, *_LISTS[1:]),
    FieldKind.CHOICES: ("multipicklist", *_WORDS, *_LISTS),
    FieldKind.FLAG: _ANSWERS,
    FieldKind.CHECK: _ANSWERS,
}


def holding(type: str, target: tuple[str, ...] = ()) -> tuple[FieldKind, ...]:
    """The forms of ours that a field of this *type* can hold, the best first; a lookup's *target* is what it names."""
    if type in _COMPOUND or (type == "reference" and not {"User", "Group"} & set(target)):
        return ()
    fitting = [
        (types.index(type), kind)
        for kind, types in _FITTING.items()
        if type in types and kind is not FieldKind.STAGE
    ]
    if type != "boolean":
        fitting.append((0 if type in _WORDS else len(_ANSWERS), FieldKind.TEXT))
    return tuple(kind for _, kind in sorted(fitting, key=lambda one: one[0]))


def misfit(name: str, column: Column, vocabulary: Vocabulary) -> str:
    """Why *column* cannot hold the canonical field *name*; "" where it can."""
    kind = FIELDS[name].kind
    if kind is FieldKind.TEXT:
        fits, wanted = column.type not in ("boolean", *_COMPOUND), "text"
    else:
        fitting = _FITTING[kind]
        fits, wanted = column.type in fitting, " or ".join(fitting[:2])
    if kind in (FieldKind.CHOICE, FieldKind.CHOICES) and not fits:
        fits = _spelled(column.type, vocabulary.options.get(name, {}))
    shown = f"{column.label or column.name} ({column.path}, {column.type})"
    return "" if fits else f"{shown} cannot hold this: a field of type {wanted} can"


def _spelled(type: str, options: Mapping[str, tuple[str, ...]]) -> bool:
    """Do `options:` name what a checkbox, or a number, holds?"""
    words = [word.strip().casefold() for some in options.values() for word in some]
    if type == "boolean":
        return any(word in ("true", "false") for word in words)
    return type in _NUMBERS and any(number(word) is not None for word in words)


def retyped(column: Column, raw: Any) -> bool:
    """Is *raw* in a form that a field of the type that was described never has?"""
    if raw is None:
        return False
    if column.type == "boolean":
        return not isinstance(raw, bool)
    numeric = isinstance(raw, int | float | Decimal) and not isinstance(raw, bool)
    return not numeric if column.type in _NUMBERS else isinstance(raw, bool) or numeric

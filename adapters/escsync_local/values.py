"""Field values: from the JSON that the file holds to our vocabulary, and back."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from escsync.adapter import Field, FieldKind, PersonRef, Value, Vocabulary, canonical, instant

from .store import stamp

_YES = {"yes": True, "true": True, "no": False, "false": False}
_LARGEST = 30
"""More digits than this are no amount but an attempt to fill the memory."""


def read(field: Field, raw: Any, vocabulary: Vocabulary) -> Value:
    """What *raw* says; rubbish is handed on as its text."""
    if raw is None:
        return None
    text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
    match field.kind:
        case FieldKind.INSTANT | FieldKind.DAY:
            return _when(text, day=field.kind is FieldKind.DAY)
        case FieldKind.NUMBER:
            return _number(text)
        case FieldKind.CHOICE:
            return vocabulary.choice(field.name, text)
        case FieldKind.CHOICES:
            items = raw if isinstance(raw, list) else [raw]
            return tuple(vocabulary.choice(field.name, str(item)) for item in items)
        case FieldKind.FLAG:
            return raw if isinstance(raw, bool) else _YES.get(text.strip().casefold(), text)
        case FieldKind.CHECK:
            if isinstance(raw, bool):
                return "done" if raw else "open"
            return canonical(field, text) or text
        case _:
            return text


def spell(field: str, value: Value, vocabulary: Vocabulary) -> Any:
    """What the file must hold so that *field* reads as *value*."""
    options = vocabulary.options.get(field, {})
    match value:
        case str():
            return options.get(value, (value,))[0]
        case tuple():
            return [
                (item.id or item.email or item.name)
                if isinstance(item, PersonRef)
                else options.get(item, (item,))[0]
                for item in value
            ]
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case None | bool():
            return value
        case _:
            return value.id


def _when(text: str, *, day: bool) -> Value:
    try:
        if len(text.strip()) == 10:
            return date.fromisoformat(text.strip())
        found = datetime.fromisoformat(text.strip())
        if day:
            return found.date()
        # Without an offset nobody knows when it was: rubbish, handed on as it is.
        return text if found.tzinfo is None else instant(found)
    except (ValueError, OverflowError):
        return text


def _number(text: str) -> Value:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return text
    return number if number.is_finite() and abs(number.adjusted()) <= _LARGEST else text

"""Field values: from a cell's text to our vocabulary, and back. Rubbish is handed on as its text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from escsync.adapter import Field, FieldKind, PersonRef, Status, Value, Vocabulary, canonical, instant

_YES = {"yes": True, "true": True, "no": False, "false": False}
_SEPARATOR = ";"
"""Between several people or choices in one cell."""


def read(field: Field, text: str, words: Vocabulary, people: Mapping[str, PersonRef]) -> Value:
    """What a cell says about *field*."""
    bare = text.strip()
    if not bare and field.kind is not FieldKind.STAGE:
        return None
    match field.kind:
        case FieldKind.STAGE:
            return Status(bare, bare, words.stage_of(bare))
        case FieldKind.PEOPLE:
            return tuple(_person(name, people) for name in _items(bare))
        case FieldKind.INSTANT | FieldKind.DAY:
            return _when(bare, day=field.kind is FieldKind.DAY)
        case FieldKind.NUMBER:
            return _number(bare)
        case FieldKind.CHOICE:
            return words.choice(field.name, bare)
        case FieldKind.CHOICES:
            return tuple(words.choice(field.name, item) for item in _items(bare))
        case FieldKind.FLAG:
            return _YES.get(bare.casefold(), text)
        case FieldKind.CHECK:
            known = _YES.get(bare.casefold())
            return canonical(field, bare) or text if known is None else "done" if known else "open"
        case _:
            return text


def spell(field: Field, value: Value, words: Vocabulary) -> str:
    """The cell that reads as *value*."""
    options = words.options.get(field.name, {})
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            # A lone half of a character pair has no place in UTF-8.
            return options.get(value, (value,))[0].encode("utf-8", "replace").decode()
        case datetime():
            return instant(value).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case Status():
            return value.name
        case tuple():
            return _SEPARATOR.join(
                item.id or item.email or item.name
                if isinstance(item, PersonRef)
                else options.get(item, (item,))[0]
                for item in value
            )


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(_SEPARATOR) if item.strip()]


def _person(name: str, people: Mapping[str, PersonRef]) -> PersonRef:
    return people.get(name) or (PersonRef(email=name) if "@" in name else PersonRef(name=name))


def _when(text: str, *, day: bool) -> Value:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text)
        if day:
            return found.date()
        # Without an offset nobody knows when it was.
        return text if found.tzinfo is None else instant(found)
    except (ValueError, OverflowError):
        return text


def _number(text: str) -> Value:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() and abs(number.adjusted()) <= 30 else text

"""Our values -> what Notion takes, in the one form per type that it does not refuse."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from escsync.adapter import (
    FIELDS,
    FieldKind,
    PersonKind,
    PersonRef,
    Rejected,
    Status,
    Value,
    canonical,
    instant,
)

from . import instants, richtext
from .columns import READ_ONLY, Column, Option
from .schema import Schema

_MOST = 100
_LONGEST = {"url": 2000, "email": 200, "phone_number": 200}
_EMPTY: Mapping[str, Any] = {"title": [], "rich_text": [], "multi_select": [], "people": []}


class UnknownOption(Rejected):
    """No option of the property is meant: it may be new, so the property is looked at once more."""


def fit(column: Column, value: Value) -> Value:
    """*value* as Notion will show it: to the minute, and only what a property of this type can hold."""
    match value:
        case () | "":
            return None
        case datetime():
            return instants.minute(value) if column.type == "date" else instant(value)
        case Decimal() if column.type == "number":
            shown = Decimal(repr(float(value)))
            return Decimal(int(shown)) if shown == shown.to_integral_value() else shown.normalize()
        case str() if column.type in ("title", "rich_text"):
            return "".join(run["text"]["content"] for run in richtext.runs(value))
        case _:
            return value


def field(name: str, column: Column, value: Value, schema: Schema) -> dict[str, Any]:
    """The property value that stands for *value*: nothing of what was read is sent back but ids."""
    kind = column.type
    if column.via or column.box or kind in READ_ONLY or kind not in _WRITERS:
        why = "it stands on another page" if column.via else f"a {kind or 'property'} cannot be written"
        raise Rejected(
            f"{column.name or column.id}: {why}", field=name, remedy=f"map fields.{name} to another property"
        )
    if value is None or value == ():
        return {kind: _EMPTY.get(kind)} if kind != "checkbox" else {kind: False}
    return {kind: _WRITERS[kind](name, column, value, schema)}


def option(name: str, column: Column, value: str, schema: Schema) -> Option:
    """The option that stands for a canonical value. It must exist: Notion makes one of every name that it is given."""
    spellings = schema.vocabulary.options.get(name, {}).get(value, ())
    for word in (*spellings, value):
        if found := column.option(word):
            return found
    for one in column.options:
        if canonical(FIELDS[name], one.name) == value:
            return one
    raise unknown(name, column, spellings[0] if spellings else value)


def status(column: Column, words: tuple[str, ...]) -> Option:
    """The first of a stage's statuses: no other is taken in its place."""
    found = column.option(words[0]) if words else None
    if found is None:
        raise unknown("stage", column, words[0] if words else "")
    return found


def unknown(name: str, column: Column, word: str) -> UnknownOption:
    """What to say where no option is meant."""
    names = [one.name for one in column.options]
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    place = f"options.{name}" if name != "stage" else "stages"
    return UnknownOption(
        f"{column.name or column.id} has no option {word!r}"[:180],
        field=name,
        remedy=f"{hint}add the option in Notion, or map it under {place}; escsync makes none",
    )


def _title(name: str, column: Column, value: Value, schema: Schema) -> Any:
    runs = richtext.runs(_words(name, value, schema))
    if len(runs) > richtext.RUNS:
        raise Rejected(f"{column.name or column.id}: the text is longer than Notion takes", field=name)
    return runs


def _line(name: str, column: Column, value: Value, schema: Schema) -> Any:
    word, most = _words(name, value, schema), _LONGEST[column.type]
    if len(word.encode("utf-16-le", "replace")) // 2 > most:
        raise Rejected(f"{column.name or column.id}: more than {most} characters", field=name)
    return word or None


def _select(name: str, column: Column, value: Value, schema: Schema) -> Any:
    words = value if isinstance(value, tuple) else (value,)
    return {"id": option(name, column, _word(words[0]), schema).id}


def _multi_select(name: str, column: Column, value: Value, schema: Schema) -> Any:
    words = value if isinstance(value, tuple) else (value,)
    return [{"id": option(name, column, _word(one), schema).id} for one in _few(name, column, words)]


def _people(name: str, column: Column, value: Value, schema: Schema) -> Any:
    entries = value if isinstance(value, tuple) else ()
    return [_user(name, ref) for ref in _few(name, column, entries) if isinstance(ref, PersonRef)]


def _few(name: str, column: Column, entries: Sequence[Any]) -> Sequence[Any]:
    if len(entries) > _MOST:
        raise Rejected(f"{column.name or column.id}: more than {_MOST} entries", field=name)
    return entries


def _user(name: str, ref: PersonRef) -> dict[str, str]:
    if not ref.id:
        raise Rejected(
            f"{name}: no user id is known of the person",
            field=name,
            remedy="add the id under `ids:` in people.yaml; `escsync doctor` proposes it",
        )
    if ref.kind is not PersonKind.HUMAN:
        raise Rejected(
            f"{name}: Notion takes persons only, no {ref.kind}",
            field=name,
            remedy="name a person in people.yaml",
        )
    return {"object": "user", "id": ref.id}


def _date(name: str, column: Column, value: Value, schema: Schema) -> Any:
    if isinstance(value, datetime):
        return {"start": instants.written(value)}
    if isinstance(value, date):
        return {"start": value.isoformat()}
    raise Rejected(f"{column.name or column.id} holds dates", field=name)


def _number(name: str, column: Column, value: Value, schema: Schema) -> Any:
    if not isinstance(value, Decimal):
        raise Rejected(f"{column.name or column.id} holds numbers", field=name)
    return int(value) if value == value.to_integral_value() else float(value)


def _checkbox(name: str, column: Column, value: Value, schema: Schema) -> Any:
    return value in (True, "done")


_WRITERS = {
    "title": _title,
    "rich_text": _title,
    "url": _line,
    "email": _line,
    "phone_number": _line,
    "select": _select,
    "status": _select,
    "multi_select": _multi_select,
    "people": _people,
    "date": _date,
    "number": _number,
    "checkbox": _checkbox,
}


def _word(value: object) -> str:
    return value if isinstance(value, str) else "true" if value is True else "false"


def _words(name: str, value: Value, schema: Schema) -> str:
    """Any value as a text property shows it."""
    match value:
        case bool():
            return _word(value)
        case str():
            configured = schema.vocabulary.options.get(name, {}).get(value, ())
            return configured[0] if configured and FIELDS[name].kind is FieldKind.CHOICE else value
        case datetime():
            return instants.plain(value)
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case Status():
            return value.name
        case tuple():
            told = (one if isinstance(one, str) else one.name or one.email or one.id for one in value)
            return " / ".join(told) if any(isinstance(one, PersonRef) for one in value) else ", ".join(told)
        case _:
            return ""

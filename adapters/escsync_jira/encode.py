"""Our values -> what Jira takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from escsync.adapter import FIELDS, FieldKind, PersonRef, Rejected, Status, Value, instant

from . import adf, instants, wiki
from .comments import INTERNAL, MARKER
from .schema import Column, Schema

OWN_PROPERTY = "escsync.note"
_NAMED_TYPES = ("priority", "resolution", "issuetype", "version", "component", "securitylevel")


def fit(column: Column, value: Value, schema: Schema) -> Value:
    """*value* as Jira will show it: to the second, or only the day in the zone of escsync's account."""
    if isinstance(value, datetime):
        return value.astimezone(schema.zone).date() if column.dated else instant(value)
    if isinstance(value, date) and column.type == "datetime":
        return datetime(value.year, value.month, value.day, tzinfo=schema.zone)
    if isinstance(value, tuple) and not value:
        return None
    return value


def field(name: str, column: Column, value: Value, schema: Schema) -> Any:
    """The JSON of a value for one field."""
    if value is None or value == ():
        return [] if column.many and not column.option else None
    match value:
        case bool() | str() if FIELDS[name].kind in (FieldKind.CHOICE, FieldKind.FLAG, FieldKind.CHECK):
            return _option(name, column, _word(value), schema)
        case str():
            return rich(value, schema) if column.rich else value
        case datetime():
            fitted = fit(column, value, schema)
            return (
                fitted.isoformat() if column.dated and isinstance(fitted, date) else _instant(column, value)
            )
        case date():
            return value.isoformat()
        case Decimal():
            return float(value) if column.type == "number" else format(value, "f")
        case tuple():
            return _several(name, column, value, schema)
        case Status():
            raise Rejected("a status is reached by a transition, not written", field=name)
        case _:
            return str(value)


def note(text: str, digest: str, schema: Schema) -> Any:
    """The living note's body; its last line is how it is known again."""
    marker = f"{MARKER} {digest}"
    return adf.document(f"{text}\n\n{marker}") if schema.cloud else f"{wiki.escape(text)}\n\n{marker}"


def note_properties(digest: str, *, service_desk: bool) -> list[dict[str, Any]]:
    """What goes with the note: in a service desk always that customers must not see it."""
    own = {"key": OWN_PROPERTY, "value": {"digest": digest}}
    return [own, {"key": INTERNAL, "value": {"internal": True}}] if service_desk else [own]


def spelling(name: str, value: str, schema: Schema) -> str:
    """The tracker's option for a canonical value: as configured, else as we call it."""
    configured: Mapping[str, tuple[str, ...]] = schema.vocabulary.options.get(name, {})
    return next(iter(configured.get(value, ())), value)


def _word(value: str | bool) -> str:
    return value if isinstance(value, str) else "true" if value else "false"


def _instant(column: Column, value: datetime) -> str:
    written = instants.written(value)
    return written if column.type == "datetime" else written.replace(".000+0000", "Z")


def rich(value: str, schema: Schema) -> Any:
    """A text as a field for formatted text takes it."""
    return adf.document(value) if schema.cloud else wiki.escape(value)


def _option(name: str, column: Column, value: str, schema: Schema) -> Any:
    if value in schema.options.get(column.id, ()):
        one = {"id": schema.options[column.id][value]}
        return [one] if column.many else one
    told = spelling(name, value, schema)
    if column.type in ("string", "any"):
        return told
    if column.type == "number":
        raise Rejected(f"{column.name or column.id} holds numbers, not options", field=name)
    one = {"id": told} if told.isdecimal() else {"name" if column.type in _NAMED_TYPES else "value": told}
    return [one] if column.many else one


def _several(name: str, column: Column, value: tuple[Any, ...], schema: Schema) -> Any:
    people = [one for one in value if isinstance(one, PersonRef)]
    if people:
        if column.type not in ("user", "array"):
            return " / ".join(ref.name or ref.email or ref.id for ref in people)
        users = [_user(name, ref, schema) for ref in people]
        return users if column.many else users[0]
    if column.type in ("string", "any"):
        return ", ".join(spelling(name, one, schema) for one in value)
    if column.items == "string":
        return list(value)
    options = [_option(name, column, one, schema) for one in value]
    if not column.many:
        return options[0]
    return [one[0] if isinstance(one, list) else one for one in options]


def _user(name: str, ref: PersonRef, schema: Schema) -> dict[str, str]:
    if not ref.id:
        raise Rejected(
            f"{ref.name or ref.email}: no user id is known",
            field=name,
            remedy="add the id under `ids:` in people.yaml; `escsync doctor` proposes it",
        )
    return {"accountId": ref.id} if schema.cloud else {"name": ref.id}

"""Our values -> what Salesforce takes; what it would silently misunderstand is refused before it is sent."""

from __future__ import annotations

import difflib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from escsync.adapter import FIELDS, FieldKind, PersonRef, Rejected, Stage, Status, Value

from . import ids, instants
from .messages import MARKER
from .schema import Column, Schema
from .values import fitted

NOTE_BYTES = 4000
"""So many bytes, not characters, a comment may hold."""
_NUMBERS = ("double", "currency", "percent", "int")
_TEXTS = ("string", "textarea", "email", "phone", "url", "encryptedstring")


def field(name: str, column: Column, value: Value, schema: Schema) -> Any:
    """The JSON of a value for one field of Case."""
    if not column.own:
        raise Rejected(
            f"{column.path} stands on another object; escsync writes cases only",
            field=name,
            remedy=f"map fields.{name} to a field of Case",
        )
    if not column.writable:
        raise Rejected(
            f"{column.name} cannot be written: it is a formula, read-only, or escsync's account lacks the right",
            field=name,
            remedy="give the account's permission set edit access to the field",
        )
    if column.type == "boolean":
        return _ticked(name, column, value)
    if value is None or value == ():
        if column.name == "OwnerId":
            raise Rejected("a case always has an owner", field=name, remedy="name a person or a queue")
        return None
    if column.type == "reference":
        return _reference(name, value)
    if column.chosen:
        return _options(name, column, value, schema)
    return _sized(name, column, _plain(name, column, value, schema))


def status(stage: Stage, schema: Schema) -> str:
    """The API name of the status that stands for *stage*, as the org has it."""
    wanted = schema.vocabulary.stages.get(stage, ())
    if not wanted:
        raise Rejected(f"no status stands for {stage}", field="stage", remedy=f"map stages.{stage}")
    options = tuple((value, label) for value, (label, _) in schema.statuses.items())
    found = spelled(wanted[0], options)
    if found is None:
        raise Rejected(f"the org has no status {wanted[0]!r}", field="stage", remedy=near(wanted[0], options))
    return found


def spelled(word: str, options: tuple[tuple[str, str], ...]) -> str | None:
    """The API name of the option that *word* names by API name or label; None where there is none."""
    folded = word.strip().casefold()
    by_name = (value for value, _ in options if value.casefold() == folded)
    by_label = (value for value, label in options if label.casefold() == folded)
    return next(by_name, None) or next(by_label, None)


def near(word: str, options: tuple[tuple[str, str], ...]) -> str:
    """What may have been meant."""
    names = list(dict.fromkeys(name for pair in options for name in pair))
    close = difflib.get_close_matches(word, names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"the org has: {', '.join(v for v, _ in options[:12])}"


def note(text: str, digest: str) -> str:
    """The living note's body; its last line is how it is known again, and what is too long is cut before it."""
    marker = f"\n\n{MARKER} {digest}"
    room = NOTE_BYTES - len(marker.encode())
    clean = "".join(ch for ch in text if ch in "\n\t" or ord(ch) >= 32)
    told = clean.replace("\ufffe", "").encode(errors="replace")
    if len(told) > room:
        told = told[: room - 4].decode(errors="ignore").rstrip().encode() + " …".encode()
    return told.decode() + marker


def _ticked(name: str, column: Column, value: Value) -> bool:
    match value:
        case bool():
            return value
        case None | "open" | "false":
            return False
        case "done" | "true":
            return True
        case _:
            raise Rejected(
                f"{column.name} is a checkbox: it holds done or open, true or false, and nothing else",
                field=name,
                remedy=f"map fields.{name} to a picklist",
            )


def _reference(name: str, value: Value) -> str:
    one = value[0] if isinstance(value, tuple) else value
    native = ids.long(one.id if isinstance(one, PersonRef) else one)
    if not native:
        shown = (one.name or one.email or one.id) if isinstance(one, PersonRef) else "this"
        raise Rejected(
            f"{shown}: no user id is known"[:200],
            field=name,
            remedy="add the id under `ids:` in people.yaml; `escsync doctor` proposes it",
        )
    return native


def _options(name: str, column: Column, value: Value, schema: Schema) -> str:
    several = value if isinstance(value, tuple) else (value,)
    found = []
    for one in several:
        word = ("true" if one else "false") if isinstance(one, bool) else str(one)
        configured = schema.vocabulary.options.get(name, {}).get(word, ())
        native = next((n for o in (*configured, word) if (n := spelled(o, column.options)) is not None), None)
        if native is None and not configured:
            # An option may spell our value with blanks or capitals of its own.
            native = next((v for v, label in column.options if schema.choice(name, (v, label)) == word), None)
        if native is None:
            told = configured[0] if configured else word
            raise Rejected(
                f"{column.name} has no option {told!r}"[:200], field=name, remedy=near(told, column.options)
            )
        found.append(native)
    if len(found) > 1 and column.type != "multipicklist":
        raise Rejected(f"{column.name} holds one value only", field=name)
    return ";".join(found)


def _plain(name: str, column: Column, value: Value, schema: Schema) -> Any:
    match fitted(column, value, schema):
        case None:
            return None
        case Status():
            raise Rejected("a status is reached by a move, not written", field=name)
        case datetime() as at:
            return instants.written(at)
        case date() as day:
            return day.isoformat()
        case Decimal() as number:
            return number if column.type in _NUMBERS else format(number, "f")
        case tuple() as several if FIELDS[name].kind is FieldKind.PEOPLE:
            return " / ".join(
                ref.name or ref.email or ref.id for ref in several if isinstance(ref, PersonRef)
            )
        case tuple() as several:
            return ", ".join(map(str, several))
        case bool() as flag:
            return "true" if flag else "false"
        case other:
            return str(other)


def _sized(name: str, column: Column, told: Any) -> Any:
    if isinstance(told, str) and column.type in _TEXTS and 0 < column.length < len(told):
        raise Rejected(f"{column.name} holds {column.length} characters, not {len(told)}", field=name)
    return told

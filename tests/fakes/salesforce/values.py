"""Values: the inner form, what JSON shows of it, and what JSON may say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from fakes.jira.clock import moment

from .ids import full
from .record import Refused
from .schema import Field

NUMBERS = {"double", "currency", "percent", "int"}
TEXTS = {"string", "textarea", "email", "phone", "url", "combobox", "picklist", "multipicklist"}
ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def shown(field: Field, value: Any) -> Any:
    """As JSON shows it."""
    match value:
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case float() if field.type == "int":
            return int(value)
    return value


def stamp(at: datetime) -> str:
    """Milliseconds are always zero; the offset has no colon."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def inner(field: Field, value: Any) -> Any:
    """A value as a test writes it, in the inner form."""
    match value:
        case str() if field.type == "datetime":
            return moment(value).replace(microsecond=0)
        case str() if field.type == "date":
            return date.fromisoformat(value)
        case str():
            return tidy(field, value)
        case datetime():
            return moment(value).replace(microsecond=0) if field.type == "datetime" else value.date()
        case bool():
            return value
        case Decimal() | int():
            return float(value)
        case tuple() | list() | set():
            return ";".join(value) or None
    return value


def tidy(field: Field, text: str) -> str | None:
    """Trimmed, line ends made one, the empty text made nothing."""
    return (text.replace("\r\n", "\n") if field.type == "textarea" else text).strip() or None


def accepted(field: Field, raw: Any) -> Any:
    """What a request says, in the inner form; or the refusal that it earns."""
    if raw is None:
        if field.type == "boolean":
            raise _unreadable("boolean", "VALUE_NULL", "null")
        return None
    if isinstance(raw, Mapping | list):
        raise Refused("JSON_PARSER_ERROR", "Cannot deserialize instance of a value from a nested object")
    match field.type:
        case "boolean":
            if isinstance(raw, bool) or raw in {"true", "false"}:
                return raw in {True, "true"}
            raise _unreadable("boolean", "VALUE_STRING", raw)
        case kind if kind in NUMBERS:
            return _number(field, raw)
        case "datetime":
            if not isinstance(raw, str) or not ZONED.fullmatch(raw):
                raise _unreadable("datetime", "VALUE_STRING", raw)
            return datetime.fromisoformat(raw).astimezone(UTC).replace(microsecond=0)
        case "date":
            return _day(raw)
        case "reference" | "id":
            if full(raw) is None:
                raise Refused(
                    "MALFORMED_ID", f"{field.label}: id value of incorrect type: {raw}", [field.name]
                )
            return full(raw)
    if not isinstance(raw, str):
        raise _unreadable("string", "VALUE_NUMBER_INT", raw)
    return _text(field, tidy(field, raw))


def _number(field: Field, raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise _unreadable("double", "VALUE_TRUE", raw)
    try:
        number = Decimal(str(raw))
    except ArithmeticError:
        raise _unreadable("double", "VALUE_STRING", raw) from None
    return float(round(number, field.scale)) if number.is_finite() else 0.0


def _day(raw: Any) -> date:
    if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            pass
    raise _unreadable("date", "VALUE_STRING", raw)


def _text(field: Field, text: str | None) -> str | None:
    if text is None:
        return None
    size = len(text.encode()) if field.name == "CommentBody" else len(text)
    if size > field.length:
        message = f"{field.label}: data value too large: {text} (max length={field.length})"
        raise Refused("STRING_TOO_LONG", message, [field.name])
    if field.type == "email" and not MAIL.fullmatch(text):
        raise Refused("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", [field.name])
    if field.restricted:
        known = {choice.value for choice in field.choices if choice.active}
        parts = text.split(";") if field.type == "multipicklist" else [text]
        for part in parts:
            if part not in known:
                message = f"{field.label}: bad value for restricted picklist field: {part}"
                raise Refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [field.name])
    return text


def _unreadable(wanted: str, token: str, raw: Any) -> Refused:
    return Refused(
        "JSON_PARSER_ERROR",
        f"Cannot deserialize instance of {wanted} from {token} value {raw} or request may be missing a required field",
    )

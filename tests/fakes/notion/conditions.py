"""The conditions of a filter: which operators a type knows, and what each finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from .dates import reach
from .ids import proper
from .refusal import Refused, invalid, surplus
from .schema import Property

Check: TypeAlias = Callable[[Any], bool]


def readable(raw: str, told: Any, where: str) -> None:
    try:
        reach(raw)
    except ValueError:
        raise invalid(where, "a valid ISO 8601 date string", told) from None


def flat(value: Any) -> Any:
    """A rollup's item as filters compare it."""
    match value:
        case [{"plain_text": _}, *_]:
            return "".join(one["plain_text"] for one in value)
        case [{"id": _}, *_]:
            return [one["id"] for one in value]
        case {"start": start}:
            return start
    return value


def condition(told: Any, where: str, checks: dict[str, Callable[[Any, Any], bool]]) -> Check:
    """The one condition in *told*."""
    if not isinstance(told, dict) or not told:
        raise invalid(where, "an object with one condition", told)
    known = {
        **checks,
        "is_empty": lambda value, _: value in (None, "", []),
        "is_not_empty": lambda value, _: value not in (None, "", []),
    }
    for key in told.keys() - known.keys():
        raise surplus(f"{where}.{key}", told[key])
    return lambda value: all(known[key](value, operand) for key, operand in told.items())


def number(told: Any, where: str) -> Check:
    for key, operand in told.items() if isinstance(told, dict) else ():
        if not key.startswith("is_") and (isinstance(operand, bool) or not isinstance(operand, int | float)):
            raise invalid(f"{where}.{key}", "a number", operand)
    return condition(
        told,
        where,
        {
            "equals": lambda v, o: v == o,
            "does_not_equal": lambda v, o: v != o,
            "greater_than": lambda v, o: v is not None and v > o,
            "less_than": lambda v, o: v is not None and v < o,
            "greater_than_or_equal_to": lambda v, o: v is not None and v >= o,
            "less_than_or_equal_to": lambda v, o: v is not None and v <= o,
        },
    )


def choice(held: Property, told: Any, where: str) -> Check:
    """Options go by name; one that does not exist is an error that lists those that do."""

    def ids(operand: Any) -> set[str]:
        named = operand if isinstance(operand, list) else [operand]
        found = [held.option(one) for one in named]
        if None in found:
            offered = ", ".join(f'"{option.name}"' for option in held.options)
            raise Refused(
                400,
                f'{held.type} option "{named[found.index(None)]}" not found for property "{held.name}". '
                f"Available options: {offered}.",
            )
        return {option.id for option in found if option}

    for key, operand in told.items() if isinstance(told, dict) else ():
        if not key.startswith("is_"):
            ids(operand)
    if held.type == "multi_select":
        checks = {
            "contains": lambda v, o: bool(ids(o) & set(v)),
            "does_not_contain": lambda v, o: not ids(o) & set(v),
        }
    else:
        checks = {"equals": lambda v, o: v in ids(o), "does_not_equal": lambda v, o: v not in ids(o)}
    return condition(told, where, checks)


def links(told: Any, where: str) -> Check:
    for key, operand in told.items() if isinstance(told, dict) else ():
        if not key.startswith("is_") and operand != "me" and proper(operand) is None:
            raise invalid(f"{where}.{key}", "a valid uuid", operand)
    return condition(
        told,
        where,
        {
            "contains": lambda v, o: proper(o) in (v or []),
            "does_not_contain": lambda v, o: proper(o) not in (v or []),
        },
    )

"""SOQL: values quoted in one place, names checked, conditions that cannot reach beyond their parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
PATH = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*){0,5}")
MOST_IDS = 200
"""So many ids stand in one IN list."""
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)
_CLAUSES = re.compile(
    r"\b(order\s+by|group\s+by|limit|offset|for\s+(view|reference|update)|with\s+\w+|all\s+rows|from)\b",
    re.IGNORECASE,
)
_LITERAL = re.compile(
    r"\b(today|yesterday|tomorrow|(last|this|next)_(week|month|90_days|(fiscal_)?(quarter|year)|n_\w+:\d+)"
    r"|n_\w+_ago:\d+)\b",
    re.IGNORECASE,
)
_ESCAPES = {
    "\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f",
}  # fmt: skip


class Unbalanced(ValueError):
    """A condition that would reach beyond the parentheses it is put into."""


def quote(value: str) -> str:
    """*value* as a SOQL string; nothing in it can end the string."""
    return "'" + "".join(map(_escaped, value)) + "'"


def _escaped(ch: str) -> str:
    if ch in _ESCAPES:
        return _ESCAPES[ch]
    return f"\\u{ord(ch):04x}" if ord(ch) < 32 or 127 <= ord(ch) < 160 or ch in "\u2028\u2029" else ch


def moment(value: datetime) -> str:
    """An instant as SOQL has it: unquoted, in UTC; never a date literal, whose day is the API user's."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def among(field: str, values: Iterable[str]) -> str:
    """*field* holds one of *values*."""
    return f"{field} IN ({', '.join(map(quote, values))})"


def balanced(condition: str) -> str:
    """*condition* without white space around it, or Unbalanced in words."""
    bare = _QUOTED.sub("x", condition)
    if "'" in bare:
        raise Unbalanced("a quotation mark is never closed; SOQL quotes with '")
    if '"' in bare:
        raise Unbalanced("SOQL quotes with ', not with \"")
    outer = []
    depth = 0
    for ch in bare:
        depth += ch == "("
        if depth == 0:
            outer.append(ch)
        depth -= ch == ")"
        if depth < 0:
            raise Unbalanced("a closing parenthesis has no opening one")
    if depth:
        raise Unbalanced("a parenthesis is never closed")
    clause = _CLAUSES.search("".join(outer))
    if clause or ";" in bare or "--" in bare or "/*" in bare:
        word = clause[0].upper() if clause else "; -- and /*"
        raise Unbalanced(f"{word} has no place here: give only what stands after WHERE")
    return condition.strip()


def literal(condition: str) -> str:
    """The first date literal in *condition*, which counts days in the API user's time zone; "" where there is none."""
    found = _LITERAL.search(_QUOTED.sub("x", condition))
    return found[0] if found else ""


def joins(condition: str) -> bool:
    """Does *condition* ask another object?"""
    return re.search(r"\bselect\b", _QUOTED.sub("x", condition), re.IGNORECASE) is not None


def conjunction(parts: Sequence[str]) -> str:
    """All of *parts*."""
    return " AND ".join(parts)


def chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """*ids* in lists that fit a condition, each id once."""
    wanted = list(dict.fromkeys(ids))
    for at in range(0, len(wanted), MOST_IDS):
        yield wanted[at : at + MOST_IDS]

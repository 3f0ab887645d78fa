"""What pydantic found, in plain words: what stands there, what was expected, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .confidence import confidential, glued, secretive, shown_key
from .document import Document
from .problem import About, Path, Problem, dotted, listed, nearest
from .shape import keys_at, nodes_at

_EXPECTED = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "a mapping (keys with values below it)",
    "mapping": "a mapping (keys with values below it)",
    "model": "a mapping (keys with values below it)",
    "dataclass": "a mapping (keys with values below it)",
    "date": "a day such as 2026-03-31",
    "datetime": "an instant such as 2026-03-31T12:00:00Z",
    "path": "the path of a file",
    "none": "nothing",
}
_WORDS = {
    **dict.fromkeys(("yes", "on", "y", "ja", "oui", "si", "sim", "true"), "true"),
    **dict.fromkeys(("no", "off", "n", "nein", "non", "false"), "false"),
}
"""What people write for yes and no, which in YAML 1.2 is text."""
_OUTSIDE = "a value from outside the file"
_SECRET = "a text that is not repeated, since it may be a secret"
_BLANK = "Write each key with a colon and a blank behind it, such as `token: ${env:NAME}`."
_MISTYPED = re.compile(r"_(?:type|parsing|from_float|inexact|required)$")
_UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}
_LIMITS = {
    "greater_than": ("gt", "must be more than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be less than"),
    "less_than_equal": ("le", "must be at most"),
}


def explain(
    error: ValidationError,
    document: Document,
    prefix: Path,
    data: Any,
    schema: Mapping[str, Any],
    hidden: Collection[Path] = (),
) -> Iterator[Problem]:
    """The problems of *data*, which stands at *prefix* of *document* and was to fit *schema*.

    Values at *hidden* paths came from outside the file and are never shown.
    """
    found: dict[Path, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        found.setdefault(_present(detail, data), []).append(detail)
    typos = {
        (*path[:-1], nearest(str(path[-1]), keys_at(schema, path[:-1])))
        for path, details in found.items()
        if path and details[0]["type"] in _UNKNOWN
    }
    for path, details in found.items():
        if details[0]["type"] == "missing" and path in typos:
            continue
        where = (*prefix, *path)
        outside = any(where[: len(each)] == each for each in hidden)
        concealed = _OUTSIDE if outside else _SECRET if _delicate(where, path, schema) else ""
        if details[0]["type"] in _UNKNOWN and details[0]["input"] is None and concealed:
            yield document.problem(where[:-1], "holds a word that has no value", remedy=_BLANK)
            continue
        message, suggestion = _said(path, details, schema, concealed)
        remedy = _BLANK if concealed is _SECRET and where[2:] == ("connection",) else ""
        yield document.problem(where, message, suggestion, about=_about(details[0]["type"]), remedy=remedy)


def _delicate(where: Path, path: Path, schema: Mapping[str, Any]) -> bool:
    """May what stands *where* be a secret? Of a key of a connection, its adapter's *schema* knows best."""
    known = len(where) > 3 and path[-1] in keys_at(schema, path[:-1])
    if not known or any(isinstance(part, str) and secretive(part) for part in path):
        return confidential(where)
    return any("writeOnly" in str(node) for node in nodes_at(schema, path))


def _about(kind: str) -> About:
    if kind in _UNKNOWN:
        return About.KEY
    return About.ABSENCE if kind.startswith("missing") else About.VALUE


def _present(detail: ErrorDetails, data: Any) -> Path:
    """An error's place without what pydantic adds to it: names of union members, `[key]`."""
    path: list[str | int] = []
    for part in detail["loc"]:
        if isinstance(data, Mapping) and part in data:
            data = data[part]
        elif isinstance(data, Sequence) and not isinstance(data, str) and isinstance(part, int):
            data = data[part] if part < len(data) else None
        else:
            if detail["type"] in ("missing", "missing_argument") and part == detail["loc"][-1]:
                path.append(part)
            break
        path.append(part)
    return tuple(path)


def _said(path: Path, details: list[ErrorDetails], schema: Mapping[str, Any], hidden: str) -> tuple[str, str]:
    first = details[0]
    kind, value = first["type"], first["input"]
    context = first.get("ctx", {})
    if kind in _UNKNOWN:
        known = keys_at(schema, path[:-1])
        suggestion = nearest(str(path[-1]), known)
        return "unknown key" + ("" if suggestion or not known else f"; known: {listed(known)}"), suggestion
    if kind.startswith("missing"):
        return "is missing", ""
    expected = list(dict.fromkeys(_EXPECTED[k] for d in details if (k := _kind(d["type"])) in _EXPECTED))
    if expected and not any(d["type"] in ("value_error", "literal_error", "enum") for d in details):
        return f"expected {' or '.join(expected)}, found {shown(value, hidden)}", _meant(
            value, expected, hidden
        )
    if kind in ("literal_error", "enum"):
        choices = re.findall(r"'([^']*)'|(\d+)", str(context.get("expected", "")))
        words = [text or number for text, number in choices]
        if len(words) == 1:
            return f"must be {words[0]}, found {shown(value, hidden)}", "" if hidden else nearest(
                str(value), words
            )
        suggestion = "" if hidden else nearest(str(value), words)
        return f"{shown(value, hidden)} is not one of {listed(words, 20)}", suggestion
    if kind in _LIMITS:
        name, words_ = _LIMITS[kind]
        return f"{words_} {context.get(name)}, found {shown(value, hidden)}", ""
    if kind == "value_error":
        raised = context.get("error")
        message = "the value is not accepted" if hidden and _quotes(str(raised), value) else str(raised)
        return message, str(getattr(raised, "suggestion", ""))
    if kind.endswith("too_short"):
        return "is empty", ""
    return first["msg"][:1].lower() + first["msg"][1:], ""


def _meant(value: object, expected: Sequence[str], hidden: str) -> str:
    """What a text stands for where something else was expected: `yes` is true."""
    if hidden or not isinstance(value, str):
        return ""
    if _EXPECTED["bool"] in expected:
        return _WORDS.get(value.strip().casefold(), "")
    return ""


def _kind(error: str) -> str:
    """The kind of value that an error asked for, or ""."""
    return error.partition("_")[0] if _MISTYPED.search(error) else ""


def _quotes(message: str, value: object) -> bool:
    return isinstance(value, str) and value in message


def shown(value: object, hidden: str = "") -> str:
    """*value* as a message names it, short; by *hidden* where its content is not told."""
    if hidden and not (hidden is _SECRET and (value is None or isinstance(value, Mapping | list | tuple))):
        return hidden
    match value:
        case None:
            return "nothing"
        case Mapping() if hidden:
            return "a mapping"
        case str() if any(glued(value)):
            return _SECRET
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return repr(value if len(value) <= 60 else value[:57] + "...")
        case Mapping():
            return f"a mapping ({listed((shown_key(str(key)) for key in value), 3)})"
        case list() | tuple():
            return "a list"
        case _:
            return dotted((type(value).__name__,))

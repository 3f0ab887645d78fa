"""The entries of a YAML text: the text with one written, replaced or struck.

Only the characters of the entry itself change; every other byte of the file stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from ruamel.yaml.nodes import Node

from escsync.config.document import scalar
from escsync.domain.fields import FIELDS, OWN_FIELDS

from .places import (
    NoPlace,
    aliased,
    block,
    comment_column,
    empty,
    entry_of,
    extent,
    flows,
    known,
    last_of,
    line_end,
    line_start,
    newline_of,
    root,
    step_of,
    usual_column,
)

Keys: TypeAlias = Sequence[str]
NOTE = "# escsync: "
"""How a comment begins that came with an entry and goes with it."""
_ORDER = {
    name: place
    for place, name in enumerate(
        ("adapter", "mode", "connection", "scope", "stages", "fields", "options", "follow_up", *FIELDS)
    )
}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+(-][A-Za-z0-9_./+()-]*)*")
_ALIAS = re.compile(r"\s*:\s*(\*[^\s,\]}]+)")
_DOUBTFUL = {"y", "n", "yes", "no", "on", "off"}
"""Text to us, and yes or no to the YAML of many editors."""
_COMMA = re.compile(r"\s*,[ \t]*")
_ANCHOR = re.compile(r"&\S+[ \t]+")


def spelled(value: Any, like: str = "") -> str:
    """*value* as YAML that reads back the same, in the quotes of *like* where that can be."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{spelled(key)}: {spelled(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(spelled, value)) + "]"
    if not isinstance(value, str):
        return {None: "null", True: "true", False: "false"}.get(value, str(value))
    if like[:1] == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    plain = _PLAIN.fullmatch(value) and value.casefold() not in _DOUBTFUL and scalar(value) == value
    if plain and like[:1] != '"':
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(ch if ch.isprintable() else f"\\U{ord(ch):08x}" for ch in escaped) + '"'


def put(text: str, path: Keys, value: Any, note: str = "", width: int = 0) -> str:
    """*text* with *value* at *path*; sections that are not there yet are made in their usual place.

    *note* stands behind it as a comment, where there is none and the line has an end for one: in the column of its
    neighbour's, or where comments usually stand in the file; further to the right where one of several entries is
    *width* characters long.
    """
    node, (key, *more) = root(text), path
    while True:
        entry = entry_of(node, key)
        if entry is None:
            return _inserted(text, node, [key, *more], value, note, width)
        if not more:
            return _replaced(text, *entry, value, "" if flows(node) else note)
        if empty(entry[1]):
            return _begun(text, *entry, more, value, note, width)
        node, (key, *more) = entry[1], more


def strike(text: str, path: Keys) -> str:
    """*text* without the entry at *path*; a comment on its line stays as a line of its own, unless it is our note."""
    node = root(text)
    for key in path[:-1]:
        node = known(node, key)[1]
    entry = known(node, path[-1])
    if flows(node):
        return _struck_in_flow(text, node, entry)
    start = line_start(text, entry[0].start_mark.index)
    indent = text[start : entry[0].start_mark.index]
    if indent.strip():
        raise NoPlace
    last = last_of(text, entry)
    end = line_end(text, last)
    comment = text[last + 1 : end].strip()
    theirs = comment.startswith("#") and not comment.startswith(NOTE)
    kept = f"{indent}{comment}{newline_of(text)}" if theirs else ""
    return text[:start] + kept + text[end:]


def _replaced(text: str, key: Node, value: Node, new: Any, note: str) -> str:
    if aliased(key, value):
        found = _ALIAS.match(text, key.end_mark.index)
        if found is None:
            raise NoPlace
        return text[: found.start(1)] + spelled(new) + text[found.end(1) :]
    start, end = extent(text, key, value)
    anchor = _ANCHOR.match(text, start)
    start = anchor.end() if anchor else start
    gap, like = (" ", "") if start == end else ("", text[start:end])
    if start != end and block(value):
        # One line instead of several; a comment between them would have no place any more.
        start, end = text.index(":", key.end_mark.index) + 1, last_of(text, (key, value)) + 1
        gap, like = " ", ""
        if "#" in text[start:end]:
            raise NoPlace
    blank = not text[end : line_end(text, end)].strip()
    noted = f"  {NOTE}{note}" if note and blank else ""
    return f"{text[:start]}{gap}{spelled(new, like)}{noted}{text[end:]}"


def _begun(text: str, key: Node, value: Node, more: Keys, new: Any, note: str, width: int) -> str:
    """A section that stands there empty gets its first entry, below the comments that belong to it."""
    start, end = extent(text, key, value)
    if not text[line_start(text, key.start_mark.index) : key.start_mark.index].strip():
        text = text[:start].rstrip(" ") + text[end:]
        position, indent = line_end(text, key.end_mark.index), key.start_mark.column
        while position < len(text):
            line = text[position : line_end(text, position)]
            if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) <= indent:
                break
            position += len(line)
        step = step_of(root(text))
        lines = _lines(
            " " * (indent + step), step, more, new, newline_of(text), _behind(note, width, usual_column(text))
        )
        return _spliced(text, position, lines)
    inner = spelled(_nested(more, new))
    return f"{text[:start].rstrip(' ')} {inner}{text[end:]}"


def _inserted(text: str, node: Node, keys: Keys, new: Any, note: str, width: int) -> str:
    """A new entry of the mapping *node*, beside the one next to which it usually stands."""
    entries: list[tuple[Node, Node]] = node.value
    if flows(node):
        inner = f"{spelled(keys[0])}: {spelled(_nested(keys[1:], new))}"
        if not entries:
            position = node.start_mark.index + 1
            return text[:position] + inner + text[position:]
        beside, below = _neighbour(entries, keys[0])
        position = last_of(text, beside) + 1 if below else beside[0].start_mark.index
        inner = f", {inner}" if below else f"{inner}, "
        return text[:position] + inner + text[position:]
    beside, below = _neighbour(entries, keys[0])
    start = line_start(text, beside[0].start_mark.index)
    indent = text[start : beside[0].start_mark.index].lstrip("\ufeff")
    if indent.strip():
        raise NoPlace
    last = last_of(text, beside)
    behind = _behind(note, width, comment_column(text, last) or usual_column(text))
    lines = _lines(indent, step_of(root(text)), keys, new, newline_of(text), behind)
    return _spliced(text, line_end(text, last) if below else start, lines)


def _neighbour(entries: Sequence[tuple[Node, Node]], key: str) -> tuple[tuple[Node, Node], bool]:
    """The entry below which *key* usually stands, else the one above which it does; what escsync writes stands together."""
    alike = [entry for entry in entries if (entry[0].value in OWN_FIELDS) is (key in OWN_FIELDS)]
    placed = [(_ORDER.get(str(entry[0].value), len(_ORDER)), entry) for entry in alike or entries]
    mine, found = _ORDER.get(key, len(_ORDER)), None
    nearest = -1
    for place, entry in placed:
        if nearest <= place <= mine:
            nearest, found = place, entry
    return (min(placed, key=lambda one: one[0])[1], False) if found is None else (found, True)


def _lines(indent: str, step: int, keys: Keys, value: Any, newline: str, behind: Callable[[str], str]) -> str:
    lines = [f"{indent}{' ' * step * depth}{spelled(key)}:" for depth, key in enumerate(keys)]
    lines[-1] = behind(f"{lines[-1]} {spelled(value)}")
    return "".join(line + newline for line in lines)


def _behind(note: str, width: int, column: int) -> Callable[[str], str]:
    """Puts *note* behind a line: in *column* where it fits, else so that several lines have theirs one below the other."""

    def noted(line: str) -> str:
        indent = len(line) - len(line.lstrip())
        least = max(len(line), indent + width) + 2
        return f"{line.ljust(max(column, least))}{NOTE}{note}" if note else line

    return noted


def _nested(keys: Keys, value: Any) -> Any:
    for key in reversed(keys):
        value = {key: value}
    return value


def _spliced(text: str, position: int, lines: str) -> str:
    gap = newline_of(text) if position and text[position - 1] not in "\n\ufeff" else ""
    # Where the file ends without a newline, it goes on doing so.
    return text[:position] + gap + (lines.rstrip("\r\n") if gap else lines) + text[position:]


def _struck_in_flow(text: str, node: Node, entry: tuple[Node, Node]) -> str:
    entries: list[tuple[Node, Node]] = node.value
    place = next(i for i, one in enumerate(entries) if one[0] is entry[0])
    start, end = entry[0].start_mark.index, last_of(text, entry) + 1
    if comma := _COMMA.match(text, end):
        end = comma.end()
    elif place:
        start = last_of(text, entries[place - 1]) + 1
    if "\n" in text[start:end] and "#" in text[start:end]:
        raise NoPlace
    return text[:start] + text[end:]

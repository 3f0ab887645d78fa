"""An addition: one more tracker in a configuration that is there, which otherwise stays as it is."""

from __future__ import annotations

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node

from escsync.config import ConfigError
from escsync.config.document import parse

_INDENT = 2
"""By how much a section is indented as it is handed in."""


class Unsuited(Exception):
    """The file cannot take it in; the text says why and what to do."""


def added(text: str, name: str, section: str) -> str:
    """*text* with *section*, the tracker *name*, after its other trackers; Unsuited where that cannot be done safely."""
    try:
        before = parse(text, "").data
    except ConfigError as error:
        raise Unsuited(f"{error.found[0].message}; correct that first") from None
    trackers = before.get("trackers") if isinstance(before, dict) else None
    if not isinstance(trackers, dict) or not trackers:
        raise Unsuited(
            "it has no `trackers:` with a tracker below it; add the section by hand, or to the file that has it"
        )
    if name in trackers:
        raise Unsuited(f"it has a tracker {name!r} already; name the new one with --name")
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    column, end = _room(text, lines)
    if lines[end - 1][-1:] not in "\r\n":
        lines[end - 1] += newline
    moved = "".join(f"{_moved(line, column)}{newline}" for line in section.splitlines())
    after = "".join([*lines[:end], newline, moved, *lines[end:]])
    expected = {**before, "trackers": {**trackers, **parse(f"trackers:\n{section}", "").data["trackers"]}}
    if parse(after, "").data != expected:
        raise Unsuited(
            "its `trackers:` is written in a way that leaves no safe place; add the section by hand"
        )
    return after


def _room(text: str, lines: list[str]) -> tuple[int, int]:
    """In which column trackers are named, and the number of the line before which the section goes."""
    root = YAML(typ="safe", pure=True).compose(text)
    keys: list[tuple[Node, Node]] = root.value
    at = next(number for number, (key, _) in enumerate(keys) if key.value == "trackers")
    held = keys[at][1]
    if not isinstance(held, MappingNode) or held.flow_style:
        raise Unsuited(
            "its `trackers:` stands in one line between braces; write it line by line, or add the section by hand"
        )
    end: int = keys[at + 1][0].start_mark.line if at + 1 < len(keys) else len(lines)
    # Blank lines, and what is said at the margin, belong to what follows.
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(("#", "..."))):
        end -= 1
    return held.value[0][0].start_mark.column, end


def _moved(line: str, column: int) -> str:
    return " " * (column - _INDENT) + line if column >= _INDENT else line[_INDENT - column :]

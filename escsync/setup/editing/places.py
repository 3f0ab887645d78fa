"""Places in a YAML text: where an entry begins and ends, how it is indented, and what stands behind it."""

from __future__ import annotations

import re
from collections import Counter

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError, YAMLStreamError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from escsync.config.document import scalar

_COLON = re.compile(r"[ \t]*:")


class NoPlace(Exception):
    """The file is written in a way in which the entry cannot be set without touching something else."""


def root(text: str) -> Node:
    """The mapping that the whole text is."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, YAMLStreamError, ValueError):
        raise NoPlace from None
    if not isinstance(node, MappingNode):
        raise NoPlace
    return node


def known(node: Node, key: str) -> tuple[Node, Node]:
    """The entry of *key*, which is there."""
    entry = entry_of(node, key)
    if entry is None:
        raise NoPlace
    return entry


def entry_of(node: Node, key: str) -> tuple[Node, Node] | None:
    """The entry of *key*, or None; what a merge brings in is none of its own."""
    if not isinstance(node, MappingNode):
        raise NoPlace
    return next(((k, v) for k, v in node.value if isinstance(k, ScalarNode) and k.value == key), None)


def comment_column(text: str, last: int) -> int:
    """Where the comment of the line stands whose own text ends at *last*; 0 where it has none."""
    start, end = line_start(text, last), line_end(text, last)
    sign = text.find(" #", last, end)
    return 0 if sign < 0 else sign + 1 - start


def usual_column(text: str) -> int:
    """Where most comments stand that have something before them; 0 where there are none."""
    found = Counter(
        line.index(" #") + 1 for line in text.splitlines() if line.strip()[:1] != "#" and " #" in line
    )
    return found.most_common(1)[0][0] if found else 0


def extent(text: str, key: Node, value: Node) -> tuple[int, int]:
    """Where a value begins and ends; one that is not there stands right behind the colon."""
    start, end = int(value.start_mark.index), int(value.end_mark.index)
    if start != end or key is value:
        return start, end
    colon = _COLON.match(text, key.end_mark.index)
    if colon is None:
        raise NoPlace
    return colon.end(), colon.end()


def last_of(text: str, entry: tuple[Node, Node]) -> int:
    """Where the last character of an entry's own text stands."""
    key, value = entry
    if aliased(key, value):
        return int(key.end_mark.index)
    if not block(value):
        return extent(text, key, value)[1] - 1
    if isinstance(value, ScalarNode):
        return len(text[: value.end_mark.index].rstrip()) - 1
    last = value.value[-1]
    return last_of(text, last if isinstance(last, tuple) else (last, last))


def aliased(key: Node, value: Node) -> bool:
    """Does the value stand somewhere else, and only its alias here?"""
    return bool(value.start_mark.index < key.start_mark.index)


def block(value: Node) -> bool:
    """Does the value stand in lines of its own below its key?"""
    if isinstance(value, ScalarNode):
        return value.style in ("|", ">")
    return bool(value.value) and not flows(value)


def flows(node: Node) -> bool:
    """Is it written in brackets?"""
    return isinstance(node, MappingNode | SequenceNode) and bool(node.flow_style)


def empty(value: Node) -> bool:
    """Is nothing there, or a null?"""
    return isinstance(value, ScalarNode) and value.style is None and scalar(value.value) is None


def step_of(node: Node) -> int:
    """By how much the file indents."""
    for key, value in node.value:
        if isinstance(value, MappingNode) and value.value and not flows(value) and not aliased(key, value):
            return max(1, int(value.value[0][0].start_mark.column - key.start_mark.column))
    return 2


def newline_of(text: str) -> str:
    """How the file ends its lines."""
    return "\r\n" if "\r\n" in text else "\n"


def line_start(text: str, index: int) -> int:
    """Where the line begins in which *index* is."""
    return text.rfind("\n", 0, index) + 1


def line_end(text: str, index: int) -> int:
    """Where the line after it begins."""
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1

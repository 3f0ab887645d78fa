"""Atlassian Document Format, the rich text of Jira Cloud: to plain lines and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

_DEEPEST = 60
"""Deeper nesting than any editor makes is left out, so that a hostile document cannot exhaust the stack."""
_INLINE = frozenset({"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "placeholder"})


def plain(document: object) -> str:
    """The text of *document* in plain lines: quotes begin with `> `, code stands between fences."""
    return "\n".join(_lines(document, 0)).strip("\n")


def document(text: str) -> dict[str, Any]:
    """*text* as a document: a blank line ends a paragraph. Nothing in it is read as markup or as a mention."""
    paragraphs: list[dict[str, Any]] = []
    for block in text.split("\n\n"):
        content: list[dict[str, Any]] = []
        for number, line in enumerate(block.strip("\n").split("\n")):
            if number:
                content.append({"type": "hardBreak"})
            if line:
                content.append({"type": "text", "text": line})
        if any(node["type"] == "text" for node in content):
            paragraphs.append({"type": "paragraph", "content": content})
    return {"type": "doc", "version": 1, "content": paragraphs or [{"type": "paragraph", "content": []}]}


def _children(node: dict[str, Any]) -> list[dict[str, Any]]:
    content = node.get("content")
    return [child for child in content if isinstance(child, dict)] if isinstance(content, list) else []


def _lines(node: object, depth: int) -> Iterator[str]:
    if not isinstance(node, dict) or depth > _DEEPEST:
        return
    kind = node.get("type")
    children = _children(node)
    match kind:
        case "blockquote":
            yield from (f"> {line}" for line in _blocks(children, depth))
        case "codeBlock":
            yield "```"
            yield from _inline(children, depth).split("\n")
            yield "```"
        case "listItem" | "taskItem" | "decisionItem":
            for number, line in enumerate(_blocks(children, depth)):
                yield f"- {line}" if number == 0 else f"  {line}"
        case "tableRow":
            yield " | ".join(" ".join(_blocks(_children(cell), depth + 1)) for cell in children)
        case "rule":
            yield "----"
        case "expand" | "nestedExpand":
            title = _attribute(node, "title")
            yield from [title] if title else []
            yield from _blocks(children, depth)
        case "blockCard" | "embedCard":
            yield _attribute(node, "url")
        case "paragraph" | "heading":
            yield from _inline(children, depth).split("\n")
        case _ if kind in _INLINE:
            yield from _inline([node], depth).split("\n")
        case _:
            yield from _blocks(children, depth)


def _blocks(children: list[dict[str, Any]], depth: int) -> Iterator[str]:
    if any(child.get("type") in _INLINE for child in children):
        yield from _inline(children, depth).split("\n")
        return
    for child in children:
        yield from _lines(child, depth + 1)


def _inline(nodes: list[dict[str, Any]], depth: int) -> str:
    return "".join(_said(node, depth) for node in nodes)


def _said(node: dict[str, Any], depth: int) -> str:
    match node.get("type"):
        case "text":
            return _linked(node)
        case "hardBreak":
            return "\n"
        case "mention":
            name = _attribute(node, "text") or _attribute(node, "id")
            return name if name.startswith("@") else f"@{name}"
        case "emoji":
            return _attribute(node, "text") or _attribute(node, "shortName")
        case "date":
            return _date(_attribute(node, "timestamp"))
        case "inlineCard":
            return _attribute(node, "url")
        case "status" | "placeholder":
            return _attribute(node, "text")
        case _:
            return _inline(_children(node), depth + 1) if depth < _DEEPEST else ""


def _linked(node: dict[str, Any]) -> str:
    text = node.get("text")
    text = text if isinstance(text, str) else ""
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else ():
        if isinstance(mark, dict) and mark.get("type") == "link":
            href = _attribute(mark, "href")
            if href and href != text:
                return f"{text} ({href})"
    return text


def _attribute(node: dict[str, Any], name: str) -> str:
    attributes = node.get("attrs")
    value = attributes.get(name) if isinstance(attributes, dict) else None
    return str(value) if isinstance(value, str | int) else ""


def _date(timestamp: str) -> str:
    try:
        return datetime.fromtimestamp(int(timestamp) / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return timestamp

"""Atlassian Document Format, as far as people and escsync use it: plain text to a document and back."""

from __future__ import annotations

from typing import Any

BLOCKS = {"paragraph", "heading", "codeBlock", "blockquote", "listItem", "rule", "tableRow", "panel"}


def document(text: str) -> dict[str, Any]:
    """*text* as the editor would store it: a paragraph for each block, a hard break for each line."""
    content = []
    for block in text.split("\n\n"):
        nodes: list[dict[str, Any]] = []
        for number, line in enumerate(block.split("\n")):
            if number:
                nodes.append({"type": "hardBreak"})
            if line:
                nodes.append({"type": "text", "text": line})
        content.append({"type": "paragraph", "content": nodes})
    return {"type": "doc", "version": 1, "content": content}


def flat(node: Any) -> str:
    """The text of a document."""
    if isinstance(node, list):
        return "".join(flat(child) for child in node)
    if not isinstance(node, dict):
        return ""
    match node.get("type"):
        case "text":
            return str(node.get("text", ""))
        case "hardBreak":
            return "\n"
        case "doc":
            return "\n".join(flat(child) for child in node.get("content", ())).strip("\n")
    inner = flat(node.get("content", []))
    return inner + "\n" if node.get("type") in BLOCKS else inner


def fault(node: Any) -> str | None:
    """Why Jira would refuse this as a document, None where it would not."""
    if not isinstance(node, dict) or node.get("type") != "doc":
        return "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
    if node.get("version") != 1 or not isinstance(node.get("content"), list):
        return "INVALID_INPUT"
    return _inner_fault(node["content"])


def _inner_fault(nodes: list[Any]) -> str | None:
    for node in nodes:
        if not isinstance(node, dict) or not isinstance(node.get("type"), str):
            return "INVALID_INPUT"
        if node["type"] == "text" and not node.get("text"):
            return "INVALID_INPUT"
        found = _inner_fault(node.get("content", []))
        if found:
            return found
    return None

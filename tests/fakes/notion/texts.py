"""Rich text: what people type, what the API accepts, and what it shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .refusal import Refused, invalid, surplus

LONGEST, MOST = 2000, 100
PLAIN = {
    "bold": False,
    "italic": False,
    "strikethrough": False,
    "underline": False,
    "code": False,
    "color": "default",
}


def run(content: str, link: str | None = None, annotations: dict[str, Any] | None = None) -> dict[str, Any]:
    """A piece of text as it is shown."""
    return {
        "type": "text",
        "text": {"content": content, "link": {"url": link} if link else None},
        "annotations": PLAIN | (annotations or {}),
        "plain_text": content,
        "href": link,
    }


def typed(text: str) -> list[dict[str, Any]]:
    """What a person leaves who types *text*."""
    return settled([run(text)]) if text else []


def plain(runs: Iterable[dict[str, Any]]) -> str:
    """The text that is read."""
    return "".join(one["plain_text"] for one in runs)


def settled(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As they are kept: neighbours that look the same become one run, and a run is cut where it gets too long.

    So text comes back whole, but not in the pieces in which it was sent.
    """
    return [piece for one in _merged(runs) for piece in _pieces(one)]


def _pieces(one: dict[str, Any]) -> list[dict[str, Any]]:
    if one["type"] != "text" or length(one["plain_text"]) <= LONGEST:
        return [one]
    parts = [""]
    room = LONGEST
    for sign in one["plain_text"]:
        room -= 2 if sign > "\uffff" else 1
        if room < 0:
            parts.append("")
            room = LONGEST - (2 if sign > "\uffff" else 1)
        parts[-1] += sign
    return [run(part, one["href"], one["annotations"]) for part in parts]


def _merged(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for one in runs:
        last = kept[-1] if kept else None
        if last and last["type"] == one["type"] == "text" and _looks(last) == _looks(one):
            kept[-1] = run(last["plain_text"] + one["plain_text"], one["href"], one["annotations"])
        else:
            kept.append(one)
    return kept


def _looks(one: dict[str, Any]) -> tuple[Any, Any]:
    return one["annotations"], one["href"]


def length(text: str) -> int:
    """In the units in which JavaScript counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def accepted(raw: Any, where: str, users: Any) -> list[dict[str, Any]]:
    """A request's rich text as it is kept; *users* finds a user by id."""
    if not isinstance(raw, list):
        raise invalid(where, "an array", raw)
    if len(raw) > MOST:
        raise invalid(f"{where}.length", f"≤ `{MOST}`", len(raw))
    return settled([_one(item, f"{where}[{place}]", users) for place, item in enumerate(raw)])


def _one(item: Any, where: str, users: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise invalid(where, "an object", item)
    for key in item.keys() - {"type", "text", "mention", "equation", "annotations", "plain_text", "href"}:
        raise surplus(f"{where}.{key}", item[key])
    if "mention" in item:
        return _mention(item, where, users)
    if "equation" in item:
        expression = str(item["equation"]["expression"])
        return run(expression) | {"type": "equation", "equation": {"expression": expression}}
    text = item.get("text")
    if not isinstance(text, dict):
        raise invalid(f"{where}.text", "defined")
    content = text.get("content")
    if not isinstance(content, str):
        raise invalid(f"{where}.text.content", "a string", content)
    if length(content) > LONGEST:
        raise invalid(f"{where}.text.content.length", f"≤ `{LONGEST}`", length(content))
    link = (text.get("link") or {}).get("url")
    return run(content, link, item.get("annotations"))


def _mention(item: dict[str, Any], where: str, users: Any) -> dict[str, Any]:
    mention = item["mention"]
    user = users(mention.get("user", {}).get("id"))
    if user is None or user.kind != "person":
        raise Refused(400, "User mentions can only be of people.")
    shown = {"object": "user", "id": user.id}
    told = run(f"@{user.name}", None, item.get("annotations"))
    del told["text"]
    return told | {"type": "mention", "mention": {"type": "user", "user": shown}}

"""The page of configuration keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.config import people_schema, schema

from .made import MADE


def configuration() -> Iterator[str]:
    """Every key of the YAML files."""
    yield "# Configuration"
    yield ""
    yield f"{MADE}; `escsync schema` prints the JSON Schema, which the [example files](examples.md) name in their first line so"
    yield "that an editor completes and checks them."
    yield ""
    yield "Values may be `${env:NAME}` or `${file:/path}`; a secret written out in the file is refused. Paths are relative to the"
    yield "configuration file. Durations are written `90m`, `2h`, `7d` or in ISO 8601 (`PT2H`, `P7D`)."
    for title, document in (("escsync.yaml", schema()), ("people.yaml", people_schema())):
        yield ""
        yield f"## {title}"
        yield ""
        yield "| key | meaning | default |"
        yield "|---|---|---|"
        yield from _keys(document, document, "", 0)


def _keys(node: Mapping[str, Any], document: Mapping[str, Any], prefix: str, depth: int) -> Iterator[str]:
    node = _resolved(node, document)
    properties = dict(node.get("properties", {}))
    if not properties and isinstance(node.get("additionalProperties"), dict):
        properties = {"NAME": node["additionalProperties"]}
    for name, child in properties.items():
        path = f"{prefix}.{name}" if prefix else name
        told = child.get("description") or _resolved(child, document).get("description") or ""
        default = child.get("default")
        shown = "" if default in (None, {}, []) or isinstance(default, dict | list) else f"`{default}`"
        yield f"| `{path}` | {' '.join(str(told).split()).replace('|', chr(92) + '|')} | {shown} |"
        if depth < 5:
            yield from _keys(_items(child, document), document, path, depth + 1)


def _items(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    node = _resolved(node, document)
    return node["items"] if isinstance(node.get("items"), dict) else node


def _resolved(node: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """*node* with its reference followed; of alternatives the one that has keys of its own."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    for choice in node.get("anyOf", node.get("oneOf", [])):
        found = _resolved(choice, document)
        if found.get("properties") or isinstance(found.get("additionalProperties"), dict) or "items" in found:
            return found
    return node

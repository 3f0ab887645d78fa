"""Shape: what a JSON Schema says of one key: which keys stand beside it, what it means, an example."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from .problem import Path


@cache
def shape_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """The JSON Schema of *model*, made once."""
    return model.model_json_schema()


def keys_at(schema: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    """The keys that *schema* knows at *path*."""
    return tuple(dict.fromkeys(key for node in leaves_at(schema, path) for key in node.get("properties", {})))


def leaves_at(schema: Mapping[str, Any], path: Path) -> list[Mapping[str, Any]]:
    """What may stand at *path*, one node per alternative."""
    return [leaf for node in nodes_at(schema, path) for leaf in _leaves(node, schema)]


def nodes_at(schema: Mapping[str, Any], path: Path) -> list[Mapping[str, Any]]:
    """What *schema* says of *path* itself, with its description; several where there are alternatives above it."""
    nodes: list[Mapping[str, Any]] = [schema]
    for part in path:
        nodes = [
            child
            for node in nodes
            for leaf in _leaves(node, schema)
            if isinstance(child := _child(leaf, part), dict)
        ]
    return nodes


def _child(node: Mapping[str, Any], part: str | int) -> Any:
    child = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
    return child if child is not None else node.get("additionalProperties")


def _leaves(node: Mapping[str, Any], root: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "$ref" in node:
        return _leaves(root["$defs"][node["$ref"].rpartition("/")[2]], root)
    parts = [part for word in ("anyOf", "oneOf", "allOf") for part in node.get(word, ())]
    return [leaf for part in parts for leaf in _leaves(part, root)] if parts else [node]

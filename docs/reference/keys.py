"""The page of configuration keys."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from escsync.config import people_schema, schema

from .made import MADE

JSON = Mapping[str, Any]
_DEEPEST = 6
_CHOICES = 8
"""More alternatives than this are told elsewhere."""


def configuration() -> Iterator[str]:
    """Every key of the YAML files."""
    document, people = schema(), people_schema()
    defs = document["$defs"]
    yield "# Configuration keys"
    yield ""
    yield f"{MADE}; `escsync schema` prints the JSON Schema, which the [example files](examples.md) name in their first line so"
    yield "that an editor completes and checks them. How the files work together: [configure](configuring.md)."
    yield ""
    yield "Values may be `${env:NAME}` or `${file:/path}`; a secret written out in the file is refused. Paths are relative to the"
    yield "configuration file. Durations are written `90m`, `2h`, `7d` or in ISO 8601 (`PT2H`, `P7D`)."
    yield from _section("escsync.yaml", "", document, document, without=("policy", "trackers"))
    told = "Below `trackers:` and a name of your choosing, one section for each tracker."
    yield from _section("A tracker", told, defs["TrackerYaml"], document, without=("connection", "scope"))
    for adapter in sorted({name.partition(".")[0] for name in defs if "." in name}):
        parts = {
            part: defs[name]
            for name in defs
            for part in ("connection", "scope")
            if name.startswith(f"{adapter}.") and name.lower().endswith(part)
        }
        if any(part.get("properties") for part in parts.values()):
            told = f"`connection:` and `scope:` of a tracker with `adapter: {adapter}`."
            yield from _section(f"adapter: {adapter}", told, {"properties": parts}, document)
    told = "Below `policy:`, or in the file that it names. [The process](process.md) says what each reading is for."
    yield from _section("The policy", told, defs["Policy"], document)
    told = "The file that `people:` names."
    yield from _section("people.yaml", told, people, people)


def _section(
    title: str, told: str, node: JSON, document: JSON, without: Collection[str] = ()
) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    if told:
        yield from (told, "")
    yield "| key | meaning | values | default |"
    yield "|---|---|---|---|"
    yield from _keys(node, document, "", 0, without)


def _keys(
    node: JSON, document: JSON, prefix: str, depth: int, without: Collection[str] = ()
) -> Iterator[str]:
    node = _resolved(node, document)
    properties = dict(node.get("properties", {}))
    if not properties and isinstance(node.get("additionalProperties"), dict):
        properties = {"NAME": node["additionalProperties"]}
    for name, child in properties.items():
        path = f"{prefix}.{name}" if prefix else name
        if path in without:
            continue
        told = child.get("description") or _resolved(child, document).get("description") or ""
        if told:
            values, default = _values(child, document), _shown(child.get("default"))
            yield f"| `{path}` | {_plain(told)} | {values} | {default} |"
        if path in _ELSEWHERE:
            yield _ELSEWHERE[path]
        elif depth < _DEEPEST:
            yield from _keys(_items(child, document), document, path, depth + 1)


_ELSEWHERE = {
    "fields": "| `fields.FIELD` | The tracker's field, or a list of them. | every [field](fields.md) | |",
    "options": "| `options.FIELD.VALUE` | The option that means this value. | the values of a [field](fields.md) | |",
}


def _plain(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _shown(value: object) -> str:
    """A plain value in code, as YAML has it; nothing for what is empty or of several parts."""
    if value is None or value == "" or isinstance(value, dict | list):
        return ""
    return f"`{_plain(json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value)}`"


def _values(node: JSON, document: JSON) -> str:
    """What may be written: the alternatives, else an example that is not the default."""
    choices = list(dict.fromkeys(_choices(node, document)))
    if choices:
        some = [_shown(choice) for choice in choices[:_CHOICES]]
        return ", ".join(some) + (" ..." if len(choices) > _CHOICES else "")
    examples = [one for one in node.get("examples", []) if one != node.get("default")]
    return f"such as {shown}" if examples and (shown := _shown(examples[0])) else ""


def _choices(node: JSON, document: JSON) -> Iterator[object]:
    if "$ref" in node:
        yield from _choices(_followed(node, document), document)
    yield from (choice for choice in node.get("enum", []) if choice is not None)
    if "const" in node:
        yield node["const"]
    for part in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _choices(part, document)
    if isinstance(node.get("items"), dict):
        yield from _choices(node["items"], document)


def _items(node: JSON, document: JSON) -> JSON:
    node = _resolved(node, document)
    return node["items"] if isinstance(node.get("items"), dict) else node


def _followed(node: JSON, document: JSON) -> JSON:
    target: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return target


def _resolved(node: JSON, document: JSON) -> JSON:
    """*node* with its reference followed; of alternatives the one that has keys of its own."""
    while "$ref" in node:
        node = _followed(node, document)
    for choice in node.get("anyOf", node.get("oneOf", [])):
        found = _resolved(choice, document)
        if found.get("properties") or isinstance(found.get("additionalProperties"), dict) or "items" in found:
            return found
    return node

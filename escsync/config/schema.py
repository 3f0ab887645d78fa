"""The JSON Schema of escsync.yaml, people.yaml and policy.yaml: what editors complete and check by."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from pydantic import BaseModel

from escsync import registry
from escsync.adapter import Plugin
from escsync.domain.duration import Duration
from escsync.domain.fields import FIELDS
from escsync.domain.policy import ClockRule, Policy

from . import bounds, glossary
from .model import EscsyncYaml
from .person import PeopleYaml
from .policy import policy_schema
from .vocabulary import choices

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SPELLING = {
    "anyOf": [
        {"type": ["string", "integer"]},
        {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1, "maxItems": 1},
    ]
}
_REFERENCE = r"^\$\{(env|file):[^{}]+\}$"
_SPELLINGS = {
    "anyOf": [
        {"type": ["string", "integer"]},
        {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1},
    ]
}
_EXAMPLES: Mapping[str, Any] = {
    "BusinessHours.timezone": "America/New_York",
    "BusinessHours.hours": {"mon-fri": "09:00-17:00"},
    "BusinessHours.holidays": "US",
    "ClockRule.within": "2h",
    "Analytics.timezone": "Europe/Berlin",
    "MoneyRule.rates": {"2026-03-31": {"EUR": "1.10"}},
    "Comms.phrases": {"commitment": ["you have my word"]},
    "ContentRule.must_contain": ["understood", "actions", "timeline"],
    "Policy.comms": {"handover_required": False},
    "Policy.waivers": [
        {
            "id": "EXEC-42",
            "clock": "update",
            "by": "dana",
            "reason": "The customer asked for silence until Monday.",
        }
    ],
    "Policy.calendars": {"ny": {"timezone": "America/New_York", "hours": {"mon-fri": "09:00-17:00"}}},
    "Policy.routing": {"sla_breach": "support_ops"},
    "Waiver.id": "EXEC-42",
    "Waiver.clock": "update",
    "Waiver.by": "dana",
    "Waiver.reason": "The customer asked for silence until Monday.",
}
"""Examples where the default is none."""


def schema() -> dict[str, Any]:
    """The JSON Schema of escsync.yaml, with the settings of every adapter that is installed."""
    main = EscsyncYaml.model_json_schema()
    policy = _policy()
    definitions = {**policy.pop("$defs"), "Policy": policy, **main["$defs"]}
    main["properties"]["policy"]["anyOf"] = [{"type": "string"}, {"$ref": "#/$defs/Policy"}]
    main["properties"]["trackers"]["propertyNames"] = {"pattern": bounds.TRACKER}
    tracker = definitions["TrackerYaml"]
    tracker["properties"] |= {
        name: {**tracker["properties"][name], "additionalProperties": False, "properties": properties}
        for name, properties in (("stages", _stages()), ("fields", _fields()), ("options", _options()))
    }
    markers = definitions["CommunicationsYaml"]["properties"]["markers"]
    markers |= {"additionalProperties": False, "properties": _markers()}
    for each in (main, tracker, policy, *(definitions[name] for name in ("Clocks", "Comms", "MoneyRule"))):
        _emptiable(each)
    usable = dict(_usable())
    tracker["properties"]["adapter"]["anyOf"] = [{"enum": list(usable)}, {"type": "string"}]
    tracker["allOf"] = [_settings(name, model, definitions) for name, model in usable.items()]
    # What is required may stand in an included file.
    alone = {
        "required": main.pop("required"),
        "properties": {"trackers": {"additionalProperties": {"required": tracker.pop("required")}}},
    }
    return _finished(
        {**main, "if": {"required": ["include"]}, "else": alone, "$defs": definitions}, "escsync.yaml"
    )


def people_schema() -> dict[str, Any]:
    """The JSON Schema of people.yaml."""
    found = PeopleYaml.model_json_schema()
    _emptiable(found["$defs"]["PersonYaml"])
    return _finished(found, "people.yaml")


def policy_file_schema() -> dict[str, Any]:
    """The JSON Schema of a policy in a file of its own."""
    found = _policy()
    for each in (found, *(found["$defs"][name] for name in ("Clocks", "Comms", "MoneyRule"))):
        _emptiable(each)
    return _finished(found, "policy.yaml")


def descriptions() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Per class of the policy, its keys as the schema describes them."""
    policy = _policy()
    classes = {name: each.get("properties", {}) for name, each in policy["$defs"].items()}
    return {**classes, Policy.__name__: policy["properties"]}


def _policy() -> dict[str, Any]:
    found: dict[str, Any] = _durations_written(copy.deepcopy(policy_schema()))
    inherited = found["$defs"][ClockRule.__name__]["properties"]
    for name, each in [*found["$defs"].items(), (Policy.__name__, found)]:
        for key, node in each.get("properties", {}).items():
            if "description" not in node and key in inherited:
                node["description"] = inherited[key]["description"]
            example = _EXAMPLES.get(f"{name}.{key}", _EXAMPLES.get(f"ClockRule.{key}"))
            example = node["default"] if node.get("default") not in (None, {}, [], ()) else example
            node.setdefault("examples", [example if example is not None else node.get("default")])
            _patterned(key, node)
            node |= bounds.POLICY.get(f"{name}.{key}", {})
    return found


def _patterned(key: str, node: dict[str, Any]) -> None:
    """Let an editor mark what is no duration, share or zone."""
    text: dict[str, Any] = next(
        (each for each in (node, *node.get("anyOf", ())) if each.get("type") == "string"), {}
    )
    if key == "timezone":
        text["pattern"] = bounds.ZONE
    elif key == "due_soon":
        text["pattern"] = f"{bounds.SHARE}|{bounds.DURATION}"
    elif key == "within" or re.fullmatch(r"PT?\d+[A-Z]", str(node.get("default"))):
        text["pattern"] = bounds.DURATION


def _durations_written(node: Any) -> Any:
    """Defaults as people write them: a duration is one word, not its three parts."""
    if isinstance(node, dict):
        if node.keys() == {"months", "days", "seconds"}:
            return str(Duration(**node))
        return {key: _durations_written(each) for key, each in node.items()}
    return [_durations_written(each) for each in node] if isinstance(node, list) else node


def _stages() -> dict[str, Any]:
    return {
        stage.value: {**_SPELLINGS, "description": words, "examples": [stage.value.replace("_", " ").title()]}
        for stage, words in glossary.STAGES.items()
    }


def _fields() -> dict[str, Any]:
    return {
        # Only the owner may stand in several fields.
        name: {
            **(_SPELLINGS if name == "owner" else _SPELLING),
            "description": words,
            "examples": ["customfield_10042"],
        }
        for name, words in glossary.FIELDS.items()
    }


def _options() -> dict[str, Any]:
    return {
        name: {
            "type": "object",
            "description": f"{glossary.FIELDS[name]} Our values -> the tracker's options.",
            "additionalProperties": False,
            "examples": [{choices(field)[0]: "Its name in the tracker"}],
            "properties": {
                value: {**_SPELLINGS, "description": f"The option that means {value}.", "examples": [value]}
                for value in choices(field)
            },
        }
        for name, field in FIELDS.items()
        if choices(field)
    }


def _markers() -> dict[str, Any]:
    return {
        kind.value: {**_SPELLINGS, "description": words, "examples": [marker]}
        for kind, (words, marker) in glossary.MARKERS.items()
    }


def _usable() -> Iterator[tuple[str, type[BaseModel]]]:
    """Each adapter that is whole; one that is not costs its own keys only."""
    for name, plugin in registry.plugins().items():
        if isinstance(plugin, Plugin):
            with suppress(registry.PluginError):
                yield name, registry.settings_model(plugin)


def _settings(name: str, kind: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """What `connection:` and `scope:` hold where a tracker names this adapter."""
    raw = json.dumps(kind.model_json_schema())
    model = json.loads(raw.replace('"#/$defs/', f'"#/$defs/{name}.'))
    for part, each in model.pop("$defs", {}).items():
        each["properties"] = {key: _referable(key, node) for key, node in each.get("properties", {}).items()}
        definitions[f"{name}.{part}"] = each
    return {
        "if": {"properties": {"adapter": {"const": name}}, "required": ["adapter"]},
        "then": {
            "properties": {
                key: {**_told(node, definitions), **node} for key, node in model["properties"].items()
            },
            "required": [key for key in model.get("required", ()) if key in model["properties"]],
        },
    }


def _told(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """A section's meaning, and an example with its required keys, or else with its first."""
    inner = definitions.get(str(node.get("$ref", "")).rpartition("/")[2], node)
    named = inner.get("required") or list(inner.get("properties", {}))[:1]
    example = {key: inner["properties"][key]["examples"][0] for key in named}
    return {"description": inner.get("description", ""), "examples": [example]}


def _referable(key: str, node: dict[str, Any]) -> dict[str, Any]:
    """*node*, or a reference in its place; a secret must be a reference."""
    secret = "writeOnly" in json.dumps(node)
    node.setdefault("examples", [f"${{env:{key.upper()}}}" if secret else node.get("default")])
    if "$ref" in node or node.get("type") == "object":
        return node
    told: dict[str, Any] = {
        key: node[key] for key in ("title", "description", "examples", "default") if key in node
    }
    reference = {"type": "string", "pattern": _REFERENCE}
    if secret:
        return {**told, **reference}
    if node.get("type") == "string" and not {"pattern", "enum", "const"} & node.keys():
        return node
    shape = {key: each for key, each in node.items() if key not in told}
    return {**told, "anyOf": [shape, reference]}


def _emptiable(node: dict[str, Any]) -> None:
    """Let a section stand there empty, its keys all commented out."""
    for name, each in node["properties"].items():
        if name not in node.get("required", ()) and each.get("type") in ("object", "array"):
            each["type"] = [each["type"], "null"]
        elif "$ref" in each:
            each["anyOf"] = [{"$ref": each.pop("$ref")}, {"type": "null"}]


def _finished(found: dict[str, Any], title: str) -> dict[str, Any]:
    """*found* with its draft and title first, and without the titles that only repeat a key."""
    for node in _nodes(found):
        for each in node.get("properties", {}).values():
            each.pop("title", None)
        if "\n" in node.get("description", ""):
            node["description"] = " ".join(node["description"].split())
    return {"$schema": DRAFT, **found, "title": title}


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(each)

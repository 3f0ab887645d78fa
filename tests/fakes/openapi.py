"""A judge of calls: does a request, and the answer to it, keep to an official OpenAPI document?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from jsonschema.exceptions import ValidationError
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, OAS31Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4, DRAFT202012

DOCUMENT = Path(__file__).parents[3] / "shared" / "api" / "jira" / "swagger-v3.v3.json"
URI = "urn:openapi"
UNDOCUMENTED = {401, 403, 404, 410, 429}
"""Answers that may come from any operation, whether or not the document says so."""


class Asked(Protocol):
    method: str
    path: str
    query: dict[str, list[str]]
    body: Any


class Answered(Protocol):
    status: int
    body: Any


@dataclass
class Operation:
    """One operation, with the validators it was once given."""

    id: str
    pattern: re.Pattern[str]
    told: dict[str, Any]
    shared: list[dict[str, Any]]
    validators: dict[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> list[dict[str, Any]]:
        return [*self.shared, *self.told.get("parameters", [])]


class Contract:
    """An OpenAPI document, 3.0 or 3.1, read once.

    *known* says of an error whether the service itself departs from its document there; *undocumented* are answers
    that may come from any operation.
    """

    def __init__(
        self,
        document: dict[str, Any],
        *,
        known: Callable[[ValidationError], bool] = lambda error: False,
        undocumented: Collection[int] = UNDOCUMENTED,
    ) -> None:
        self._newer = str(document.get("openapi", "")).startswith("3.1")
        if self._newer:
            document = opened(document)
        self._document = document
        self._known = known
        self._undocumented = undocumented
        resource = (DRAFT202012 if self._newer else DRAFT4).create_resource(document)
        self._registry = Registry().with_resource(URI, resource)
        self._operations: dict[str, list[Operation]] = {}
        paths = sorted(document["paths"].items(), key=lambda item: item[0].count("{"))
        for path, item in paths:
            pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
            for method in {"get", "post", "put", "patch", "delete"} & set(item):
                told = item[method]
                shared = [self._resolved(one) for one in item.get("parameters", [])]
                told["parameters"] = [self._resolved(one) for one in told.get("parameters", [])]
                operation = Operation(told["operationId"], pattern, told, shared)
                self._operations.setdefault(method.upper(), []).append(operation)

    def faults(self, request: Asked, reply: Answered) -> list[str]:
        """Everything in which this call departs from the document."""
        operation = self._find(request.method, request.path)
        if operation is None:
            return [f"{request.method} {request.path}: no such operation"]
        found = [*self._query(operation, request), *self._body(operation, request, reply)]
        found += self._answer(operation, reply)
        return [f"{operation.id}: {fault}" for fault in found]

    def _resolved(self, told: dict[str, Any]) -> dict[str, Any]:
        """A parameter, also where it is only referred to."""
        for step in str(told.get("$ref", "")).split("/")[1:]:
            told = self._document[step] if "$ref" in told else told[step]
        return told

    def knows(self, method: str, path: str) -> bool:
        """Is there such an operation?"""
        return self._find(method, path) is not None

    def _find(self, method: str, path: str) -> Operation | None:
        candidates = self._operations.get(method, [])
        return next((one for one in candidates if one.pattern.fullmatch(path)), None)

    def _query(self, operation: Operation, request: Asked) -> Iterator[str]:
        known = {p["name"]: p for p in operation.parameters if p["in"] == "query"}
        for name, values in request.query.items():
            if name not in known:
                yield f"query parameter {name} is not documented"
            elif known[name]["schema"].get("type") == "integer" and not values[-1].lstrip("-").isdigit():
                yield f"query parameter {name} is no integer"
        for name, parameter in known.items():
            if parameter.get("required") and name not in request.query:
                yield f"query parameter {name} is required"

    def _body(self, operation: Operation, request: Asked, reply: Answered) -> Iterator[str]:
        described = operation.told.get("requestBody")
        if described is None:
            if request.body not in (None, {}):
                yield "a body is sent where none is documented"
            return
        schema = described["content"].get("application/json", {}).get("schema")
        if request.body is None:
            if described.get("required"):
                yield "the body is missing"
        elif schema:
            kind = OAS31Validator if self._newer else OAS30WriteValidator
            yield from self._check(operation, "request", kind, schema, request.body)

    def _answer(self, operation: Operation, reply: Answered) -> Iterator[str]:
        described = operation.told["responses"].get(str(reply.status))
        if described is None:
            if reply.status not in self._undocumented:
                yield f"the answer {reply.status} is not documented"
            return
        schema = described.get("content", {}).get("application/json", {}).get("schema")
        if schema and reply.status < 300:
            name = f"answer {reply.status}"
            kind = OAS31Validator if self._newer else OAS30ReadValidator
            yield from self._check(operation, name, kind, schema, reply.body)

    def _check(
        self, operation: Operation, name: str, kind: Any, schema: dict[str, Any], value: Any
    ) -> Iterator[str]:
        validator = operation.validators.get(name)
        if validator is None:
            anchored = json.loads(json.dumps(schema).replace('"#/', f'"{URI}#/'))
            validator = kind(anchored, registry=self._registry)
            operation.validators[name] = validator
        for error in validator.iter_errors(value):
            if not self._known(error):
                deepest = _deepest(error)
                path = "/".join(str(part) for part in deepest.absolute_path)
                yield f"{name} at {path or '(top)'}: {deepest.message[:300]}"


def opened(document: dict[str, Any]) -> dict[str, Any]:
    """*document* with each `allOf` closed as a whole, where its parts are closed one by one.

    Generated documents say `additionalProperties: false` in every part, which no value could satisfy together; and
    their `oneOf` has alternatives that overlap, so that it is read as `anyOf`.
    """
    schemas = document["components"]["schemas"]
    made: dict[str, Any] = {}
    closing = ("additionalProperties", "unevaluatedProperties")

    def closed(schema: Any) -> bool:
        """Does it forbid further keys, itself or by what it is made of?"""
        if "$ref" in schema:
            return closed(schemas[schema["$ref"].rpartition("/")[2]])
        parts = [part for word in ("allOf", "oneOf", "anyOf") for part in schema.get(word, ())]
        return schema.get("additionalProperties") is False or any(map(closed, parts))

    def loose(schema: Any) -> Any:
        """The same, open for further keys."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if f"{name}~open" not in made:
                made[f"{name}~open"] = {}
                made[f"{name}~open"] = loose(whole(schemas[name]))
            return {**schema, "$ref": f"#/components/schemas/{name}~open"}
        kept = {key: value for key, value in schema.items() if key not in closing or value is not False}
        for word in {"allOf", "oneOf", "anyOf"} & set(kept):
            kept[word] = [loose(part) for part in kept[word]]
        return kept

    def whole(node: Any) -> Any:
        """*node* with every `allOf` in it put right."""
        if isinstance(node, list):
            return [whole(one) for one in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("allOf"), list):
            shut = {"unevaluatedProperties": False} if any(map(closed, node["allOf"])) else {}
            node = {**node, "allOf": [loose(part) for part in node["allOf"]], **shut}
        return {"anyOf" if key == "oneOf" else key: whole(value) for key, value in node.items()}

    told = whole(document)
    told["components"]["schemas"] |= made
    return told  # type: ignore[no-any-return]


def _deepest(error: ValidationError) -> ValidationError:
    """Where a union failed, that failure inside it which lies deepest tells most."""
    while error.context:
        error = max(error.context, key=lambda one: len(one.absolute_path))
    return error


def _jira(error: ValidationError) -> bool:
    """Where Jira itself departs from its document: recorded changelogs hold nulls, as does the document's own example
    of a field without a context; that of a bulk changelog has numbers for instants."""
    path = list(error.absolute_path)
    if error.validator == "writeOnly":
        # A screen scheme's screens are marked so, and are what the operation is for.
        return path[-1:] == ["screens"]
    if error.validator != "type" or not path:
        return False
    if path[-1] in {"from", "fromString", "to", "toString", "contextId"}:
        return error.instance is None
    if path[-1] == "identifier":
        # The document's example of an association has a number and a text where its schema says object.
        return isinstance(error.instance, int | str)
    return path[-1] == "created" and "changeHistories" in path and isinstance(error.instance, int)


@cache
def official(path: Path) -> Contract:
    """The document at *path*, read once for all tests."""
    return Contract(json.loads(path.read_text(encoding="utf-8")), known=_jira)

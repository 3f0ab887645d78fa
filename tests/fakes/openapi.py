"""A judge of calls: does a request, and the answer to it, keep to an official OpenAPI document?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from jsonschema.exceptions import ValidationError
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from referencing import Registry
from referencing.jsonschema import DRAFT4

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
    """An OpenAPI 3.0 document, read once."""

    def __init__(self, document: dict[str, Any]) -> None:
        resource = DRAFT4.create_resource(document)
        self._registry = Registry().with_resource(URI, resource)
        self._operations: dict[str, list[Operation]] = {}
        paths = sorted(document["paths"].items(), key=lambda item: item[0].count("{"))
        for path, item in paths:
            pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
            for method in {"get", "post", "put", "delete"} & set(item):
                told = item[method]
                operation = Operation(told["operationId"], pattern, told, item.get("parameters", []))
                self._operations.setdefault(method.upper(), []).append(operation)

    def faults(self, request: Asked, reply: Answered) -> list[str]:
        """Everything in which this call departs from the document."""
        operation = self._find(request.method, request.path)
        if operation is None:
            return [f"{request.method} {request.path}: no such operation"]
        found = [*self._query(operation, request), *self._body(operation, request, reply)]
        found += self._answer(operation, reply)
        return [f"{operation.id}: {fault}" for fault in found]

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
            yield from self._check(operation, "request", OAS30WriteValidator, schema, request.body)

    def _answer(self, operation: Operation, reply: Answered) -> Iterator[str]:
        described = operation.told["responses"].get(str(reply.status))
        if described is None:
            if reply.status not in UNDOCUMENTED:
                yield f"the answer {reply.status} is not documented"
            return
        schema = described.get("content", {}).get("application/json", {}).get("schema")
        if schema and reply.status < 300:
            name = f"answer {reply.status}"
            yield from self._check(operation, name, OAS30ReadValidator, schema, reply.body)

    def _check(
        self, operation: Operation, name: str, kind: Any, schema: dict[str, Any], value: Any
    ) -> Iterator[str]:
        validator = operation.validators.get(name)
        if validator is None:
            anchored = json.loads(json.dumps(schema).replace('"#/', f'"{URI}#/'))
            validator = kind(anchored, registry=self._registry)
            operation.validators[name] = validator
        for error in validator.iter_errors(value):
            if not _known(error):
                path = "/".join(str(part) for part in error.absolute_path)
                yield f"{name} at {path or '(top)'}: {error.message[:300]}"


def _known(error: ValidationError) -> bool:
    """Where Jira itself departs from its document: recorded changelogs hold nulls, and the document's own example
    of a bulk changelog has numbers for instants."""
    path = list(error.absolute_path)
    if error.validator != "type" or not path:
        return False
    if path[-1] in {"from", "fromString", "to", "toString"}:
        return error.instance is None
    return path[-1] == "created" and "changeHistories" in path and isinstance(error.instance, int)


@cache
def official(path: Path) -> Contract:
    """The document at *path*, read once for all tests."""
    return Contract(json.loads(path.read_text(encoding="utf-8")))

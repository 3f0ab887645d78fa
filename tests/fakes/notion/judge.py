"""Does a call keep to the document that Notion publishes? And where does Notion itself not?"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from fakes.http import Reply, Request
from fakes.openapi import UNDOCUMENTED, Contract

FOLDER = Path(__file__).parents[4] / "shared" / "api" / "notion"
DOCUMENT = FOLDER / "notion-openapi-docs-2026-05-merged.json"
RECORDED = FOLDER / "recorded"
LATER = (
    ("PATCH", "/v1/comments/"),
    ("DELETE", "/v1/comments/"),
    ("POST", "/v1/views"),
    ("GET", "/v1/views"),
    ("DELETE", "/v1/views"),
)
"""What Notion offers since March 2026 and its document does not hold."""
UNTOLD = {"archived", "is_archived", "request_id", "email_verified", "request_status"}
"""Keys that recorded answers have and the document has not; keys are added without notice."""
TYPES = {
    "title", "rich_text", "number", "select", "multi_select", "status", "date", "people", "files", "checkbox",
    "url", "email", "phone_number", "formula", "relation", "rollup", "created_time", "created_by",
    "last_edited_time", "last_edited_by", "unique_id",
}  # fmt: skip
"""Types of properties that are judged; others come and go."""
_WORD = re.compile(r"[a-z_]{1,40}")


class Judge:
    """The document's view of a call, with what is known to differ set aside by name.

    What was found well once is not looked at again where it comes in the same shape: the judge is slow.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._seen: set[Any] = set()

    def faults(self, request: Request, reply: Reply) -> list[str]:
        """Everything in which this call departs from the document."""
        known = self.contract.knows(request.method, request.path)
        later = any(request.method == method and request.path.startswith(path) for method, path in LATER)
        if not known and (later or reply.status in {400, 401}):
            return []
        fresh: set[Any] = set()
        told = Reply(reply.status, self._news(reply.body, fresh))
        found = self.contract.faults(_asked(request), told)
        if not found and reply.status == 200:
            self._seen |= fresh
        return found

    def _news(self, value: Any, fresh: set[Any]) -> Any:
        """An answer without what is known not to be in the document, and without what was seen before."""
        if isinstance(value, list):
            distinct = list({_shape(one): one for one in value}.values())
            return [self._news(one, fresh) for one in (value if len(value) > 100 else distinct)]
        if not isinstance(value, dict):
            return value
        kept = {name: one for name, one in value.items() if name not in UNTOLD}
        if kept.get("type") == "relation":
            kept.pop("has_more", None)
        if isinstance(kept.get("properties"), dict):
            shapes = {n: (kept["object"], _shape(p)) for n, p in kept["properties"].items()}
            kept["properties"] = {
                name: held
                for name, held in kept["properties"].items()
                if shapes[name] not in self._seen and held.get("type") in TYPES
            }
            fresh |= {shapes[name] for name in kept["properties"]}
        return {name: self._news(one, fresh) for name, one in kept.items()}


def _shape(value: Any) -> Any:
    """What a schema can tell apart: keys, types, short words, and whether something is empty or too long."""
    if isinstance(value, dict):
        return tuple(sorted((name, _shape(one)) for name, one in value.items()))
    if isinstance(value, list):
        return "list", len(value) > 100, frozenset(map(_shape, value))
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) else ("text", bool(value))
    return type(value).__name__


def _asked(request: Request) -> Request:
    """What clients may say although the document does not know it, in the document's words.

    `filter_properties[]` is a list as well, a title may come bare, a relation with its `has_more`, and before the
    newest version there was `archived`.
    """
    query = {name.removesuffix("[]"): values for name, values in request.query.items()}
    body = request.body
    if isinstance(body, dict):
        newest = request.headers.get("notion-version") == "2026-03-11"
        body = {name: value for name, value in body.items() if newest or name != "archived"}
        if request.path.startswith("/v1/data_sources/") and isinstance(body.get("properties"), dict):
            body["properties"] = {name: _schema(one) for name, one in body["properties"].items()}
        if request.path.startswith("/v1/pages") and isinstance(body.get("properties"), dict):
            body["properties"] = {name: _value(one) for name, one in body["properties"].items()}
    return Request(request.method, request.path, query, body, request.headers)


def _schema(told: Any) -> Any:
    """Options of a status property can be given since March 2026."""
    return {**told, "status": {}} if isinstance(told, dict) and "status" in told else told


def _value(told: Any) -> Any:
    if isinstance(told, list):
        return {"title": told}
    if isinstance(told, dict) and "relation" in told:
        return {name: value for name, value in told.items() if name != "has_more"}
    return told


@cache
def judge() -> Judge | None:
    """The judge, where the document is here."""
    if not DOCUMENT.exists():
        return None
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return Judge(Contract(document, undocumented=UNDOCUMENTED | {413, 502, 504, 529}))

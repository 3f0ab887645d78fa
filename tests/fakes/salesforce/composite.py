"""Many requests in one: composite, graph, batch, and the collections of records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fakes.http import Reply, Request

from .accept import Writer
from .ids import full
from .record import Refused
from .routes import Asked, route
from .rows import Rows
from .schema import SObject

MOST = 25
MOST_QUERIES = 5
MOST_RECORDS = 200
MOST_CHUNKS = 10
MOST_READ = 2000
FORBIDDEN = {"accept", "authorization", "content-type"}
REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])+)\}")
HALTED = "The transaction was rolled back since another operation in the same transaction failed."


class Composite(Rows):
    """Handlers; `answer` carries out one request of any kind."""

    def answer(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def count(self, calls: int) -> None:
        raise NotImplementedError

    # -- composite

    @route("POST", "/composite")
    def composite(self, asked: Asked) -> Reply:
        """One call, whatever is in it; 200, whatever becomes of it."""
        parts = _parts(asked.body, "compositeRequest")
        heavy = sum(bool(re.search(r"/query|/composite/sobjects", str(part.get("url")))) for part in parts)
        if len(parts) > MOST or heavy > MOST_QUERIES:
            limit = f"{MOST} subrequests, of which {MOST_QUERIES} queries or collections"
            raise Refused("LIMIT_EXCEEDED", f"The limit of a composite request is {limit}")
        all_or_none = bool(asked.body.get("allOrNone"))
        return Reply(200, {"compositeResponse": self._together(asked, parts, all_or_none)[0]})

    @route("POST", "/composite/graph")
    def graph(self, asked: Asked) -> Reply:
        """Graphs stand for themselves, and each is done whole or not at all."""
        told = []
        for graph in _parts(asked.body, "graphs"):
            answers, good = self._together(asked, _parts(graph, "compositeRequest"), True)
            told.append(
                {
                    "graphId": graph.get("graphId"),
                    "graphResponse": {"compositeResponse": answers},
                    "isSuccessful": good,
                }
            )
        return Reply(200, {"graphs": told})

    def _together(
        self, asked: Asked, parts: list[dict[str, Any]], all_or_none: bool
    ) -> tuple[list[dict[str, Any]], bool]:
        bodies: dict[str, Any] = {}
        replies: list[Reply] = []
        if all_or_none:
            self.org.undo.begin()
        for part in parts:
            reply = self._part(asked, part, bodies)
            replies.append(reply)
            if reply.status < 300:
                bodies[str(part.get("referenceId"))] = reply.body
            elif all_or_none:
                break
        good = all(reply.status < 400 for reply in replies) and len(replies) == len(parts)
        if all_or_none:
            self.org.undo.end(back=not good)
        halted = Reply(400, [{"errorCode": "PROCESSING_HALTED", "message": HALTED}])
        if all_or_none and not good:
            replies = [reply if reply.status >= 400 else halted for reply in replies]
            replies += [halted] * (len(parts) - len(replies))
        told = [
            {
                "body": reply.body,
                "httpHeaders": dict(reply.headers),
                "httpStatusCode": reply.status,
                "referenceId": part.get("referenceId"),
            }
            for part, reply in zip(parts, replies, strict=True)
        ]
        return told, good

    def _part(self, asked: Asked, part: dict[str, Any], bodies: Mapping[str, Any]) -> Reply:
        """One sub-request, with its own headers and what it refers to filled in."""
        headers = {name.lower(): value for name, value in (part.get("httpHeaders") or {}).items()}
        try:
            if FORBIDDEN & set(headers):
                raise Refused(
                    "INVALID_HEADER", "A subrequest may not set Accept, Authorization or Content-Type"
                )
            url = urlsplit(_filled(str(part.get("url") or ""), bodies))
            body = _filled(part.get("body"), bodies)
        except Refused as refusal:
            return Reply(refusal.status, refusal.body)
        query = parse_qs(url.query, keep_blank_values=True)
        request = Request(str(part.get("method")), unquote(url.path), query, body, headers)
        return self.answer(Asked(request, asked.root, asked.user, asked.depth + 1))

    @route("POST", "/composite/batch")
    def batch(self, asked: Asked) -> Reply:
        """Independent requests, each of which counts."""
        results: list[dict[str, Any]] = []
        parts = _parts(asked.body, "batchRequests")
        if len(parts) > MOST:
            raise Refused("LIMIT_EXCEEDED", f"The limit of a batch is {MOST} subrequests")
        self.count(len(parts) - 1)
        halt = bool(asked.body.get("haltOnError"))
        for part in parts:
            if halt and any(result["statusCode"] >= 400 for result in results):
                halted = [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted"}]
                results.append({"statusCode": 412, "result": halted})
                continue
            url = urlsplit(str(part.get("url")))
            path = "/services/data/" + unquote(url.path).removeprefix("/services/data/")
            request = Request(
                str(part.get("method")), path, parse_qs(url.query), part.get("richInput"), asked.headers
            )
            reply = self.answer(Asked(request, asked.root, asked.user, asked.depth + 1))
            results.append({"statusCode": reply.status, "result": reply.body})
        bad = any(result["statusCode"] >= 400 for result in results)
        return Reply(200, {"hasErrors": bad, "results": results})

    # -- collections

    @route("POST", "/composite/sobjects")
    def create_many(self, asked: Asked) -> Reply:
        return self._many(asked, lambda writer, sobject, raw: {"id": writer.create(sobject, raw).id})

    @route("PATCH", "/composite/sobjects")
    def update_many(self, asked: Asked) -> Reply:
        """No condition can be set on these; a header that tries is not heard."""
        seen: set[str] = set()

        def one(writer: Writer, sobject: SObject, raw: dict[str, Any]) -> dict[str, Any]:
            told = next((value for name, value in raw.items() if name.casefold() == "id"), None)
            if told is None:
                raise Refused("MISSING_ARGUMENT", "Id not specified in an update call")
            row = writer.find(sobject, told, bulk=True)
            if row.id in seen:
                raise Refused("DUPLICATE_VALUE", f"Duplicate id in list: {row.id}")
            seen.add(row.id)
            writer.update(sobject, row, {n: v for n, v in raw.items() if n.casefold() != "id"})
            return {"id": row.id}

        return self._many(asked, one)

    @route("PATCH", "/composite/sobjects/{name}/{key}")
    def upsert_many(self, asked: Asked, name: str, key: str) -> Reply:
        sobject = self.object(name)
        field = self.key(sobject, key)

        def one(writer: Writer, _: SObject, raw: dict[str, Any]) -> dict[str, Any]:
            told = next((value for name, value in raw.items() if name.casefold() == key.casefold()), None)
            others = {n: v for n, v in raw.items() if n.casefold() != key.casefold()}
            if told is not None and field.type == "id":
                writer.update(sobject, writer.find(sobject, told, bulk=True), others)
                return {"id": full(told), "created": False}
            found = self.matching(sobject, field, str(told)) if told is not None else []
            if len(found) > 1:
                raise Refused("DUPLICATE_EXTERNAL_ID", f"{field.name}: more than one record found")
            if found:
                writer.update(sobject, found[0], others)
                return {"id": found[0].id, "created": False}
            given = others if field.type == "id" else others | {field.name: told}
            return {"id": writer.create(sobject, given).id, "created": True}

        return self._many(asked, one, sobject)

    @route("DELETE", "/composite/sobjects")
    def delete_many(self, asked: Asked) -> Reply:
        kinds = {sobject.prefix: sobject for sobject in self.org.objects.values() if sobject.prefix}
        records = [
            {"attributes": {"type": getattr(kinds.get(id_[:3]), "name", "Case")}, "id": id_}
            for id_ in asked.request.many("ids")
        ]
        asked.request.body = {"allOrNone": asked.request.one("allOrNone") == "true", "records": records}

        def one(writer: Writer, sobject: SObject, raw: dict[str, Any]) -> dict[str, Any]:
            row = writer.find(sobject, raw["id"], bulk=True)
            writer.delete(sobject, row)
            return {"id": row.id}

        return self._many(asked, one)

    @route("POST", "/composite/sobjects/{name}")
    @route("GET", "/composite/sobjects/{name}")
    def read_many(self, asked: Asked, name: str) -> Reply:
        """In the order in which they were asked for; null for what is not there or not to be seen."""
        sobject = self.object(name)
        got = asked.method == "GET"
        told = (
            {n: asked.request.many(n) for n in ("ids", "fields")}
            if got
            else _mapping(asked.body, "ids", "fields")
        )
        if len(told["ids"]) > MOST_READ:
            raise Refused("LIMIT_EXCEEDED", f"The limit is {MOST_READ} records")
        rows = [self.org.peek(full(id_)) for id_ in told["ids"]]
        return Reply(
            200,
            [
                None
                if row is None
                or row.type != sobject.name
                or row.deleted
                or row.unborn
                or self.org.concealed(row)
                else self.told(asked, sobject, row, list(told["fields"]))
                for row in rows
            ],
        )

    def _many(self, asked: Asked, one: Any, sobject: SObject | None = None) -> Reply:
        """Each record for itself, unless all or none is wanted; 200 even if all fail."""
        records = list(_parts(asked.body, "records"))
        kinds = [str((record.get("attributes") or {}).get("type") or "") for record in records]
        chunks = sum(kind != before for kind, before in zip(kinds, [None, *kinds], strict=False))
        if len(records) > MOST_RECORDS:
            raise Refused(
                "LIMIT_EXCEEDED", "record limit reached. cannot submit more than 200 records in this call"
            )
        if sobject is None and chunks > MOST_CHUNKS:
            raise Refused("LIMIT_EXCEEDED", f"cannot submit more than {MOST_CHUNKS} chunks in this call")
        headers = {name: value for name, value in asked.headers.items() if not name.startswith("if-")}
        writer = Writer(self.org, asked.user, headers)
        all_or_none = bool(asked.body.get("allOrNone"))
        if all_or_none:
            self.org.undo.begin()
        results = []
        for record, kind in zip(records, kinds, strict=True):
            try:
                done = one(writer, sobject or self.object(kind), record)
                results.append({"id": done.pop("id"), "success": True, "errors": [], **done})
            except Refused as refusal:
                failed = {"success": False, "errors": [refusal.error]}
                results.append(failed | ({"created": False} if sobject else {}))
        good = all(result["success"] for result in results)
        if all_or_none:
            self.org.undo.end(back=not good)
            if not good:
                rolled = Refused(
                    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                    "Record rolled back because not all records were valid and the request was using AllOrNone header",
                )
                results = [
                    r if not r["success"] else {"success": False, "errors": [rolled.error]} for r in results
                ]
        return Reply(200, results)


def _mapping(body: Any, *names: str) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        raise Refused(
            "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body."
        )
    return {name: body.get(name) or [] for name in names}


def _parts(body: Any, name: str) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = _mapping(body, name)[name]
    return parts


def _filled(value: Any, bodies: Mapping[str, Any]) -> Any:
    """*value* with each `@{reference.field}` in it replaced by what an earlier part answered."""
    match value:
        case str():
            return REFERENCE.sub(lambda match: str(_referred(match, bodies)), value)
        case Mapping():
            return {name: _filled(inner, bodies) for name, inner in value.items()}
        case list():
            return [_filled(inner, bodies) for inner in value]
    return value


def _referred(match: re.Match[str], bodies: Mapping[str, Any]) -> Any:
    found = bodies.get(match.group(1))
    for step in _steps(match.group(2)):
        if (
            isinstance(found, list)
            and isinstance(step, int)
            and step < len(found)
            or isinstance(found, Mapping)
            and step in found
        ):
            found = found[step]
        else:
            message = f"Invalid reference specified. No value for {match.group(0)[2:-1]} found"
            raise Refused("PROCESSING_HALTED", message)
    return found


def _steps(path: str) -> Iterator[str | int]:
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        yield name or int(index)

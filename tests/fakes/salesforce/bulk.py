"""The resources of many records at once: each for itself, or all or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakes.http import Reply

from .accept import Writer
from .ids import full
from .record import Refused
from .routes import Asked, route
from .rows import Rows
from .schema import SObject

MOST_RECORDS = 200
MOST_CHUNKS = 10
MOST_READ = 2000
ROLLED_BACK = (
    "Record rolled back because not all records were valid and the request was using AllOrNone header"
)


class Collections(Rows):
    """Handlers."""

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
            else mapping(asked.body, "ids", "fields")
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
        records = list(parts_of(asked.body, "records"))
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


def mapping(body: Any, *names: str) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        raise Refused(
            "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body."
        )
    return {name: body.get(name) or [] for name in names}


def parts_of(body: Any, name: str) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = mapping(body, name)[name]
    return parts

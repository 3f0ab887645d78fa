"""Creating pages that are found again: each carries its key's mark from its first moment on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from escsync.adapter import FIELDS, Ambiguous, Draft, FieldKind, Found, Rejected, Stage, TicketRef, Vanished

from . import codec, encode, richtext
from .codec import PART, Raw
from .columns import plain
from .connection import Connection
from .discovery import Discovery
from .query import Query
from .schema import Schema, by_id
from .settings import identified

_WHAT = "creating a page"
_LOOK = "looking for a page"
_PREFIX = "escsync-key"
_FIRST_LINES = 10


def mark(key: str) -> str:
    """What carries *key*: a key may hold anything, and be long."""
    return f"{_PREFIX} {hashlib.sha256(key.encode()).hexdigest()[:20]}"


class Creation:
    """New pages, all in the one data source: what belongs to an escalation has an icon that tells it apart."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery

    def create(self, draft: Draft) -> TicketRef:
        """Make the page. Whether one was made is looked at where its answer was lost."""
        try:
            body = self._body(draft, self._discovery.schema)
        except encode.UnknownOption:
            renewed = self._discovery.renewed()
            if renewed is None:
                raise
            body = self._body(draft, renewed)
        try:
            answer = self._connection.post("pages", body, what=_WHAT, safe=False, needs="insert content")
        except Ambiguous:
            found = next(self.find([draft.key]), None)
            if found is None:
                raise
            return found.ref
        except Rejected as error:
            raise self._explained(draft, error) from None
        raw = answer.page()
        ref = codec.reference(raw, self._discovery.schema)
        if not identified(ref.id):
            raise Ambiguous(
                f"{_WHAT}: the answer does not tell which one was made",
                remedy="nothing is lost: the next pass looks for it by its mark",
            )
        self._discovery.mark(ref.id, mark(draft.key))
        return ref

    def find(self, keys: Sequence[str]) -> Iterator[Found]:
        """Which of these exist? Among the newest pages, and by the property that carries the marks where there is one.

        Notion's search is never asked: it lags, and does not promise to find.
        """
        wanted = {mark(key): key for key in keys}
        if not wanted:
            return
        for ref, told in self._marked(self._discovery.schema, wanted):
            if told in wanted:
                yield Found(wanted.pop(told), ref)
            if not wanted:
                return

    def _marked(self, schema: Schema, wanted: Mapping[str, str]) -> Iterator[tuple[TicketRef, str]]:
        needed = [plain(column.id) for column in (schema.unique, schema.key) if column is not None]
        query = Query(self._connection, schema.source, needed, _LOOK)
        newest = [raw for raw in query.newest() if _is_ours(raw, schema)]
        if schema.key is None:
            for raw in newest:
                yield codec.reference(raw, schema), self._written_in(raw)
            return
        yield from ((codec.reference(raw, schema), _told(raw, schema)) for raw in newest)
        for one in list(wanted):
            condition = {"property": schema.key.id, "rich_text": {"equals": one}}
            for raw in query.having(condition):
                if _is_ours(raw, schema):
                    yield codec.reference(raw, schema), _told(raw, schema)

    def _written_in(self, raw: Raw) -> str:
        """The mark in the first lines of a page; each page is looked at once, ever."""
        id = codec.reference(raw).id
        if id not in self._discovery.marks():
            try:
                answer = self._connection.get(f"blocks/{id}/children", what=_LOOK, page_size=_FIRST_LINES)
            except Vanished:
                return ""
            lines = (_line(block) for block in answer.listing())
            self._discovery.mark(id, next((line for line in lines if line.startswith(f"{_PREFIX} ")), ""))
        return self._discovery.marks()[id]

    def _body(self, draft: Draft, schema: Schema) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        for name, value in draft.values.items():
            for column in schema.columns.get(name, ())[:1]:
                if FIELDS[name].kind is not FieldKind.STAGE and value is not None:
                    properties[column.id] = encode.field(name, column, value, schema)
        body: dict[str, Any] = {
            "parent": {"type": "data_source_id", "data_source_id": schema.source},
            "properties": properties,
        }
        if draft.parent is not None:
            body["icon"] = {"type": "emoji", "emoji": PART}
        elif intake := schema.vocabulary.stages.get(Stage.INTAKE):
            column = schema.columns["stage"][0]
            properties[column.id] = {column.type: {"id": encode.status(column, intake).id}}
        lines = [f"Belongs to {draft.parent.key or draft.parent.id}"] if draft.parent is not None else []
        if schema.key is not None:
            properties[schema.key.id] = {schema.key.type: richtext.runs(mark(draft.key))}
        else:
            lines = [mark(draft.key), *lines]
        if lines:
            body["children"] = [_paragraph(line) for line in lines]
        return body

    def _explained(self, draft: Draft, error: Rejected) -> Rejected:
        """Something no longer fits: the properties are looked at once more, and what is wrong is named."""
        schema = self._discovery.renewed() or self._discovery.schema
        try:
            self._body(draft, schema)
        except Rejected as found:
            return found
        return Rejected(
            error.message, field=error.field, remedy="`escsync doctor` tells which property does not fit"
        )


def _is_ours(raw: Mapping[str, Any], schema: Schema) -> bool:
    """Did our own account make it? A mark can be copied."""
    maker = raw.get("created_by")
    return isinstance(maker, dict) and maker.get("id") == schema.me


def _told(raw: Mapping[str, Any], schema: Schema) -> str:
    entry = by_id(raw).get(plain(schema.key.id), {}) if schema.key else {}
    return richtext.plain(entry.get(str(entry.get("type")))).strip()


def _line(block: Mapping[str, Any]) -> str:
    told = block.get("paragraph")
    return richtext.plain(told.get("rich_text")).strip() if isinstance(told, dict) else ""


def _paragraph(text: str) -> dict[str, Any]:
    return {"object": "block", "type": "paragraph", "paragraph": {"rich_text": richtext.runs(text)}}

"""Queries carried out: which rows, in which order, and how each of them looks in JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .record import Refused, Row
from .schema import Field, SObject
from .soql import Parser
from .soql_fields import Fields
from .soql_groups import Groups
from .soql_tree import Path, Query, TypeOf
from .soql_where import Where, folded
from .soql_words import located, no_relation
from .values import shown

if TYPE_CHECKING:
    from .cursors import Cursors
    from .world import Org

MOST_CHILDREN = 20
Told = dict[str, Any]
Part = Callable[[Row, Told], int]
"""Adds something of a row to what is told of it, and says how many child rows came with it."""


@dataclass
class Result:
    """*rows* in their order; *draw* makes JSON of one and says what it weighs; *longs*: long texts it selects."""

    rows: list[Row]
    draw: Callable[[Row], tuple[Told, int]]
    longs: tuple[Field, ...] = ()
    total: int | None = None


class Runner:
    """One request's query, whole; *all_* also shows what was deleted."""

    def __init__(self, org: Org, cursors: Cursors, root: str, user: str, *, all_: bool) -> None:
        self.org = org
        self.cursors = cursors
        self.root = root
        self.user = user
        self.all = all_
        self.longs: list[Field] = []

    def run(self, text: str) -> Result:
        query = Parser(text).query()
        self.fields = Fields(self.org, text)
        owner = self.org.peek(self.user)
        zone = (owner.get("TimeZoneSidKey") if owner else None) or "UTC"
        self.where = Where(self.fields, self._joined, zone)
        sobject = self.fields.object(query.type, query.at)
        if sobject.name == "FieldDefinition" and "EntityDefinition" not in text and "DurableId" not in text:
            raise Refused(
                "EXTERNAL_OBJECT_UNSUPPORTED_EXCEPTION",
                "A filter on a reified column is required [EntityDefinitionId,DurableId]",
            )
        rows = self._rows(query, sobject)
        if query.counts:
            return Result([], lambda row: ({}, 1), total=len(rows))
        if query.aggregated:
            told = Groups(self.fields).told(query, sobject, rows)
            groups = [Row("", "AggregateResult", one) for one in told]
            return Result(groups, lambda row: (row.values, 1))
        rows = self._sorted(query, sobject, rows)
        draw = self._drawing(query, sobject)
        return Result(rows, draw, tuple(self.longs))

    # -- which rows

    def _rows(self, query: Query, sobject: SObject) -> list[Row]:
        test = self.where.test(query.where, sobject, query.alias)
        return [row for row in self.org.visible(sobject.name, all_=self.all) if test(row)]

    def _sorted(self, query: Query, sobject: SObject, rows: list[Row]) -> list[Row]:
        for path, down, last in reversed(query.order):
            column = self.fields.column(sobject, path.parts, path.at, query.alias)
            if column.field.long:
                message = f"field '{column.field.name}' can not be sorted in a query call"
                raise located(self.fields.text, path.at, "INVALID_FIELD", message)
            get = column.get
            filled = [row for row in rows if get(row) is not None]
            empty = [row for row in rows if get(row) is None]
            filled.sort(key=lambda row, get=get: folded(get(row)), reverse=down)  # type: ignore[misc]
            rows = [*filled, *empty] if last else [*empty, *filled]
        end = None if query.limit is None else query.offset + query.limit
        return rows[query.offset : end]

    def _joined(self, query: Query) -> set[Any]:
        """What the query of a semi-join finds."""
        sobject = self.fields.object(query.type, query.at)
        (item,) = query.items
        assert isinstance(item, Path)
        column = self.fields.column(sobject, item.parts, item.at, query.alias)
        if column.field.type not in {"id", "reference"}:
            raise located(
                self.fields.text,
                item.at,
                "MALFORMED_QUERY",
                "A semi join sub-select selects an id or a reference",
            )
        return {column.get(row) for row in self._rows(query, sobject)}

    # -- how they look

    def _drawing(self, query: Query, sobject: SObject) -> Callable[[Row], tuple[Told, int]]:
        parts: list[Part] = []
        children = 0
        for item in query.items:
            match item:
                case Path(parts=("*", kind)):
                    if query.limit is None or query.limit > 200:
                        raise Refused(
                            "MALFORMED_QUERY", "The SOQL FIELDS function must have a LIMIT of at most 200"
                        )
                    spread = self.fields.spread(sobject, kind, item.at)
                    parts += [self._field(path, sobject, query.alias) for path in spread]
                case Path():
                    parts.append(self._field(item, sobject, query.alias))
                case TypeOf():
                    parts.append(self._type_of(item, sobject))
                case Query():
                    children += 1
                    parts.append(self._children(item, sobject))
        if children > MOST_CHILDREN:
            raise Refused("MALFORMED_QUERY", "The number of child sub-queries is limited to 20")

        def draw(row: Row) -> tuple[Told, int]:
            told: Told = {"attributes": self.attributes(row)}
            return told, 1 + sum(part(row, told) for part in parts)

        return draw

    def attributes(self, row: Row, type_: str = "") -> Told:
        url = f"{self.root}/sobjects/{row.type}/{row.id}"
        return {"type": type_ or row.type, "url": url}

    def _field(self, path: Path, sobject: SObject, alias: str) -> Part:
        column = self.fields.column(sobject, path.parts, path.at, alias)
        field = column.field
        if field.long:
            self.longs.append(field)
        labels = (
            {choice.value: choice.label or choice.value for choice in field.choices} if path.label else {}
        )
        steps: list[tuple[str, Callable[[Row], Any], bool]] = []
        here, hops = sobject, []
        for name in column.names:
            here, hop = self.fields.step(here, name, path.at)
            hops.append(hop)
            to = self.fields.getter(list(hops), "Id", lambda row: row)
            steps.append((hop.relationship, to, hop.polymorphic))
        get = column.get

        def draw(row: Row, told: Told) -> int:
            for name, to, named in steps:
                parent = to(row)
                if parent is None:
                    told[name] = None
                    return 0
                if told.get(name) is None:
                    told[name] = {"attributes": self.attributes(parent, "Name" if named else "")}
                told = told[name]
            value = shown(field, get(row))
            told[field.name] = labels.get(value, value) if labels else value
            return 0

        return draw

    def _type_of(self, item: TypeOf, sobject: SObject) -> Part:
        _, hop = self.fields.step(sobject, item.parts[-1], item.at)
        if not hop.polymorphic:
            raise no_relation(self.fields.text, item.at, item.parts[-1])
        drawers: dict[str, list[Part]] = {}
        for kind, paths in item.when:
            target = self.fields.object(kind, item.at)
            drawers[target.name] = [self._field(path, target, "") for path in paths]
        name = self.org.objects["Name"]
        otherwise = [self._field(path, name, "") for path in item.otherwise]

        def draw(row: Row, told: Told) -> int:
            parent = self.org.peek(row.get(hop.name))
            if parent is None:
                told[hop.relationship] = None
                return 0
            inside = (told.get(hop.relationship) or {}) | {"attributes": self.attributes(parent)}
            told[hop.relationship] = inside
            for part in drawers.get(parent.type, otherwise):
                part(parent, inside)
            return 0

        return draw

    def _children(self, query: Query, sobject: SObject) -> Part:
        """A sub-select by the name that the parent has for its children."""
        link, child = self._link(query, sobject)
        test = self.where.test(query.where, child, query.alias)
        inner = self._drawing(query, child)
        by_parent: dict[str, list[Row]] = {}
        for row in self.org.visible(child.name, all_=self.all):
            if test(row):
                by_parent.setdefault(row.get(link.name), []).append(row)

        def draw(row: Row, told: Told) -> int:
            found = self._sorted(query, child, by_parent.get(row.id, []))
            name = link.children
            told[name] = self.cursors.children(Result(found, inner), self.root, self.user) if found else None
            return len(found)

        return draw

    def _link(self, query: Query, sobject: SObject) -> tuple[Field, SObject]:
        wanted = query.type.casefold()
        for child in self.org.objects.values():
            for field in self.fields.readable(child):
                if sobject.name in field.refers and field.children.casefold() == wanted:
                    return field, self.fields.object(child.name, query.at)
        raise no_relation(
            self.fields.text, query.at, query.type, code="INVALID_TYPE", place="FROM part of query call"
        )

"""Groups of rows, and what is counted, summed and compared over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .record import Refused, Row
from .schema import SObject
from .soql_fields import Column, Fields
from .soql_tree import Aggregate, Path, Query
from .soql_words import located
from .values import shown


class Groups:
    """The names of one query's text are *fields*."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def told(self, query: Query, sobject: SObject, rows: list[Row]) -> list[dict[str, Any]]:
        """What is shown of each group, in the order that was asked for."""
        columns = {
            path.parts[-1]: self.fields.column(sobject, path.parts, path.at, query.alias)
            for path in query.group
        }
        for item in query.items:
            if isinstance(item, Path) and item.parts[-1] not in columns:
                message = f"Field must be grouped or aggregated: {'.'.join(item.parts)}"
                raise located(self.fields.text, item.at, "MALFORMED_QUERY", message)
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(tuple(column.get(row) for column in columns.values()), []).append(row)
        if not query.group:
            groups = {(): rows}
        told = [self._group(query, sobject, columns, members) for members in groups.values()]
        for path, down, _ in reversed(query.order):
            name = path.parts[-1]
            told.sort(key=lambda one, name=name: (one[name] is not None, one[name]), reverse=down)  # type: ignore[misc]
        return told[query.offset :][: query.limit]

    def _group(
        self, query: Query, sobject: SObject, columns: Mapping[str, Column], members: list[Row]
    ) -> dict[str, Any]:
        told: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
        unnamed = 0
        for item in query.items:
            match item:
                case Path(parts):
                    column = columns[parts[-1]]
                    told[parts[-1]] = shown(column.field, column.get(members[0]))
                case Aggregate(function, path, alias):
                    name = alias or f"expr{unnamed}"
                    unnamed += not alias
                    told[name] = self._aggregate(function, path, sobject, query.alias, members)
                case _:
                    raise Refused("MALFORMED_QUERY", "Grouped query cannot use child relationships")
        return told

    def _aggregate(
        self, function: str, path: Path | None, sobject: SObject, alias: str, rows: list[Row]
    ) -> Any:
        if path is None:
            return len(rows)
        column = self.fields.column(sobject, path.parts, path.at, alias)
        if column.field.long:
            raise located(
                self.fields.text,
                path.at,
                "MALFORMED_QUERY",
                f"field {column.field.name} does not support aggregate",
            )
        held = [value for value in map(column.get, rows) if value is not None]
        return shown(column.field, _folding(function, held))


def _folding(function: str, held: Iterable[Any]) -> Any:
    values = list(held)
    match function:
        case "COUNT":
            return len(values)
        case "COUNT_DISTINCT":
            return len(set(values))
        case _ if not values:
            return None
        case "MIN":
            return min(values)
        case "MAX":
            return max(values)
        case "SUM":
            return sum(values)
    return sum(values) / len(values)

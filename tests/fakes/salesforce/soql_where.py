"""Conditions: a tree becomes a test of rows, with the rules that Salesforce has for what may be compared with what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .ids import full
from .record import Refused, Row
from .schema import SObject
from .soql_fields import Column, Fields
from .soql_tree import Among, Compare, Condition, Joined, Literal, Path, Query
from .soql_words import located
from .values import NUMBERS

Test = Callable[[Row], bool]
MOST_JOINS = 2
DAYS = re.compile(r"(LAST|NEXT)_N_DAYS:(\d+)|TODAY|YESTERDAY|TOMORROW")


class Where:
    """*select* runs the query of a semi-join and gives the values it finds. *zone* is that of the API's user."""

    def __init__(self, fields: Fields, select: Callable[[Query], set[Any]], zone: str = "UTC") -> None:
        self.fields = fields
        self.select = select
        self.zone = ZoneInfo(zone)
        self.joins = 0

    def test(self, condition: Condition | None, sobject: SObject, alias: str, under_or: bool = False) -> Test:
        match condition:
            case None:
                return lambda row: True
            case Joined("NOT", (inner,)):
                hit = self.test(inner, sobject, alias, True)
                return lambda row: not hit(row)
            case Joined(word, parts):
                tests = [self.test(part, sobject, alias, under_or or word == "OR") for part in parts]
                if word == "AND":
                    return lambda row: all(test(row) for test in tests)
                return lambda row: any(test(row) for test in tests)
            case Compare():
                return self._compare(condition, self._column(condition.path, sobject, alias))
            case Among(path, operator, Query() as inner_query):
                return self._join(path, operator, inner_query, sobject, alias, under_or)
            case Among(path, operator, tuple() as values):
                return self._among(operator, values, self._column(path, sobject, alias))
        raise AssertionError(condition)

    def _column(self, path: Path, sobject: SObject, alias: str) -> Column:
        column = self.fields.column(sobject, path.parts, path.at, alias)
        if not column.field.filterable:
            message = f"field '{column.field.name}' can not be filtered in a query call"
            raise located(self.fields.text, path.at, "INVALID_FIELD", message)
        return column

    # -- lists

    def _among(self, operator: str, values: tuple[Literal, ...], column: Column) -> Test:
        get = column.get
        if operator in {"INCLUDES", "EXCLUDES"}:
            sets = [set(literal.text.split(";")) for literal in values]

            def includes(row: Row) -> bool:
                held = set((get(row) or "").split(";"))
                return any(one <= held for one in sets) is (operator == "INCLUDES")

            return includes
        wanted = {folded(self._value(column, literal)) for literal in values}
        if operator == "IN":
            return lambda row: folded(get(row)) in wanted
        return lambda row: get(row) is not None and folded(get(row)) not in wanted

    def _join(
        self, path: Path, operator: str, inner: Query, sobject: SObject, alias: str, under_or: bool
    ) -> Test:
        self.joins += 1
        text, column = self.fields.text, self._column(path, sobject, alias)
        if under_or:
            raise located(
                text,
                path.at,
                "MALFORMED_QUERY",
                "Semi join sub-selects are not allowed with the 'OR' operator",
            )
        if self.joins > MOST_JOINS:
            raise located(text, path.at, "MALFORMED_QUERY", "Maximum number of semi join sub-selects is 2")
        if column.field.type not in {"id", "reference"}:
            raise located(
                text,
                path.at,
                "INVALID_FIELD",
                "Semi join sub-selects must be applied to fields of type reference or id",
            )
        if inner.order or inner.limit is not None or inner.aggregated or len(inner.items) != 1:
            raise located(
                text,
                inner.at,
                "MALFORMED_QUERY",
                "A semi join sub-select selects exactly one field, in no order",
            )
        if column.field.type == "id" and inner.type.casefold() == sobject.name.casefold():
            raise located(
                text,
                inner.at,
                "MALFORMED_QUERY",
                "The inner and outer selects should not be on the same object type",
            )
        found = self.select(inner) - {None}
        get = column.get
        if operator == "IN":
            return lambda row: get(row) in found
        return lambda row: get(row) is not None and get(row) not in found

    # -- comparisons

    def _compare(self, told: Compare, column: Column) -> Test:
        get, operator = column.get, told.operator
        if operator == "LIKE":
            if told.value.kind != "string":
                raise self._typed(column, told.value)
            pattern = _like(told.value.text)
            return lambda row: bool(pattern.fullmatch(get(row) or ""))
        if told.value.kind == "word" and DAYS.fullmatch(told.value.text.upper()):
            return self._on_days(operator, told.value.text.upper(), column)
        value = folded(self._value(column, told.value))
        if operator == "=":
            return lambda row: folded(get(row)) == value
        if operator == "!=":
            return lambda row: folded(get(row)) != value
        order: dict[str, Callable[[Any], bool]] = {
            "<": lambda held: held < value,
            "<=": lambda held: held <= value,
            ">": lambda held: held > value,
            ">=": lambda held: held >= value,
        }
        passes = order[operator]
        return lambda row: value is not None and get(row) is not None and passes(folded(get(row)))

    def _on_days(self, operator: str, name: str, column: Column) -> Test:
        """A date by name is a whole day, in the zone of the API's user."""
        today = self.fields.org.clock.now().astimezone(self.zone).date()
        span = DAYS.fullmatch(name)
        count = int(span.group(2) or 0) if span else 0
        first = {"YESTERDAY": today - timedelta(1), "TOMORROW": today + timedelta(1)}.get(name, today)
        last = first
        if name.startswith("LAST"):
            first = today - timedelta(count)
        if name.startswith("NEXT"):
            first, last = today + timedelta(1), today + timedelta(count)
        whole = column.field.type == "date"
        low: Any = first if whole else self._midnight(first)
        high: Any = last + timedelta(1) if whole else self._midnight(last + timedelta(1))
        tests: dict[str, Callable[[Any], bool]] = {
            "=": lambda held: low <= held < high,
            "!=": lambda held: not low <= held < high,
            "<": lambda held: held < low,
            "<=": lambda held: held < high,
            ">": lambda held: held >= high,
            ">=": lambda held: held >= low,
        }
        return lambda row: column.get(row) is not None and tests[operator](column.get(row))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def _value(self, column: Column, literal: Literal) -> Any:
        """What a literal means for this column; of the wrong type, it is refused."""
        field, text = column.field, literal.text
        match literal.kind:
            case "word" if text.upper() == "NULL":
                return None
            case "word" if text.upper() in {"TRUE", "FALSE"} and field.type == "boolean":
                return text.upper() == "TRUE"
            case "instant" if field.type == "datetime":
                return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
            case "day" if field.type == "date":
                return date.fromisoformat(text)
            case "number" if field.type in NUMBERS:
                return float(text)
            case "string" if field.type in {"id", "reference"}:
                known = full(text)
                if known is None and not (field.refers and field.refers[0].endswith("Definition")):
                    raise located(
                        self.fields.text,
                        literal.at,
                        "INVALID_QUERY_FILTER_OPERATOR",
                        f"invalid ID field: {text}",
                    )
                return known or text
            case "string" if field.type not in {"boolean", "datetime", "date", *NUMBERS}:
                return re.sub(r"\\([%_])", r"\1", text)
        raise self._typed(column, literal)

    def _typed(self, column: Column, literal: Literal) -> Refused:
        kind = {"datetime": "dateTime", "reference": "string", "id": "string"}.get(
            column.field.type, column.field.type
        )
        quoted = column.field.type not in {"boolean", "datetime", "date", *NUMBERS}
        message = f"value of filter criterion for field '{column.field.name}' must be of type {kind} and should {'' if quoted else 'not '}be enclosed in quotes"
        return located(self.fields.text, literal.at, "INVALID_FIELD", message)


def folded(value: Any) -> Any:
    """Texts are compared whatever their case; ids are not: case tells them apart."""
    return value.casefold() if isinstance(value, str) and full(value) != value else value


def _like(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"\\[%_]|%|_|[^%_\\]+|\\", pattern)
    told = {"%": ".*", "_": "."}
    return re.compile(
        "".join(told.get(part) or re.escape(part.removeprefix("\\") or part) for part in parts),
        re.IGNORECASE | re.DOTALL,
    )

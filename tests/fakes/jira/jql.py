"""JQL: read as Jira reads it, refused with the words that Jira uses, evaluated over issues."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .issue import Issue
from .jql_fields import Fields
from .jql_words import RESERVED, JqlError, Token, tokens

if TYPE_CHECKING:
    from .world import JiraWorld

Test = Callable[[Issue], bool]
DATES = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
PERIOD = re.compile(r"[+-]?(?:\d+[wdhm]\s*)+", re.IGNORECASE)
UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."


@dataclass(frozen=True)
class Order:
    field: str
    descending: bool = False


@dataclass(frozen=True)
class Query:
    test: Test | None
    order: tuple[Order, ...]


class Parser:
    """Recursive descent; *lenient* is Data Center's validateQuery=false: what is not there matches nothing.
    Without *epochs* a number is no date."""

    def __init__(self, world: JiraWorld, text: str, *, lenient: bool = False, epochs: bool = True) -> None:
        self._world = world
        self._epochs = epochs
        self._lenient = lenient
        self._tokens = tokens(text)
        self._place = 0

    def query(self) -> Query:
        test = None if self._peek() in {"order", ""} else self._or()
        order: list[Order] = []
        if self._take("order"):
            self._need("by")
            while True:
                field = self._name()
                order.append(Order(field, self._take("desc")))
                if not order[-1].descending:
                    self._take("asc")
                if not self._take(","):
                    break
        if self._place < len(self._tokens):
            raise JqlError(
                f"Error in the JQL Query: Expecting either 'OR' or 'AND' but got "
                f"'{self._tokens[self._place].text}'."
            )
        return Query(test, tuple(order))

    def _peek(self) -> str:
        return self._tokens[self._place].keyword if self._place < len(self._tokens) else ""

    def _take(self, keyword: str) -> bool:
        if self._peek() != keyword:
            return False
        self._place += 1
        return True

    def _need(self, keyword: str) -> None:
        if not self._take(keyword):
            raise JqlError(f"Error in the JQL Query: Expecting '{keyword}'.")

    def _next(self) -> Token:
        if self._place >= len(self._tokens):
            raise JqlError("Error in the JQL Query: The query ended unexpectedly.")
        self._place += 1
        return self._tokens[self._place - 1]

    def _or(self) -> Test:
        tests = [self._and()]
        while self._take("or"):
            tests.append(self._and())
        return lambda issue: any(test(issue) for test in tests)

    def _and(self) -> Test:
        tests = [self._not()]
        while self._take("and"):
            tests.append(self._not())
        return lambda issue: all(test(issue) for test in tests)

    def _not(self) -> Test:
        if self._take("not"):
            inner = self._not()
            return lambda issue: not inner(issue)
        if self._take("("):
            inner = self._or()
            self._need(")")
            return inner
        return self._clause()

    def _name(self) -> str:
        token = self._next()
        if token.kind == "op" or (token.kind == "word" and token.keyword in RESERVED):
            raise JqlError(
                f"Error in the JQL Query: '{token.text}' is a reserved JQL word. You must surround it in "
                "quotation marks to use it in a query."
            )
        known = Fields(self._world).id(token.text)
        if known is None:
            raise JqlError(f"Field '{token.text}' does not exist or you do not have permission to view it.")
        return known

    def _clause(self) -> Test:
        field = self._name()
        operator = self._next().keyword
        if operator == "not":
            self._need("in")
            operator = "not in"
        elif operator == "is":
            operator = "!=" if self._take("not") else "="
        if operator not in {"=", "!=", "<", ">", "<=", ">=", "~", "!~", "in", "not in"}:
            raise JqlError(f"Error in the JQL Query: Expecting operator but got '{operator}'.")
        operands = self._list() if operator.endswith("in") else [self._operand()]
        return self._compare(field, operator, operands)

    def _list(self) -> list[Token]:
        self._need("(")
        found = [self._operand()]
        while self._take(","):
            found.append(self._operand())
        self._need(")")
        return found

    def _operand(self) -> Token:
        token = self._next()
        if token.keyword in {"empty", "null"}:
            return Token("empty", "")
        if token.kind == "op":
            raise JqlError(f"Error in the JQL Query: Expecting a value but got '{token.text}'.")
        if self._take("("):
            self._need(")")
            return Token("function", token.text)
        if token.kind == "word" and token.keyword in RESERVED:
            raise JqlError(
                f"Error in the JQL Query: '{token.text}' is a reserved JQL word. You must surround it in "
                "quotation marks to use it in a query."
            )
        return token

    def _compare(self, field: str, operator: str, operands: list[Token]) -> Test:
        fields = Fields(self._world)
        if fields.dated(field):
            return self._dated(field, operator, operands[0])
        if operator in {"~", "!~"}:
            needle = operands[0].text.strip('"').casefold()
            return lambda issue: (needle in fields.text(issue, field)) is (operator == "~")
        if operator in {"<", ">", "<=", ">="}:
            raise JqlError(f"The operator '{operator}' is not supported by the '{field}' field.")
        wanted: set[str] = set()
        for operand in operands:
            wanted |= self._resolve(fields, field, operand)
        if operator in {"=", "in"}:
            return lambda issue: bool(fields.shown(issue, field) & wanted)
        return lambda issue: fields.shown(issue, field) != {""} and not fields.shown(issue, field) & wanted

    def _resolve(self, fields: Fields, field: str, operand: Token) -> set[str]:
        if operand.kind == "empty":
            return {""}
        if operand.kind == "function":
            if operand.text.lower() != "currentuser":
                raise JqlError(f"Unable to find JQL function '{operand.text}()'.")
            return {self._world.me}
        found = fields.operand(field, operand.text)
        if found is None and not self._lenient:
            article = f"An issue with key '{operand.text}' does not exist for field '{field}'."
            raise JqlError(
                article
                if field == "key"
                else f"The value '{operand.text}' does not exist for the field '{field}'."
            )
        return found or set()

    def _dated(self, field: str, operator: str, operand: Token) -> Test:
        limit = self._instant(field, operand)
        compare: dict[str, Callable[[datetime], bool]] = {
            ">=": lambda at: at >= limit,
            ">": lambda at: at > limit,
            "<=": lambda at: at <= limit,
            "<": lambda at: at < limit,
            "=": lambda at: at == limit,
        }
        if operator not in compare:
            raise JqlError(f"The operator '{operator}' is not supported by the '{field}' field.")

        def test(issue: Issue) -> bool:
            at = issue.updated if field == "updated" else issue.created
            return compare[operator](at)

        return test

    def _instant(self, field: str, operand: Token) -> datetime:
        """A number that is not quoted is epoch milliseconds; a date is read in the API user's own zone."""
        text = operand.text.strip()
        if self._epochs and operand.kind == "word" and re.fullmatch(r"-?\d{6,}", text):
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        if PERIOD.fullmatch(text):
            sign = -1 if text.startswith("-") else 1
            spans = (
                int(n) * UNITS[unit.lower()] for n, unit in re.findall(r"(\d+)([wdhm])", text, re.IGNORECASE)
            )
            return self._world.clock.now() + sign * sum(spans, timedelta())
        zone = ZoneInfo(self._world.users[self._world.me].zone)
        for form in DATES:
            try:
                return datetime.strptime(text, form).replace(tzinfo=zone)
            except ValueError:
                continue
        raise JqlError(
            f"Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )

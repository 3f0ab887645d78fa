"""The words of SOQL, and what is refused about them in Salesforce's own form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .record import Refused

LONGEST = 100_000
LONGEST_STRING = 4000
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
WORDS = re.compile(
    r"""(?P<space>\s+)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<instant>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    |(?P<day>\d{4}-\d\d-\d\d)
    |(?P<number>[+-]?\d+(?:\.\d+)?)
    |(?P<word>[A-Za-z_][\w.]*(?::\d+)?)
    |(?P<op><=|>=|!=|<>|[=<>(),])""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Word:
    """*at* is where it begins in the query."""

    kind: str
    text: str
    at: int

    @property
    def key(self) -> str:
        """For words that mean something: SOQL does not care about their case."""
        return self.text.upper() if self.kind in {"word", "op"} else ""


def words(query: str) -> list[Word]:
    """The words of *query*, with an end behind them."""
    if len(query) > LONGEST:
        raise Refused("MALFORMED_QUERY", "SOQL statements cannot be longer than 100000 characters.")
    found, at = [], 0
    while at < len(query):
        match = WORDS.match(query, at)
        if match is None:
            raise unexpected(query, Word("", query[at], at))
        if match.lastgroup != "space":
            found.append(Word(str(match.lastgroup), match.group(), at))
        at = match.end()
    return [*found, Word("end", "", at)]


def string(query: str, word: Word) -> str:
    """What a quoted string says. For LIKE, `\\%` and `\\_` keep their backslash."""

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if code.startswith("u"):
            return chr(int(code[1:], 16))
        if code in "%_":
            return "\\" + code
        if code not in ESCAPES:
            raise located(query, word.at, "MALFORMED_QUERY", f"Illegal escape sequence \\{code}")
        return ESCAPES[code]

    inside = re.sub(r"\\(u[0-9A-Fa-f]{4}|.)", one, word.text[1:-1], flags=re.DOTALL)
    if len(inside) > LONGEST_STRING:
        raise located(query, word.at, "MALFORMED_QUERY", "string literal in the query is too long")
    return inside


def located(query: str, at: int, code: str, message: str) -> Refused:
    """A refusal that shows the place, and with it the text of the query."""
    row = query.count("\n", 0, at) + 1
    column = at - (query.rfind("\n", 0, at) + 1)
    line = query.split("\n")[row - 1]
    start = max(0, column - 60)
    shown = line[start : column + 60]
    where = f"\n{shown}\n{' ' * (column - start)}^\nERROR at Row:{row}:Column:{column + 1}\n"
    return Refused(code, where + message)


def unexpected(query: str, word: Word) -> Refused:
    return located(query, word.at, "MALFORMED_QUERY", f"unexpected token: '{word.text or '<EOF>'}'")


def no_column(query: str, at: int, name: str, entity: str) -> Refused:
    """A field that is not there, or that must not be seen."""
    message = (
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, be sure to append "
        "the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
    )
    return located(query, at, "INVALID_FIELD", message)


def no_type(query: str, at: int, name: str) -> Refused:
    message = (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the "
        "'__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names."
    )
    return located(query, at, "INVALID_TYPE", message)


def no_relation(
    query: str, at: int, name: str, *, code: str = "INVALID_FIELD", place: str = "field path"
) -> Refused:
    message = (
        f"Didn't understand relationship '{name}' in {place}. If you are attempting to use a custom relationship, be "
        "sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call "
        "for the appropriate names."
    )
    return located(query, at, code, message)

"""JQL in words: quoting, escapes, operators, reserved words."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RESERVED = """
abort access add after alias all alter and any are as asc at audit avg before begin between boolean break
by byte catch cf char character check close cluster collate collation column commit connect continue
count create current date decimal default define delete delimiter desc difference distinct divide do
double drop else empty encoding end equals escape exclusive exec execute exists explain false fetch file
field first float for from function go goto grant greater group having identified if immediate in
increment index initial inner inout input insert int integer intersect intersection into is isempty
isnull join last left less like limit lock long max min minus mode modify modulo more multiply next
noaudit not notin nowait null number object of on option or order outer output power previous prior
privileges public raise raw remainder rename resource return returns revoke right row rowid rownum rows
select session set share size sqrt start strict string subtract sum synonym table then to trans
transaction trigger true uid union unique update user validate values view when whenever where while with
"""
RESERVED = frozenset(_RESERVED.split())
TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<op><=|>=|!=|!~|[=<>~(),])"""
    r"""|(?P<word>cf\[\d+\]|[^\s"'()=!<>~,.&|\[\]{};?*%^$\#@+`\\/]+))""",
    re.VERBOSE | re.IGNORECASE,
)


class JqlError(Exception):
    """Jira answers 400 with these words."""


@dataclass(frozen=True)
class Token:
    kind: str
    text: str

    @property
    def keyword(self) -> str:
        return self.text.lower() if self.kind in {"word", "op"} else ""


def tokens(text: str) -> list[Token]:
    """*text* in pieces; a character that JQL does not know must be quoted."""
    found, place = [], 0
    while text[place:].strip():
        match = TOKEN.match(text, place)
        if match is None:
            rest = text[place:].strip()
            raise JqlError(
                f"Error in the JQL Query: The character '{rest[0]}' is a reserved JQL character. You must "
                f"enclose it in a string or use the escape '\\u{ord(rest[0]):04x}' instead."
            )
        kind = str(match.lastgroup)
        raw = match.group(kind)
        if kind == "quoted":
            raw = re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(m[1], m[1]), raw[1:-1])
        found.append(Token(kind, raw))
        place = match.end()
    return found

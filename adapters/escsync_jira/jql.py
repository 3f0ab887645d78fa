"""JQL: the questions put to Jira's search, with every value quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Protocol

_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'', re.DOTALL)


class Unbalanced(ValueError):
    """A condition that would reach beyond the parentheses it is put into."""


class Terms(Protocol):
    """What a scope is asked for."""

    @property
    def project(self) -> str: ...
    @property
    def issue_type(self) -> str: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def jql(self) -> str: ...


def quote(value: str) -> str:
    """*value* as a JQL string; nothing in it can end the string."""
    safe = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + safe.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def balanced(condition: str) -> str:
    """*condition* without white space around it, or Unbalanced in words."""
    bare = _QUOTED.sub("x", condition)
    if '"' in bare or "'" in bare:
        raise Unbalanced("a quotation mark is never closed")
    if _ORDER.search(bare):
        raise Unbalanced("ORDER BY has no place here: remove it")
    depth = 0
    for ch in bare:
        depth += (ch == "(") - (ch == ")")
        if depth < 0:
            raise Unbalanced("a closing parenthesis has no opening one")
    if depth:
        raise Unbalanced("a parenthesis is never closed")
    return condition.strip()


def within(scope: Terms) -> str:
    """The scope as one condition."""
    parts = [f"project = {quote(scope.project)}"] if scope.project else []
    if scope.issue_type:
        parts.append(f"issuetype = {quote(scope.issue_type)}")
    parts += [f"labels = {quote(label)}" for label in scope.labels]
    if scope.jql:
        parts.append(f"({scope.jql})")
    return " AND ".join(parts)


def since_epoch(milliseconds: int) -> str:
    """Changed at or after an instant: zone-free, understood by Cloud and by Data Center."""
    return f"updated >= {milliseconds}"


def since_day(instant: datetime, zone: tzinfo) -> str:
    """The same for servers that know only dates: to the minute, in the zone of the user who asks."""
    return f'updated >= "{instant.astimezone(zone):%Y-%m-%d %H:%M}"'


def changed(scope: Terms, since: str = "", watch: Sequence[str] = ()) -> str:
    """What a pull asks: the scope, as far as it changed, and the watched keys whether they did or not."""
    condition = f"{within(scope)} AND {since}" if since else within(scope)
    if watch:
        condition = f"({condition}) OR {keyed(watch)}"
    return f"{condition} ORDER BY updated ASC, key ASC"


def keyed(keys: Iterable[str]) -> str:
    """Tickets by key or id."""
    names = list(keys)
    by_id = [name for name in names if name.isdecimal()]
    by_key = [name for name in names if not name.isdecimal()]
    parts = [f"key in ({', '.join(map(quote, by_key))})"] if by_key else []
    if by_id:
        parts.append(f"id in ({', '.join(by_id)})")
    return " OR ".join(parts)


def labelled(project: str, labels: Iterable[str]) -> str:
    """Tickets of a project that carry one of *labels*."""
    return f"project = {quote(project)} AND labels in ({', '.join(map(quote, labels))}) ORDER BY key ASC"

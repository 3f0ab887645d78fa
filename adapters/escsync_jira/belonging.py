"""Belonging: which tickets are in scope, asked so that an index that has lost sight of one is not believed."""

from __future__ import annotations

from collections.abc import Sequence

from escsync.adapter import TicketRef

from . import jql
from .answers import Answer
from .connection import Connection
from .discovery import Discovery

_MOST = 50
"""So many tickets may be asked for by name and be up to date (reconcileIssues)."""
_WHAT = "asking what is in scope"


class Belonging:
    """The scope as Jira itself sees it now."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery

    def inside(self, refs: Sequence[TicketRef]) -> set[str]:
        """The ids of those in scope. On a Data Center one that its index does not know at all has not left either."""
        scope = jql.within(self._discovery.settings.scope)
        found: set[str] = set()
        for at in range(0, len(refs), _MOST):
            some = refs[at : at + _MOST]
            named = jql.keyed([ref.key or ref.id for ref in some])
            found |= self._ids(f"({scope}) AND ({named})", some)
            if not self._discovery.cloud:
                found |= {ref.id for ref in some} - self._ids(named, some)
        return found

    def _ids(self, question: str, refs: Sequence[TicketRef]) -> set[str]:
        return {str(raw.get("id")) for raw in self._ask(question, refs).listing("issues")}

    def _ask(self, question: str, refs: Sequence[TicketRef]) -> Answer:
        if not self._discovery.cloud:
            return self._connection.get(
                "search", what=_WHAT, jql=question, fields="labels", maxResults=_MOST, validateQuery="false"
            )
        body = {
            "jql": question,
            "fields": ["labels"],
            "maxResults": _MOST,
            "reconcileIssues": [int(ref.id) for ref in refs if ref.id.isdecimal()],
        }
        return self._connection.post("search/jql", body, what=_WHAT, safe=True)

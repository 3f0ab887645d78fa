"""The options of a select field on Jira Cloud, where they apply to one project: listed and added, never taken away."""

from __future__ import annotations

from collections.abc import Sequence

from escsync.adapter import Ambiguous, Conflict, Rejected

from ..answers import Refusal
from ..connection import Connection
from ..forms import entries, paged

_MOST = 1000
"""So many options may be added in one request."""
_WHAT = "reading a field's options"
_APPLYING = "making a field apply to the project"
_ADDING = "adding options to a field"


class Contexts:
    """Options by field, for the tickets of one project and type."""

    def __init__(self, connection: Connection, project: str, kind: str) -> None:
        self._connection = connection
        self._project = project
        self._kind = kind

    def options(self, field: str) -> dict[str, str]:
        """The options in use, id -> name; none where the field does not apply to the project."""
        context = self._context(field)
        return {id: name for id, (name, on) in self._all(field, context).items() if on} if context else {}

    def apply(self, field: str) -> None:
        """See to it that a field applies to the project."""
        if not self._context(field):
            self._made(field)

    def add(self, field: str, wanted: Sequence[str]) -> None:
        """See to it that every one of *wanted* is there."""
        context = self._context(field) or self._made(field)
        for attempt in (1, 2):
            known = {name.casefold(): on for name, on in self._all(field, context).values()}
            if off := [name for name in wanted if known.get(name.casefold()) is False]:
                raise Rejected(
                    f"{_ADDING}: {', '.join(off)} of {field} is switched off"[:200],
                    remedy="enable the option: Settings > Issues > Custom fields > the field > Contexts > Edit options",
                )
            lacking = [name for name in wanted if name.casefold() not in known]
            if not lacking:
                return
            try:
                for at in range(0, len(lacking), _MOST):
                    self._post(field, context, lacking[at : at + _MOST])
                return
            except (Ambiguous, Conflict, Rejected):
                # It may have been done all the same, or by somebody else at this moment: look.
                if attempt == 2:
                    raise

    def _post(self, field: str, context: str, names: Sequence[str]) -> None:
        body = {"options": [{"value": name, "disabled": False} for name in names]}
        answer = self._connection.post(
            f"field/{field}/context/{context}/option", body, what=_ADDING, safe=False, refused=(400,)
        )
        if answer.status == 400:
            raise Rejected(
                f"{_ADDING}: refused: {Refusal.of(answer.body).words}"[:200],
                remedy="add them by hand: Settings > Issues > Custom fields > the field > Contexts > Edit options",
            )

    def _context(self, field: str) -> str:
        """The context that applies, "" where none does."""
        body = {"mappings": [{"projectId": self._project, "issueTypeId": self._kind}]}
        answer = self._connection.post(f"field/{field}/context/mapping", body, what=_WHAT, safe=True)
        found = next(iter(entries(answer.body, "values")), {})
        return str(found.get("contextId") or "")

    def _made(self, field: str) -> str:
        """A context of its own for the project: those of others stay as they are."""
        body = {
            "name": f"escsync {self._project}",
            "description": "Made by escsync",
            "projectIds": [self._project],
            "issueTypeIds": [],
        }
        try:
            answer = self._connection.post(
                f"field/{field}/context", body, what=_APPLYING, safe=False, refused=(400, 409)
            )
        except Ambiguous:
            if context := self._context(field):
                return context
            raise
        if answer.status >= 300:
            raise Rejected(
                f"{_APPLYING}: refused ({answer.status}); {field} has a context for the project, for other issue types",
                remedy=f"add the issue type to it: Settings > Issues > Custom fields > {field} > Contexts > Edit",
            )
        return str(answer.mapping().get("id") or "")

    def _all(self, field: str, context: str) -> dict[str, tuple[str, bool]]:
        path = f"field/{field}/context/{context}/option"
        return {
            str(one.get("id")): (str(one.get("value") or ""), one.get("disabled") is not True)
            for one in paged(self._connection, path, what=_WHAT)
            if not one.get("optionId")
        }

"""The living note: one unpublished comment on each case, changed in place where the org lets it be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from escsync.adapter import Ambiguous, Rejected, TrackerError, Unavailable, WriteNote

from . import encode, ids, messages, soql
from .answers import LOCKED, Answer, Refusal, failure, of_record
from .connection import Connection
from .discovery import Discovery
from .reader import Reader
from .search import MOST_QUERIES, Search

MOST = 200
"""So many records go in one call."""
_WHAT = "writing the note"
_FORBIDDEN = (
    "INSUFFICIENT_ACCESS",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "FIELD_INTEGRITY_EXCEPTION",
)
_GONE = ("ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID")


@dataclass
class Writing:
    """One note to be written: *at* is the comment that holds the last one, "" where there is none."""

    case: str
    edit: WriteNote
    tell: Callable[[TrackerError], None]
    at: str = ""
    failed: bool = False

    def fail(self, error: TrackerError) -> None:
        """Tell whoever wants it written that it is not."""
        self.failed = True
        self.tell(error)

    def body(self) -> str:
        return encode.note(self.edit.text, self.edit.digest)


class Notes:
    """Escsync's one comment on each case."""

    def __init__(self, connection: Connection, discovery: Discovery, reader: Reader) -> None:
        self._connection = connection
        self._discovery = discovery
        self._reader = reader

    def write(self, wanted: Sequence[Writing]) -> None:
        """Write all of *wanted*, in bulk: new ones in one call, changed ones in another."""
        try:
            self._locate(wanted)
        except TrackerError as error:
            for one in wanted:
                one.fail(error)
            return
        old, new = [one for one in wanted if one.at], [one for one in wanted if not one.at]
        refused = old if self._discovery.notes_stay else self._send("PATCH", old, self._changed)
        if refused and len(refused) == len(old) and all(one.at for one in refused):
            self._discovery.keeps_notes()
        self._send("POST", [*new, *self._cleared(refused)], self._added)
        self._tidy(wanted)
        for one in wanted:
            self._reader.forget(one.case)

    def _tidy(self, wanted: Sequence[Writing]) -> None:
        """Delete the notes' twins: there is one note of escsync's on a case."""
        twins = [(one, twin) for one in wanted if not one.failed for twin in one.edit.twins if twin != one.at]
        for at in range(0, len(twins), MOST):
            some = twins[at : at + MOST]
            told = {"ids": ",".join(twin for _, twin in some), "allOrNone": "false"}
            once = partial(self._results, "DELETE", [one for one, _ in some], params=told)
            try:
                results = self._connection.patiently(once, safe=True)
            except TrackerError as error:
                for one, _ in some:
                    one.fail(error)
                continue
            for (one, twin), result in zip(some, results, strict=True):
                if result.get("success") is not True and Refusal.of(result).code not in _GONE:
                    one.fail(
                        Rejected(
                            f"escsync's note stands there {len(one.edit.twins) + 1} times, and the others could "
                            "not be deleted",
                            remedy=f"let escsync's account delete its own comments, or delete comment {twin} by hand",
                        )
                    )

    def _locate(self, wanted: Sequence[Writing]) -> None:
        """Where each note is: never is a second one written because nobody looked for the first."""
        unknown = []
        for one in wanted:
            known = self._reader.note(one.case)
            one.at = known if known is not None else one.edit.at
            if known is None and not one.at:
                unknown.append(one)
        found = self._found([one.case for one in unknown]) if unknown else {}
        for one in unknown:
            one.at = found.get(one.case, "")

    def _found(self, cases: Sequence[str]) -> dict[str, str]:
        schema, search = self._discovery.schema, Search(self._connection, self._discovery)
        fields = "Id, ParentId, CommentBody, IsPublished, CreatedById, CreatedDate"
        questions = [
            search.plain(
                f"SELECT {fields} FROM CaseComment WHERE {soql.among('ParentId', some)} "
                f"AND CreatedById = {soql.quote(schema.me)}"
            )
            for some in soql.chunks(cases)
        ]
        found: dict[str, str] = {}
        for at in range(0, len(questions), MOST_QUERIES):
            parts = {f"Case:{n}": one for n, one in enumerate(questions[at : at + MOST_QUERIES])}
            for name, answer in search.answers(parts).items():
                by_case: dict[str, list[Any]] = {}
                for row in search.all(answer, parts[name]):
                    by_case.setdefault(ids.long(row.get("ParentId")), []).append(row)
                for case, rows in by_case.items():
                    note = messages.note_of(rows, schema)
                    if note is not None:
                        found[case] = note.id
        return found

    def _changed(self, one: Writing) -> dict[str, Any]:
        return {"attributes": {"type": "CaseComment"}, "id": one.at, "CommentBody": one.body()}

    def _added(self, one: Writing) -> dict[str, Any]:
        told = {"ParentId": one.case, "CommentBody": one.body(), "IsPublished": False}
        return {"attributes": {"type": "CaseComment"}, **told}

    def _send(
        self, method: str, wanted: Sequence[Writing], record: Callable[[Writing], dict[str, Any]]
    ) -> list[Writing]:
        """Send records, each for itself; those whose comment may not be changed, or is gone."""
        refused: list[Writing] = []
        for at in range(0, len(wanted), MOST):
            self._some(method, list(wanted[at : at + MOST]), record, refused)
        return refused

    def _some(
        self,
        method: str,
        wanted: list[Writing],
        record: Callable[[Writing], dict[str, Any]],
        refused: list[Writing],
    ) -> None:
        waiting = wanted

        def once() -> None:
            nonlocal waiting
            sent, locked = waiting, []
            body = {"allOrNone": False, "records": [record(one) for one in sent]}
            results = self._results(method, sent, body=body)
            for one, result in zip(sent, results, strict=True):
                code = Refusal.of(result).code
                if result.get("success") is True:
                    continue
                if code == LOCKED:
                    locked.append(one)
                elif method == "PATCH" and code in (*_FORBIDDEN, *_GONE):
                    one.at = "" if code in _GONE else one.at
                    refused.append(one)
                else:
                    one.fail(of_record(Answer(400, {}, result), what=_WHAT))
            waiting = locked
            self._locked(locked)

        try:
            # The same words twice in one comment are the same as once; a second comment would be one too many.
            self._connection.patiently(once, safe=method == "PATCH")
        except TrackerError as error:
            for one in waiting:
                one.fail(error)

    def _cleared(self, refused: Sequence[Writing]) -> list[Writing]:
        """Where an org lets nobody change a comment, the old note goes and a new one comes in its place."""
        old = [one for one in refused if one.at]
        cleared = [one for one in refused if not one.at]
        for at in range(0, len(old), MOST):
            self._delete(old[at : at + MOST], cleared)
        return cleared

    def _delete(self, old: list[Writing], cleared: list[Writing]) -> None:
        waiting = old

        def once() -> None:
            nonlocal waiting
            sent, locked = waiting, []
            told = {"ids": ",".join(one.at for one in sent), "allOrNone": "false"}
            results = self._results("DELETE", sent, params=told)
            for one, result in zip(sent, results, strict=True):
                code = Refusal.of(result).code
                if result.get("success") is True or code in _GONE:
                    cleared.append(one)
                elif code == LOCKED:
                    locked.append(one)
                else:
                    one.fail(_stuck(result))
            waiting = locked
            self._locked(locked)

        try:
            # What is deleted already is as good as deleted now.
            self._connection.patiently(once, safe=True)
        except TrackerError as error:
            for one in waiting:
                one.fail(error)

    def _results(self, method: str, sent: Sequence[Writing], **how: Any) -> list[dict[str, Any]]:
        """What became of each record."""
        results = self._connection.once(method, "composite/sobjects", what=_WHAT, **how).listing()
        if len(results) != len(sent):
            raise Unavailable(f"{_WHAT}: Salesforce does not say what became of each record")
        return results

    def _locked(self, locked: Sequence[Writing]) -> None:
        if locked:
            raise Unavailable(f"{_WHAT}: somebody else holds the case ({LOCKED})", executed=False)


def _stuck(result: dict[str, Any]) -> TrackerError:
    error = failure(400, result, what=_WHAT)
    if isinstance(error, Unavailable | Ambiguous):
        return error
    return Rejected(
        "the org lets escsync's account neither change nor delete its own comment",
        remedy="give its permission set Edit and Delete on Cases and `Modify All` on Case, or set mode: observe",
    )

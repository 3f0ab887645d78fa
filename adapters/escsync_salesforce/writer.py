"""Writing: conditional changes, 25 cases in one call, and what became of each edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from escsync.adapter import (
    Ambiguous,
    Change,
    Conflict,
    Create,
    Move,
    Rejected,
    SetField,
    TrackerError,
    Unavailable,
    Vanished,
    WriteNote,
    Written,
)

from . import encode, ids
from .answers import LOCKED, Answer, Refusal, failure, of_record
from .connection import Connection, Part
from .creation import Creation
from .discovery import Discovery
from .job import Job
from .notes import MOST, Notes, Writing
from .reader import Reader

MOST_PARTS = 25
_WHAT = "writing a case"
_TRIES = 4


class Writer:
    """Changes, carried out."""

    def __init__(self, connection: Connection, discovery: Discovery, reader: Reader) -> None:
        self._connection = connection
        self._discovery = discovery
        self.notes = Notes(connection, discovery, reader)
        self.creation = Creation(connection, discovery)
        self._unanswered: TrackerError | None = None
        """Why the org did not tell its fields anew."""

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """One outcome per change; after Salesforce has shut the door, nobody knocks again."""
        self._unanswered = None
        for at in range(0, len(changes), MOST):
            jobs = [self._prepared(change) for change in changes[at : at + MOST]]
            self._fields(jobs)
            self._notes(jobs)
            self._creations(jobs)
            for job in jobs:
                yield Written(job.change.ticket, job.failures, job.created)

    def _prepared(self, change: Change) -> Job:
        job = Job(change, ids.long(change.ticket.id))
        if not job.case:
            job.fail_rest(Vanished(f"{_WHAT}: {change.ticket.key or 'this'} is no case of Salesforce"))
            return job
        for index, edit in enumerate(change.edits):
            try:
                match edit:
                    case SetField():
                        self._set(index, edit, job)
                    case Move():
                        job.set(index, "Status", encode.status(edit.new, self._discovery.schema), "stage")
                    case _:
                        continue
            except Rejected as error:
                job.fail(index, error)
            except TrackerError as error:
                job.fail_rest(error)
                return job
        return job

    def _set(self, index: int, edit: SetField, job: Job) -> None:
        schema = self._discovery.schema
        columns = schema.columns.get(edit.field, ())
        if not columns or edit.field in schema.lost:
            reason = schema.lost.get(edit.field, f"no field of Case is mapped to {edit.field}")
            raise Rejected(reason[:200], field=edit.field, remedy=f"map fields.{edit.field}")
        first, *others = columns
        told = {first.name: encode.field(edit.field, first, edit.new, schema)}
        # Who owns stands in the first alone. Where another cannot be emptied, reading back will tell.
        for other in others:
            if other.own and other.writable:
                told[other.name] = None
                job.dispensable.add(other.name)
        for column, value in told.items():
            job.set(index, column, value, edit.field)

    def _fields(self, jobs: Sequence[Job]) -> None:
        """Send what there is to send; what Salesforce refuses by name is left out, the rest is sent again without it."""
        waiting = [job for job in jobs if job.fields]
        for _ in range(_TRIES):
            conditional = [job for job in waiting if job.stamp]
            plain = [job for job in waiting if not job.stamp]
            for job in waiting:
                job.again = False
            for at in range(0, len(conditional), MOST_PARTS):
                self._send(conditional[at : at + MOST_PARTS], conditional=True)
            for at in range(0, len(plain), MOST):
                self._send(plain[at : at + MOST], conditional=False)
            waiting = [job for job in waiting if job.again and job.fields]
            if not waiting:
                return
        for job in waiting:
            job.fail_all(Rejected(f"{_WHAT}: Salesforce keeps refusing it"))

    def _send(self, jobs: Sequence[Job], *, conditional: bool) -> None:
        if self._connection.shut is not None:
            for job in jobs:
                job.fail_rest(self._connection.shut)
            return
        waiting = list(jobs)

        def once() -> None:
            nonlocal waiting
            sent = waiting
            answers = self._patched(sent) if conditional else self._collected(sent)
            waiting = []
            if not answers:
                return
            for job, answer in zip(sent, answers, strict=True):
                if Refusal.of(answer.body).code == LOCKED and not answer.ok:
                    waiting.append(job)
                else:
                    self._settle(job, answer)
            if waiting:
                raise Unavailable(f"{_WHAT}: somebody else holds the case ({LOCKED})", executed=False)

        try:
            # A condition that our own lost write has broken would look like somebody else's change.
            self._connection.patiently(once, safe=not conditional)
        except TrackerError as error:
            for job in waiting:
                job.fail_all(error)

    def _patched(self, jobs: Sequence[Job]) -> list[Answer]:
        parts = [
            Part("PATCH", f"sobjects/Case/{job.case}", dict(job.fields), {"If-Unmodified-Since": job.stamp})
            for job in jobs
        ]
        return self._connection.together(parts, what=_WHAT)

    def _collected(self, jobs: Sequence[Job]) -> list[Answer]:
        records = [{"attributes": {"type": "Case"}, "id": job.case, **job.fields} for job in jobs]
        body = {"allOrNone": False, "records": records}
        answer = self._connection.once("PATCH", "composite/sobjects", what=_WHAT, body=body, refused=(400,))
        if not answer.ok:
            # One value of the wrong type keeps the whole call from being understood.
            outdated = Refusal.of(answer.body).code in _OUTDATED
            if not outdated or not [job for job in jobs if self._anew(job)]:
                raise failure(answer.status, answer.body, what=_WHAT)
            for job in jobs:
                job.again = True
            return []
        results = answer.listing()
        if len(results) != len(jobs):
            raise Unavailable(f"{_WHAT}: Salesforce does not say what became of each case")
        return [Answer(204 if one.get("success") is True else 400, {}, one) for one in results]

    def _settle(self, job: Job, answer: Answer) -> None:
        if answer.ok:
            return
        refusal = Refusal.of(answer.body)
        if refusal.code in _OUTDATED and self._anew(job):
            return
        told = {name.casefold() for name in refusal.fields} or _MEANT.get(refusal.code, set())
        named = [column for column in job.behind if column.casefold() in told]
        if answer.status == 400 and named:
            for column in named:
                self._refused(job, column, refusal)
            job.again = True
            return
        error = of_record(answer, what=_WHAT)
        if isinstance(error, Conflict | Vanished):
            job.fail_rest(error)
        elif isinstance(error, Unavailable) and error.executed is not False:
            job.fail_all(Ambiguous(error.message, remedy=error.remedy))
        else:
            job.fail_all(_explained(error, refusal))

    def _refused(self, job: Job, column: str, refusal: Refusal) -> None:
        index = job.behind.get(column)
        if index is None:
            return
        if column in job.dispensable:
            job.drop(column)
            return
        name = job.names[column]
        job.fail(
            index,
            Rejected(
                f"{name}: refused: {refusal.why()}"[:200], field=name, remedy=_REMEDIES.get(refusal.code, "")
            ),
        )

    def _anew(self, job: Job) -> bool:
        """The org is asked, once, what its fields are by now, and the edits are made anew; False where they are the same."""
        if self._unanswered is None and not self._discovery.asked:
            try:
                self._discovery.refresh()
            except TrackerError as error:
                self._unanswered = error
        if self._unanswered is not None:
            job.fail_all(self._unanswered)
            return True
        before = dict(job.fields)
        for index, edit in enumerate(job.change.edits):
            if isinstance(edit, SetField) and index in job.behind.values():
                job.clear(index)
                try:
                    self._set(index, edit, job)
                except Rejected as error:
                    job.fail(index, error)
        job.again = job.fields != before
        return job.again

    def _notes(self, jobs: Sequence[Job]) -> None:
        wanted = [
            Writing(job.case, edit, partial(job.fail, index))
            for job in jobs
            for index, edit in enumerate(job.change.edits)
            if isinstance(edit, WriteNote) and index not in job.failures
        ]
        if wanted and self._connection.shut is None:
            self.notes.write(wanted)
        elif self._connection.shut is not None:
            for one in wanted:
                one.fail(self._connection.shut)

    def _creations(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            for index, edit in enumerate(job.change.edits):
                if isinstance(edit, Create) and index not in job.failures:
                    try:
                        job.created[index] = self.creation.create(edit.draft)
                    except TrackerError as error:
                        job.failures[index] = error


_OUTDATED = ("INVALID_FIELD", "JSON_PARSER_ERROR", "INVALID_TYPE_ON_FIELD_IN_RECORD")
"""A field is gone, or is of another type than it was, and nobody says which."""
_MEANT = {
    "INACTIVE_OWNER_OR_USER": {"ownerid"},
    "OPERATION_WITH_INVALID_USER_TYPE_EXCEPTION": {"ownerid"},
}
"""What a code is about where Salesforce names no field."""
_REMEDIES = {
    "INACTIVE_OWNER_OR_USER": "name somebody who is active",
    "OPERATION_WITH_INVALID_USER_TYPE_EXCEPTION": "name a user who may own cases",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "a validation rule of the org asks for something else first",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "give escsync's account edit access to the field",
    "INSUFFICIENT_ACCESS_OR_READONLY": "give escsync's account edit access to the case",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "give escsync's account access to what the case refers to",
    "ENTITY_IS_LOCKED": "an approval holds the case; it can be written when that is over",
}


def _explained(error: TrackerError, refusal: Refusal) -> TrackerError:
    """The error with what a person can do about it."""
    if isinstance(error, Rejected) and not error.remedy:
        return Rejected(error.message, field=error.field, remedy=_REMEDIES.get(refusal.code, ""))
    return error

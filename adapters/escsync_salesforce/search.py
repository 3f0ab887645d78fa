"""Search: questions put in the form that this org understands, and their answers' pages to the last one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from escsync.adapter import Denied, TrackerError, Unavailable

from .answers import Answer, Refusal, failure
from .codec import Raw
from .connection import Connection, Part
from .discovery import Discovery, Form
from .objects import CHILDREN, Held
from .questions import Questions

MOST_QUERIES = 5
"""So many of the parts of a composite call may be queries."""
_TRIES = 10
_WHAT = "reading cases"
_DEAD = "INVALID_QUERY_LOCATOR"
_ABSENT = (
    "INVALID_TYPE",
    "INVALID_FIELD",
    "INSUFFICIENT_ACCESS",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "NOT_FOUND",
)


class Search:
    """The questions of one connection."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery
        self.started: datetime | None = None
        """The server's clock when it began to answer."""

    def questions(self, form: Form | None = None) -> Questions:
        """What can be asked now."""
        known = self._discovery
        return Questions(known.schema, known.scope, known.children, known.roots, form or known.form)

    def ask(self, wanted: Callable[[Questions], Mapping[str, Part]]) -> dict[str, Answer]:
        """Put up to five questions in one call, by name (`Case`, `CaseComment`, a relation; `:n` tells equals apart).

        Where one is refused it is put more simply, and the form that was understood is remembered.
        """
        form = self._discovery.form
        for _ in range(_TRIES):
            parts = wanted(self.questions(form))
            found = self._connection.composite(list(parts.values()), what=_WHAT) if parts else []
            answers = dict(zip(parts, found, strict=True))
            refused = [(name, answer) for name, answer in answers.items() if not answer.ok]
            if not refused:
                self._discovery.learn(form)
                self.started = self.started or next((one.date for one in found), None)
                return answers
            form = self._simpler(form, refused)
        raise Unavailable(f"{_WHAT}: Salesforce refuses the question in every form")

    def answers(self, parts: Mapping[str, Part], *, optional: Collection[str] = ()) -> dict[str, Answer]:
        """Put questions that have one form only; an *optional* one that is refused is left out."""
        found = self._connection.composite(list(parts.values()), what=_WHAT) if parts else []
        answers = dict(zip(parts, found, strict=True))
        for name, answer in answers.items():
            if not answer.ok and name not in optional:
                raise failure(answer.status, answer.body, what=_WHAT)
        return {name: answer for name, answer in answers.items() if answer.ok}

    def cases(self, soql: str, form: Form) -> Part:
        """A question for cases, deleted ones included where the org lets them be seen."""
        return self._connection.question(soql, deleted=form.deleted)

    def plain(self, soql: str) -> Part:
        """A question for what is there."""
        return self._connection.question(soql)

    def _simpler(self, form: Form, refused: Sequence[tuple[str, Answer]]) -> Form:
        """The next form to try: without what each of the *refused* questions may have been refused for."""
        codes = {Refusal.of(answer.body).code for _, answer in refused}
        if codes & {"INVALID_FIELD", "INVALID_TYPE"} and not self._discovery.asked:
            self._discovery.refresh()
            return form
        nested, joined, deleted, described = form.nested, form.joined, form.deleted, form.described
        for label, answer in refused:
            name, code = label.partition(":")[0], Refusal.of(answer.body).code
            if answer.status in (404, 405) and form.deleted and name not in self._discovery.roots:
                deleted = False
            elif name in CHILDREN and code in _ABSENT:
                self._discovery.lacks(name)
                nested = True  # a question that was refused for its sake may be understood without it
            elif name in CHILDREN and form.joined:
                joined = False
            elif name == "Case" and form.described and (code == "INVALID_FIELD" or not form.nested):
                described = False
            elif name == "Case" and form.nested:
                nested = False
            elif name in self._discovery.roots:
                self._discovery.overlooks(name)
            else:
                raise self._refusal(answer)
        return Form(nested, joined, deleted, described)

    def _refusal(self, answer: Answer) -> TrackerError:
        error = failure(answer.status, answer.body, what=_WHAT)
        if isinstance(error, Denied | Unavailable):
            return error
        return Denied(
            f"{_WHAT}: Salesforce refuses the question: {Refusal.of(answer.body).why()}"[:200],
            remedy="check scope; try it after WHERE in the Developer Console's query editor",
        )

    def pages(self, answer: Answer, anew: Part | Callable[[Raw | None], Part]) -> Iterator[list[Raw]]:
        """All pages of an answer; where Salesforce forgot where it was, it is asked *anew*, from the last row on."""
        last: Raw | None = None
        met: set[str] = set()
        restarts = 0
        while True:
            page = answer.listing("records")
            yield page
            last = page[-1] if page else last
            onward = self.onward(answer.mapping())
            if not onward:
                return
            if onward in met:
                raise Unavailable(f"{_WHAT}: Salesforce hands out the same page again and again")
            met.add(onward)
            answer = self._connection.get(onward, what=_WHAT, refused=(400, 404))
            if answer.ok:
                continue
            restarts += 1
            if Refusal.of(answer.body).code != _DEAD or restarts > _TRIES:
                error = failure(answer.status, answer.body, what=_WHAT)
                raise (
                    error if not _vanished(answer) else Unavailable(f"{_WHAT}: a page is not there any more")
                )
            (answer,) = self._connection.composite(
                [anew if isinstance(anew, Part) else anew(last)], what=_WHAT
            )
            if not answer.ok:
                raise failure(answer.status, answer.body, what=_WHAT)

    def onward(self, told: Mapping[str, Any]) -> str:
        """Where the next page is; "" after the last."""
        if told.get("done") is not False:
            return ""
        onward = told.get("nextRecordsUrl")
        if not isinstance(onward, str) or not onward.startswith("/services/data/"):
            raise Unavailable(f"{_WHAT}: Salesforce says that there is more, and not where")
        return onward

    def all(self, answer: Answer, question: Part) -> list[Raw]:
        """All rows of an answer; asked anew from the beginning where that is needed, so that some may come twice."""
        return [row for page in self.pages(answer, question) for row in page]

    def onwards(self, urls: Sequence[str]) -> list[Answer]:
        """Further pages, five in one call."""
        found: list[Answer] = []
        for at in range(0, len(urls), MOST_QUERIES):
            parts = [Part("GET", url) for url in urls[at : at + MOST_QUERIES]]
            found += self._connection.composite(parts, what=_WHAT)
        return found

    def under(self, held: Held, ids: Sequence[str]) -> Part:
        """The question for one kind of records under these cases."""
        return self.plain(self.questions().under(held, ids))


def _vanished(answer: Answer) -> bool:
    return answer.status == 404

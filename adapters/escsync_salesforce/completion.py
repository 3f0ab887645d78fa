"""Making cases whole: what hangs on them, as far as it did not come along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import ids, messages, soql
from .answers import Answer
from .codec import Raw
from .connection import Part
from .discovery import Discovery
from .objects import EMAIL, Held
from .questions import Questions
from .search import MOST_QUERIES, Search


@dataclass
class Whole:
    """One case with all that hangs on it, by child object."""

    row: Raw
    under: dict[str, list[Raw]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The case's id."""
        return ids.long(self.row.get("Id"))


@dataclass
class _More:
    """A list under a case that goes on elsewhere."""

    rows: list[Raw]
    held: Held
    case: str
    url: str


class Completion:
    """What is fetched beside the cases themselves."""

    def __init__(self, search: Search, discovery: Discovery) -> None:
        self._search = search
        self._discovery = discovery

    def whole(self, page: Sequence[Raw]) -> list[Whole]:
        """The cases of a page with everything under them; deleted ones as they are."""
        children = self._discovery.children
        lists = {held.relation for held in children}
        found = [Whole({k: v for k, v in row.items() if k not in lists}) for row in page]
        living = [
            (one, row) for one, row in zip(found, page, strict=True) if row.get("IsDeleted") is not True
        ]
        more: list[_More] = []
        lacking: dict[str, list[Whole]] = {}
        for one, row in living:
            for held in children:
                if held.relation in row:
                    told = row[held.relation]
                    one.under[held.child.name] = rows = _records(told)
                    if onward := self._search.onward(told) if isinstance(told, dict) else "":
                        more.append(_More(rows, held, one.id, onward))
                else:
                    lacking.setdefault(held.child.name, []).append(one)
        self._continue(more)
        self._fetch(lacking)
        self._identify([one for one, _ in living])
        return found

    def _continue(self, more: list[_More]) -> None:
        """The further pages of long lists, before the cases' own next page: turning that one would end them."""
        while more:
            answers = self._search.onwards([one.url for one in more])
            left: list[_More] = []
            for one, answer in zip(more, answers, strict=True):
                if not answer.ok:
                    one.rows[:] = self._alone(one.held, one.case)
                    continue
                one.rows += answer.listing("records")
                if onward := self._search.onward(answer.mapping()):
                    left.append(_More(one.rows, one.held, one.case, onward))
            more = left

    def _alone(self, held: Held, case: str) -> list[Raw]:
        question = self._search.under(held, [case])
        return self._search.all(self._search.answers({"Case": question})["Case"], question)

    def _fetch(self, lacking: Mapping[str, list[Whole]]) -> None:
        """Lists that did not come along: by lists of ids, five questions in one call."""
        wanted = [
            (name, chunk) for name, cases in lacking.items() for chunk in soql.chunks(one.id for one in cases)
        ]
        places = {name: {one.id: one for one in cases} for name, cases in lacking.items()}
        for name, cases in lacking.items():
            for one in cases:
                one.under[name] = []
        for at in range(0, len(wanted), MOST_QUERIES):
            self._some(wanted[at : at + MOST_QUERIES], places)

    def _some(self, wanted: Sequence[tuple[str, list[str]]], places: Mapping[str, dict[str, Whole]]) -> None:
        def asked(questions: Questions) -> dict[str, Part]:
            known = {held.child.name: held for held in questions.children}
            return {
                f"{name}:{number}": self._search.plain(questions.under(known[name], chunk))
                for number, (name, chunk) in enumerate(wanted)
                if name in known
            }

        answers: dict[str, Answer] = self._search.ask(asked)
        questions = asked(self._search.questions())
        for label, answer in answers.items():
            name = label.partition(":")[0]
            parent = next(h.child.parent for h in self._discovery.children if h.child.name == name)
            rows = {str(row.get("Id")): row for row in self._search.all(answer, questions[label])}
            for row in rows.values():
                if (case := places[name].get(ids.long(row.get(parent)))) is not None:
                    case.under[name].append(row)
        for name in {name for name, _ in wanted} - {label.partition(":")[0] for label in answers}:
            for case in places[name].values():
                case.under.pop(name, None)

    def _identify(self, cases: Sequence[Whole]) -> None:
        """Whose addresses mails were sent from, where they are not those of the users who filed them."""
        schema = self._discovery.schema
        mails = [row for case in cases for row in case.under.get(EMAIL.name, ())]
        unknown = sorted(messages.strangers(mails, schema)) if schema.vocabulary.native else []
        for chunk in soql.chunks(unknown):
            question = self._search.plain(
                "SELECT Id, Name, Email, IsActive, UserType FROM User "
                f"WHERE {soql.among('Email', chunk)} ORDER BY IsActive DESC, Id"
            )
            answers = self._search.answers({"User": question}, optional=("User",))
            schema.senders.update(dict.fromkeys(chunk, ""))
            rows = self._search.all(answers["User"], question) if answers else []
            for row in reversed(rows):
                ref = schema.person(row.get("Id"), row)
                address = str(row.get("Email") or "").casefold()
                if ref is not None and address in schema.senders and not schema.customer(row):
                    schema.senders[address] = ref.id


def _records(told: Any) -> list[Raw]:
    records = told.get("records") if isinstance(told, dict) else None
    return [one for one in records if isinstance(one, dict)] if isinstance(records, list) else []

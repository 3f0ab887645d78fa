"""Reading: rows in, tickets out; one that cannot be decoded never stops the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from escsync.adapter import Cursor, Page, Rejected, Ticket, TicketRef, Unreadable

from . import codec, ids, instants, kinds, objects, soql, values
from .codec import Raw
from .completion import Completion, Whole
from .connection import Connection, Part
from .discovery import Discovery
from .history import Unintelligible
from .progress import Progress
from .questions import Questions
from .search import MOST_QUERIES, Search

_MOST_WATCHED = 200
_CASE = "Case"
MALFORMED = (Unintelligible, TypeError, ValueError, KeyError, AttributeError, RecursionError)
"""However a case is malformed, it is one case."""


class Reader:
    """Cases as they stand."""

    def __init__(self, connection: Connection, discovery: Discovery) -> None:
        self._connection = connection
        self._discovery = discovery
        self._notes: dict[str, str] = {}

    def note(self, case: str) -> str | None:
        """The id of a case's note as last read, "" where it had none; None where it was not read."""
        return self._notes.get(case)

    def forget(self, case: str) -> None:
        """Its note was written: what was read of it is out of date."""
        self._notes.pop(case, None)

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef]) -> Iterator[Page]:
        """What changed since *cursor*; the last page carries the new one, so that a crash repeats the rest."""
        before: Cursor = dict(cursor or {})
        self._discovery.look_again(whole=cursor is None)
        watched = [id for ref in watch if (id := ids.long(ref.id))][:_MOST_WATCHED]
        pull = Progress(_since(before), _mapping(before.get("seen")), frozenset(watched))
        waiting: Page | None = None
        found = 0
        for page in self._pages(pull, watched):
            found += len(page.tickets) + len(page.unreadable)
            if waiting is not None:
                yield waiting
            waiting = Page(page.tickets, before, page.unreadable, self._discovery.problems(), page.gone)
        if not pull.since and found == 0 and not self._discovery.asked:
            # Nothing at all in scope: lost rights look just like it.
            self._discovery.refresh()
        if not pull.since or self._discovery.regained:
            self._discovery.swept()
        last = waiting or Page((), before)
        after = pull.cursor(self._kinds()) if pull.started is not None else before
        yield Page(last.tickets, after, last.unreadable, self._discovery.problems(), last.gone)

    def _kinds(self) -> list[str]:
        return [_CASE, *(held.child.name for held in self._discovery.children), *self._discovery.roots]

    def _pages(self, pull: Progress, watched: list[str]) -> Iterator[Page]:
        search = Search(self._connection, self._discovery)
        completion = Completion(search, self._discovery)
        _ = self._discovery.schema
        beside = bool(watched) and soql.joins(self._discovery.settings.scope.where)
        parts: dict[str, Part] = {}

        def asked(questions: Questions) -> dict[str, Part]:
            parts.clear()
            changed = questions.changed(pull.from_when(_CASE), () if beside or not pull.since else watched)
            parts[_CASE] = search.cases(changed, questions.form) if pull.since else search.plain(changed)
            if pull.since and beside:
                parts["Case:watched"] = search.plain(questions.keyed(watched))
            room = MOST_QUERIES - len(parts) if pull.since else 0
            for name in self._turn(pull, questions)[:room]:
                held = next((one for one in questions.children if one.child.name == name), None)
                since = pull.from_when(name)
                text = questions.touched(held, since) if held else questions.shown(name, since)
                parts[name] = search.plain(text) if held is None else search.cases(text, questions.form)
            return parts

        answers = search.ask(asked)
        pull.started = search.started or self._latest(answers[_CASE].listing("records"))
        pull.asked = {name for name in parts if ":" not in name} if pull.since else set(self._kinds())
        touched = {
            name: search.all(answer, parts[name])
            for name, answer in answers.items()
            if name.partition(":")[0] != _CASE
        }
        questions = search.questions()

        def anew(last: Raw | None) -> Part:
            stamp = instants.moment(last.get("SystemModstamp")) if last else None
            text = questions.changed(
                stamp or pull.from_when(_CASE), () if beside or not pull.since else watched
            )
            return search.cases(text, questions.form) if pull.since else search.plain(text)

        came: set[str] = set()
        for name in (_CASE, "Case:watched"):
            if name in answers:
                for rows in search.pages(answers[name], anew):
                    cases = completion.whole(rows)
                    came |= {case.id for case in cases}
                    yield self._page([case for case in cases if self._is_new(case, pull)])
        wanted = self._touched(touched, pull)
        for rows in self._keyed(search, sorted(wanted), scope=True):
            cases = completion.whole(rows)
            yield self._page([case for case in cases if self._is_new(case, pull) or case.id not in came])
        if pull.since and self._discovery.regained:
            yield from self._everything(search, completion)

    def _everything(self, search: Search, completion: Completion) -> Iterator[Page]:
        """All cases in scope: a field that is back is back on those that nobody has changed since, too."""
        questions = search.questions()

        def anew(last: Raw | None) -> Part:
            return search.plain(
                questions.changed(instants.moment(last.get("SystemModstamp")) if last else None)
            )

        (answer,) = search.answers({_CASE: anew(None)}).values()
        for rows in search.pages(answer, anew):
            yield self._page(completion.whole(rows))

    def _turn(self, pull: Progress, questions: Questions) -> list[str]:
        """What else to look at in this pull: what may hold a message, then what was not looked at for longest."""
        kinds = [held.child.name for held in questions.children]
        kinds += questions.roots
        first = [name for name in kinds if name in objects.ALWAYS]
        rest = [name for name in kinds if name not in objects.ALWAYS]
        oldest = datetime.min.replace(tzinfo=UTC)
        return first + sorted(rest, key=lambda name: pull.since.get(name, oldest))

    def _is_new(self, case: Whole, pull: Progress) -> bool:
        """Has anything of it changed since the last pull? What hangs on it is known from now on."""
        for held in self._discovery.children:
            overlap = pull.overlap(held.child.name)
            for row in case.under.get(held.child.name, ()):
                overlap.is_new(*_trace(row, held))
        for root in self._discovery.roots:
            stamp = values.reach(case.row, f"{root}.SystemModstamp")
            pull.overlap(root).is_new(case.id, str(stamp), instants.moment(stamp))
        told = [case.row, case.under]
        new = pull.overlap(_CASE).is_new(case.id, told, instants.moment(case.row.get("SystemModstamp")))
        return new or case.id in pull.watched

    def _touched(self, rows: Mapping[str, list[Raw]], pull: Progress) -> set[str]:
        """The cases under which something changed that did not come with them."""
        held = {one.child.name: one for one in self._discovery.children}
        found = set()
        for name, some in rows.items():
            overlap = pull.overlap(name)
            for row in some:
                if name in held:
                    new = overlap.is_new(*_trace(row, held[name]))
                    case = ids.long(row.get(held[name].child.parent))
                else:
                    case = ids.long(row.get("Id"))
                    stamp = values.reach(row, f"{name}.SystemModstamp")
                    new = overlap.is_new(case, str(stamp), instants.moment(stamp))
                if new and case.startswith("500"):
                    found.add(case)
        return found

    def _latest(self, rows: Sequence[Raw]) -> datetime | None:
        stamps = (instants.moment(row.get("SystemModstamp")) for row in rows)
        return max((stamp for stamp in stamps if stamp is not None), default=None)

    def _keyed(self, search: Search, wanted: Sequence[str], *, scope: bool = False) -> Iterator[list[Raw]]:
        chunks = list(soql.chunks(wanted))
        for at in range(0, len(chunks), MOST_QUERIES):
            yield from _some(search, chunks[at : at + MOST_QUERIES], scope)

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """These tickets as they stand now, wherever they are; deleted ones are left out."""
        search = Search(self._connection, self._discovery)
        completion = Completion(search, self._discovery)
        unreadable: list[Unreadable] = []
        told: set[str] = set()
        for rows in self._keyed(search, [id for ref in refs if (id := ids.long(ref.id))]):
            page = self._page(completion.whole([row for row in rows if ids.long(row.get("Id")) not in told]))
            told |= {ticket.id for ticket in page.tickets}
            yield from page.tickets
            unreadable += page.unreadable
        if unreadable:
            names = ", ".join(one.ref.key or one.ref.id for one in unreadable[:5])
            raise Rejected(f"tickets that cannot be read: {names}", remedy=unreadable[0].message)

    def _retyped(self, cases: Sequence[Whole]) -> bool:
        """Does an answer show that a field is not of the type any more that it was of?"""
        every = self._discovery.schema.columns.values()
        own = [column for columns in every for column in columns if column.own]
        return any(kinds.retyped(column, case.row.get(column.path)) for case in cases for column in own)

    def _page(self, cases: Sequence[Whole]) -> Page:
        if not self._discovery.asked and self._retyped(cases):
            self._discovery.refresh()
        schema = self._discovery.schema
        tickets: list[Ticket] = []
        unreadable: list[Unreadable] = []
        gone: list[TicketRef] = []
        for case in cases:
            ref = codec.reference(case.row)
            if case.row.get("IsDeleted") is True:
                gone.append(ref)
                continue
            try:
                ticket = codec.ticket(case.row, case.under, schema, self._discovery.roots)
            except MALFORMED as error:
                known = isinstance(error, Unintelligible)
                why = str(error) if known else "it is in no form that Salesforce documents"
                unreadable.append(Unreadable(ref, why, "open the case in Salesforce"))
            else:
                tickets.append(ticket)
                self._notes[ticket.id] = ticket.note.id if ticket.note else ""
        return Page(tuple(tickets), {}, tuple(unreadable), (), tuple(gone))


def _some(search: Search, chunks: Sequence[list[str]], scope: bool) -> Iterator[list[Raw]]:
    parts: dict[str, Part] = {}

    def asked(questions: Questions) -> dict[str, Part]:
        for number, chunk in enumerate(chunks):
            parts[f"Case:{number}"] = search.plain(questions.keyed(chunk, within=scope))
        return parts

    for name, answer in search.ask(asked).items():
        yield from search.pages(answer, parts[name])


def _trace(row: Raw, held: objects.Held) -> tuple[str, list[str], datetime | None]:
    told = [str(row.get(name)) for name in held.traces()]
    return ids.long(row.get("Id")), told, instants.moment(row.get(held.child.stamp))


def _since(cursor: Mapping[str, Any]) -> dict[str, datetime]:
    told = _mapping(cursor.get("since"))
    known = {name: at for name, at in told.items() if isinstance(at, int) and not isinstance(at, bool)}
    found = {name: datetime.fromtimestamp(at, UTC) for name, at in known.items()}
    return found if _CASE in found else {}


def _mapping(raw: object) -> Mapping[str, Any]:
    return raw if isinstance(raw, dict) else {}

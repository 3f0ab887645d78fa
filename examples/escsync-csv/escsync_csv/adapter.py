"""One open connection: the calls, and every error turned into one of escsync's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from escsync.adapter import (
    Binding,
    Capabilities,
    Change,
    Create,
    Cursor,
    Denied,
    Draft,
    Edit,
    EffectKey,
    Found,
    Level,
    Move,
    Page,
    Problem,
    Rejected,
    SetField,
    Ticket,
    TicketRef,
    TrackerError,
    TrackerPerson,
    Unavailable,
    Unreadable,
    Value,
    Vanished,
    WriteNote,
    Written,
)

from .codec import ACCOUNT, Codec, ref_of
from .store import Busy, Damaged, Row, Store, Tables

_T = TypeVar("_T")


def connect(binding: Binding) -> Adapter:
    """What the entry point's plugin names."""
    return Adapter(binding, Store(binding.settings.connection.folder))


class Adapter:
    """The tracker, seen through our vocabulary."""

    capabilities = Capabilities(history=False, read_batch=1000, incremental=False)
    """No history: what escsync knows of the past is what its own passes saw (evidence of grade B)."""
    me = ACCOUNT

    def __init__(self, binding: Binding, store: Store) -> None:
        self._binding = binding
        self._store = store
        self.calls = 0
        self.discovery: Mapping[str, Any] = {}
        self._last: Codec | None = None

    def check(self) -> Iterator[Problem]:
        """The files, the columns that are mapped, and the statuses in use."""
        codec = self._ask(self._read)
        yield Problem(Level.OK, "folder", str(self._store.folder))
        yield from _drift(codec)
        used = {row[column] for column in codec.columns("stage") for row in codec.tables["tickets"].rows}
        for name in sorted(used):
            if codec.words.stage_of(name) is None:
                yield Problem(
                    Level.WARNING,
                    f"status {name!r}",
                    "is mapped to no stage",
                    "add it to a list under `stages:`",
                )

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef] = ()) -> Iterator[Page]:
        """Everything in scope, every time: files say nothing about what changed in them."""
        codec = self._ask(self._read)
        tickets: list[Ticket] = []
        bad: list[Unreadable] = []
        for row in filter(codec.inside, codec.tables["tickets"].rows):
            try:
                tickets.append(_ticket(codec, row))
            except Rejected as error:
                # One ticket that cannot be understood stops no other.
                bad.append(Unreadable(ref_of(row), error.message, error.remedy))
        yield Page(tuple(tickets), {}, tuple(bad), tuple(_drift(codec)))

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """These tickets, in scope or not."""
        if refs:
            codec = self._ask(self._read)
            wanted = {ref.id for ref in refs}
            for row in codec.tables["tickets"].rows:
                if row["id"] in wanted:
                    yield _ticket(codec, row)

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """One ticket after the other, each with all its edits at once."""
        for change in changes:
            yield self._ask(partial(self._write, change), safe=False)

    def create(self, draft: Draft) -> TicketRef:
        """A record that carries the draft's key; one that does so already is that record."""
        return self._ask(partial(self._create, draft), safe=False)

    def find(self, keys: Sequence[EffectKey]) -> Iterator[Found]:
        """The records that carry these keys."""
        if keys:
            for row in self._ask(self._read).tables["tickets"].rows:
                if row["marker"] and row["marker"] in keys:
                    yield Found(row["marker"], ref_of(row))

    def people(self) -> Iterator[TrackerPerson]:
        """Everybody of people.csv."""
        yield from self._ask(self._read).users()

    def fit(self, field: str, value: Value) -> Value:
        """*value* as it will read once it is written."""
        codec = self._last or self._ask(self._read)
        return codec.decode(field, list(codec.encode(field, value).values()) or [""])

    def close(self) -> None:
        """Nothing is held open."""

    def _ask(self, work: Callable[[], _T], *, safe: bool = True) -> _T:
        """One call, tried again as escsync's patience allows; *safe*: it may be carried out twice."""

        def attempt() -> _T:
            self.calls += 1
            with _our_errors(self._store.folder.name):
                return work()

        answer: _T = self._binding.retry(attempt, safe=safe)
        return answer

    def _read(self) -> Codec:
        self._last = self._codec(self._store.read())
        return self._last

    def _codec(self, tables: Tables) -> Codec:
        flag = self._binding.settings.scope.flag
        return Codec.over(
            tables, self._binding.vocabulary, flag, (self._store.folder / "tickets.csv").as_uri()
        )

    def _write(self, change: Change) -> Written:
        failures: dict[int, TrackerError] = {}
        created: dict[int, TicketRef] = {}
        with self._store.changing() as tables:
            codec = self._codec(tables)
            row = next(iter(tables["tickets"].by("id", change.ticket.id)), None)
            for index, edit in enumerate(change.edits):
                try:
                    if row is None:
                        raise Vanished("the ticket is not there any more")
                    made = self._edit(codec, row, edit)
                except TrackerError as error:
                    failures[index] = error
                else:
                    created |= {index: made} if made else {}
        return Written(change.ticket, failures, created)

    def _edit(self, codec: Codec, row: Row, edit: Edit) -> TicketRef | None:
        match edit:
            case SetField():
                self._set(codec, row, edit.field, edit.new)
            case Move():
                names = codec.words.stages.get(edit.new, ())
                if not names or not codec.columns("stage"):
                    raise Rejected(
                        "no status stands for this stage", field="stage", remedy="map it under `stages:`"
                    )
                row |= {codec.columns("stage")[0]: names[0], "updated_at": self._now()}
            case WriteNote():
                notes = codec.tables["notes"].rows
                notes[:] = [note for note in notes if note["ticket"] != row["id"]]
                notes.append({"ticket": row["id"], "digest": edit.digest, "text": edit.text})
            case Create():
                return self._open(codec, edit.draft)
        return None

    def _set(self, codec: Codec, row: Row, field: str, value: Value) -> None:
        cells = codec.encode(field, value)
        if not cells:
            raise Rejected(
                "there is no column for it", field=field, remedy="add one, or map it under `fields:`"
            )
        row |= {**cells, "updated_at": self._now()}

    def _create(self, draft: Draft) -> TicketRef:
        with self._store.changing() as tables:
            return self._open(self._codec(tables), draft)

    def _open(self, codec: Codec, draft: Draft) -> TicketRef:
        tickets = codec.tables["tickets"]
        for row in tickets.by("marker", draft.key):
            return ref_of(row)
        number = 1 + max((int(row["id"]) for row in tickets.rows if row["id"].isdecimal()), default=0)
        row = dict.fromkeys(tickets.columns, "")
        row |= {"id": str(number), "key": f"T-{number}", "created_at": self._now(), "created_by": ACCOUNT}
        row |= {"marker": draft.key, "parent": draft.parent.id if draft.parent else ""}
        if codec.flag in row and draft.parent is None:
            row[codec.flag] = "yes"
        for field, value in draft.values.items():
            self._set(codec, row, field, value)
        tickets.rows.append(row)
        return ref_of(row)

    def _now(self) -> str:
        return self._binding.clock().strftime("%Y-%m-%dT%H:%M:%SZ")


def _ticket(codec: Codec, row: Row) -> Ticket:
    try:
        return codec.ticket(row)
    except (ValueError, OverflowError):
        # Left out it would pass for deleted.
        raise Rejected(
            "its id or dates cannot be read", remedy="write them as 2026-03-03T09:00:00Z"
        ) from None


def _drift(codec: Codec) -> Iterator[Problem]:
    for field, column in codec.gone.items():
        yield Problem(
            Level.FAIL,
            f"fields.{field}",
            f"tickets.csv has no column {column!r}",
            "correct it under `fields:`",
            "DRIFT",
        )
    if codec.flag and codec.flag not in codec.tables["tickets"].columns:
        yield Problem(
            Level.FAIL,
            "scope.flag",
            f"tickets.csv has no column {codec.flag!r}",
            "correct scope.flag",
            "DRIFT",
        )


@contextmanager
def _our_errors(folder: str) -> Iterator[None]:
    try:
        yield
    except Busy:
        raise Unavailable(f"{folder}: another program is writing", executed=False) from None
    except Damaged as error:
        raise Denied(f"{folder}: {error}", remedy="mend the file; nothing was written") from None
    except OSError as error:
        raise Denied(
            f"{folder}: cannot be used ({error.strerror})", remedy="correct connection.folder"
        ) from None

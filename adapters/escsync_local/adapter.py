"""One open connection to a local tracker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from sqlite3 import Row

from escsync.adapter import (
    Binding,
    Capabilities,
    Change,
    Cursor,
    Denied,
    Draft,
    EffectKey,
    Found,
    Level,
    Page,
    PersonKind,
    Problem,
    Rejected,
    Ticket,
    TicketRef,
    TrackerPerson,
    Unreadable,
    Value,
    Written,
)

from .edits import carry_out, open_record
from .loaded import Loaded
from .outline import Outlining
from .provisioning import Provisioning
from .rehearsal import Rehearsal
from .store import ACCOUNT
from .tracker import Refused

_PAGE = 100
_NATIVE = ("summary", "description", "owner", "stage", "priority")
"""Fields that a ticket has whether they are declared or not."""


def connect(binding: Binding) -> LocalAdapter:
    """Open the file that the settings name."""
    path = binding.settings.connection.path
    if not path.parent.is_dir():
        raise Denied(f"{path}: the folder does not exist", remedy="create it, or correct connection.path")
    return LocalAdapter(binding)


_MEND = "mend it, or restore the file from a copy"


class LocalAdapter(Provisioning, Outlining, Rehearsal):
    """A local tracker, seen through our vocabulary."""

    capabilities = Capabilities(compare_and_set=True)
    me = ACCOUNT

    def check(self) -> Iterator[Problem]:
        """The file, its statuses and the stages that they are mapped to."""
        codec = self._call(self._codec, safe=True)
        declared, _ = self._call(self._look, safe=True)
        yield Problem(Level.OK, "file", str(self._store.path))
        yield Problem(Level.OK, "account", f"escsync works as the user {self.me}")
        for status in codec.statuses.values():
            if status.stage is None:
                yield Problem(
                    Level.WARNING,
                    f"status {status.name!r}",
                    "is mapped to no stage",
                    "add it to one of the lists under `stages:`",
                )
        for stage, names in codec.vocabulary.stages.items():
            missing = [name for name in names if not codec.knows(name)]
            if missing:
                yield Problem(
                    Level.FAIL,
                    f"stages.{stage}",
                    f"the tracker has no status {missing[0]!r}",
                    "name one of: " + ", ".join(status.name for status in codec.statuses.values()),
                    "DRIFT",
                )
            else:
                yield Problem(Level.OK, f"stages.{stage}", ", ".join(names))
        for name, natives in codec.vocabulary.fields.items() if declared else ():
            for lost in (one for one in natives if one not in declared and one not in _NATIVE):
                yield Problem(
                    Level.FAIL,
                    f"fields.{name}",
                    f"the tracker declares no field {lost!r}",
                    "`escsync provision --apply` declares it; or correct the name",
                    "DRIFT",
                )

    def pull(self, cursor: Cursor | None, watch: Sequence[TicketRef] = ()) -> Iterator[Page]:
        """What changed since the revision in *cursor*; *watch* comes with the last page."""
        # A cursor of another file says nothing about this one.
        known = cursor is not None and cursor.get("tracker") == self._store.about("tracker")
        since = int(cursor["revision"]) if cursor is not None and known else 0
        scope = "ever_flagged" if known else "flagged"
        query = f"SELECT * FROM tickets WHERE revision > ? AND {scope} ORDER BY revision LIMIT {_PAGE}"
        seen: set[str] = set()
        last = False
        while not last:
            loaded, last = self._call(partial(self._page, query, since, watch, seen), safe=True)
            since = max(since, loaded.revision)
            seen |= loaded.ids
            cursor = {"tracker": self._store.about("tracker"), "revision": since}
            yield Page(tuple(loaded.tickets), cursor, tuple(loaded.unreadable))

    def read(self, refs: Sequence[TicketRef]) -> Iterator[Ticket]:
        """These tickets as they stand now, flagged or not."""
        for start in range(0, len(refs), _PAGE):
            query, *numbers = _by_id(refs[start : start + _PAGE])
            loaded = self._call(partial(self._loaded, query, *numbers), safe=True)
            yield from loaded.tickets
            if loaded.unreadable:
                bad = loaded.unreadable[0]
                raise Rejected(f"{bad.ref.key or bad.ref.id} cannot be read", remedy=bad.message)

    def write(self, changes: Sequence[Change]) -> Iterator[Written]:
        """Each change in a transaction of its own, refused whole where the ticket has moved on."""
        for change in changes:
            yield self._call(partial(self._write, change), safe=False)

    def create(self, draft: Draft) -> TicketRef:
        """Create a record; a draft that was created before is that same record."""
        return self._call(partial(self._create, draft), safe=False)

    def find(self, keys: Sequence[EffectKey]) -> Iterator[Found]:
        """The records that carry these keys."""
        marks = ",".join("?" * len(keys))
        query = f"SELECT id, key, marker FROM tickets WHERE marker IN ({marks})"
        for row in self._call(lambda: self._store.rows(query, *keys), safe=True):
            yield Found(row["marker"], TicketRef(str(row["id"]), row["key"]))

    def people(self) -> Iterator[TrackerPerson]:
        """Every user who is not a customer."""
        query = "SELECT * FROM people WHERE NOT customer ORDER BY id"
        for row in self._call(lambda: self._store.rows(query), safe=True):
            active = row["inactive_since"] is None
            yield TrackerPerson(
                row["id"], row["name"], row["email"], row["username"], PersonKind(row["kind"]), active
            )

    def fit(self, field: str, value: Value) -> Value:
        """*value* as the file gives it back: instants by the second, empty texts as nothing."""
        codec = self._codec()
        return codec.decode(field, list(codec.encode(field, value).values()))

    def _create(self, draft: Draft) -> TicketRef:
        with self._store.changing():
            try:
                return open_record(draft, self._tracker, self._codec())
            except Refused as refusal:
                raise Rejected(refusal.message, field=refusal.field) from refusal

    def _page(
        self, query: str, since: int, watch: Sequence[TicketRef], seen: set[str]
    ) -> tuple[Loaded, bool]:
        with self._store.reading():
            self._look()
            loaded = self._load(query, since)
            last = len(loaded.ids) < _PAGE
            wanted = [ref for ref in watch if last and ref.id not in seen | loaded.ids]
            if wanted:
                loaded.add(self._load(*_by_id(wanted)))
            return loaded, last

    def _loaded(self, query: str, *numbers: str) -> Loaded:
        with self._store.reading():
            return self._load(query, *numbers)

    def _load(self, query: str, *values: object) -> Loaded:
        rows = self._store.rows(query, *values)
        numbers = [row["id"] for row in rows]
        within = f"WHERE ticket IN ({','.join('?' * len(numbers))}) ORDER BY id"
        changes, comments = (
            _grouped(self._store.rows(f"SELECT * FROM {table} {within}", *numbers))
            for table in ("changes", "comments")
        )
        codec, loaded = self._codec(), Loaded()
        for row in rows:
            number = row["id"]
            loaded.ids.add(str(number))
            loaded.revision = max(loaded.revision, int(row["revision"]))
            try:
                ticket = codec.ticket(row, changes.get(number, []), comments.get(number, []))
            except (ValueError, TypeError, KeyError):
                # Somebody has been in the file with another program: one ticket stops no other.
                ref = TicketRef(str(number), str(row["key"]))
                loaded.unreadable.append(Unreadable(ref, "its row holds what no ticket holds", _MEND))
            else:
                loaded.tickets.append(ticket)
        return loaded

    def _write(self, change: Change) -> Written:
        with self._store.changing():
            return carry_out(change, self._tracker, self._codec())


def _by_id(refs: Sequence[TicketRef]) -> tuple[str, ...]:
    marks = ",".join("?" * len(refs))
    return (f"SELECT * FROM tickets WHERE id IN ({marks}) ORDER BY revision", *(ref.id for ref in refs))


def _grouped(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["ticket"], []).append(row)
    return found

"""Rows to tickets: pure, and the only place that knows what a column means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from escsync.adapter import (
    FIELDS,
    Evidence,
    Message,
    NoteSeen,
    PersonKind,
    PersonRef,
    Ticket,
    TicketRef,
    TrackerPerson,
    Value,
    Vocabulary,
    instant,
)

from .store import Row, Tables
from .values import read, spell

ACCOUNT = "escsync"
"""The author of what escsync writes: never evidence."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How the files are read, as they were at one moment; what belongs to a ticket is at hand by its id."""

    tables: Tables
    words: Vocabulary
    flag: str
    address: str
    people: Mapping[str, PersonRef]
    comments: Mapping[str, Sequence[Row]]
    notes: Mapping[str, Row]
    gone: Mapping[str, str]
    """Fields that are mapped to a column which is not there, and the column."""

    @classmethod
    def over(cls, tables: Tables, words: Vocabulary, flag: str, address: str) -> Codec:
        """Made from the files."""
        comments: dict[str, list[Row]] = defaultdict(list)
        for row in tables["comments"].rows:
            comments[row["ticket"]].append(row)
        known = tables["tickets"].columns
        return cls(
            tables,
            words,
            flag,
            address,
            {row["id"]: _person(row) for row in tables["people"].rows},
            comments,
            {row["ticket"]: row for row in tables["notes"].rows},
            {f: column for f, columns in words.fields.items() for column in columns if column not in known},
        )

    def users(self) -> Iterator[TrackerPerson]:
        """Everybody as escsync asks for them."""
        for ref in self.people.values():
            yield TrackerPerson(ref.id, ref.name, ref.email, ref.id, ref.kind, ref.active is not False)

    def columns(self, field: str) -> tuple[str, ...]:
        """Where *field* stands: as `fields:` says, else in the column of its own name, if there is one."""
        told = self.words.fields.get(field)
        if told:
            return told
        here = field in self.tables["tickets"].columns and not FIELDS[field].own
        return (field,) if here else ()

    def inside(self, row: Row) -> bool:
        """Is it an executive escalation?"""
        return not row["parent"] and (not self.flag or row.get(self.flag, "").strip().casefold() == "yes")

    def ticket(self, row: Row) -> Ticket:
        """One ticket; ValueError where the columns that every ticket has cannot be understood."""
        if not row["id"]:
            raise ValueError("a ticket without an id")
        values: dict[str, Value] = {}
        for field in FIELDS:
            columns = self.columns(field)
            if columns and field not in self.gone:
                values[field] = self.decode(field, [row[column] for column in columns])
        note = self.notes.get(row["id"])
        return Ticket(
            id=row["id"],
            key=row["key"] or row["id"],
            url=f"{self.address}#{row['id']}",
            created_at=_instant(row["created_at"]),
            updated_at=_instant(row["updated_at"]) if row["updated_at"] else None,
            in_scope=self.inside(row),
            values=values,
            messages=tuple(self._messages(row["id"])),
            note=NoteSeen(f"note:{row['id']}", note["digest"]) if note else None,
            unreadable={field: f"there is no column {column}" for field, column in self.gone.items()},
        )

    def decode(self, field: str, cells: list[str]) -> Value:
        """What *field* holds; people may be named in several columns."""
        found = [read(FIELDS[field], cell, self.words, self.people) for cell in cells]
        if len(found) == 1:
            return found[0]
        refs = (
            ref for value in found if isinstance(value, tuple) for ref in value if isinstance(ref, PersonRef)
        )
        return tuple(dict.fromkeys(refs)) or None

    def encode(self, field: str, value: Value) -> dict[str, str]:
        """What the columns must hold so that *field* reads as *value*; none where there is no such column."""
        columns = [column for column in self.columns(field) if column in self.tables["tickets"].columns]
        return dict.fromkeys(columns, "") | {c: spell(FIELDS[field], value, self.words) for c in columns[:1]}

    def _messages(self, ticket: str) -> Iterator[Message]:
        for row in self.comments.get(ticket, ()):
            kind, text = self.words.marker(row["body"])
            if kind is None or row["author"] == ACCOUNT:
                continue
            sender = self.people.get(row["author"], PersonRef(name=row["author"]))
            yield Message(
                id=row["id"],
                when=Evidence(_instant(row["created_at"]), source=f"comment:{row['id']}"),
                sender=sender,
                text=text,
                marker=kind,
                automated=sender.kind is PersonKind.BOT,
                edited_at=_instant(row["edited_at"]) if row["edited_at"] else None,
            )


def ref_of(row: Row) -> TicketRef:
    """How to ask for it again."""
    return TicketRef(row["id"], row["key"] or row["id"])


def _instant(text: str) -> datetime:
    return instant(datetime.fromisoformat(text))


def _person(row: Row) -> PersonRef:
    kind = PersonKind(row["kind"]) if row["kind"] in set(PersonKind) else PersonKind.HUMAN
    return PersonRef(row["id"], row["name"], row["email"], kind, row["active"] != "no")

"""Rows to tickets, and edits to field values: pure, and the only place that knows how a field is spelt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from sqlite3 import Row
from typing import Any

from escsync.adapter import (
    FIELDS,
    Evidence,
    Fact,
    Field,
    FieldKind,
    History,
    Message,
    NoteSeen,
    PersonKind,
    PersonRef,
    Stage,
    Status,
    Ticket,
    Value,
    Vocabulary,
)

from .store import ACCOUNT, STATUSES
from .values import read, spell

_SEPARATOR = re.compile(r"\s*[/&,;]\s*|\s+and\s+", re.IGNORECASE)
_MARKER_LINE = re.compile(r"escsync-note (\S+)")
_YES = {"yes": True, "true": True, "no": False, "false": False}
DEFAULT_STAGES: Mapping[Stage, tuple[str, ...]] = {
    Stage(status.replace("-", "_")): (name,) for status, name, _ in STATUSES
}
"""Which status is which stage where `stages:` does not say."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How one local tracker is read: its *people* and *statuses* by id, and our *vocabulary*."""

    people: Mapping[str, PersonRef]
    customers: frozenset[str]
    statuses: Mapping[str, Status]
    vocabulary: Vocabulary
    address: str

    @classmethod
    def over(
        cls, people: Iterable[Row], statuses: Iterable[Row], vocabulary: Vocabulary, address: str
    ) -> Codec:
        """Made from the tables of people and statuses."""
        people = list(people)
        spoken = vocabulary if vocabulary.stages else replace(vocabulary, stages=DEFAULT_STAGES)
        return cls(
            {row["id"]: _person(row) for row in people},
            frozenset(row["id"] for row in people if row["customer"]),
            {
                row["id"]: Status(
                    row["id"], row["name"], spoken.stage_of(row["id"], row["name"]), bool(row["done"])
                )
                for row in statuses
            },
            spoken,
            address,
        )

    def ticket(self, row: Row, changes: Sequence[Row], comments: Sequence[Row]) -> Ticket:
        """A ticket with its whole past; *changes* and *comments* are its own, oldest first."""
        created = _instant(row["created_at"])
        history = {name: self._past(FIELDS[name], row, changes) for name in self.mapped}
        return Ticket(
            id=str(row["id"]),
            key=row["key"],
            url=f"{self.address}#{row['key']}",
            created_at=created,
            updated_at=_instant(row["updated_at"]),
            entered_at=Evidence(_instant(row["entered_at"]), source="flag") if row["entered_at"] else None,
            in_scope=bool(row["flagged"]),
            version=str(row["revision"]),
            values={name: past[-1].value for name, past in history.items()},
            history=history,
            messages=tuple(message for message in map(self._message, comments) if message is not None),
            note=living_note(comments),
        )

    @property
    def mapped(self) -> tuple[str, ...]:
        """The fields that the tracker tells: all but escsync's own, which it has only where `fields:` names them."""
        return tuple(
            name for name, field in FIELDS.items() if not field.own or name in self.vocabulary.fields
        )

    def native(self, field: str) -> tuple[str, ...]:
        """The tracker's fields that hold *field*; its own name where `fields:` does not say."""
        return self.vocabulary.fields.get(field) or (field,)

    def encode(self, field: str, value: Value) -> dict[str, Any]:
        """The tracker's fields and what they must hold so that *field* reads as *value*."""
        first, *others = self.native(field)
        return {first: spell(field, value, self.vocabulary), **dict.fromkeys(others)}

    def decode(self, field: str, raws: Sequence[Any]) -> Value:
        """What *field* holds where the tracker's fields hold *raws*."""
        kind = FIELDS[field].kind
        if kind is FieldKind.PEOPLE:
            return tuple(dict.fromkeys(ref for raw in raws for ref in self._refs(field, raw))) or None
        raw = next((raw for raw in raws if raw not in (None, "", [])), None)
        if kind is FieldKind.STAGE:
            return self.statuses.get(str(raw), Status(str(raw), str(raw)))
        return read(FIELDS[field], raw, self.vocabulary)

    def knows(self, status: str) -> bool:
        """Has the tracker a status of this id or name?"""
        return bool(self._status(status))

    def status_for(self, stage: Stage) -> str:
        """The status that is written for *stage*, "" where there is none."""
        wanted = self.vocabulary.stages.get(stage, ())
        return self._status(wanted[0]) if wanted else ""

    def _status(self, name: str) -> str:
        folded = name.strip().casefold()
        found = (s.id for s in self.statuses.values() if folded in {s.id.casefold(), s.name.casefold()})
        return next(found, "")

    def _past(self, field: Field, row: Row, changes: Sequence[Row]) -> History:
        native = self.native(field.name)
        held: dict[str, Any] = dict.fromkeys(native)
        created = _instant(row["created_at"])
        facts = [Fact(Evidence(created, source="created"), None, self._ref(row["created_by"]))]
        mine = (change for change in changes if change["field"] in held)
        for revision, together in groupby(mine, key=lambda change: change["revision"]):
            for change in together:
                held[change["field"]] = json.loads(change["value"])
            value = self.decode(field.name, list(held.values()))
            when = Evidence(_instant(change["at"]), source=f"change:{revision}")
            if when.at == created and len(facts) == 1 and facts[0].value is None:
                facts.clear()
            facts.append(Fact(when, value, self._ref(change["actor"])))
        return tuple(facts)

    def _refs(self, field: str, raw: Any) -> Iterable[PersonRef]:
        for item in raw if isinstance(raw, list) else [raw]:
            text = "" if item is None else str(item).strip()
            if text in self.people:
                yield self.people[text]
                continue
            # Only an owner is ever several people in one text (decision 13).
            for name in _SEPARATOR.split(text) if field == "owner" else [text]:
                if name:
                    yield PersonRef(email=name) if "@" in name else PersonRef(name=name)

    def _ref(self, user: str) -> PersonRef:
        return self.people.get(user, PersonRef(id=user, name=user))

    def _message(self, row: Row) -> Message | None:
        if row["author"] == ACCOUNT:
            return None
        inbound = row["author"] in self.customers
        marker, text = (None, row["body"]) if inbound else self.vocabulary.marker(row["body"])
        native = self.vocabulary.native and (inbound or bool(row["public"]))
        if marker is None and not native:
            return None
        sender = self._ref(row["author"])
        return Message(
            id=str(row["id"]),
            when=Evidence(_instant(row["created_at"]), source=f"comment:{row['id']}"),
            sender=sender,
            text=text,
            marker=marker,
            native=native,
            inbound=inbound,
            automated=sender.kind is PersonKind.BOT,
            edited_at=_instant(row["edited_at"]) if row["edited_at"] else None,
        )


def living_note(comments: Sequence[Row]) -> NoteSeen | None:
    """The living note among a ticket's comments: the oldest, should there be several."""
    notes = [note for note in map(_note_seen, comments) if note is not None]
    return replace(notes[0], twins=tuple(twin.id for twin in notes[1:])) if notes else None


def _note_seen(row: Row) -> NoteSeen | None:
    """The living note, where this comment is it: ours, with the marker in its last line."""
    lines = row["body"].strip().splitlines()
    found = _MARKER_LINE.fullmatch(lines[-1].strip()) if lines and row["author"] == ACCOUNT else None
    return NoteSeen(str(row["id"]), found.group(1)) if found else None


def note_body(text: str, digest: str) -> str:
    """The living note as it is written, its marker in the last line."""
    return f"{text.rstrip()}\n\nescsync-note {digest}"


def _person(row: Row) -> PersonRef:
    return PersonRef(
        row["id"], row["name"], row["email"], PersonKind(row["kind"]), row["inactive_since"] is None
    )


def _instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)

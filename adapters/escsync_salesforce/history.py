"""Histories: what a field held since when, rebuilt from the rows that Salesforce keeps of tracked fields."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from escsync.adapter import Evidence, Fact, Grade, History, PersonRef, Touch, Value

from . import ids, instants, values
from .schema import Column, Schema

_ASSIGNED = ("ownerassignment", "owneraccepted", "ownerescalated")
"""Changes of the owner by a rule, by taking over from a queue, by an escalation."""

_MOST_AT_ONCE = 6
"""More changes of one field within a second are taken in the order in which they come, or not at all."""


class Unintelligible(ValueError):
    """A case that cannot be read; the others can."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the field that changed, with both values."""

    at: datetime
    id: str
    actor: PersonRef | None
    field: str
    old: Any
    new: Any

    @property
    def empty(self) -> bool:
        """Does it tell only that something changed, as of a long text?"""
        return self.old is None and self.new is None

    @property
    def named(self) -> bool:
        """Does it name people or records by id, rather than by what they are called?"""
        return all(side is None or ids.is_id(side) for side in (self.old, self.new)) and not self.empty


@dataclass(frozen=True, slots=True)
class Step:
    """One change, decoded; it was later than *after* where nobody recorded when it was."""

    at: datetime
    source: str
    actor: PersonRef | None
    old: Value
    new: Value
    after: datetime | None = None


class Rows:
    """All rows of one case, by field."""

    def __init__(self, raw: Iterable[Mapping[str, Any]], schema: Schema) -> None:
        self.by_field: dict[str, list[Row]] = {}
        for one in raw:
            if one.get("IsDeleted") is True:
                continue
            at = instants.moment(one.get("CreatedDate"))
            if at is None:
                raise Unintelligible("a change without a readable time")
            creator = one.get("CreatedBy")
            shown = creator if isinstance(creator, dict) else {}
            actor = schema.person(one.get("CreatedById"), shown)
            name = str(one.get("Field") or "")
            field = "owner" if name.casefold() in _ASSIGNED else name.casefold()
            row = Row(at, str(one.get("Id") or ""), actor, field, one.get("OldValue"), one.get("NewValue"))
            self.by_field.setdefault(field, []).append(row)
        for rows in self.by_field.values():
            rows.sort(key=lambda row: (row.at, row.id))

    def of(self, column: Column, schema: Schema) -> list[Row]:
        """The rows of one field."""
        return [row for name in schema.traces(column) for row in self.by_field.get(name, ())]


def learn(rows: Rows, schema: Schema) -> None:
    """Remember since when each field is known to leave rows, where nobody tells which fields are tracked."""
    if schema.tracked is not None:
        return
    for name, found in rows.by_field.items():
        first = found[0].at.isoformat()
        if name not in schema.since or first < schema.since[name]:
            schema.since[name] = first


@dataclass(frozen=True, slots=True)
class Past:
    """One case's past: *born* when and made by whom, and the *rows* of what was changed."""

    row: Mapping[str, Any]
    rows: Rows
    born: Evidence
    maker: PersonRef | None

    def of(self, name: str, current: Value, schema: Schema) -> History | None:
        """The whole past of the canonical field *name*, its value at creation included; None where it is not told."""
        columns = schema.columns[name]
        if not all(column.own for column in columns):
            return None
        tracks: list[list[Step]] = []
        firsts: list[Value] = []
        for column in columns:
            now = current if len(columns) == 1 else values.of(name, (column,), self.row, schema)
            track = self._track(name, column, now, schema)
            if track is None and tracks:
                track = self._beside(column, now, schema)
            if track is None:
                return None
            tracks.append(track)
            firsts.append(track[0].old if track else now)
        facts = [Fact(self.born, _together(firsts), self.maker)]
        held = list(firsts)
        steps = sorted(
            ((step, n) for n, track in enumerate(tracks) for step in track), key=lambda one: one[0].at
        )
        for step, number in steps:
            held[number] = step.new
            told = _together(held)
            if values.core(told) != values.core(facts[-1].value):
                facts.append(Fact(self._when(step), told, step.actor))
        # The case itself tells its value of today better than the record of the change does.
        facts[-1] = Fact(facts[-1].when, current, facts[-1].actor)
        return tuple(facts)

    def touch(self, name: str, schema: Schema) -> Touch | None:
        """The last change of *name* whose values no row tells, as of a long text."""
        rows = [row for column in schema.columns[name] for row in self.rows.of(column, schema)]
        last = max(rows, key=lambda row: row.at, default=None)
        return Touch(last.at, last.actor) if last is not None and last.empty else None

    def _track(self, name: str, column: Column, now: Value, schema: Schema) -> list[Step] | None:
        """The changes of one field, oldest first; None where they are not told, or do not fit together."""
        if not column.remembered:
            return None
        rows = self.rows.of(column, schema)
        if not rows:
            return [] if self._untouched(column, schema) else None
        chain = chained(_decoded(name, column, rows, schema))
        if chain is None or values.core(chain[-1].new) != values.core(now):
            return None
        return chain

    def _beside(self, column: Column, now: Value, schema: Schema) -> list[Step] | None:
        """The changes of a further field of owners that has no history: blank it was never filled, filled it was so
        by the case's last change at the latest; None where its rows tell of more than that.
        """
        rows = self.rows.of(column, schema)
        if any(not row.empty for row in rows) or (rows and now is None):
            return None
        place = f"{ids.long(self.row.get('Id'))}.{column.name}"
        if now is None:
            schema.beside.pop(place, None)
            return []
        if rows:
            # A long text's rows tell when and by whom, and not what.
            return [Step(rows[-1].at, f"history:{rows[-1].id}", rows[-1].actor, None, now)]
        last = instants.moment(self.row.get("SystemModstamp")) or self.born.at
        word = hashlib.sha256(str(values.core(now)).encode(errors="replace")).hexdigest()[:12]
        known, at = schema.beside.get(place, ("", ""))
        if known == word:
            # Later changes, our own among them, must not date it anew.
            return [Step(min(datetime.fromisoformat(at), last), "", None, None, now, self.born.at)]
        schema.beside[place] = (word, last.isoformat())
        return [Step(last, "", None, None, now, self.born.at)]

    def _when(self, step: Step) -> Evidence:
        """A row that was loaded with a date of its own must not date a change before the case was."""
        at = max(step.at, self.born.at)
        if step.after is None or step.after >= at:
            return Evidence(at, source=step.source)
        return Evidence(at, step.after, Grade.B)

    def _untouched(self, column: Column, schema: Schema) -> bool:
        """Is it sure that no row means no change?"""
        names = schema.traces(column)
        if schema.tracked is not None:
            return any(name in schema.tracked for name in names)
        since = min((schema.since[name] for name in names if name in schema.since), default=None)
        return since is not None and datetime.fromisoformat(since) <= self.born.at


def _decoded(name: str, column: Column, rows: Sequence[Row], schema: Schema) -> list[Step]:
    if column.type == "reference":
        return _people(name, column, rows, schema)
    return [
        Step(
            row.at,
            f"history:{row.id}",
            row.actor,
            values.decode(name, column, row.old, schema),
            values.decode(name, column, row.new, schema),
        )
        for row in rows
        if not row.empty
    ]


def _people(name: str, column: Column, rows: Sequence[Row], schema: Schema) -> list[Step]:
    """A lookup's change leaves two rows, of ids and of names: the ids count, the names are lent to them."""
    by_id = [row for row in rows if row.named]
    by_name = [row for row in rows if not row.named and not row.empty]
    chosen = by_id or by_name
    if not column.person and not name.endswith(".id"):
        chosen = by_name or by_id
    found = []
    for row in chosen:
        if column.person:
            old, new = (_ref(row, which, by_name, schema) for which in ("old", "new"))
            found.append(Step(row.at, f"history:{row.id}", row.actor, old, new))
        else:
            found.append(Step(row.at, f"history:{row.id}", row.actor, _word(row.old), _word(row.new)))
    return found


def _word(side: Any) -> str | None:
    return (ids.long(side) or side.strip() or None) if isinstance(side, str) else None


def _ref(row: Row, which: str, by_name: Sequence[Row], schema: Schema) -> tuple[PersonRef, ...] | None:
    side = getattr(row, which)
    if not isinstance(side, str) or not side.strip():
        return None
    if not ids.is_id(side):
        return (PersonRef(name=side.strip()),)
    twins = {str(getattr(other, which)) for other in by_name if other.at == row.at and getattr(other, which)}
    shown = {"Name": twins.pop()} if len(twins) == 1 and ids.long(side) not in schema.people else None
    ref = schema.person(side, shown)
    # Whether somebody is active is known of today, not of then.
    return (PersonRef(ref.id, ref.name, ref.email, ref.kind),) if ref is not None else None


def chained(steps: Sequence[Step]) -> list[Step] | None:
    """*steps* in the one order in which each begins with what the one before ended with; None where there is none.

    Rows carry whole seconds, and their order within one is not told.
    """
    found: list[Step] = []
    for _, group in groupby(steps, key=lambda step: step.at):
        ordered = _linked(found[-1] if found else None, list(group))
        if ordered is None:
            return None
        found += ordered
    return found or None


def _linked(before: Step | None, steps: list[Step]) -> list[Step] | None:
    if not steps:
        return []
    for number, step in enumerate(steps):
        if before is None or values.core(step.old) == values.core(before.new):
            rest = _linked(step, steps[:number] + steps[number + 1 :])
            if rest is not None:
                return [step, *rest]
        if len(steps) > _MOST_AT_ONCE:
            break
    return None


def _together(held: Sequence[Value]) -> Value:
    return held[0] if len(held) == 1 else values.joined(list(held))

"""Plans as JSON: what `plan` prints and saves, and `apply` reads back exactly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, assert_never

from escsync.domain.evidence import iso
from escsync.domain.fields import FIELDS, FieldKind, Stage
from escsync.domain.people import PersonKind, PersonRef
from escsync.domain.plan import Change, Create, Draft, Edit, Move, Plan, SetField, WriteNote
from escsync.domain.ticket import TicketRef, Value, plain

SCHEMA = 1
JSON = dict[str, Any]


class NotAPlan(ValueError):
    """A file that is no saved plan; its text says what was found where."""


def planned(plans: Iterable[Plan], at: datetime) -> JSON:
    """The document of `plan`, complete enough for `apply`."""
    plans = list(plans)
    return {
        "schema": SCHEMA,
        "at": iso(at),
        "changes": [_change(change) for plan in plans for change in plan.changes],
        "withheld": [
            {**_change(held.change), "reason": held.reason} for plan in plans for held in plan.withheld
        ],
    }


def load(text: str) -> tuple[datetime, dict[str, Plan]]:
    """When a saved plan was made, and its changes per tracker; NotAPlan says why it cannot be read."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAPlan("this is not JSON; a plan is written by `escsync plan --out FILE`") from error
    if not isinstance(document, dict) or not isinstance(document.get("changes"), list):
        raise NotAPlan("there is no list of changes; a plan is written by `escsync plan --out FILE`")
    if document.get("schema") != SCHEMA:
        raise NotAPlan(f"its schema is {document.get('schema')!r}; this escsync reads schema {SCHEMA}")
    made = _instant(document.get("at"))
    if made is None:
        raise NotAPlan('"at" must say when the plan was made, as 2026-03-03T09:00:00Z')
    changes: dict[str, list[Change]] = {}
    for number, raw in enumerate([*document["changes"], *_limited(document.get("withheld"))]):
        change = _read_change(raw, f"changes[{number}]")
        changes.setdefault(change.tracker, []).append(change)
    return made, {name: Plan(changes=tuple(made)) for name, made in changes.items()}


def _change(change: Change) -> JSON:
    return {
        "id": change.id,
        "key": change.ticket.key,
        "tracker": change.tracker,
        "based_on": change.based_on,
        "version": change.version,
        "edits": [edit_json(edit) for edit in change.edits],
        "because": list(change.because),
    }


def edit_json(edit: Edit) -> JSON:
    """One edit as the interface writes it; `people` keeps what names alone would lose."""
    match edit:
        case SetField(field, old, new):
            told = {"kind": "set", "field": field, "old": plain(old), "new": plain(new)}
            people = {"old": _people(old), "new": _people(new)}
            return {**told, "people": people} if FIELDS[field].kind is FieldKind.PEOPLE else told
        case Move(old, new):
            return {"kind": "move", "field": "stage", "old": old, "new": new.value}
        case WriteNote(text, digest, old, at):
            told = {"kind": "note", "field": "note", "old": old, "new": text, "digest": digest}
            return {**told, "note": at} if at else told
        case Create(draft):
            return {
                "kind": "create",
                "field": "record",
                "old": None,
                "new": {name: plain(value) for name, value in draft.values.items()},
                "key": draft.key,
                "parent": None if draft.parent is None else [draft.parent.id, draft.parent.key],
                "people": {
                    name: _people(value)
                    for name, value in draft.values.items()
                    if FIELDS[name].kind is FieldKind.PEOPLE
                },
            }
        case _:
            assert_never(edit)


def _people(value: Value) -> list[JSON]:
    if not isinstance(value, tuple):
        return []
    return [
        {"id": ref.id, "name": ref.name, "email": ref.email, "kind": ref.kind.value, "active": ref.active}
        for ref in value
        if isinstance(ref, PersonRef)
    ]


def _limited(withheld: object) -> list[object]:
    """What only a limit kept back: `apply` judges by the limits of its own time."""
    held = withheld if isinstance(withheld, list) else []
    return [one for one in held if str(_mapping(one).get("reason")).startswith("limit:")]


def _read_change(raw: object, where: str) -> Change:
    if not isinstance(raw, dict):
        raise NotAPlan(f"{where} is not an object")
    tracker = _text(raw, "tracker", where)
    prefix, _, native = _text(raw, "id", where).partition(":")
    if prefix != tracker or not native:
        raise NotAPlan(f'{where}.id must be "{tracker}:" and the native id')
    edits, because = raw.get("edits"), raw.get("because")
    if not isinstance(edits, list) or not edits:
        raise NotAPlan(f"{where}.edits must be a list with at least one edit")
    if not isinstance(because, list) or not all(isinstance(code, str) for code in because):
        raise NotAPlan(f"{where}.because must be a list of finding codes")
    return Change(
        tracker=tracker,
        ticket=TicketRef(native, _text(raw, "key", where)),
        based_on=_text(raw, "based_on", where),
        edits=tuple(_read_edit(edit, f"{where}.edits[{n}]") for n, edit in enumerate(edits)),
        because=tuple(because),
        version=_text(raw, "version", where) if "version" in raw else "",
    )


def _read_edit(raw: object, where: str) -> Edit:
    if not isinstance(raw, dict):
        raise NotAPlan(f"{where} is not an object")
    match raw.get("kind"):
        case "set":
            name = _field(_text(raw, "field", where), where)
            people = _mapping(raw.get("people"))
            return SetField(
                name,
                _value(name, raw.get("old"), people.get("old"), f"{where}.old"),
                _value(name, raw.get("new"), people.get("new"), f"{where}.new"),
            )
        case "move":
            new = _text(raw, "new", where)
            if new not in set(Stage):
                raise NotAPlan(f"{where}.new: {new!r} is no stage")
            return Move(_text(raw, "old", where), Stage(new))
        case "note":
            old = raw.get("old")
            if old is not None and not isinstance(old, str):
                raise NotAPlan(f"{where}.old must be a text or null")
            at = _text(raw, "note", where) if "note" in raw else ""
            return WriteNote(_text(raw, "new", where), _text(raw, "digest", where), old, at)
        case "create":
            people = _mapping(raw.get("people"))
            values = {
                _field(name, where): _value(name, value, people.get(name), f"{where}.new.{name}")
                for name, value in _mapping(raw.get("new")).items()
            }
            return Create(Draft(_text(raw, "key", where), values, _parent(raw.get("parent"), where)))
        case kind:
            raise NotAPlan(f"{where}.kind is {kind!r}; known are set, move, note and create")


def _parent(raw: object, where: str) -> TicketRef | None:
    match raw:
        case None:
            return None
        case [str(native), str(key)]:
            return TicketRef(native, key)
        case _:
            raise NotAPlan(f"{where}.parent must be null or [id, key]")


def _value(name: str, raw: object, people: object, where: str) -> Value:
    """*raw* in the form of its field; an unreadable text stays the text that it was on the tracker."""
    if raw is None:
        return None
    if isinstance(raw, list) and FIELDS[name].kind is FieldKind.PEOPLE:
        return (
            tuple(_person(ref, where) for ref in people) if isinstance(people, list) else _names(raw, where)
        )
    if isinstance(raw, list):
        return tuple(_string(item, where) for item in raw)
    if isinstance(raw, bool):
        return raw
    text = _string(raw, where)
    match FIELDS[name].kind:
        case FieldKind.INSTANT:
            return _instant(text) or _day(text) or text
        case FieldKind.DAY:
            return _day(text) or text
        case FieldKind.NUMBER:
            try:
                return Decimal(text)
            except InvalidOperation:
                return text
        case _:
            return text


def _names(raw: Sequence[object], where: str) -> tuple[PersonRef, ...]:
    return tuple(PersonRef(id=_string(item, where)) for item in raw)


def _person(raw: object, where: str) -> PersonRef:
    told = _mapping(raw)
    try:
        kind = PersonKind(str(told.get("kind", "human")))
    except ValueError as error:
        raise NotAPlan(f"{where}: {told.get('kind')!r} is no kind of person") from error
    active = told.get("active")
    return PersonRef(
        id=str(told.get("id", "")),
        name=str(told.get("name", "")),
        email=str(told.get("email", "")),
        kind=kind,
        active=active if isinstance(active, bool) else None,
    )


def _field(name: str, where: str) -> str:
    if name not in FIELDS:
        raise NotAPlan(f"{where}: {name!r} is no canonical field")
    return name


def _text(raw: Mapping[str, Any], name: str, where: str) -> str:
    return _string(raw.get(name), f"{where}.{name}")


def _string(raw: object, where: str) -> str:
    if not isinstance(raw, str):
        raise NotAPlan(f"{where} must be a text")
    return raw


def _mapping(raw: object) -> Mapping[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _instant(raw: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(raw) if isinstance(raw, str) and "T" in raw else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None


def _day(raw: str) -> date | None:
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None

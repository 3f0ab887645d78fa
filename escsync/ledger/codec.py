"""Values, facts, messages and tickets as JSON, and back to equal ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from escsync.domain.communication import Element, Message, MessageKind, Reading
from escsync.domain.evidence import Evidence, Grade
from escsync.domain.fields import Stage
from escsync.domain.people import PersonKind, PersonRef
from escsync.domain.ticket import Fact, NoteSeen, Status, Ticket, Value

Json = Any
_GRADES = {grade.value: grade for grade in Grade}


def dumps(content: Json) -> str:
    """*content* in its one compact form: equal content gives equal text, plain ASCII whatever a tracker sends."""
    return json.dumps(content, separators=(",", ":"), sort_keys=True)


def from_value(value: Value) -> Json:
    """A value with its type: texts and flags as they are, everything else as a pair in an object."""
    match value:
        case None | str() | bool():
            return value
        case Decimal():
            return {"n": str(value)}
        case datetime():
            return {"t": value.isoformat()}
        case date():
            return {"d": value.isoformat()}
        case Status():
            return {"s": [value.id, value.name, value.stage, value.done]}
        case tuple():
            people = [from_person(item) for item in value if isinstance(item, PersonRef)]
            return {"p": people} if people else {"c": list(value)}
    raise TypeError(f"a field holds a {type(value).__name__}, which is no kind of value")


def to_value(content: Json) -> Value:
    """The value that *from_value* wrote."""
    if not isinstance(content, dict):
        plain: Value = content
        return plain
    ((kind, told),) = content.items()
    match kind:
        case "n":
            return Decimal(told)
        case "t":
            return datetime.fromisoformat(told)
        case "d":
            return date.fromisoformat(told)
        case "s":
            return Status(told[0], told[1], Stage(told[2]) if told[2] else None, told[3])
        case "p":
            return tuple(to_person(item) for item in told)
        case "c":
            return tuple(told)
    raise ValueError(f"no value of kind {kind!r}")


def from_person(person: PersonRef) -> Json:
    """A person as a tracker names one."""
    return [person.id, person.name, person.email, person.kind, person.active]


def to_person(content: Json) -> PersonRef:
    """The person that *from_person* wrote; one value for the many facts that name the same person."""
    return _person(*content)


@lru_cache(maxsize=4096)
def _person(id: str, name: str, email: str, kind: str, active: bool | None) -> PersonRef:
    return PersonRef(id, name, email, PersonKind(kind), active)


def from_evidence(evidence: Evidence) -> Json:
    """When, and how well that is known."""
    after = evidence.after.isoformat() if evidence.after else None
    return [evidence.at.isoformat(), after, evidence.grade, evidence.source]


def to_evidence(content: Json) -> Evidence:
    """The evidence that *from_evidence* wrote; one value for the many facts of the same change."""
    return _evidence(*content)


@lru_cache(maxsize=4096)
def _evidence(at: str, after: str | None, grade: str, source: str) -> Evidence:
    return Evidence(datetime.fromisoformat(at), _instant(after), _GRADES[grade], source)


def from_fact(fact: Fact) -> Json:
    """One entry of a field's past."""
    return [
        from_evidence(fact.when),
        from_value(fact.value),
        from_person(fact.actor) if fact.actor else None,
    ]


def to_fact(content: Json) -> Fact:
    """The fact that *from_fact* wrote."""
    return Fact(to_evidence(content[0]), to_value(content[1]), to_person(content[2]) if content[2] else None)


def from_message(message: Message) -> Json:
    """A message, its text included as given."""
    claimed = {"claimed": _iso(message.claimed)} if message.claimed else {}
    return {
        **claimed,
        "id": message.id,
        "when": from_evidence(message.when),
        "sender": from_person(message.sender),
        "text": message.text,
        "marker": message.marker,
        "native": message.native,
        "inbound": message.inbound,
        "automated": message.automated,
        "edited_at": _iso(message.edited_at),
        "url": message.url,
    }


def to_message(content: Json) -> Message:
    """The message that *from_message* wrote."""
    return Message(
        content["id"],
        to_evidence(content["when"]),
        to_person(content["sender"]),
        content["text"],
        MessageKind(content["marker"]) if content["marker"] else None,
        content["native"],
        content["inbound"],
        content["automated"],
        _instant(content["edited_at"]),
        content["url"],
        _instant(content.get("claimed")),
    )


def from_reading(reading: Reading) -> Json:
    """What a message was seen to contain."""
    return {
        "elements": sorted(reading.elements),
        "placeholder": reading.placeholder,
        "team": reading.team,
        "substance": reading.substance,
        "names": sorted(reading.names),
        "dates": [day.isoformat() for day in reading.dates],
        "hits": list(reading.hits),
        "digest": reading.digest,
    }


def to_reading(content: Json) -> Reading:
    """The reading that *from_reading* wrote."""
    return Reading(
        frozenset(Element(element) for element in content["elements"]),
        content["placeholder"],
        content["team"],
        content["substance"],
        frozenset(content["names"]),
        tuple(date.fromisoformat(day) for day in content["dates"]),
        tuple(content["hits"]),
        content["digest"],
    )


def from_ticket(ticket: Ticket) -> Json:
    """A ticket without its messages: those are kept one by one."""
    apart = {"apart": True, "heard": ticket.heard} if ticket.apart else {}
    return {
        **apart,
        "id": ticket.id,
        "key": ticket.key,
        "url": ticket.url,
        "created_at": _iso(ticket.created_at),
        "updated_at": _iso(ticket.updated_at),
        "entered_at": from_evidence(ticket.entered_at) if ticket.entered_at else None,
        "in_scope": ticket.in_scope,
        "version": ticket.version,
        "values": {name: from_value(value) for name, value in ticket.values.items()},
        "history": {name: [from_fact(fact) for fact in facts] for name, facts in ticket.history.items()},
        "note": ticket.note.plain() if ticket.note else None,
        "unreadable": dict(ticket.unreadable),
    }


def to_note(content: Json) -> NoteSeen | None:
    """The living note that `NoteSeen.plain` gave this content for."""
    if not content:
        return None
    id, told, *twins = content
    return NoteSeen(id, told, tuple(twins[0]) if twins else ())


def to_ticket(
    content: Json, messages: tuple[Message, ...] = (), observed: Mapping[str, tuple[Fact, ...]] | None = None
) -> Ticket:
    """The ticket that *from_ticket* wrote, with its *messages*, and what polls *observed* of untold fields."""
    told = {name: tuple(map(to_fact, facts)) for name, facts in content["history"].items()}
    return Ticket(
        content["id"],
        content["key"],
        content["url"],
        datetime.fromisoformat(content["created_at"]),
        {name: to_value(value) for name, value in content["values"].items()},
        _instant(content["updated_at"]),
        to_evidence(content["entered_at"]) if content["entered_at"] else None,
        content["in_scope"],
        content["version"],
        {**(observed or {}), **told},
        messages,
        to_note(content["note"]),
        content["unreadable"],
        content.get("apart", False),
        content.get("heard", True),
    )


def _iso(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None

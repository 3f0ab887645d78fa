"""What is kept of customers' words: hashes, unless `store_text` is on."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from escsync.domain.communication import Message
from escsync.domain.fields import FIELDS
from escsync.domain.missing import blank
from escsync.domain.people import PersonRef
from escsync.domain.ticket import Fact, Ticket, Value

_PRIVATE = frozenset(field.name for field in FIELDS.values() if field.private)
_MARK = "sha256:"


def hidden(value: Value) -> Value:
    """*value* as a hash: still equal to itself and still not missing, but nobody's words.

    Blank and placeholder texts say nothing of a customer and stay, because they are findings.
    """
    if isinstance(value, str):
        if blank(value) or value.startswith(_MARK):
            return value
        return _MARK + hashlib.sha256(value.encode(errors="backslashreplace")).hexdigest()
    if isinstance(value, tuple):
        return tuple(_hidden_item(item) for item in value)  # type: ignore[return-value]  # of one kind, as it was
    return value


def discreet(ticket: Ticket) -> Ticket:
    """*ticket* with its private fields hidden, in their past too."""
    names = _PRIVATE & (ticket.values.keys() | ticket.history.keys())
    if not names:
        return ticket
    values = {name: hidden(value) if name in names else value for name, value in ticket.values.items()}
    history = {
        name: tuple(Fact(fact.when, hidden(fact.value), fact.actor) for fact in facts)
        if name in names
        else facts
        for name, facts in ticket.history.items()
    }
    return replace(ticket, values=values, history=history)


def wordless(message: Message) -> Message:
    """*message* without its text, and without a customer's name and address."""
    sender = message.sender
    if message.inbound:
        sender = PersonRef(sender.id, "a customer", "", sender.kind, sender.active)
    return replace(message, text="", sender=sender)


def _hidden_item(item: str | PersonRef) -> str | PersonRef:
    if isinstance(item, PersonRef):
        return PersonRef(item.id, str(hidden(item.name)), str(hidden(item.email)), item.kind, item.active)
    return str(hidden(item))

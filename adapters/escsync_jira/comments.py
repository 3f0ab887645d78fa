"""Comments: which of them are messages to the customer, and which one is escsync's own note."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from escsync.adapter import Evidence, Message, NoteSeen, PersonKind, PersonRef

from . import adf, instants, wiki
from .changelog import Unintelligible
from .schema import Schema

MARKER = "escsync-note"
_NOTE = re.compile(rf"{MARKER} ([0-9A-Za-z_.:-]+)")
INTERNAL = "sd.public.comment"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a ticket's project makes of comments: in a *service_desk* they reach the *reporter*."""

    service_desk: bool
    reporter: str
    key: str


def read(
    raw: Iterable[Mapping[str, Any]], desk: Desk, schema: Schema
) -> tuple[tuple[Message, ...], NoteSeen | None]:
    """The messages in their order, and the note: the oldest, should there be several."""
    messages: list[Message] = []
    notes: list[NoteSeen] = []
    for comment in raw:
        author = comment.get("author")
        sender = schema.person(author) if isinstance(author, dict) else PersonRef(name="Anonymous")
        text = body(comment.get("body"))
        if sender.id and sender.id == schema.me:
            notes.extend(filter(None, [_note(comment, text)]))
        elif (message := _message(comment, sender, text, desk, schema)) is not None:
            messages.append(message)
    note = replace(notes[0], twins=tuple(twin.id for twin in notes[1:])) if notes else None
    return tuple(sorted(messages, key=lambda message: message.when.at)), note


def body(raw: object) -> str:
    """A comment's text in plain lines."""
    return wiki.plain(raw) if isinstance(raw, str) else adf.plain(raw)


def public(comment: Mapping[str, Any]) -> bool:
    """Does a service desk show it to the customer? What is restricted to a role or group, it does not."""
    if comment.get("visibility"):
        return False
    if isinstance(comment.get("jsdPublic"), bool):
        return bool(comment["jsdPublic"])
    return not internal(comment)


def internal(comment: Mapping[str, Any]) -> bool:
    """Is it flagged as internal?"""
    properties = comment.get("properties")
    for entry in properties if isinstance(properties, list) else ():
        if isinstance(entry, dict) and entry.get("key") == INTERNAL:
            value = entry.get("value")
            return isinstance(value, dict) and value.get("internal") in (True, "true")
    return False


def _message(
    comment: Mapping[str, Any], sender: PersonRef, text: str, desk: Desk, schema: Schema
) -> Message | None:
    marker, rest = schema.vocabulary.marker(text)
    native = schema.vocabulary.native and desk.service_desk and public(comment)
    if marker is None and not native:
        return None
    created = instants.moment(comment.get("created"), schema.zone)
    if created is None:
        raise Unintelligible("a comment without a readable time")
    updated = instants.moment(comment.get("updated"), schema.zone)
    id = str(comment.get("id") or "")
    author = comment.get("author")
    customer = isinstance(author, dict) and author.get("accountType") == "customer"
    return Message(
        id=id,
        when=Evidence(created, source=f"comment:{id}"),
        sender=sender,
        text=rest,
        marker=marker,
        native=native,
        inbound=customer or (desk.service_desk and bool(sender.id) and sender.id == desk.reporter),
        automated=sender.kind is PersonKind.BOT,
        edited_at=updated if updated is not None and updated > created else None,
        url=f"{schema.base}/browse/{desk.key}?focusedCommentId={id}",
    )


def _note(comment: Mapping[str, Any], text: str) -> NoteSeen | None:
    lines = text.rstrip().splitlines()
    found = _NOTE.fullmatch(lines[-1].strip()) if lines else None
    return NoteSeen(str(comment.get("id") or ""), found[1]) if found else None

"""Comments: which of them are messages to the customer, and which one is escsync's own note."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from escsync.adapter import Evidence, Message, NoteSeen, PersonKind, PersonRef

from . import instants, richtext
from .codec import Unintelligible
from .schema import Schema

MARKER = "escsync-note"
_NOTE = re.compile(rf"{MARKER} ([0-9A-Za-z_.:-]+)")

Said = tuple[tuple[Message, ...], NoteSeen | None]
"""A page's messages and its note."""


def messages(raw: Iterable[Mapping[str, Any]], schema: Schema, url: str = "") -> tuple[Message, ...]:
    """What others said, in its order."""
    found = (
        _message(comment, richtext.plain(comment.get("rich_text")), schema, url)
        for comment in raw
        if not _is_ours(comment, schema)
    )
    return tuple(sorted((one for one in found if one is not None), key=lambda message: message.when.at))


def notes(raw: Iterable[Mapping[str, Any]], schema: Schema) -> list[NoteSeen]:
    """The notes that our own account wrote, the oldest first: that one counts, the others are its twins."""
    ours = [comment for comment in raw if _is_ours(comment, schema)]
    ours.sort(key=lambda comment: str(comment.get("created_time")))
    found = (_note(comment, richtext.plain(comment.get("rich_text"))) for comment in ours)
    return [note for note in found if note is not None]


def _is_ours(comment: Mapping[str, Any], schema: Schema) -> bool:
    author = comment.get("created_by")
    return isinstance(author, dict) and author.get("id") == schema.me


def strangers(raw: Iterable[Mapping[str, Any]], schema: Schema) -> Iterator[str]:
    """Those who wrote messages and of whom the comments tell neither kind nor name."""
    for comment in raw:
        author = comment.get("created_by")
        marker, _ = schema.vocabulary.marker(richtext.plain(comment.get("rich_text")))
        if marker and isinstance(author, dict) and schema.is_stranger(author) and not _shown(comment)[1]:
            yield str(author["id"])


def body(text: str, digest: str) -> dict[str, Any]:
    """The living note; its last line is how it is known again."""
    return {"rich_text": richtext.runs(f"{text}\n\n{MARKER} {digest}")}


def _message(comment: Mapping[str, Any], text: str, schema: Schema, url: str) -> Message | None:
    marker, rest = schema.vocabulary.marker(text)
    if marker is None:
        return None
    created = instants.moment(comment.get("created_time"))
    if created is None:
        raise Unintelligible("a comment without a readable time")
    edited = instants.moment(comment.get("last_edited_time"))
    id = str(comment.get("id") or "")
    sender = _sender(comment, schema)
    return Message(
        id=id,
        when=Evidence(created, source=f"comment:{id}"),
        sender=sender,
        text=rest,
        marker=marker,
        automated=sender.kind is PersonKind.BOT,
        edited_at=edited if edited is not None and edited > created else None,
        url=url,
    )


def _sender(comment: Mapping[str, Any], schema: Schema) -> PersonRef:
    """Who wrote it. A comment shows its author as a mere id, and beside it what it is shown as."""
    author = comment.get("created_by")
    kind, shown = _shown(comment)
    if not isinstance(author, dict) or not isinstance(author.get("id"), str):
        return PersonRef(name=shown or "Unknown", kind=PersonKind.BOT if kind else PersonKind.HUMAN)
    ref = schema.person(author)
    named = ref.name if ref.name != ref.id else shown or ref.name
    # Only integrations choose what they are shown as.
    bot = ref.kind is PersonKind.BOT or kind in ("integration", "custom")
    return PersonRef(ref.id, named, ref.email, PersonKind.BOT if bot else ref.kind, ref.active)


def _shown(comment: Mapping[str, Any]) -> tuple[str, str]:
    told = comment.get("display_name")
    if not isinstance(told, dict):
        return "", ""
    kind, name = told.get("type"), told.get("resolved_name")
    return str(kind or ""), name if isinstance(name, str) else ""


def _note(comment: Mapping[str, Any], text: str) -> NoteSeen | None:
    lines = text.rstrip().splitlines()
    found = _NOTE.fullmatch(lines[-1].strip()) if lines else None
    return NoteSeen(str(comment.get("id") or ""), found[1]) if found else None

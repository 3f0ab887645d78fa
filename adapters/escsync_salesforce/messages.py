"""Messages: which mails and comments told the customer something, and which comment is escsync's own note."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from escsync.adapter import Evidence, Message, NoteSeen, PersonKind, PersonRef

from . import ids, instants, markup
from .history import Unintelligible
from .schema import Schema

MARKER = "escsync-note"
_NOTE = re.compile(rf"{MARKER} ([0-9A-Za-z_.:-]+)")
_SENT = "3"
_SOON = timedelta(minutes=5)
"""A mail is stored shortly after it was sent; a longer way is told by the record, not by the mail."""
_AUTOMATIC = re.compile(
    r"^(auto-submitted:\s*auto-|x-autoreply:|x-autorespond:|precedence:\s*(auto_reply|bulk))",
    re.IGNORECASE | re.MULTILINE,
)
_NOBODY = re.compile(
    r"(no-?reply|do-?not-?reply|mailer-daemon|postmaster|bounces?)([+._-].*)?@.*", re.IGNORECASE
)

Raw = Mapping[str, Any]


def of_comments(rows: Sequence[Raw], schema: Schema) -> list[Message]:
    """The messages among a case's comments; our own account's words are none."""
    found = (_comment(row, schema) for row in _present(rows) if not _ours(row, schema))
    return [message for message in found if message is not None]


def note_of(rows: Sequence[Raw], schema: Schema) -> NoteSeen | None:
    """Escsync's own note among a case's comments: the first, should there be several."""
    own = [row for row in _present(rows) if _ours(row, schema) and row.get("IsPublished") is not True]
    own.sort(key=lambda row: (str(row.get("CreatedDate")), str(row.get("Id"))))
    notes = [note for row in own if (note := _note(row)) is not None]
    return replace(notes[0], twins=tuple(twin.id for twin in notes[1:])) if notes else None


def of_mails(rows: Iterable[Raw], schema: Schema) -> list[Message]:
    """The mails that were sent or received; drafts were not."""
    if not schema.vocabulary.native:
        return []
    found = (_mail(row, schema) for row in _present(rows))
    return [message for message in found if message is not None]


def strangers(rows: Iterable[Raw], schema: Schema) -> set[str]:
    """Addresses from which mails were sent that are not their creator's: whose are they?"""
    found = set()
    for row in _present(rows):
        sent, creator = _address(row), _creator(row).get("Email")
        if sent and row.get("Incoming") is not True and sent != str(creator).casefold():
            found.add(sent)
    return found - schema.senders.keys()


def _present(rows: Iterable[Raw]) -> Iterable[Raw]:
    return (row for row in rows if row.get("IsDeleted") is not True)


def _ours(row: Raw, schema: Schema) -> bool:
    return ids.long(row.get("CreatedById")) == schema.me


def _comment(row: Raw, schema: Schema) -> Message | None:
    marker, rest = schema.vocabulary.marker(_lines(row.get("CommentBody")))
    native = schema.vocabulary.native and row.get("IsPublished") is True
    if marker is None and not native:
        return None
    created, id = _created(row), ids.long(row.get("Id"))
    updated = instants.moment(row.get("LastModifiedDate"))
    shown = _creator(row)
    sender = schema.person(row.get("CreatedById"), shown) or PersonRef(name="Somebody")
    customer = schema.customer(shown)
    return Message(
        id=id,
        when=Evidence(created, source=f"comment:{id}"),
        sender=sender,
        text=rest,
        marker=marker,
        native=native,
        inbound=customer,
        automated=sender.kind is PersonKind.BOT and not customer,
        # Publishing changes a comment, too: what the customer could not see then was not said then.
        edited_at=updated if updated is not None and updated > created else None,
        url=f"{schema.base}/{id}",
    )


def _mail(row: Raw, schema: Schema) -> Message | None:
    incoming = row.get("Incoming") is True
    if not incoming and str(row.get("Status")) != _SENT:
        return None
    id = ids.long(row.get("Id"))
    text = _lines(row.get("TextBody"))
    if not text and isinstance(row.get("HtmlBody"), str):
        text = markup.plain(row["HtmlBody"])
    marker, rest = schema.vocabulary.marker(text)
    creator = schema.person(row.get("CreatedById"), _creator(row))
    automated = not incoming and _automated(row, creator)
    sent, claimed = _sent(row)
    return Message(
        id=id,
        when=Evidence(sent, source=f"email:{id}"),
        sender=_writer(row) if incoming else _sender(row, creator, schema),
        text=rest,
        marker=marker,
        native=True,
        inbound=incoming,
        automated=automated,
        url=f"{schema.base}/{id}",
        claimed=claimed,
    )


def _automated(row: Raw, creator: PersonRef | None) -> bool:
    """Did a machine answer? Its own headers say so, or its address, or the user that ran it and nobody's name on it."""
    headers, sent = row.get("Headers"), _address(row)
    if isinstance(headers, str) and _AUTOMATIC.search(headers):
        return True
    if _NOBODY.fullmatch(sent):
        return True
    # An integration may file a mail for the person who sent it, and the person's address is on it (decision 21);
    # the automated process has only the organisation's.
    kind = _creator(row).get("UserType")
    return creator is not None and creator.kind is PersonKind.BOT and (kind == "AutomatedProcess" or not sent)


def _writer(row: Raw) -> PersonRef:
    name = row.get("FromName")
    return PersonRef(name=name if isinstance(name, str) else "", email=_address(row))


def _sender(row: Raw, creator: PersonRef | None, schema: Schema) -> PersonRef:
    """The person of the address; failing that, who created the record (decision 21)."""
    sent = _address(row)
    if creator is not None and (not sent or sent == str(_creator(row).get("Email")).casefold()):
        return creator
    native = schema.senders.get(sent, "")
    if native and (found := schema.person(native)) is not None:
        return PersonRef(
            found.id, found.name if found.name != found.id else str(row.get("FromName") or found.name), sent
        )
    if creator is None or creator.kind is PersonKind.BOT:
        return _writer(row)
    return creator


def _sent(row: Raw) -> tuple[datetime, datetime | None]:
    """When it was sent, and when it claims to have been where that is another time: anybody who creates the record
    can choose MessageDate."""
    created, told = _created(row), instants.moment(row.get("MessageDate"))
    if told is None or abs(created - told) <= _SOON:
        return max(told or created, created), None
    return created, told


def _created(row: Raw) -> datetime:
    created = instants.moment(row.get("CreatedDate"))
    if created is None:
        raise Unintelligible("a message without a readable time")
    return created


def _creator(row: Raw) -> Raw:
    shown = row.get("CreatedBy")
    return shown if isinstance(shown, dict) else {}


def _address(row: Raw) -> str:
    raw = row.get("FromAddress")
    return raw.strip().casefold() if isinstance(raw, str) else ""


def _lines(raw: object) -> str:
    return raw.replace("\r\n", "\n").replace("\r", "\n") if isinstance(raw, str) else ""


def _note(row: Raw) -> NoteSeen | None:
    lines = _lines(row.get("CommentBody")).rstrip().splitlines()
    found = _NOTE.fullmatch(lines[-1].strip()) if lines else None
    return NoteSeen(ids.long(row.get("Id")), found[1]) if found else None

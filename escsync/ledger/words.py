"""Words: texts and ids as every database takes them, whatever a tracker sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from escsync.domain.people import PersonRef
from escsync.domain.ticket import Ticket

_LONGEST = 800
"""Bytes of an id: three of them fit into one entry of PostgreSQL's index."""


def encodable(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
) -> tuple[str, Any]:
    """Half a character, as JSON can carry it (`\\ud800`), and the character zero are no text for a database: each
    becomes a question mark. A listener before each statement."""
    rows = parameters if many else [parameters]
    if all(_plain(value) for row in rows for value in _told(row)):
        return statement, parameters
    whole = [_whole(row) for row in rows]
    return statement, whole if many else whole[0]


def findable(ids: Iterable[str]) -> None:
    """ValueError where one of these cannot be kept as it is and found again: mended or cut it would be another's."""
    if not all(map(_keepable, ids)):
        raise ValueError("an id that no database keeps")


def named_by(ticket: Ticket) -> Iterator[str]:
    """The ids by which the ledger finds again what this ticket shows."""
    yield ticket.id
    for message in ticket.messages:
        yield message.id
    for value in ticket.values.values():
        for ref in value if isinstance(value, tuple) else ():
            if isinstance(ref, PersonRef):
                yield ref.id


def _keepable(text: str) -> bool:
    if "\0" in text:
        return False
    if text.isascii():
        return len(text) <= _LONGEST
    try:
        return len(text.encode()) <= _LONGEST
    except UnicodeEncodeError:
        return False


def _plain(value: Any) -> bool:
    return not isinstance(value, str) or (value.isascii() and "\0" not in value)


def _told(row: Any) -> Any:
    return row.values() if isinstance(row, dict) else row


def _whole(row: Any) -> Any:
    if isinstance(row, dict):
        return {name: _mended(value) for name, value in row.items()}
    return tuple(map(_mended, row))


def _mended(value: Any) -> Any:
    return value.encode(errors="replace").decode().replace("\0", "?") if isinstance(value, str) else value

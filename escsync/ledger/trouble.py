"""Trouble: a database's errors in our words; neither a statement, which may hold values, nor a password is repeated."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, SQLAlchemyError

from .errors import Busy, LedgerError

_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
_STATES = {
    "55P03": ("is locked by another program", "wait for it to end"),
    "40P01": ("is locked by another program", "wait for it to end"),
    "40001": ("is written by another program", "run the same command again"),
    "25006": ("may not be written", "name the primary server: this one is a copy that only reads"),
    "25P": ("gave up this transaction, which had rested for too long", "run the same command again"),
    "28": ("does not let this user in", "see that user and password are right"),
    "3F": ("has no schema to work in", "create it, or correct the user's search_path"),
    "3D": ("does not exist", "create it: createdb"),
    "42501": ("may not be used by this user", "grant the user the right to create and write tables"),
    "42": ("has other tables than this escsync knows", "run `escsync ledger check`"),
    "53": ("has no room left for more", "see to its disk, its memory and its number of connections"),
    "54": ("was given more than it can hold in one row", "run `escsync ledger check`"),
    "57": ("was shut down in the middle", "run the same command again: nothing is half written"),
    "08": ("was lost in the middle", "run the same command again: nothing is half written"),
}
"""What PostgreSQL's states mean, by their beginning: what is the matter, and what to do."""
_FILE = "see that the place exists, may be written and has room, and that no other program locks it"
_SERVER = (
    "see that the server runs, that its name and port are right, and that nothing on the way shuts it off"
)
_PASSING = {"55P03", "40P01", "40001", "25P"}
"""Those that are over as soon as the other program has done its work."""


@contextmanager
def in_our_words(url: URL) -> Iterator[None]:
    """Raise what a database refuses as LedgerError."""
    try:
        yield
    except SQLAlchemyError as error:
        raise told(error, url) from None


def named(url: URL) -> str:
    """The ledger's address without its password, and without its options, which may hold one too."""
    return url.set(query={}).render_as_string(hide_password=True)


def told(error: SQLAlchemyError, url: URL) -> LedgerError:
    """What a person is told of *error*."""
    cause: Any = error.orig if isinstance(error, DBAPIError) else None
    state = getattr(cause, "sqlstate", None) or ""
    for beginning, (what, remedy) in _STATES.items():
        if state.startswith(beginning):
            kind = Busy if beginning in _PASSING else LedgerError
            return kind(f"the ledger {named(url)} {what}", remedy=remedy)
    if getattr(cause, "sqlite_errorname", "").startswith(_BUSY):
        return Busy(
            f"the ledger {named(url)} cannot be used: {cause}",
            remedy="wait for the other program that locks it to end",
        )
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        what, remedy = _STATES["08"]
        return LedgerError(f"the ledger {named(url)} {what}", remedy=remedy)
    if isinstance(cause, sqlite3.OperationalError) and not getattr(cause, "sqlite_errorname", ""):
        # The driver's own, who found bytes that are no text, and repeats them.
        return LedgerError(
            f"the ledger {named(url)} is damaged: a text in it is none",
            remedy="run `escsync ledger rebuild`, or restore the last backup",
        )
    if isinstance(error, OperationalError) and not state:
        return LedgerError(
            f"the ledger {named(url)} cannot be used: {_said(cause, url)}",
            remedy=_FILE if url.get_backend_name() == "sqlite" else _SERVER,
        )
    if type(error) is DatabaseError:  # its subclasses tell of statements, it tells of the file itself
        return LedgerError(
            f"the ledger {named(url)} is damaged, or no ledger: {cause}",
            remedy="run `escsync ledger rebuild`, or restore the last backup",
        )
    kind_of = f"{type(error).__name__} {state}".strip()
    return LedgerError(f"the ledger refused a statement ({kind_of})", remedy="run `escsync ledger check`")


def _said(cause: object, url: URL) -> str:
    """The driver's own first line: a connection that fails tells of no values, and must not tell the password."""
    text = " ".join(str(cause).partition("\n")[0].split())
    secrets = [str(url.password or ""), *map(str, url.query.values())]
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text

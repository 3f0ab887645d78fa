"""Addresses: the ledger's URL and those of whom to notify."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path as FilePath

from .document import Document
from .problem import Path, Problem, nearest

_LEDGERS = ("sqlite", "postgresql+psycopg")
_ALIKE = {"sqlite+pysqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def ledger_problems(document: Document, url: str) -> Iterator[Problem]:
    """What is wrong with the ledger's address; the address itself may hold a password and is not repeated."""
    scheme, found, rest = url.partition("://")
    if not found:
        yield document.problem(("ledger",), "is no database URL; write sqlite:///escsync.db")
    elif scheme not in _LEDGERS:
        near = _ALIKE.get(scheme) or nearest(scheme, _LEDGERS)
        said = "is neither sqlite:///FILE nor postgresql+psycopg://USER@HOST/DATABASE"
        yield document.problem(("ledger",), said, f"{near}://..." if near else "")
    elif scheme == "sqlite" and (not rest.startswith("/") or not rest.strip("/").partition("?")[0]):
        yield document.problem(("ledger",), "names no file; write sqlite:///escsync.db, with three slashes")


def ledger_url(url: str, folder: FilePath) -> str:
    """*url*, the file of a SQLite one taken relative to *folder* (decision 75)."""
    scheme, _, rest = url.partition("://")
    name, mark, query = rest.removeprefix("/").partition("?")
    if scheme != "sqlite" or name == ":memory:" or name.startswith("file:"):
        return url
    return f"sqlite:///{os.path.normpath(folder / name)}{mark}{query}"


def notify_problems(document: Document, section: object) -> Iterator[Problem]:
    """Addresses that are none; they may hold credentials and are not repeated."""
    for who, urls in section.items() if isinstance(section, dict) else ():
        for i, url in enumerate(urls if isinstance(urls, list) else ()):
            where: Path = ("notify", who, i)
            if isinstance(url, str) and not _SCHEME.match(url):
                yield document.problem(
                    where, "is no Apprise URL; write for example mailto://... or slack://..."
                )

"""Exposure: passwords, tokens and keys that are written out in the file, which is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from escsync.secrets import refers

from .confidence import depth, in_url, secretive
from .document import Document
from .problem import Path, Problem

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,}")
_REMEDY = "write ${env:NAME} or ${file:PATH}"
_REASON = "A configuration is copied, mailed and put into repositories; whoever reads it would hold the key."


def exposed(document: Document, data: Mapping[str, Any]) -> Iterator[Problem]:
    """Every secret that stands in the file itself, in whichever tracker; the secret is not repeated."""
    trackers = data.get("trackers")
    for name, tracker in trackers.items() if isinstance(trackers, dict) else ():
        connection = tracker.get("connection") if isinstance(tracker, dict) else None
        yield from _connection(document, ("trackers", name, "connection"), connection)
    ledger = data.get("ledger")
    if isinstance(ledger, str) and any(in_url(ledger)):
        yield _told(document, ("ledger",), "holds a password in plain sight")
    notify = data.get("notify")
    for who, urls in notify.items() if isinstance(notify, dict) else ():
        for i, url in enumerate(urls if isinstance(urls, list) else [urls]):
            if isinstance(url, str) and (any(in_url(url)) or _token(url)):
                where: Path = ("notify", who, i) if isinstance(urls, list) else ("notify", who)
                yield _told(document, where, "holds credentials in plain sight")


def _told(document: Document, path: Path, said: str) -> Problem:
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    name = re.sub(r"\W+", "_", key).upper()
    remedy = f"Write ${{env:{name}}}, set that variable (or put it into .env), and have the secret itself replaced."
    return document.problem(path, f"{said}; {_REMEDY}", reason=_REASON, remedy=remedy)


def _connection(document: Document, path: Path, value: Any) -> Iterator[Problem]:
    if isinstance(value, (dict, list)):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _connection(document, (*path, key), each)
        return
    if isinstance(value, bool) or value is None:
        return
    if any(isinstance(part, str) and secretive(part) for part in path[3:]):
        if not refers(str(value)) or _plain(str(value)).replace("\0", "").strip():
            yield _told(document, path[: depth(path)], "is a secret and may not be written out")
    elif any(in_url(str(value))):
        yield _told(document, path, "holds a password in plain sight")


def _token(text: str) -> bool:
    """Does an address of a chat service carry its token in a part of its path?"""
    body = _plain(text).partition("://")[2].replace("\0", "")
    return any(any(ch.isdigit() for ch in word) or word.lower() != word for word in _TOKEN.findall(body))


def _plain(text: str) -> str:
    return re.sub(r"\$\{[^{}]*\}", "\0", text)

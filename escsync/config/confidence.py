"""Confidence: where a configuration may hold a secret, and what stands there, which no word may repeat."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from escsync.secrets import literal

_WORDS = r"token|passw|passphrase|passcode|secret|private[_-]?key|api[_-]?key|session[_-]?id|credential"
_SHORT = r"(?<![\w-])(?:pat|pwd)(?![\w-])"
_SECRET_KEY = re.compile(rf"{_WORDS}|{_SHORT}", re.IGNORECASE)
_GLUED = re.compile(rf"(?:{_WORDS}|{_SHORT})[\w-]*?[\"']?\s*[\s:=]\s*(.+)", re.IGNORECASE | re.DOTALL)
"""A key and its secret in one text: the blank after the colon was forgotten, or the colon."""
_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z_-]*[0-9]?")
OPEN = frozenset(
    {
        "url",
        "deployment",
        "email",
        "username",
        "timeout",
        "verify",
        "client_id",
        "api_version",
        "version",
        "path",
    }
)
"""Keys of a connection that hold no secret; of one that nobody knows yet, it is not told what it holds."""
_BARE = re.compile(r"\s*[^\s:@]*:(\S*)@\S*\s*")
"""An address whose scheme was forgotten, with a login."""
_PARAMETER = re.compile(r"[?&;](?:[^=&;]*(?:pass|pwd|token|secret|key)[^=&;]*)=([^&;#]+)", re.IGNORECASE)
_SHORTEST = 4


def secretive(name: str) -> bool:
    """Does *name* say that a secret is behind it?"""
    return _SECRET_KEY.search(name) is not None


def depth(path: tuple[str | int, ...]) -> int:
    """How far *path* may be told: up to the first key of a secret; what stands below it may be a part of one."""
    for i, part in enumerate(path):
        # A tracker may be called as its team likes.
        named = i == 1 and path[0] == "trackers" and len(path) > 2
        if isinstance(part, str) and secretive(part) and not named:
            return i + 1
    return len(path)


def _behind(path: tuple[str | int, ...]) -> bool:
    """Does what stands at *path* stand behind the key of a secret, or below it?"""
    last = path[depth(path) - 1] if path else None
    return isinstance(last, str) and secretive(last)


def shown_key(part: str) -> str:
    """A key as it may be told: of one that has a secret glued to it, its own word only."""
    found = _SECRET_KEY.search(part)
    return part if found is None or _PLAIN_KEY.fullmatch(part) else part[: found.end()]


def confidential(path: tuple[str | int, ...]) -> bool:
    """May what stands at *path* be a secret?"""
    keys = [part for part in path[: depth(path)] if isinstance(part, str)]
    if keys and (keys[0] == "notify" or secretive(keys[-1])):
        return True
    return (
        keys[:1] == ["trackers"] and keys[2:3] == ["connection"] and not (len(keys) > 3 and keys[3] in OPEN)
    )


def confided(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[str]:
    """Every text of *value*, which stands at *path*, that may be a secret and is written out."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from glued(str(key))
            if _behind(path) or (each is None and confidential((*path, key)) and not secretive(str(key))):
                yield str(key)
            yield from confided(each, (*path, key))
    elif isinstance(value, list):
        for i, each in enumerate(value):
            yield from confided(each, (*path, i))
    elif value is not None and not isinstance(value, bool):
        text = str(value)
        yield from (*glued(text), *in_url(text))
        if confidential(path) and literal(text).strip():
            yield text
            yield from (line.strip() for line in literal(text).splitlines())


def glued(text: str) -> Iterator[str]:
    """What stands behind the key of a secret in one and the same text."""
    for found in _GLUED.finditer(text):
        if written := literal(found[1]).strip(" \t\"'"):
            yield written


def in_url(text: str) -> Iterator[str]:
    """The passwords and tokens that an address has before its host, or as parameters."""
    # References go first: one that holds `:`, `@` or `/` must not be taken for a part of the address.
    plain = re.sub(r"\$\{[^{}]*\}", "\0", text)
    if "://" not in text:
        if bare := _BARE.fullmatch(plain):
            yield from (one for one in {bare[1], unquote(bare[1])} if one.replace("\0", "").strip())
        return
    try:
        password = urlsplit(plain).password
    except ValueError:
        # No address, but it may be the password that spoils it.
        password = "".join(re.findall(r"://[^/?#]*?:(.*)@", plain))
    for part in (password or "", *_PARAMETER.findall(plain)):
        yield from (written for written in {part, unquote(part)} if written.replace("\0", "").strip())


def without(text: str, secrets: Iterable[str]) -> str:
    """*text* without any of *secrets*; what is too short to be one is left."""
    for secret in sorted({one for one in secrets if len(one) >= _SHORTEST}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text

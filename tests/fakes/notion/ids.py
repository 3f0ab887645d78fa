"""Notion's ids: UUIDs, with or without dashes, and the short ids of properties."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container
from urllib.parse import quote

NIL = "0" * 32
_UUID = re.compile(r"[0-9a-f]{12}[1-8][0-9a-f]{3}[89ab][0-9a-f]{15}")
_SIGNS = [chr(code) for code in range(0x3A, 0x7F)]
"""What property ids are made of, as far as recorded ones show."""


def uuid_of(*words: object) -> str:
    """The UUID that these words always get."""
    raw = hashlib.sha256("/".join(map(str, words)).encode()).hexdigest()
    return dashed(raw[:12] + "8" + raw[13:16] + "8" + raw[17:32])


def dashed(raw: str) -> str:
    """Thirty-two hexadecimal digits in the usual groups."""
    return "-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]))


def proper(text: object) -> str | None:
    """The id that *text* spells, or None: Notion looks at a UUID's version and variant, too."""
    raw = text.replace("-", "").lower() if isinstance(text, str) else ""
    if len(raw) == 32 and (raw == NIL or _UUID.fullmatch(raw)):
        return dashed(raw)
    return None


def bare(uuid: str) -> str:
    """Without dashes, as addresses have it."""
    return uuid.replace("-", "")


def property_id(taken: Container[str], *words: object) -> str:
    """A short id that no other property has; most of its signs have to be encoded in an address."""
    for attempt in range(1000):
        raw = hashlib.sha256("/".join(map(str, (*words, attempt))).encode()).digest()
        made = "".join(_SIGNS[byte % len(_SIGNS)] for byte in raw[:4])
        if made not in taken:
            return made
    raise ValueError("no free property id")


def encoded(short: str) -> str:
    """A property's id as answers show it."""
    return quote(short, safe="~_-.!*'()")

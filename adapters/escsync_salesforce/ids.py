"""Salesforce's ids: 15 characters whose case counts, or 18 with a checksum of that case."""

from __future__ import annotations

import re

_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

USER, QUEUE = "005", "00G"


def is_id(raw: object) -> bool:
    """Has *raw* the form of an id?"""
    return isinstance(raw, str) and _ID.fullmatch(raw) is not None


def long(raw: object) -> str:
    """*raw* as an id of 18 characters; "" where it is none."""
    if not isinstance(raw, str) or not is_id(raw):
        return ""
    if len(raw) == 18:
        return raw
    short = raw[:15]
    return short + "".join(_checksum(short[at : at + 5]) for at in (0, 5, 10))


def _checksum(part: str) -> str:
    return _ALPHABET[sum(1 << place for place, ch in enumerate(part) if "A" <= ch <= "Z")]


def is_person(raw: object) -> bool:
    """Is *raw* the id of a user or a queue?"""
    return is_id(raw) and str(raw)[:3] in (USER, QUEUE)

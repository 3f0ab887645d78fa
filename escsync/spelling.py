"""Spelling: how people write numbers, yes and no, and names into trackers, read alike by every adapter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from escsync.domain.people import PersonRef

__all__ = ["number", "people", "yes"]

_YES = frozenset(["true", "yes", "y", "1", "on", "checked", "technical", "ja", "oui", "si", "sí", "sim"])
_NO = frozenset(["false", "no", "n", "0", "off", "unchecked", "nein", "non", "não", "nao"])
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_SEPARATORS = re.compile(r"\s*[/&,;\n]\s*|\s+and\s+", re.IGNORECASE)
_MAIL = re.compile(r"\S+@\S+\.\S+")
_LONGEST_NUMBER = 40
"""More digits than this are no amount but an attempt to fill the memory."""


def yes(word: str) -> bool | None:
    """What *word* says of a yes-or-no question; None where it says neither."""
    folded = word.strip().casefold()
    return True if folded in _YES else False if folded in _NO else None


def number(raw: Any) -> Decimal | None:
    """The number that *raw* is or spells, `1,250.50` included; None where it is none."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        return None
    written = str(raw).strip()
    if _GROUPED.fullmatch(written):
        written = written.replace(",", "")
    try:
        found = Decimal(written) if len(written) <= _LONGEST_NUMBER else Decimal("NaN")
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found.adjusted()) > _LONGEST_NUMBER:
        return None
    # 120000.0 and 120000 are one number, and must stay one in every digest.
    return Decimal(int(found)) if found == found.to_integral_value() else found.normalize()


def people(text: str, *, several: bool) -> Iterator[PersonRef]:
    """Whom *text* names: one person, or with *several* each of "Dana / Ana" (decision 13)."""
    for part in _SEPARATORS.split(text) if several else [text]:
        if word := part.strip():
            yield PersonRef(email=word) if _MAIL.fullmatch(word) else PersonRef(name=word)

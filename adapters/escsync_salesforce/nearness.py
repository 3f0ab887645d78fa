"""Nearness: what was probably meant by a record type or a status that the org does not know."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from escsync.web import tidy


def meant(word: str, names: Iterable[str], key: str, otherwise: str) -> str:
    """What to do about *word*, which stands at *key*: first what was probably meant, and else *otherwise*."""
    plain = {_letters(name): name for name in reversed(list(names)) if name}
    close = difflib.get_close_matches(_letters(word), plain, n=1, cutoff=0.65)
    said = tidy(plain[close[0]])[:80] if close else ""
    return f"did you mean {said!r}? Then correct {key}; or else: {otherwise}" if said else otherwise


def _letters(word: str) -> str:
    return "".join(ch for ch in word.casefold() if ch.isalnum())

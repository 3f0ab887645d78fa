"""Rich text: runs joined to plain lines, and plain lines cut into the runs that Notion takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

UNITS = 2000
"""So many UTF-16 units fit in one run."""
RUNS = 100
"""So many runs fit in one value."""
_JOINER = "\u200d"
_BACK = 40
"""A grapheme longer than that is cut all the same."""


def plain(raw: object) -> str:
    """The text of all runs; how they are split means nothing."""
    if not isinstance(raw, list):
        return ""
    return "".join(_words(run) for run in raw if isinstance(run, dict))


def runs(text: str) -> list[dict[str, Any]]:
    """*text* as runs, each short enough, none ending within a character that people see as one."""
    # A lone half of a surrogate pair cannot be sent at all.
    sound = text.encode("utf-16", "replace").decode("utf-16") if not _sound(text) else text
    return [{"type": "text", "text": {"content": piece}} for piece in _pieces(sound)]


def mentions(raw: object) -> int:
    """How many of the runs mention something; beyond 25 a page does not tell them all."""
    listed = raw if isinstance(raw, list) else []
    return sum(1 for run in listed if isinstance(run, dict) and run.get("type") == "mention")


def _words(run: dict[str, Any]) -> str:
    shown = run.get("plain_text")
    if isinstance(shown, str):
        return shown
    told = run.get("text")
    content = told.get("content") if isinstance(told, dict) else None
    return content if isinstance(content, str) else ""


def _sound(text: str) -> bool:
    return not any("\ud800" <= ch <= "\udfff" for ch in text)


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = _end(text, start)
        if end < len(text):
            end = _whole(text, start, end)
        yield text[start:end]
        start = end


def _end(text: str, start: int) -> int:
    """Where so many units are full; characters beyond the basic plane take two and are never halved."""
    units, end = 0, start
    while end < len(text):
        units += 2 if ord(text[end]) > 0xFFFF else 1
        if units > UNITS:
            break
        end += 1
    return end


def _whole(text: str, start: int, end: int) -> int:
    """The last place at or before *end* where no grapheme is cut."""
    for cut in range(end, max(start, end - _BACK), -1):
        if not _joined(text[cut - 1], text[cut]) and not _halves_a_flag(text, start, cut):
            return cut
    return end


def _joined(before: str, after: str) -> bool:
    """Do both belong to one grapheme, as far as accents, joiners, variants, skin tones and CR LF go?"""
    return (
        before == _JOINER
        or after == _JOINER
        or (before, after) == ("\r", "\n")
        or unicodedata.combining(after) != 0
        or unicodedata.category(after) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )


def _halves_a_flag(text: str, start: int, cut: int) -> bool:
    """A flag is two letters of its own alphabet; of several in a row only counting tells where one ends."""
    first = cut
    while first > start and "\U0001f1e6" <= text[first - 1] <= "\U0001f1ff":
        first -= 1
    return "\U0001f1e6" <= text[cut] <= "\U0001f1ff" and (cut - first) % 2 == 1

"""Makes text that came from a tracker safe to show: no control, colour or direction characters."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
"""Invisible, and part of correct spelling in several scripts."""
_SPACES = frozenset({"Cc", "Zl", "Zp"})
_DROPPED = frozenset({"Cf", "Co", "Cn"})


def shown(text: object, limit: int = 0) -> str:
    """*text* on one line, harmless on a terminal, cut with `…` after *limit* characters (0: never)."""
    raw = str(text)
    # A hostile text may have megabytes: only what can be seen is looked at.
    flat = " ".join("".join(map(_safe, raw[: limit * 8] if limit else raw)).split())
    return f"{flat[: limit - 1].rstrip()}…" if limit and len(flat) > limit else flat


def lines(text: str) -> list[str]:
    """*text* line by line, each harmless; its indentation stays."""
    return [
        "".join(" " if ch == "\t" else _safe(ch) for ch in line).rstrip()
        for line in text.replace("\r\n", "\n").split("\n")
    ]


def _safe(ch: str) -> str:
    if ch.isascii() and ch.isprintable():
        return ch
    category = unicodedata.category(ch)
    if category in _SPACES:
        return " "
    if category == "Cs":
        return "\ufffd"
    return "" if category in _DROPPED and ch not in _JOINERS else ch

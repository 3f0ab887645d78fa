"""Twins: one complaint that was logged twice (ENT-8). The earliest survives, and its clock counts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from .phrases import STOP_WORDS


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells two escalations apart: where each came from, whose it is, what it is about, since when.

    *source* and *gist* are as `source_of` and `gist_of` make them; *ended* says that nothing is owed on it any more.
    """

    id: str
    key: str
    account: str
    identified_at: datetime
    source: str = ""
    gist: str = ""
    ended: bool = False


class Marks:
    """All known escalations, found by source and by account; side exits are not among them."""

    def __init__(self, marks: Iterable[Mark] = ()) -> None:
        self._by_source: Mapping[str, list[Mark]] = defaultdict(list)
        self._by_account: Mapping[str, list[Mark]] = defaultdict(list)
        for mark in marks:
            if mark.source:
                self._by_source[mark.source].append(mark)
            if mark.account:
                self._by_account[mark.account].append(mark)

    def same(self, one: Mark) -> Mark | None:
        """The earliest other escalation of the very same message, thread or address, if it is earlier."""
        others = self._by_source.get(one.source, ()) if one.source else ()
        return _earliest(one, others)

    def alike(self, one: Mark, window: timedelta, similarity: float) -> Mark | None:
        """An earlier escalation of the same account, within *window*, that is about much the same."""
        others = self._by_account.get(one.account, ()) if one.account and one.gist else ()
        near = (m for m in others if one.identified_at - m.identified_at <= window and m.gist)
        # Comparing words is dear: only what could be the answer is compared.
        before = (m for m in near if (m.identified_at, m.id) < (one.identified_at, one.id))
        return _earliest(one, (m for m in before if _alike(one.gist, m.gist, similarity)))


def _earliest(one: Mark, others: Iterable[Mark]) -> Mark | None:
    before = [m for m in others if m.id != one.id and (m.identified_at, m.id) < (one.identified_at, one.id)]
    return min(before, key=lambda m: (m.identified_at, m.id), default=None)


def source_of(text: str) -> str:
    """A source link or Message-ID without what mail programs and browsers add to it."""
    bare = text.strip().strip("<>").casefold().removeprefix("mid:").rstrip("/")
    return re.sub(r"^https?://(www\.)?", "", bare)


def gist_of(summary: str, account: str) -> str:
    """The telling words of a summary, sorted; the account's own name tells nothing."""
    known = set(re.findall(r"\w+", account.casefold()))
    return " ".join(sorted(set(_telling(summary)) - known))


def _telling(summary: str) -> Iterator[str]:
    for word in re.findall(r"[^\W_]{3,}", summary.casefold()):
        if word not in STOP_WORDS:
            yield word


def _alike(a: str, b: str, similarity: float) -> bool:
    """Shared words, or likeness letter by letter so that inflections do not matter, of at least *similarity*."""
    one, two = set(a.split()), set(b.split())
    if (len(one & two) / len(one | two) if one | two else 0.0) >= similarity:
        return True
    letters = SequenceMatcher(None, a, b, autojunk=False)
    # The quick ones are never below the true one.
    quick = letters.real_quick_ratio() >= similarity and letters.quick_ratio() >= similarity
    return quick and letters.ratio() >= similarity

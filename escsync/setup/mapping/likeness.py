"""Likeness: how sure a name of a tracker means what one of our names means, and why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from .synonyms import NOISE

_WORDS = re.compile(r"[^\W_]+")
_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST = 80
"""Letters of a name that are looked at: what is longer is a sentence and no name."""
_TYPO = 0.86


@dataclass(frozen=True, slots=True)
class Likeness:
    """*confidence* is 0 to 100; *reason* is one clause that follows a name."""

    confidence: int = 0
    reason: str = ""


SAME, KNOWN, SIMILAR, PART = 95, 88, 70, 50


@lru_cache(maxsize=8192)
def words(name: str) -> tuple[str, ...]:
    """The words of *name*, whatever its case, accents, dashes and underscores: `Root_Cause__c` is root, cause."""
    bare = name[:_LONGEST].removesuffix("__c").removesuffix("__r").replace("ß", "ss").replace("œ", "oe")
    spaced = _BOUNDARY.sub(" ", bare)
    plain = "".join(ch for ch in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(ch))
    return tuple(_WORDS.findall(plain.casefold()))


@lru_cache(maxsize=65_536)
def likeness(name: str, own: tuple[str, ...], others: tuple[str, ...]) -> Likeness:
    """How sure *name* means the thing that is called *own* by us and *others* by other people."""
    mine = words(name)
    if not mine:
        return Likeness()
    best = Likeness()
    for ours, terms in ((True, own), (False, others)):
        for term in terms:
            found = _one(mine, term, ours)
            best = found if found.confidence > best.confidence else best
    return best


def same(name: str, terms: Iterable[str]) -> bool:
    """Is *name* one of *terms*, letter by letter?"""
    joined = "".join(words(name))
    return bool(joined) and any("".join(words(term)) == joined for term in terms)


def _one(mine: tuple[str, ...], term: str, ours: bool) -> Likeness:
    theirs = words(term)
    told = "the same name" if ours else "a usual name"
    if "".join(mine) == "".join(theirs):
        return Likeness(SAME if ours else KNOWN, told)
    bare = tuple(word for word in mine if word not in NOISE)
    if bare and bare == theirs:
        return Likeness((SAME if ours else KNOWN) - 5, told)
    joined, wanted = "".join(mine), "".join(theirs)
    if min(len(joined), len(wanted)) >= 5 and abs(len(joined) - len(wanted)) <= 3:
        matcher = SequenceMatcher(None, joined, wanted, autojunk=False)
        if matcher.quick_ratio() >= _TYPO and (ratio := matcher.ratio()) >= _TYPO:
            return Likeness(SIMILAR + round((ratio - _TYPO) * 50), f"nearly {term!r}")
    if len(wanted) >= (4 if ours else 5) and set(theirs) < set(mine):
        return Likeness(PART + round(25 * len(wanted) / len(joined)), f"has {term!r} in its name")
    return Likeness()

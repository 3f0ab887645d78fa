"""Options: which value of ours an option of a tracker means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from escsync.adapter import Field, FieldKind, canonical

from .likeness import likeness
from .synonyms import VALUES

_SURE = 70
_COMMON = frozenset(
    ["other", "unknown", "none", "low", "medium", "high", "done", "na", "open", "product", "policy"]
)
"""Options that many fields have: they tell nothing of the field."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of ours and the option, by name, that means it though it is called otherwise."""

    value: str
    option: str
    confidence: int

    @property
    def sure(self) -> bool:
        """Does it stand in the configuration, or is it left to a person?"""
        return self.confidence >= _SURE


@dataclass(frozen=True, slots=True)
class Understood:
    """How many *known* options *of* those that a field has mean a value of ours."""

    known: int = 0
    of: int = 0

    @property
    def share(self) -> float:
        """The known ones' share."""
        return self.known / self.of if self.of else 0.0


def choices(wanted: Field, options: Mapping[str, str]) -> tuple[Choice, ...]:
    """The options of a field that mean a value of *wanted* under another name; each option and value once."""
    names = sorted({name.strip() for name in options.values() if name.strip()})
    spoken = {known for name in names if (known := canonical(wanted, name)) is not None}
    if wanted.kind is FieldKind.FLAG or len({name.casefold() for name in names}) < len(names):
        return ()  # yes and no are known in every language; options that differ in case only cannot be told apart
    pairs = sorted(
        (
            (-sure, wanted.choices.index(value), value, name)
            for value in wanted.choices
            if value not in spoken
            for name in names
            if canonical(wanted, name) is None and (sure := _sure(value, name))
        ),
    )
    found: dict[str, Choice] = {}
    for negative, _, value, name in pairs:
        if value not in found and all(name != one.option for one in found.values()):
            found[value] = Choice(value, name, -negative)
    return tuple(found[value] for value in wanted.choices if value in found)


def understood(wanted: Field, options: Iterable[str]) -> Understood:
    """How much of *options* means something of *wanted*."""
    names = set(options)
    return Understood(sum(_known(wanted, name) for name in names), len(names))


def telling(wanted: Field, options: Iterable[str]) -> bool:
    """Do the options alone tell that it is *wanted*, however it is called?"""
    names = set(options)
    exact = {value for name in names if (value := canonical(wanted, name)) is not None} - _COMMON
    return len(exact) >= 3 or (len(exact) >= 2 and len(exact) == len(names))


def _known(wanted: Field, name: str) -> bool:
    return canonical(wanted, name) is not None or any(_sure(v, name) >= _SURE for v in wanted.choices)


def _sure(value: str, name: str) -> int:
    return min(likeness(name, (value,), VALUES.get(value, ())).confidence, 90)

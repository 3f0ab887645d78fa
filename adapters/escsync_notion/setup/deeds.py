"""Deeds: what would have to be done about a gap, and who can do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from escsync.offers import Gap, Key

from ..columns import Column
from . import blueprint
from .blueprint import Sketch


@dataclass(frozen=True, slots=True)
class Ensure:
    """A property to be there with these options. *id* is the one that is there; *settings* what naming it writes."""

    sketch: Sketch
    id: str = ""
    key: Key = ()
    words: tuple[str, ...] = ()
    """How the configuration names the field, where it names several properties."""
    settings: Mapping[Key, Any] = field(default_factory=dict)

    def settled(self, id: str) -> dict[Key, Any]:
        """What the configuration should say once the property has this *id*."""
        if not self.key:
            return dict(self.settings)
        if len(self.words) > 1:
            several = [id if word == self.sketch.name else word for word in self.words]
            return {**self.settings, self.key: several}
        return {**self.settings, self.key: id}


@dataclass(frozen=True, slots=True)
class Make:
    """The database, with all properties that nothing speaks against."""

    sketches: tuple[Sketch, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """A view: *kind* is board or overdue."""

    kind: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """A person has to do it."""


Deed: TypeAlias = Ensure | Make | Look | Nothing


@dataclass(frozen=True, slots=True)
class Lack:
    """One gap, and what makes it good."""

    gap: Gap
    deed: Deed


def adding(subject: str, sketch: Sketch, column: Column) -> Lack:
    """Options that a property lacks, to be added to those that it has."""
    listed = ", ".join(repr(one.name) for one in sketch.choices)
    what = f"options of the property {column.name!r}: {listed}"
    clicks = f"in Notion, open the menu of {column.name!r} > Edit property, and add {listed}"
    if len(column.options) + len(sketch.choices) > blueprint.MOST_OPTIONS:
        return by_hand(subject, f"{what}; it has too many for them to be added through the API", clicks)
    if any("," in one.name for one in sketch.choices):
        return by_hand(
            subject, f"{what}; Notion takes no commas there", "write other names in the configuration"
        )
    return Lack(Gap(f"{subject}:{column.id}", subject, what), Ensure(sketch, column.id))


def by_hand(subject: str, what: str, clicks: str) -> Lack:
    """Something that escsync cannot make."""
    return Lack(Gap(f"hand:{subject}", subject, what, by_hand=clicks), Nothing())

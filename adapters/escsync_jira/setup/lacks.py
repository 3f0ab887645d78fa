"""What is lacking for one wish: the field, some of its options, its place on the screens, or only the mapping."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from escsync.adapter import FieldKind, Vocabulary
from escsync.offers import Gap, Wish
from escsync.spelling import yes

from .. import schema as looks
from ..connection import Connection
from ..schema import DEFAULTS, Column
from . import blueprint
from .ground import Ground, server_options

_ID = re.compile(r"customfield_\d+|cf\[\d+\]")
_LISTED = ("select", "radiobuttons", "multiselect", "multicheckboxes")


@dataclass(frozen=True, slots=True)
class Lack:
    """*name* is what the field is or will be called, *column* the field where it exists, *box* a box of it.

    *place* is where the wish's own list of fields names it; *options* and *screens* are what has to be added.
    """

    id: str
    wish: Wish
    name: str
    box: str = ""
    place: int = 0
    column: Column | None = None
    options: tuple[str, ...] = ()
    screens: tuple[str, ...] = ()
    offer: bool = False
    """Does it stand on the screens, and is not offered to the project for all that?"""
    hidden: bool = False
    """Does nobody see it, and must a person put that right?"""
    settled: bool = False
    """Does the configuration name it already?"""

    @property
    def build(self) -> blueprint.Build:
        """How it is made."""
        return blueprint.build(self.wish, box=bool(self.box))

    @property
    def subject(self) -> str:
        """The key that asks for it."""
        return f"fields.{self.wish.wanted.name}"


class Wanting:
    """Compares wishes with the ground."""

    def __init__(self, connection: Connection, ground: Ground, vocabulary: Vocabulary) -> None:
        self._connection = connection
        self._ground = ground
        self._vocabulary = vocabulary

    def of(self, wish: Wish) -> Iterator[Lack | Gap]:
        """What a wish lacks: as a Lack where escsync may do something, as a Gap where only a person can."""
        name = wish.wanted.name
        native = name in DEFAULTS and wish.named in ((), DEFAULTS[name])
        if native or wish.wanted.kind is FieldKind.STAGE:
            return
        if not wish.named:
            yield from self._unmapped(wish)
        for place, spelling in enumerate(wish.named):
            word, box = looks.parted(spelling)
            suffix = f"#{place}" if place else ""
            yield from self._mapped(Lack(f"field:{name}{suffix}", wish, word, box, place))

    def _unmapped(self, wish: Wish) -> Iterator[Lack | Gap]:
        name, columns = wish.wanted.name, self._ground.columns
        lack = Lack(f"field:{name}", wish, wish.label)
        if own := self._own(name):
            yield self._compared(replace(lack, column=own, name=own.name))
            return
        alike = [one for one in columns if one.name.strip().casefold() == wish.label.casefold()]
        if self._ground.team:
            # There a field of everybody's does not count beside the project's own.
            alike = [one for one in alike if one.id in self._ground.shown] or alike
        fitting = [one for one in alike if blueprint.fits(one, wish.wanted)]
        if not alike:
            yield self._compared(lack)
        elif len(alike) == 1 and fitting:
            yield self._compared(replace(lack, column=fitting[0], name=fitting[0].name))
        else:
            shown = ", ".join(f"{one.id} ({one.form})" for one in alike[:6])
            fix = (
                f"map the right one: fields: {{{name}: {(fitting or alike)[0].id}}}; or rename those in Jira"
            )
            yield Gap(
                lack.id,
                lack.subject,
                f"fields named {wish.label!r} exist and none is surely meant: {shown}",
                fix,
            )

    def _mapped(self, lack: Lack) -> Iterator[Lack | Gap]:
        matches = looks.matching(lack.name, list(self._ground.columns))
        if not matches and lack.place == 0 and (own := self._own(lack.wish.wanted.name)):
            # People renamed what escsync made.
            yield self._compared(replace(lack, column=own, name=own.name))
        elif len(matches) > 1:
            ids = ", ".join(one.id for one in matches[:6])
            fix = f"map one by its id: fields: {{{lack.wish.wanted.name}: {matches[0].id}}}"
            yield Gap(lack.id, lack.subject, f"{lack.name!r} is the name of several fields: {ids}", fix)
        elif not matches and _ID.fullmatch(lack.name):
            fix = "correct the id; or remove the entry, then `escsync provision --apply` makes the field anew"
            yield Gap(lack.id, lack.subject, f"Jira has no field {lack.name}", fix)
        elif matches:
            yield self._compared(replace(lack, column=matches[0], name=matches[0].name, settled=True))
        else:
            yield self._compared(lack)

    def _own(self, name: str) -> Column | None:
        id = self._ground.marks.get(name)
        return next((one for one in self._ground.columns if one.id == id), None)

    def _compared(self, lack: Lack) -> Lack:
        ground, column = self._ground, lack.column
        if column is None:
            wanted = (
                (lack.box,) if lack.box else tuple(lack.wish.choices.values()) if lack.build.listed else ()
            )
            everywhere = ground.screens.ids if ground.screens else ()
            return replace(lack, options=tuple(dict.fromkeys(wanted)), screens=everywhere)
        ours = column.id in ground.marks.values()
        lack = replace(lack, options=self._options(lack, column, ours))
        if not column.id.startswith("customfield_") and column.id not in ("duedate", "labels"):
            return lack
        unseen = bool(ground.shown) and column.id not in ground.shown
        if ground.screens is None or not ground.screens.ids:
            return replace(lack, hidden=unseen)
        if not ground.cloud:
            # One form that shows it is enough for what others made; ours may have been interrupted half-way.
            lacking = ground.screens.lacking(column.id, everywhere=True) if unseen or ours else ()
            return replace(lack, screens=lacking, hidden=unseen and not lacking)
        lacking = ground.screens.lacking(column.id, everywhere=ours)
        placed = not ground.screens.lacking(column.id, everywhere=True)
        return replace(lack, screens=lacking, offer=unseen and placed)

    def _options(self, lack: Lack, column: Column, ours: bool) -> tuple[str, ...]:
        """The labels that are wanted and mean nothing that is there."""
        wish, kind = lack.wish, column.custom.rpartition(":")[2]
        if kind not in _LISTED or not (lack.box or wish.choices):
            return ()
        if wish.wanted.kind is FieldKind.CHECK and column.many and not lack.box:
            return ()
        known = self._known(column, ours)
        if known is None:
            return ()
        names = {name.strip().casefold() for name in known.values()}
        if lack.box:
            return () if lack.box.casefold() in names else (lack.box,)
        meant = {self._meaning(wish, id, name) for id, name in known.items()}
        return tuple(
            label
            for value, label in wish.choices.items()
            if value not in meant and label.strip().casefold() not in names
        )

    def _known(self, column: Column, ours: bool) -> Mapping[str, str] | None:
        told = looks.options(self._ground.shown.get(column.id))
        if told is None and self._ground.contexts is not None:
            return self._ground.contexts.options(column.id)
        if told is None and self._ground.admin:
            told = server_options(self._connection, column.id)
        return {} if told is None and ours else told

    def _meaning(self, wish: Wish, id: str, name: str) -> str:
        if wish.wanted.kind is FieldKind.FLAG:
            said = yes(self._vocabulary.choice(wish.wanted.name, id, name) or name)
            return {True: "yes", False: "no"}.get(said, "") if said is not None else ""
        return self._vocabulary.choice(wish.wanted.name, id, name)

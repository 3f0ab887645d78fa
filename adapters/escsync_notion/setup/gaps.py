"""What a database lacks: each wish held against it, and what would have to be done about it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence

from escsync.adapter import FIELDS, FieldKind, Vocabulary
from escsync.offers import Gap, Key, Wish
from escsync.spelling import yes

from .. import columns as looks
from ..columns import Column
from . import blueprint
from .blueprint import Choice, Sketch
from .deeds import Ensure, Lack, adding, by_hand
from .ground import Ground, Held, names

_CHOOSING = ("select", "multi_select", "status")
_NEAR = 0.85


class Gaps:
    """Wishes held against *ground*, None where there is no database yet. *beyond* tells what `Relation.Property` lacks.

    *claims*: the names, folded, that are spoken for -> their types, and what they are for.
    """

    def __init__(
        self,
        ground: Ground | None,
        vocabulary: Vocabulary,
        beyond: Callable[[str, Ground], str],
        claims: Mapping[str, tuple[str, str]],
    ) -> None:
        self._ground = ground
        self._vocabulary = vocabulary
        self._beyond = beyond
        self._planned = dict(claims)
        spelled = looks.spelled(vocabulary)
        words = [looks.parted(word)[0] for some in spelled.values() for word in some]
        mapped = [looks.matching(word, self._columns) for word in words]
        self._mapped = {column.id for some in mapped for column in some}

    @property
    def _columns(self) -> list[Column]:
        return self._ground.columns if self._ground else []

    def of(self, wish: Wish) -> Iterator[Lack]:
        """What is lacking for one wish."""
        if not wish.named:
            yield from self._unnamed(wish)
        for word in wish.named:
            yield from self._named(wish, word)

    def _named(self, wish: Wish, word: str) -> Iterator[Lack]:
        name, box = looks.parted(word)
        matches = looks.matching(name, self._columns)
        if len(matches) == 1:
            yield from self._there(wish, matches[0], box)
            return
        subject = f"fields.{wish.wanted.name}"
        if matches:
            ids = ", ".join(match.id for match in matches)
            yield by_hand(subject, f"{name!r} may be any of several properties", f"map one by its id: {ids}")
        elif name in ("title", "status", *looks.PAGE):
            return
        elif "." in name and any(
            looks.matching(name[:at], self._columns) for at, c in enumerate(name) if c == "."
        ):
            assert self._ground is not None
            if why := self._beyond(word, self._ground):
                hand = "add the property there in Notion, or map one of the database itself"
                yield by_hand(subject, why, hand)
        elif "." in name and self._ground is None:
            hand = f"write `{wish.wanted.name}: {wish.label}` and run `escsync provision` again"
            told = f"{name!r} leads to another database, and a new one has no relation to it"
            yield by_hand(subject, told, hand)
        elif near := difflib.get_close_matches(name, list(names(self._ground)), n=1, cutoff=_NEAR):
            hand = f"did you mean {near[0]!r}? Write that, or another name for a new property"
            yield by_hand(subject, f"the database has no property {name!r}", hand)
        elif blueprint.like_an_id(name):
            hand = "map another property; or remove the entry, then `escsync provision --apply` makes it anew"
            yield by_hand(subject, f"{name!r} looks like the id of a property that is gone", hand)
        else:
            yield self._new(wish, blueprint.sketch(wish, name, box), wish.named)

    def _unnamed(self, wish: Wish) -> Iterator[Lack]:
        """One that carries its mark, or is called so and fits, is found; else a new one gets a name that is free."""
        name, subject = wish.wanted.name, f"fields.{wish.wanted.name}"
        ground = self._ground
        ours = ground.marked(name) if ground else None
        some = [ours] if ours else ground.named(wish.label) if ground else []
        if not some:
            yield self._new(wish, blueprint.sketch(wish, wish.label), ())
            return
        fit = [
            one
            for one in some
            if not _why_not(name, one.column) and (one is ours or self._is_free(one, name))
        ]
        if len(some) == 1 and fit:
            column = fit[0].column
            gap = Gap(f"field:{name}", subject, f"property {column.name!r} ({column.type})", found=True)
            yield Lack(gap, Ensure(_as_it_is(name, column), column.id, ("fields", name)))
            yield from self._options(wish, column)
            return
        other = blueprint.free(wish.label, names(ground))
        why = _why_not(name, some[0].column) or "it stands for something else already"
        told = f"{wish.label!r} exists" + (f" {len(some)} times" if len(some) > 1 else f", but {why}")
        hand = (
            f"write `fields: {{{name}: {other}}}` and run `escsync provision` again, or map another property"
        )
        yield by_hand(subject, told, hand)

    def _is_free(self, held: Held, name: str) -> bool:
        """May a property be taken for the field *name*: is it nobody else's?"""
        column = held.column
        _, whose = self._planned.get(column.name.strip().casefold(), ("", name))
        spoken_for = column.id in self._mapped or whose != name or held.mark not in ("", name)
        return not spoken_for and column.type not in ("title", "relation")

    def _there(self, wish: Wish, column: Column, box: str) -> Iterator[Lack]:
        """A property that is mapped: can it hold the field, and has it the options?"""
        name, subject = wish.wanted.name, f"fields.{wish.wanted.name}"
        if why := _why_not(name, column):
            other = blueprint.free(wish.label, names(self._ground))
            hand = f"map another property, or write `fields: {{{name}: {other}}}` and run `escsync provision` again"
            yield by_hand(subject, f"{column.name!r}: {why}", hand)
        elif box:
            if column.type == "multi_select" and column.option(box) is None:
                yield self._adding(wish, column, (Choice(box, box, "blue"),))
        else:
            yield from self._options(wish, column)

    def _options(self, wish: Wish, column: Column) -> Iterator[Lack]:
        if column.type not in _CHOOSING or wish.wanted.kind is FieldKind.STAGE:
            return
        missing = [
            one for one in blueprint.choices(wish.choices) if not self._has(wish.wanted.name, column, one)
        ]
        if missing:
            yield self._adding(wish, column, tuple(missing))

    def _has(self, name: str, column: Column, choice: Choice) -> bool:
        if column.option(choice.name) is not None:
            return True
        meant = [self._vocabulary.choice(name, one.id, one.name) for one in column.options]
        if FIELDS[name].kind is FieldKind.FLAG:
            return any(yes(word) is (choice.value == "yes") for word in meant)
        return choice.value in meant

    def _adding(self, wish: Wish, column: Column, missing: tuple[Choice, ...]) -> Lack:
        sketch = Sketch(wish.wanted.name, column.name, column.type, missing)
        return adding(f"options.{wish.wanted.name}", sketch, column)

    def _new(self, wish: Wish, sketch: Sketch, words: tuple[str, ...]) -> Lack:
        """A property that is not there; two wishes may share one where its type suits both."""
        name, subject = wish.wanted.name, f"fields.{wish.wanted.name}"
        folded = sketch.name.strip().casefold()
        planned, whose = self._planned.setdefault(folded, (sketch.type, name))
        if whose != name and (planned != sketch.type or not words):
            hand = f"give it another name: `fields: {{{name}: ...}}`"
            return by_hand(subject, f"{sketch.name!r} is to be a {planned} for {whose} already", hand)
        if why := looks.unfit(name, Column("", sketch.name, sketch.type)):
            return by_hand(
                subject, f"{words[0] if words else sketch.name!r}: {why}", f"write `{name}: {wish.label}`"
            )
        if comma := next((one.name for one in sketch.choices if "," in one.name), ""):
            return by_hand(
                f"options.{name}",
                f"the option {comma!r} has a comma, which Notion takes in none",
                "rename it",
            )
        box = any("#" in word and looks.parted(word)[0] == sketch.name for word in words)
        id = f"field:{name}" if len(words) < 2 else f"field:{name}:{sketch.name}"
        # `Property#Option` stays as it is written: it names an option, too.
        key: Key = () if box else ("fields", name)
        what = f"property {sketch.name!r} ({sketch.type}{_listed(sketch.choices)})"
        return Lack(Gap(id, subject, what), Ensure(sketch, key=key, words=words))


def _why_not(name: str, column: Column) -> str:
    """Why a property cannot be used for a field."""
    if FIELDS[name].own and column.type in looks.READ_ONLY:
        return f"a {column.type} cannot be written"
    return looks.unfit(name, column)


def _as_it_is(key: str, column: Column) -> Sketch:
    return Sketch(key, column.name, column.type)


def _listed(choices: Sequence[Choice]) -> str:
    return f": {', '.join(one.name for one in choices)}" if choices else ""

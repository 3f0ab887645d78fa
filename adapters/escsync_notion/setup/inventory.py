"""The inventory: all that a database lacks for a pass and for the wishes, in the order in which it has to be made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from escsync.adapter import Rejected, Vanished, Vocabulary
from escsync.offers import Gap, Wish

from ..codec import Raw
from ..settings import NotionScope
from . import blueprint, essentials, views
from .deeds import Ensure, Lack, Look, Make, Nothing
from .gaps import Gaps
from .ground import Ground, Groundwork, names

_ALWAYS = ("owner",)
_AT_FIRST = ("owner", "description", "priority")
"""Fields that other trackers have by nature; a new database gets them, too."""
_NATIVE = ("summary", "stage")
"""Every database has a title, and its statuses are looked at by themselves."""


def lacks(
    ground: Ground | None,
    work: Groundwork,
    scope: NotionScope,
    vocabulary: Vocabulary,
    wishes: Sequence[Wish],
) -> list[Lack]:
    """The database first, where the configuration names none; its properties; its views, where it is escsync's own."""
    told = {wish.wanted.name for wish in wishes}
    first = [name for name in (_AT_FIRST if scope.unmade else _ALWAYS) if name not in told]
    labels = (wish.label for wish in wishes if not wish.named)
    named = blueprint.named(vocabulary, but="stage")
    taken = [*names(ground), *named, *labels, scope.key_property]
    found = list(essentials.statuses(ground, vocabulary, taken))
    found += essentials.numbers(ground, [*taken, *vocabulary.fields.get("stage", ())])
    fresh = ground is None
    claimed = essentials.claims(vocabulary, found, fresh=fresh)
    found += essentials.marks(ground, scope.key_property, claimed)
    claimed = essentials.claims(vocabulary, found, fresh=fresh, key_property=scope.key_property)
    gaps = Gaps(ground, vocabulary, work.beyond, claimed)
    for wish in (*blueprint.needed(first, vocabulary), *wishes):
        if wish.wanted.name not in _NATIVE:
            found += gaps.of(wish)
    if scope.unmade:
        found.insert(0, _database(ground, found))
    if ground is None or ground.ours:
        made = {lack.deed.sketch.key for lack in found if isinstance(lack.deed, Ensure)}
        found += _views(ground, work, vocabulary, made)
    return _distinct(found)


def _distinct(lacks: Sequence[Lack]) -> list[Lack]:
    """Each under an id of its own: two statuses of one stage may both be for a person to correct."""
    found: dict[str, Lack] = {}
    for lack in lacks:
        id = lack.gap.id
        while id in found:
            id += "+"
        found[id] = replace(lack, gap=replace(lack.gap, id=id))
    return list(found.values())


def _database(ground: Ground | None, others: Sequence[Lack]) -> Lack:
    """Statuses and numbers come after it: a workspace that refuses them keeps nothing else from being made."""
    if ground is not None:
        what = f"the database that escsync made below the page ({ground.database})"
        return Lack(Gap("database", "scope.database", what, found=True), Make())
    deeds = [lack.deed for lack in others if isinstance(lack.deed, Ensure)]
    sketches = [one.sketch for one in deeds if one.sketch.type not in ("status", "unique_id")]
    what = f"database {blueprint.DATABASE!r} below the page, with {len(sketches) + 1} properties"
    return Lack(Gap("database", "scope.database", what), Make(tuple(sketches)))


def _views(ground: Ground | None, work: Groundwork, vocabulary: Vocabulary, made: set[str]) -> Iterator[Lack]:
    """A board, and what is overdue: where the properties that they are about are there, or are *made*."""
    possible = [kind for kind, keys in views.ABOUT.items() if made & keys]
    known: list[Raw] | None = []
    if ground is not None:
        possible = [one for one in views.NAMES if one in possible or views.body(one, ground, vocabulary)]
        try:
            known = work.views(ground)
        except (Rejected, Vanished):
            known = None
    for kind in possible:
        gap = Gap(f"view:{kind}", "scope", f"view {views.NAMES[kind]!r}")
        if known is None:
            yield Lack(replace(gap, by_hand=views.clicks(kind)), Nothing())
        elif ground is None or views.standing(kind, ground, vocabulary, known) is None:
            yield Lack(gap, Look(kind))

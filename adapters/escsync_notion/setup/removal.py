"""Taking away what escsync made: nothing without its mark, and no database that holds a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from escsync.adapter import FIELDS, Field, FieldKind, Rejected, Stage, Vanished, canonical
from escsync.offers import Key, Provided

from .. import values
from ..codec import Raw
from ..columns import plain
from ..connection import Connection
from ..query import Query
from ..schema import by_id
from ..settings import NotionScope
from . import blueprint, views
from .blueprint import mark, marked
from .ground import Ground, Groundwork, Held
from .guide import UPDATE_CONTENT

_STAGE = Field("stage", FieldKind.CHOICE, tuple(Stage))
_WHAT = "taking away what was made"


class Removal:
    """What carries a mark, and the way to be rid of it."""

    def __init__(self, connection: Connection, work: Groundwork, scope: NotionScope) -> None:
        self._connection = connection
        self._work = work
        self._scope = scope

    def provided(self) -> Iterator[Provided]:
        """An empty database of ours goes as a whole, so that the trash keeps it as it was; else piece by piece."""
        ground = self._work.look()
        if ground is None:
            return
        pages = self._pages(ground)
        if ground.ours and not pages:
            yield self._database(ground, "")
            return
        yield from self._views(ground)
        for held in reversed(ground.held):
            if held.mark:
                kept = _copied(ground, held)
                settings = {} if kept else _settings(held)
                yield Provided(held.column.id, "property", _told(held, pages), settings, kept)
        yield from _options(ground)
        if ground.ours:
            yield self._database(ground, "it holds pages: move them to the trash in Notion first")

    def withdraw(self, one: Provided) -> None:
        """Look that it is still ours and still in nobody's way, and take it away; Vanished where it is gone already."""
        if one.kept:
            raise Rejected(f"{one.what}: {one.kept}", remedy=one.kept)
        ground = self._work.look()
        if ground is None:
            raise Vanished(f"{one.what}: its database is not there any more")
        match one.kind:
            case "view":
                self._drop_view(one)
            case "property":
                self._drop_property(one, ground)
            case "database":
                self._drop_database(one, ground)
            case _:
                raise Rejected(f"{one.what}: escsync does not take away a {one.kind}")

    def _database(self, ground: Ground, kept: str) -> Provided:
        settings: dict[Key, object] = {("scope", "database"): ground.database} if self._scope.page else {}
        for held in ground.held:
            settings |= _settings(held)
        return Provided(ground.database, "database", f"the database {blueprint.DATABASE!r}", settings, kept)

    def _views(self, ground: Ground) -> Iterator[Provided]:
        try:
            known = self._work.views(ground)
        except (Rejected, Vanished):
            return
        me = self._work.me()
        for raw in known:
            if views.is_ours(raw, me):
                yield Provided(str(raw.get("id")), "view", f"view {raw['name']!r}")

    def _pages(self, ground: Ground) -> list[Raw]:
        return Query(self._connection, ground.source, [], "looking what the database holds").newest()

    def _drop_view(self, one: Provided) -> None:
        raw = self._connection.get(f"views/{one.id}", what=_WHAT).mapping()
        if not views.is_ours(raw, self._work.me()):
            raise Rejected(f"{one.what}: it was made or renamed by somebody else meanwhile")
        self._connection.delete(f"views/{one.id}", what=_WHAT, needs=UPDATE_CONTENT)

    def _drop_property(self, one: Provided, ground: Ground) -> None:
        held = ground.of(one.id)
        if held is None:
            raise Vanished(f"{one.what}: it is not there any more")
        if kept := _copied(ground, held):
            raise Rejected(f"{one.what}: {kept}", remedy=kept)
        if not held.mark:
            remedy = "take it away in Notion, if nobody needs it: its menu > Delete property"
            raise Rejected(f"{one.what}: its description has lost escsync's mark", remedy=remedy)
        try:
            self._connection.patch(
                f"data_sources/{ground.source}",
                {"properties": {held.column.id: None}},
                what=_WHAT,
                needs=UPDATE_CONTENT,
            )
        except Rejected:
            # An answer that was lost, and the request made again: then it is gone.
            if self._work.again(ground).of(one.id) is not None:
                raise

    def _drop_database(self, one: Provided, ground: Ground) -> None:
        if not ground.ours or ground.database != one.id:
            raise Rejected(
                f"{one.what}: it does not carry escsync's mark", remedy="move it to the trash in Notion"
            )
        if self._pages(ground):
            remedy = "move its pages to the trash in Notion first"
            raise Rejected(f"{one.what}: it holds pages by now", remedy=remedy)
        if ground.beside:
            remedy = "take the other data sources away in Notion first"
            raise Rejected(f"{one.what}: it has other data sources as well", remedy=remedy)
        path = f"databases/{ground.database}"
        self._connection.patch(path, {"in_trash": True}, what=_WHAT, needs=UPDATE_CONTENT)


def _settings(held: Held) -> dict[Key, object]:
    """What the configuration says of it, where it says what provisioning wrote."""
    told: dict[Key, object] = {}
    if held.mark in FIELDS:
        told["fields", held.mark] = held.column.id
    if held.mark == "stage":
        for option in held.column.options:
            if stage := canonical(_STAGE, option.name):
                told["stages", str(stage)] = option.name
    return told


def _copied(ground: Ground, held: Held) -> str:
    """Whoever duplicates a property in Notion copies its mark: which of them is people's cannot be told."""
    several = len(ground.bearing(held.mark)) > 1 and bool(held.mark)
    return "several bear this mark: delete in Notion the one that nobody needs" if several else ""


def _told(held: Held, pages: Sequence[Raw]) -> str:
    filled = 0
    for raw in pages:
        entry = by_id(raw).get(plain(held.column.id), {})
        filled += values.bare(entry) not in (None, [], "", False)
    some = "100 pages or more" if len(pages) >= 100 else f"{len(pages)} pages"
    lost = f", filled in {filled} of {some}: what stands there is lost" if filled else ""
    return f"property {held.column.name!r} ({held.column.type}){lost}"


def _options(ground: Ground) -> Iterator[Provided]:
    """Options of ours in properties that are not: to drop one would empty every page that has chosen it."""
    for held in ground.held:
        for option in held.options:
            if not held.mark and mark(marked(option.get("description"))) == mark("option"):
                kept = f"delete it in Notion: the menu of {held.column.name!r} > Edit property"
                what = f"option {option['name']!r} of {held.column.name!r}"
                yield Provided(f"{held.column.id}/{option['id']}", "options", what, kept=kept)

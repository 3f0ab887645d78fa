"""Provisioning: looks what a database lacks, and makes it, step by step, so that no step is ever taken twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from escsync.adapter import Ambiguous, Rejected, Vanished, Vocabulary
from escsync.offers import Gap, Provided, Wish

from . import blueprint, essentials, richtext, views
from .blueprint import Choice, Sketch
from .codec import Raw
from .connection import Connection
from .gaps import Deed, Ensure, Gaps, Lack, Look, Make, Nothing
from .ground import Ground, Groundwork, Held
from .guide import INSERT_CONTENT, UPDATE_CONTENT
from .removal import Removal
from .settings import NotionScope, dashes

_ALWAYS = ("owner",)
_AT_FIRST = ("owner", "description", "priority")
"""Fields that other trackers have by nature; a new database gets them, too."""
_AGAIN = "run `escsync provision --apply` again: it looks first whether it was done"


class Provision:
    """One admin's errand. *ground* is what was last seen; before each change it is looked at once more."""

    def __init__(self, connection: Connection, scope: NotionScope, vocabulary: Vocabulary) -> None:
        self._connection = connection
        self._scope = scope
        self._vocabulary = vocabulary
        self._work = Groundwork(connection, scope)
        self._removal = Removal(connection, self._work, scope)
        self._ground: Ground | None = None
        self._lacks: dict[str, Lack] = {}

    def missing(self, wishes: Sequence[Wish]) -> Iterator[Gap]:
        """What is lacking, the database first and its views last."""
        self._ground = self._work.look()
        lacks = list(self._found(wishes))
        if self._scope.unmade:
            lacks.insert(0, self._database(lacks))
        self._lacks = {lack.gap.id: lack for lack in lacks}
        yield from (lack.gap for lack in lacks)

    def provide(self, gap: Gap) -> Provided:
        """Make one of them good; what is there by now is found."""
        lack = self._lacks.get(gap.id)
        if lack is None:
            raise Rejected(f"{gap.what}: this was not lacking when it was last looked", remedy=_AGAIN)
        return self._do(gap, lack.deed)

    def provided(self) -> Iterator[Provided]:
        """What carries escsync's mark."""
        yield from self._removal.provided()

    def withdraw(self, one: Provided) -> None:
        """Take it away."""
        self._removal.withdraw(one)

    # -- looking

    def _found(self, wishes: Sequence[Wish]) -> Iterator[Lack]:
        ground, vocabulary = self._ground, self._vocabulary
        gaps = Gaps(ground, vocabulary, self._work.beyond)
        yield from essentials.statuses(ground, vocabulary)
        yield from essentials.numbers(ground)
        yield from essentials.marks(ground, self._scope.key_property)
        told = {wish.wanted.name for wish in wishes}
        first = [name for name in (_AT_FIRST if self._scope.unmade else _ALWAYS) if name not in told]
        for wish in (*blueprint.needed(first, vocabulary), *wishes):
            if wish.wanted.name not in ("summary", "stage"):
                yield from gaps.of(wish)
        if ground is None or ground.ours:
            yield from self._views(ground, bool(told & {"health", "due_at"}))

    def _database(self, lacks: Sequence[Lack]) -> Lack:
        if self._ground is not None:
            what = f"the database that escsync made below the page ({self._ground.database})"
            return Lack(Gap("database", "scope.database", what, found=True), Make())
        # Statuses and numbers come by themselves: a workspace that refuses them keeps nothing else from being made.
        sketches = [
            lack.deed.sketch
            for lack in lacks
            if isinstance(lack.deed, Ensure) and lack.deed.sketch.type not in ("status", "unique_id")
        ]
        what = f"database {blueprint.DATABASE!r} below the page, with {len(sketches) + 1} properties"
        return Lack(Gap("database", "scope.database", what), Make(tuple(sketches)))

    def _views(self, ground: Ground | None, overdue: bool) -> Iterator[Lack]:
        known: list[Raw] | None = None
        for kind in (views.BOARD, views.OVERDUE) if overdue or ground else (views.BOARD,):
            gap = Gap(f"view:{kind}", "scope", f"view {views.NAMES[kind]!r}")
            if ground is not None:
                try:
                    known = self._work.views(ground) if known is None else known
                except (Rejected, Vanished):
                    hand = Gap(gap.id, gap.subject, gap.what, by_hand=views.clicks(kind))
                    yield Lack(hand, Nothing())
                    continue
                if views.standing(kind, ground, self._vocabulary, known) is not None:
                    continue
                if (
                    kind == views.OVERDUE
                    and not overdue
                    and views.body(kind, ground, self._vocabulary) is None
                ):
                    continue
            yield Lack(gap, Look(kind))

    # -- making

    def _do(self, gap: Gap, deed: Deed) -> Provided:
        match deed:
            case Make():
                return self._make(gap, deed)
            case Ensure():
                return self._ensure(gap, deed)
            case Look():
                return self._look(gap, deed)
            case Nothing():
                raise Rejected(gap.what, remedy=gap.by_hand)
        assert_never(deed)

    def _make(self, gap: Gap, deed: Make) -> Provided:
        """The database with its properties, in one request; whether one was made is looked at before and after."""
        database = self._ground.database if self._ground else self._work.below()
        if not database:
            body = _database(self._scope.page, deed.sketches, blueprint.title(self._vocabulary))
            what = "making the database"
            try:
                answer = self._connection.post("databases", body, what=what, safe=False, needs=INSERT_CONTENT)
            except Ambiguous as error:
                database = self._work.below()
                if not database:
                    raise Ambiguous(error.message, remedy=_AGAIN) from None
            else:
                database = dashes(str(answer.page()["id"]))
        self._work.found(database)
        self._ground = self._work.read(database)
        return Provided(database, "database", gap.what, {("scope", "database"): database})

    def _ensure(self, gap: Gap, deed: Ensure) -> Provided:
        """A property with its options. What was last seen may do for it to be there, never for it not to be."""
        held = self._standing(deed)
        if held is None or _lacking(held, deed.sketch):
            self._ground = self._now()
            held = self._standing(deed)
        if held is None or _lacking(held, deed.sketch):
            held = self._change(deed, held)
        settings = deed.settled(held.column.id)
        kind = "options" if deed.id and deed.sketch.choices else "property"
        return Provided(held.column.id, kind, gap.what, settings)

    def _standing(self, deed: Ensure) -> Held | None:
        held = self._ground.standing(deed.sketch, deed.id) if self._ground else None
        if held is None and deed.id:
            raise Rejected(f"{deed.sketch.name!r} is not there any more", remedy=_AGAIN)
        if held is not None and held.column.type != deed.sketch.type:
            told = f"{held.column.name!r} is a {held.column.type} by now, and no {deed.sketch.type}"
            raise Rejected(told, remedy=_AGAIN)
        return held

    def _change(self, deed: Ensure, held: Held | None) -> Held:
        """One request to the data source, with nothing in it but this property."""
        assert self._ground is not None
        sketch, ground = deed.sketch, self._ground
        if held is None:
            properties: dict[str, Any] = {sketch.name: sketch.told()}
        else:
            added = [_option(one, held) for one in _lacking(held, sketch)]
            properties = {held.column.id: {sketch.type: {"options": [*held.options, *added]}}}
        try:
            self._ground = self._patched(ground, properties)
        except Rejected as error:
            if held is not None or sketch.type != "unique_id":
                raise Rejected(error.message, remedy=_clicks(sketch)) from None
            # A prefix serves one database of a workspace.
            self._ground = self._patched(
                ground, {sketch.name: {"unique_id": {}, "description": sketch.told()["description"]}}
            )
        after = self._standing(deed)
        if after is None or _lacking(after, sketch):
            told = f"Notion took {sketch.name!r} and did not make it as it was asked"
            raise Rejected(told, remedy=_clicks(sketch))
        return after

    def _patched(self, ground: Ground, properties: dict[str, Any]) -> Ground:
        path, what = f"data_sources/{ground.source}", "changing the properties"
        try:
            answer = self._connection.send(
                "PATCH", path, what=what, body={"properties": properties}, safe=False, needs=UPDATE_CONTENT
            )
        except Ambiguous:
            return self._work.again(ground)
        return ground.with_properties(answer.mapping())

    def _look(self, gap: Gap, deed: Look) -> Provided:
        """A view, unless one shows the same by now."""
        self._ground = ground = self._now()
        body = views.body(deed.kind, ground, self._vocabulary)
        if body is None:
            raise Rejected(
                f"{gap.what}: the properties that it shows are not there", remedy=views.clicks(deed.kind)
            )
        found = views.standing(deed.kind, ground, self._vocabulary, self._work.views(ground))
        if found is None:
            try:
                answer = self._connection.post(
                    "views", body, what="making a view", safe=False, needs=INSERT_CONTENT
                )
                found = answer.page()
            except Ambiguous as error:
                found = views.standing(deed.kind, ground, self._vocabulary, self._work.views(ground))
                if found is None:
                    raise Ambiguous(error.message, remedy=_AGAIN) from None
            except Rejected as error:
                raise Rejected(error.message, remedy=views.clicks(deed.kind)) from None
        return Provided(str(found.get("id")), "view", gap.what)

    def _now(self) -> Ground:
        if self._ground is None:
            raise Rejected(
                "there is no database yet", remedy="make the database first: `escsync provision --apply`"
            )
        return self._work.again(self._ground)


def _database(page: str, sketches: Sequence[Sketch], title: str) -> dict[str, Any]:
    properties: dict[str, Any] = {title: {"title": {}}}
    for sketch in sketches:
        told = properties.setdefault(sketch.name, sketch.told())
        if told is not None and sketch.choices:
            # Two fields may share one property: `Checks#Engineering` and `Checks#History`.
            options = told[sketch.type]["options"]
            names = {one["name"].casefold() for one in options}
            options += [o for o in sketch.told()[sketch.type]["options"] if o["name"].casefold() not in names]
    about = f"Kept true to the escalation process by escsync. {blueprint.mark('database')}"
    return {
        "parent": {"type": "page_id", "page_id": page},
        "title": richtext.runs(blueprint.DATABASE),
        "description": richtext.runs(about),
        "initial_data_source": {"properties": properties},
    }


def _lacking(held: Held, sketch: Sketch) -> list[Choice]:
    return [one for one in sketch.choices if held.column.option(one.name) is None]


def _option(choice: Choice, held: Held) -> dict[str, Any]:
    """An option to add; in a property that is not ours it carries a mark of its own."""
    told = {"name": choice.name, "color": choice.color}
    return told if held.mark else {**told, "description": f"Added by escsync. {blueprint.mark('option')}"}


def _clicks(sketch: Sketch) -> str:
    names = ", ".join(one.name for one in sketch.choices)
    with_options = f" with the options {names}" if names else ""
    return (
        f"by hand: + New property in Notion, of the type {sketch.type}, called {sketch.name!r}{with_options}"
    )

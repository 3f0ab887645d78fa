"""Provisioning: looks what a database lacks, and makes it, step by step, so that no step is ever taken twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, assert_never

from escsync.adapter import Ambiguous, Rejected, Unavailable, Vocabulary
from escsync.offers import Gap, Provided, Wish

from .. import richtext
from ..connection import Connection
from ..settings import NotionScope, dashes
from . import blueprint, inventory, views
from .blueprint import Choice, Sketch
from .deeds import Deed, Ensure, Lack, Look, Make, Nothing
from .ground import Ground, Groundwork, Held
from .guide import INSERT_CONTENT, UPDATE_CONTENT
from .removal import Removal

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
        lacks = inventory.lacks(self._ground, self._work, self._scope, self._vocabulary, wishes)
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
            # As with a tracker that is not there, trying the rest is useless.
            raise Unavailable("there is no database to make it in", executed=False, remedy=_AGAIN)
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

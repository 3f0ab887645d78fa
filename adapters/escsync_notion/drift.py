"""What no longer is as the configuration has it: each as one problem, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from escsync.adapter import Denied, Level, Problem, Vocabulary

from . import columns as looks
from .columns import Column
from .schema import Schema

ESSENTIAL = ("owner", "stage")


class Lost(Denied):
    """A property without which nothing can be judged; *problem* says it as drift."""

    def __init__(self, name: str, why: str) -> None:
        remedy = f"escsync cannot work without {name}: map it, or bring the property back as it was"
        super().__init__(f"fields.{name}: {why}", remedy=remedy)
        self.problem = Problem(Level.FAIL, f"fields.{name}", why, remedy, "DRIFT")


def lost(schema: Schema) -> Iterator[Problem]:
    """Fields whose property is gone or cannot hold them: said by every pass until the one or the other is mended."""
    remedy = "bring the property back as it was, map another one, or remove the entry"
    for name, why in schema.lost.items():
        yield Problem(Level.FAIL, f"fields.{name}", why, remedy, "DRIFT")


def changes(
    vocabulary: Vocabulary, before: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Our fields whose property could hold them and has another type since: its values may mean something else."""
    for name, words in looks.spelled(vocabulary).items():
        for word in words:
            old, new = before.get(looks.parted(word)[0]), now.get(looks.parted(word)[0])
            if not isinstance(old, dict) or not isinstance(new, dict) or old["type"] == new["type"]:
                continue
            if not looks.unfit(name, Column.of(old)):
                shown = new.get("name") or word
                yield name, f"{shown} was a {old['type']} and is now a {new['type']}"


def changed(name: str, why: str) -> Problem:
    """A property of another type that can hold the field as well. It is said once, and believed from then on;
    only what everything hangs on is not believed before somebody has looked."""
    remedy = "check that it still says what it said"
    if name in ESSENTIAL:
        remedy += "; `escsync doctor` accepts the new type, and changing it back ends this as well"
    return Problem(Level.FAIL, f"fields.{name}", why, remedy, "DRIFT")


def renamed(vocabulary: Vocabulary, found: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Problem]:
    """Fields that are mapped by a name which the property no longer has: it is known by its id for as long as it lives."""
    for name, words in looks.spelled(vocabulary).items():
        for word in words:
            spelled = looks.parted(word)[0]
            if spelled in names:
                told = found[spelled]
                id = f"{told['via']}.{told['id']}" if told["via"] else told["id"]
                message = f"{spelled!r} was renamed to {names[spelled]!r}: map it by its id"
                yield Problem(Level.WARNING, f"fields.{name}", message, f"fields: {{{name}: {id!r}}}")


def dark(schema: Schema, relations: Mapping[str, str]) -> Iterator[Problem]:
    """Relations, by their ids, that lead to pages which cannot be seen."""
    for via, shown in relations.items():
        names = [name for name, some in schema.columns.items() if any(one.via == via for one in some)]
        yield Problem(
            Level.FAIL,
            f"relation {shown}",
            f"a page that it leads to is not shared with the connection: {', '.join(names)} cannot be read there",
            "share the database behind it (... > Connections), then run `escsync sync --full`",
            "DRIFT",
        )


def unheard() -> Problem:
    """The connection may not read comments."""
    return Problem(
        Level.FAIL,
        "comments",
        "the connection may not read comments: no acknowledgement or update is seen, and no note is written",
        "give the connection the capabilities 'read comments' and 'insert comments'",
        "CAPABILITY",
    )

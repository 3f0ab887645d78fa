"""What a database lacks that no wish tells: statuses, numbers, the property for marks."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from escsync.adapter import Field, FieldKind, Stage, Vocabulary, canonical
from escsync.offers import Gap, Key

from .. import columns as looks
from ..columns import Column
from . import blueprint
from .blueprint import Choice, Sketch
from .deeds import Ensure, Lack, adding, by_hand
from .ground import Ground

_NEAR = 0.8
_RENAME = "rename it in Notion, or map a status property or a select: `fields: {stage: ...}`"
Claims: TypeAlias = Mapping[str, tuple[str, str]]
"""Names, folded, that are spoken for -> the types of the properties, and what they are for."""
_STAGE = Field("stage", FieldKind.CHOICE, tuple(Stage))


def statuses(ground: Ground | None, vocabulary: Vocabulary, taken: Sequence[str]) -> Iterator[Lack]:
    """The property that tells where an escalation stands, and a status for each stage; *taken* are names of others."""
    word = next(iter(vocabulary.fields.get("stage", ())), "status")
    matches = looks.matching(word, ground.columns) if ground else []
    if not matches:
        yield _new(word, vocabulary, taken)
    elif len(matches) > 1:
        ids = ", ".join(match.id for match in matches)
        yield by_hand(
            "fields.stage", f"{word!r} may be any of several properties", f"map one by its id: {ids}"
        )
    elif why := looks.unfit("stage", matches[0]):
        yield by_hand("fields.stage", f"{matches[0].name!r}: {why}", _RENAME)
    elif vocabulary.stages:
        yield from _named(matches[0], vocabulary)
    elif ground is not None:
        yield from _unnamed(ground, matches[0], vocabulary)


def _new(word: str, vocabulary: Vocabulary, taken: Sequence[str]) -> Lack:
    name = blueprint.free("Status", taken) if word == "status" else word
    sketch = Sketch("stage", name, "status", blueprint.statuses(vocabulary))
    others = [*blueprint.named(vocabulary, but="stage"), "title", *looks.PAGE]
    claimed = name.strip().casefold() in {one.casefold() for one in others}
    if claimed or any(sign in name for sign in "#.") or blueprint.like_an_id(name):
        return by_hand("fields.stage", f"{name!r} can be no status property of its own", _RENAME)
    if comma := next((one.name for one in sketch.choices if "," in one.name), ""):
        return by_hand("stages", f"the status {comma!r} has a comma, which Notion takes in none", "rename it")
    listed = ", ".join(one.name for one in sketch.choices)
    # The one status property needs no line, unless something else is called so.
    key: Key = () if name == "Status" else ("fields", "stage")
    deed = Ensure(sketch, key=key, settings=_settings(vocabulary))
    return Lack(Gap("stages", "stages", f"property {name!r} (status: {listed})"), deed)


def _named(column: Column, vocabulary: Vocabulary) -> Iterator[Lack]:
    """Statuses that the configuration names; one that is but a letter away from another is a slip."""
    known, missing = [one.name for one in column.options], list[Choice]()
    for choice in blueprint.statuses(vocabulary):
        if column.option(choice.name) is not None:
            continue
        if near := difflib.get_close_matches(choice.name, known, n=1, cutoff=_NEAR):
            told = f"there is no status {choice.name!r}"
            yield by_hand(
                f"stages.{choice.value}", told, f"did you mean {near[0]!r}? Write that, or add it in Notion"
            )
        else:
            missing.append(choice)
    if missing:
        yield adding("stages", Sketch("stage", column.name, column.type, tuple(missing)), column)


def _unnamed(ground: Ground, column: Column, vocabulary: Vocabulary) -> Iterator[Lack]:
    """The configuration names none: those that are called like our stages are found, ours are completed."""
    held = ground.of(column.id)
    ours = held is not None and held.mark == "stage"
    there = {canonical(_STAGE, one.name): one.name for one in column.options}
    missing = [one for one in blueprint.statuses(vocabulary) if one.value not in there]
    if missing and not ours:
        listed = ", ".join(one.name for one in column.options)[:300]
        hand = (
            "write which status stands for which stage: `stages: {intake: ..., closed: ...}`; it has: "
            + listed
        )
        yield by_hand("stages", "no status is mapped to a stage", hand)
        return
    found: dict[Key, str] = {
        ("stages", str(stage)): there.get(stage, some[0])
        for stage, some in blueprint.stages(vocabulary).items()
    }
    sketch = Sketch("stage", column.name, column.type, tuple(missing))
    listed = ", ".join(repr(one.name) for one in missing)
    what = f"statuses of the property {column.name!r}{': ' if missing else ''}{listed}"
    yield Lack(Gap("stages", "stages", what, found=not missing), Ensure(sketch, column.id, settings=found))


def _settings(vocabulary: Vocabulary) -> dict[Key, str]:
    """What is to be written under `stages:` where nothing stands there."""
    if vocabulary.stages:
        return {}
    return {("stages", str(stage)): some[0] for stage, some in blueprint.stages(vocabulary).items()}


def numbers(ground: Ground | None, taken: Sequence[str]) -> Iterator[Lack]:
    """The property with the pages' own numbers: keys that people can say, and owners who left are noticed at once."""
    if ground is None or not any(one.type == "unique_id" for one in ground.columns):
        name = blueprint.free("ID", taken)
        sketch = Sketch("unique_id", name, "unique_id", config={"prefix": blueprint.PREFIX})
        what = f"property {name!r} (ID: {blueprint.PREFIX}-1, {blueprint.PREFIX}-2 and so on)"
        yield Lack(Gap("unique_id", "scope", what), Ensure(sketch))


def marks(ground: Ground | None, name: str, claims: Claims) -> Iterator[Lack]:
    """The text property for the marks of pages that escsync creates, where the configuration names one."""
    matches = looks.matching(name, ground.columns) if ground and name else []
    hand = "name a text property, or one that is not there yet: escsync makes it"
    if name and not matches and name.strip().casefold() in claims:
        type, whose = claims[name.strip().casefold()]
        yield by_hand("scope.key_property", f"{name!r} is to be a {type} for {whose} already", hand)
    elif name and not matches:
        sketch = Sketch("key_property", name, "rich_text")
        yield Lack(
            Gap("key_property", "scope.key_property", f"property {name!r} (rich_text)"), Ensure(sketch)
        )
    elif matches and matches[0].type != "rich_text":
        yield by_hand("scope.key_property", f"{name!r} is a {matches[0].type}", hand)


def claims(vocabulary: Vocabulary, lacks: Iterable[Lack], *, fresh: bool, key_property: str = "") -> Claims:
    """The names that these will take, or have; in a new database that of the title, too."""
    found: dict[str, tuple[str, str]] = {}
    if key_property:
        found[key_property.strip().casefold()] = ("rich_text", "key_property")
    if fresh:
        found[blueprint.title(vocabulary).strip().casefold()] = ("title", "summary")
    for lack in lacks:
        if isinstance(lack.deed, Ensure):
            sketch = lack.deed.sketch
            found.setdefault(sketch.name.strip().casefold(), (sketch.type, sketch.key))
    return found


def column_of(ground: Ground, vocabulary: Vocabulary, name: str) -> Column | None:
    """The property that stands for a field, as the configuration or its mark tells; for the stage also the one status."""
    for word in vocabulary.fields.get(name, ()):
        matches = [one for one in looks.matching(word, ground.columns) if one.id not in looks.PAGE]
        if len(matches) == 1:
            return matches[0]
    if held := ground.marked(name):
        return held.column
    by_type = name == "stage" and not vocabulary.fields.get(name)
    only = looks.matching("status", ground.columns) if by_type else []
    return only[0] if len(only) == 1 else None

"""The outline that drift compares with: kept as plain JSON, and made up at first of what is known already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeAlias

from escsync.adapter import PersonKind, TrackerPerson, Vocabulary
from escsync.domain.people import Directory
from escsync.offers import Part

from .drift import demanding, replaced, whole

Spelled: TypeAlias = Mapping[str, tuple[str, ...]]
"""Key of the configuration -> what it names there."""
_ASPECTS = tuple(field.name for field in fields(Part) if field.name not in ("kind", "id", "used"))


def spelled(vocabulary: Vocabulary, directory: Directory, tracker: str) -> Spelled:
    """What the configuration names now."""
    return {
        **{f"fields.{name}": some for name, some in vocabulary.fields.items()},
        **{f"stages.{stage}": some for stage, some in vocabulary.stages.items()},
        **{
            f"people.{one.id}": (one.ids[tracker],) for one in directory.people.values() if tracker in one.ids
        },
        "fallback_owner": (directory.fallback_owner or "",),
    }


def people(directory: Directory, tracker: str, accounts: Iterable[TrackerPerson]) -> Iterator[Part]:
    """The accounts that people.yaml names, as they are on the tracker; who is not there is left out."""
    shown = {one.id: one for one in accounts}
    for person, account in _named(directory, tracker, shown):
        kind = None if account.kind is PersonKind.HUMAN else account.kind.value
        category = "active" if account.active else "inactive"
        yield _part(directory, person, account, category, kind)


def expected(directory: Directory, tracker: str, accounts: Iterable[TrackerPerson]) -> Iterator[Part]:
    """The same accounts as people.yaml has them: where nothing was accepted yet, that is what they were."""
    shown = {one.id: one for one in accounts}
    for person, account in _named(directory, tracker, shown):
        yield _part(directory, person, account, "active" if directory.people[person].active else None, None)


def _named(
    directory: Directory, tracker: str, shown: Mapping[str, TrackerPerson]
) -> Iterator[tuple[str, TrackerPerson]]:
    for person in directory.people.values():
        if person.human and (account := shown.get(person.ids.get(tracker, ""))) is not None:
            yield person.id, account


def _part(
    directory: Directory, person: str, account: TrackerPerson, category: str | None, kind: str | None
) -> Part:
    used = (f"people.{person}", *(("fallback_owner",) if directory.fallback_owner == person else ()))
    return Part("person", account.id, account.name, used, category=category, type=kind)


def first(recalled: Sequence[Part], now: Sequence[Part]) -> tuple[Part, ...]:
    """What to compare with where nothing was accepted: what was learnt before, and for the rest what is there *now*.

    Comparing *now* with it says what comparing with *recalled* says, today and later.
    """
    old, new = whole(recalled), whole(now)
    anew = {(part.kind, part.id) for part in replaced(old, new).values()}
    told = demanding(recalled)
    found = dict(old)
    for key, part in new.items():
        if key in old:
            found[key] = _overlaid(part, old[key])
        elif key not in anew and (part.used or not told):
            found[key] = part
    return tuple(found.values())


def missing(before: Iterable[Part], now: Iterable[Part], words: Vocabulary) -> list[Part]:
    """What was there and is not, and may only be called otherwise: the configuration means it by its name."""
    old, new = whole(before), whole(now)
    anew = replaced(old, new)
    gone = [part for key, part in old.items() if key not in new and key not in anew]
    return [part for part in gone if by_id(words, [part]) != words]


def by_id(words: Vocabulary, parts: Iterable[Part]) -> Vocabulary:
    """*words* with the ids of *parts* in the place of the names that they had."""
    fields, stages = dict(words.fields), dict(words.stages)
    for part in parts:
        for key in part.used:
            section, _, name = key.partition(".")
            if section == "fields" and name in fields:
                fields[name] = tuple(_called(one, part) for one in fields[name])
            for stage in stages if section == "stages" else ():
                if stage.value == name:
                    stages[stage] = tuple(_called(one, part) for one in stages[stage])
    return replace(words, fields=fields, stages=stages)


def _called(one: str, part: Part) -> str:
    return part.id if one.strip().casefold() == part.name.strip().casefold() else one


def _overlaid(now: Part, before: Part) -> Part:
    known = {name: getattr(before, name) for name in _ASPECTS}
    return replace(now, **{name: value for name, value in known.items() if value is not None})


def meant(part: Part, names: Spelled) -> bool:
    """Does the configuration still mean it by what it is called now, or by its id? What it calls otherwise is lost to it."""
    words = {word.strip().casefold() for word in (part.id, part.name)} - {""}
    named = [names.get(key, ()) for key in part.used]
    return not part.used or any(not some or any(words & _words(one) for one in some) for some in named)


def _words(spelling: str) -> set[str]:
    """A spelling whole, and what it means on a path (`Account.ARR`) or of a field that holds several (`FIELD#Option`)."""
    whole = spelling.strip().casefold()
    field = whole.partition("#")[0]
    return {whole, field, field.rpartition(".")[2]}


def kept(parts: Iterable[Part], names: Spelled) -> list[dict[str, Any]]:
    """*parts* as plain JSON, with what each key named when they were looked at."""
    return [
        {
            "kind": part.kind,
            "id": part.id,
            "name": part.name,
            "used": {key: list(names.get(key, ())) for key in part.used},
            "type": part.type,
            "options": dict(part.options) if part.options is not None else None,
            "required": part.required,
            "category": part.category,
            "steps": list(part.steps) if part.steps is not None else None,
        }
        for part in whole(parts).values()
    ]


def known(content: Iterable[Any], names: Spelled) -> tuple[Part, ...]:
    """The parts that *kept* wrote, without those that the configuration names otherwise today: that is no drift.

    What somebody else wrote there is left out.
    """
    found = []
    for one in content:
        try:
            used = {str(key): tuple(map(str, some)) for key, some in one["used"].items()}
            same = tuple(key for key, some in used.items() if names.get(key, ()) == some)
            if used and not same:
                continue
            options, steps = one["options"], one["steps"]
            part = Part(
                str(one["kind"]),
                str(one["id"]),
                str(one["name"]),
                same,
                type=one["type"],
                options={str(id): str(name) for id, name in options.items()} if options is not None else None,
                required=one["required"],
                category=one["category"],
                steps=tuple(map(str, steps)) if steps is not None else None,
            )
        except (KeyError, TypeError, AttributeError):
            continue
        found.append(part)
    return tuple(found)

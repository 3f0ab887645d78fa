"""Settlement: what provisioning made or removed joins the outline that was accepted; all else in it stays as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from escsync.domain.fields import folded
from escsync.offers import Key, Provided, Wish

Entry: TypeAlias = Mapping[str, Any]
"""A part as plain JSON, as `escsync.setup.schema.outline.kept` writes it."""
_SIGNS = "#/"
"""What may stand between a field's id and its option's, where an option was removed."""


@dataclass(frozen=True, slots=True)
class Deeds:
    """What one run did: for which *keys* of the configuration, to which *ids* of the tracker, and how the *options* are
    called that it may have added for a key."""

    keys: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    options: frozenset[tuple[str, str]] = frozenset()


def deeds(done: Iterable[Provided], subjects: Iterable[str] = (), wishes: Iterable[Wish] = ()) -> Deeds:
    """The deeds of a run that has *done* this, for gaps with these *subjects* and on account of these *wishes*."""
    done = list(done)
    told = [(key, str(value)) for one in done for key, value in _leaves(one.settings)]
    wished = [
        (f"fields.{wish.wanted.name}", word)
        for wish in wishes
        for pair in wish.choices.items()
        for word in pair
    ]
    return Deeds(
        frozenset(
            {_key(tuple(subject.split(".", 1))) for subject in subjects} | {_key(key) for key, _ in told}
        ),
        frozenset(one.id for one in done),
        frozenset((key, folded(word)) for key, word in [*wished, *((_key(key), word) for key, word in told)]),
    )


def merged(before: Sequence[Any], now: Sequence[Entry], did: Deeds) -> list[Entry]:
    """The outline *before* with what was done as it is *now*: a change of something else is still one."""
    found = {(one["kind"], one["id"]): one for one in now}
    kept: list[Entry] = []
    lost: set[tuple[str, str, tuple[str, ...]]] = set()
    for old in before:
        if not isinstance(old, dict) or not isinstance(old.get("used"), dict):
            continue  # what somebody else wrote there
        new = found.pop((str(old.get("kind")), str(old.get("id"))), None)
        if new is not None:
            kept.append(_joined(old, new, did) if _touched(old, new, did) else old)
            continue
        used = {key: names for key, names in old["used"].items() if key not in did.keys}
        if old.get("id") not in did.ids and (used or not old["used"]):
            kept.append({**old, "used": used})
            lost |= {(str(old.get("kind")), key, tuple(names)) for key, names in used.items()}
    demanding = any(one.get("required") is not None for one in kept)
    # Something new for a key is no change, unless what the key meant is lost: then it takes that one's place.
    # What has to be filled in by now is one, where it was known what had to be.
    for new in found.values():
        meant = {(new["kind"], key, tuple(names)) for key, names in new["used"].items()}
        if (meant or not demanding) and not meant & lost:
            kept.append(new)
    return kept


def _touched(old: Entry, new: Entry, did: Deeds) -> bool:
    return bool(
        ({*old["used"], *new["used"]} & did.keys) or new["id"] in did.ids or _gone(old, new, frozenset(), did)
    )


def _joined(old: Entry, new: Entry, did: Deeds) -> Entry:
    """The part that was accepted, with what the run did to it."""
    used = new["used"]
    if old["used"] and not any(used.get(key) == names for key, names in old["used"].items()):
        return new  # nothing that the configuration says by now was ever accepted of it
    mine = {key: names for key, names in used.items() if key in did.keys or key not in old["used"]}
    learnt = {
        name: new[name] for name in ("type", "required", "steps") if old.get(name) is None or name not in old
    }
    category = old.get("category") if new["category"] is None else new["category"]
    return {
        **old,
        **learnt,
        "used": {**old["used"], **mine},
        "category": category,
        "options": _options(old, new, did),
    }


def _options(old: Entry, new: Entry, did: Deeds) -> dict[str, str] | None:
    was, now = old.get("options"), new["options"]
    if was is None or now is None:
        return was if now is None else now
    words = {word for key, word in did.options if key in new["used"]}
    added = {id: name for id, name in now.items() if id not in was and {folded(id), folded(name)} & words}
    gone = _gone(old, new, frozenset(map(folded, added.values())), did)
    return {**{id: name for id, name in was.items() if id not in gone}, **added}


def _gone(old: Entry, new: Entry, again: frozenset[str], did: Deeds) -> set[str]:
    """The options that the run removed, or made *again* under the same name."""
    was, now = old.get("options") or {}, new["options"] or {}
    return {
        id
        for id, name in was.items()
        if id not in now
        and (folded(name) in again or any(f"{old['id']}{sign}{id}" in did.ids for sign in _SIGNS))
    }


def _key(key: Key) -> str:
    """Which key of an outline a setting is about: an option's is its field's."""
    section, *names = key
    return f"{'fields' if section == 'options' else section}.{names[0]}" if names else section


def _leaves(settings: Mapping[Key, Any]) -> Iterator[tuple[Key, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _leaves({(*key, str(name)): one for name, one in value.items()})
        else:
            yield key, value

"""What changed among the options of one field, and what its values mean since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from escsync.adapter import FIELDS, FieldKind, Vocabulary
from escsync.domain.fields import folded
from escsync.offers import Part
from escsync.setup.editing.entries import spelled
from escsync.spelling import yes

Told: TypeAlias = tuple[str, str, str, bool]
"""Kind, message, remedy, and does it break something?"""
_MOST, _LONG = 8, 80


def options(old: Part, new: Part, words: Vocabulary) -> Iterator[Told]:
    """Each option that has another name or id, then those that are gone, then those that are new."""
    was, now = dict(old.options or {}), dict(new.options or {})
    pairs = [((id, was[id]), (id, now[id])) for id in sorted(was.keys() & now.keys()) if was[id] != now[id]]
    gone = {id: was[id] for id in was.keys() - now.keys()}
    added = {id: now[id] for id in now.keys() - was.keys()}
    for before, after in list(_pairs(gone, added)):
        pairs.append(((before, gone.pop(before)), (after, added.pop(after))))
    lines = [_altered(new, before, after, words) for before, after in pairs]
    yield from lines if len(lines) <= _MOST else [_many(lines, [one for one, _ in pairs])]
    if gone:
        yield _removed(new, gone, now, words)
    if added:
        yield _added(new, added, words)


def _pairs(gone: Mapping[str, str], added: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The options that were made anew under the same name; where a name is the id, one for one is a renaming."""
    free: dict[str, list[str]] = defaultdict(list)
    for id in sorted(added, reverse=True):
        free[folded(added[id])].append(id)
    found = [
        (before, free[folded(gone[before])].pop()) for before in sorted(gone) if free[folded(gone[before])]
    ]
    yield from found
    if not found and len(gone) == len(added) == 1:
        ((before, was),), ((after, now),) = gone.items(), added.items()
        if before == was and after == now:
            yield before, after


def _altered(part: Part, old: tuple[str, str], new: tuple[str, str], words: Vocabulary) -> Told:
    """One option with another name or id."""
    if folded(old[1]) == folded(new[1]) and old[0] != new[0]:
        message = f"the option {called(new[1])} was made anew: it was {old[0]} and is now {new[0]}"
    else:
        message = f"the option {called(old[1])} is now called {called(new[1])}"
    lines = []
    for name in _fields(part):
        meant, means = meaning(name, *old, words), meaning(name, *new, words)
        if meant and means != meant:
            lines.append(f"options: {{{name}: {{{meant}: {spelled(new[0])}}}}}")
    remedy = f"say what it means: {'; '.join(lines)}" if lines else ""
    return "option_renamed", message, remedy, bool(lines)


def _many(lines: Sequence[Told], before: Sequence[tuple[str, str]]) -> Told:
    """As one line what is too much for a line each, as where a whole list was made anew."""
    breaking = [remedy for _, _, remedy, breaks in lines if breaks]
    message = f"{len(lines)} options were renamed or made anew: {_listed(dict(before))}"
    return "option_renamed", message, "; ".join(breaking[:_MOST]), bool(breaking)


def _removed(part: Part, gone: Mapping[str, str], left: Mapping[str, str], words: Vocabulary) -> Told:
    lost = []
    for name in _fields(part):
        still = {meaning(name, id, text, words) for id, text in left.items()}
        meant = {meaning(name, id, text, words) for id, text in gone.items()} - still - {""}
        lost += [(name, value) for value in sorted(meant)]
    remedy = ""
    if lost:
        names = "; ".join(f"options: {{{name}: {{{value}: ...}}}}" for name, value in lost[:_MOST])
        remedy = f"bring it back (`escsync provision` adds it), or name another option: {names}"
    return "options_removed", f"no longer {_listed(gone)}", remedy, any(FIELDS[name].own for name, _ in lost)


def _added(part: Part, added: Mapping[str, str], words: Vocabulary) -> Told:
    unknown = [
        (name, id)
        for name in _fields(part)
        for id, text in sorted(added.items())
        if not meaning(name, id, text, words)
    ]
    remedy = ""
    if unknown:
        name, id = unknown[0]
        line = f"options: {{{name}: {{VALUE: {spelled(id)}}}}}"
        remedy = (
            f"say what it means ({line}), or leave it: a ticket with it counts as one without a valid value"
        )
    return "options_added", f"new: {_listed(added)}", remedy, False


def called(name: str) -> str:
    """A name as a line shows it: in quotes, and not longer than anybody reads."""
    return repr(name if len(name) <= _LONG else name[: _LONG - 1] + "\N{HORIZONTAL ELLIPSIS}")


def meaning(name: str, id: str, text: str, words: Vocabulary) -> str:
    """The canonical value of the field *name* that an option stands for; empty where it stands for none."""
    field = FIELDS[name]
    found = words.choice(name, id, text)
    if found in field.choices or found in words.options.get(name, {}):
        return found
    flags = [yes(word) for word in (text, id)] if field.kind is FieldKind.FLAG else []
    return next((str(one).lower() for one in flags if one is not None), "")


def _fields(part: Part) -> list[str]:
    """The canonical fields with values of their own that lean on *part*."""
    names = [key.partition(".")[2] for key in part.used if key.startswith("fields.")]
    return [name for name in names if name in FIELDS]


def _listed(some: Mapping[str, str]) -> str:
    names = sorted(some.values())
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(map(called, names[:_MOST])) + more

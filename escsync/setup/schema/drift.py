"""What changed in a tracker's schema between two looks: one line for each change, with the fix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from escsync.adapter import FIELDS, Vocabulary
from escsync.offers import Part
from escsync.setup.editing.entries import spelled

from .choices import called, options

ACCEPT = "`escsync drift --accept` if that is meant"
_MOST, _LONG = 12, 80
_ESSENTIAL = {"fields.owner", "fields.stage", "fallback_owner"}


class Kind(StrEnum):
    """What happened to a part."""

    GONE = "gone"
    LOST = "lost"
    """The configuration names it and the tracker does not have it, whatever was there before."""
    REPLACED = "replaced"
    RENAMED = "renamed"
    RETYPED = "retyped"
    REQUIRED = "required"
    OPTIONAL = "optional"
    OPTIONS_ADDED = "options_added"
    OPTIONS_REMOVED = "options_removed"
    OPTION_RENAMED = "option_renamed"
    CATEGORY = "category"
    MOVES = "moves"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    UNREADABLE = "unreadable"
    """Of what was accepted nothing can be read: nobody knows what happened since."""


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """One change. *subject* is the key of escsync.yaml that leans on it; *breaks*: a pass has to do without something."""

    subject: str
    kind: Kind
    message: str
    remedy: str
    breaks: bool = False


def compare(
    before: Sequence[Part], after: Sequence[Part], vocabulary: Vocabulary | None = None
) -> tuple[Shift, ...]:
    """What is different *after*, in the order of the keys that it concerns; what either side does not know is no change.

    A part that is new is none either: it is there because the configuration asks for it, unless everybody has to fill
    it in from now on. *vocabulary* tells what the configuration goes by.
    """
    words = vocabulary or Vocabulary()
    old, new = whole(before), whole(after)
    same = replaced(old, new)
    names = {part.name: new[key].name for key, part in old.items() if key[0] == "status" and key in new}
    found: list[Shift] = []
    for key, part in old.items():
        if key in new:
            found += _changes(_retold(part, new[key], names), new[key], words)
        elif key in same:
            found.append(_replaced(part, same[key]))
        else:
            found.append(_gone(part))
    if demanding(before):
        found += [
            _required(part, words)
            for key, part in new.items()
            if key not in old and part.required and not part.used
        ]
    return tuple(sorted(found))


_OF_OPTIONS = (Kind.OPTIONS_REMOVED, Kind.OPTION_RENAMED)


def joined(shifts: Iterable[Shift], lost: Iterable[Shift]) -> tuple[Shift, ...]:
    """*shifts*, and what is *lost* whether or not it was ever there: each key is told of once, the change before its effect."""
    effects = {one.subject: one for one in lost}
    found = []
    for shift in shifts:
        # An option that is gone is told by the field that had it, and is lost to what `options:` says of it.
        keys = shift.subject.split(", ")
        keys += [key.replace("fields.", "options.", 1) for key in keys if shift.kind in _OF_OPTIONS]
        effect = next((effects.pop(key) for key in keys if key in effects), None)
        found.append(replace(shift, breaks=True) if effect else shift)
    return tuple(sorted([*found, *effects.values()]))


def whole(parts: Iterable[Part]) -> dict[tuple[str, str], Part]:
    """Each thing once, by what tells it apart: two keys may lean on the same field."""
    found: dict[tuple[str, str], Part] = {}
    for part in sorted(parts, key=repr):
        known = found.setdefault((part.kind, part.id), part)
        found[part.kind, part.id] = replace(known, used=tuple(sorted({*known.used, *part.used})))
    return found


def replaced(
    old: dict[tuple[str, str], Part], new: dict[tuple[str, str], Part]
) -> dict[tuple[str, str], Part]:
    """What was made anew under the same name for the same key, by what it was before."""
    free: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for key, part in new.items():
        if key not in old and part.used and part.kind != "person":
            free[part.kind, part.name.casefold()].append(part)
    found = {}
    for key, part in old.items():
        rivals = free[part.kind, part.name.casefold()] if key not in new else []
        match = next((one for one in rivals if set(one.used) & set(part.used)), None)
        if match is not None:
            rivals.remove(match)
            found[key] = match
    return found


def demanding(parts: Iterable[Part]) -> bool:
    """Was it known at all what has to be filled in?"""
    return any(part.required is not None for part in parts)


def subject(part: Part) -> str:
    """Which keys lean on *part*; else what it is."""
    return ", ".join(part.used) or f"{part.kind} {part.name[:_LONG]}"


def _retold(old: Part, new: Part, names: Mapping[str, str]) -> Part:
    """A workflow with its statuses as they are called now: that they were renamed is told of themselves."""
    if old.steps is None or set(old.steps) == set(new.steps or ()):
        return old
    ends = (step.split(" -> ") for step in old.steps)
    return replace(old, steps=tuple(" -> ".join(names.get(end, end) for end in some) for some in ends))


def _changes(old: Part, new: Part, words: Vocabulary) -> Iterator[Shift]:
    about = subject(new if new.used else old)
    # Where nobody may look at it any more it has no name, and that is no change of it.
    if old.name != new.name and old.name and new.name:
        yield _renamed(old, new, words)
    retyped = old.type is not None and new.type is not None and old.type != new.type
    if retyped:
        remedy = f"change it back, or see that its values still say what they said; then {ACCEPT}"
        message = f"{called(new.name)} was a {old.type} and is now a {new.type}"
        yield Shift(about, Kind.RETYPED, message, remedy, bool(_ESSENTIAL & set(new.used)))
    if old.required is not None and new.required is not None and old.required != new.required:
        if new.required:
            yield _required(new, words)
        else:
            yield Shift(about, Kind.OPTIONAL, f"{called(new.name)} need not be filled in any more", ACCEPT)
    if old.options is not None and new.options is not None and not retyped:
        for kind, message, remedy, breaks in options(old, new, words):
            yield Shift(about, Kind(kind), message, remedy or ACCEPT, breaks)
    if old.category is not None and new.category is not None and old.category != new.category:
        yield _category(old, new)
    if old.steps is not None and new.steps is not None and set(old.steps) != set(new.steps):
        yield _moves(old, new)


def _renamed(old: Part, new: Part, words: Vocabulary) -> Shift:
    message = f"{called(old.name)} is now called {called(new.name)}"
    if new.kind == "person":
        remedy = f"correct the name of {_person(new)} in people.yaml: it must stand in this person's messages"
        return Shift(subject(new), Kind.RENAMED, message, remedy)
    lines = []
    for key in new.used:
        section, _, name = key.partition(".")
        named = _named(words, section, name)
        now = [new.id if _same(one, old.name) and not _same(one, old.id) else one for one in named]
        if now != list(named):
            lines.append(f"{section}: {{{name}: {spelled(now if len(now) > 1 else now[0])}}}")
    if lines:
        remedy = f"name it by its id, which no renaming changes: {'; '.join(lines)}"
    else:
        remedy = f"nothing depends on the name; {ACCEPT}"
    return Shift(subject(new), Kind.RENAMED, message, remedy, bool(lines))


def _gone(part: Part) -> Shift:
    named = f"{called(part.name)}" if part.name in ("", part.id) else f"{called(part.name)} ({part.id})"
    about, essential = subject(part), bool(_ESSENTIAL & set(part.used))
    match part.kind:
        case "person":
            message = f"{named} is no account that can be assigned any more"
            remedy = f"correct the id of {_person(part)} in people.yaml, or say `active: false` there"
            return Shift(about, Kind.GONE, message, remedy, essential)
        case "path":
            message, remedy = f"the move {called(part.name)} is gone", "bring it back in the workflow"
            return Shift(about, Kind.MOVES, message, f"{remedy}, or {ACCEPT}", True)
        case "workflow":
            return Shift(about, Kind.GONE, f"the workflow {named} is not used any more", _WORKFLOW)
        case "status":
            remedy = f"name another status under {about}, or bring it back"
        case _ if not part.used:
            return Shift(about, Kind.OPTIONAL, f"{called(part.name)} need not be filled in any more", ACCEPT)
        case _:
            remedy = "bring it back, or map another one; or remove the entry, then `escsync provision --apply` makes it anew"
    return Shift(about, Kind.GONE, f"the {part.kind} {named} is gone", remedy, True)


def _replaced(old: Part, new: Part) -> Shift:
    message = f"{called(new.name)} was made anew: it was {old.id} and is now {new.id}"
    remedy = f"see whether what it held came along; {ACCEPT}"
    return Shift(subject(new), Kind.REPLACED, message, remedy)


def _required(part: Part, words: Vocabulary) -> Shift:
    message = f"{called(part.name)} ({part.id}) has to be filled in now"
    if not part.used:
        remedy = (
            "give it a default or make it optional: escsync fills in only what is mapped, and its moves and "
            "new records would be refused"
        )
        return Shift(subject(part), Kind.REQUIRED, message, remedy, True)
    own = all(FIELDS[key[7:]].own for key in part.used if key[7:] in FIELDS and key.startswith("fields."))
    who = "escsync fills it in after people made the ticket: make it optional" if own else "people fill it in"
    return Shift(subject(part), Kind.REQUIRED, message, f"{who}; {ACCEPT}")


def _category(old: Part, new: Part) -> Shift:
    message = f"{called(new.name)} was {old.category} and is now {new.category}"
    if new.kind == "field":
        lost = "have its history kept again, or what it proves is of grade B from now on; "
        remedy = f"{lost if new.category == 'untracked' else ''}{ACCEPT}"
        return Shift(subject(new), Kind.CATEGORY, message, remedy)
    if new.kind != "person":
        remedy = f"see that {subject(new)} still means it; {ACCEPT}"
        return Shift(subject(new), Kind.CATEGORY, message, remedy)
    if new.category == "inactive":
        remedy = f"say `active: false` for {_person(new)} in people.yaml, and who stands in (`fallback:`)"
        breaks = "fallback_owner" in new.used
        return Shift(subject(new), Kind.DEACTIVATED, f"{called(new.name)} was deactivated", remedy, breaks)
    return Shift(subject(new), Kind.REACTIVATED, f"{called(new.name)} is active again", ACCEPT)


_WORKFLOW = f"see that every stage can still be reached with `escsync doctor`; {ACCEPT}"


def _moves(old: Part, new: Part) -> Shift:
    was, now = set(old.steps or ()), set(new.steps or ())
    told = [("no longer", was - now), ("new", now - was)]
    message = "; ".join(
        f"{word} {', '.join(map(called, sorted(some)[:_MOST]))}" for word, some in told if some
    )
    return Shift(subject(new), Kind.MOVES, f"{called(new.name)} has other moves: {message}", _WORKFLOW)


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _named(words: Vocabulary, section: str, name: str) -> tuple[str, ...]:
    if section == "fields":
        return words.fields.get(name, ())
    return next((some for stage, some in words.stages.items() if stage.value == name), ())


def _person(part: Part) -> str:
    return next((key.partition(".")[2] for key in part.used if key.startswith("people.")), part.id)

"""A people.yaml as it is proposed: the ids that accounts speak for, each with its reason, for somebody to check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError, YAMLStreamError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from escsync.adapter import PersonKind, TrackerPerson
from escsync.config import ConfigError
from escsync.config.document import parse
from escsync.setup.editing.entries import spelled

from .matching import Match, listed

Found = Mapping[str, Sequence[Match]]
"""Tracker name -> what was found for those without an id there."""


@dataclass(frozen=True, slots=True)
class _Insertion:
    at: int
    text: str


def proposed(text: str, found: Found) -> str:
    """*text*, every byte of it, with the ids that can be proposed; those that are a guess stand there as comments."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    for tracker, some in found.items():
        for match in some:
            if match.accounts:
                text = _with(text, tracker, match)
    return mark + text


def starting(trackers: Mapping[str, Iterable[TrackerPerson]]) -> str:
    """A people.yaml for a team that has none: everybody who can own a ticket, roles and all else left to be filled in."""
    lines = [
        "# Proposed by `escsync doctor --people`: everybody who can be assigned on a tracker. Delete who takes no part.",
        "# Roles are never guessed. Each person needs theirs, and since when: they decide who may acknowledge.",
        "people:",
    ]
    taken: set[str] = set()
    for name, email, ids in _everybody(trackers):
        lines.append(f"  - id: {spelled(_id(name, email, taken))}")
        lines.append(f"    name: {spelled(name)}")
        if email:
            lines.append(f"    email: {spelled(email)}")
        lines.append("    # title: Support Manager")
        lines.append("    # roles: [{role: support_manager, from: 2024-01-01}]")
        lines.append(f"    ids: {spelled(ids)}")
    if not taken:
        lines[-1] = "people: []"
    return "\n".join(
        [*lines, "# fallback_owner: ID            # who owns what nobody owns, in mode enforce", ""]
    )


def _everybody(
    trackers: Mapping[str, Iterable[TrackerPerson]],
) -> list[tuple[str, str, dict[str, str]]]:
    """Name, e-mail and ids of each human; one who has the same e-mail on two trackers is one."""
    found: list[tuple[str, str, dict[str, str]]] = []
    by_email: dict[str, dict[str, str]] = {}
    for tracker, accounts in trackers.items():
        for one in accounts:
            if one.kind is not PersonKind.HUMAN or not one.active:
                continue
            same = by_email.get(one.email.casefold()) if one.email else None
            if same is not None and tracker not in same:
                same[tracker] = one.id
                continue
            ids = {tracker: one.id}
            found.append((one.name or one.username or one.id, one.email if same is None else "", ids))
            if one.email and same is None:
                by_email[one.email.casefold()] = ids
    return found


def _id(name: str, email: str, taken: set[str]) -> str:
    """A short name that nobody has yet."""
    word = email.partition("@")[0] or name
    base = re.sub(r"[^a-z0-9]+", "-", word.casefold()).strip("-") or "person"
    new = next(one for one in _numbered(base) if one not in taken)
    taken.add(new)
    return new


def _numbered(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}-{n}" for n in range(2, 1_000_000))


def _with(text: str, tracker: str, match: Match) -> str:
    """*text* with one proposal, where the file still says all that it said and nothing else; else with a remark."""
    reason = f"proposed by escsync doctor: {_reason(match)}"
    remark = f"# {match.person.id}: ids: {{{spelled(tracker)}: {_ids(match)}}} {reason}"
    node = _node(text, match.person.id)
    if node is None:
        return text
    if match.sure:
        new = _inserted(text, _entry(text, node, tracker, match, reason))
        if _says(new, text, tracker, match):
            return new
    above = _remark(text, node, remark)
    new = _inserted(text, [above])
    return new if _data(new) == _data(text) else text


def _entry(text: str, person: MappingNode, tracker: str, match: Match, reason: str) -> list[_Insertion]:
    """Where the id goes, and its reason beside it or above the person."""
    entry = f"{spelled(tracker)}: {spelled(match.accounts[0].id)}"
    held = next(((k, v) for k, v in person.value if isinstance(k, ScalarNode) and k.value == "ids"), None)
    newline = "\r\n" if "\r\n" in text else "\n"
    if held is not None:
        ids = held[1]
        if not isinstance(ids, MappingNode):
            return [
                _Insertion(held[0].end_mark.index + 1, f" {{{entry}}}"),
                _remark(text, person, f"# {reason}"),
            ]
        if not ids.value:
            return [_Insertion(ids.start_mark.index + 1, entry), _remark(text, person, f"# {reason}")]
        last = ids.value[-1][1].end_mark.index
        if ids.flow_style:
            return [_Insertion(last, f", {entry}"), _remark(text, person, f"# {reason}")]
        indent = " " * ids.value[0][0].start_mark.column
        return [_Insertion(_line_end(text, last), f"{newline}{indent}{entry}  # {reason}")]
    if person.flow_style:
        last = person.value[-1][1].end_mark.index
        return [_Insertion(last, f", ids: {{{entry}}}"), _remark(text, person, f"# {reason}")]
    own = next(v for k, v in person.value if isinstance(k, ScalarNode) and k.value == "id")
    indent = " " * person.value[0][0].start_mark.column
    place = _line_end(text, own.end_mark.index)
    return [_Insertion(place, f"{newline}{indent}ids: {{{entry}}}  # {reason}")]


def _remark(text: str, person: MappingNode, remark: str) -> _Insertion:
    """A comment on a line of its own above *person*."""
    start = text.rfind("\n", 0, person.start_mark.index) + 1
    before = text[start : person.start_mark.index]
    indent = before[: len(before) - len(before.lstrip())]
    newline = "\r\n" if "\r\n" in text else "\n"
    return _Insertion(start, f"{indent}{remark}{newline}")


def _node(text: str, person: str) -> MappingNode | None:
    """Where *person* stands."""
    try:
        root: Node | None = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, YAMLStreamError, ValueError):
        return None
    if not isinstance(root, MappingNode):
        return None
    people = next((v for k, v in root.value if isinstance(k, ScalarNode) and k.value == "people"), None)
    for one in people.value if isinstance(people, SequenceNode) else ():
        if isinstance(one, MappingNode) and any(
            isinstance(k, ScalarNode) and k.value == "id" and isinstance(v, ScalarNode) and v.value == person
            for k, v in one.value
        ):
            return one
    return None


def _says(new: str, old: str, tracker: str, match: Match) -> bool:
    """Does *new* say what *old* says, and this id besides?"""
    expected, told = _data(old), _data(new)
    for one in expected["people"]:
        if str(one.get("id")) == match.person.id:
            one["ids"] = {**(one.get("ids") or {}), tracker: match.accounts[0].id}
    return bool(told == expected)


def _data(text: str) -> Any:
    try:
        return parse(text, "people.yaml").data
    except ConfigError:
        return None


def _inserted(text: str, some: Iterable[_Insertion]) -> str:
    for one in sorted(some, key=lambda each: each.at, reverse=True):
        text = text[: one.at] + one.text + text[one.at :]
    return text


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def _ids(match: Match) -> str:
    return spelled(match.accounts[0].id) if len(match.accounts) == 1 else "..."


def _reason(match: Match) -> str:
    """Why, in one line; names are hostile text."""
    if len(match.accounts) == 1:
        told = f"the account of {match.accounts[0].name} has the same {match.by}"
        told += "; a weak sign, check it" if match.by == "full name" else ""
        told += "; it may be somebody else's" if match.shared else ""
    else:
        told = f"several accounts have the same {match.by}: {listed(match.accounts)}"
    return "".join(ch if ch.isprintable() else " " for ch in told)

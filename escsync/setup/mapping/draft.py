"""A draft: the commented configuration that a proposal becomes, such that it loads back as it was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any, TypeAlias

from escsync.adapter import FIELDS
from escsync.domain.fields import MAPPED_STAGES

from .proposal import Match, Proposal, Rung
from .stages import NEEDED

Row: TypeAlias = tuple[str, str]
"""A line, and the remark that stands beside it."""
_PLAIN = re.compile(r"[^\W\d_][\w ./@+%$()-]*[\w.)]|[^\W\d_]", re.ASCII)
_REFERENCE = re.compile(r"\$\{(env|file):[^{}\s#]+\}")
_ADDRESS = re.compile(r"https?://[\w.:/@~%+-]*[\w/]", re.ASCII)
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_COLUMN = 43
"""Where the remarks stand, as in every example file."""
_FARTHEST = 62
_LONGEST = 60
_WIDEST = 4_000


@dataclass(frozen=True, slots=True)
class Section:
    """A tracker as `escsync init` knows it: *name* in the file, what was answered, and what is proposed."""

    name: str
    adapter: str
    connection: Mapping[str, Any]
    scope: Mapping[str, Any]
    proposal: Proposal = field(default_factory=Proposal)
    looked: bool = True
    """Was the tracker looked at, or are only the answers known?"""
    open: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    """Per part, the keys that a person has yet to fill in, each with an example and what it is."""


def section(tracker: Section) -> str:
    """The tracker's own part of escsync.yaml, indented to stand below `trackers:`."""
    return "".join(f"{line}\n" for line in _lines(tracker))


def writable(text: str) -> bool:
    """Can *text* stand in a configuration? What looks like a reference would be taken for one, half a character for none."""
    return bool(text.strip()) and len(text) <= _WIDEST and "${" not in text and not _UNREADABLE.search(text)


def quoted(value: Any) -> str:
    """*value* as YAML on one line, plain where that is the same."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(quoted(each) for each in value)}]"
        case Mapping():
            return "{" + ", ".join(f"{quoted(str(k))}: {quoted(v)}" for k, v in value.items()) + "}"
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS
    if plain or _REFERENCE.fullmatch(text) or _ADDRESS.fullmatch(text):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def remark(text: str, limit: int = _LONGEST) -> str:
    """*text* of a tracker as a comment may hold it: one line, printable, and not too long."""
    seen = text[: limit * 4]
    flat = " ".join("".join(ch if ch.isprintable() else " " for ch in seen).split())
    return flat if len(flat) <= limit else flat[: limit - 3].rstrip() + "..."


def _escaped(ch: str) -> str:
    if ch in '"\\':
        return f"\\{ch}"
    if ch.isprintable():
        return ch
    code = ord(ch)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _lines(tracker: Section) -> Iterator[str]:
    found = tracker.proposal
    yield from _block(
        [
            (f"  {tracker.name}:", "a name of your choosing; people.yaml refers to it under `ids:`"),
            (f"    adapter: {quoted(tracker.adapter)}", ""),
            ("    mode: observe", "off | observe | annotate | enforce"),
        ]
    )
    yield from _settings(tracker, "connection", tracker.connection, "how to reach it")
    yield from _settings(
        tracker, "scope", tracker.scope, "which tickets are executive escalations; all must hold"
    )
    yield from _block(
        [("    stages:", "our stage -> its status, by id or name; of a list, the first is the one written")]
    )
    yield from _block(list(_stages(found, tracker.looked)))
    yield from _block(
        [("    fields:", "our field -> the tracker's; what is behind a # is for you to decide")]
    )
    yield from _fields(found, tracker.looked)
    if _renamed(found):
        yield from _block([("    options:", "where an option has another name than ours")])
        yield from _block(list(_options(found)))


def _settings(tracker: Section, name: str, settings: Mapping[str, Any], about: str) -> Iterator[str]:
    rows = [(f"      {key}: {quoted(value)}", "") for key, value in settings.items()]
    for key, (example, meaning) in tracker.open.get(name, {}).items():
        rows.append(
            (f"      # {key}: {quoted(example)}" if example else f"      # {key}:", remark(meaning, 100))
        )
    if rows:
        yield from _block([(f"    {name}:", about), *rows])


def _stages(found: Proposal, looked: bool) -> Iterator[Row]:
    for stage in MAPPED_STAGES:
        rungs = [rung for rung in found.stages if rung.stage is stage and writable(rung.step.spelling)]
        sure = [rung for rung in rungs if rung.sure]
        if sure:
            spelled = [rung.step.spelling for rung in sure]
            yield f"      {stage}: {quoted(spelled[0] if len(spelled) == 1 else spelled)}", _rungs(sure)
        for rung in rungs:
            if not rung.sure:
                yield f"      # {stage}: {quoted(rung.step.spelling)}", _rungs([rung])
        if not rungs and stage in NEEDED:
            yield (
                f"      # {stage}:",
                "init found no status for it; add one to the workflow, and name it here"
                if looked
                else "its status, by id or name",
            )
    for step in found.unplaced:
        spelled_ = remark(quoted(step.spelling))
        yield f"      # {spelled_}", f"{remark(step.name)}: init knows no stage for it"


def _rungs(rungs: Sequence[Rung]) -> str:
    if len(rungs) == 1:
        return f"{remark(rungs[0].step.name)}: {rungs[0].confidence} %, {remark(rungs[0].reason, 120)}"
    told = (remark(rung.reason, 120) if rung.doubtful else f"{rung.confidence} %" for rung in rungs)
    return ", ".join(f"{remark(rung.step.name)}: {each}" for rung, each in zip(rungs, told, strict=True))


def _fields(found: Proposal, looked: bool) -> Iterator[str]:
    for own in (False, True):
        names = [name for name in FIELDS if FIELDS[name].own is own]
        matches = [match for match in found.fields if match.name in names]
        lacking = [name for name in names if name in found.lacking]
        if own and (matches or lacking):
            yield "      # written by escsync, in mode annotate and enforce:"
        yield from _block([_field(match) for match in matches])
        if lacking:
            # Worded so that it is still true when they have been made.
            seen = "init found nothing like these" if looked else "init did not look for these"
            yield f"      # {seen}; `escsync provision --apply` makes those that"
            yield "      # have no line of their own here yet:"
            yield from wrap(
                ", ".join(lacking), 100, initial_indent="      #   ", subsequent_indent="      #   "
            )


def _field(match: Match) -> Row:
    kind = f", {remark(match.found.type)}" if match.found.type else ""
    about = f"{remark(match.found.name)}{kind}: {match.confidence} %, {remark(match.reason, 120)}"
    if not writable(match.found.spelling):
        return f"      # {match.name}:", f"{about}; name it by its id, its name cannot stand here"
    hidden = "" if match.sure else "# "
    return f"      {hidden}{match.name}: {quoted(match.found.spelling)}", about


def _options(found: Proposal) -> Iterator[Row]:
    for match in _renamed(found):
        pairs = [one for one in match.options if writable(one.option)]
        yield f"      {'' if any(one.sure for one in pairs) else '# '}{match.name}:", ""
        for one in pairs:
            yield (
                f"        {'' if one.sure else '# '}{one.value}: {quoted(one.option)}",
                f"{one.confidence} %",
            )


def _renamed(found: Proposal) -> list[Match]:
    """The fields that are mapped and have options under other names than ours."""
    mapped = (match for match in found.fields if match.sure and writable(match.found.spelling))
    return [match for match in mapped if any(writable(one.option) for one in match.options)]


def _block(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of a part with their remarks in one column; a long line is followed at once."""
    widths = [len(text) + 1 for text, about in rows if about and len(text) < _FARTHEST]
    column = max(_COLUMN - 1, *widths) if widths else _COLUMN - 1
    for text, about in rows:
        yield f"{text.ljust(column)} # {about}" if about else text

"""A draft: the commented configuration that a proposal becomes, such that it loads back as it was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from escsync.adapter import FIELDS, FieldKind, Stage
from escsync.domain.fields import MAPPED_STAGES

from .proposal import Match, Proposal, Rung
from .wishes import label

_PLAIN = re.compile(r"[^\W\d_][\w ./@+%$()-]*[\w.)]|[^\W\d_]", re.ASCII)
_REFERENCE = re.compile(r"\$\{(env|file):[^{}\s#]+\}")
_ADDRESS = re.compile(r"https?://[\w.:/@~%+-]*[\w/]", re.ASCII)
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_COLUMN = 43
"""Where the remarks stand, as in every example file."""
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


def section(tracker: Section) -> str:
    """The tracker's own part of escsync.yaml, indented to stand below `trackers:`."""
    return "".join(f"{line}\n" for line in _lines(tracker))


def writable(text: str) -> bool:
    """Can *text* stand in a configuration? What looks like a reference would be taken for one."""
    return bool(text.strip()) and len(text) <= _WIDEST and "${" not in text and "\x00" not in text


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
    yield _line(2, f"{tracker.name}:", "a name of your choosing; people.yaml refers to it under `ids:`")
    yield f"    adapter: {tracker.adapter}"
    yield _line(4, "mode: observe", "off | observe | annotate | enforce")
    yield from _settings("connection", tracker.connection, "how to reach it")
    yield from _settings("scope", tracker.scope, "which tickets are executive escalations; all must hold")
    yield _line(
        4, "stages:", "the process's stage -> the status, by id or name; of a list, the first is written"
    )
    yield from _stages(found, tracker.looked)
    yield _line(4, "fields:", "our field -> the tracker's field; what is behind a # is for you to decide")
    yield from _fields(found, tracker.looked)
    if any(match.options for match in found.fields):
        yield _line(4, "options:", "where an option has another name than ours")
        yield from _options(found)


def _settings(name: str, settings: Mapping[str, Any], about: str) -> Iterator[str]:
    if not settings:
        return
    yield _line(4, f"{name}:", about)
    for key, value in settings.items():
        yield f"      {key}: {quoted(value)}"


def _stages(found: Proposal, looked: bool) -> Iterator[str]:
    for stage in MAPPED_STAGES:
        rungs = [rung for rung in found.stages if rung.stage is stage and writable(rung.step.spelling)]
        sure = [rung for rung in rungs if rung.sure]
        if sure:
            spelled = [rung.step.spelling for rung in sure]
            yield _line(6, f"{stage}: {quoted(spelled[0] if len(spelled) == 1 else spelled)}", _rungs(sure))
        for rung in rungs:
            if not rung.sure:
                yield _line(6, f"# {stage}: {quoted(rung.step.spelling)}", _rungs([rung]))
        if not rungs and stage not in (Stage.CANDIDATE, Stage.REJECTED, Stage.DUPLICATE):
            yield _line(
                6, f"# {stage}:", "no status is called like it" if looked else "its status, by id or name"
            )
    for step in found.unplaced:
        yield f"      # {remark(quoted(step.spelling))} ({remark(step.name)}) stands for no stage yet"


def _rungs(rungs: Sequence[Rung]) -> str:
    return ", ".join(f"{remark(rung.step.name)}: {rung.confidence} %" for rung in rungs) + (
        f", {remark(rungs[0].reason)}" if len(rungs) == 1 else ""
    )


def _fields(found: Proposal, looked: bool) -> Iterator[str]:
    matches = {match.name: match for match in found.fields}
    outside = [name for name in FIELDS if not FIELDS[name].own]
    ours = [name for name in FIELDS if FIELDS[name].own]
    for names, about in ((outside, ""), (ours, "written by escsync, in mode annotate and enforce:")):
        if about and any(name in matches or name in found.lacking for name in names):
            yield f"      # {about}"
        for name in names:
            if name in matches:
                yield _field(matches[name])
            elif name in found.lacking:
                yield _line(6, f"# {name}:", _lacking(name, looked))


def _field(match: Match) -> str:
    kind = f", {remark(match.found.type)}" if match.found.type else ""
    about = f"{remark(match.found.name)}{kind}: {match.confidence} %, {remark(match.reason, 120)}"
    if not writable(match.found.spelling):
        return _line(6, f"# {match.name}:", f"{about}; name it by its id, its name would be a reference here")
    hidden = "" if match.sure else "# "
    return _line(6, f"{hidden}{match.name}: {quoted(match.found.spelling)}", about)


def _lacking(name: str, looked: bool) -> str:
    if not looked:
        return f"{label(name)}; `escsync provision` finds or makes it"
    return f"nothing is like it; `escsync provision` makes {label(name)!r}"


def _options(found: Proposal) -> Iterator[str]:
    for match in found.fields:
        pairs = [one for one in match.options if writable(one.option)]
        if not pairs or FIELDS[match.name].kind is FieldKind.FLAG:
            continue
        whole = match.sure and writable(match.found.spelling)
        yield f"      {'' if whole and any(one.sure for one in pairs) else '# '}{match.name}:"
        for one in pairs:
            hidden = "" if whole and one.sure else "# "
            yield _line(8, f"{hidden}{one.value}: {quoted(one.option)}", f"{one.confidence} %")


def _line(indent: int, text: str, about: str) -> str:
    """*text*, and what is to be said about it in a column of its own; a long text is followed at once."""
    return f"{' ' * indent}{text}".ljust(_COLUMN - 1) + f" # {about}"

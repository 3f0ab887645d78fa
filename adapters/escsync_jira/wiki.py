"""Wiki markup, the rich text of Jira Data Center: to plain lines, and plain lines made harmless."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_VERBATIM = re.compile(r"\{(code|noformat)(?:[:|][^}\n]*)?\}(.*?)(?:\{\1\}|\Z)", re.DOTALL)
_QUOTE = re.compile(r"\{quote\}(.*?)(?:\{quote\}|\Z)", re.DOTALL)
_MACRO = re.compile(r"(?<!\\)\{(?:color|panel|anchor|info|note|tip|warning|expand)(?:[:|][^}\n]*)?\}")
_LINK = re.compile(r"(?<!\\)\[(?!~)([^\[\]|\n]*)\|([^\[\]|\n]+)(?:\|[^\[\]\n]*)?\]")
_BARE_LINK = re.compile(r"(?<!\\)\[((?:https?|mailto|ftp):[^\[\]|\s]+)\]")
_MENTION = re.compile(r"(?<!\\)\[~(?:accountid:)?([^\[\]\n]+)\]")
_HEADING = re.compile(r"^\s*h[1-6]\.\s+")
_QUOTED_LINE = re.compile(r"^\s*bq\.\s+")
_EMPHASIS = re.compile(r"(?<![\w\\*_+^~-])([*_+^~-])(?=\S)([^\n]*?[^\s\\])\1(?![\w*_+^~-])")
_TELETYPE = re.compile(r"(?<!\\)\{\{([^{}\n]*)\}\}")
_ESCAPED = re.compile(r"\\([^A-Za-z0-9\s])")
_BULLET = re.compile(r"^\s*([*#-]+)\s+")

_LOADED = re.compile(r"[&\\{}\[\]!|]|(?<!\w)[*_+^~?#-]|[*_+^~?#-](?!\w)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|amp|lt|gt|quot|nbsp);")
_LINE_START = re.compile(r"^(\s*)(h[1-6]|bq)\.")


def plain(text: str) -> str:
    """*text* without its markup: quotes begin with `> `, code stands between fences."""
    lines: list[str] = []
    for verbatim, part in _parts(text.replace("\r\n", "\n")):
        if verbatim:
            lines += ["```", *part.strip("\n").split("\n"), "```"]
        else:
            lines += _prose(part)
    return "\n".join(lines).strip("\n")


def escape(text: str) -> str:
    """*text* as wiki markup that shows exactly *text*: no macro, mention, image, link or heading comes of it."""
    return "\n".join(_harmless(line) for line in text.split("\n"))


def _harmless(line: str) -> str:
    # The dot of "h1." has no escape but an entity; a backslash would be read as an escape itself.
    heading = _LINE_START.match(line)
    start = f"{heading[1]}{heading[2]}&#46;" if heading else ""
    return start + _LOADED.sub(_disarmed, line[heading.end() :] if heading else line)


def _disarmed(found: re.Match[str]) -> str:
    return {"&": "&amp;", "\\": "&#92;"}.get(found[0], "\\" + found[0])


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    end = 0
    for found in _VERBATIM.finditer(text):
        if found.start() and text[found.start() - 1] == "\\":
            continue
        if before := text[end : found.start()]:
            yield False, before
        yield True, found[2]
        end = found.end()
    if text[end:]:
        yield False, text[end:]


def _prose(text: str) -> list[str]:
    def quoted(found: re.Match[str]) -> str:
        return "\n" + "\n".join(f"> {line}" for line in found[1].strip("\n").split("\n")) + "\n"

    return [_bare(line) for line in _QUOTE.sub(quoted, text).strip("\n").split("\n")]


def _bare(line: str) -> str:
    if _QUOTED_LINE.match(line):
        line = "> " + _QUOTED_LINE.sub("", line)
    line = _HEADING.sub("", line)
    line = _BULLET.sub("- ", line)
    line = _MACRO.sub("", line)
    line = _TELETYPE.sub(r"\1", line)
    line = _MENTION.sub(r"@\1", line)
    line = _LINK.sub(r"\1 (\2)", line)
    line = _BARE_LINK.sub(r"\1", line)
    line = _EMPHASIS.sub(r"\2", line)
    line = _ESCAPED.sub(r"\1", line.replace("\\\\", "\n"))
    return _ENTITY.sub(lambda found: html.unescape(found[0]), line)

"""Excerpt: the line of a file that a problem is about, with a mark under it; never a line that may hold a secret."""

from __future__ import annotations

import re
from pathlib import Path as FilePath

from escsync.secrets import literal

from .confidence import secretive
from .problem import Problem
from .veil import veil

_WIDTH = 100
_BEFORE = 60
_LARGEST = 1_000_000
_FREE = ("http", "sqlite", "postgres", "mysql", "mariadb", "oracle", "mssql")
"""Schemes of addresses that carry no login but before an @ or behind a ?; of a chat's or a mail's, every part may be one."""
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^\s\"',\]}]*)")
_LOGIN = re.compile(r"://[^\s@]*:\S+@|[\w.+%-]:(?!//)\S+@")
"""A login in an address, with its scheme or without, whatever characters its password has."""
_HERE = "\0"
"""Stands for a reference."""
_WORD = re.compile(r"[A-Za-z0-9+/=_-]{20,}")


def excerpt(problem: Problem) -> tuple[str, ...]:
    """The line and the mark below it; nothing where there is no such line, its place only where it may hold a secret."""
    content = _content(problem.file)
    # YAML counts lines by these only; Python's own splitting knows more of them.
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", content) if content else []
    if not 0 < problem.line <= len(lines):
        return ()
    number = str(problem.line)
    text, name = lines[problem.line - 1], FilePath(problem.file).name
    if not text.strip():
        return ()
    told = not name.startswith(".env") and _harmless(text)
    # A table is no YAML.
    if not told or (not name.endswith(".csv") and veil(content).hides(problem.line, lines)):
        return (f"{number} | column {problem.column}; the line is not shown, since it may hold a secret",)
    column = min(max(problem.column, 1), len(text) + 1)
    begin = max(0, column - _BEFORE)
    shown = "".join(ch if ch.isprintable() else " " for ch in text[begin : begin + _WIDTH]).rstrip()
    return f"{number} | {shown}", f"{' ' * len(number)} | {' ' * (column - begin - 1)}^ column {column}"


def _content(file: str) -> str:
    path = FilePath(file)
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return ""
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):
        return ""


def _harmless(text: str) -> bool:
    """Is there surely no secret in *text*? References to one may be shown."""
    written = literal(text)
    if _LOGIN.search(written):
        return False
    for scheme, rest in _ADDRESS.findall(written):
        if re.search(r"[^:/]@|\?.", rest) or (rest.strip("/:@#?&=") and not scheme.startswith(_FREE)):
            return False
    for found in _WORD.findall(written):
        if any(ch.isdigit() for ch in found) and any(ch.isalpha() for ch in found):
            return False
    return not _secret_written(literal(text, _HERE))


def _secret_written(written: str) -> bool:
    """Does something stand behind a word that says that it is a secret, colon or not?"""
    for found in re.finditer(r"([\w-]+)(?=([^,}\]]*))", written):
        if secretive(found[1]):
            value, _, remark = found[2].partition("#")
            told = value.strip(" \t:\"'")
            # Behind a # that has no blank before it, or nothing, may be all that is meant.
            if told.replace(_HERE, "").strip(" \t:\"'") or (remark.strip() and not told):
                return True
    return False

"""Secrets: `${env:NAME}` and `${file:PATH}` become their text, which is never coerced and never shown."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import quote, quote_plus

_REFERENCE = re.compile(r"\$\{(env|file):([^{}]*)\}")
_ATTEMPT = re.compile(r"\$\{[^{}]*\}?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_USUAL = re.compile(r"[A-Z]{1,14}[0-9]{0,2}(_([A-Z]{1,14}[0-9]{0,2}|[0-9]{1,2}))*")
"""How people call a variable, and hardly ever a password."""
_PATH = re.compile(r"[./~].*|[\w./-]*[a-z_-]\.[A-Za-z]{2,6}|[A-Za-z_-]+(/[A-Za-z_.-]+)+", re.DOTALL)
_LARGEST = 65_536
"""Bytes: a key fits, a mistaken path to a database does not."""


class Unresolved(Exception):
    """A reference that leads nowhere. Its text names the reference, never a value."""

    def __init__(self, message: str, suggestion: str = "", *, variable: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
        self.variable = variable
        """The environment variable that is not set."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A text with its references replaced; *parts* are the texts that came from outside."""

    text: str = field(repr=False)
    parts: tuple[str, ...] = field(repr=False)


def refers(text: str) -> bool:
    """Does *text* hold a reference, well written or not?"""
    return _ATTEMPT.search(text) is not None


def literal(text: str, instead: str = "") -> str:
    """What of *text* is written out: *instead* of references, save of one that may have a secret for its name."""

    def left(found: re.Match[str]) -> str:
        kind, _, name = found[0].strip("${}").rpartition(":")
        return instead if kind in ("", "env", "file") and _usual(kind or "env", name.strip()) else found[0]

    return re.sub(r"\$\{[^{}]*\}", left, text)


def _usual(kind: str, name: str) -> bool:
    """Does *name* look like that of a variable or a file, and not like a secret in the wrong place?"""
    return (_USUAL if kind == "env" else _PATH).fullmatch(name) is not None


def resolve(
    text: str, *, environ: Mapping[str, str], folder: Path, login: bool = False, discreet: bool = False
) -> Resolved:
    """*text* with each reference replaced by what it names; Unresolved says which one does not exist.

    *login*: in an address, what stands for its user and password is encoded, so that no character of it ends them.
    *discreet*: where a secret is expected, a name is not repeated that leads nowhere and may be the secret itself.
    """
    for attempt in _ATTEMPT.findall(_REFERENCE.sub("", text)):
        inner = attempt.strip("${}").partition(":")[2] or attempt.strip("${}")
        if discreet and not (_usual("env", inner) or inner in environ):
            raise Unresolved("holds ${...} that is no reference; write ${env:NAME} or ${file:PATH}")
        suggestion = f"${{env:{inner}}}" if _NAME.fullmatch(inner) else ""
        raise Unresolved(f"{attempt} is no reference; write ${{env:NAME}} or ${{file:PATH}}", suggestion)
    parts: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        kind, name = match[1], match[2].strip()
        told = not discreet or _usual(kind, name)
        parts.append(_variable(name, environ, told=told) if kind == "env" else _file(name, folder, told=told))
        before, after = text[: match.start()], text[match.end() :]
        within = login and "://" in before and "@" in after and "/" not in before.partition("://")[2]
        return quote(parts[-1], safe="") if within else parts[-1]

    return Resolved(_REFERENCE.sub(replaced, text), tuple(parts))


def scrub(message: str, secrets: Iterable[str]) -> str:
    """*message* without any of *secrets*, should one have crept in."""
    return Veil(secrets, shortest=4).over(message)


class Veil:
    """Hides secrets, in every guise in which they travel or are repeated; those shorter than *shortest* are none."""

    def __init__(self, secrets: Iterable[str] = (), *, shortest: int = 6) -> None:
        self._shortest = shortest
        self._known: set[str] = set()
        self._guises: list[str] = []
        self.keep(secrets)

    def keep(self, secrets: Iterable[str]) -> None:
        """Hide these, too."""
        added = {secret for secret in secrets if len(secret) >= self._shortest} - self._known
        self._known |= added
        # The longest first: a part of a secret that is hidden would leave the rest of it bare.
        self._guises = sorted({*self._guises, *(one for new in added for one in _guises(new))}, key=_longest)

    def over(self, text: str) -> str:
        """*text* without any of them."""
        for guise in self._guises:
            text = text.replace(guise, "***")
        return text

    def upon(self, content: bytes) -> bytes:
        """The same for an answer as it came, before it is read and cut to length."""
        text = content.decode("utf-8", "surrogateescape")
        return self.over(text).encode("utf-8", "surrogateescape")


def _guises(secret: str) -> set[str]:
    """*secret* as it is and within any base64, each also as an address, JSON and HTML write it."""
    raw = secret.encode(errors="backslashreplace")
    plain = {secret}
    for before in range(3):
        # Basic sends user:secret; its base64 differs only by where in a group of three the secret begins.
        code = b64encode(bytes(before) + raw).decode().rstrip("=")
        begin, end = (before * 8 + 5) // 6, (before + len(raw)) * 8 // 6
        for one in (code[begin:], code[begin:end]):
            plain |= {one, one.replace("+", "-").replace("/", "_")}
    return {guise for one in plain for guise in _spelt(one) if len(guise) >= 4}


def _spelt(text: str) -> set[str]:
    # As bytes: what the environment holds need not be proper text.
    raw = text.encode(errors="backslashreplace")
    quoted = {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    return {
        text,
        *quoted,
        *(re.sub("%..", lambda found: found[0].lower(), one) for one in quoted),
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        json.dumps(text)[1:-1].replace("/", "\\/"),
        re.sub(r"[=+&<>'/]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text)[1:-1]),
        re.sub(r"[=+&<>']", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text)[1:-1]),
        html.escape(text),
    }


def _longest(text: str) -> tuple[int, str]:
    return -len(text), text


def _variable(name: str, environ: Mapping[str, str], *, told: bool) -> str:
    if not _NAME.fullmatch(name):
        raise Unresolved(f"{repr(name) if told else 'what is named'} is no name of an environment variable")
    if name not in environ:
        near = get_close_matches(name, list(environ), n=1, cutoff=0.8)
        raise Unresolved(
            f"the environment variable {name if told else 'that is named'} is not set",
            f"${{env:{near[0]}}}" if near else "",
            variable=name if told else "NAME",
        )
    if not environ[name].strip():
        raise Unresolved(f"the environment variable {name} is set but empty")
    return environ[name]


def _file(name: str, folder: Path, *, told: bool) -> str:
    path = folder / name
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise Unresolved(f"the file {name if told else 'that is named'} cannot be read ({reason})") from None
    if len(content) > _LARGEST:
        raise Unresolved(f"the file {name} is larger than {_LARGEST} bytes: no secret")
    try:
        text = content.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise Unresolved(f"the file {name} is not UTF-8 text") from None
    if not text.strip():
        raise Unresolved(f"the file {name} is empty")
    return text

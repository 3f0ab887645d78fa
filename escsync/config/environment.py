"""The environment: the variables that `${env:NAME}` may name, from the process and from a `.env` file beside the YAML."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from dotenv.parser import parse_stream

from .problem import Problem

NAME = ".env"
_LARGEST = 1_000_000
_OTHERS = 0o004
_SECRETIVE = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "KEY", "CREDENTIAL", "SESSION", "AUTH")
_REASON = "The file holds secrets for `${env:NAME}`; what stands in it is never shown."


@dataclass(frozen=True, slots=True)
class Environment:
    """*values* by name, the process's own first; *secrets* are those whose name says what they are."""

    values: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def environment(folder: FilePath, environ: Mapping[str, str]) -> Environment:
    """*environ*, and what a `.env` in *folder* adds: it never replaces a variable that is set already.

    The file is read by the rules of python-dotenv: `NAME=value`, quotes, `export`, `#`; nothing in it is expanded.
    """
    path = folder / NAME
    file = str(path)
    try:
        # A folder of this name is a virtual environment, as many people call theirs.
        if not path.is_file():
            return Environment(environ, _secret(environ))
        if path.stat().st_size > _LARGEST:
            return Environment(
                environ, _secret(environ), problems=(_wrong(file, 1, f"is larger than {_LARGEST} bytes"),)
            )
        text = path.read_bytes().decode("utf-8-sig")
        open_to_all = path.stat().st_mode & _OTHERS
    except OSError as error:
        return Environment(
            environ, _secret(environ), problems=(_wrong(file, 1, f"cannot be read: {error.strerror}"),)
        )
    except UnicodeDecodeError:
        return Environment(environ, _secret(environ), problems=(_wrong(file, 1, "is not UTF-8 text"),))
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            line = binding.original.line + _blank(binding.original.string)
            problems.append(_wrong(file, line, "is no `NAME=value`"))
        elif binding.key is not None and binding.value is not None:
            found[binding.key] = binding.value
    warnings = [_readable(file)] if found and open_to_all else []
    values = {**found, **environ}
    return Environment(values, _secret(values), tuple(problems), tuple(warnings))


def _secret(values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(value for name, value in values.items() if any(word in name.upper() for word in _SECRETIVE))


def _blank(text: str) -> int:
    """How many empty lines come before what a piece of the file says."""
    return text[: len(text) - len(text.lstrip())].count("\n")


def _wrong(file: str, line: int, said: str) -> Problem:
    remedy = "Write one `NAME=value` per line, UTF-8, quotes around a value with spaces or `#`."
    return Problem(file, line, (), said, reason=_REASON, remedy=remedy)


def _readable(file: str) -> Problem:
    said = "can be read by every user of this machine"
    return Problem(file, 1, (), said, reason=_REASON, remedy=f"chmod 600 {file}")

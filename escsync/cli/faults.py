"""What a person is told when something fails: one line, no trace, no secret, and the right exit code."""

from __future__ import annotations

import errno
import re
import traceback
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from escsync.cli.exits import Exit, problem
from escsync.domain.fault import place
from escsync.secrets import Veil

if TYPE_CHECKING:
    from escsync.cli.terminal import Terminal

_SECRETIVE = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "KEY", "CREDENTIAL", "SESSION", "AUTH")
_LOGIN = re.compile(r"\b(basic|bearer)\s+[\w.~+/-]{8,}=*", re.IGNORECASE)
"""How a login looks in a header, which a server or a proxy may repeat in what it says."""
_REPORT = "Please report it with the trace that -v prints. The same command may be run again."


class Discretion:
    """Keeps what environment and configuration hold in confidence out of every word."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._veil = Veil(
            value for name, value in environ.items() if any(word in name.upper() for word in _SECRETIVE)
        )

    def keep(self, secrets: Iterable[str]) -> None:
        """Keep these in confidence, too."""
        self._veil.keep(secrets)

    def clean(self, text: str) -> str:
        """*text* without any secret."""
        return _LOGIN.sub(r"\1 ***", self._veil.over(text))


def told(error: Exception, terminal: Terminal, discretion: Discretion, *, trace: bool) -> Exit:
    """Say what *error* means and answer how to exit."""
    expected = _expected(error)
    if expected is not None:
        code, line = expected
        terminal.problem([discretion.clean(line)])
        terminal.ended([problem(discretion.clean(line))])
        return code
    said = f"this should not have happened: {place(error)}"
    terminal.problem((said, _REPORT))
    terminal.ended([problem(remedied(said, _REPORT))])
    if trace:
        terminal.err.file.write(discretion.clean("".join(traceback.format_exception(error))))
    return Exit.PARTIAL


def remedied(message: str, remedy: str) -> str:
    """What is wrong and what to do, in one line."""
    return f"{message} -> {remedy}" if remedy else message


def _expected(error: Exception) -> tuple[Exit, str] | None:
    """The exit code and the line of an error that a layer below names; None where it is a surprise."""
    from escsync.adapter import TrackerError
    from escsync.ledger import Held, LedgerError
    from escsync.registry import PluginError

    match error:
        case TrackerError():
            return Exit.TRACKER, remedied(error.message, error.remedy)
        case Held():
            return Exit.HELD, remedied(error.message, error.remedy)
        case LedgerError():
            return Exit.USAGE, remedied(error.message, error.remedy)
        case PluginError():
            return Exit.USAGE, str(error)
        case OSError(filename=str(name), strerror=str(reason)):
            return Exit.USAGE, f"{name}: {reason}"
        case OSError(errno=errno.ENOSPC | errno.EIO, strerror=str(reason)):
            return Exit.PARTIAL, f"not everything could be written: {reason}"
        case _:
            return None

"""The command line: the only clock, the only printer, the only exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from escsync.cli.host import Host


def main(arguments: Sequence[str] | None = None, host: Host | None = None) -> int:
    """Run one command and answer how to exit; tests hand in their own *host*."""
    _opened()
    told = sys.argv[1:] if arguments is None else list(arguments)
    if told == ["--version"]:
        # Scripts ask this often: it needs none of what the commands need.
        from escsync import __version__

        try:
            sys.stdout.write(f"escsync {__version__}\n")
            sys.stdout.flush()
        except OSError as error:
            # What could not be written must not be tried again at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not isinstance(error, BrokenPipeError):
                sys.stderr.write(f"escsync: stdout: {error.strerror}\n")
                return 2
        return 0
    from escsync.cli.app import command
    from escsync.cli.everywhere import Call
    from escsync.cli.host import Host

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Names from a tracker may not fit a terminal's encoding: show a ? rather than fail.
            stream.reconfigure(errors="replace")
    try:
        command().main(args=told, prog_name="escsync", obj=Call(host or Host()))
    except SystemExit as end:
        _misused(end.__context__, told)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return 130
    return 0


def _misused(error: BaseException | None, told: Sequence[str]) -> None:
    """A command line that nobody understands, as the document that a program waits for."""
    as_json = "--format=json" in told or ("--format", "json") in pairwise(told)
    # Who names no command is shown the help, which is no error's message.
    said = None if type(error).__name__.startswith("NoArgs") else getattr(error, "format_message", None)
    if as_json and said is not None:
        import json

        from escsync.cli.exits import problem

        line = f"{said()} -> `escsync --help` and `escsync COMMAND --help` name what there is."
        sys.stdout.write(json.dumps({"schema": 1, "problems": [problem(line)]}) + "\n")


def _opened() -> None:
    """See that there are streams to write to: whoever starts a daemon may have closed them."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # for as long as the program runs
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115

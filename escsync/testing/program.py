"""escsync as a user runs it, in this process: arguments in; exit code, JSON and words out."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from escsync.cli import main
from escsync.cli.host import Host

from .stopwatch import Stopwatch

PACE = 0.4
"""The longest wait in seconds that is a tracker's ordinary pace; a longer one would hide a failure."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on stdout."""
        return json.loads(self.out)


class Program:
    """The command line over one project folder, at instants that the test names."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.environ = dict(environ or {})
        self.watch = Stopwatch(longest=PACE)

    def __call__(self, *arguments: str, at: datetime, form: str = "json") -> Answer:
        """Run one command as of *at*."""
        host = Host(
            clock=lambda: at,
            monotonic=self.watch.monotonic,
            sleep=self.watch.sleep,
            random=lambda: 0.5,
            environ=self.environ,
            directory=lambda: self.folder,
        )
        told = [*arguments, "--format", form, "--at", at.strftime("%Y-%m-%dT%H:%M:%SZ")]
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main([*told, "--config", str(self.folder / "escsync.yaml")], host)
        return Answer(code, out.getvalue(), err.getvalue())

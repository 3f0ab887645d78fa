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


@dataclass(frozen=True, slots=True)
class Answer:
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Program:
    """The command line over one project folder, at instants that the test names."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.environ = dict(environ or {})

    def __call__(self, *arguments: str, at: datetime, form: str = "json") -> Answer:
        host = Host(
            clock=lambda: at,
            monotonic=lambda: 0.0,
            sleep=_awake,
            random=lambda: 0.5,
            environ=self.environ,
            directory=lambda: self.folder,
        )
        told = [*arguments, "--format", form, "--at", at.strftime("%Y-%m-%dT%H:%M:%SZ")]
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main([*told, "--config", str(self.folder / "escsync.yaml")], host)
        return Answer(code, out.getvalue(), err.getvalue())


def _awake(seconds: float) -> None:
    raise AssertionError(f"the program wanted to wait {seconds} s; nothing here should make it")

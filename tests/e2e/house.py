"""A project folder with a tracker, and escsync as a user runs it on it."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from escsync_local.tracker import LocalTracker

from escsync import demo
from escsync.cli import main
from escsync.cli.host import Host

PROGRAM = Path(sys.executable).with_name("escsync")
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


@dataclass
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one document on stdout."""
        return json.loads(self.out)


class House:
    """The demo's project at a fixed instant; called with arguments, it runs escsync in this process."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.now = NOW
        self.environ = {}
        self.waits = []

    def build(self):
        """Write the demo's project."""
        demo.build(self.folder, self.now)
        return self

    def configure(self, old, new):
        """Change escsync.yaml."""
        path = self.folder / "escsync.yaml"
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in escsync.yaml"
        path.write_text(text.replace(old, new), "utf-8")
        return self

    def tracker(self):
        """The tracker as people use it, at the present instant."""
        return LocalTracker(self.folder / "tracker.db", lambda: self.now)

    def later(self, **gone):
        """Let time go by."""
        self.now += timedelta(**gone)
        return self

    def host(self, **changes):
        """The machine that the program sees."""
        return Host(
            **{
                "clock": lambda: self.now,
                "monotonic": lambda: float(sum(self.waits)),
                "sleep": self.waits.append,
                "random": lambda: 0.5,
                "environ": self.environ,
                "directory": lambda: self.folder,
                **changes,
            }
        )

    def __call__(self, *arguments, host=None):
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main([str(one) for one in arguments], host or self.host())
        return Answer(code, out.getvalue(), err.getvalue())


def program(*arguments, cwd, environ=None, **more):
    """The program in a process of its own."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", **(environ or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **more,
    )

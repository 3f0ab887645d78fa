"""docs/tutorial.md is played, command by command, and every output in it is compared: it cannot rot.

Where `ESCSYNC_TUTORIAL=shell` is set, a real shell runs the real program; else the same happens in this process.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from escsync.cli import main
from escsync.cli.host import Host

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOME = "/home/you"
"""Where the tutorial's reader is."""
ENVIRON = {"COLUMNS": "80", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Block:
    """One fenced block: *kind* is sh, text or diff; *line* is where it stands, *title* the file that it is about."""

    kind: str
    title: str
    text: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    """The blocks of the tutorial that mean something to this test."""
    for found in re.finditer(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', page, re.DOTALL | re.MULTILINE):
        kind, title, text = found.groups()
        yield Block(kind, title or "", text, page[: found.start()].count("\n") + 1)


class Here:
    """Commands in this process: escsync, and the few others that the tutorial uses."""

    def __init__(self, home: Path) -> None:
        self.home = self.folder = home
        self.code = 0

    def __call__(self, line: str) -> str:
        words = shlex.split(line, comments=True)
        match words:
            case ["cd", name]:
                self.folder = (self.folder / name).resolve()
                return ""
            case ["mkdir", name]:
                (self.folder / name).mkdir()
                return ""
            case ["echo", "$?"]:
                return f"{self.code}\n"
            case ["pip", "install", wanted]:
                return installed(wanted)
            case ["escsync", *arguments]:
                return self._run(arguments)
        raise AssertionError(f"the tutorial's test knows no {line!r}")

    def _run(self, arguments: list[str]) -> str:
        host = Host(
            clock=lambda: NOW,
            monotonic=lambda: 0.0,
            sleep=lambda seconds: None,
            random=lambda: 0.5,
            environ=ENVIRON,
            directory=lambda: self.folder,
        )
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            self.code = main([*arguments, "--at", f"{NOW:%Y-%m-%dT%H:%M:%SZ}"], host)
        return said.getvalue()


class Shell(Here):
    """The same in a shell, with the program that pip installed; its clock is set by a wrapper."""

    def __call__(self, line: str) -> str:
        if shlex.split(line, comments=True)[0] in ("cd", "echo", "pip"):
            return super().__call__(line)
        wrapper = self.home / ".bin" / "escsync"
        if not wrapper.exists():
            wrapper.parent.mkdir()
            program = Path(sys.executable).with_name("escsync")
            wrapper.write_text(f'#!/bin/sh\nexec "{program}" "$@" --at {NOW:%Y-%m-%dT%H:%M:%SZ}\n', "utf-8")
            wrapper.chmod(0o755)
        environ = {
            **os.environ,
            **ENVIRON,
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{wrapper.parent}:{os.environ['PATH']}",
        }
        done = subprocess.run(
            ["sh", "-c", line], cwd=self.folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
        )  # fmt: skip
        self.code = done.returncode
        return done.stdout


def installed(wanted: str) -> str:
    """A `pip install` names this project, or the clone of it, and extras that it has."""
    name, extras = re.fullmatch(r"(\w+|\.)(?:\[([\w,]+)\])?", wanted).groups()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert name in (project["name"], ".")
    assert set((extras or "").split(",")) - {""} <= set(project["optional-dependencies"])
    return ""


def edited(path: Path, change: str) -> None:
    """What the reader does to a file: the lines with a minus become those with a plus."""
    old = "".join(f"{line[1:]}\n" for line in change.splitlines() if line[:1] in "- ")
    new = "".join(f"{line[1:]}\n" for line in change.splitlines() if line[:1] in "+ ")
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{path.name} does not have exactly once:\n{old}"
    path.write_text(text.replace(old, new), "utf-8")


def as_shown(shown: str) -> re.Pattern[str]:
    """What an output must be: a line `...` stands for any lines, and `...` at the end of one for its rest."""
    lines = [
        r"(?:.*\n)*"
        if line == "..."
        else re.escape(line).removesuffix(r"\.\.\.") + (r".*\n" if line.endswith(" ...") else r"\n")
        for line in shown.splitlines()
    ]
    return re.compile("".join(lines))


@pytest.mark.parametrize("run", [Shell] if os.environ.get("ESCSYNC_TUTORIAL") == "shell" else [Here])
def test_the_tutorial_is_what_happens(run, tmp_path):
    """From the first command to the last, in one folder, as a reader types them on 3 March 2026 at noon."""
    page = PAGE.read_text(encoding="utf-8")
    shell = run(tmp_path)
    said, wrong = "", []

    for block in blocks(page):
        match block.kind:
            case "sh":
                lines = block.text.replace("\\\n", "").splitlines()
                said = "".join(shell(line) for line in lines).replace(str(tmp_path), HOME)
                said = "\n".join(line.rstrip() for line in said.splitlines()) + "\n"
            case "diff":
                edited(shell.folder / block.title, block.text)
            case "text" if not as_shown(block.text).fullmatch(said):
                wrong.append(
                    f"line {block.line}: the page shows\n{block.text}\nbut this is what happens:\n{said}"
                )

    assert not wrong, "\n".join(wrong)
    assert len(list(blocks(page))) > 35

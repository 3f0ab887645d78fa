"""What starting the program costs, beside a Python that does nothing: `make bench` prints it."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = str(Path(sys.executable).with_name("escsync"))
BARE = [sys.executable, "-c", "pass"]
TYPER = [sys.executable, "-c", "import typer.main, typer.rich_utils"]
"""What any help page of Typer's needs."""


def cpu_of_children():
    """CPU seconds of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.benchmark(group="start-up CPU, in brackets the ratio to bare Python", timer=cpu_of_children)
@pytest.mark.parametrize(
    "command",
    [BARE, TYPER, [PROGRAM, "--version"], [PROGRAM, "--help"], [PROGRAM, "sync", "--help"]],
    ids=["python -c pass", "import typer", "--version", "--help", "sync --help"],
)
def test_start(benchmark, command):
    """CPU of a process of its own, from start to end."""
    benchmark.pedantic(
        subprocess.run,
        args=(command,),
        kwargs={"capture_output": True, "check": True},
        rounds=7,
        warmup_rounds=1,
    )

"""How much memory a pass over a hundred thousand open tickets needs: a budget, not a timing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

CROWD = Path(__file__).with_name("crowd.py")
OPEN = 100_000
BUDGET = 300
"""Megabytes, the interpreter and the libraries among them."""


@pytest.mark.benchmark(group=f"memory of a pass over {OPEN:,} open tickets")
@pytest.mark.parametrize("minutes", [1, 5], ids=["first", "idle"])
def test_memory(benchmark, tmp_path_factory, minutes):
    """The first pass reads everything, the second one judges everything and reads nothing."""
    folder = tmp_path_factory.getbasetemp() / "crowd"
    folder.mkdir(exist_ok=True)

    def run():
        words = [sys.executable, str(CROWD), str(folder), str(OPEN), str(minutes)]
        return ast.literal_eval(subprocess.run(words, capture_output=True, text=True, check=True).stdout)

    told = benchmark.pedantic(run, rounds=1)
    benchmark.extra_info.update(told)
    print(f"\n{told}")  # noqa: T201

    assert told["seen"] == OPEN
    assert told["megabytes"] < BUDGET

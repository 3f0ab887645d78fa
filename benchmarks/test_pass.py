"""What a pass over the local tracker costs, first and idle, as a user runs it: `make bench` prints it."""

import io
import time
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta

import pytest
from escsync_local.tracker import LocalTracker

from escsync import demo
from escsync.cli import main
from escsync.cli.host import Host

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
TICKETS = 200


def project(folder):
    """The demo's project with many more open tickets."""
    folder.mkdir()
    demo.build(folder, NOW)
    tracker = LocalTracker(folder / "tracker.db", lambda: NOW - timedelta(hours=1))
    for number in range(TICKETS):
        told = {"summary": f"Invoice {number} is wrong", "account_name": f"Account {number}"}
        tracker.create(told, by="tom")
    tracker.close()
    return folder


def sync(folder):
    host = Host(clock=lambda: NOW, environ={}, directory=lambda: folder)
    words = ["sync", "--format", "json", "--max-writes", "1000", "--max-share", "1"]
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()):
        code = main([*words, "--config", str(folder / "escsync.yaml")], host)
    assert code == 0, out.getvalue()


@pytest.mark.benchmark(group="pass over 200 local tickets", timer=time.process_time)
def test_first_pass(benchmark, tmp_path):
    """Everything is new: pulled, judged, written, read back and judged again."""
    folders = (project(tmp_path / str(number)) for number in range(3))

    benchmark.pedantic(sync, setup=lambda: ((next(folders),), {}), rounds=3)


@pytest.mark.benchmark(group="pass over 200 local tickets", timer=time.process_time)
def test_idle_pass(benchmark, tmp_path):
    """Nothing has changed: all are judged, nothing is written."""
    folder = project(tmp_path / "idle")
    sync(folder)

    benchmark.pedantic(sync, args=(folder,), warmup_rounds=1, rounds=5)

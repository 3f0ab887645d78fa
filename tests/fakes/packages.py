"""A stranger's package as if an installer had been there: its folder and its entry points on the path."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path


def installed(project: Path, place: Path) -> list[str]:
    """What must stand on the path so that *project* counts as installed; *place* is free for its description."""
    told = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    info = place / f"{told['name'].replace('-', '_')}-{told['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n", "utf-8"
    )
    points = told["entry-points"]["escsync.adapters"]
    lines = "".join(f"{name} = {value}\n" for name, value in points.items())
    (info / "entry_points.txt").write_text(f"[escsync.adapters]\n{lines}", "utf-8")
    return [str(project), str(place)]


def run(project: Path, place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own, with *project* installed."""
    path = os.pathsep.join([*installed(project, place), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        env={
            **os.environ,
            "PYTHONPATH": path,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_ADDOPTS": "",
            "NO_COLOR": "1",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

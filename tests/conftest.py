"""What every run of the tests says at its end."""

from __future__ import annotations

import gc
from typing import Any

# The documents of the APIs are large and live as long as the tests: looking through them again and again frees nothing.
gc.set_threshold(100_000, 50, 100)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for the parity table: how much was compared, and how much of it differs with a declared reason."""
    told = [
        value
        for report in terminalreporter.stats.get("passed", [])
        for name, value in getattr(report, "user_properties", [])
        if name == "parity"
    ]
    if told:
        rows, differing = (sum(column) for column in zip(*told, strict=True))
        terminalreporter.write_line(
            f"parity: {len(told)} scenarios, {rows} rows, {differing} with a declared difference, 0 undeclared"
        )

"""What every run of the tests says at its end."""

from __future__ import annotations

from typing import Any


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

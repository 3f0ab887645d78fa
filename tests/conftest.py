"""What every run of the tests says at its end."""

from __future__ import annotations

import gc
import os
from typing import Any

from hypothesis import settings

# A law is tried on so many examples where it does not say otherwise; CI tries more.
settings.register_profile("suite", max_examples=int(os.environ.get("ESCSYNC_EXAMPLES", "30")))
settings.load_profile("suite")

# The documents of the APIs are large and live as long as the tests: looking through them again and again frees nothing.
gc.set_threshold(100_000, 50, 100)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A line for the parity table and one for the kill matrix: how much was compared and tried."""

    def told(name: str) -> list[Any]:
        passed = terminalreporter.stats.get("passed", [])
        return [v for report in passed for n, v in getattr(report, "user_properties", []) if n == name]

    if parity := told("parity"):
        rows, differing = (sum(column) for column in zip(*parity, strict=True))
        terminalreporter.write_line(
            f"parity: {len(parity)} scenarios, {rows} rows, {differing} with a declared difference, 0 undeclared"
        )
    if kills := told("kills"):
        terminalreporter.write_line(
            f"kill matrix: killed in {sum(kills)} ways, an answer lost in {sum(told('cuts'))}; nothing lost, nothing twice"
        )

"""The page of finding codes."""

from __future__ import annotations

from collections.abc import Iterator

from escsync.domain.catalogue import CATALOGUE
from escsync.domain.findings import Severity

from .made import MADE


def findings() -> Iterator[str]:
    """Every finding code."""
    yield "# Finding codes"
    yield ""
    yield f"{MADE}; `escsync rule CODE` prints the same."
    yield "A code may carry its subject after a colon: `FIELD_MISSING:account.arr`."
    for severity in Severity:
        yield ""
        yield f"## {severity.value.capitalize()}s"
        yield ""
        yield "| code | meaning | remedy | rule |"
        yield "|---|---|---|---|"
        for entry in CATALOGUE.values():
            if entry.severity is severity:
                code = f"{entry.code}:…" if entry.subject else entry.code
                yield f"| `{code}` | {entry.sentence} | {entry.remedy} | {entry.rule} |"

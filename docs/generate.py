"""Writes the reference pages that are made from code: `python docs/generate.py`; a test compares them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from escsync.domain.catalogue import CATALOGUE
from escsync.domain.findings import Severity

HERE = Path(__file__).parent


def findings() -> str:
    """The page of all finding codes."""
    return "\n".join(_findings()) + "\n"


def _findings() -> Iterator[str]:
    yield "# Finding codes"
    yield ""
    yield "Made by `python docs/generate.py` from the catalogue in the code; `escsync rule CODE` prints the same."
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


PAGES = {"findings.md": findings}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")

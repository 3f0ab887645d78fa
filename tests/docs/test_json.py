"""docs/json.md is what the program prints."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from escsync.demo import build
from escsync.testing import Program

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECTIONS = {
    "plan": ("escsync plan", {"changes[]": "C", "withheld[]": "C"}),
    "sync": ("escsync sync, escsync apply", {}),
    "list": ("escsync list", {"escalations[]": "E"}),
    "status": ("escsync status", {"escalations[]": "E"}),
    "show ESC-10": ("escsync show", {"": "E"}),
    "explain ESC-10": ("escsync explain", {"clocks[]": "K"}),
    "doctor": ("escsync doctor", {}),
    "ledger check": ("escsync ledger check", {}),
}
SELDOM = ("paused_until.NAME", "edits[].digest", "edits[].note", "edits[].people")
"""Only where a tracker asked for a pause; only in edits of a kind."""


def described(heading):
    """The keys of the table below *heading*."""
    text = PAGE.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    return {key for cell in cells for key in re.findall(r"`([^`]+)`", cell)}


def keys(value, path=""):
    """The keys of a document, down to its plain values; *NAME* stands for a tracker's."""
    match value:
        case dict():
            for name, child in value.items():
                name = "NAME" if name == "support" else name
                yield from keys(child, f"{path}.{name}" if path else name)
        case list():
            yield f"{path}[]"
            for child in value:
                yield from keys(child, f"{path}[]")
        case _:
            yield path


SHAPES = {
    "E": described("## An escalation"),
    "C": described("## A change"),
    "K": {key.removeprefix("clocks[].") for key in described("## An escalation") if "clocks[]." in key},
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What each command prints on the demo's project."""
    folder = tmp_path_factory.mktemp("demo")
    build(folder, NOW)
    program = Program(folder)
    return {command: program(*command.split(), at=NOW).json for command in SECTIONS}


@pytest.mark.parametrize("command", SECTIONS)
def test_a_document_has_the_keys_of_the_page_and_no_others(printed, command):
    """No key is left out of the page, and none of it is missing from the document."""
    heading, inner = SECTIONS[command]
    told = described(f"## {heading}") | {"schema"}
    for path, shape in inner.items():
        told |= {f"{path}.{key}".lstrip(".") for key in SHAPES[shape]}
    real = set(keys(printed[command]))

    unknown = {key for key in real - told if not within(key, told) and key.removesuffix("[]") not in told}
    absent = {key for key in told - real if not within(key, real) and not key.endswith(SELDOM)}
    assert (unknown, absent) == (set(), set())


def within(key, keys):
    """Is *key* what holds others of *keys*, or held by one that is told of as a whole?"""
    return any(
        one.startswith((f"{key}.", f"{key}[")) or (one.endswith("people") and key.startswith(one))
        for one in keys
    )

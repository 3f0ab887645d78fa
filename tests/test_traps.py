"""docs/traps.md cannot rot: each trap names a test that exists, or gives a reason, and none of the known ones is left out."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "traps.md"
FACTS = ROOT.parent / "shared" / "api"
"""What is known of each tracker's API; it is not a part of the project."""

CHECKLISTS = {
    "Jira": ("jira", 8, re.compile(r"^\d+\. \[ \]", re.MULTILINE), 30),
    "Salesforce": ("salesforce", 11, re.compile(r"^- \[ \]", re.MULTILINE), 19),
    "Notion": ("notion", 14, re.compile(r"(?:^|(?<=[.:)] ))\d+\. (?=\S)", re.MULTILINE), 25),
}
"""Section -> folder of the facts, chapter of the checklist, what begins an item, and how many there are at least."""


@dataclass(frozen=True)
class Row:
    section: str
    number: str
    trap: str
    answer: str
    shown: str

    @property
    def tests(self) -> list[str]:
        return re.findall(r"`(test_\w+)`", self.shown)


@cache
def rows() -> tuple[Row, ...]:
    """All traps of the page."""
    found = []
    section = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ").strip()
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("| ") and re.fullmatch(r"\d+[a-z]?", cells[0]):
            assert len(cells) == 4, f"{section} {cells[0]}: a row has four cells"
            found.append(Row(section, *cells))
    return tuple(found)


@cache
def known() -> frozenset[str]:
    """The names of all tests: ours, and those of the contract that ships."""
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "escsync" / "testing").glob("*.py")]
    return frozenset(
        node.name
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def test_a_trap_is_shown_by_tests_that_exist_or_says_why_not():
    """A name that no test has proves nothing; a trap without a test owes a sentence."""
    wrong = []
    for row in rows():
        names = re.fullmatch(r"(`test_\w+`(, )?)+", row.shown)
        reason = re.fullmatch(r"[A-Z].{30,}\.", row.shown)
        unknown = [name for name in row.tests if name not in known()]
        if unknown or not (names if row.tests else reason):
            wrong.append((row.section, row.number, unknown or row.shown))

    assert wrong == []


def test_a_trap_is_told_with_its_answer():
    """What goes wrong, and what escsync does: both in a sentence."""
    short = [
        (row.section, row.number)
        for row in rows()
        if len(row.trap) <= 15 or not row.trap.endswith(".") or not row.answer.endswith(".")
    ]

    assert short == []
    assert len(rows()) > 150


@pytest.mark.parametrize("section", CHECKLISTS)
def test_every_number_of_a_checklist_has_its_row(section):
    """None is left out in silence: numbers run from 1 without a gap, letters are parts of one."""
    numbers = [row.number for row in rows() if row.section == section]

    whole = {int(re.sub(r"\D", "", number)) for number in numbers}
    assert whole == set(range(1, max(whole) + 1))
    assert len(whole) >= CHECKLISTS[section][3]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("section", CHECKLISTS)
def test_the_page_has_a_row_for_each_item_that_is_known(section):
    """What is learnt of an API later belongs on the page."""
    folder, chapter, begins, _ = CHECKLISTS[section]
    facts = FACTS / folder / "FACTS.md"
    if not facts.exists():
        pytest.skip("shared/api is not beside this checkout")
    text = facts.read_text(encoding="utf-8")
    checklist = re.split(r"^## ", text.split(f"\n## {chapter}. ", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]

    items = begins.findall(checklist.split("\n", 1)[1])

    numbers = {re.sub(r"\D", "", row.number) for row in rows() if row.section == section}
    assert items
    assert len(numbers) >= len(items)

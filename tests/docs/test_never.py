"""docs/never.md cannot rot: each promise names tests that exist, and what no test can show is read from the contract."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from escsync import offers
from escsync.adapter import Adapter
from escsync.domain.plan import Edit

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "never.md"


def rows():
    """The promises: what, how, and the tests that show it."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    table = [line.strip("|").split(" | ") for line in lines if line.startswith("| ")]
    return [[cell.strip() for cell in cells] for cells in table[1:]]


def test_each_promise_is_kept_by_tests_that_exist():
    """A name that no test has proves nothing."""
    files = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "escsync" / "testing").glob("*.py")]
    known = {
        name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))
    }

    promises = rows()

    assert len(promises) > 15
    assert not [cells[0] for cells in promises if len(cells) != 3 or not re.findall(r"`test_\w+`", cells[-1])]
    assert not [
        name for cells in promises for name in re.findall(r"`(test_\w+)`", cells[-1]) if name not in known
    ]


def test_no_edit_is_visible_to_a_customer():
    """All that a plan can hold: a field, a status, the internal note, a record of the team's own."""
    kinds = {kind.__name__ for kind in get_args(Edit)}

    assert kinds == {"SetField", "Move", "WriteNote", "Create"}


def test_the_contract_has_no_verb_that_deletes():
    """An adapter reads, writes edits and creates; what it offers besides takes away only what escsync itself made."""
    verbs = {name for name in vars(Adapter) if not name.startswith("_")}
    taking = {"withdraw", "discard"}
    offered = {
        name
        for protocol in vars(offers).values()
        if isinstance(protocol, type) and protocol.__module__ == offers.__name__
        for name in vars(protocol)
        if not name.startswith("_")
    }

    assert verbs <= {
        "capabilities", "me", "calls", "discovery", "check", "pull", "read", "write", "create", "find", "people",
        "fit", "close",
    }  # fmt: skip
    assert {name for name in offered if re.search("delet|remov|discard|withdraw|drop", name)} == taking

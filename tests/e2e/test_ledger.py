"""The ledger from outside: checked against a noted head, backed up, told whole; and what `show` says was written."""

import json
import sqlite3
from datetime import timedelta

import pytest
from e2e.house import House


@pytest.fixture
def house(tmp_path):
    """The demo's project, synced once in annotate mode."""
    house = House(tmp_path).build()
    answer = house("sync")
    assert answer.code == 0, answer.err
    return house


def altered(house, *statements):
    with sqlite3.connect(house.folder / "escsync.db") as ledger:
        for statement in statements:
            ledger.execute(statement)


def test_check_prints_a_head_that_can_be_noted_and_proves_it_later(house):
    """The head of today is still part of the history of tomorrow."""
    answer = house("ledger", "check")
    noted = answer.out.split("head ")[1].strip()
    house.later(days=1)("sync")

    later = house("ledger", "check", "--head", noted, "--format", "json")

    assert answer.out.startswith(
        "The ledger is whole, its counts agree, and its history is as it was written.\n"
    )
    assert (answer.code, later.code, later.json["problems"]) == (0, 0, [])
    assert later.json["ok"] is True
    assert later.json["heads"][0]["entries"] > int(noted.split(":")[1])


def test_check_says_what_was_altered_where(house):
    """One sentence naming the tracker and the ticket; exit 5."""
    altered(house, "UPDATE messages SET first_seen = first_seen - 3600000000 WHERE ticket = '3' AND id = '7'")

    answer = house("ledger", "check")

    assert answer.code == 5
    assert answer.out.splitlines()[0] == "support:3: message 7 was altered after it was recorded"


def test_a_history_cut_short_is_found_by_a_noted_head(house):
    """Whoever can rewrite the file can make it agree with itself: not with what was written down elsewhere."""
    noted = house("ledger", "check").out.split("head ")[1].strip()
    altered(house, "DELETE FROM chain WHERE n > 1")

    answer = house("ledger", "check", "--head", noted)

    n = noted.split(":")[1]
    assert f"support: its history has no entry {n}, whose link was noted earlier" in answer.out.splitlines()


@pytest.mark.parametrize("head", ["support", "support:1", "support:x:0123456789ab", ":1:0123456789ab", "support:1:01", "support:1:xyzxyzxyzxyz"])  # fmt: skip
def test_a_head_that_is_none_is_refused(house, head):
    """It says how to write one."""
    answer = house("ledger", "check", "--head", head)

    assert answer.code == 2
    assert "TRACKER:N:LINK" in answer.err


def test_export_writes_every_row_as_a_line(house):
    """The first line tells the form; instants are UTC; nothing is overwritten."""
    answer = house("ledger", "export", "ledger.jsonl")
    lines = [json.loads(line) for line in (house.folder / "ledger.jsonl").read_text("utf-8").splitlines()]
    again = house("ledger", "export", "ledger.jsonl")

    assert answer.out == f"ledger.jsonl: the ledger as it is now ({len(lines)} lines)\n"
    assert lines[0] == {"table": "ledger", "format": 1, "schema": lines[0]["schema"], "text": False}
    assert {"trackers", "tickets", "messages", "pins", "policies", "effects", "chain", "passes"} <= {
        line["table"] for line in lines
    }
    assert (
        next(line for line in lines if line["table"] == "trackers")["polled_at"]
        == "2026-03-03T12:00:00.000000Z"
    )
    assert (again.code, again.err) == (
        2,
        "escsync: ledger.jsonl: exists already; an export overwrites nothing\n",
    )
    assert [path.name for path in house.folder.glob(".ledger*")] == []


def test_export_to_stdout_is_lines_alone(house):
    """For whoever pipes it on."""
    answer = house("ledger", "export", "-")

    assert answer.code == 0
    assert all(json.loads(line)["table"] for line in answer.out.splitlines())


def test_an_export_where_nothing_can_be_written_says_so(house):
    """One line, exit 2."""
    answer = house("ledger", "export", "/proc/x.jsonl")

    assert answer.code == 2
    assert answer.err.startswith("escsync: /proc/x.jsonl: cannot be written (")


def test_show_tells_what_was_written_and_why(house):
    """Words and JSON say the same; no value in clear."""
    told = house("show", "support:3", "--format", "json").json["writes"]
    words = house("show", "support:3").out.partition("Writes")[2]

    assert {write["step"] for write in told} >= {"note", "set:health"}
    assert {write["result"] for write in told} == {"done"}
    assert all(len(write["old"]) == len(write["new"]) == 64 and write["pass"] for write in told)
    assert all(f"{write['step']}: done  {write['old'][:8]} -> {write['new'][:8]}" in words for write in told)


@pytest.mark.parametrize("command", [("check",), ("backup", "copy.db"), ("export", "-")])
def test_a_ledger_that_is_not_there_is_not_made_by_asking_about_it(house, command):
    """A lost file must not look like a whole, empty one."""
    (house.folder / "escsync.db").unlink(missing_ok=True)

    answer = house("ledger", *command)

    assert (answer.code, "there is no ledger" in answer.err) == (2, True)
    assert not (house.folder / "escsync.db").exists()


def test_show_looks_back_at_what_was_written_then(house):
    """What a later pass wrote had not been written yet (decision 1)."""
    before = f"{house.now - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"

    assert house("show", "support:3", "--format", "json").json["writes"]
    assert house("show", "support:3", "--at", before, "--format", "json").json["writes"] == []

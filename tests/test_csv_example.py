"""The example of a stranger's adapter: what it is made of, that it keeps the contract, and that it is honest."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.packages import installed, run

from escsync.cli.skeleton import rendered
from escsync.testing import Program

EXAMPLE = Path(__file__).parents[1] / "examples" / "escsync-csv"
AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
COLUMNS = "id,key,created_at,created_by,updated_at,marker,parent,escalation,stage,summary,owner\n"
GOOD = "1,T-1,2026-03-03T09:00:00Z,ana,,,,yes,Intake,Invoices doubled,Dana Reyes\n"
BAD = "2,T-2,last Tuesday,ana,,,,yes,Intake,Nobody knows when,\n"
PLAIN = "3,T-3,2026-03-03T09:00:00Z,ana,,,,no,Intake,No escalation,\n"


@pytest.fixture
def program(tmp_path, monkeypatch):
    """escsync over a folder of CSV files, the adapter installed."""
    for place in installed(EXAMPLE, tmp_path / "installed"):
        monkeypatch.syspath_prepend(place)
    tracker = tmp_path / "tracker"
    tracker.mkdir()
    (tracker / "tickets.csv").write_text(COLUMNS + GOOD + PLAIN)
    (tracker / "comments.csv").write_text("id,ticket,author,created_at,edited_at,body\n")
    (tracker / "notes.csv").write_text("ticket,digest,text\n")
    (tracker / "people.csv").write_text("id,name,email,kind,active\nana,Ana Silva,,human,yes\n")
    support = {
        "adapter": "csv",
        "mode": "annotate",
        "connection": {"folder": "tracker"},
        "scope": {"flag": "escalation"},
        "stages": {"intake": "Intake", "closed": "Closed"},
    }
    project = {
        "version": 1,
        "timezone": "UTC",
        "company": "Acme",
        "people": "people.yaml",
        "trackers": {"support": support},
    }
    (tmp_path / "people.yaml").write_text('{"people": []}')
    (tmp_path / "escsync.yaml").write_text(json.dumps(project))
    yield Program(tmp_path)
    for name in [name for name in sys.modules if name.startswith("escsync_csv")]:
        monkeypatch.delitem(sys.modules, name)


def test_it_is_what_adapter_new_writes():
    """Example and skeleton are one thing: `escsync adapter new csv --dir examples/escsync-csv`, its README apart."""
    wanted = {str(path): text for path, text in rendered("csv") if path.name != "README.md"}
    found = {
        str(path.relative_to(EXAMPLE)): path.read_text("utf-8")
        for path in EXAMPLE.rglob("*")
        if path.is_file() and not _made_by_tools(path) and path.name != "README.md"
    }

    assert found == wanted


def _made_by_tools(path):
    return any(part.startswith((".", "__pycache__")) for part in path.relative_to(EXAMPLE).parts)


def test_it_is_certified_by_a_test_of_five_lines(tmp_path):
    """The whole contract, run as its author would; .ci/run plays every scenario besides."""
    tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not scenario", str(EXAMPLE)]
    code = (EXAMPLE / "tests" / "test_contract.py").read_text().splitlines()

    done = run(EXAMPLE, tmp_path / "installed", *tests)

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "skipped" not in done.stdout
    assert len([line for line in code if line and not line.lstrip().startswith(('"', "from"))]) <= 5


def test_a_pass_over_the_files_writes_one_note_and_then_nothing(program):
    """The note lies in notes.csv; what people wrote in tickets.csv stays to the byte."""
    before = (program.folder / "tracker" / "tickets.csv").read_bytes()

    first, second = program("sync", at=AT), program("sync", at=AT)

    assert (first.code, second.code) == (0, 0), first.err
    assert first.json["trackers"]["support"]["applied"] == 1
    assert second.json["trackers"]["support"]["planned"] == 0
    assert len((program.folder / "tracker" / "notes.csv").read_text("utf-8").splitlines()) > 1
    assert (program.folder / "tracker" / "tickets.csv").read_bytes() == before


def test_a_row_that_cannot_be_read_stops_no_other(program):
    """It is counted and named, and it does not pass for deleted when it was known before."""
    program("sync", at=AT)
    tickets = program.folder / "tracker" / "tickets.csv"
    tickets.write_text(
        COLUMNS + GOOD.replace("2026-03-03T09:00:00Z", "a while ago") + BAD + PLAIN.replace("no", "yes", 1)
    )

    answer = program("sync", at=AT)
    told = answer.json["trackers"]["support"]
    listed = program("list", at=AT).json["escalations"]

    assert answer.code == 5
    assert (told["unreadable"], told["assessed"]) == (2, 1)
    assert {error["code"] for error in told["errors"]} == {"UNREADABLE"}
    assert "RECORD_VANISHED" not in {f["code"] for e in listed for f in e["findings"]}


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("tickets.csv", b"id,key\n1,T-1\n", "tickets.csv has no column created_at"),
        ("comments.csv", b"\xff\xfe\x00", "comments.csv is no CSV in UTF-8"),
        ("people.csv", b"", "people.csv has no column id"),
    ],
    ids=["a column is lost", "not UTF-8", "empty"],
)
def test_a_damaged_file_is_named_and_not_written_to(program, file, content, said):
    """The tracker fails whole: exit 6, with what to mend."""
    path = program.folder / "tracker" / file
    path.write_bytes(content)

    answer = program("sync", at=AT)

    assert answer.code == 6
    assert said in answer.out
    assert path.read_bytes() == content
    assert not (program.folder / "tracker" / ".lock").exists()


def test_another_writer_is_waited_for(program):
    """A lock that stays is said as such after our patience, and is not ours to remove."""
    (program.folder / "tracker" / ".lock").touch()
    program.watch.longest = None

    answer = program("sync", at=AT)

    assert answer.code == 5
    assert "another program is writing" in answer.out
    assert program.watch.waits
    assert (program.folder / "tracker" / ".lock").exists()


def test_a_lost_column_is_drift(program):
    """A mapped column that is gone is said; what hangs on it is unreadable, not empty."""
    path = program.folder / "escsync.yaml"
    project = json.loads(path.read_text())
    project["trackers"]["support"]["fields"] = {"severity": "kind_of_trouble"}
    path.write_text(json.dumps(project))

    answer = program("sync", at=AT)
    shown = program("show", "T-1", at=AT).json

    assert answer.code == 5
    assert "tickets.csv has no column 'kind_of_trouble'" in answer.out
    assert "FIELD_MISSING:severity" not in {finding["code"] for finding in shown["findings"]}
